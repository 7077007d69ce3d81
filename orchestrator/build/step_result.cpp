#include "orchestrator/build/step_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <sstream>

#include "report/humanize.h"
#include "report/text.h"
#include "toolchains/files.h"
#include "toolchains/host.h"
#include "toolchains/interrupt.h"
#include "toolchains/text.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// Frames of a backtrace, which hide the message above them.
void drop_frames(std::vector<std::string>& lines) {
  bool in_backtrace = false;
  std::erase_if(lines, [&](const std::string& line) {
    const auto begin = line.find_first_not_of(' ');
    const std::string_view text = begin == std::string::npos ? "" : std::string_view(line).substr(begin);
    if (text == "stack backtrace:") return in_backtrace = true;
    const auto digits = text.find_first_not_of("0123456789");
    const bool is_frame = text.starts_with("at ") || (digits > 0 && digits != std::string_view::npos &&
                                                      text.substr(digits).starts_with(": "));
    in_backtrace = in_backtrace && is_frame;
    return in_backtrace;
  });
}

bool begins_a_message(const std::string& line) {
  std::string text(toolchains::trimmed(line));
  std::ranges::transform(text, text.begin(), [](unsigned char letter) { return std::tolower(letter); });
  return text.starts_with("error") || text.starts_with("fatal") || text.starts_with("cmake error") ||
         text.find(": error:") != std::string::npos || text.find(": fatal error:") != std::string::npos;
}

/// Where a build script says why it fails: in what cargo quotes of its standard error. The first line of all
/// is cargo's own.
auto message_in(const std::vector<std::string>& lines) {
  const auto quoted = std::ranges::find(lines, "  --- stderr");
  const auto from = quoted != lines.end() ? quoted : lines.begin();
  const auto is_panic = [](const auto& line) { return line.find("panicked at") != std::string::npos; };
  const auto panic = std::find_if(from, lines.end(), is_panic);
  return panic != lines.end() || quoted == lines.end() ? panic
                                                       : std::find_if(from, lines.end(), begins_a_message);
}

/// Nobody else sends this signal but who is asked to: the kernel does where memory runs out. Compilers are
/// started by cargo, and linkers by compilers, which say so in words of their own; a shell makes it 137.
bool is_killed_by_kernel(const toolchains::Outcome& outcome, const std::vector<std::string>& log) {
  if (outcome.end == toolchains::End::signalled) return outcome.signal == SIGKILL;
  if (outcome.end != toolchains::End::exited) return false;
  constexpr const char* words[] = {"(signal: 9, SIGKILL: kill)", "signal 9 [Killed]",
                                   "Killed signal terminated program"};
  return outcome.exit_code == 128 + SIGKILL || std::ranges::any_of(log, [&](const std::string& line) {
           return std::ranges::any_of(words, [&](const char* word) { return line.find(word) != line.npos; });
         });
}

std::string probably_memory() {
  const auto free = toolchains::free_memory();
  return fmt::format(", killed, perhaps for want of memory{}",
                     free ? fmt::format(" ({} is free now)", report::human(*free)) : "");
}

}  // namespace

std::vector<std::string> tail_of(const fs::path& log, std::size_t most) {
  std::error_code missing;
  if (log.empty() || !fs::is_regular_file(log, missing)) return {};
  std::vector<std::string> lines;
  std::istringstream stream(toolchains::read_file(log));
  for (std::string line; std::getline(stream, line);) {
    // cargo's own command lines are long, and the command is shown beside the tail
    if (!line.starts_with("     Running `") && !line.starts_with("$ ")) lines.push_back(std::move(line));
  }
  std::erase(lines, "");
  drop_frames(lines);
  const auto error = std::ranges::find_if(lines, [](const auto& line) { return line.starts_with("error"); });
  if (error != lines.end()) lines.erase(lines.begin(), error);
  if (lines.size() <= most) return lines;
  // A compiler says first what is wrong, cargo last; a panic has its message in the line below.
  std::vector<std::string> shown;
  const auto message = message_in(lines);
  auto next = lines.cbegin();  // of those that are not shown yet
  const auto show = [&](auto from, std::ptrdiff_t count) {
    if (from > next) shown.emplace_back("...");
    next = lines.cend() - from > count ? from + count : lines.cend();
    shown.insert(shown.end(), from, next);
  };
  if (message != lines.cend()) {
    show(lines.cbegin(), 1);
    show(std::max(message, next), 3);
  } else if (error != lines.end()) {
    show(lines.cbegin(), static_cast<std::ptrdiff_t>(most / 2));
  }
  const auto room = static_cast<std::ptrdiff_t>(most - shown.size());
  if (lines.cend() - next <= room)
    show(next, room);
  else
    show(lines.cend() - (room - 1), room - 1);
  return shown;
}

