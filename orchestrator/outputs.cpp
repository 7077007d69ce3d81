#include "orchestrator/outputs.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "report/csv.h"
#include "report/hyperfine.h"
#include "report/markdown.h"
#include "report/results_json.h"
#include "report/terminal.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

std::size_t terminal_width() {
  winsize size{};
  constexpr std::size_t otherwise = 120;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return otherwise;
  return size.ws_col;
}

}  // namespace

bool Exports::any_on_stdout() const {
  for (const auto* file : {&json, &markdown, &csv, &hyperfine}) {
    if (*file == "-") return true;
  }
  return false;
}

void check_exports(const Exports& exports) {
  for (const auto* file : {&exports.json, &exports.markdown, &exports.csv, &exports.hyperfine}) {
    if (file->empty() || *file == "-") continue;
    const fs::path folder = fs::absolute(*file).parent_path();
    if (access(folder.c_str(), W_OK) != 0) {
      throw Error(
          fmt::format("cannot write {}: {}: {}", file->string(), folder.string(), std::strerror(errno)));
    }
  }
}

void write_exports(const report::Results& results, const Exports& exports) {
  const auto write = [&](const fs::path& file, std::string (*render)(const report::Results&)) {
    if (file == "-")
      print(render(results));
    else if (!file.empty())
      toolchains::write_file_atomically(fs::absolute(file), render(results));
  };
  write(exports.json, report::to_json_text);
  write(exports.markdown, report::to_markdown);
  write(exports.csv, report::to_csv);
  write(exports.hyperfine, report::to_hyperfine);
}

void write_run_files(const report::Results& results, const fs::path& folder, bool reports) {
  toolchains::write_file_atomically(folder / "results.json", report::to_json_text(results));
  if (reports) toolchains::write_file_atomically(folder / "report.md", report::to_markdown(results));
}

void print_table(const report::Results& results, bool color) {
  print(report::to_terminal(results, {color, terminal_width()}));
}

}  // namespace pgo_orch::orchestrator
