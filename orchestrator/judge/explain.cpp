#include "orchestrator/judge/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "measure/statistics/intervals.h"
#include "measure/statistics/statistics.h"
#include "orchestrator/config/find.h"
#include "orchestrator/judge/evidence.h"
#include "report/humanize.h"
#include "report/text.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

using measure::Quantity;

namespace {

std::string signed_percent(double percent) {
  return report::human_signed_percent(percent, percent) + " %";
}

std::string interval_in_percent(const measure::Interval& logs) {
  const auto edge = [](const std::optional<double>& bound) {
    return bound ? fmt::format("{:+.2f}", measure::to_percent(*bound)) : std::string("…");
  };
  return fmt::format("{:+.2f} % [{}, {}]", measure::to_percent(logs.estimate), edge(logs.lo), edge(logs.hi));
}

std::string quartiles_of(std::vector<double> values) {
  std::ranges::sort(values);
  const auto at = [&](double part) {
    return signed_percent(
        measure::to_percent(values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))]));
  };
  return fmt::format("{}, {}, {}", at(0.25), at(0.5), at(0.75));
}

std::string figure_text(double value, Quantity quantity) {
  return quantity == Quantity::memory ? report::human(Bytes{static_cast<std::uint64_t>(value)})
                                      : report::human(report::Seconds(value));
}

/// In the order of their rounds, up to the look.
std::vector<double> part_of(const measure::Differences& differences, double measure::Difference::* bound,
                            std::size_t rounds) {
  std::vector<double> values;
  for (const auto& [round, difference] : differences)
    if (values.size() < rounds) values.push_back(difference.*bound);
  return values;
}

}  // namespace

Explanation explain(const measure::Differences& differences, const measure::Claim& claim, Quantity quantity,
                    int ends) {
  Explanation lines;
  const auto add = [&](const char* name, std::string text) { lines.emplace_back(name, std::move(text)); };
  const auto count = differences.size();
  if (count == 0) return {{"rounds", "none has both"}};
  const auto look = measure::closing_look(static_cast<int>(count), claim.alpha(), ends);
  const auto rounds = look ? static_cast<std::size_t>(look->rounds) : count;
  const auto values = part_of(differences, &measure::Difference::value, rounds);
  add("rounds", fmt::format("{} have both; {}", count,
                            !look ? fmt::format("none of the looks, the first of which is at {}",
                                                measure::first_look(claim.alpha()))
                            : rounds == count && ends > 0
                                ? std::string("the last look, when the time was up, is at all of them")
                                : fmt::format("the latest look is at {}", rounds)));
  add("differences",
      fmt::format("quartiles {}; above 0 in {} of {}", quartiles_of(values),
                  std::ranges::count_if(values, [](double value) { return value > 0; }), rounds));
  add("error", fmt::format("{:.3g} % for this comparison{}", 100 * claim.alpha(),
                           look ? fmt::format(", {:.3g} % for this look", 100 * look->alpha) : ""));
  if (!look) return lines;
  const auto least = part_of(differences, &measure::Difference::least, rounds);
  const auto most = part_of(differences, &measure::Difference::most, rounds);
  const auto ranks = measure::hodges_lehmann(values, least, most, look->alpha);
  auto signs = measure::median_interval(values, look->alpha);
  signs.estimate = measure::median(values);
  add("signed ranks", interval_in_percent(ranks));
  add("signs", interval_in_percent(signs));
  add("taken", measure::signs_say_more(values, ranks.estimate)
                   ? "the signs at the estimate, since the differences have heavy tails"
                   : "the signed ranks at the estimate");
  const auto compared = measure::compare(differences, claim, quantity, ends);
  add("interval", fmt::format("{:+.2f} % [{}, {}]", compared.effect_pct.value_or(0),
                              compared.lo_pct ? fmt::format("{:+.2f}", *compared.lo_pct) : "…",
                              compared.hi_pct ? fmt::format("{:+.2f}", *compared.hi_pct) : "…"));
  return lines;
}

std::pair<std::string, std::string> explain_medians(const std::string& base, const std::string& other,
                                                    double of_base, double of_other, Quantity quantity) {
  return {"medians", fmt::format("{} {}, {} {}", base, figure_text(of_base, quantity), other,
                                 figure_text(of_other, quantity))};
}

