#include "measure/statistics/verdict.h"

#include <algorithm>
#include <cmath>

#include "measure/statistics/statistics.h"

namespace pgo_orch::measure {
namespace {

constexpr int fewest = 3;
constexpr double caution = 5;  // the error is divided by it

/// Column r holds, for each series that has all rounds of the two compared, its difference from the
/// baseline in round r.
struct Table {
  std::vector<std::vector<double>> rows;  // one a series; all of the same length
  std::size_t variant = 0;
  bool least_is_known = true;  ///< of all the variant's differences: no run of the baseline was capped
  bool most_is_known = true;   ///< no run of the variant was
  std::size_t columns() const { return rows.front().size(); }
};

/// Differences from the baseline instead of the values themselves: the round's own level cancels out.
Table table_of(const std::vector<Series>& all, std::size_t baseline, std::size_t variant, Quantity quantity) {
  const Differences compared = differences(all[baseline], all[variant], quantity);
  Table table;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].failure.empty()) continue;
    const Differences own = differences(all[baseline], all[i], quantity);
    const auto has_round = [&](const auto& difference) { return own.contains(difference.first); };
    if (!std::ranges::all_of(compared, has_round)) continue;
    // A cap instead of a time has no noise.
    if (i != variant && i != baseline && std::ranges::any_of(all[i].samples, &Sample::capped)) continue;
    if (i == variant) table.variant = table.rows.size();
    auto& row = table.rows.emplace_back();
    for (const auto& [round, difference] : compared) row.push_back(own.at(round).value);
  }
  for (const auto& [round, difference] : compared) {
    table.least_is_known = table.least_is_known && std::isfinite(difference.least);
    table.most_is_known = table.most_is_known && std::isfinite(difference.most);
  }
  return table;
}

double squared_residuals(const Table& table) {
  std::vector<double> row_means;
  for (const auto& row : table.rows) row_means.push_back(mean(row));
  const double grand_mean = mean(row_means);
  double sum = 0;
  for (std::size_t r = 0; r < table.columns(); ++r) {
    double column = 0;
    for (const auto& row : table.rows) column += row[r] / static_cast<double>(table.rows.size());
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      const double residual = table.rows[i][r] - row_means[i] - column + grand_mean;
      sum += residual * residual;
    }
  }
  return sum;
}

Interval interval_of(const Table& table, double alpha) {
  const auto n = static_cast<double>(table.columns());
  const double freedom = (static_cast<double>(table.rows.size()) - 1) * (n - 1);
  const double s = std::sqrt(squared_residuals(table) / freedom);
  const double effect = mean(table.rows[table.variant]);
  const double half = student_quantile_above(freedom, alpha / 2) * s * std::sqrt(2 / n);
  Interval interval{effect, std::nullopt, std::nullopt};
  if (table.least_is_known) interval.lo = effect - half;
  if (table.most_is_known) interval.hi = effect + half;
  return interval;
}

}  // namespace

std::optional<Comparison> compare_few_rounds(const std::vector<Series>& all, std::size_t baseline,
                                             std::size_t variant, const Claim& claim,
                                             std::optional<double> noise_floor_pct, Quantity quantity) {
  if (baseline == variant || !all[baseline].failure.empty() || !all[variant].failure.empty())
    return std::nullopt;
  const Table table = table_of(all, baseline, variant, quantity);
  if (table.columns() < fewest) return std::nullopt;
  Comparison result = judge(interval_of(table, claim.alpha() / caution), claim, quantity);
  result.rounds = static_cast<int>(table.columns());
  result.basis = Basis::parametric;
  const bool in_noise = noise_floor_pct && std::abs(*result.effect_pct) < 3 * *noise_floor_pct;
  if (in_noise && result.verdict != Verdict::equivalent) result.verdict = Verdict::unresolved;
  if (result.verdict == Verdict::unresolved) result.rounds_needed = first_look(claim.alpha());
  return result;
}

}  // namespace pgo_orch::measure
