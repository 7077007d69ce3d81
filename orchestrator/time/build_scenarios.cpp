#include "orchestrator/time/build_scenarios.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "measure/rounds/rounds.h"
#include "orchestrator/build/build_stage.h"
#include "orchestrator/build/sources.h"
#include "orchestrator/store/journal.h"
#include "orchestrator/time/scenario_session.h"
#include "toolchains/clock.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using nlohmann::json;
using pgo::BuildStep;
using report::Status;
using report::VariantResult;

namespace {

using Scenarios = std::set<BuildScenario>;
using Times = std::map<BuildScenario, StageTimes>;

Scenarios asked_for(const Build& build) {
  Scenarios asked(build.scenarios.begin(), build.scenarios.end());
  asked.erase(BuildScenario::full);
  return asked;
}

JsonLines times_file(const Layout& layout) {
  return JsonLines(layout.state / "build-scenarios.jsonl");
}

/// A variant that is built in the scenarios.
struct ScenarioBuilder {
  EntrantId id;
  const VariantPlan& plan;
  BuildStep step{};
  IncrementalBuild build{};
  std::string key{};  ///< other code, commands or edits are another's
  Times times{};
  std::map<BuildScenario, std::string> reasons{};
  int turns = 0;  ///< that it still lacks
  bool warm = false;
};

/// The variant's own last build, incremental, in a target folder of its own.
BuildStep incremental(const VariantPlan& plan, const fs::path& folder) {
  BuildStep step = *std::get<const BuildStep*>(pgo::compile_steps(plan.steps).back());
  const fs::path target_dir = folder / "target-incr";
  step.command = in_target_folder(step, target_dir);
  step.target_dir = target_dir;
  step.command.env["CARGO_INCREMENTAL"] = "1";
  step.command.stdout_file = folder / "incremental.jsonl";
  step.command.log_file = folder / "incremental.log";
  step.units_file = folder / "incremental.units.json";
  std::erase_if(step.options, [](const auto& option) { return option.key == "incremental"; });
  return step;
}

/// Error if a profile that its flags name is gone.
void check_profile(const BuildStep& step) {
  constexpr std::string_view use = "-Cprofile-use=";
  for (const auto& flag : step.flags)
    if (flag.text.starts_with(use) && !fs::exists(flag.text.substr(use.size())))
      throw Error(fmt::format("its profile {} is gone", flag.text.substr(use.size())));
}

std::string key_of(const ScenarioBuilder& builder, const VariantResult& row, const Build& build) {
  toolchains::Sha256 digest;
  digest.field(times_key(builder.step));
  for (const auto& artifact : row.artifacts) digest.field(artifact.code_sha256);
  if (build.patch) digest.field(build.patch->file).field(build.patch->replace).field(build.patch->with);
  return builder.plan.name + "@" + digest.hex();
}

/// Not in the variant's folder: cargo looks upward for a workspace, and finds a generated manifest there.
fs::path copy_folder(const Layout& layout, const VariantPlan& plan) {
  return layout.state / "incremental" / plan.name;
}

/// What cargo found from the user's folder it does not find from a copy of it.
void add_outer_configs(const std::vector<fs::path>& configs, std::vector<std::string>& argv) {
  auto at = std::ranges::find(argv, "--config");
  for (const auto& config : configs) at = argv.insert(at, {"--config", config.string()}) + 2;
}

/// Everything that the edit needs: in a copy, never in the user's tree.
void copy_and_edit(const Planner& planner, ScenarioBuilder& builder) {
  const auto& config = planner.config();
  const auto copy =
      copy_sources(builder.plan, planner, edited_file(config), copy_folder(planner.layout(), builder.plan));
  auto& command = builder.step.command;
  const bool in_place = planner.config().project.kind == ProjectKind::manifest &&
                        planner.project().shadow.empty() && builder.plan.source.patch.empty();
  if (in_place) add_outer_configs(planner.project().outer_configs, command.argv);
  command.cwd = copy.cwd;
  if (copy.edited.empty()) return;
  builder.build.edited = copy.edited;
  builder.build.original = toolchains::read_file(copy.edited);
  builder.build.patched = apply_edit(*config.build.patch, builder.build.original).text;
}

void keep(const Layout& layout, const std::string& key, const Turn& turn) {
  for (const auto& [scenario, took] : turn.took) {
    json line = to_json(took);
    line.update({{"finished", toolchains::timestamp()}, {"key", key}, {"scenario", to_word(scenario)}});
    times_file(layout).append(line);
  }
}

/// What earlier runs kept of this very build.
void load_times(const Layout& layout, const Scenarios& asked, ScenarioBuilder& builder) {
  times_file(layout).for_each([&](const json& line) {
    const auto scenario = measure::from_word<BuildScenario>(line.value("scenario", ""));
    if (line.value("key", "") == builder.key && scenario && asked.contains(*scenario))
      builder.times[*scenario].runs.push_back(run_from(line));
  });
}

class ScenarioRounds {
 public:
  explicit ScenarioRounds(const Workshop& workshop)
      : workshop_(workshop), planner_(workshop.planner), asked_(asked_for(planner_.config().build)) {}

