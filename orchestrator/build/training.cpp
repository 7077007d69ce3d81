#include "orchestrator/build/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "orchestrator/build/balance.h"
#include "orchestrator/build/libraries.h"
#include "orchestrator/build/lost_profiles.h"
#include "orchestrator/build/merging.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/build/trained_mark.h"
#include "orchestrator/build/training_key.h"
#include "report/humanize.h"
#include "report/results_json.h"
#include "toolchains/clock.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using pgo::TrainStep;
using toolchains::Command;

namespace {

fs::path record_of(const pgo::MergeStep& merge) {
  return merge.profile.parent_path() / "training.json";
}

/// Profiles that a workload left: their number and size.
StepResult inspect_raw(const TrainStep& train, report::TrainedWorkload& trained) {
  const std::string stage = pgo::describe(pgo::Step(train));
  for (const auto& entry : fs::directory_iterator(train.raw_dir)) {
    if (entry.path().extension() != ".profraw") continue;
    if (entry.file_size() == 0) {
      return failed_step(
          stage,
          fmt::format("{} is empty: the program was killed while it wrote its profile, or the disk is full",
                      entry.path().string()),
          train.command.log_file);
    }
    ++trained.raw_files;
    trained.raw_size.count += entry.file_size();
  }
  if (trained.raw_files > 0) return std::nullopt;
  return failed_step(
      stage,
      std::string(
          "it wrote no profile. A profile is written when a program ends normally: not after abort, a panic "
          "with panic = \"abort\", _exit, or a signal. Give it an input after which it exits normally") +
          (train.hint.empty() ? "" : ". " + train.hint),
      train.command.log_file);
}

std::uintmax_t size_of(const fs::path& file) {
  std::error_code missing;
  const auto size = fs::file_size(file, missing);
  return missing ? 0 : size;
}

/// What one run lost fails the training, or is added to `allowed`.
StepResult judge_losses(const TrainStep& step, const toolchains::Outcome& outcome, std::uintmax_t said_before,
                        std::vector<std::string>& allowed) {
  auto lost = lost_profiles(step, outcome, said_before);
  if (lost.each.empty()) return std::nullopt;
  if (step.workload.lost_profiles != pgo::LostProfiles::fail) {
    allowed.insert(allowed.end(), lost.each.begin(), lost.each.end());
    return std::nullopt;
  }
  return failed_step(pgo::describe(pgo::Step(step)), shortened(lost.each) + lost.cause_and_remedy,
                     step.command.log_file);
}

/// Whoever clears the environment of its children has their profiles written where the compiler said.
void take_strays(const TrainStep& step) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(step.stray_dir, ignored))
    if (entry.path().extension() == ".profraw")
      fs::rename(entry.path(), step.raw_dir / ("stray-" + entry.path().filename().string()));
}

StepResult train(const TrainStep& step, const Training& training, toolchains::Runner& runner, StageRun& took,
                 report::TrainedWorkload& trained) {
  const std::string stage = pgo::describe(pgo::Step(step));
  fs::remove(mark_of(step.raw_dir));
  fs::remove_all(step.raw_dir);
  fs::remove_all(step.stray_dir);  // instrumented build scripts leave some there
  toolchains::make_folders(step.raw_dir);
  Command command = with_libraries(step.command, step.executable);
  if (step.workload.stdout_mode == pgo::StdoutMode::file || training.check)
    command.stdout_file = command.log_file.parent_path() / "train.out";
  std::vector<std::string> lost;
  std::string unwatched;
  for (int run = 0; run < step.workload.runs; ++run) {
    // If a prepare command runs the program, that does not count as training.
    const toolchains::TempDir untrained("untrained", step.raw_dir.parent_path());
    const auto elsewhere = (untrained.path() / "%m-%p.profraw").string();
    if (auto failed = run_prepare(step.workload, step.executable, runner, command.log_file,
                                  {{"LLVM_PROFILE_FILE", elsewhere}}))
      return failed;
    log_command(command.log_file, command);
    const auto said_before = size_of(command.log_file);
    const auto outcome = runner.run(command);
    took = took + to_run(outcome);
    const bool as_expected =
        outcome.end == toolchains::End::exited && step.workload.expect.exit_codes.contain(outcome.exit_code);
    if (as_expected) {
      take_strays(step);
      unwatched = outcome.unwatched;
      if (auto failed = judge_losses(step, outcome, said_before, lost)) return failed;
      if (training.check)
        if (auto failed = training.check(step.workload, command.stdout_file)) return failed;
      continue;
    }
    auto failed = failed_command(stage, command, outcome);
    if (outcome.end == toolchains::End::exited) {
      failed.reason += fmt::format(", expected {}", step.workload.expect.exit_codes.text());
    } else if (outcome.end == toolchains::End::timed_out) {
      failed.reason += ": instrumented programs are slow: raise train-timeout, or train on a smaller input";
    }
    return failed;
  }
  if (!lost.empty()) trained.remarks.push_back(shortened(lost) + ", which lost-profiles allows");
  if (!unwatched.empty())
    trained.remarks.push_back(
        fmt::format("whether each process left its profile is not known: {}", unwatched));
  if (!command.stdout_file.empty() && command.stdout_file != "/dev/null") fs::remove(command.stdout_file);
  return inspect_raw(step, trained);
}

