#pragma once
// What stands below the tables: all that must not go unsaid about a run.

#include <string>
#include <vector>

#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

/// A sentence about a variant or the run, and the lines that belong to it as they are (a command, a log's
/// end).
struct Entry {
  std::string text;
  std::vector<std::string> facts;
  std::vector<std::string> verbatim;
};

/// A sentence with nothing below it.
inline Entry sentence(std::string text) {
  return {std::move(text), {}, {}};
}

struct Section {
  std::string heading;
  Tone tone = Tone::heading;
  std::vector<Entry> entries;  ///< never empty
};

/// Failures, what was skipped, open questions, caveats, PGO, identical and not portable variants, warnings,
/// what is off; in this order, and only what there is. The texts are printable.
std::vector<Section> details(const Results& results);

/// "failed in build: exit code 101"; of a variant whose status is failed.
std::string describe_failure(const VariantResult& variant);

/// "3 variants (1 failed, 1 skipped), 2 workloads"
std::string describe_counts(const Results& results);

/// "rustc 1.95.0 (LLVM 22.1.0), Xeon, 2 cores, Linux 6.1, virtualized"
std::string describe_machine(const Results& results);

}  // namespace pgo_orch::report
