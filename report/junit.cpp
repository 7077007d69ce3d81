#include "report/junit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/details.h"
#include "report/formats.h"
#include "report/html/markup.h"
#include "report/humanize.h"

namespace pgo_orch::report {

namespace {

/// Text for an element or an attribute.
std::string xml_text(std::string_view text) {
  std::string xml = escaped_html(text);
  for (const std::string_view none : {"\xef\xbf\xbe", "\xef\xbf\xbf"})  // in UTF-8, but not in XML
    for (auto at = xml.find(none); at != xml.npos; at = xml.find(none))
      xml.replace(at, none.size(), "\ufffd");
  return xml;
}

TestCase test_of(const std::string& group, const auto& row) {
  TestCase test{.group = group, .name = row.name, .took = {}, .kind = {}, .message = row.reason, .lines = {}};
  if (row.build && row.build->wall) test.took = row.build->wall;
  if (row.status == Status::failed || row.status == Status::wrong_output) test.kind = "failure";
  if (row.status == Status::skipped) test.kind = "skipped";
  if (!row.failure) return test;
  test.lines.push_back("$ " + row.failure->command);
  test.lines.insert(test.lines.end(), row.failure->tail.begin(), row.failure->tail.end());
  if (!row.failure->log.empty()) test.lines.push_back("log: " + row.failure->log);
  return test;
}

std::string goal_message(const GoalResult& goal) {
  if (!goal.met) return goal.reason.empty() ? "open" : goal.reason;
  const std::string value = goal.value ? figure_text(*goal.value, goal.lo, goal.hi, goal.unit) : "unknown";
  return fmt::format("{} is {}, the goal is below {}", subject_text(goal), value,
                     goal.target ? figure_text(*goal.target, goal.unit) : "what was not measured");
}

TestCase test_of_goal(const GoalResult& goal) {
  const std::string kind = !goal.met ? "skipped" : *goal.met ? "" : "failure";
  return {"goals", goal.name, {}, kind, goal_message(goal), {}};
}

std::string xml_of(const TestCase& test) {
  auto xml = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"", xml_text(test.group),
                         xml_text(test.name), test.took ? seconds(*test.took) : 0.0);
  if (test.kind.empty()) return xml + "/>\n";
  xml += fmt::format(">\n      <{} message=\"{}\"", test.kind, xml_text(test.message));
  if (test.lines.empty()) {
    xml += "/>\n";
  } else {
    std::vector<std::string> lines;
    for (const auto& line : test.lines) lines.push_back(xml_text(line));
    xml += fmt::format(">{}</{}>\n", fmt::join(lines, "\n"), test.kind);
  }
  return xml + "    </testcase>\n";
}

}  // namespace

std::string junit_xml(const std::string& suite, const std::string& started,
                      const std::vector<TestCase>& tests) {
  const auto count = [&](const char* kind) { return std::ranges::count(tests, kind, &TestCase::kind); };
  auto xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
      "  <testsuite name=\"pgo-orch {}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" "
      "timestamp=\"{}\">\n",
      xml_text(suite), tests.size(), count("failure"), count("skipped"), xml_text(started));
  for (const auto& test : tests) xml += xml_of(test);
  return xml + "  </testsuite>\n</testsuites>\n";
}

std::string to_junit(const Results& results) {
  std::vector<TestCase> tests;
  for (const auto& row : results.variants) tests.push_back(test_of("variants", row));
  for (const auto& row : results.references) tests.push_back(test_of("references", row));
  for (const auto& goal : results.goals) tests.push_back(test_of_goal(goal));
  if (results.run.interrupted)
    tests.push_back({"run", "finished", {}, "failure", "interrupted: these are partial results", {}});
  return junit_xml(results.project.name, results.run.started, tests);
}

}  // namespace pgo_orch::report
