#pragma once
// What the parts of a page are made from, and the parts. Each part is HTML that can be read without scripts;
// where a chart belongs there is an element with `data-chart`, and below it the table that says the same.

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "report/formats.h"
#include "report/lookup.h"
#include "report/table.h"

namespace pgo_orch::report {

/// How much of a run a page has. What is left out is said there; results.json has it.
struct Limits {
  std::size_t rows = 2000;      ///< variants in the table of all, and in charts
  std::size_t columns = 8;      ///< workloads in that table
  std::size_t workloads = 100;  ///< with charts and tables of their own
  std::size_t charted = 120;    ///< variants in the tables behind charts, and with flags and commands
  std::size_t samples = 60000;  ///< points
  std::size_t frames = 8000;    ///< of flame graphs
  std::size_t units = 1000;     ///< of builds
  /// With less of what is missed least: points, frames and detail are halved first, the table of all last.
  Limits tighter() const;
  bool operator==(const Limits&) const = default;
};

/// A variant or a reference, and what charts know it by: its place in Page::shown.
struct Shown {
  std::string name;
  const VariantResult* variant = nullptr;  ///< null: it is a reference
};

struct Page {
  Page(const Results& run, const FoldedStacks& folded, const Limits& most);

  const Results& results;
  const FoldedStacks& stacks;
  Limits limits;
  Lookup lookup;
  /// The fastest first, then those that were not compared, in the order of the file; then the references.
  std::vector<Shown> shown;
  std::size_t left_out = 0;  ///< variants that are not shown

  bool several_workloads() const { return results.benchmarks.size() > 1; }
  /// As Lookup::deciding(), over all workloads where there are several; null: not compared.
  const Comparison* verdict_of(const std::string& name) const;
  bool is_baseline(const Shown& row) const { return row.variant && row.name == results.baseline; }
};

/// A section of a page.
struct Part {
  const char* id;
  const char* title;
  std::string html;  ///< empty: it is left out
};

/// The whole file: the answer, the parts, and the scripts that draw `data` (chart_data) in their charts.
std::string document(const std::string& title, const std::string& answer, std::vector<Part> parts,
                     const nlohmann::ordered_json& data);

std::string answer_part(const Page& page);
std::string variants_part(const Page& page);
std::string intervals_part(const Page& page);
std::string samples_part(const Page& page);
std::string trade_part(const Page& page);  ///< run time against build time and size
std::string phases_part(const Page& page);
std::string builds_part(const Page& page);  ///< units by time
std::string flames_part(const Page& page);
std::string settings_part(const Page& page);
std::string details_part(const Page& page);  ///< failures, goals, decisions, what the machine did
std::string licences_part();

/// Whose runs were split into phases.
std::vector<std::string> traced_workloads(const Results& results);

/// What charts are drawn from.
nlohmann::ordered_json chart_data(const Page& page);

/// [row, effect, lo, hi, verdict] of a comparison that has an effect.
nlohmann::ordered_json effect_data(std::size_t row, const Comparison& compared);

/// A chart with a note above it and its table below it, of as many rows as there would be.
std::string figure(const std::string& title, const std::string& note, const std::string& chart,
                   const Table& table, std::size_t rows);

/// Of its whole build; null: not known.
const Nanoseconds* build_time(const VariantResult& variant);

/// "120 of 1,000 variants: the fastest; results.json has all of them", as a paragraph; empty: all are there.
std::string shortened(std::size_t shown, std::size_t all, const std::string& what);

/// Where a script draws, named for screen readers; `index`: which of several in the data.
std::string chart_element(const std::string& kind, std::size_t index, const std::string& label);

}  // namespace pgo_orch::report
