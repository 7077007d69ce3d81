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
struct Builder {
  std::string name;
  std::string key;  ///< in the file: builds of other code or by other commands are another's
  Entrant entrant;
  Nanoseconds rest{};  ///< the part of the variant's time that is not cargo's
};

/// Calls `use` with each step that compiles.
void for_each_build(const VariantPlan& plan, const auto& use) {
  for (const auto& step : plan.steps) {
    if (const auto* build = std::get_if<pgo::BuildStep>(&step)) use(*build);
    if (const auto* build = std::get_if<pgo::CommandStep>(&step)) use(*build);
  }
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
std::vector<Builder> builders_of(const std::vector<VariantPlan>& plans, const Rows& rows,
                                 const Workshop& workshop) {
  const auto& planner = workshop.planner;
  std::vector<Builder> builders;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const auto& row = rows.variants[i];
    if (row.status != Status::ok || row.built_once || !row.build || !row.build->wall) continue;
    const auto key = contender_key(row.name, key_of(plans[i], row));
    const Nanoseconds rest = not_cargos(plans[i], *row.build);
    const Entrant entrant{.name = row.name, .row = i, .plan = &plans[i]};
    builders.push_back({.name = row.name, .key = key, .entrant = entrant, .rest = rest});
    if (plans[i].baseline) std::rotate(builders.begin(), builders.end() - 1, builders.end());
  }
  for (const auto& entrant : entrants_of({}, {{}, rows.references}, planner.config(), PhaseOf::build)) {
    const auto key =
        toolchains::sha256(to_shell(reference_build(*entrant.reference, planner)) + workshop.journal.id());
    builders.push_back({.name = entrant.name, .key = contender_key(entrant.name, key), .entrant = entrant});
  }
  return builders;
}

/// The baseline a second time, where there is something to compare it with.
void add_control(std::vector<Builder>& builders) {
  if (builders.size() < 2) return;
  builders.push_back(builders.front());
  builders.back().name = measure::control_name;
  builders.back().key = contender_key(measure::control_name, builders.front().key);
}

/// All rounds that were ever kept, each by its line. What cargo took, by key.
std::vector<std::map<std::string, Nanoseconds>> load_rounds(const Layout& layout) {
  std::vector<std::map<std::string, Nanoseconds>> rounds;
  for (const auto& line : rounds_file(layout).read()) {
    auto& round = rounds.emplace_back();
    const json builds = line.value("builds", json::object());
    for (const auto& [key, wall] : builds.items())
      if (wall.is_number_integer()) round[key] = Nanoseconds(wall.get<std::int64_t>());
  }
  return rounds;
}

Sample built_in(Nanoseconds wall) {
  Sample sample;
  sample.end = toolchains::End::exited;
  sample.exit_code = 0;
  sample.wall = wall;
  return sample;
}

Series series_of(const Builder& builder, const std::vector<std::map<std::string, Nanoseconds>>& rounds) {
  Series series{.name = builder.name};
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    const auto found = rounds[i].find(builder.key);
    if (found == rounds[i].end()) continue;
    series.rounds.push_back(static_cast<int>(i) + 1);
    series.samples.push_back(built_in(found->second + builder.rest));
  }
  return series;
}

/// A clean build as a timed run: argv[0] is the name of the builder.
class BuildSampler : public measure::Sampler {
 public:
  BuildSampler(const std::vector<Builder>& builders, const Workshop& workshop)
      : builders_(builders), workshop_(workshop) {}

  Sample run(const measure::RunSpec& spec) override {
    const auto& builder = *std::ranges::find(builders_, spec.argv.front(), &Builder::name);
    const Sample sample = build(builder);
    if (workshop_.planner.config().build.keep == Keep::bin) clean_up(builder);
    return sample;
  }

  /// Why a variant could not be built again.
  std::map<std::string, StepFailure> failures;

 private:
  /// The command of a reference, or all steps of a variant that compile.
  Sample build(const Builder& builder) {
    const auto* plan = builder.entrant.plan;
    const auto* reference = builder.entrant.reference;
    Nanoseconds wall{};
    StepResult failed;
    const auto take = [&](const std::string& stage, const auto& work) {
      if (failed) return;
      workshop_.progress.stage_started(plan ? builder.entrant.row + 1 : 0, builder.name, stage + " again");
      StageRun took;
      failed = attempt("build again", [&] { return work(took); });
      if (failed) return;
      workshop_.progress.stage_finished(builder.name);
      wall += took.wall;
    };
    if (reference)
      take("build", [&](StageRun& took) {
        return build_reference(*reference, workshop_.planner, workshop_.runner, took);
      });
    else
      for_each_build(*plan, [&](const auto& step) {
        take(pgo::describe(step), [&](StageRun& took) { return rebuild(step, workshop_.runner, took); });
      });
    return failed ? failure(builder, std::move(*failed)) : built_in(wall);
  }