  void add(const Entrant& entrant, const VariantResult& row) {
    if (row.status != Status::ok || row.built_once || !row.build) return;
    ScenarioBuilder builder{.id = entrant.id, .plan = *entrant.plan};
    if (builder.plan.steps.empty()) return;
    builder.step = incremental(builder.plan, planner_.layout().variant(builder.plan.name));
    const auto problem = problem_in([&] {
      if (asked_.contains(BuildScenario::incr_patched)) copy_and_edit(planner_, builder);
      builder.key = key_of(builder, row, planner_.config().build);
      load_times(planner_.layout(), asked_, builder);
      check_profile(builder.step);
      builder.turns = lacking(builder);
      if (builder.turns == 0) ++stored_;
    });
    if (problem)
      for (const auto scenario : asked_) builder.reasons[scenario] = *problem;
    builders_.push_back(std::move(builder));
  }

  void run(std::uint64_t seed) {
    int rounds = 0;
    for (const auto& builder : builders_) rounds = std::max(rounds, builder.turns);
    for (int round = 1; round <= rounds; ++round) {
      for (const int index :
           measure::random_order(seed, measure::Purpose::order, round, static_cast<int>(builders_.size()))) {
        auto& builder = builders_[static_cast<std::size_t>(index)];
        if (toolchains::interrupted()) return;
        if (builder.turns >= round && builder.reasons.empty()) take(builder);
      }
    }
  }

  TimedScenarios report(int places, Rows rows) const {
    for (const auto& builder : builders_) {
      if (planner_.config().build.keep == Keep::bin) clean_up(builder);
      for (const auto scenario : asked_)
        rows.variants[builder.id].build->scenarios[to_word(scenario)] = result(builder, scenario);
    }
    for (auto& row : rows.variants)
      if (row.built_once && row.build)
        if (const auto& twin = rows.built_as(row); twin.build) row.build->scenarios = twin.build->scenarios;
    return {std::move(rows), notes(places)};
  }

 private:
  int lacking(const ScenarioBuilder& builder) const {
    int most = 0;
    for (const auto scenario : asked_) {
      const auto had = builder.times.find(scenario);
      const auto runs = had == builder.times.end() ? 0 : static_cast<int>(had->second.runs.size());
      most = std::max(most, planner_.config().build.runs.value_or(1) - runs);
    }
    return most;
  }

