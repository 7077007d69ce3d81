#include "orchestrator/build/step_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "toolchains/files.h"

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
  const auto panic = std::ranges::find_if(
      lines, [](const auto& line) { return line.find("panicked at") != std::string::npos; });
  auto next = lines.begin();  // of those that are not shown yet
  const auto show = [&](auto from, std::ptrdiff_t count) {
    if (from > next) shown.emplace_back("...");
    next = std::min(from + count, lines.end());
    shown.insert(shown.end(), from, next);
  };
  if (panic != lines.end()) {
    show(lines.begin(), 1);
    show(std::max(panic, next), 3);
  } else if (error != lines.end()) {
    show(lines.begin(), static_cast<std::ptrdiff_t>(most / 2));
  }
  const auto room = static_cast<std::ptrdiff_t>(most - shown.size());
  if (lines.end() - next <= room)
    show(next, room);
  else
    show(lines.end() - (room - 1), room - 1);
  return shown;
}

StepFailure failed_command(const std::string& stage, const toolchains::Command& command,
                           const toolchains::Outcome& outcome) {
  StepFailure failed{
      fmt::format("{}: {}", stage, describe(outcome)), {}, outcome.end == toolchains::End::interrupted};
  failed.failure.stage = stage;
  failed.failure.command = to_shell(command);
  if (outcome.end == toolchains::End::exited) failed.failure.exit = outcome.exit_code;
  if (outcome.end == toolchains::End::signalled) failed.failure.signal = outcome.signal;
  failed.failure.log = command.log_file.string();
  failed.failure.tail = tail_of(command.log_file);
  return failed;
}

StepFailure failed_step(const std::string& stage, const std::string& reason, const fs::path& log) {
  StepFailure failed{fmt::format("{}: {}", stage, reason), {}, false};
  failed.failure.stage = stage;
  failed.failure.log = log.string();
  return failed;
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
