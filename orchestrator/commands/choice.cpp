#include "orchestrator/commands/choice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "orchestrator/commands/compare.h"
#include "orchestrator/commands/private_values.h"
#include "orchestrator/commands/run_header.h"
#include "orchestrator/config/diagnostics.h"
#include "orchestrator/config/find.h"
#include "orchestrator/plan/renderings.h"
#include "orchestrator/store/journal.h"
#include "toolchains/error.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Results;

namespace {

std::optional<std::size_t> index_of(const Config& config, const std::string& name) {
  for (std::size_t i = 0; i < config.variants->size(); ++i)
    if (config.variants->at(i).name == name) return i;
  return std::nullopt;
}

/// By key; JSON.
std::map<std::string, nlohmann::json> by_key(const std::vector<report::Setting>& settings) {
  std::map<std::string, nlohmann::json> found;
  for (const auto& setting : settings)
    found[setting.key] = nlohmann::json::parse(setting.value, nullptr, false);
  return found;
}

/// As results have them: without values that are private.
std::vector<report::Setting> shown_settings(const Config& config, const Variant& variant) {
  report::Results results;
  results.variants.emplace_back().settings = view_settings(variant.settings);
  return without_private_values(results, config).variants.front().settings;
}

/// The portable one that gains most among those shown to be faster; the baseline if none is.
std::string best_portable(const Results& results) {
  const bool single = results.benchmarks.size() == 1;
  std::string best = results.baseline;
  double most = 0;
  for (const auto& claim : results.comparisons) {
    const auto* row = results.variant(claim.variant);
    const bool is_combined = single || !claim.workload;
    if (!row || !row->portable || claim.metric != report::Metric::runtime || !is_combined) continue;
    if (claim.verdict != report::Verdict::faster || !claim.effect || *claim.effect >= most) continue;
    best = claim.variant;
    most = *claim.effect;
  }
  return best;
}

/// The name of the best; what to say of it.
std::string best_of(const Results& results, const std::string& where, bool allow_native, std::string& said) {
  if (results.run.interrupted)
    throw Error(
        fmt::format("{}: the run was interrupted, so it has no best variant: finish it with `pgo-orch run "
                    "--resume`, or name a variant",
                    where));
  const auto* row = results.recommended ? results.variant(*results.recommended) : nullptr;
  if (!row)
    throw Error(fmt::format(
        "{}: that run recommends no variant: {}", where,
        results.recommendation.empty() ? "it measured nothing; name the variant" : results.recommendation));
  said = fmt::format("best: {}", results.recommendation);
  if (row->portable || allow_native) return row->name;
  const auto portable = best_portable(results);
  if (portable == results.baseline)
    throw Error(
        fmt::format("{}: '{}' is recommended, but it is not portable: built for this CPU. Add "
                    "--allow-native, or name another variant",
                    where, row->name));
  said = fmt::format("best: {} (of the portable variants; {} is recommended, but built for one CPU)",
                     portable, row->name);
  return portable;
}

constexpr const char* what_then =
    "Run `pgo-orch run` again, or name the variant (`release --measure` runs first)";

}  // namespace

Choice choose(const Config& config, const Asked& asked, const Layout& layout) {
  if (asked.variant != "best") return {find_variant(config, asked.variant), {}, {}};
  const fs::path file = asked.results.empty() ? layout.latest() : asked.results;
  std::error_code missing;
  if (asked.results.empty() && !fs::exists(file / "results.json", missing))
    throw Error(
        fmt::format("there is no finished run in {} that could say which variant is best: start one with "
                    "`pgo-orch run`, or give --results FILE",
                    layout.state.string()));
  Choice choice;
  choice.results = load_results(file);
  const auto name = best_of(*choice.results, file.string(), asked.allow_native, choice.said);
  const auto index = index_of(config, name);
  if (!index)
    throw Error(fmt::format("{} recommends '{}', which is not in {} any more: run `pgo-orch run` again",
                            file.string(), name, config.file.string()));
  const auto& before = choice.results->variant(name)->settings;
  if (by_key(before) != by_key(shown_settings(config, config.variants->at(*index))))
    throw Error(fmt::format("{} has other settings for '{}' than {} has now: run `pgo-orch run` again",
                            file.string(), name, config.file.string()));
  choice.index = *index;
  return choice;
}

std::size_t find_variant(const Config& config, const std::string& name) {
  if (const auto index = index_of(config, name)) return *index;
  std::vector<std::string> known{"best"};
  constexpr std::size_t most = 1000;
  for (std::size_t i = 0; i < std::min(config.variants->size(), most); ++i)
    known.push_back(config.variants->at(i).name);
  throw Error(fmt::format("there is no variant '{}' in {}{}; `pgo-orch plan` lists them", name,
                          config.file.string(), did_you_mean(name, known)));
}

