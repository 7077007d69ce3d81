// Each workload: intervals, samples, and the figures behind both.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "report/cells.h"
#include "report/html/markup.h"
#include "report/html/page.h"

namespace pgo_orch::report {

namespace {

std::string percent_interval(const Comparison* comparison) {
  if (!comparison || !comparison->effect) return "";
  const auto edge = [](const std::optional<Percent>& percent) {
    return percent ? human_signed_percent(*percent, *percent) : std::string("…");
  };
  return fmt::format("{} % [{}, {}]", human_signed_percent(*comparison->effect, *comparison->effect),
                     edge(comparison->lo), edge(comparison->hi));
}

Cell remarks_cell(const Comparison* comparison) {
  if (!comparison) return {};
  std::vector<std::string> words;
  if (comparison->dominated) words.emplace_back("dropped");
  for (const Flag flag : comparison->flags)
    if (const std::string text = explain(flag); !text.empty()) words.push_back(text);
  return {fmt::format("{}", fmt::join(words, "; ")), Tone::quiet};
}

Table table_of(const std::string& title, std::vector<Column> columns) {
  Table table{title};
  table.columns = std::move(columns);
  table.columns.insert(table.columns.begin(), {"variant", Align::left});
  return table;
}

Table intervals_table(const Page& page, const Benchmark& benchmark) {
  Table table = table_of("Differences in " + benchmark.workload,
                         {{"run time"},
                          {"vs baseline", Align::left},
                          {fmt::format("{:.4g} % interval", 100 * page.results.confidence), Align::left},
                          {"CPU time vs baseline", Align::left},
                          {"rounds"},
                          {"remarks", Align::left}});
  for (const Shown& shown : page.shown) {
    const Samples* samples = page.lookup.samples(benchmark.workload, shown.name);
    const Comparison* compared = page.lookup.comparison(Metric::runtime, benchmark.workload, shown.name);
    if ((!samples && !compared) || table.rows.size() == page.limits.charted) continue;
    table.rows.push_back(
        {shown.name, run_time_cell(samples, false),
         page.is_baseline(shown) ? Cell("baseline", Tone::quiet) : verdict_cell(compared),
         interval_cell(compared),
         percent_interval(page.lookup.comparison(Metric::cpu, benchmark.workload, shown.name)),
         compared ? Cell(std::to_string(compared->rounds)) : Cell(), remarks_cell(compared)});
  }
  return table;
}

Table samples_table(const Page& page, const Benchmark& benchmark) {
  Table table = table_of("Runs of " + benchmark.workload, {{"runs"},
                                                           {"stopped at the cap"},
                                                           {"median"},
                                                           {"shortest"},
                                                           {"mean"},
                                                           {"longest"},
                                                           {"std. deviation"},
                                                           {"CPU time"},
                                                           {"memory"}});
  for (const Shown& shown : page.shown) {
    const Samples* samples = page.lookup.samples(benchmark.workload, shown.name);
    const auto summary = samples ? summarize(samples->times) : std::nullopt;
    if (!summary || table.rows.size() == page.limits.charted) continue;
    Row row{shown.name, std::to_string(samples->times.size()), std::to_string(samples->censored.size())};
    for (const auto figure : {&Summary::median, &Summary::min, &Summary::mean, &Summary::max})
      row.emplace_back(human((*summary).*figure));
    for (const auto& figure : {summary->stddev, median_cpu_time(*samples)})
      row.push_back(figure_cell(figure));
    row.push_back(memory_cell(samples, false));
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table all_workloads_table(const Page& page) {
  Table table = table_of(
      "Differences over all workloads",
      {{"vs baseline", Align::left}, {"interval", Align::left}, {"CPU time vs baseline", Align::left}});
  for (const Shown& shown : page.shown)
    if (const Comparison* compared = page.verdict_of(shown.name);
        compared && table.rows.size() < page.limits.charted)
      table.rows.push_back({shown.name, verdict_cell(compared), interval_cell(compared),
                            percent_interval(page.lookup.comparison(Metric::cpu, std::nullopt, shown.name))});
  return table;
}

/// The rows that it would have without limits.
std::size_t compared_over_all(const Page& page) {
  return page.left_out + static_cast<std::size_t>(std::ranges::count_if(page.shown, [&](const Shown& shown) {
           return page.verdict_of(shown.name) != nullptr;
         }));
}

bool fit_all_samples(const Page& page) {
  std::size_t points = 0;
  for (const Benchmark& benchmark : page.results.benchmarks)
    for (const Samples& samples : benchmark.results) points += samples.times.size();
  return points <= page.limits.samples;
}

/// The workloads that have charts and tables of their own.
std::size_t charted_workloads(const Page& page) {
  return std::min(page.results.benchmarks.size(), page.limits.workloads);
}

std::string describe_noise(const Benchmark& benchmark) {
  std::string text = human_count(benchmark.rounds, "round");
  if (benchmark.noise_floor) text += fmt::format("; noise floor {} %", human_percent(*benchmark.noise_floor));
  if (const auto& control = benchmark.control; control && control->effect && control->lo && control->hi)
    text += fmt::format("; a copy of the baseline measured {} % [{}, {}]",
                        human_signed_percent(*control->effect, *control->effect),
                        human_signed_percent(*control->lo, *control->lo),
                        human_signed_percent(*control->hi, *control->hi));
  return text;
}

}  // namespace

std::string figure(const std::string& title, const std::string& note, const std::string& chart,
                   const Table& table, std::size_t rows) {
  return fmt::format("<article>\n<h3>{}</h3>\n", escaped_html(title)) +
         (note.empty() ? "" : fmt::format("<p class=\"quiet\">{}</p>\n", escaped_html(note))) + chart +
         folded_part("Table: " + table.title,
                     shortened(table.rows.size(), rows, "rows, the fastest first") + to_html_table(table)) +
         "</article>\n";
}

/// The charted variants that were timed, but too few times for an interval.
std::string without_estimate(const Page& page, const Benchmark& benchmark) {
  std::vector<std::string> names;
  for (const Shown& shown : page.shown) {
    const Comparison* compared = page.lookup.comparison(Metric::runtime, benchmark.workload, shown.name);
    if (!page.is_baseline(shown) && page.lookup.samples(benchmark.workload, shown.name) &&
        (!compared || !compared->effect))
      names.push_back(shown.name);
  }
  constexpr std::size_t most = 10;
  const std::size_t more = names.size() > most ? names.size() - most : 0;
  names.resize(names.size() - more);
  return names.empty() ? ""
                       : fmt::format("not in the chart, without an estimate: {}{}", fmt::join(names, ", "),
                                     more ? fmt::format(" and {} more", more) : "");
}

std::string intervals_part(const Page& page) {
  const auto& benchmarks = page.results.benchmarks;
  if (benchmarks.empty()) return "";
  std::string html = fmt::format(
      "<p>The dot is the estimate, the line its {:.4g} % interval. An arrow leads to an end that is off the "
      "chart, or not known. In the band around zero, ±{:.4g} %, differences do not matter.</p>\n<div "
      "class=\"figures\">\n",
      100 * page.results.confidence, 100 * page.results.precision);
  if (page.several_workloads())
    html += figure("All workloads", "",
                   chart_element("intervals", charted_workloads(page),
                                 "Run time against the baseline over all workloads"),
                   all_workloads_table(page), compared_over_all(page));
  for (std::size_t i = 0; i < charted_workloads(page); ++i) {
    const auto noise = describe_noise(benchmarks[i]), missing = without_estimate(page, benchmarks[i]);
    html +=
        figure(benchmarks[i].workload, noise + (noise.empty() || missing.empty() ? "" : "; ") + missing,
               chart_element("intervals", i, "Run time against the baseline in " + benchmarks[i].workload),
               intervals_table(page, benchmarks[i]), benchmarks[i].results.size());
  }
  return html + "</div>\n" + shortened(charted_workloads(page), benchmarks.size(), "workloads");
}

std::string samples_part(const Page& page) {
  const auto& benchmarks = page.results.benchmarks;
  if (benchmarks.empty()) return "";
  std::string html =
      "<p>Each point is one run, in percent of its variant's median, which is the line. All variants run in "
      "each round, in random order, so noise affects them alike. A triangle is a run that took longer than "
      "the "
      "strip is high, a cross one that was stopped at the cap.</p>\n<div class=\"figures\">\n";
  for (std::size_t i = 0; i < charted_workloads(page); ++i)
    html +=
        figure(benchmarks[i].workload, "",
               chart_element("samples", i, "Time of each run in " + benchmarks[i].workload + ", by round"),
               samples_table(page, benchmarks[i]), benchmarks[i].results.size());
  if (!fit_all_samples(page))
    html += "<p class=\"quiet\">Not all samples fit into this page; results.json has all of them.</p>\n";
  return html + "</div>\n" + shortened(charted_workloads(page), benchmarks.size(), "workloads");
}

}  // namespace pgo_orch::report
