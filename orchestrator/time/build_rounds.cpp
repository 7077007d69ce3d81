#include "orchestrator/time/build_rounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "measure/rounds/race.h"
#include "orchestrator/build/build_stage.h"
#include "orchestrator/build/command_stage.h"
#include "orchestrator/build/references.h"
#include "orchestrator/build/row.h"
#include "orchestrator/store/journal.h"
#include "orchestrator/time/measure_stage.h"
#include "toolchains/clock.h"
#include "toolchains/error.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using measure::Sample;
using measure::Series;
using nlohmann::json;
using report::Status;
using report::VariantResult;

namespace {

JsonLines rounds_file(const Layout& layout) {
  return JsonLines(layout.state / "build-rounds.jsonl");
}

/// An entrant whose build is timed. The control is the baseline a second time.
struct TimedBuild {
  Entrant entrant;
  std::string key;     ///< in the file: builds of other code or by other commands are another's
  Nanoseconds rest{};  ///< the part of the variant's time that is not cargo's
  bool control = false;

  measure::ContenderId id() const { return control ? measure::control_id : entrant.id; }
  std::string name() const { return control ? measure::control_name : entrant.name; }
};

/// Calls `use` with each step that compiles.
void for_each_build(const VariantPlan& plan, const auto& use) {
  for (const auto& step : pgo::compile_steps(plan.steps))
    std::visit([&](const auto* build) { use(*build); }, step);
}

std::string key_of(const VariantPlan& plan, const VariantResult& row) {
  toolchains::Sha256 digest;
  for_each_build(plan, [&](const auto& step) { digest.field(times_key(step)); });
  for (const auto& artifact : row.artifacts) digest.field(artifact.code_sha256);
  return digest.hex();
}

Nanoseconds not_cargos(const VariantPlan& plan, const report::Build& build) {
  std::set<std::string> cargos;
  for_each_build(plan, [&](const auto& step) { cargos.insert(pgo::describe(step)); });
  Nanoseconds sum{};
  for (const auto& stage : build.stages)
    if (!cargos.contains(stage.name)) sum += stage.wall;
  return sum;
}

/// The baseline first.
std::vector<TimedBuild> builds_of(const Entrants& entrants, const Rows& rows, const Workshop& workshop) {
  std::vector<TimedBuild> builds;
  for (const auto& entrant : entrants) {
    if (!entrant.plan) break;
    const auto& row = rows.variants[entrant.id];
    if (row.status != Status::ok || row.built_once || !row.build || !row.build->wall) continue;
    builds.push_back({.entrant = entrant,
                      .key = contender_key(row.name, key_of(*entrant.plan, row)),
                      .rest = not_cargos(*entrant.plan, *row.build)});
    if (entrant.is_baseline()) std::rotate(builds.begin(), builds.end() - 1, builds.end());
  }
  for (const auto& entrant : ready(entrants, rows, PhaseOf::build)) {
    if (!entrant.reference) continue;
    const auto command = to_shell(reference_build(*entrant.reference, workshop.planner));
    builds.push_back(
        {.entrant = entrant,
         .key = contender_key(entrant.name, toolchains::sha256(command + workshop.journal.id()))});
  }
  return builds;
}

/// The baseline a second time, where there is something to compare it with.
void add_control(std::vector<TimedBuild>& builds) {
  if (builds.size() < 2) return;
  builds.push_back(builds.front());
  builds.back().control = true;
  builds.back().key = contender_key(measure::control_name, builds.front().key);
}

/// All rounds that were ever kept, each by its line. What cargo took, by key.
std::vector<std::map<std::string, Nanoseconds>> load_rounds(const Layout& layout) {
  std::vector<std::map<std::string, Nanoseconds>> rounds;
  rounds_file(layout).for_each([&](const json& line) {
    std::map<std::string, Nanoseconds> round;
    for (const auto& [key, wall] : line.at("builds").items())
      round[key] = Nanoseconds(wall.get<std::int64_t>());
    rounds.push_back(std::move(round));
  });
  return rounds;
}

Sample built_in(Nanoseconds wall) {
  Sample sample;
  sample.end = toolchains::End::exited;
  sample.exit_code = 0;
  sample.wall = wall;
  return sample;
}

Series series_of(const TimedBuild& build, const std::vector<std::map<std::string, Nanoseconds>>& rounds) {
  Series series{.name = build.name(), .id = build.id()};
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    const auto found = rounds[i].find(build.key);
    if (found == rounds[i].end()) continue;
    series.rounds.push_back(static_cast<int>(i) + 1);
    series.samples.push_back(built_in(found->second + build.rest));
  }
  return series;
}