/// The sources as the run recorded them, against those of today.
void demand_same_sources(const Results& results, const Layout& layout) {
  const JsonLines record(layout.run(results.run.id) / "sources.jsonl");
  if (!record.exists())
    throw Error(
        fmt::format("run {} left no record of its sources in {}, so it is not known whether it was of "
                    "today's. {}",
                    results.run.id, layout.state.string(), what_then));
  std::string changed;
  const int unread = record.for_each([&](const nlohmann::json& line) {
    const fs::path file = line.at("file").get<std::string>();
    std::error_code missing;
    const bool is_same = line.value("written", false) ||
                         (fs::is_regular_file(file, missing) &&
                          toolchains::sha256_of_file(file) == line.at("sha256").get<std::string>());
    if (!is_same && changed.empty()) changed = file.string();
  });
  if (unread > 0)
    throw Error(
        fmt::format("the record of the sources of run {} cannot be read. {}", results.run.id, what_then));
  if (!changed.empty())
    throw Error(fmt::format("{} changed since run {}, which recommends the variant. {}", changed,
                            results.run.id, what_then));
}

void demand_same_corpora(const Results& results, const std::vector<report::Corpus>& corpora) {
  for (const auto& corpus : corpora) {
    const auto* before = find_by(results.corpora, &report::Corpus::name, corpus.name);
    if (!before || before->sha256 != corpus.sha256)
      throw Error(fmt::format("corpus '{}' has other files than in run {}, which recommends the variant. {}",
                              corpus.name, results.run.id, what_then));
  }
}

void demand_same_tools(const Results& results, const std::map<std::string, report::Tool>& tools) {
  for (const auto& [name, before] : results.tools) {
    const auto now = tools.find(name);
    if (now != tools.end() && now->second.version != before.version)
      throw Error(fmt::format("{} is {} now, and was {} in run {}, which recommends the variant. {}", name,
                              now->second.version, before.version, results.run.id, what_then));
  }
}

namespace {

/// Without those that name files of a state folder, which is another one in a release (the profile, a link to
/// a linker), or only make compilers tell more. They follow from the settings, which are compared, too.
std::vector<std::string> compared_flags(std::vector<std::string> flags, const std::vector<fs::path>& states) {
  std::erase_if(flags, [&](const std::string& flag) {
    return flag.starts_with("-Cllvm-args=-pgo-trace") ||
           std::ranges::any_of(
               states, [&](const fs::path& state) { return flag.find(state.string()) != std::string::npos; });
  });
  std::ranges::sort(flags);
  return flags;
}

}  // namespace

void demand_same_flags(const Results& results, const VariantPlan& plan, const Layout& of_run,
                       const Layout& of_release) {
  const auto* row = results.variant(plan.name);
  if (!row) return;
  std::vector<std::string> flags;
  for (const auto& flag : plan.flags) flags.push_back(flag.text);
  const std::vector<fs::path> states{of_run.state, of_run.alias, of_release.state, of_release.alias};
  const auto before = compared_flags(row->rustflags, states), now = compared_flags(flags, states);
  std::vector<std::string> added, gone;
  std::ranges::set_difference(now, before, std::back_inserter(added));
  std::ranges::set_difference(before, now, std::back_inserter(gone));
  std::string differs;
  if (!added.empty()) differs += fmt::format(" with {}", fmt::join(added, " "));
  if (!gone.empty()) differs += fmt::format(" without {}", fmt::join(gone, " "));
  if (!differs.empty())
    throw Error(fmt::format("'{}' would be built{}, unlike in run {}, which recommends it. {}", plan.name,
                            differs, results.run.id, what_then));
}

void demand_same_wishes(const Results& results, const profiles::UserConfig& user) {
  auto before = results.notes;
  std::erase_if(before, [](const std::string& note) { return !note.starts_with(of_every_variant); });
  const auto now = notes_on_wishes(user);
  if (before == now) return;
  const auto said = [](const std::vector<std::string>& notes) {
    std::string all;
    for (const auto& note : notes)
      all += (all.empty() ? "" : ", ") + note.substr(std::string_view(of_every_variant).size());
    return all.empty() ? "none" : all;
  };
  throw Error(
      fmt::format("the environment and config files set for cargo's profiles: {}; in run {}, which "
                  "recommends the variant: {}. {}",
                  said(now), results.run.id, said(before), what_then));
}

void demand_portable(const VariantPlan& plan) {
  if (plan.portable) return;
  std::string why;
  for (const auto& flag : plan.flags)
    if (profiles::asks_for_native(flag.text)) why = fmt::format(" ({}, of {})", flag.text, flag.origin);
  throw Error(
      fmt::format("'{}' is built for this CPU{} and may not run on others: release it with "
                  "--allow-native, or name a portable variant",
                  plan.name, why));
}

}  // namespace pgo_orch::orchestrator
