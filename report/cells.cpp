#include "report/cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/details.h"
#include "report/humanize.h"
#include "report/text.h"

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
      return Tone::plain;
  }
  return Tone::plain;
}

/// The larger edge decides on the decimals of both.
double scale_of(const Comparison& comparison) {
  return std::max(std::abs(comparison.lo.value_or(0)), std::abs(comparison.hi.value_or(0)));
}

Tone best_tone(bool best) {
  return best ? Tone::good : Tone::plain;
}

}  // namespace

Cell text_cell(const std::string& text, Tone tone) {
  return {printable(text), tone, false, 1};
}

Cell name_cell(const VariantResult& variant) {
  return {printable(variant.name), variant.status == Status::ok ? Tone::plain : Tone::quiet};
}

Cell run_time_cell(const Samples* samples, bool best) {
  const auto summary = samples ? summarize(samples->times) : std::nullopt;
  if (!summary) return {};
  const bool median_is_cut = 2 * samples->censored.size() > samples->times.size();
  return {(median_is_cut ? "> " : "") + human(summary->median), best_tone(best), best};
}

Cell memory_cell(const Samples* samples, bool best) {
  const auto memory = samples ? median(samples->memory) : std::nullopt;
  if (!memory) return {};
  return {human(*memory), best_tone(best), best};
}

Cell build_time_cell(const VariantResult& variant, bool best) {
  if (!variant.build || !variant.build->wall) return {};
  return {human(Seconds(*variant.build->wall)), best_tone(best), best};
}

Cell build_memory_cell(const VariantResult& variant) {
  if (!variant.build || !variant.build->peak_rss) return {};
  return {human(*variant.build->peak_rss)};
}

Cell size_cell(const VariantResult& variant, bool best) {
  const auto size = total_size(variant);
  if (!size) return {};
  return {human(*size), best_tone(best), best};
}

Cell verdict_cell(const Comparison* comparison) {
  if (!comparison) return {};
  const bool is_out = comparison->dominated && comparison->verdict == Verdict::unresolved;
  const std::string word = is_out ? "dropped" : to_word(comparison->verdict);
  const Tone tone = tone_of(comparison->verdict);
  if (!comparison->effect) return {word, tone};
  if (names_a_direction(comparison->verdict))
    return {fmt::format("{:>4} % {}", human_percent(*comparison->effect), word), tone};
  const std::string effect = human_signed_percent(*comparison->effect, *comparison->effect);
  return {fmt::format("{} ({} %)", word, effect), tone};
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
  const auto cell = [&](const std::string& text, Tone tone) {
    return Cell{printable(text), tone, false, span};
  };
  const std::string because = variant.reason.empty() ? "" : ": " + variant.reason;
  switch (variant.status) {
    case Status::failed:
      return cell(describe_failure(variant), Tone::bad);
    case Status::skipped:
      return cell("skipped" + because, Tone::unsure);
    case Status::wrong_output:
      return cell("wrong output" + because, Tone::bad);
    case Status::ok:
      break;
  }
  if (!variant.identical_to) return cell("", Tone::plain);
  return cell(fmt::format("same {} as {}", variant.built_once ? "settings" : "code", *variant.identical_to),
              Tone::quiet);
}

bool has_no_run_time(const VariantResult& variant) {
  return variant.status != Status::ok || variant.identical_to.has_value();
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace pgo_orch::report
