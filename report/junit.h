#pragma once
// The XML that CI systems show test results from. It has no standard; this is what the schema of Jenkins'
// xUnit plugin allows and GitLab reads.

#include <optional>
#include <string>
#include <vector>

#include "toolchains/units.h"

namespace pgo_orch::report {

/// A test that passed, or with the element that says why not.
struct TestCase {
  std::string group;
  std::string name;
  std::optional<Nanoseconds> took;
  std::string kind;     ///< "failure" or "skipped"; empty: it passed
  std::string message;  ///< in a line
  std::vector<std::string> lines;
};

/// `started`: ISO 8601, UTC.
std::string junit_xml(const std::string& suite, const std::string& started,
                      const std::vector<TestCase>& tests);

}  // namespace pgo_orch::report
