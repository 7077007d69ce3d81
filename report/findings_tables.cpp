#include "report/findings_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/cells.h"
#include "report/humanize.h"
#include "report/text.h"

namespace pgo_orch::report {

namespace {

Cell count_cell(std::int64_t count) {
  return text_cell(fmt::format("{}", count));
}

Tone tone_of(const InspectedFunction& function) {
  return function.state == measure::CodeState::unknown ? Tone::unsure : Tone::plain;
}

Table inspected(const Results& results) {
  constexpr std::size_t most = 40;
  Table table{"code of functions"};
  table.columns = {{"function", Align::left},
                   {"variant", Align::left},
                   {"", Align::left},
                   {"size"},
                   {"instr."},
                   {"vectors", Align::left},
                   {"calls"},
                   {"callers"}};
  if (results.inspected.size() > most)
    table.caption = fmt::format("{} of {}, see results.json", most, results.inspected.size());
  for (const InspectedFunction& function : results.inspected) {
    if (table.rows.size() == most) break;
    std::vector<Cell> row = {text_cell(function.symbol.empty() ? function.pattern : function.symbol),
                             text_cell(function.variant),
                             text_cell(to_word(function.state), tone_of(function))};
    if (function.state == measure::CodeState::present) {
      row.push_back(text_cell(human(Bytes{static_cast<std::uint64_t>(function.size_bytes)})));
      row.push_back(count_cell(function.instructions));
      row.push_back(text_cell(function.vectors));
      row.push_back(count_cell(function.calls));
      row.push_back(function.called_from ? count_cell(*function.called_from) : text_cell("-"));
    }
    row.resize(table.columns.size());
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table allocations(const Results& results) {
  Table table{"allocations"};
  table.columns = {{"workload", Align::left},
                   {"variant", Align::left},
                   {"allocations"},
                   {"memory"},
                   {"counted by", Align::left}};
  for (const AllocationCount& count : results.allocations) {
    std::vector<Cell> row = {text_cell(count.workload), text_cell(count.variant)};
    if (!count.allocations) {
      row.push_back({"not known", Tone::unsure, false, 3});
    } else {
      row.push_back(count_cell(*count.allocations));
      row.push_back(text_cell(count.bytes ? human(Bytes{static_cast<std::uint64_t>(*count.bytes)}) : ""));
      row.push_back(text_cell(count.method, Tone::quiet));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::vector<Entry> open_goals(const Results& results) {
  std::vector<Entry> entries;
  for (const GoalResult& goal : results.goals)
    if (!goal.met) entries.push_back(sentence(fmt::format("{}: {}", quoted(goal.name), goal.reason)));
  return entries;
}

Entry conclusion(const DecisionResult& decision) {
  std::string text = fmt::format("{}: {}", quoted(decision.name), decision.conclude);
  if (!decision.reason.empty())
    return sentence(fmt::format("{} ({}): {}", text, subject_text(decision), decision.reason));
  if (!decision.value) return sentence(std::move(text));
  return sentence(fmt::format("{} ({}: {})", text, subject_text(decision),
                              figure_text(*decision.value, decision.lo, decision.hi, decision.unit)));
}

std::vector<Entry> decisions(const Results& results) {
  std::vector<Entry> entries;
  for (const DecisionResult& decision : results.decisions) entries.push_back(conclusion(decision));
  return entries;
}

/// "the run of 'baseline' in 'fib35'"
std::string whole(const Amdahl& row) {
  std::string text = fmt::format("the {} of {}", to_word(row.of), quoted(row.variant));
  return row.workload.empty() ? text : text + " in " + quoted(row.workload);
}

/// Rows of one run or build stand together.
std::vector<Entry> worth(const Results& results) {
  std::vector<Entry> entries;
  std::string last;
  for (const Amdahl& row : results.amdahl) {
    if (!row.goal.empty()) {
      if (!row.statement.empty())
        entries.push_back(
            sentence(fmt::format("{}: {} (phases of {})", quoted(row.goal), row.statement, whole(row))));
      continue;
    }
    if (row.share < 0.01) continue;  // says nothing
    const std::string saved = human_percent(row.saved_by_halving_pct) + " %";
    if (whole(row) == last)
      entries.back().text += fmt::format(", {} {}", row.phase, saved);
    else
      entries.push_back(sentence(fmt::format("of {}, halving {} saves {}", whole(row), row.phase, saved)));
    last = whole(row);
  }
  return entries;
}

std::string path(const std::vector<CompiledUnit>& units) {
  std::string text;
  for (const CompiledUnit& unit : units)
    text += fmt::format("{}{} {}", text.empty() ? "" : " → ", unit.name, human(Seconds(unit.wall)));
  return text;
}

void add(std::vector<Entry>& entries, const std::string& of, const std::string& unavailable,
         const std::vector<std::string>& notes) {
  if (!unavailable.empty()) entries.push_back(sentence(of + ": not known: " + unavailable));
  for (const std::string& note : notes) entries.push_back(sentence(of + ": " + note));
}

std::vector<Entry> about_phases(const Results& results) {
  std::vector<Entry> entries;
  for (const RunPhases& run : results.phases.runtime)
    add(entries, fmt::format("run of {} in {}", quoted(owner_of(run)), quoted(run.workload)), run.unavailable,
        run.notes);
  for (const BuildPhases& build : results.phases.build) {
    const std::string of = "build of " + quoted(owner_of(build));
    if (!build.critical_path.empty())
      entries.push_back(sentence(fmt::format("{}: critical path: {}", of, path(build.critical_path))));
    if (!build.basis.empty()) entries.push_back(sentence(of + ": " + build.basis));
    add(entries, of, build.unavailable, build.notes);
  }
  for (const GroupShares& shares : results.groups) {
    std::string of = fmt::format("functions of the {} of {}", to_word(shares.of), quoted(shares.variant));
    if (!shares.workload.empty()) of += " in " + quoted(shares.workload);
    add(entries, of, shares.unavailable, shares.notes);
  }
  return entries;
}

/// A reason once, with all that it is the reason for.
std::vector<Entry> not_counted(const Results& results) {
  std::vector<std::pair<std::string, std::set<std::string>>> reasons;
  for (const AllocationCount& count : results.allocations) {
    if (count.allocations) continue;
    auto known = std::ranges::find(reasons, count.reason, [](const auto& reason) { return reason.first; });
    if (known == reasons.end()) known = reasons.insert(known, {count.reason, {}});
    known->second.insert(quoted(count.variant));
  }
  std::vector<Entry> entries;
  for (const auto& [reason, variants] : reasons)
    entries.push_back(sentence(fmt::format("allocations of {}: {}", join_words(variants), reason)));
  return entries;
}

std::vector<Entry> gates(const Results& results) {
  std::vector<Entry> entries;
  for (const VariantResult& variant : results.variants)
    if (variant.gate && variant.gate->open)
      entries.push_back(sentence(fmt::format("{}: {}", quoted(variant.name), variant.gate->reason)));
  return entries;
}

}  // namespace

std::vector<Table> code_tables(const Results& results) {
  std::vector<Table> tables;
  if (!results.inspected.empty()) tables.push_back(inspected(results));
  if (!results.allocations.empty()) tables.push_back(allocations(results));
  return tables;
}

std::vector<Table> findings_tables(const Results& results, std::size_t columns, Detail detail) {
  std::vector<Table> tables = verdict_tables(results, columns);
  for (auto&& more : {phase_tables(results, detail), code_tables(results)})
    tables.insert(tables.end(), more.begin(), more.end());
  return tables;
}

std::vector<Section> findings_details(const Results& results) {
  std::vector<Section> sections;
  const auto add = [&](const char* heading, Tone tone, std::vector<Entry> entries) {
    if (entries.empty()) return;
    for (Entry& entry : entries) entry.text = printable(entry.text);
    sections.push_back({heading, tone, std::move(entries)});
  };
  add("Decisions", Tone::heading, decisions(results));
  add("Open goals", Tone::unsure, open_goals(results));
  add("Open gates", Tone::heading, gates(results));
  add("What a faster phase is worth", Tone::heading, worth(results));
  add("About the phases", Tone::heading, about_phases(results));
  add("Not counted", Tone::unsure, not_counted(results));
  return sections;
}

}  // namespace pgo_orch::report
