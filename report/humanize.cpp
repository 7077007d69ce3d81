#include "report/humanize.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pgo_orch::report {

namespace {

/// As many decimals as `digits` significant ones need, but none below what was measured.
std::string significant(double value, int digits) {
  const int before_point = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : 4;
  return fmt::format("{:.{}f}", value, std::max(0, digits - before_point));
}

struct Scale {
  const char* name;
  double seconds;
  double until;  ///< a little under 1000, so that no value is rounded up to it
};

const Scale& scale_of(double seconds) {
  static constexpr std::array<Scale, 4> units = {
      {{"ns", 1e-9, 999.5}, {"µs", 1e-6, 999.95}, {"ms", 1e-3, 999.95}, {"s", 1, 0}}};
  const auto fits = [&](const Scale& unit) { return seconds / unit.seconds < unit.until; };
  const auto found = std::ranges::find_if(units, fits);
  return found == units.end() ? units.back() : *found;
}

}  // namespace

std::string human(Seconds time) {
  const Scale& scale = scale_of(time.count());
  const bool whole = scale.seconds == 1e-9;
  return fmt::format("{} {}", significant(time.count() / scale.seconds, whole ? 0 : 4), scale.name);
}

std::string human_difference(Seconds estimate, const std::optional<Seconds>& lo,
                             const std::optional<Seconds>& hi) {
  if (!lo || !hi) return "unknown";
  const double largest = std::max({std::abs(estimate.count()), std::abs(lo->count()), std::abs(hi->count())});
  const Scale& scale = scale_of(largest);
  const double shown = largest / scale.seconds;
  const int decimals = scale.seconds == 1e-9 || shown >= 99.95 ? 0 : shown >= 9.995 ? 1 : 2;
  const auto number = [&](Seconds value) {
    return fmt::format("{:+.{}f}", value.count() / scale.seconds, decimals);
  };
  if (lo->count() <= 0 && hi->count() >= 0)
    return fmt::format("unresolved [{}, {}] {}", number(*lo), number(*hi), scale.name);
  return fmt::format("{} {} [{}, {}]", number(estimate), scale.name, number(*lo), number(*hi));
}

std::string human_wait(Nanoseconds time) {
  const long long total = std::llround(seconds(time));
  if (total < 60) return fmt::format("{} s", total);
  if (total < 3600) return fmt::format("{} m {:02} s", total / 60, total % 60);
  return fmt::format("{} h {:02} m", total / 3600, total % 3600 / 60);
}

std::string human(Bytes size) {
  static constexpr std::array<const char*, 6> units = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (size.count < 1024) return fmt::format("{} B", size.count);
  double value = static_cast<double>(size.count) / 1024;
  std::size_t unit = 0;
  for (; value >= 1023.5; ++unit) value /= 1024;
  return fmt::format("{} {}", significant(value, 3), units[unit]);
}

std::string human_percent(double percent, double scale) {
  scale = std::abs(scale);
  return fmt::format("{:.{}f}", std::abs(percent), scale < 0.995 ? 2 : scale < 99.95 ? 1 : 0);
}

std::string human_percent(double percent) {
  return human_percent(percent, percent);
}

std::string human_signed_percent(double percent, double scale) {
  return (percent < 0 ? "-" : "+") + human_percent(percent, scale);
}

std::string human_count(std::int64_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string figure_text(double value, Unit unit) {
  if (unit == Unit::seconds) return human(Seconds(value));
  if (unit == Unit::bytes) return human(Bytes{static_cast<std::uint64_t>(std::llround(value))});
  if (unit == Unit::share) return human_percent(100 * value) + " %";
  return fmt::format("{:.3f}", value);
}

std::string interval_text(const std::optional<double>& value, const std::optional<double>& lo,
                          const std::optional<double>& hi, Unit unit) {
  const bool is_exact = lo && lo == hi && lo == value;
  if (is_exact || (!lo && !hi)) return "";
  const auto edge = [&](const std::optional<double>& bound) {
    return bound ? figure_text(*bound, unit) : "…";
  };
  return fmt::format("[{}, {}]", edge(lo), edge(hi));
}

std::string figure_text(double value, const std::optional<double>& lo, const std::optional<double>& hi,
                        Unit unit) {
  const std::string interval = interval_text(value, lo, hi, unit);
  return figure_text(value, unit) + (interval.empty() ? "" : " " + interval);
}

namespace {

std::string subject(const auto& result, const std::string& detail) {
  std::string text = to_word(result.metric) + (detail.empty() ? "" : " " + detail) + " of " + result.variant;
  if (!result.workload.empty()) text += " in " + result.workload;
  return result.to.empty() ? text : text + " / " + result.to;
}

}  // namespace

std::string subject_text(const GoalResult& goal) {
  const bool is_full = !goal.scenario || goal.scenario == BuildScenario::full;
  return subject(goal, goal.metric == GoalMetric::phase ? goal.phase
                       : is_full                        ? ""
                                                        : to_word(*goal.scenario));
}

std::string subject_text(const DecisionResult& decision) {
  return subject(decision, "");
}

}  // namespace pgo_orch::report
