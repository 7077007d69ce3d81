#include "orchestrator/judge/gate_verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "measure/rounds/race.h"
#include "measure/statistics/statistics.h"
#include "report/humanize.h"

namespace pgo_orch::orchestrator {

using measure::GateMetric;
using measure::GateOutcome;
using measure::Quantity;
using measure::Series;
using report::PairResult;

namespace {

Quantity timed_quantity(GateMetric metric) {
  return metric == GateMetric::memory ? Quantity::memory
         : metric == GateMetric::cpu  ? Quantity::cpu
                                      : Quantity::wall;
}

/// Seconds or bytes.
double median_of(const Series& series, Quantity quantity) {
  std::vector<double> values;
  for (const auto& sample : series.samples)
    values.push_back(quantity == Quantity::memory ? static_cast<double>(sample.peak_rss.count)
                     : quantity == Quantity::cpu  ? seconds(sample.user + sample.system)
                                                  : seconds(sample.wall));
  return measure::median(std::move(values));
}

/// The first of these that holds.
GateOutcome outcome_of(const PairResult& pair) {
  if (pair.lo && *pair.lo > pair.allowed) return GateOutcome::fail;
  return pair.hi && *pair.hi <= pair.allowed ? GateOutcome::pass : GateOutcome::open;
}

void widen_by_bias(const Series& base, const Series& copy, Quantity quantity, PairResult& pair) {
  const auto control = measure::control_of(base, copy, quantity);
  if (!control.is_biased()) return;
  const auto& found = control.against_baseline;
  if (!found.lo_pct || !found.hi_pct) return;
  const double bias = std::max(std::abs(*found.lo_pct), std::abs(*found.hi_pct));
  if (pair.lo) *pair.lo -= bias;
  if (pair.hi) *pair.hi += bias;
  pair.reason = fmt::format("two copies of BASE measured differently, by up to {} %",
                            report::human_percent(bias, bias));
}

double log_of(double percent) {
  return std::log1p(percent / 100);
}

/// All orders of code together.
struct Orders {
  double base = 0, head = 0;  ///< the means of their medians
  measure::Differences differences;
  std::vector<double> effects;  ///< of each, the median difference
};

Orders orders_of(const measure::Measured& measured, std::size_t pairs, Quantity quantity) {
  Orders orders;
  std::vector<std::pair<double, measure::Differences>> each;
  for (std::size_t order = 0; order < pairs; ++order) {
    const auto& base = measured.series[2 * order];
    const auto& head = measured.series[2 * order + 1];
    auto found = measure::differences(base, head, quantity);
    if (found.empty()) return {};
    orders.base += median_of(base, quantity) / static_cast<double>(pairs);
    orders.head += median_of(head, quantity) / static_cast<double>(pairs);
    std::vector<double> values;
    for (const auto& [round, difference] : found) values.push_back(difference.value);
    orders.effects.push_back(measure::median(std::move(values)));
    each.emplace_back(1, std::move(found));
  }
  orders.differences = pairs == 1 ? std::move(each.front().second) : measure::combined(each);
  return orders;
}

/// Orders of code are a sample of all orders: the interval is at least that of Student's t over their
/// effects. `error`: of each end. More rounds make these effects no other sample of orders, so that part of
/// the interval has nothing to spend on looks; what noise moves is in the other.
void widen_by_orders(const std::vector<double>& effects, double error, PairResult& pair) {
  if (effects.size() < 2 || !pair.lo || !pair.hi) return;
  const auto n = static_cast<double>(effects.size());
  const double middle = measure::mean(effects);
  const double half =
      measure::student_quantile_above(n - 1, error) * measure::standard_deviation(effects) / std::sqrt(n);
  pair.lo = std::min(*pair.lo, measure::to_percent(middle - half));
  pair.hi = std::max(*pair.hi, measure::to_percent(middle + half));
}

/// About how many more rounds until it passes or fails.
void plan_rounds(const measure::Differences& differences, const measure::Measured& measured,
                 const measure::Claim& claim, PairResult& pair) {
  if (!pair.effect) return;
  const auto needed =
      measure::rounds_to_place(differences, log_of(*pair.effect), log_of(pair.allowed), claim);
  if (!needed) return;
  // What the formula took for enough was not: at least half as many again.
  pair.rounds_needed = std::max(*needed - pair.rounds, (pair.rounds + 1) / 2);
  pair.time_needed = *pair.rounds_needed * round_time(measured);
}

}  // namespace

measure::Claim gate_claim(double confidence, std::size_t comparisons) {
  return {.confidence = confidence,
          .claims = static_cast<double>(std::max<std::size_t>(1, comparisons)) / 2,
          .precision = 0};
}

report::Percent allowed_percent(const Allowance& allowance, double base) {
  return 100 * (base > 0 ? std::max(allowance.fraction, allowance.floor / base) : allowance.fraction);
}

measure::Differences differences_of(const measure::Measured& measured, std::size_t pairs, GateMetric metric) {
  return orders_of(measured, pairs, timed_quantity(metric)).differences;
}

Explanation explain_timed(const measure::Measured& measured, std::size_t pairs, GateMetric metric,
                          const Allowance& allowance, const measure::Claim& claim) {
  const auto pair = judge_timed(measured, pairs, metric, allowance, claim);
  if (!pair.base || !pair.head) return {{"rounds", "none has both"}};
  const auto quantity = timed_quantity(metric);
  Explanation lines{explain_medians("BASE", "HEAD", *pair.base, *pair.head, quantity)};
  const auto more =
      explain(differences_of(measured, pairs, metric), claim, quantity, measured.ends.closing());
  lines.insert(lines.end(), more.begin(), more.end());
  lines.emplace_back(
      "each end",
      fmt::format("misleads with at most {:.3g} %; whatever the truth is, only one can", 50 * claim.alpha()));
  if (!pair.reason.empty()) lines.emplace_back("copy of BASE", pair.reason);
  lines.emplace_back("allowed", fmt::format("{:.2f} %: the larger of {:.3g} % and {:.3g} {}", pair.allowed,
                                            100 * allowance.fraction, allowance.floor,
                                            metric == GateMetric::memory ? "bytes" : "s"));
  if (pair.orders > 1) {
    std::vector<std::string> each;
    for (const double effect : orders_of(measured, pairs, quantity).effects)
      each.push_back(fmt::format("{:+.2f} %", measure::to_percent(effect)));
    const auto edge = [](const std::optional<double>& bound) {
      return bound ? fmt::format("{:+.2f}", *bound) : std::string("…");
    };
    lines.emplace_back("orders of code", fmt::format("{}; so the interval is [{}, {}]", fmt::join(each, ", "),
                                                     edge(pair.lo), edge(pair.hi)));
  }
  lines.emplace_back("outcome", to_word(pair.outcome));
  return lines;
}

PairResult judge_timed(const measure::Measured& measured, std::size_t pairs, GateMetric metric,
                       const Allowance& allowance, const measure::Claim& claim) {
  const auto quantity = timed_quantity(metric);
  const auto orders = orders_of(measured, pairs, quantity);
  PairResult pair;
  pair.orders = static_cast<int>(pairs);
  if (orders.differences.empty()) return pair;
  pair.base = orders.base;
  pair.head = orders.head;
  pair.allowed = allowed_percent(allowance, *pair.base);
  auto compared = measure::compare(orders.differences, claim, quantity, measured.ends.closing());
  if (metric == GateMetric::build && compared.rounds < measure::first_look(claim.alpha()))
    compared = measure::compare_few_rounds(measured.series, 0, 1, claim).value_or(compared);
  pair.effect = compared.effect_pct;
  pair.lo = compared.lo_pct;
  pair.hi = compared.hi_pct;
  pair.rounds = compared.rounds;
  widen_by_orders(orders.effects, claim.alpha() / 2, pair);
  if (2 * pairs < measured.series.size())
    widen_by_bias(measured.series.front(), measured.series[2 * pairs], quantity, pair);
  pair.outcome = outcome_of(pair);
  if (pair.outcome == GateOutcome::open) plan_rounds(orders.differences, measured, claim, pair);
  return pair;
}

PairResult judge_exact(double base, double head, const Allowance& allowance) {
  PairResult pair;
  pair.base = base;
  pair.head = head;
  pair.allowed = allowed_percent(allowance, base);
  if (base > 0) pair.effect = pair.lo = pair.hi = 100 * (head / base - 1);
  pair.outcome = outcome_of(pair);
  return pair;
}

PairResult judge_counted(const std::vector<std::uint64_t>& base, const std::vector<std::uint64_t>& head,
                         const Allowance& allowance) {
  const auto middle = [](const std::vector<std::uint64_t>& counts) {
    return measure::median({counts.begin(), counts.end()});
  };
  auto pair = judge_exact(middle(base), middle(head), allowance);
  const auto change = [](std::uint64_t more, std::uint64_t than) {
    return 100 * (static_cast<double>(more) / static_cast<double>(std::max<std::uint64_t>(1, than)) - 1);
  };
  pair.lo = change(std::ranges::min(head), std::ranges::max(base));
  pair.hi = change(std::ranges::max(head), std::ranges::min(base));
  pair.outcome = outcome_of(pair);
  return pair;
}

void conclude(report::GateClaim& claim, bool rebuilt) {
  const auto& first = claim.first;
  claim.outcome = first.outcome;
  claim.reason = first.outcome == GateOutcome::open ? first.reason : "";
  if (first.outcome != GateOutcome::fail || !claim.second || claim.second->outcome == GateOutcome::fail)
    return;
  claim.outcome = GateOutcome::open;
  if (!claim.second->lo && !claim.second->hi) return;  // it has shown nothing yet
  claim.reason = rebuilt ? report::layout_or_training : report::not_shown_again;
}

}  // namespace pgo_orch::orchestrator
