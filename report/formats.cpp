#include "report/formats.h"

#include "report/results_json.h"

namespace pgo_orch::report {

std::span<const Format> formats() {
  static constexpr Format table[] = {
      {"json", "write the results as JSON; - is standard output", "results.json", InRun::always,
       to_json_text},
      {"markdown", "write the report as GitHub Markdown", "report.md", InRun::unless_quick, to_markdown},
      {"csv", "write all figures as CSV", "results.csv", InRun::never, to_csv},
      {"export-hyperfine", "write the times in hyperfine's JSON format", "hyperfine.json", InRun::never,
       to_hyperfine},
  };
  return table;
}

}  // namespace pgo_orch::report
