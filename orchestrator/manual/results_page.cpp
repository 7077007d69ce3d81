// docs/reference-results-json.md: from the description that writes results.json.

#include <fmt/format.h>

#include "orchestrator/manual/manual.h"
#include "report/results.h"
#include "report/results_schema.h"

namespace pgo_orch::orchestrator {

std::string reference_of_results() {
  std::string text = fmt::format(
      "# Reference of results.json\n\nWhat `pgo-orch run --json FILE` writes, and each run's folder holds: "
      "the "
      "schema `{}`.\n[results.schema.json](results.schema.json) says the same for validators. Seconds and "
      "bytes "
      "are numbers, times of day are\nISO 8601 in UTC. Within a schema fields may be added, and none change "
      "their meaning.\n",
      report::results_schema);
  for (const auto& shown : report::results_structs()) {
    text +=
        fmt::format("\n## {}\n{}\n\n| field | value | what it is |\n|---|---|---|\n", shown.name, shown.doc);
    for (const auto& field : shown.fields)
      text += fmt::format("| `{}` | {}{} | {} |\n", field.name, field.type,
                          field.optional ? ", may be left out" : "", field.doc);
  }
  return text;
}

}  // namespace pgo_orch::orchestrator
