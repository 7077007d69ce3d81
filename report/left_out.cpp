// What variants gain without training with a workload: the table, and sentences about overfitting.

#include "report/left_out.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/cells.h"
#include "report/lookup.h"

namespace pgo_orch::report {

namespace {

/// Empty names in a file that does not say.
const pgo::LeftOut& left_out_of(const HeldOut& held_out) {
  static const pgo::LeftOut unknown;
  return held_out.built.left_out ? *held_out.built.left_out : unknown;
}

const std::string& whole_of(const HeldOut& held_out) {
  return left_out_of(held_out).variant;
}

/// The variants that were trained with all, in their order.
std::vector<std::string> wholes(const Results& results) {
  std::vector<std::string> names;
  for (const HeldOut& held_out : results.held_out)
    if (std::ranges::find(names, whole_of(held_out)) == names.end()) names.push_back(whole_of(held_out));
  return names;
}

using Scope = std::optional<std::string>;

/// The columns: each workload that was timed, then all of them together.
std::vector<Scope> judged_on(const Results& results) {
  std::vector<Scope> scopes;
  for (const Benchmark& benchmark : results.benchmarks) scopes.emplace_back(benchmark.workload);
  if (scopes.size() > 1) scopes.emplace_back();
  return scopes;
}

const Comparison* run_time_in(const std::vector<Comparison>& comparisons, const Scope& scope,
                              const std::string& variant) {
  const auto found = std::ranges::find_if(comparisons, [&](const Comparison& each) {
    return each.metric == Metric::runtime && each.workload == scope && each.variant == variant;
  });
  return found == comparisons.end() ? nullptr : &*found;
}

/// "+12.0 % [+11.1, +12.8]": the less time, the more gain.
std::string gain_text(const Comparison& comparison) {
  const double scale = std::max({std::abs(*comparison.effect), std::abs(comparison.lo.value_or(0)),
                                 std::abs(comparison.hi.value_or(0))});
  const auto edge = [&](const std::optional<Percent>& percent) -> std::string {
    return percent ? human_signed_percent(-*percent, scale) : "…";
  };
  std::string text = edge(comparison.effect) + " %";
  if (!comparison.lo && !comparison.hi) return text;
  return text + fmt::format(" [{}, {}]", edge(comparison.hi), edge(comparison.lo));
}

Cell gain_cell(const Comparison* comparison, bool is_held_out) {
  if (!comparison) return {};
  const Tone tone = verdict_cell(comparison).tone;
  const std::string text = comparison->effect ? gain_text(*comparison) : to_word(comparison->verdict);
  return {(is_held_out ? "held out: " : "") + text, tone};
}

/// What was left out, or that nothing was but the balance is another one.
Cell row_name(const HeldOut& held_out) {
  const std::string& workload = left_out_of(held_out).workload;
  if (!workload.empty()) return {workload};
  const std::string mark = ".balance-";
  const std::string& name = held_out.built.name;
  return {fmt::format("nothing: balance = \"{}\"", name.substr(name.rfind(mark) + mark.size())), Tone::quiet};
}

/// A row for what was left out, a column for what it is judged on.
Table crossed(const Results& results, const std::string& whole) {
  const auto scopes = judged_on(results);
  Table table{fmt::format("gain of '{}' by what it was trained without", whole),
              "of run time, over " + results.baseline,
              {{"trained without", Align::left}},
              {}};
  for (const Scope& scope : scopes) table.columns.push_back({scope.value_or("all together")});
  for (const HeldOut& held_out : results.held_out) {
    if (whole_of(held_out) != whole) continue;
    const std::string& workload = left_out_of(held_out).workload;
    Row& row = table.rows.emplace_back(Row{row_name(held_out)});
    if (held_out.built.status != Status::ok) {
      row.push_back(reason_cell(held_out.built, scopes.size()));
      continue;
    }
    for (const Scope& scope : scopes)
      row.push_back(
          gain_cell(run_time_in(held_out.comparisons, scope, held_out.built.name), scope == workload));
  }
  Row& last = table.rows.emplace_back(Row{Cell("nothing: with all", Tone::quiet)});
  for (const Scope& scope : scopes)
    last.push_back(gain_cell(run_time_in(results.comparisons, scope, whole), false));
  return table;
}

/// The same with a row for each figure, for narrow terminals.
Table listed(const Table& wide) {
  Table table{
      wide.title, wide.caption, {{"trained without", Align::left}, {"judged on", Align::left}, {"gain"}}, {}};
  for (const Row& row : wide.rows)
    for (std::size_t i = 1; i < row.size(); ++i) {
      if (row[i].span > 1)
        table.rows.push_back({row[0], {row[i].text, row[i].tone, false, 2}});
      else
        table.rows.push_back({row[0], wide.columns[i].title, row[i]});
    }
  return table;
}

std::string share_text(const Comparison* with, const Comparison* without, const std::string& workload) {
  if (!with || with->verdict != Verdict::faster || !with->effect || !without || !without->effect)
    return fmt::format("it is not shown to gain in '{}'", workload);
  return fmt::format("of its {} % gain in '{}', {} is there without training with it",
                     human_percent(*with->effect), workload,
                     *without->effect < 0 ? human_percent(*without->effect) + " %" : "nothing");
}

std::string loss_text(const Comparison& loss) {
  const std::string by =
      loss.effect ? human_percent(*loss.effect) + " %" : std::string("by an unknown amount");
  const std::string interval = interval_cell(&loss).text;
  const std::string behind = interval.empty() ? "" : " " + interval;
  switch (loss.verdict) {
    case Verdict::slower:
      return fmt::format("overfitting: without it {} slower{}", by, behind);
    case Verdict::faster:
      return fmt::format("no overfitting: without it {} faster{}", by, behind);
    case Verdict::identical:
      return "no overfitting: the same code";
    case Verdict::equivalent:
      return fmt::format("no overfitting: no difference that matters{}", behind);
    default:
      return fmt::format("what training with it is worth is not known{}",
                         interval.empty() ? "" : ": the difference is in " + interval + " %");
  }
}

}  // namespace

std::vector<Table> left_out_tables(const Results& results, std::size_t columns) {
  std::vector<Table> tables;
  if (results.benchmarks.empty()) return tables;
  for (const auto& whole : wholes(results)) {
    Table table = crossed(results, whole);
    tables.push_back(width(table) <= columns ? std::move(table) : listed(table));
  }
  return tables;
}

std::vector<Entry> about_overfitting(const Results& results) {
  std::vector<Entry> entries;
  for (const auto& whole : wholes(results)) {
    std::vector<std::string> clauses;
    for (const HeldOut& held_out : results.held_out) {
      if (whole_of(held_out) != whole || !held_out.loss) continue;
      const std::string& workload = left_out_of(held_out).workload;
      clauses.push_back(
          fmt::format("{} ({})",
                      share_text(run_time_in(results.comparisons, workload, whole),
                                 run_time_in(held_out.comparisons, workload, held_out.built.name), workload),
                      loss_text(*held_out.loss)));
    }
    if (!clauses.empty()) entries.push_back({fmt::format("'{}': {}", whole, fmt::join(clauses, "; "))});
  }
  for (const HeldOut& held_out : results.held_out) {
    const VariantResult& row = held_out.built;
    const VariantResult* whole = results.variant(whole_of(held_out));
    const bool follows = row.status == Status::skipped && whole && whole->status != Status::ok;
    if (row.status == Status::ok || follows) continue;
    auto& entry = entries.emplace_back(Entry{fmt::format("'{}' {}", row.name, reason_cell(row, 1).text)});
    if (row.failure && !row.failure->log.empty()) entry.facts.push_back("log: " + row.failure->log);
  }
  return entries;
}

}  // namespace pgo_orch::report
