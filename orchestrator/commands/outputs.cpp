#include "orchestrator/commands/outputs.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "toolchains/command.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

void print_text(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw Error(fmt::format("cannot write to standard output: {}", std::strerror(errno)), Exit::failed);
  }
}

namespace {

/// The descriptor behind "/dev/stdout", or "/dev/fd/63", which a shell writes for >(...). No value for other
/// files.
std::optional<int> descriptor_named(const fs::path& file) {
  const std::string name = file.filename(), folder = file.parent_path();
  if (folder == "/dev" && (name == "stdout" || name == "stderr")) return name == "stdout" ? 1 : 2;
  if (folder != "/dev/fd" && folder != "/proc/self/fd") return {};
  int number = 0;
  const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), number);
  return failed == std::errc() && end == name.data() + name.size() ? std::optional(number) : std::nullopt;
}

void write_to_descriptor(int descriptor, const fs::path& file, std::string_view text) {
  while (!text.empty()) {
    const auto written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      throw Error(fmt::format("cannot write {}: {}", file.string(), std::strerror(errno)), Exit::failed);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// A device or pipe is written to, a link followed; only a regular file is replaced.
void write_to(const fs::path& file, const std::string& text) {
  if (const auto descriptor = descriptor_named(file)) return write_to_descriptor(*descriptor, file, text);
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return toolchains::write_file_atomically(file, text);
  const fs::path real = fs::canonical(file);
  if (fs::is_regular_file(real)) return toolchains::write_file_atomically(real, text);
  std::ofstream stream(real, std::ios::binary);
  if (!(stream << text).flush())
    throw Error(fmt::format("cannot write {}: {}", file.string(), std::strerror(errno)), Exit::failed);
}

std::size_t terminal_width() {
  winsize size{};
  constexpr std::size_t otherwise = 120;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return otherwise;
  return size.ws_col;
}

/// The file beside a flame graph of the run's folder that it was drawn from; none: results.json, which may be
/// anyone's, names a file outside.
std::optional<fs::path> folded_file(const report::FlamegraphFile& graph, const fs::path& folder) {
  std::error_code error;
  const fs::path file = fs::canonical(folder / fs::path(graph.path).replace_extension(".folded"), error);
  if (error || !toolchains::lies_in(file, fs::canonical(folder, error)) || !fs::is_regular_file(file, error))
    return {};
  return file;
}

report::FoldedStacks folded_stacks(const report::Results& results, const fs::path& folder) {
  constexpr std::uintmax_t most = 64 << 20;
  report::FoldedStacks stacks;
  for (const auto& graph : results.flamegraphs)
    if (const auto file = folded_file(graph, folder); file && fs::file_size(*file) <= most)
      stacks[graph.path] = toolchains::read_file(*file);
  return stacks;
}

}  // namespace

bool is_stdout(const fs::path& file) {
  return file == "-" || descriptor_named(file) == STDOUT_FILENO;
}

void write_text(const fs::path& file, const std::string& text) {
  if (is_stdout(file))
    print_text(text);
  else
    write_to(fs::absolute(file), text);
}

bool any_on_stdout(const Exports& exports) {
  return std::ranges::any_of(exports, is_stdout, &Export::file);
}

void check_output_files(const std::vector<std::pair<std::string, fs::path>>& outputs) {
  std::map<fs::path, std::string> options;
  for (const auto& [option, file] : outputs) {
    const bool printed = is_stdout(file);
    const auto [other, is_new] =
        options.emplace(printed ? "-" : fs::absolute(file).lexically_normal(), option);
    if (!is_new)
      throw Error(fmt::format("--{} and --{} both write to {}: name another file for one of them",
                              other->second, option, printed ? "standard output" : file.string()));
    if (printed || descriptor_named(file)) continue;
    const fs::path folder = fs::absolute(file).parent_path();
    if (fs::is_directory(file)) throw Error(fmt::format("cannot write {}: it is a folder", file.string()));
    if (access((folder / "").c_str(), W_OK) != 0) {
      throw Error(
          fmt::format("cannot write {}: {}: {}", file.string(), folder.string(), std::strerror(errno)));
    }
  }
}

void check_exports(const Exports& exports, const fs::path& history) {
  std::vector<std::pair<std::string, fs::path>> outputs;
  for (const auto& [format, file] : exports) outputs.emplace_back(format->option, file);
  if (!history.empty()) outputs.emplace_back("history", history);
  check_output_files(outputs);
}

void write_exports(const report::Results& results, const Exports& exports, const fs::path& folder) {
  if (exports.empty()) return;
  const auto stacks = folded_stacks(results, folder);
  for (const auto& [format, file] : exports) write_text(file, format->render(results, stacks));
}

void write_run_files(const report::Results& results, const fs::path& folder, bool reports) {
  const auto stacks = reports ? folded_stacks(results, folder) : report::FoldedStacks();
  for (const auto& format : report::formats())
    if (format.in_run == report::InRun::always || (reports && format.in_run == report::InRun::unless_quick))
      toolchains::write_file_atomically(folder / format.file, format.render(results, stacks));
}

void print_report(const report::Results& results, bool color, bool verbose,
                  const std::vector<std::string>& asked) {
  print_text(report::to_terminal(results, {color, terminal_width(), verbose, fs::current_path().string(),
                                           toolchains::to_shell({.argv = asked})}));
}

}  // namespace pgo_orch::orchestrator