/// A clean build as a timed run.
class BuildSampler : public measure::Sampler {
 public:
  explicit BuildSampler(const Workshop& workshop) : workshop_(workshop) {}

  /// What the next run builds: no command line says it.
  measure::RunSpec next(const Entrant& entrant) {
    next_ = &entrant;
    return {};
  }

  Sample run(const measure::RunSpec&) override {
    const Sample sample = build(*next_);
    if (workshop_.planner.config().build.keep == Keep::bin) clean_up(*next_);
    return sample;
  }

  /// Why it could not be built again.
  std::map<EntrantId, StepFailure> failures;

 private:
  /// The command of a reference, or all steps of a variant that compile.
  Sample build(const Entrant& entrant) {
    Nanoseconds wall{};
    StepResult failed;
    const auto take = [&](const std::string& stage, const auto& work) {
      if (failed) return;
      workshop_.progress.stage_started(entrant.plan ? entrant.id + 1 : 0, entrant.name, stage + " again");
      StageRun took;
      failed = attempt("build again", [&] { return work(took); });
      if (failed) return;
      workshop_.progress.stage_finished(entrant.name);
      wall += took.wall;
    };
    if (entrant.reference)
      take("build", [&](StageRun& took) {
        return build_reference(*entrant.reference, workshop_.planner, workshop_.runner, took);
      });
    else
      for_each_build(*entrant.plan, [&](const auto& step) {
        take(pgo::describe(step), [&](StageRun& took) -> StepResult {
          const auto began = std::chrono::system_clock::now();
          if (auto broken = rebuild(step, workshop_.runner, took)) return broken;
          const auto changed = workshop_.sources.look(*entrant.plan, step, began).problem;
          if (changed.empty()) return std::nullopt;
          return failed_step("build again", changed);
        });
      });
    return failed ? failure(entrant, std::move(*failed)) : built_in(wall);
  }

  void clean_up(const Entrant& entrant) {
    if (entrant.plan) return remove_target_folders(*entrant.plan);
    std::error_code ignored;
    fs::remove_all(folder_of(*entrant.reference, workshop_.planner.layout()).tmp(), ignored);
  }

  Sample failure(const Entrant& entrant, StepFailure failed) {
    Sample sample;
    sample.end = failed.interrupted ? toolchains::End::interrupted : toolchains::End::not_started;
    sample.reason = failed.reason;
    if (failed.interrupted)
      workshop_.progress.stage_interrupted(entrant.name);
    else
      failures.emplace(entrant.id, std::move(failed));
    return sample;
  }

  const Workshop& workshop_;
  const Entrant* next_ = nullptr;
};

/// Variants with the settings of a failed one fail too. The first of those that only have the same code is
/// timed in its place.
void pass_on_failure(const VariantResult& failed, std::vector<VariantResult>& rows) {
  const VariantResult* next = nullptr;
  for (auto& row : rows) {
    if (row.identical_to != failed.name) continue;
    if (row.built_once) {
      row.status = failed.status;
      row.reason = failed.reason;
    } else if (next) {
      row.identical_to = next->name;
    } else {
      row.identical_to.reset();
      next = &row;
    }
  }
}

/// The baseline and those that lack rounds beside it, that many times.
void build_again(const std::vector<TimedBuild>& builds, std::size_t rounds_had, int rounds,
                 std::uint64_t seed, const Workshop& workshop, Rows& rows) {
  BuildSampler sampler(workshop);
  std::vector<measure::Contender> contenders;
  for (const auto& build : builds) {
    const auto run = [&](const fs::path&) { return sampler.next(build.entrant); };
    contenders.push_back({.name = build.name(), .id = build.id(), .run = run});
  }
  measure::RoundsOptions options;
  options.scratch = workshop.planner.layout().scratch() / "builds";
  options.budget = {.time = {}, .min_rounds = rounds, .max_rounds = rounds};
  options.warmup = 0;  // everything has just been built or found fresh
  options.seed = seed + rounds_had;
  options.on_round = [&](const measure::Progress& progress) {
    json line{{"finished", toolchains::timestamp()}, {"builds", json::object()}};
    for (std::size_t i = 0; i < builds.size(); ++i) {
      const auto& series = progress.so_far.series[i];
      if (!series.rounds.empty() && series.rounds.back() == progress.round)
        line["builds"][builds[i].key] = series.samples.back().wall.count();
    }
    rounds_file(workshop.planner.layout()).append(line);
  };
  measure::measure_rounds(contenders, sampler, options);
  for (const auto& [id, failed] : sampler.failures) {
    with_row(rows, id, [&](auto& row) {
      mark_failed(row, failed);
      workshop.progress.stage_failed(row.name, failed.reason);
    });
  }
}

