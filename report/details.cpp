#include "report/details.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "report/humanize.h"
#include "report/lookup.h"
#include "report/text.h"

namespace pgo_orch::report {

namespace {

Entry failure(const VariantResult& variant) {
  const bool is_wrong = variant.status == Status::wrong_output;
  Entry entry = sentence(is_wrong ? quoted(variant.name) + " has wrong output" +
                                        (variant.reason.empty() ? "" : ": " + variant.reason)
                                  : quoted(variant.name) + " " + describe_failure(variant));
  if (!variant.failure) return entry;
  if (!variant.failure->command.empty()) entry.verbatim.push_back("$ " + variant.failure->command);
  entry.verbatim.insert(entry.verbatim.end(), variant.failure->tail.begin(), variant.failure->tail.end());
  if (!variant.failure->log.empty()) entry.facts.push_back("log: " + variant.failure->log);
  return entry;
}

std::vector<Entry> failures(const Results& results) {
  std::vector<Entry> entries;
  for (const VariantResult& variant : results.variants)
    if (variant.status == Status::failed || variant.status == Status::wrong_output)
      entries.push_back(failure(variant));
  return entries;
}

std::vector<Entry> skipped(const Results& results) {
  std::vector<Entry> entries;
  for (const VariantResult& variant : results.variants)
    if (variant.status == Status::skipped)
      entries.push_back(sentence(quoted(variant.name) + ": " + variant.reason));
  return entries;
}

std::string place(const Comparison& comparison) {
  const std::string name = quoted(comparison.variant);
  if (comparison.metric == Metric::build) return "the build of " + name;
  if (comparison.metric == Metric::size) return "the size of " + name;
  return name + (comparison.workload ? " in " + quoted(*comparison.workload) : " in all workloads together");
}

/// How large a difference can still be, and what it takes to know.
Entry open_question(const Comparison& comparison) {
  std::string text = place(comparison) + ": ";
  if (comparison.lo && comparison.hi)
    text += fmt::format("at most {} % apart from {}",
                        human_percent(std::max(std::abs(*comparison.lo), std::abs(*comparison.hi))),
                        quoted(comparison.to));
  else
    text += fmt::format("after {} it could be anything", human_count(comparison.rounds, "round"));
  if (comparison.rounds_needed)
    text += fmt::format(
        "; about {} more{} would tell", human_count(*comparison.rounds_needed, "round"),
        comparison.time_needed ? fmt::format(" ({})", human(Seconds(*comparison.time_needed))) : "");
  return sentence(std::move(text));
}

std::vector<Entry> open_questions(const Results& results) {
  std::vector<Entry> entries;
  for (const Comparison& comparison : results.comparisons)
    if (comparison.verdict == Verdict::unresolved && !comparison.dominated &&
        (comparison.metric == Metric::runtime || (comparison.metric == Metric::build && results.builds)))
      entries.push_back(open_question(comparison));
  return entries;
}

/// Empty: nothing to be careful about.
const char* explain(Flag flag) {
  switch (flag) {
    case Flag::floor:
      return "smaller than what two copies of the baseline differ by";
    case Flag::layout:
      return "not so in every other layout of the code: may be due to where it happens to lie";
    case Flag::cpu_differs:
      return "CPU time and wall time disagree";
    case Flag::mean_differs:
      return "mean and median disagree";
    case Flag::bimodal:
      return "times fall into two groups";
    case Flag::reference:
      break;
  }
  return "";
}

std::vector<std::string> caveats_of(const Comparison& comparison) {
  std::vector<std::string> texts;
  for (const Flag flag : comparison.flags)
    if (const std::string text = explain(flag); !text.empty()) texts.push_back(text);
  if (comparison.dominated)
    texts.push_back(fmt::format("dropped after {}: clearly slower than the fastest",
                                human_count(comparison.rounds, "round")));
  return texts;
}

/// Workloads with too few rounds: that is so for all of their comparisons, and said once.
std::vector<std::string> parametric_workloads(const Results& results) {
  std::vector<std::string> names;
  for (const Comparison& comparison : results.comparisons) {
    const bool is_build = comparison.metric == Metric::build;
    if (comparison.has(Flag::reference)) continue;
    if (comparison.basis != Basis::parametric || (!comparison.workload && !is_build)) continue;
    const std::string name = is_build ? "builds" : quoted(*comparison.workload);
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

/// A variant that is better in all workloads together, and worse in one of them; or the other way round.
std::vector<Entry> disagreements(const Results& results) {
  std::vector<Entry> entries;
  const Lookup lookup(results);
  for (const Comparison& comparison : results.comparisons) {
    if (comparison.metric != Metric::runtime || !comparison.workload) continue;
    const auto* together = lookup.comparison(Metric::runtime, std::nullopt, comparison.variant);
    const auto is = [&](Verdict one, Verdict all) {
      return together && comparison.verdict == one && together->verdict == all;
    };
    if (!is(Verdict::slower, Verdict::faster) && !is(Verdict::faster, Verdict::slower)) continue;
    entries.push_back(sentence(fmt::format(
        "{} disagrees: {} is {} % {} there, and {} % {} in all workloads together",
        quoted(*comparison.workload), quoted(comparison.variant), human_percent(*comparison.effect),
        to_word(comparison.verdict), human_percent(*together->effect), to_word(together->verdict))));
  }
  return entries;
}

std::vector<Entry> caveats(const Results& results) {
  std::vector<Entry> entries = disagreements(results);
  for (const Comparison& comparison : results.comparisons)
    if (const auto texts = caveats_of(comparison); !texts.empty())
      entries.push_back(sentence(fmt::format("{}: {}", place(comparison), fmt::join(texts, "; "))));
  if (const auto names = parametric_workloads(results); !names.empty())
    entries.push_back(sentence(fmt::format(
        "{}: too few rounds for an exact test, so noise is taken to be normal", join_words(names))));
  for (const VariantResult& variant : results.variants) {
    if (!variant.build || !variant.build->wall) continue;
    if (variant.build->stored)
      entries.push_back(sentence(fmt::format("the build of {} was timed by an earlier run, {}",
                                             quoted(variant.name), variant.build->measured_at)));
    if (variant.build->shared)
      entries.push_back(
          sentence(fmt::format("the build of {} shared the machine with others", quoted(variant.name))));
  }
  return entries;
}

std::vector<std::string> profile_facts(const PgoResult& pgo) {
  std::vector<std::string> workloads;
  for (const TrainedWorkload& workload : pgo.workloads) workloads.push_back(quoted(workload.name));
  std::vector<std::string> facts = {
      fmt::format("profile: {}, {}{}{}", human_count(pgo.functions_in_profile, "function"), human(pgo.size),
                  workloads.empty() ? "" : ", trained with ", join_words(workloads))};
  if (pgo.training_reused) facts.emplace_back("training was reused: an earlier run's profile still fits");
  if (pgo.metadata_units > 0)
    facts.push_back(
        fmt::format("the same -C metadata in both builds: {}", human_count(pgo.metadata_units, "unit")));
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
    Entry entry = sentence(fmt::format("{}: {} of {} ({:.1f} %) found their profile, {} did not",
                                       quoted(variant.name), pgo.functions_matched,
                                       human_count(pgo.functions_matched + pgo.functions_missing, "function"),
                                       100 * pgo.coverage, pgo.functions_missing));
    if (!pgo.basis.empty()) entry.text += fmt::format(" (compared by {})", pgo.basis);
    entry.facts = profile_facts(pgo);
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<Entry> identical(const Results& results) {
  std::vector<Entry> entries;
  for (const VariantResult& variant : results.variants) {
    if (!variant.identical_to) continue;
    const std::string name = quoted(variant.name);
    const std::string twin = quoted(*variant.identical_to);
    entries.push_back(sentence(variant.built_once
                                   ? fmt::format("{} has the settings of {}: built once", name, twin)
                                   : fmt::format("{} is the same code as {}: not timed again", name, twin)));
  }
  return entries;
}

std::vector<Entry> not_portable(const Results& results) {
  std::vector<std::string> names;
  for (const VariantResult& variant : results.variants)
    if (!variant.portable && variant.status != Status::skipped) names.push_back(quoted(variant.name));
  if (names.empty()) return {};
  return {sentence(join_words(names) + ": built for this machine's CPU, may not run on others")};
}

std::vector<Entry> sentences(const std::vector<std::string>& texts) {
  std::vector<Entry> entries;
  for (const std::string& text : texts) entries.push_back(sentence(text));
  return entries;
}

/// A matrix can have a thousand variants, and as many notes on them.
void shorten(std::vector<Entry>& entries) {
  constexpr std::size_t most = 20;
  if (entries.size() <= most) return;
  const std::size_t left_out = entries.size() - most;
  entries.resize(most);
  entries.push_back(sentence(fmt::format("and {} more, see results.json", left_out)));
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
    shorten(entries);
    std::ranges::for_each(entries, make_printable);
    sections.push_back({heading, tone, std::move(entries)});
  };
  add("Failures", Tone::bad, failures(results));
  add("Skipped", Tone::unsure, skipped(results));
  add("Still open", Tone::unsure, open_questions(results));
  add("Caveats", Tone::unsure, caveats(results));
  add("PGO", Tone::heading, profiles(results));
  add("Identical", Tone::heading, identical(results));
  add("Not portable", Tone::heading, not_portable(results));
  add("This machine", Tone::unsure, sentences(results.host.warnings));
  add("Warnings", Tone::unsure, sentences(results.warnings));
  add("Notes", Tone::heading, sentences(results.notes));
  return sections;
}

std::string describe_failure(const VariantResult& variant) {
  std::string because = variant.reason;
  if (!variant.failure) return "failed" + (because.empty() ? "" : ": " + because);
  const std::string& stage = variant.failure->stage;
  if (because.starts_with(stage + ": ")) because.erase(0, stage.size() + 2);
  return "failed in " + stage + (because.empty() ? "" : ": " + because);
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
  if (results.benchmarks.empty()) return text + ", nothing timed";
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
  if (results.host.virtualized) parts.emplace_back("virtualized");
  return printable(fmt::format("{}", fmt::join(parts, ", ")));
}

}  // namespace pgo_orch::report
