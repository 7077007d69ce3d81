#pragma once
// What executing a step came to: a failure is data, and becomes the row of its variant.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "report/results.h"
#include "toolchains/command.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

struct StepFailure {
  std::string reason;
  report::Failure failure;
  bool interrupted = false;  ///< the user asked to stop: no fault of the variant
  bool timed_out = false;
};

/// No value: all is well.
using StepResult = std::optional<StepFailure>;

/// A command that did not end as it should: stage, command, how it ended, and the last lines of its log.
StepFailure failed_command(const std::string& stage, const toolchains::Command& command,
                           const toolchains::Outcome& outcome);

/// The same of what compiles; with what helps where there is too little memory for that.
StepFailure failed_build(const std::string& stage, const toolchains::Command& command,
                         const toolchains::Outcome& outcome);

/// A step that went wrong without a command failing.
StepFailure failed_step(const std::string& stage, const std::string& reason,
                        const std::filesystem::path& log = {});

/// That of a variant whose row is not ok.
StepFailure failure_of(const report::VariantResult& row);

/// An Error with the failed command, the end of its log, and where that is. `said` begins it, such as
/// "'pgo' cannot be released"; `undone` is for an interruption: "nothing was released".
[[noreturn]] void throw_failure(const StepFailure& failed, const std::string& said,
                                const std::string& undone);

/// What `work` throws, if it is an error of ours or of the file system: these concern the one who works, not
/// the run.
std::optional<std::string> problem_in(const auto& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  } catch (const std::filesystem::filesystem_error& error) {
    return toolchains::describe(error);
  }
  return std::nullopt;
}

/// The result of `work`, or what it throws as a failed step.
StepResult attempt(const std::string& stage, const auto& work) {
  StepResult result;
  if (const auto problem = problem_in([&] { result = work(); })) return failed_step(stage, *problem);
  return result;
}

/// The lines to show of a log: from the first error on, else the last ones; at most `most`.
std::vector<std::string> tail_of(const std::filesystem::path& log, std::size_t most = 12);

/// Whether a disk was full: no fault of what failed, which may be tried again.
bool is_lack_of_room(const report::Failure& failure, const std::string& reason);

/// Appends the command with its environment differences, as a comment and a line for a shell.
void log_command(const std::filesystem::path& log, const toolchains::Command& command);

/// Runs the command with a new log, which begins with the command itself.
toolchains::Outcome run_logged(const toolchains::Command& command, toolchains::Runner& runner);

}  // namespace pgo_orch::orchestrator