/// What the rounds took, instead of the first build's time.
void show_in(report::Build& build, const Series& series, bool built_now) {
  if (series.samples.empty()) return;
  StageTimes times;
  build.runs.clear();
  for (const auto& sample : series.samples) {
    build.runs.push_back(sample.wall);
    times.runs.push_back({.wall = sample.wall});
  }
  build.wall = times.median().wall;
  build.shared = false;
  build.stored = !built_now;
  if (built_now) build.measured_at = toolchains::timestamp();
}

/// How many more rounds it needs beside the baseline.
int lacking(const TimedBuild& build, const Series& baseline,
            const std::vector<std::map<std::string, Nanoseconds>>& rounds, int wanted) {
  return wanted - static_cast<int>(measure::differences(baseline, series_of(build, rounds)).size());
}

/// Puts the times of the series into the rows.
void show_rounds(const std::vector<TimedBuild>& builds, const std::set<measure::ContenderId>& built_now,
                 measure::Measured& measured, Rows& rows) {
  for (std::size_t i = 0; i < builds.size(); ++i) {
    auto& series = measured.series[i];
    with_row(rows, builds[i].entrant.id, [&](auto& row) {
      if (!builds[i].control) show_in(*row.build, series, built_now.contains(series.id));
      if (row.status != Status::ok) series.failure = row.reason;
    });
  }
  for (const auto& build : builds)
    if (build.entrant.plan && rows.variants[build.entrant.id].status != Status::ok)
      pass_on_failure(rows.variants[build.entrant.id], rows.variants);
  for (auto& row : rows.variants)
    if (row.built_once) row.build = rows.built_as(row).build;
}

/// How many clean builds of each there are to be. Without a word in pgo.toml a question about them makes
/// three, the fewest that give an interval, if all of them take no longer than half of what one workload may.
int wanted_runs(const Config& config, const Rows& rows) {
  constexpr int fewest = 3;
  if (config.build.runs) return *config.build.runs;
  if (!asks_about_builds(config.questions)) return 1;
  Nanoseconds all{};
  for (const auto& row : rows.variants)
    if (row.build && row.build->wall && !row.built_once) all += *row.build->wall;
  return fewest * all <= config.measure.max_time / 2 ? fewest : 1;
}

}  // namespace

bool asks_about_builds(const Questions& questions) {
  const auto asks = [](const Figure& figure) {
    return figure.metric == GoalMetric::build && figure.scenario == BuildScenario::full;
  };
  return std::ranges::any_of(questions.goals, asks) || std::ranges::any_of(questions.decisions, asks);
}

TimedBuilds time_builds(const Entrants& entrants, std::uint64_t seed, const Workshop& workshop, Rows rows) {
  const auto& config = workshop.planner.config();
  const auto& layout = workshop.planner.layout();
  TimedBuilds timed{std::move(rows), {}};
  const int runs = wanted_runs(config, timed.rows);
  if (runs == 1) return timed;
  auto builds = builds_of(entrants, timed.rows, workshop);
  if (builds.empty() || !builds.front().entrant.is_baseline()) return timed;
  if (config.measure.control) add_control(builds);

  const auto had = load_rounds(layout);
  const Series baseline = series_of(builds.front(), had);
  std::vector<TimedBuild> wanting{builds.front()};
  int missing = runs - static_cast<int>(baseline.rounds.size());
  for (auto other = builds.begin() + 1; other != builds.end(); ++other) {
    const int more = lacking(*other, baseline, had, runs);
    if (more > 0) wanting.push_back(*other);
    missing = std::max(missing, more);
  }
  std::set<measure::ContenderId> built_now;
  if (missing > 0) {
    build_again(wanting, had.size(), missing, seed, workshop, timed.rows);
    for (const auto& build : wanting) built_now.insert(build.id());
  }
  const auto rounds = load_rounds(layout);
  for (const auto& build : builds) timed.measured.series.push_back(series_of(build, rounds));
  timed.measured.rounds = static_cast<int>(timed.measured.series.front().rounds.size());
  show_rounds(builds, built_now, timed.measured, timed.rows);
  return timed;
}

void forget_build_rounds(const Layout& layout) {
  rounds_file(layout).remove();
}

}  // namespace pgo_orch::orchestrator
