#include "report/details.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/humanize.h"
#include "report/lookup.h"
#include "report/text.h"

namespace pgo_orch::report {

namespace {

Entry failure(const VariantResult& variant) {
  const bool is_wrong = variant.status == Status::wrong_output;
  if (variant.status != Status::failed && !is_wrong) return {};
  Entry entry{
      fmt::format("'{}' {}", variant.name, is_wrong ? "has wrong output" : describe_failure(variant))};
  if (is_wrong && !variant.reason.empty()) entry.text += ": " + variant.reason;
  if (!variant.failure) return entry;
  const Failure& failure = *variant.failure;
  if (!failure.command.empty()) entry.verbatim.push_back("$ " + failure.command);
  for (const auto& line : failure.tail) entry.verbatim.push_back(clip(line, 400));  // the log has it all
  if (!failure.log.empty()) entry.facts.push_back("log: " + failure.log);
  return entry;
}

Entry skipped(const VariantResult& variant) {
  if (variant.status != Status::skipped) return {};
  return {fmt::format("'{}': {}", variant.name, variant.reason)};
}

std::string place(const Comparison& comparison) {
  if (comparison.metric == Metric::cpu)
    return fmt::format("the CPU time of '{}'{}", comparison.variant,
                       comparison.workload ? fmt::format(" in '{}'", *comparison.workload) : "");
  if (comparison.metric == Metric::build || comparison.metric == Metric::size)
    return fmt::format("the {} of '{}'", to_word(comparison.metric), comparison.variant);
  if (!comparison.workload) return fmt::format("'{}' over all workloads", comparison.variant);
  return fmt::format("'{}' in '{}'", comparison.variant, *comparison.workload);
}

/// How large the difference may still be, and how many rounds would decide it.
Entry open_question(const Comparison& comparison, bool in_rounds) {
  if (comparison.verdict != Verdict::unresolved || comparison.dominated || !in_rounds) return {};
  std::string text = place(comparison) + ": ";
  if (comparison.lo && comparison.hi)
    text += fmt::format("differs from '{}' by at most {} %", comparison.to,
                        human_percent(std::max(std::abs(*comparison.lo), std::abs(*comparison.hi))));
  else
    text += fmt::format("nothing is known after {}", human_count(comparison.rounds, "round"));
  if (comparison.rounds_needed)
    text += fmt::format("; about {}{} would decide it", human_count(*comparison.rounds_needed, "more round"),
                        comparison.time_needed ? fmt::format(" ({})", human(*comparison.time_needed)) : "");
  return {std::move(text)};
}

std::vector<Entry> open_questions(const Results& results) {
  return entries_of(results.comparisons, [&](const Comparison& comparison) {
    return open_question(comparison, comparison.metric == Metric::runtime ||
                                         (comparison.metric == Metric::build && results.builds));
  });
}

Entry caveats_of(const Comparison& comparison) {
  std::vector<std::string> texts;
  for (const Flag flag : comparison.flags)
    if (const std::string text = explain(flag); !text.empty()) texts.push_back(text);
  if (comparison.dominated)
    texts.push_back(fmt::format("dropped after {}: clearly slower than the fastest",
                                human_count(comparison.rounds, "round")));
  if (texts.empty()) return {};
  return {fmt::format("{}: {}", place(comparison), fmt::join(texts, "; "))};
}

/// Workloads with too few rounds: this holds for all of their comparisons, so it is reported once.
std::vector<Entry> parametric_workloads(const Results& results) {
  std::vector<std::string> names;
  for (const Comparison& comparison : results.comparisons) {
    const bool is_build = comparison.metric == Metric::build;
    if (comparison.has(Flag::reference)) continue;
    if (comparison.basis != Basis::parametric || (!comparison.workload && !is_build)) continue;
    const std::string name = is_build ? "builds" : fmt::format("'{}'", *comparison.workload);
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  if (names.empty()) return {};
  return {
      {fmt::format("{}: too few rounds for an exact test, so normal noise is assumed", join_words(names))}};
}

/// Variants that are better over all workloads and worse in one of them, or the other way round.
std::vector<Entry> disagreements(const Results& results) {
  return entries_of(results.comparisons, [lookup = Lookup(results)](const Comparison& comparison) -> Entry {
    if (comparison.metric != Metric::runtime || !comparison.workload) return {};
    const auto* together = lookup.comparison(Metric::runtime, std::nullopt, comparison.variant);
    const auto is = [&](Verdict one, Verdict all) {
      return together && comparison.verdict == one && together->verdict == all;
    };
    if (!is(Verdict::slower, Verdict::faster) && !is(Verdict::faster, Verdict::slower)) return {};
    return {fmt::format("'{}' disagrees: '{}' is {} % {} there, but {} % {} over all workloads",
                        *comparison.workload, comparison.variant, human_percent(*comparison.effect),
                        to_word(comparison.verdict), human_percent(*together->effect),
                        to_word(together->verdict))};
  });
}

Entry stored_build(const VariantResult& variant) {
  if (!variant.build || !variant.build->wall || !variant.build->stored) return {};
  return {fmt::format("the build time of '{}' is from an earlier run, {}", variant.name,
                      variant.build->measured_at)};
}

Entry shared_build(const VariantResult& variant) {
  if (!variant.build || !variant.build->wall || !variant.build->shared) return {};
  return {fmt::format("'{}' was built while other builds were running, so its build time is not reliable",
                      variant.name)};
}

/// Whose workload was trained on and timed: other inputs may gain less.
std::vector<Entry> trained_on(const Results& results) {
  std::vector<std::string> variants, workloads;
  for (const VariantResult& variant : results.variants) {
    if (!variant.pgo || variant.status != Status::ok) continue;
    bool any = false;
    for (const TrainedWorkload& trained : variant.pgo->workloads) {
      const bool timed = std::ranges::find(results.benchmarks, trained.name, &Benchmark::workload) !=
                         results.benchmarks.end();
      if (timed && std::ranges::find(workloads, quoted(trained.name)) == workloads.end())
        workloads.push_back(quoted(trained.name));
      any = any || timed;
    }
    if (any) variants.push_back(quoted(variant.name));
  }
  if (variants.empty()) return {};
  return {
      {fmt::format("{} trained on what is timed here ({}): other inputs may gain less",
                   join_words(variants) + (variants.size() > 1 ? " were" : " was"), join_words(workloads))}};
}

std::vector<Entry> caveats(const Results& results) {
  std::vector<Entry> entries = disagreements(results);
  for (auto&& more : {entries_of(results.comparisons, caveats_of), parametric_workloads(results),
                      entries_of(results.variants, stored_build), entries_of(results.variants, shared_build)})
    entries.insert(entries.end(), more.begin(), more.end());
  return entries;
}

std::vector<std::string> profile_facts(const PgoResult& pgo) {
  std::vector<std::string> workloads;
  for (const TrainedWorkload& workload : pgo.workloads) workloads.push_back(quoted(workload.name));
  std::vector<std::string> facts = {
      fmt::format("profile: {}, {}{}{}", human_count(pgo.functions_in_profile, "function"), human(pgo.size),
                  workloads.empty() ? "" : ", trained with ", join_words(workloads))};
  if (pgo.training_reused)
    facts.emplace_back("training was reused: the profile of an earlier run still applies");
  if (pgo.metadata_units > 0)
    facts.push_back(
        fmt::format("the same -C metadata in both builds: {}", human_count(pgo.metadata_units, "unit")));
  if (pgo.rustc_warnings > 0)
    facts.push_back(
        fmt::format("rustc gave {} about the profile", human_count(pgo.rustc_warnings, "warning")));
  return facts;
}

/// A profile that has next to nothing is mostly not what was wanted. Of a large program 2 % can be enough.
std::string why_so_few(std::int64_t called, std::int64_t all) {
  constexpr std::int64_t few = 100;
  if (all < few || called * few > all) return "";
  return ". If earlier runs left the work done (a cache), undo that in 'prepare'";
}

Entry profile(const VariantResult& variant) {
  if (!variant.pgo) return {};
  const PgoResult& pgo = *variant.pgo;
  const auto functions = pgo.functions_matched + pgo.functions_missing;
  Entry entry{functions == 0
                  ? fmt::format("'{}': cannot tell whether its functions found their profile", variant.name)
                  : fmt::format("'{}': {} of {} ({:.1f} %) found their profile, {} did not", variant.name,
                                pgo.functions_matched, human_count(functions, "function"), 100 * pgo.coverage,
                                pgo.functions_missing),
              profile_facts(pgo)};
  if (!pgo.basis.empty()) entry.text += fmt::format(" (compared by {})", pgo.basis);
  if (const auto called = pgo.functions_called.value_or(pgo.functions_matched);
      called < pgo.functions_matched)
    entry.text += fmt::format("; {} of {} {} ever called in training{}", called, pgo.functions_matched,
                              called == 1 ? "was" : "were", why_so_few(called, pgo.functions_matched));
  if (const auto& counts = pgo.hot_counts; counts && counts->total > 0)
    entry.text += fmt::format("; {} % of the saved profile's hot counts match by name, {} % by hash",
                              human_percent(100 * counts->by_name), human_percent(100 * counts->by_hash));
  return entry;
}

std::vector<Entry> profiles(const Results& results) {
  auto entries = entries_of(results.variants, profile);
  std::ranges::move(trained_on(results), std::back_inserter(entries));
  return entries;
}

/// The proof that the profile was used, in a line.
Entry proof(const VariantResult& variant) {
  Entry entry = profile(variant);
  entry.facts.clear();
  if (variant.pgo && variant.pgo->rustc_warnings > 0)
    entry.text +=
        fmt::format("; rustc gave {} about the profile", human_count(variant.pgo->rustc_warnings, "warning"));
  return entry;
}

Entry identical(const VariantResult& variant) {
  if (!variant.identical_to) return {};
  const auto* how = variant.built_once ? "'{}' has the same settings as '{}': built once"
                                       : "'{}' has the same code as '{}': not timed again";
  return {fmt::format(fmt::runtime(how), variant.name, *variant.identical_to)};
}

std::vector<Entry> not_portable(const Results& results) {
  std::vector<std::string> names;
  for (const VariantResult& variant : results.variants)
    if (!variant.portable && variant.status != Status::skipped) names.push_back(quoted(variant.name));
  if (names.empty()) return {};
  return {{join_words(names) + ": built for this CPU, may not run on others"}};
}

/// A matrix can have a thousand variants, and as many notes on them.
void shorten(std::vector<Entry>& entries) {
  constexpr std::size_t most = 20;
  if (entries.size() <= most) return;
  const std::size_t left_out = entries.size() - most;
  entries.resize(most);
  entries.push_back({fmt::format("and {} more, see results.json", left_out)});
}

}  // namespace

std::vector<Section> details(const Results& results) {
  const auto as_it_is = [](const std::string& text) { return Entry{text}; };
  std::vector<Section> sections = findings_details(results);
  for (Section section : std::initializer_list<Section>{
           {"Failures", Tone::bad, entries_of(results.variants, failure)},
           {"Skipped", Tone::unsure, entries_of(results.variants, skipped)},
           {"Unresolved", Tone::unsure, open_questions(results)},
           {"Caveats", Tone::unsure, caveats(results)},
           {"PGO", Tone::heading, profiles(results)},
           {"Identical", Tone::heading, entries_of(results.variants, identical)},
           {"Not portable", Tone::heading, not_portable(results)},
           {"This machine", Tone::unsure, entries_of(results.host.warnings, as_it_is)},
           {"Warnings", Tone::unsure, entries_of(results.warnings, as_it_is)},
           {"Notes", Tone::heading, entries_of(results.notes, as_it_is)}}) {
    shorten(section.entries);
    sections.push_back(std::move(section));
  }
  std::erase_if(sections, [](const Section& section) { return section.entries.empty(); });
  return sections;
}

std::vector<Section> asked_details(const Results& results) {
  auto sections = findings_details(results);
  std::erase_if(sections, [](const Section& section) {
    return std::ranges::find(asked_headings, section.heading) == std::end(asked_headings);
  });
  sections.push_back({"Failures", Tone::bad, entries_of(results.variants, failure)});
  for (Section& section : sections) shorten(section.entries);
  std::erase_if(sections, [](const Section& section) { return section.entries.empty(); });
  return sections;
}

/// What a try found out by itself.
Entry not_compared(const OutputCheck& check) {
  if (check.compared == Compared::exit_code)
    return {fmt::format("'{}' prints something else in each run, so its output was not compared",
                        check.workload)};
  if (check.compared != Compared::sorted) return {};
  return {
      fmt::format("'{}' prints its lines in any order: they were sorted and then compared", check.workload)};
}

std::vector<Entry> remarks(const Results& results) {
  std::vector<Entry> entries;
  const auto add = [&](std::vector<Entry> more) { std::ranges::move(more, std::back_inserter(entries)); };
  const auto as_it_is = [](const std::string& text) { return Entry{text}; };
  if (results.run.command == "try") add(entries_of(results.outputs, not_compared));
  add(entries_of(results.warnings, as_it_is));
  add(entries_of(results.variants, proof));
  add(trained_on(results));
  add(open_questions(results));
  add(caveats(results));
  add(entries_of(results.variants, skipped));
  return entries;
}

const char* explain(Flag flag) {
  switch (flag) {
    case Flag::floor:
      return "two copies of the baseline may differ by as much";
    case Flag::layout:
      return "this did not hold in every code layout";
    case Flag::cpu_differs:
      return "CPU time and wall time disagree";
    case Flag::mean_differs:
      return "mean and median disagree";
    case Flag::bimodal:
      return "times fall into two groups";
    case Flag::guard:
      return "slower by more than the guard allows";
    case Flag::reference:
    case Flag::guard_open:
      break;
  }
  return "";
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
  const bool analyzed = !results.phases.runtime.empty() || !results.phases.build.empty();
  if (results.benchmarks.empty()) return text + (analyzed ? ", analyzed" : ", nothing timed");
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
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace pgo_orch::report
