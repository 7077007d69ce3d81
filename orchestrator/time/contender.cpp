#include "orchestrator/time/contender.h"

#include "orchestrator/build/prepare.h"
#include "pgo/recipe.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

measure::RunSpec spec_of(const Entrant& entrant, const Workload& workload, const Planner& planner,
                         const fs::path& program, const fs::path& scratch) {
  return spec_of(run_of(entrant, workload, planner, program).command, workload, scratch);
}

measure::RunSpec spec_of(const toolchains::Command& command, const Workload& workload,
                         const fs::path& scratch) {
  measure::RunSpec spec;
  spec.argv = command.argv;
  const auto found = toolchains::find_executable(spec.argv.front(), command.env, command.cwd);
  spec.executable = found.value_or(spec.argv.front());
  spec.env = toolchains::environment_with(command.env);
  spec.cwd = command.cwd;
  spec.stdin_file = command.stdin_file;
  spec.stdout_mode = workload.stdout_mode;
  if (workload.stdout_mode == pgo::StdoutMode::file) spec.stdout_file = scratch / "stdout";
  spec.timeout = workload.timeout;
  return spec;
}

namespace {

/// What is said of a run that failed: all that its row has room for.
Complaint complaint_of(const Workload& workload, const toolchains::Command& command, const fs::path& log,
                       const measure::Sample& sample) {
  Complaint complaint{report::Status::failed, "", {}};
  auto& failure = complaint.failure;
  failure.stage = "measure " + workload.name;
  failure.command = to_shell(command);
  if (sample.end == toolchains::End::exited) failure.exit = sample.exit_code;
  if (sample.end == toolchains::End::signalled) failure.signal = sample.signal;
  failure.log = log.string();
  failure.tail = tail_of(log);
  return complaint;
}

}  // namespace

std::function<void(const measure::Progress&)> showing_rounds(const std::string& workload,
                                                             report::Progress& progress) {
  return [&progress, workload](const measure::Progress& at) {
    std::optional<Nanoseconds> left;
    if (at.round > 0 && at.planned > at.round) left = at.spent * (at.planned - at.round) / at.round;
    progress.resume();
    progress.measuring(workload, at.round, at.planned, left);
    progress.pause();
  };
}

measure::Contender contender_of(const Workload& workload, const FinishedProgram& program,
                                const fs::path& scratch, toolchains::Runner& runner) {
  const std::string stem = program.id == measure::control_id ? "control" : "measure";
  const fs::path log = program.logs / (stem + ".log");
  measure::Contender contender;
  contender.name = program.name;
  contender.id = program.id;
  contender.executable = program.executable;
  contender.beside = program.executable.parent_path();
  contender.checked = program.checked;
  contender.expected_exit_codes = workload.expect.exit_codes;
  contender.run = [&workload, settings = program.settings, scratch, log](const fs::path& copy) {
    auto spec = spec_of(variant_command(workload, copy, settings), workload, scratch);
    spec.stderr_file = log;
    return spec;
  };
  if (program.checker) {
    contender.output = program.logs / (stem + ".out");
    contender.check = [&workload, checker = program.checker, output = contender.output](const auto&) {
      std::optional<Complaint> found;
      const auto problem = problem_in([&] {
        found = checker->complaint(workload, output);
        if (!found) fs::remove(output);  // else it stays, for inspection
      });
      return problem ? *problem : found ? found->reason : "";
    };
  }
  if (workload.prepare.empty()) return contender;
  contender.prepare = [&workload, &runner, log](const fs::path& copy) {
    const auto failed = run_prepare(workload, copy, runner, log);
    return failed && !failed->interrupted ? failed->reason : "";
  };
  return contender;
}

measure::Contender contender_of(const Workload& workload, const Entrant& entrant, const Stopwatch& stopwatch,
                                const fs::path& scratch, measure::ContenderId id, Complaints& complaints) {
  const Planner& planner = stopwatch.planner;
  const std::string stem = id == measure::control_id ? "control" : "measure";
  const fs::path log = folder_of(entrant, planner.layout()) / (stem + ".log");
  measure::Contender contender;
  contender.name = entrant.name;
  contender.id = id;
  contender.bystander = entrant.reference != nullptr;
  contender.executable = program_of(entrant, workload, planner.layout());
  contender.beside = contender.executable.parent_path();
  contender.expected_exit_codes = workload.expect.exit_codes;
  contender.run = [&workload, &stopwatch, entrant, scratch, log](const fs::path& copy) {
    auto spec = spec_of(entrant, workload, stopwatch.planner, copy, scratch);
    spec.stderr_file = log;
    spec.affinity = stopwatch.cpus;
    spec.fixed_layout = stopwatch.fixed_layout;
    return spec;
  };
  contender.output = folder_of(entrant, planner.layout()) / (stem + ".out");
  contender.check = [&workload, &stopwatch, &complaints, id, output = contender.output](const auto&) {
    std::optional<Complaint> found;
    const auto problem = problem_in([&] {
      found = stopwatch.checker->complaint(workload, output);
      if (!found) fs::remove(output);  // else it stays, for inspection
    });
    if (problem || !found) return problem.value_or("");
    found->reason += ". This run was of a copy, as it is timed; the program itself passed its check";
    return complaints.insert_or_assign(id, *found).first->second.reason;
  };
  contender.on_failure = [&workload, &planner, &complaints, id, entrant, log](const measure::Sample& sample) {
    const auto command = run_of(entrant, workload, planner).command;
    complaints.insert_or_assign(id, complaint_of(workload, command, log, sample));
  };
  if (workload.prepare.empty()) return contender;
  contender.prepare = [&workload, &stopwatch, entrant](const fs::path& copy) {
    const fs::path executable = run_of(entrant, workload, stopwatch.planner, copy).executable;
    const auto failed =
        run_prepare(workload, executable, stopwatch.runner, stopwatch.planner.layout().state / "measure.log");
    return failed && !failed->interrupted ? failed->reason : "";
  };
  return contender;
}

}  // namespace pgo_orch::orchestrator