  void clean_up(const Builder& builder) {
    if (builder.entrant.plan) return remove_target_folders(*builder.entrant.plan);
    std::error_code ignored;
    fs::remove_all(folder_of(*builder.entrant.reference, workshop_.planner.layout()).tmp(), ignored);
  }

  Sample failure(const Builder& builder, StepFailure failed) {
    Sample sample;
    sample.end = failed.interrupted ? toolchains::End::interrupted : toolchains::End::not_started;
    sample.reason = failed.reason;
    if (failed.interrupted)
      workshop_.progress.stage_interrupted(builder.name);
    else
      failures.emplace(builder.entrant.name, std::move(failed));
    return sample;
  }

  const std::vector<Builder>& builders_;
  const Workshop& workshop_;
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
void build_again(const std::vector<Builder>& builders, std::size_t rounds_had, int rounds, std::uint64_t seed,
                 const Workshop& workshop, Rows& rows) {
  std::vector<measure::Contender> contenders;
  for (const auto& builder : builders) {
    const auto run = [name = builder.name](const fs::path&) { return measure::RunSpec{.argv = {name}}; };
    contenders.push_back({.name = builder.name, .run = run});
  }
  measure::RoundsOptions options;
  options.scratch = workshop.planner.layout().scratch() / "builds";
  options.budget = {.time = {}, .min_rounds = rounds, .max_rounds = rounds};
  options.warmup = 0;  // everything has just been built or found fresh
  options.seed = seed + rounds_had;
  options.on_round = [&](const measure::Progress& progress) {
    json line{{"finished", toolchains::timestamp()}, {"builds", json::object()}};
    for (std::size_t i = 0; i < builders.size(); ++i) {
      const auto& series = progress.so_far.series[i];
      if (!series.rounds.empty() && series.rounds.back() == progress.round)
        line["builds"][builders[i].key] = series.samples.back().wall.count();
    }
    rounds_file(workshop.planner.layout()).append(line);
  };
  BuildSampler sampler(builders, workshop);
  measure::measure_rounds(contenders, sampler, options);
  for (const auto& builder : builders) {
    const auto failed = sampler.failures.find(builder.name);
    if (failed == sampler.failures.end()) continue;
    with_row(rows, builder.entrant, [&](auto& row) { mark_failed(row, failed->second); });
    workshop.progress.stage_failed(builder.name, failed->second.reason);
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

}  // namespace

measure::Measured time_builds(const std::vector<VariantPlan>& plans, std::uint64_t seed,
                              const Workshop& workshop, Rows& rows) {
  const auto& config = workshop.planner.config();
  const auto& layout = workshop.planner.layout();
  measure::Measured measured;
  if (config.build.runs == 1) return measured;
  auto builders = builders_of(plans, rows, workshop);
  if (config.measure.control) add_control(builders);
  const bool has_baseline =
      !builders.empty() && builders.front().entrant.plan && builders.front().entrant.plan->baseline;
  if (!has_baseline) return measured;

  const auto had = load_rounds(layout);
  const Series baseline = series_of(builders.front(), had);
  std::vector<Builder> wanting{builders.front()};
  int missing = config.build.runs - static_cast<int>(baseline.rounds.size());
  for (auto other = builders.begin() + 1; other != builders.end(); ++other) {
    const int more =
        config.build.runs - static_cast<int>(measure::differences(baseline, series_of(*other, had)).size());
    if (more > 0) wanting.push_back(*other);
    missing = std::max(missing, more);
  }
  if (missing > 0) build_again(wanting, had.size(), missing, seed, workshop, rows);

  const auto rounds = load_rounds(layout);
  for (const auto& builder : builders) {
    auto& series = measured.series.emplace_back(series_of(builder, rounds));
    const bool built_now =
        missing > 0 && std::ranges::find(wanting, builder.name, &Builder::name) != wanting.end();
    with_row(rows, builder.entrant, [&](auto& row) {
      if (builder.name != measure::control_name) show_in(*row.build, series, built_now);
      if (row.status != Status::ok) series.failure = row.reason;
    });
  }
  measured.rounds = static_cast<int>(measured.series.front().rounds.size());
  for (const auto& builder : builders)
    if (builder.entrant.plan && rows.variants[builder.entrant.row].status != Status::ok)
      pass_on_failure(rows.variants[builder.entrant.row], rows.variants);
  for (auto& row : rows.variants)
    if (row.built_once)
      row.build = std::ranges::find(rows.variants, *row.identical_to, &VariantResult::name)->build;
  return measured;
}

void forget_build_rounds(const Layout& layout) {
  rounds_file(layout).remove();
}

}  // namespace pgo_orch::orchestrator
