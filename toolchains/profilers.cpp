#include "toolchains/profilers.h"

#include <fmt/format.h>

#include <optional>

#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"
#include "toolchains/text.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

/// The last line is the complaint: perf and valgrind print hints and copyrights before it.
std::string last_line(const Captured& captured) {
  std::string last = describe(captured.outcome);
  for (const std::string& line : lines_of(captured.err))
    if (!trimmed(line).empty()) last = trimmed(line);
  return last;
}

Probe<Program> ask_version(Runner& runner, const fs::path& path, const std::string& prefix,
                           const std::string& why) {
  const Command command{.argv = {path.string(), "--version"}};
  const Captured captured = ask_tool(runner, command);
  const std::string version = version_after(captured.out, prefix);
  if (!captured.ok() || version.empty())
    return Missing{fmt::format("{}: {}", to_shell(command), last_line(captured)), ""};
  return Program{.path = path, .version = version, .why = why};
}

Probe<Program> on_path(Runner& runner, const std::string& name, const std::string& prefix,
                       const std::string& hint) {
  const auto path = find_executable(name);
  if (!path) return Missing{"no " + name, hint};
  return ask_version(runner, *path, prefix, "on the PATH");
}

/// It knows no --version.
Probe<Program> ask_flamegraph(Runner& runner, const fs::path& path, const std::string& why) {
  const Command command{.argv = {path.string(), "--help"}};
  const Captured captured = ask_tool(runner, command);
  if (!captured.ok()) return Missing{fmt::format("{}: {}", to_shell(command), last_line(captured)), ""};
  return Program{.path = path, .version = "", .why = why};
}

/// "2"; "" where the kernel has no perf events at all.
std::string paranoid_level(const fs::path& root) {
  try {
    return std::string(trimmed(read_file(root / "proc/sys/kernel/perf_event_paranoid")));
  } catch (const Error&) {
    return {};
  }
}

/// Records some ten milliseconds of a loop; nothing if samples came out of it, else what was said instead.
std::optional<std::string> try_sampling(Runner& runner, const Program& perf, const std::string& event) {
  const TempDir folder("perf");
  const std::string data = (folder.path() / "perf.data").string();
  const Captured recorded = ask_tool(
      runner,
      {.argv = {perf.path.string(), "record", "-q", "-N", "-B", "--no-bpf-event", "-e", event, "-F", "4999",
                "-o", data, "--", "/bin/sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done"}});
  if (!recorded.ok()) return last_line(recorded);
  const Captured printed =
      ask_tool(runner, {.argv = {perf.path.string(), "script", "-i", data, "-F", "comm,ip"}});
  if (!printed.ok()) return last_line(printed);
  if (trimmed(printed.out).empty()) return "it records no samples";
  return std::nullopt;
}

}  // namespace

Probe<Perf> find_perf(Runner& runner, const fs::path& root) {
  const auto perf = on_path(runner, "perf", "perf version ", "apt-get install linux-perf");
  if (!perf) return perf.missing();
  std::string complaint;
  for (const char* event : {"cpu-clock", "cpu-clock:u"}) {
    const auto failure = try_sampling(runner, *perf, event);
    if (!failure) return Perf{.program = *perf, .event = event};
    complaint = *failure;
  }
  const std::string level = paranoid_level(root);
  const bool forbidden = !level.empty() && std::atoi(level.c_str()) > 2;
  return Missing{
      fmt::format("{} cannot sample here{}: {}", perf->path.string(),
                  level.empty() ? "" : " (kernel.perf_event_paranoid is " + level + ")", complaint),
      forbidden ? "sysctl kernel.perf_event_paranoid=2" : ""};
}

Probe<Program> find_valgrind(Runner& runner) {
  return on_path(runner, "valgrind", "valgrind-", "apt-get install valgrind");
}

std::vector<fs::path> tool_folders(const fs::path& own_executable) {
  std::vector<fs::path> folders;
  const auto cargo_home = variable("CARGO_HOME");
  if (cargo_home && !cargo_home->empty()) {
    folders.push_back(fs::path(*cargo_home) / "bin");
  } else if (const auto home = variable("HOME"); home && !home->empty()) {
    folders.push_back(fs::path(*home) / ".cargo/bin");
  }
  fs::path folder = own_executable.parent_path();
  folders.push_back(folder);
  for (int up = 0; up < 3; ++up, folder = folder.parent_path()) folders.push_back(folder / "tools/bin");
  return folders;
}

Probe<Program> find_flamegraph(Runner& runner, const fs::path& own_executable) {
  const std::string name = "inferno-flamegraph";
  if (const auto path = find_executable(name)) return ask_flamegraph(runner, *path, "on the PATH");
  for (const fs::path& folder : tool_folders(own_executable))
    if (is_executable(folder / name)) return ask_flamegraph(runner, folder / name, "in " + folder.string());
  return Missing{"no " + name, "cargo install --locked inferno"};
}

Profilers find_profilers(Runner& runner, const fs::path& own_executable) {
  return {.perf = find_perf(runner),
          .valgrind = find_valgrind(runner),
          .flamegraph = find_flamegraph(runner, own_executable)};
}

}  // namespace pgo_orch::toolchains
