#include <fmt/format.h>

#include "report/details.h"
#include "report/html/markup.h"
#include "report/html/page.h"
#include "report/humanize.h"

namespace pgo_orch::report {

namespace {

std::string fact(const std::string& name, const std::string& text) {
  return text.empty()
             ? ""
             : fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escaped_html(name), escaped_html(text));
}

/// "2026-11-30 09:12 UTC" of "2026-11-30T09:12:43Z".
std::string shown_time(const std::string& time) {
  if (time.size() < 17 || time[10] != 'T' || !time.ends_with('Z')) return time;
  return time.substr(0, 10) + " " + time.substr(11, 5) + " UTC";
}

std::string executables(const VariantResult& variant) {
  std::string html;
  for (const Artifact& artifact : variant.artifacts)
    html += fmt::format("{}{} <span class=\"quiet\">({})</span>", html.empty() ? "" : "<br>",
                        code_element(artifact.path), human(artifact.size));
  return html.empty() ? "" : fmt::format("<div><dt>Executable</dt><dd>{}</dd></div>\n", html);
}

std::string origin(const Results& results) {
  std::string text = "pgo-orch " + results.tool_version;
  return results.run.id.empty() ? text : fmt::format("{}, run {}", text, results.run.id);
}

}  // namespace

std::string answer_part(const Page& page) {
  const Results& results = page.results;
  const auto* best = results.recommended ? results.variant(*results.recommended) : nullptr;
  std::string html = fmt::format(
      "<h1>{}</h1>\n", escaped_html(results.project.name.empty() ? "pgo-orch" : results.project.name));
  if (!results.recommendation.empty())
    html += fmt::format("<p class=\"answer\">{}</p>\n", escaped_html(results.recommendation));
  if (results.run.interrupted) html += "<p class=\"unsure\">Interrupted: these are partial results.</p>\n";
  html += "<dl class=\"facts\">\n";
  if (best) html += fact("Recommended", best->name) + executables(*best);
  html += fact("Compared", describe_counts(results)) +
          fact(results.benchmarks.empty() ? "Begun" : "Measured", shown_time(results.run.started)) +
          fact("On", describe_machine(results)) + fact("By", origin(results));
  return html + "</dl>\n";
}

}  // namespace pgo_orch::report
