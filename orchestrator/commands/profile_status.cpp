// `pgo-orch profile status`: how much of a saved profile still fits.

#include "orchestrator/commands/profile_status.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "orchestrator/build/build_stage.h"
#include "orchestrator/build/saved_profile.h"
#include "orchestrator/build/sources.h"
#include "orchestrator/commands/saved_profile_file.h"
#include "orchestrator/commands/variant_work.h"
#include "orchestrator/plan/saved_profile.h"
#include "report/humanize.h"
#include "report/table.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

constexpr const char* by_lookups = "what rustc looked up in the optimized build";
constexpr const char* by_instrumenting = "an instrumented build";

struct Fit {
  pgo::HotCounts counts;
  std::string basis;
};

/// An instrumented build with the names of the saved profile, in a folder of its own.
Fit checked_by_instrumenting(const Config& config, std::size_t index, const VariantPlan& saved,
                             const Arguments& given) {
  VariantWork work(that_trains(config), index, given);
  const auto* planned = instrumented_build(work.plan());
  const pgo::ProveStep* prove = nullptr;
  const pgo::BuildStep* optimized = nullptr;
  for (const auto& step : saved.steps) {
    if (const auto* found = std::get_if<pgo::ProveStep>(&step)) prove = found;
    if (const auto* found = std::get_if<pgo::BuildStep>(&step)) optimized = found;
  }
  if (!planned || !prove || !optimized)
    throw Error("--check-profile needs cargo: a build command does not tell which functions it compiles");
  work.prepare();
  work.demand(prepare_variant(work.plan(), work.planner(), work.runner()));
  const auto step = instrumented_as_saved(*planned, optimized->pinning);
  StageBuild built;
  std::vector<std::string> remarks;
  work.demand(prepare_pinning(step, work.runner(), remarks));
  work.demand(execute(step, false, work.runner(), built));
  const auto records = [&](const fs::path& file) {
    return file.empty() ? std::vector<pgo::ProfileRecord>()
                        : records_of(file, prove->llvm_profdata, work.runner());
  };
  return {pgo::hot_counts(records(prove->profile), toolchains::read_file(step.command.log_file),
                          records(prove->used)),
          by_instrumenting};
}

std::string percent(double fraction) {
  return report::human_percent(100 * fraction) + " %";
}

void print_status(const fs::path& profile, const report::VariantResult& row, const Fit& fit, bool color) {
  const auto& counts = fit.counts;
  fmt::print("{} in '{}': {} of its hot counts match today's sources by name, {} by name and hash\n",
             profile.string(), row.name, percent(counts.by_name), percent(counts.by_hash));
  if (const auto provenance = provenance_of(profile)) {
    std::vector<std::string> workloads;
    for (const auto& workload : provenance->workloads) workloads.push_back(report::quoted(workload.name));
    fmt::print("saved {} with rustc {}, trained with {}{}\n", provenance->saved, provenance->rustc,
               report::join_words(workloads),
               provenance->revision.empty()
                   ? ""
                   : fmt::format(", at revision {}{}", provenance->revision.substr(0, 12),
                                 provenance->modified ? " with changes" : ""));
  }
  fmt::print("compared with {}\n\n", fit.basis);
  report::Table table{.title = "",
                      .caption = "",
                      .columns = {{"crate", report::Align::left, ""},
                                  {"hot counts", report::Align::right, ""},
                                  {"by name", report::Align::right, ""},
                                  {"by hash", report::Align::right, ""}},
                      .rows = {}};
  for (const auto& crate : counts.crates)
    table.rows.push_back({crate.crate, percent(crate.share), percent(crate.by_name), percent(crate.by_hash)});
  fmt::print("{}", report::to_text(table, color));
  if (!counts.missing.empty())
    fmt::print("\nlost, those with most counts: {}\n", fmt::join(counts.missing, ", "));
  for (const auto& remark : row.pgo->remarks) fmt::print("{}\n", remark);
}

nlohmann::json status_json(const fs::path& profile, const report::VariantResult& row, const Fit& fit,
                           const std::optional<double>& retrain_below) {
  nlohmann::json shown{{"schema", "pgo-orch/profile-status/1"},
                       {"profile", profile},
                       {"variant", row.name},
                       {"basis", fit.basis},
                       {"by_name", fit.counts.by_name},
                       {"by_hash", fit.counts.by_hash},
                       {"moved", fit.counts.moved},
                       {"retrain_below", nullptr},
                       {"remarks", row.pgo->remarks},
                       {"lost", fit.counts.missing},
                       {"crates", nlohmann::json::array()}};
  if (retrain_below) shown["retrain_below"] = *retrain_below;
  for (const auto& crate : fit.counts.crates)
    shown["crates"].push_back({{"crate", crate.crate},
                               {"share", crate.share},
                               {"by_name", crate.by_name},
                               {"by_hash", crate.by_hash}});
  if (const auto provenance = provenance_of(profile))
    shown["saved"] = nlohmann::json::parse(pgo::to_json(*provenance));
  return shown;
}

struct Built {
  report::VariantResult row;
  VariantPlan plan;
};

/// Builds with the saved profile, to the proof, whatever that says.
Built built_with_it(const Config& config, std::size_t index, const Arguments& given) {
  VariantWork work(config, index, given);
  if (const auto problem = problem_of_saved_profile(work.plan(), work.planner(), work.runner());
      !problem.empty())
    throw Error(fmt::format("{}: variant '{}': {}", config.file.string(), work.plan().name, problem));
  for (auto& step : work.plan().steps) {
    if (auto* prove = std::get_if<pgo::ProveStep>(&step)) {
      prove->retrain_below = 0;
      prove->min_coverage = 0;
    }
  }
  return {work.build(), work.plan()};
}

}  // namespace

int profile_status(const Arguments& given, const fs::path& project) {
  const Config config = for_target(load_config(project), given.text("target"));
  const auto index = variant_for(config, given, has_saved_profile, "with a saved profile");
  if (config.project.kind == ProjectKind::command)
    throw Error("profile status needs cargo: a build command does not tell which functions it compiles");
  const auto [row, plan] = built_with_it(config, index, given);
  const auto& pgo = *plan.settings.pgo;
  if (!row.pgo || !row.pgo->hot_counts)
    throw Error("rustc did not say which functions it looks up in the profile, so nothing can be said of it",
                Exit::failed);
  Fit found{*row.pgo->hot_counts, by_lookups};
  if (given.has("check-profile")) found = checked_by_instrumenting(config, index, plan, given);
  if (given.has("json"))
    fmt::print("{}\n", status_json(pgo.profile, row, found, pgo.retrain_below)
                           .dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
  else
    print_status(pgo.profile, row, found, wants_color(given, 1));
  if (!pgo.retrain_below || found.counts.by_hash >= *pgo.retrain_below) return static_cast<int>(Exit::ok);
  const auto below =
      fmt::format("below retrain-below ({}): train it again: `{}`", percent(*pgo.retrain_below),
                  retrain_command(config, {.name = plan.name, .settings = plan.settings}));
  std::fputs((below + "\n").c_str(), stderr);
  return static_cast<int>(Exit::failed);
}

}  // namespace pgo_orch::orchestrator
