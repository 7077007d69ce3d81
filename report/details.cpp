#include "report/details.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "report/humanize.h"
#include "report/text.h"

namespace pgo_orch::report {

namespace {

std::vector<Entry> failures(const Results& results) {
  std::vector<Entry> entries;
  for (const VariantResult& variant : results.variants) {
    if (variant.status != Status::failed && variant.status != Status::wrong_output) continue;
    Entry entry{fmt::format("{}: {}", variant.name,
                            variant.reason.empty() ? to_word(variant.status) : variant.reason),
                {},
                {}};
    if (variant.failure) {
      entry.text = fmt::format("{}, stage {}: {}", variant.name, variant.failure->stage, variant.reason);
      if (!variant.failure->log.empty()) entry.facts.push_back("log: " + variant.failure->log);
      if (!variant.failure->command.empty()) entry.verbatim.push_back("$ " + variant.failure->command);
      for (const std::string& line : variant.failure->tail) entry.verbatim.push_back(line);
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::string place(const Comparison& comparison) {
  return comparison.workload ? fmt::format("{} in {}", comparison.variant, *comparison.workload)
                             : fmt::format("{} in all workloads together", comparison.variant);
}

/// How large a difference can still be, and what it takes to know.
std::vector<Entry> open_questions(const Results& results) {
  std::vector<Entry> entries;
  for (const Comparison& comparison : results.comparisons) {
    if (comparison.verdict != Verdict::unresolved || comparison.metric != Metric::runtime) continue;
    std::string text = place(comparison) + ": ";
    if (comparison.lo && comparison.hi)
      text += fmt::format("at most {} % apart from {}",
                          human_percent(std::max(std::abs(*comparison.lo), std::abs(*comparison.hi))),
                          comparison.to);
    else
      text += fmt::format("{} are too few to say", human_count(comparison.rounds, "round"));
    if (comparison.rounds_needed)
      text += fmt::format("; about {} more would tell", human_count(*comparison.rounds_needed, "round"));
    entries.push_back({std::move(text), {}, {}});
  }
  return entries;
}

std::string explain(const std::string& flag) {
  static const std::map<std::string, std::string> texts = {
      {"floor", "smaller than what two copies of the baseline differ by"},
      {"layout?", "may be due to where the code happens to lie"},
      {"cpu!=wall", "CPU time and wall time disagree"},
      {"mean!=median", "mean and median disagree"},
      {"bimodal", "times fall into two groups"}};
  const auto found = texts.find(flag);
  return found == texts.end() ? flag : found->second;
}

std::vector<Entry> caveats(const Results& results) {
  std::vector<Entry> entries;
  for (const Comparison& comparison : results.comparisons) {
    std::vector<std::string> texts;
    for (const std::string& flag : comparison.flags) texts.push_back(explain(flag));
    if (comparison.dominated)
      texts.push_back(
          fmt::format("clearly slower, no longer timed after {}", human_count(comparison.rounds, "round")));
    if (comparison.basis == "parametric")
      texts.push_back("few rounds, so times are assumed to scatter evenly");
    if (!texts.empty())
      entries.push_back({fmt::format("{}: {}", place(comparison), fmt::join(texts, "; ")), {}, {}});
  }
  for (const VariantResult& variant : results.variants) {
    if (variant.build && variant.build->wall && variant.build->stored)
      entries.push_back(
          {fmt::format("{}: its build time is of {}", variant.name, variant.build->measured_at), {}, {}});
    if (variant.build && variant.build->wall && variant.build->shared)
      entries.push_back({fmt::format("{}: other builds ran during its build", variant.name), {}, {}});
  }
  return entries;
}

std::vector<std::string> profile_facts(const PgoResult& pgo) {
  std::vector<std::string> facts;
  std::string profile =
      fmt::format("profile: {}, {}", human_count(pgo.functions_in_profile, "function"), human(pgo.size));
  std::vector<std::string> workloads;
  for (const TrainedWorkload& workload : pgo.workloads) workloads.push_back(workload.name);
  if (!workloads.empty()) profile += ", trained with " + join_words(workloads);
  facts.push_back(profile + (pgo.training_reused ? " by an earlier run" : ""));
  if (pgo.metadata_units > 0)
    facts.push_back(
        fmt::format("-C metadata is the same in both builds: {}", human_count(pgo.metadata_units, "unit")));
  if (pgo.rustc_warnings > 0)
    facts.push_back(
        fmt::format("rustc gave {} about the profile", human_count(pgo.rustc_warnings, "warning")));
  return facts;
}

std::vector<Entry> profiles(const Results& results) {
  std::vector<Entry> entries;
  for (const VariantResult& variant : results.variants) {
    if (!variant.pgo) continue;
    const PgoResult& pgo = *variant.pgo;
    entries.push_back({fmt::format("{}: {} of {} ({:.1f} %) found their profile, {} did not{}", variant.name,
                                   pgo.functions_matched,
                                   human_count(pgo.functions_matched + pgo.functions_missing, "function"),
                                   100 * pgo.coverage, pgo.functions_missing,
                                   pgo.basis.empty() ? "" : fmt::format(" (by {})", pgo.basis)),
                       profile_facts(pgo),
                       {}});
  }
  return entries;
}

std::vector<Entry> identical(const Results& results) {
  std::vector<Entry> entries;
  for (const VariantResult& variant : results.variants)
    if (variant.identical_to)
      entries.push_back({variant.built_once ? fmt::format("{} has the settings of {}: built once",
                                                          variant.name, *variant.identical_to)
                                            : fmt::format("{} is the same code as {}: not timed again",
                                                          variant.name, *variant.identical_to),
                         {},
                         {}});
  return entries;
}

std::vector<Entry> not_portable(const Results& results) {
  std::vector<std::string> names;
  for (const VariantResult& variant : results.variants)
    if (!variant.portable && variant.status != Status::skipped) names.push_back(variant.name);
  if (names.empty()) return {};
  return {
      {fmt::format("{}: built for this machine's CPU, may not run on others", join_words(names)), {}, {}}};
}

std::vector<Entry> plain(const std::vector<std::string>& texts) {
  std::vector<Entry> entries;
  for (const std::string& text : texts) entries.push_back({text, {}, {}});
  return entries;
}

void make_printable(Entry& entry) {
  entry.text = printable(entry.text);
  for (std::string& fact : entry.facts) fact = printable(fact);
  for (std::string& line : entry.verbatim) line = printable(line);
}

}  // namespace

std::vector<Section> details(const Results& results) {
  std::vector<Section> sections;
  const auto add = [&](const char* heading, Tone tone, std::vector<Entry> entries) {
    if (entries.empty()) return;
    std::ranges::for_each(entries, make_printable);
    sections.push_back({heading, tone, std::move(entries)});
  };
  add("Failures", Tone::bad, failures(results));
  add("Still open", Tone::unsure, open_questions(results));
  add("Caveats", Tone::unsure, caveats(results));
  add("PGO", Tone::heading, profiles(results));
  add("Identical", Tone::heading, identical(results));
  add("Not portable", Tone::heading, not_portable(results));
  add("This machine", Tone::unsure, plain(results.host.warnings));
  add("Warnings", Tone::unsure, plain(results.warnings));
  add("Notes", Tone::heading, plain(results.notes));
  return sections;
}

std::string describe_counts(const Results& results) {
  std::vector<std::string> exceptions;
  for (const auto& [status, word] :
       {std::pair{Status::failed, "failed"}, std::pair{Status::wrong_output, "with wrong output"},
        std::pair{Status::skipped, "skipped"}}) {
    const auto count = std::ranges::count(results.variants, status, &VariantResult::status);
    if (count > 0) exceptions.push_back(fmt::format("{} {}", count, word));
  }
  std::string text = human_count(std::ssize(results.variants), "variant");
  if (!exceptions.empty()) text += fmt::format(" ({})", fmt::join(exceptions, ", "));
  return text + ", " + human_count(std::ssize(results.benchmarks), "workload");
}

std::string describe_machine(const Results& results) {
  std::vector<std::string> parts;
  if (const auto rustc = results.tools.find("rustc"); rustc != results.tools.end())
    parts.push_back(rustc->second.llvm.empty()
                        ? fmt::format("rustc {}", rustc->second.version)
                        : fmt::format("rustc {} (LLVM {})", rustc->second.version, rustc->second.llvm));
  if (!results.host.cpu.empty()) parts.push_back(results.host.cpu);
  if (results.host.cores > 0) parts.push_back(human_count(results.host.cores, "core"));
  if (!results.host.kernel.empty()) parts.push_back(results.host.kernel);
  if (results.host.virtualized) parts.push_back("virtualized");
  return printable(fmt::format("{}", fmt::join(parts, ", ")));
}

}  // namespace pgo_orch::report