  void take(ScenarioBuilder& builder) {
    builder.build.build = [&](Again& again) { return build_again(builder.step, workshop_.runner, again); };
    builder.build.forget = [&] { fs::remove_all(builder.step.target_dir); };
    workshop_.progress.stage_started(builder.id + 1, builder.plan.name, "incremental builds");
    const Turn turn = take_turn(builder.build, asked_, builder.warm);
    if (turn.interrupted) return workshop_.progress.stage_interrupted(builder.plan.name);
    if (turn.reasons.empty())
      workshop_.progress.stage_finished(builder.plan.name);
    else
      workshop_.progress.stage_failed(builder.plan.name, turn.reasons.begin()->second);
    keep(planner_.layout(), builder.key, turn);
    for (const auto& [scenario, took] : turn.took) builder.times[scenario].runs.push_back(took);
    builder.reasons = turn.reasons;
    builder.warm = true;
  }

  report::ScenarioTimes result(const ScenarioBuilder& builder, BuildScenario scenario) const {
    report::ScenarioTimes times;
    if (const auto found = builder.times.find(scenario); found != builder.times.end()) {
      const StageRun median = found->second.median();
      times.wall = median.wall;
      times.user = median.user;
      times.system = median.system;
      for (const auto& run : found->second.runs) times.runs.push_back(run.wall);
    }
    if (const auto why = builder.reasons.find(scenario); why != builder.reasons.end())
      times.reason = why->second;
    else if (times.runs.empty())
      times.reason = "the run was interrupted before it was built";
    return times;
  }

  void clean_up(const ScenarioBuilder& builder) const {
    std::error_code ignored;
    fs::remove_all(builder.step.target_dir, ignored);
    fs::remove_all(copy_folder(planner_.layout(), builder.plan), ignored);
  }

  std::vector<std::string> notes(int places) const {
    std::vector<std::string> notes;
    if (builders_.empty()) return notes;
    if (places > 0) {
      const auto& edit = *planner_.config().build.patch;
      notes.push_back(
          fmt::format("incr-patched: \"{}\" was replaced by \"{}\" in {} place{} of {}, in a copy",
                      edit.replace, edit.with, places, places == 1 ? "" : "s", edit.file));
    }
    if (stored_ > 0)
      notes.push_back(fmt::format("incremental builds of {} of {} variants were timed by an earlier run",
                                  stored_, builders_.size()));
    if (std::ranges::any_of(builders_, [](const auto& each) { return each.plan.settings.pgo.has_value(); }))
      notes.emplace_back(
          "incremental builds of variants with pgo use the existing profile and are not trained again; cargo "
          "renames their functions, so the profile has little effect: only their times are meaningful");
    return notes;
  }

  const Workshop& workshop_;
  const Planner& planner_;
  Scenarios asked_;
  std::vector<ScenarioBuilder> builders_;
  std::size_t stored_ = 0;
};

/// Only a build command itself knows what it keeps for its next build.
TimedScenarios decline(const Scenarios& asked, Rows rows) {
  for (auto& row : rows.variants) {
    if (!row.build || row.status != Status::ok) continue;
    for (const auto scenario : asked)
      row.build->scenarios[to_word(scenario)].reason = "a build command always builds from scratch";
  }
  return {
      std::move(rows),
      {"a build command always builds from scratch, so its incremental builds are not timed (scenarios in "
       "[build])"}};
}

}  // namespace

TimedScenarios time_scenarios(const Entrants& entrants, std::uint64_t seed, const Workshop& workshop,
                              Rows rows) {
  const auto& config = workshop.planner.config();
  if (asked_for(config.build).empty()) return {std::move(rows), {}};
  if (config.project.kind == ProjectKind::command) return decline(asked_for(config.build), std::move(rows));
  const int places = check_source_edit(config);
  ScenarioRounds rounds(workshop);
  for (const auto& entrant : entrants)
    if (entrant.plan) rounds.add(entrant, rows.variants[entrant.id]);
  rounds.run(seed);
  return rounds.report(places, std::move(rows));
}

void forget_scenarios(const Layout& layout) {
  times_file(layout).remove();
}

}  // namespace pgo_orch::orchestrator