/// Runs a workload, unless an interrupted run did so with the same inputs.
StepResult train_once(const Training& training, std::size_t place, const std::string& key,
                      toolchains::Runner& runner, Trained& all) {
  const auto& step = training.workloads[place];
  const bool merges = !training.merge.llvm_profdata.empty();
  auto& took = all.runs.emplace_back();
  auto& trained = all.workloads.emplace_back();
  const auto earlier = done_before(step.raw_dir, merges);
  const bool was_done = earlier && earlier->key == key;
  if (was_done) {
    took = earlier->took;
    trained = earlier->trained;
  } else {
    fs::remove(merged_beside(step.raw_dir));
    trained = {.name = step.workload.name};
    if (auto failed = train(step, training, runner, took, trained)) return failed;
  }
  std::error_code missing;
  if (merges && !fs::exists(merged_beside(step.raw_dir), missing))
    if (auto failed = merge_raw(training.merge, training.merge.inputs[place], runner, all.merging))
      return failed;
  if (was_done) return std::nullopt;
  mark_done(step.raw_dir, {key, took, trained});
  return std::nullopt;
}

/// Whether the profiles that other variants are made of are there, each of these inputs.
bool has_each(const Training& training, const std::vector<std::string>& keys) {
  if (!training.merge.keep_each) return true;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto done = profile_left(training.workloads[i].raw_dir);
    if (!done || done->key != keys[i]) return false;
  }
  return true;
}

bool reuse(const Training& training, const std::string& key, report::PgoResult& pgo,
           std::vector<StageTimes>& times) try {
  std::error_code missing;
  if (!fs::exists(record_of(training.merge), missing) || !fs::exists(training.merge.profile, missing))
    return false;
  const auto record = nlohmann::json::parse(toolchains::read_file(record_of(training.merge)), nullptr, false);
  if (!record.is_object() || record.value("key", "") != key ||
      record.value("sha256", "") != toolchains::sha256_of_file(training.merge.profile)) {
    return false;
  }
  for (const auto& each : record.at("workloads")) pgo.workloads.push_back(trained_from(each));
  for (const char* stage : {"train", "merge"}) {
    times.push_back(
        load_times(training.merge.profile.parent_path() / fmt::format("{}.times.json", stage), stage, key));
  }
  pgo.training_reused = true;
  return true;
} catch (const nlohmann::json::exception&) {  // a damaged record is none
  pgo.workloads.clear();
  return false;
}

void record(const Training& training, const std::string& key, const report::PgoResult& pgo) {
  nlohmann::json workloads = nlohmann::json::array();
  for (const auto& each : pgo.workloads) workloads.push_back(to_json(each));
  const nlohmann::json json{
      {"key", key}, {"sha256", toolchains::sha256_of_file(training.merge.profile)}, {"workloads", workloads}};
  toolchains::write_file_atomically(record_of(training.merge), json.dump(1) + "\n");
}

std::vector<std::string> keys_of(const Training& training, const std::string& programs) {
  std::vector<std::string> keys;
  for (const auto& step : training.workloads) keys.push_back(workload_key(step, programs));
  return keys;
}

