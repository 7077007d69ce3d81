#pragma once
// The sections below the tables: failures, caveats and other details of a run.

#include <string>
#include <vector>

#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

/// A sentence about a variant or the run, further facts, and lines to show verbatim (a command, the end of a
/// log). The texts need not be printable.
struct Entry {
  std::string text;
  std::vector<std::string> facts;
  std::vector<std::string> verbatim;
};

/// The entry that `say` returns for each item; empty ones are left out.
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

/// Headings of what pgo.toml asks.
inline constexpr const char* decisions_heading = "Decisions";
inline constexpr const char* open_goals_heading = "Open goals";
inline constexpr const char* overfitting_heading = "Overfitting";
inline constexpr std::string_view asked_headings[] = {decisions_heading, open_goals_heading,
                                                      overfitting_heading};

/// The sections that have entries: findings_details(), failures, skipped variants, unresolved comparisons,
/// caveats, PGO, identical variants, variants that are not portable, warnings and notes.
std::vector<Section> details(const Results& results);

/// Of these, what a short report has: decisions, open goals, overfitting and failures.
std::vector<Section> asked_details(const Results& results);

/// What must be known to believe the verdicts, the most important first.
std::vector<Entry> remarks(const Results& results);

/// Decisions, open goals with the reason, overfitting, conditions that were met, gains from faster phases,
/// notes on phases, allocations that were not counted. Sections may be empty.
std::vector<Section> findings_details(const Results& results);

/// "failed in build: exit code 101", of a variant that failed.
std::string describe_failure(const VariantResult& variant);

/// The caveat that a flag is, in words; empty: it is none.
const char* explain(Flag flag);

/// "3 variants (1 failed, 1 skipped), 2 workloads"
std::string describe_counts(const Results& results);

/// "rustc 1.95.0 (LLVM 22.1.0), Xeon, 2 cores, Linux 6.1, virtualized"
std::string describe_machine(const Results& results);

}  // namespace pgo_orch::report