StepFailure failed_command(const std::string& stage, const toolchains::Command& command,
                           const toolchains::Outcome& outcome) {
  StepFailure failed{fmt::format("{}: {}", stage, describe(outcome)),
                     {},
                     outcome.end == toolchains::End::interrupted,
                     outcome.end == toolchains::End::timed_out};
  failed.failure.stage = stage;
  failed.failure.command = to_shell(command);
  if (outcome.end == toolchains::End::exited) failed.failure.exit = outcome.exit_code;
  if (outcome.end == toolchains::End::signalled) failed.failure.signal = outcome.signal;
  failed.failure.log = command.log_file.string();
  failed.failure.tail = tail_of(command.log_file);
  if (is_killed_by_kernel(outcome, failed.failure.tail)) failed.reason += probably_memory();
  return failed;
}

StepFailure failed_build(const std::string& stage, const toolchains::Command& command,
                         const toolchains::Outcome& outcome) {
  auto failed = failed_command(stage, command, outcome);
  if (is_killed_by_kernel(outcome, failed.failure.tail))
    failed.reason += ": try fewer at once (`jobs` in [build]), lto = \"thin\", or a larger machine";
  // Linkers that map their output are killed by a signal (SIGBUS) where it has no room.
  std::error_code unknown;
  const auto room = fs::space(command.log_file.parent_path(), unknown);
  constexpr std::uintmax_t least = 1 << 20;
  if (!unknown && room.available < least)
    failed.reason +=
        fmt::format("; the disk is full where it builds, in {}", command.log_file.parent_path().string());
  return failed;
}

StepFailure failed_step(const std::string& stage, const std::string& reason, const fs::path& log) {
  StepFailure failed{fmt::format("{}: {}", stage, reason), {}, false};
  failed.failure.stage = stage;
  failed.failure.log = log.string();
  return failed;
}

StepFailure failure_of(const report::VariantResult& row) {
  return {row.reason, row.failure.value_or(report::Failure()), toolchains::interrupted() != 0};
}

void throw_failure(const StepFailure& failed, const std::string& said, const std::string& undone) {
  if (failed.interrupted) throw Error("interrupted: " + undone, Exit::interrupted);
  std::string text = fmt::format("{}: {}", said, failed.reason);
  if (!failed.failure.command.empty()) text += "\n  $ " + failed.failure.command;
  for (const auto& line : failed.failure.tail) text += "\n  " + report::printable(line);
  if (!failed.failure.log.empty()) text += "\n  log: " + failed.failure.log;
  throw Error(text, Exit::failed);
}

bool is_lack_of_room(const report::Failure& failure, const std::string& reason) {
  const auto says_so = [](const std::string& text) { return toolchains::says_no_room(text); };
  return says_so(reason) || std::ranges::any_of(failure.tail, says_so);
}

void log_command(const fs::path& log, const toolchains::Command& command) {
  toolchains::append_line(log, "$ " + to_shell(command));
}

toolchains::Outcome run_logged(const toolchains::Command& command, toolchains::Runner& runner) {
  toolchains::write_file_atomically(command.log_file, "");
  log_command(command.log_file, command);
  return runner.run(command);
}

}  // namespace pgo_orch::orchestrator
