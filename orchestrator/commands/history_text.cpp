#include "orchestrator/commands/history_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "measure/statistics/change_points.h"
#include "measure/statistics/statistics.h"
#include "report/humanize.h"
#include "report/table.h"

namespace pgo_orch::orchestrator {

namespace {

constexpr const char* all_together = "all";

using measure::GateMetric;

bool is_of_program(GateMetric metric) {
  return metric == GateMetric::size || metric == GateMetric::build;
}

std::string name_of(const EffectSeries& series) {
  return series.workload.value_or(is_of_program(series.metric) ? "" : all_together);
}

const char* name_of(GateMetric metric) {
  switch (metric) {
    case GateMetric::wall:
      return "run time";
    case GateMetric::cpu:
      return "CPU time";
    case GateMetric::memory:
      return "memory";
    case GateMetric::size:
      return "size";
    case GateMetric::build:
      return "build time";
    case GateMetric::instructions:
      return "instructions";
  }
  return "";
}

/// How it has changed where it takes less, or more.
const char* word_of(GateMetric metric, bool less) {
  const bool is_time = metric == GateMetric::wall || metric == GateMetric::cpu || metric == GateMetric::build;
  if (is_time) return less ? "faster" : "slower";
  return less ? "less" : "more";
}

/// "2026-11-23 07:04"
std::string moment(const HistoryEntry& entry) {
  std::string text = entry.started.substr(0, std::string_view("2026-11-23T07:04").size());
  std::ranges::replace(text, 'T', ' ');
  return text;
}

std::string day(const HistoryEntry& entry) {
  return moment(entry).substr(0, std::string_view("2026-11-23").size());
}

/// With a plus if files differed from it.
std::string short_revision(const HistoryEntry& entry) {
  constexpr std::size_t digits = 9;
  return entry.revision.substr(0, digits) + (!entry.revision.empty() && entry.clean == false ? "+" : "");
}

/// "-12.1 %"
std::string signed_text(double percent, double scale) {
  return report::human_signed_percent(percent, scale) + " %";
}

/// "-12.1 % [-12.6, -11.6]"
std::string with_interval(double percent, const std::optional<double>& lo, const std::optional<double>& hi) {
  const double scale = std::max({std::abs(percent), std::abs(lo.value_or(0)), std::abs(hi.value_or(0))});
  const auto edge = [&](const std::optional<double>& bound) {
    return bound ? report::human_signed_percent(*bound, scale) : std::string("…");
  };
  return signed_text(percent, scale) + fmt::format(" [{}, {}]", edge(lo), edge(hi));
}

std::string effect_text(const RecordedEffect& effect) {
  using measure::Verdict;
  if (!effect.effect || effect.verdict == Verdict::identical) return to_word(effect.verdict);
  return with_interval(*effect.effect, effect.lo, effect.hi);
}

report::Tone tone_of(const RecordedEffect& effect) {
  using measure::Verdict;
  if (effect.verdict == Verdict::faster) return report::Tone::good;
  return effect.verdict == Verdict::slower ? report::Tone::bad : report::Tone::plain;
}

/// "slower: +2.3 % [+1.9, +2.7]"
std::string size_text(const EffectChange& change, GateMetric metric) {
  return fmt::format("{}: {}", word_of(metric, change.change.estimate < 0),
                     with_interval(change.change.estimate, change.change.lo, change.change.hi));
}

std::string change_text(const EffectChange& change, GateMetric metric) {
  const double scale = std::max(std::abs(change.before.estimate), std::abs(change.after.estimate));
  return fmt::format("{}, from {} to {}", size_text(change, metric),
                     signed_text(change.before.estimate, scale), signed_text(change.after.estimate, scale));
}

/// What there is to say at a run of the series.
struct Remark {
  std::string text;
  report::Tone tone = report::Tone::plain;
};

using Remarks = std::vector<Remark>;

void add_remarks(const EffectChange& change, GateMetric metric, std::vector<Remarks>& remarks) {
  const auto tone = change.change.estimate < 0 ? report::Tone::good : report::Tone::bad;
  const auto what = word_of(metric, change.change.estimate < 0);
  remarks[change.at].push_back({change_text(change, metric), tone});
  if (change.earliest < change.at)
    remarks[change.earliest].push_back({fmt::format("{} from here at the earliest", what), tone});
  if (change.latest > change.at)
    remarks[change.latest].push_back({fmt::format("{} from here at the latest", what), tone});
}

/// By place; most have none.
std::vector<Remarks> remarks_on(const EffectSeries& series) {
  std::vector<Remarks> remarks(series.effects.size());
  for (const auto& thread : series.threads) {
    for (const auto& reason : thread.reasons)
      remarks[thread.begin].push_back(
          {fmt::format("{}{}", remarks[thread.begin].empty() ? "not comparable with earlier runs: " : "  ",
                       reason),
           report::Tone::unsure});
    for (const auto& change : thread.changes) add_remarks(change, series.metric, remarks);
  }
  return remarks;
}

/// Which runs the table has: the last ones, and those beside remarks.
std::set<std::size_t> shown_of(const std::vector<Remarks>& remarks) {
  constexpr std::size_t last = 15;
  std::set<std::size_t> shown;
  for (std::size_t i = 0; i < remarks.size(); ++i) {
    if (i + last >= remarks.size()) shown.insert(i);
    if (remarks[i].empty()) continue;
    if (i > 0) shown.insert(i - 1);
    shown.insert(i);
  }
  if (!remarks.empty()) shown.insert(0);
  return shown;
}

report::Table table_of(const EffectSeries& series) {
  using report::Align;
  report::Table table;
  table.title = series.build;
  if (series.workload)
    table.title += fmt::format(", workload '{}'", *series.workload);
  else if (!is_of_program(series.metric))
    table.title += ", all workloads together";
  if (series.metric != GateMetric::wall) table.title += fmt::format(", {}", name_of(series.metric));
  table.columns = {{"run", Align::left, {}},
                   {"revision", Align::left, {}},
                   {name_of(series.metric), Align::left, {}},
                   {"", Align::left, {}}};
  const auto remarks = remarks_on(series);
  std::size_t next = 0;
  for (const auto i : shown_of(remarks)) {
    if (i > next)
      table.rows.push_back(
          {report::Cell(fmt::format("… {}", report::human_count(static_cast<std::int64_t>(i - next), "run")),
                        report::Tone::quiet),
           report::Cell(), report::Cell(), report::Cell()});
    next = i + 1;
    const auto& [entry, effect] = series.effects[i];
    report::Row row{report::Cell(moment(*entry)), report::Cell(short_revision(*entry)),
                    report::Cell(effect_text(effect), tone_of(effect)), report::Cell()};
    if (!remarks[i].empty()) row.back() = report::Cell(remarks[i].front().text, remarks[i].front().tone);
    table.rows.push_back(std::move(row));
    for (std::size_t more = 1; more < remarks[i].size(); ++more)
      table.rows.push_back({report::Cell(), report::Cell(), report::Cell(),
                            report::Cell(remarks[i][more].text, remarks[i][more].tone)});
  }
  return table;
}

/// A block is at least half of what a typical interval says on each side, so noise looks small.
std::string trend_of(const EffectSeries& series) {
  std::vector<std::optional<double>> effects;
  std::vector<double> widths;
  for (const auto& [entry, effect] : series.effects) {
    effects.push_back(effect.effect);
    if (effect.lo && effect.hi) widths.push_back(*effect.hi - *effect.lo);
  }
  std::vector<std::size_t> breaks;
  for (const auto& thread : series.threads)
    if (thread.begin > 0) breaks.push_back(thread.begin);
  return sparkline(effects, breaks, widths.empty() ? 0 : measure::median(widths) / 4);
}

/// Of any thread.
report::Cell last_change(const EffectSeries& series) {
  const EffectChange* last = nullptr;
  for (const auto& thread : series.threads)
    if (!thread.changes.empty()) last = &thread.changes.back();
  if (!last) return report::Cell("none", report::Tone::quiet);
  return report::Cell(
      fmt::format("{}: {}", day(*series.effects[last->at].entry), size_text(*last, series.metric)),
      last->change.estimate < 0 ? report::Tone::good : report::Tone::bad);
}

std::string overview(const Past& past, bool color) {
  using report::Align;
  report::Table table;
  table.columns = {{"variant", Align::left, {}},
                   {"workload", Align::left, {}},
                   {"trend", Align::left, {}},
                   {"latest", Align::left, {}},
                   {"last change", Align::left, {}}};
  const bool has_metrics =
      std::ranges::any_of(past.series, [](const auto& each) { return each.metric != GateMetric::wall; });
  constexpr int after_workload = 2;
  if (has_metrics) table.columns.insert(table.columns.begin() + after_workload, {"metric", Align::left, {}});
  for (const auto& series : past.series) {
    const auto& latest = series.effects.back().effect;
    report::Row row{report::Cell(series.build), report::Cell(name_of(series)), report::Cell(trend_of(series)),
                    report::Cell(effect_text(latest), tone_of(latest)), last_change(series)};
    if (has_metrics) row.insert(row.begin() + after_workload, report::Cell(name_of(series.metric)));
    table.rows.push_back(std::move(row));
  }
  return to_text(table, color);
}

std::string heading(const Past& past) {
  const auto &first = *past.entries.front(), &last = *past.entries.back();
  return report::printable(fmt::format(
      "{} on {}, {}: {}, {}", past.project, past.machine.cpu, report::human_count(past.machine.cores, "core"),
      report::human_count(static_cast<std::int64_t>(past.entries.size()),
                          past.kind == Recorded::gate ? "gate" : "run"),
      day(first) == day(last) ? day(first) : fmt::format("{} to {}", day(first), day(last))));
}

std::string closing_remarks(const std::vector<Past>& pasts) {
  std::size_t longest = 0;
  for (const auto& past : pasts)
    for (const auto& series : past.series)
      for (const auto& thread : series.threads) longest = std::max(longest, thread.end - thread.begin);
  constexpr std::size_t fewest = 2 * measure::shortest_level;
  if (longest < fewest)
    return fmt::format("A change of level shows from {} comparable runs on; there are {} so far.\n", fewest,
                       longest);
  std::string text;
  for (const auto& line : report::wrap(
           fmt::format(
               "Effects are in percent of what the baseline takes in the same run; less is better. A series "
               "without a change shows one with a probability of at most {:.0f} %; each interval of a "
               "change holds with {:.0f} %.",
               100 * measure::false_change, 100 * measure::change_confidence),
           100))
    text += line + "\n";
  return text;
}

}  // namespace

std::string sparkline(const std::vector<std::optional<double>>& numbers,
                      const std::vector<std::size_t>& breaks, double least, std::size_t most) {
  constexpr std::array blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::size_t first = numbers.size() - std::min(numbers.size(), most);
  std::vector<double> known;
  for (std::size_t i = first; i < numbers.size(); ++i)
    if (numbers[i]) known.push_back(*numbers[i]);
  if (known.empty()) return "";
  const auto [low, high] = std::ranges::minmax(known);
  const double last = blocks.size() - 1, block = std::max((high - low) / last, least);
  const double bottom = (low + high - block * last) / 2;
  std::string line;
  for (std::size_t i = first; i < numbers.size(); ++i) {
    if (i > first && std::ranges::count(breaks, i) > 0) line += "|";
    if (!numbers[i])
      line += " ";
    else
      line += block > 0 ? blocks.at(static_cast<std::size_t>(
                              std::lround(std::clamp((*numbers[i] - bottom) / block, 0.0, last))))
                        : blocks[3];
  }
  return line;
}

std::string to_text(const std::vector<Past>& pasts, bool color) {
  std::string text;
  for (const auto& past : pasts) {
    text += report::paint(heading(past), report::Tone::heading, color) + "\n\n" + overview(past, color);
    for (const auto& series : past.series) text += "\n" + to_text(table_of(series), color);
    text += "\n";
  }
  return text + closing_remarks(pasts);
}

}  // namespace pgo_orch::orchestrator
