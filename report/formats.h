#pragma once
// The formats that a run's results are written in. A new one is a row of the table in formats.cpp.

#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

struct TerminalOptions {
  bool color = false;
  std::size_t width = 100;  ///< columns; command lines and logs are not broken
  bool verbose = false;     ///< everything; else the answer and what must be known to believe it
  std::string folder;       ///< the current one: paths below it are shown relative to it
  std::string asked;        ///< words that make `report` show this run; empty: it is the project's latest
};

/// The report that a run ends with on a terminal: the recommendation, the table, what was asked for and what
/// must be known, the recommended executable and what comes next. Ends with a newline.
std::string to_terminal(const Results& results, const TerminalOptions& options);

/// GitHub-flavoured Markdown: the tables and notes of the terminal, then machine, tools and settings.
std::string to_markdown(const Results& results);

/// Text that Markdown and HTML leave as it is, also in a table.
std::string escaped_markdown(std::string_view text);

/// One table with its title as a heading.
std::string to_markdown(const Table& table);

/// RFC 4180: a header line, then a line for each variant and workload (one, without a workload, if nothing
/// was measured), then of references (one for each workload where it ran, or one without), ended by CR LF.
/// Seconds, bytes and percent of the baseline, unrounded; an empty field: unknown.
std::string to_csv(const Results& results);

/// What `hyperfine --export-json` writes: hyperfine 1.20's BenchmarkResult
/// (src/benchmark/benchmark_result.rs), a result for each variant and workload. `command`, which its plots
/// use as the label, is the variant's name, with the workload's if there are several, as with hyperfine's
/// --command-name; `parameters` has both. Variants that were not timed are left out.
std::string to_hyperfine(const Results& results);

/// The same as hyperfine 2 writes it: schema_version 2 (src/export/json.rs of hyperfine 2.0.0), with each
/// run's measurements and a summary of each quantity.
std::string to_hyperfine_2(const Results& results);

/// JUnit's XML: a test for each variant, reference and goal. What failed, or missed its goal, is a failure,
/// as is a run that was interrupted; skipped variants and open goals are skipped, with the reason.
std::string to_junit(const Results& results);

/// Chrome's Trace Event Format: a row for each variant with its stages and its training, and one for each
/// workload with its rounds.
std::string to_trace(const Results& results);

/// What the run's folder has beside results.json: the folded stacks of flame graphs (report/flamegraph.h), by
/// FlamegraphFile::path. One may be missing.
using FoldedStacks = std::map<std::string, std::string>;

/// One page for a browser, with everything in it: charts, tables and flame graphs; it asks for nothing from
/// the network and can be read without JavaScript. Under 1.5 MB: what does not fit is left out, the slowest
/// first, and the page says so.
std::string to_html(const Results& results, const FoldedStacks& stacks);

/// Files of a run's folder.
enum class InRun { always, unless_quick, never };

struct Format {
  const char* option;  ///< of the command line, followed by a file or "-"
  const char* help;
  const char* file;  ///< its name in a run's folder
  InRun in_run;
  std::string (*render)(const Results&, const FoldedStacks&);
};

std::span<const Format> formats();

}  // namespace pgo_orch::report