StageTimes timed(const Training& training, const std::string& stage, const std::string& key,
                 const StageRun& took) {
  StageTimes times{.stage = stage, .key = key, .measured_at = toolchains::timestamp(), .runs = {took}};
  save_times(training.merge.profile.parent_path() / fmt::format("{}.times.json", stage), times);
  return times;
}

}  // namespace

StepResult run_workloads(const Training& training, const fs::path& instrumented, toolchains::Runner& runner,
                         const std::function<void(const std::string&)>& begin, Trained& trained) {
  const std::string programs = programs_digest(instrumented);
  const auto keys = keys_of(training, programs);
  for (const auto& step : training.workloads) toolchains::write_file_atomically(step.command.log_file, "");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& step = training.workloads[i];
    begin(step.workload.name);
    auto failed = train_once(training, i, keys[i], runner, trained);
    if (programs_digest(instrumented) != programs)
      return failed_step("train",
                         fmt::format("the executables in {} were replaced while they ran. Run again, "
                                     "and let nothing else write there",
                                     instrumented.string()));
    if (failed) return failed;
  }
  return std::nullopt;
}

StepResult merge_workloads(const Training& training, toolchains::Runner& runner, Trained& trained) {
  auto step = training.merge;
  auto failed = balance(step, trained.runs, runner, trained.workloads);
  return failed ? failed : merge_all(step, runner, trained.merging);
}

void forget_runs(const Training& training) {
  if (training.merge.keep_raw) return;
  for (const auto& each : training.workloads) {
    fs::remove_all(each.raw_dir);
    if (training.merge.keep_each) continue;
    fs::remove(merged_beside(each.raw_dir));
    fs::remove(mark_of(each.raw_dir));
  }
}

StepResult execute(const Training& training, const fs::path& instrumented, toolchains::Runner& runner,
                   const std::function<void(const std::string&)>& begin, report::PgoResult& pgo,
                   std::vector<StageTimes>& times) {
  const auto keys = keys_of(training, programs_digest(instrumented));
  const std::string key = training_key(training, keys);
  if (has_each(training, keys) && reuse(training, key, pgo, times)) return std::nullopt;
  Trained trained;
  if (auto failed = run_workloads(training, instrumented, runner, begin, trained)) return failed;
  auto failed = merge_workloads(training, runner, trained);
  if (failed) {
    for (const auto& each : training.workloads) fs::remove(mark_of(each.raw_dir));  // one of them is damaged
    return failed;
  }
  forget_runs(training);
  pgo.workloads = std::move(trained.workloads);
  record(training, key, pgo);
  StageRun training_took;
  for (const auto& run : trained.runs) training_took = training_took + run;
  times.push_back(timed(training, "train", key, training_took));
  times.push_back(timed(training, "merge", key, trained.merging));
  return std::nullopt;
}

StepResult merge_trained(const pgo::MergeStep& step, toolchains::Runner& runner, report::PgoResult& pgo,
                         std::vector<StageTimes>& times) {
  Training training{.workloads = {}, .merge = step};
  Trained trained;
  std::vector<std::string> keys;
  for (const auto& input : step.inputs) {
    auto& workload = training.workloads.emplace_back();
    workload.workload.weight = static_cast<int>(input.weight);
    workload.raw_dir = input.raw_dir;
    const auto left = profile_left(input.raw_dir);
    if (!left)
      return failed_step("merge",
                         fmt::format("the training of '{}' left no profile of workload '{}': run again "
                                     "with --fresh",
                                     step.trained_by, input.workload));
    keys.push_back(left->key);
    trained.runs.push_back(left->took);
    trained.workloads.push_back(left->trained);
  }
  toolchains::make_folders(step.profile.parent_path());
  if (auto failed = merge_workloads(training, runner, trained)) return failed;
  pgo.workloads = std::move(trained.workloads);
  times.push_back(timed(training, "merge", training_key(training, keys), trained.merging));
  return std::nullopt;
}

bool is_trained(const Training& training, const fs::path& instrumented) {
  std::error_code missing;
  if (!fs::is_directory(instrumented, missing)) return false;
  report::PgoResult ignored;
  std::vector<StageTimes> times;
  return reuse(training, training_key(training, keys_of(training, programs_digest(instrumented))), ignored,
               times);
}

}  // namespace pgo_orch::orchestrator
