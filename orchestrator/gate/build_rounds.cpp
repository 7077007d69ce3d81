#include "orchestrator/gate/build_rounds.h"

#include <fmt/format.h>

#include "orchestrator/build/build_stage.h"
#include "orchestrator/build/command_stage.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace {

constexpr int default_runs = 5;

/// A clean build as a timed run.
class BuildSampler : public measure::Sampler {
 public:
  explicit BuildSampler(const GateWork& work) : work_(work) {}

  /// What the next run builds: no command line says it.
  measure::RunSpec next(const Built& built) {
    next_ = &built;
    return {};
  }

  measure::Sample run(const measure::RunSpec&) override {
    const BuildPlace place(next_->kept, work_.layout);
    return blaming(next_->row.name, [&] {
      bring_back_sources(next_->side, place.layout(), work_);
      return build();
    });
  }

 private:
  measure::Sample build() {
    measure::Sample sample;
    for (const auto& step : pgo::compile_steps(next_->steps)) {
      StageRun took;
      work_.progress.stage_started(0, next_->row.name, "build again");
      const auto failed = std::visit(
          [&](const auto* build) {
            return attempt("build again", [&] { return rebuild(*build, work_.runner, took); });
          },
          step);
      if (failed) {
        if (failed->interrupted) throw Error("interrupted: nothing was judged", Exit::interrupted);
        throw_failure(*failed, next_->row.name + " cannot be built again", "nothing was judged");
      }
      work_.progress.stage_finished(next_->row.name);
      sample.wall += took.wall;
      sample.user += took.user;
      sample.system += took.system;
    }
    sample.end = toolchains::End::exited;
    sample.exit_code = 0;
    return sample;
  }

  const GateWork& work_;
  const Built* next_ = nullptr;
};

}  // namespace

measure::Measured time_builds_of_both(const BothBuilt& both, std::uint64_t seed, const GateWork& work) {
  BuildSampler sampler(work);
  std::vector<measure::Contender> contenders;
  for (const std::size_t place : {base_place, head_place, base_place}) {
    const bool is_copy = contenders.size() > head_place;
    contenders.push_back(
        {.name = is_copy ? measure::control_name : both[place].row.name,
         .id = is_copy ? measure::control_id : place,
         .run = [&sampler, &built = both[place]](const auto&) { return sampler.next(built); }});
  }
  const int runs = work.config.build.runs.value_or(default_runs);
  measure::RoundsOptions options;
  options.scratch = work.layout.scratch() / "builds";
  options.budget = {.time = {}, .min_rounds = runs, .max_rounds = runs};
  options.warmup = 0;  // everything has just been built
  options.seed = seed;
  return measure::measure_rounds(contenders, sampler, options);
}

}  // namespace pgo_orch::orchestrator
