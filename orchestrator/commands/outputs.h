#pragma once
// Where a finished run's reports go.

#include <filesystem>
#include <string>
#include <vector>

#include "report/formats.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// A file asked for on the command line; "-": standard output.
struct Export {
  const report::Format* format;
  std::filesystem::path file;
};
using Exports = std::vector<Export>;

/// On standard output. Error: it cannot be written there.
void print_text(const std::string& text);

/// Whether a file that a person named is our standard output: "-" or /dev/stdout.
bool is_stdout(const std::filesystem::path& file);

/// Into a file that a person named; one of our own descriptors, such as /dev/stderr or a shell's >(...), as
/// it is.
void write_text(const std::filesystem::path& file, const std::string& text);

bool any_on_stdout(const Exports& exports);

/// Error if a file could not be written after hours of work, since its folder is missing or closed to us, or
/// if two options name the same. `outputs`: by option.
void check_output_files(const std::vector<std::pair<std::string, std::filesystem::path>>& outputs);
/// `history`: of --history, to which a line is added; empty: it was not given.
void check_exports(const Exports& exports, const std::filesystem::path& history = {});

/// Writes each asked-for format; flame graphs are read from the run's folder. Errors: a file can't be
/// written.
void write_exports(const report::Results& results, const Exports& exports,
                   const std::filesystem::path& folder);

/// results.json of the run's folder and, unless the run was a quick one, its reports.
void write_run_files(const report::Results& results, const std::filesystem::path& folder, bool reports);

/// The report on standard output, for a person. `asked`: the words behind `report` that show this run again;
/// empty: it is the latest of the project.
void print_report(const report::Results& results, bool color, bool verbose,
                  const std::vector<std::string>& asked);

}  // namespace pgo_orch::orchestrator
