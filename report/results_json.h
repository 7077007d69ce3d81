#pragma once
// Results as JSON, and back: the file results.json, and its parts as single lines for a journal.
//
// What is read back equals what was written (times up to 104 days; figures that are not finite become null).
// Fields that are not known are ignored, fields that are missing keep their default. Text that is not UTF-8
// is written with U+FFFD in place of the offending bytes.

#include <string>
#include <string_view>

#include "report/results.h"

namespace pgo_orch::report {

/// Indented, in the order of the schema, with a newline at the end.
std::string to_json_text(const Results& results);

/// Throws Error, beginning with `where`: what is wrong with the text, or that its schema is another one.
Results parse_results(std::string_view text, std::string_view where = "results.json");

/// A part (VariantResult, BuildPhases) as one line, without a newline at the end.
template <class Part>
std::string to_json_line(const Part& part);

/// Throws Error on text that is not such a part.
template <class Part>
Part from_json_line(std::string_view text);

}  // namespace pgo_orch::report
