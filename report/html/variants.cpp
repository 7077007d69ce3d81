// The table of all variants, which scripts let sort and filter.

#include <fmt/format.h>

#include <algorithm>

#include "report/cells.h"
#include "report/html/markup.h"
#include "report/html/page.h"

namespace pgo_orch::report {

namespace {

/// A number that rows are sorted by, with enough digits for that.
std::string sort_key(const auto& number) {
  return number ? fmt::format(" data-v=\"{:.7g}\"", static_cast<double>(*number)) : "";
}

std::optional<double> count_of(const std::optional<Bytes>& size) {
  return size ? std::optional(static_cast<double>(size->count)) : std::nullopt;
}

std::string td(const Cell& cell, const std::string& key, bool number = true) {
  std::string classes = number ? "n" : "";
  if (cell.best) classes += " best";
  if (cell.tone == Tone::good && !cell.best) classes += " good";
  if (cell.tone == Tone::bad) classes += " bad";
  if (cell.tone == Tone::unsure) classes += " unsure";
  return fmt::format("<td{}{}>{}", classes.empty() ? "" : fmt::format(" class=\"{}\"", classes), key,
                     escaped_html(cell.text));
}

bool is_listed(const std::map<std::string, std::vector<std::string>>& best, const std::string& workload,
               const std::string& name) {
  const auto found = best.find(workload);
  return found != best.end() && std::ranges::find(found->second, name) != found->second.end();
}

std::optional<double> median_time(const Samples* samples) {
  const auto summary = samples ? summarize(samples->times) : std::nullopt;
  return summary ? std::optional(summary->median.count()) : std::nullopt;
}

std::string run_times(const Page& page, const std::string& name) {
  std::string html;
  std::size_t column = 0;
  for (const Benchmark& benchmark : page.results.benchmarks) {
    if (++column > page.limits.columns) break;
    const Samples* samples = page.lookup.samples(benchmark.workload, name);
    html += td(run_time_cell(samples, is_listed(page.results.best.runtime, benchmark.workload, name)),
               sort_key(median_time(samples)));
  }
  return html;
}

/// Median CPU time of a run; over several workloads the change against the baseline.
std::string cpu(const Page& page, const std::string& name) {
  if (page.several_workloads()) {
    const Comparison* comparison = page.lookup.comparison(Metric::cpu, std::nullopt, name);
    return td(change_cell(comparison), sort_key(comparison ? comparison->effect : std::nullopt));
  }
  const Samples* samples = page.lookup.samples(page.results.benchmarks.front().workload, name);
  const auto time = samples ? median_cpu_time(*samples) : std::nullopt;
  return td(figure_cell(time), sort_key(time ? std::optional(time->count()) : std::nullopt));
}

/// The most that a workload's median takes.
std::string memory(const Page& page, const std::string& name) {
  std::optional<Bytes> most;
  for (const Benchmark& benchmark : page.results.benchmarks)
    if (const Samples* samples = page.lookup.samples(benchmark.workload, name))
      if (const auto size = median(samples->memory)) most = std::max(most.value_or(Bytes()), *size);
  return td(figure_cell(most), sort_key(count_of(most)));
}

std::string comparison(const Page& page, const Shown& row) {
  if (page.is_baseline(row)) return "<td class=\"quiet\" data-v=\"0\">baseline<td>";
  const Comparison* compared = page.verdict_of(row.name);
  return td(verdict_cell(compared), sort_key(compared ? compared->effect : std::nullopt), false) +
         td(interval_cell(compared), sort_key(compared ? compared->lo : std::nullopt), false);
}

std::string status(const VariantResult& variant) {
  const Cell reason = reason_cell(variant, 1);
  return td(reason.text.empty() ? Cell("ok", Tone::quiet) : reason, "", false);
}

/// What the filter calls it.
std::string verdict_word(const Page& page, const Shown& row) {
  if (row.variant->status != Status::ok) return to_word(row.variant->status);
  if (page.is_baseline(row)) return "baseline";
  const Comparison* compared = page.verdict_of(row.name);
  if (compared) return to_word(compared->verdict);
  return row.variant->identical_to ? "identical" : "not compared";
}

std::string table_row(const Page& page, std::size_t index) {
  const Shown& row = page.shown[index];
  const VariantResult& variant = *row.variant;
  const Nanoseconds* wall = build_time(variant);
  std::string html =
      fmt::format("<tr data-row=\"{}\" data-verdict=\"{}\"><th scope=\"row\">{}{}", index,
                  verdict_word(page, row), escaped_html(row.name),
                  page.results.recommended == row.name ? " <b class=\"badge\">recommended</b>" : "");
  if (!page.results.benchmarks.empty())
    html += run_times(page, row.name) + comparison(page, row) + cpu(page, row.name) + memory(page, row.name);
  const auto& best = page.results.best;
  const bool builds_best = page.results.builds && std::ranges::find(best.build, row.name) != best.build.end();
  html += td(build_time_cell(variant.build, builds_best),
             sort_key(wall ? std::optional(seconds(*wall)) : std::nullopt));
  html += td(figure_cell(total_size(variant), std::ranges::find(best.size, row.name) != best.size.end()),
             sort_key(count_of(total_size(variant))));
  return html + status(variant) + "\n";
}

std::string header(const Page& page) {
  std::string html = "<thead><tr><th scope=\"col\">variant";
  const auto add = [&](const std::string& title, bool number = true) {
    html += fmt::format("<th scope=\"col\"{}>{}", number ? " class=\"n\"" : "", escaped_html(title));
  };
  const auto& benchmarks = page.results.benchmarks;
  for (std::size_t i = 0; i < std::min(benchmarks.size(), page.limits.columns); ++i)
    add(page.several_workloads() ? benchmarks[i].workload : "run time");
  if (!benchmarks.empty()) {
    add(page.several_workloads() ? "all, vs baseline" : "vs baseline", false);
    add(fmt::format("{:.4g} % interval", 100 * page.results.confidence), false);
    add(page.several_workloads() ? "CPU time, change" : "CPU time");
    add("memory");
  }
  add("build time");
  add("size");
  add("status", false);
  return html + "</thead>\n";
}

}  // namespace

std::string variants_part(const Page& page) {
  const auto all = page.results.variants.size();
  if (all == 0) return "";
  std::string html = shortened(all - page.left_out, all, "variants, the fastest first");
  if (page.results.benchmarks.size() > page.limits.columns)
    html += shortened(page.limits.columns, page.results.benchmarks.size(), "workloads");
  html += "<p>Bold: best in its column, or not distinguishable from the best.</p>\n" +
          scroll_box("All variants") +
          fmt::format("<table id=\"all-variants\">\n<caption>All variants{}</caption>\n",
                      page.results.benchmarks.empty() ? "" : ", the fastest first") +
          header(page) + "<tbody>\n";
  for (std::size_t i = 0; i < page.shown.size() && page.shown[i].variant; ++i) html += table_row(page, i);
  return html + "</tbody></table></div>\n";
}

}  // namespace pgo_orch::report
