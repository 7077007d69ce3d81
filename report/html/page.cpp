#include "report/html/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "report/html/assets.h"
#include "report/html/markup.h"

namespace pgo_orch::report {

namespace {

constexpr std::size_t largest_page = 1'500'000;

std::string_view asset(std::string_view name) {
  return std::ranges::find(assets(), name, &Asset::name)->text;
}

/// In the order in which they run.
std::vector<std::string_view> scripts() {
  std::vector<std::string_view> texts;
  for (const auto* name : {"d3.min.js", "plot.umd.min.js", "d3-flamegraph.umd.min.js", "table.js",
                           "charts.js", "comparisons.js", "samples.js", "phases.js", "flames.js", "page.js"})
    texts.push_back(asset(name));
  return texts;
}

/// Nothing is loaded, and no script runs but ours: a name that escaping missed would do nothing. Charts set
/// styles.
std::string security_policy() {
  std::string hashes;
  for (const auto script : scripts()) hashes += " " + hash_source(script);
  return fmt::format(
      "default-src 'none'; script-src{}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
      "form-action "
      "'none'",
      hashes);
}

std::string head(const std::string& title) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n",
      security_policy(), escaped_html(title.empty() ? "pgo-orch" : title + " – pgo-orch"),
      asset("report.css"));
}

std::string navigation(const std::vector<Part>& parts) {
  std::string html = "<nav aria-label=\"Contents\"><ul>\n";
  for (const Part& part : parts)
    html += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", part.id, part.title);
  return html + "</ul></nav>\n";
}

std::string render(const Page& page) {
  return document(page.results.project.name, answer_part(page),
                  {{"intervals", "Differences from the baseline", intervals_part(page)},
                   {"variants", "Variants", variants_part(page)},
                   {"samples", "Samples by round", samples_part(page)},
                   {"trade", "Trade-offs", trade_part(page)},
                   {"phases", "Phases", phases_part(page)},
                   {"builds", "Builds by unit", builds_part(page)},
                   {"flames", "Flame graphs", flames_part(page)},
                   {"details", "Details", details_part(page)},
                   {"settings", "Settings and flags", settings_part(page)}},
                  chart_data(page));
}

}  // namespace

Limits Limits::tighter() const {
  const auto half = [](std::size_t limit) { return std::max<std::size_t>(1, limit / 2); };
  Limits less{rows, columns, workloads, half(charted), half(samples), half(frames), half(units)};
  constexpr std::size_t few = 10;
  if (charted <= few) less.workloads = half(workloads);
  if (charted <= few) less.rows = half(rows);
  if (charted <= few && rows * columns > 1000) less.columns = half(columns);
  return less;
}

Page::Page(const Results& run, const FoldedStacks& folded, const Limits& most)
    : results(run), stacks(folded), limits(most), lookup(run) {
  for (const VariantResult& variant : results.variants) shown.push_back({variant.name, &variant});
  const auto effect = [&](const Shown& row) {
    if (is_baseline(row)) return 0.0;
    const Comparison* comparison = verdict_of(row.name);
    return comparison && comparison->effect ? *comparison->effect : std::numeric_limits<double>::infinity();
  };
  std::ranges::stable_sort(shown, {}, effect);
  if (shown.size() > limits.rows) {
    left_out = shown.size() - limits.rows;
    const auto baseline = std::ranges::find_if(shown, [&](const Shown& row) { return is_baseline(row); });
    if (baseline != shown.end() && baseline - shown.begin() >= std::ssize(shown) - std::ptrdiff_t(left_out))
      std::rotate(shown.begin(), baseline, baseline + 1);
    shown.resize(limits.rows);
  }
  for (const ReferenceResult& reference : results.references) shown.push_back({reference.name, nullptr});
}

const Comparison* Page::verdict_of(const std::string& name) const {
  if (results.benchmarks.empty()) return nullptr;
  const auto workload =
      several_workloads() ? std::nullopt : std::optional(results.benchmarks.front().workload);
  return lookup.deciding(workload, name);
}

const Nanoseconds* build_time(const VariantResult& variant) {
  return variant.build && variant.build->wall ? &*variant.build->wall : nullptr;
}

std::string shortened(std::size_t shown, std::size_t all, const std::string& what) {
  if (shown >= all) return "";
  return fmt::format("<p class=\"quiet\">{} of {} {}; results.json has all of them.</p>\n", shown, all, what);
}

std::string chart_element(const std::string& kind, std::size_t index, const std::string& label) {
  return fmt::format("<div class=\"chart\" data-chart=\"{}\" data-index=\"{}\" data-label=\"{}\"></div>\n",
                     kind, index, escaped_html(label));
}

std::string licences_part() {
  std::string texts;
  for (const Asset& file : assets())
    if (file.name.starts_with("LICENSE."))
      texts += fmt::format("{}\n\n{}\n\n", file.name.substr(std::string_view("LICENSE.").size()), file.text);
  return "<footer>\n<p>Charts are drawn by d3, Observable Plot and d3-flame-graph, which are part of this "
         "file. It asks for "
         "nothing from the network.</p>\n<details><summary>Their licences</summary>\n<pre tabindex=\"0\">" +
         escaped_html_lines(texts) + "</pre></details>\n</footer>\n";
}

std::string document(const std::string& title, const std::string& answer, std::vector<Part> parts,
                     const nlohmann::ordered_json& data) {
  std::erase_if(parts, [](const Part& part) { return part.html.empty(); });
  std::string html = head(title) +
                     "<body>\n<a class=\"skip\" href=\"#main\">Skip to the answer</a>\n<header><p "
                     "class=\"brand\">pgo-orch report</p></header>\n<main id=\"main\" tabindex=\"-1\">\n" +
                     answer +
                     "<noscript><p class=\"quiet\">Charts need JavaScript; the tables have the same "
                     "figures.</p></noscript>\n" +
                     navigation(parts);
  for (const Part& part : parts)
    html += fmt::format(
        "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n<h2 id=\"{0}-title\">{1}</h2>\n{2}"
        "</section>\n",
        part.id, part.title, part.html);
  html += "</main>\n" + licences_part();
  html += fmt::format("<script type=\"application/json\" id=\"data\">{}</script>\n", for_script(data));
  for (const auto script : scripts()) html += fmt::format("<script>{}</script>\n", script);
  return html + "</body>\n</html>\n";
}

std::string to_html(const Results& results, const FoldedStacks& stacks) {
  for (Limits limits;; limits = limits.tighter()) {
    std::string html = render(Page(results, stacks, limits));
    if (html.size() <= largest_page || limits == limits.tighter()) return html;
  }
}

}  // namespace pgo_orch::report
