#include "report/cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/details.h"

namespace pgo_orch::report {

namespace {

bool names_a_direction(Verdict verdict) {
  return verdict == Verdict::faster || verdict == Verdict::slower || verdict == Verdict::smaller ||
         verdict == Verdict::larger;
}

Tone tone_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::faster:
    case Verdict::smaller:
      return Tone::good;
    case Verdict::slower:
    case Verdict::larger:
    case Verdict::wrong_output:
    case Verdict::failed:
      return Tone::bad;
    case Verdict::unresolved:
    case Verdict::skipped:
      return Tone::unsure;
    case Verdict::equivalent:
    case Verdict::identical:
      break;
  }
  return Tone::plain;
}

/// The larger edge decides on the decimals of both.
double scale_of(const Comparison& comparison) {
  return std::max(std::abs(comparison.lo.value_or(0)), std::abs(comparison.hi.value_or(0)));
}

}  // namespace

Cell run_time_cell(const Samples* samples, bool best) {
  const auto summary = samples ? summarize(samples->times) : std::nullopt;
  if (!summary) return {};
  Cell cell = figure_cell(std::optional(summary->median), best);
  if (2 * samples->censored.size() > samples->times.size()) cell.text.insert(0, "> ");  // the median is cut
  return cell;
}

Cell memory_cell(const Samples* samples, bool best) {
  return samples ? figure_cell(median(samples->memory), best) : Cell();
}

Cell cpu_cell(const measure::CompiledUnit& unit) {
  return unit.cpu > Nanoseconds::zero() ? Cell(human(unit.cpu)) : Cell();
}

Cell build_time_cell(const std::optional<Build>& build, bool best) {
  return build ? figure_cell(build->wall, best) : Cell();
}

Cell verdict_cell(const Comparison* comparison) {
  if (!comparison) return {};
  const bool is_out = comparison->dominated && comparison->verdict == Verdict::unresolved;
  const std::string word = is_out ? "dropped" : to_word(comparison->verdict);
  const std::string by = comparison->metric == Metric::cpu ? " (CPU)" : "";
  const Tone tone = tone_of(comparison->verdict);
  if (!comparison->effect) return {word + by, tone};
  if (names_a_direction(comparison->verdict))
    return {fmt::format("{:>4} % {}{}", human_percent(*comparison->effect), word, by), tone};
  const std::string effect = human_signed_percent(*comparison->effect, *comparison->effect);
  return {fmt::format("{} ({} %){}", word, effect, by), tone};
}

Cell interval_cell(const Comparison* comparison) {
  if (!comparison || (!comparison->lo && !comparison->hi)) return {};
  const bool with_sign = !names_a_direction(comparison->verdict);
  const auto edge = [&, scale = scale_of(*comparison)](const std::optional<Percent>& percent) -> std::string {
    if (!percent) return "…";
    return with_sign ? human_signed_percent(*percent, scale) : human_percent(*percent, scale);
  };
  std::string first = edge(comparison->lo);
  std::string last = edge(comparison->hi);
  // 12 % faster is -12 %: seen from there the far edge comes first
  if (comparison->verdict == Verdict::faster || comparison->verdict == Verdict::smaller)
    std::swap(first, last);
  return {fmt::format("[{}, {}]", first, last), tone_of(comparison->verdict)};
}

Cell change_cell(const Comparison* comparison) {
  if (!comparison || !comparison->effect) return {};
  return {human_signed_percent(*comparison->effect, std::max(1.0, std::abs(*comparison->effect))) + " %",
          Tone::quiet};
}

Cell reason_cell(const VariantResult& variant, std::size_t span) {
  const std::string because = variant.reason.empty() ? "" : ": " + variant.reason;
  switch (variant.status) {
    case Status::failed:
      return {describe_failure(variant), Tone::bad, false, span};
    case Status::skipped:
      return {"skipped" + because, Tone::unsure, false, span};
    case Status::wrong_output:
      return {"wrong output" + because, Tone::bad, false, span};
    case Status::ok:
      break;
  }
  if (!variant.identical_to) return {"", Tone::plain, false, span};
  return {fmt::format("same {} as {}", variant.built_once ? "settings" : "code", *variant.identical_to),
          Tone::quiet, false, span};
}

}  // namespace pgo_orch::report