namespace {

std::vector<std::string> parts_of(const std::string& named) {
  std::vector<std::string> parts{""};
  for (const char c : named)
    if (c == '/')
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

std::string name_of(const report::Comparison& claim) {
  return fmt::format("{}/{}/{}", claim.variant, claim.workload.value_or(""), to_word(claim.metric));
}

bool can_be_explained(const report::Comparison& claim) {
  return claim.workload && claim.error &&
         (claim.metric == report::Metric::runtime || claim.metric == report::Metric::cpu);
}

const report::Comparison& find_claim(const report::Results& results, const std::string& named) {
  const auto parts = parts_of(named);
  std::vector<std::string> names;
  const report::Comparison* found = nullptr;
  for (const auto& claim : results.comparisons) {
    if (!can_be_explained(claim)) continue;
    names.push_back(name_of(claim));
    const bool is_it = claim.variant == parts[0] && (parts.size() < 2 || *claim.workload == parts[1]) &&
                       to_word(claim.metric) == (parts.size() < 3 ? "runtime" : parts[2]);
    if (is_it && !found) found = &claim;
  }
  if (found && parts.size() < 4) return *found;
  constexpr std::size_t most = 12;
  const bool cut = names.size() > most;
  if (cut) names.resize(most);
  throw Error(names.empty() ? "--explain: these results have no comparison with its samples"
                            : fmt::format("--explain {}: there is no such comparison; there are {}{}", named,
                                          fmt::join(names, ", "), cut ? ", ..." : ""));
}

std::string recorded_control(const std::optional<report::Control>& control) {
  if (!control || !control->effect || !control->lo || !control->hi) return "none";
  return fmt::format("{:+.2f} % [{:+.2f}, {:+.2f}]", *control->effect, *control->lo, *control->hi);
}

}  // namespace

Explanation explain_claim(const report::Results& results, const std::string& named) {
  const auto& claim = find_claim(results, named);
  const auto* benchmark = find_by(results.benchmarks, &report::Benchmark::workload, *claim.workload);
  const auto* row = results.variant(claim.variant);
  const auto* to = results.variant(claim.to);
  const auto samples_named = [&](const report::VariantResult* variant) {
    return variant && benchmark
               ? find_by(benchmark->results, &report::Samples::variant, results.original(*variant).name)
               : nullptr;
  };
  const auto *own = samples_named(row), *base = samples_named(to);
  if (!own || !base) throw Error(fmt::format("--explain {}: the samples are not kept", named));
  const bool of_cpu = claim.metric == report::Metric::cpu;
  const auto quantity = of_cpu ? Quantity::cpu : Quantity::wall;
  const auto base_series = to_series(*base), own_series = to_series(*own);
  const auto median_of = [&](const measure::Series& series) {
    const auto summary = measure::summarize(series);
    return seconds(of_cpu ? summary.user + summary.system : summary.median);
  };
  Explanation lines{{"claim", fmt::format("{} against {} in {}, {}", claim.variant, claim.to, *claim.workload,
                                          of_cpu ? "CPU time" : "run time")}};
  lines.push_back(
      explain_medians(claim.to, claim.variant, median_of(base_series), median_of(own_series), quantity));
  const measure::Claim own_claim{.confidence = 1 - *claim.error, .claims = 1, .precision = results.precision};
  const bool to_the_end = !own->rounds.empty() && own->rounds.back() == benchmark->rounds;
  if (claim.basis == measure::Basis::parametric) {
    const auto edge = [](const std::optional<double>& bound) {
      return bound ? fmt::format("{:+.2f}", *bound) : std::string("…");
    };
    lines.emplace_back("rounds",
                       fmt::format("{}: too few for ranks, so noise is taken to be normal", claim.rounds));
    lines.emplace_back("error", fmt::format("{:.3g} % for this comparison", 100 * *claim.error));
    lines.emplace_back("interval", fmt::format("{:+.2f} % [{}, {}]", claim.effect.value_or(0), edge(claim.lo),
                                               edge(claim.hi)));
    lines.emplace_back("verdict", to_word(claim.verdict));
    return lines;
  }
  const auto more = explain(measure::differences(base_series, own_series, quantity), own_claim, quantity,
                            to_the_end ? benchmark->ends.value_or(0) : 0);
  lines.insert(lines.end(), more.begin(), more.end());
  lines.emplace_back("copy of baseline",
                     recorded_control(of_cpu ? benchmark->cpu_control : benchmark->control));
  lines.emplace_back("verdict", to_word(claim.verdict));
  return lines;
}

std::string to_text(const Explanation& explanation) {
  std::size_t width = 0;
  for (const auto& [name, text] : explanation) width = std::max(width, report::display_width(name));
  std::string all;
  for (const auto& [name, text] : explanation)
    all += report::pad_right(name, width) + "  " + report::printable(text) + "\n";
  return all;
}

}  // namespace pgo_orch::orchestrator
