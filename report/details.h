#pragma once
// What stands below the tables: all that must not go unsaid about a run.

#include <string>
#include <vector>

#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

/// A sentence about a variant or the run, and the lines that belong to it as they are (a command, a log's
/// end). The texts need not be printable.
struct Entry {
  std::string text;
  std::vector<std::string> facts;
  std::vector<std::string> verbatim;
};

/// What `say` says of each item, if it says anything.
std::vector<Entry> entries_of(const auto& items, const auto& say) {
  std::vector<Entry> entries;
  for (const auto& item : items)
    if (Entry entry = say(item); !entry.text.empty()) entries.push_back(std::move(entry));
  return entries;
}

struct Section {
  std::string heading;
  Tone tone = Tone::heading;
  std::vector<Entry> entries;
};

/// findings_details(), then failures, what was skipped, open questions, caveats, PGO, identical and not
/// portable variants, warnings, what is off; in this order, and only what there is.
std::vector<Section> details(const Results& results);

/// Decisions, goals that are open and why, open gates, what a cut of a phase is worth, what must be known
/// about the phases; also those that are empty.
std::vector<Section> findings_details(const Results& results);

/// "failed in build: exit code 101"; of a variant whose status is failed.
std::string describe_failure(const VariantResult& variant);

/// "3 variants (1 failed, 1 skipped), 2 workloads"
std::string describe_counts(const Results& results);

/// "rustc 1.95.0 (LLVM 22.1.0), Xeon, 2 cores, Linux 6.1, virtualized"
std::string describe_machine(const Results& results);

}  // namespace pgo_orch::report
