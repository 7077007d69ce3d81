#include "orchestrator/commands/choice.h"

#include <fmt/format.h>

#include "orchestrator/build/row.h"
#include "orchestrator/commands/compare.h"
#include "orchestrator/commands/private_values.h"
#include "orchestrator/store/journal.h"
#include "toolchains/error.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Results;

namespace {

Variant variant_named(const Config& config, const std::string& name) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < config.variants->size(); ++i) {
    auto variant = config.variants->at(i);
    if (variant.name == name) return variant;
    names.push_back(variant.name);
  }
  throw Error(
      fmt::format("there is no variant '{}' in {}; `pgo-orch plan` lists them", name, config.file.string()));
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

std::string best_of(const Results& results, const Asked& asked, report::Progress& progress) {
  if (results.run.interrupted)
    throw Error(
        fmt::format("run {} was interrupted, so it has no best variant: finish it with `pgo-orch run "
                    "--resume`, or name a variant",
                    results.run.id));
  if (!results.recommended)
    throw Error(fmt::format("run {} recommends no variant: {}. Name the one to release", results.run.id,
                            results.recommendation));
  const auto* row = results.variant(*results.recommended);
  if (!row || row->portable || asked.allow_native) return *results.recommended;
  const auto portable = best_portable(results);
  progress.note(
      fmt::format("'{}' is recommended, but built for this CPU: releasing '{}', the best portable variant "
                  "(--allow-native releases the other)",
                  *results.recommended, portable));
  return portable;
}

constexpr const char* what_then = "Run `pgo-orch run` again, add --measure, or name the variant to release";

}  // namespace

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

void demand_same_tools(const Results& results, const std::map<std::string, report::Tool>& tools) {
  for (const auto& [name, before] : results.tools) {
    const auto now = tools.find(name);
    if (now != tools.end() && now->second.version != before.version)
      throw Error(fmt::format("{} is {} now, and was {} in run {}, which recommends the variant. {}", name,
                              now->second.version, before.version, results.run.id, what_then));
  }
}

void demand_same_settings(const Results& results, const VariantPlan& plan, const Config& config) {
  const auto* before = results.variant(plan.name);
  Results now;
  now.variants.push_back(planned_row(plan));
  now = without_private_values(now, config);
  const auto& row = now.variants.front();
  if (before && before->settings == row.settings && before->target == row.target) return;
  throw Error(fmt::format("'{}' has other settings in {} than in run {}, which recommends it. {}", plan.name,
                          config.file.string(), results.run.id, what_then));
}

Choice choose(const Config& config, const Asked& asked, const Layout& layout, report::Progress& progress) {
  const std::string name = asked.variant;
  const bool wants_best = name == "best";
  if (!wants_best && asked.results.empty()) return {variant_named(config, name), {}};
  const fs::path file = asked.results.empty() ? layout.latest() / "results.json" : asked.results;
  std::error_code missing;
  if (asked.results.empty() && !fs::exists(file, missing))
    throw Error(
        fmt::format("no run has measured which variant is the best: run `pgo-orch run`, add --measure, "
                    "or name the variant to release"));
  auto results = load_results(file);
  const auto chosen = wants_best ? best_of(results, asked, progress) : name;
  return {variant_named(config, chosen), std::move(results)};
}

}  // namespace pgo_orch::orchestrator
