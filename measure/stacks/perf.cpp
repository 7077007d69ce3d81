#include "measure/stacks/sample.h"

#include <fmt/format.h>

#include <ranges>
#include <unordered_map>

#include "measure/lines.h"
#include "toolchains/text.h"

namespace pgo_orch::measure {

namespace {

constexpr std::string_view blanks = " \t";

/// "libc.so.6" of "/usr/lib/libc.so.6 (deleted)".
std::string_view file_name(std::string_view path) {
  path = path.substr(0, path.find(" (deleted"));
  return path.substr(path.rfind('/') + 1);
}

/// Where " (/usr/lib/libc.so.6)" or " ([kernel.kallsyms])" begins; the file's name may hold brackets itself.
std::size_t start_of_file(std::string_view line) {
  for (const std::string_view start : {" (/", " (["})
    if (const auto at = line.rfind(start); at != std::string_view::npos) return at;
  return line.rfind(" (");
}

/// Reads the lines of one sample after the other.
class ScriptReader {
 public:
  void line(std::string_view line) {
    if (toolchains::trimmed(line).empty()) {
      end_sample();
    } else if (blanks.find(line.front()) != std::string_view::npos && !process_.empty()) {
      frames_.push_back(frame(toolchains::trimmed(line)));
    } else {
      end_sample();
      line = toolchains::trimmed(line);
      process_ = toolchains::trimmed(line.substr(0, line.find_last_of(blanks)));
    }
  }

  Stacks finish() {
    end_sample();
    return std::move(stacks_);
  }

 private:
  void end_sample() {
    if (!process_.empty() && process_ != "perf-exec" && !frames_.empty()) {
      std::string stack = fmt::format("[{}]", process_);
      for (const auto& frame : std::views::reverse(frames_)) stack += ";" + frame;
      ++stacks_.counts[stack];
    }
    process_.clear();
    frames_.clear();
  }

  /// Of "55d0 main (/tmp/fib)": an address, a symbol that may hold blanks, and the file in brackets.
  std::string frame(std::string_view line) {
    line = toolchains::trimmed(line.substr(std::min(line.find_first_of(blanks), line.size())));
    const auto file = std::min(start_of_file(line), line.size());
    const auto symbol = toolchains::trimmed(line.substr(0, file));
    auto path = line.substr(std::min(file + 2, line.size()));
    if (path.ends_with(')')) path.remove_suffix(1);
    if (symbol.empty() || symbol == "[unknown]")
      return path.empty() || path == "[unknown]" ? "[unknown]" : fmt::format("[{}]", file_name(path));
    const bool kernel =
        path.starts_with("[kernel") || path.starts_with("[guest.kernel") || path.ends_with(".ko");
    return name(std::string(symbol)) + (kernel ? "_[k]" : "");
  }

  /// Remembered: the same few symbols are repeated.
  const std::string& name(const std::string& symbol) {
    const auto [known, is_new] = names_.try_emplace(symbol);
    if (is_new) known->second = frame_of(symbol);
    return known->second;
  }

  std::string process_;
  std::vector<std::string> frames_;
  std::unordered_map<std::string, std::string> names_;
  Stacks stacks_{.counts = {}, .unit = "samples", .source = "perf"};
};

}  // namespace

toolchains::Command record_command(const toolchains::Perf& perf, const toolchains::Command& program,
                                   const PerfOptions& options, const std::filesystem::path& data) {
  toolchains::Command command = program;
  command.argv = {perf.program.path.string(),
                  "record",
                  "-q",
                  "--no-buildid",
                  "--no-buildid-cache",
                  "--no-bpf-event",
                  "-e",
                  perf.event,
                  "-F",
                  std::to_string(options.frequency),
                  "--call-graph",
                  fmt::format("dwarf,{}", options.stack.count),
                  "-o",
                  data.string(),
                  "--"};
  command.argv.insert(command.argv.end(), program.argv.begin(), program.argv.end());
  return command;
}

toolchains::Command script_command(const toolchains::Perf& perf, const std::filesystem::path& data,
                                   const std::filesystem::path& text) {
  // Inlined functions have no symbols: perf would ask addr2line for each address, which takes minutes.
  // debuginfod would use the network.
  return {.argv = {perf.program.path.string(), "script", "-i", data.string(), "--no-inline", "--no-demangle",
                   "--max-stack", "1024", "-F", "comm,pid,ip,sym,dso"},
          .env = {{"DEBUGINFOD_URLS", std::nullopt}},
          .stdout_file = text};
}

Stacks parse_perf_script(std::string_view text) {
  ScriptReader reader;
  for (const auto line : each_line(text)) reader.line(line);
  return reader.finish();
}

}  // namespace pgo_orch::measure
