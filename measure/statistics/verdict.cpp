#include "measure/statistics/verdict.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "measure/statistics/statistics.h"

namespace pgo_orch::measure {

namespace {

int rounds_of(int index) {
  return static_cast<int>(std::ceil(8 * std::pow(1.25, index)));
}

constexpr int early_looks = 22;          // from 8 to 868 rounds: few measurements get further
constexpr double early_part = 0.75;      // of the error, for these
constexpr double later_part = 0.025;     // for all looks after them
constexpr double closing_part = 0.2;     // for the look when the time is up
constexpr double going_on_part = 0.025;  // for such looks of what is measured on

/// The sum of 1/sqrt(k) over the early looks.
double early_weights() {
  double sum = 0;
  for (int k = 1; k <= early_looks; ++k) sum += 1 / std::sqrt(k);
  return sum;
}

double share(double alpha, int k) {
  static const double weights = early_weights();
  if (k <= early_looks) return early_part * alpha / std::sqrt(k) / weights;
  const double later = k - early_looks;
  return later_part * alpha * 6 / (std::numbers::pi * std::numbers::pi * later * later);
}

double closing_share(double alpha, int ends) {
  return alpha * (ends == 1 ? closing_part : going_on_part * std::exp2(1 - ends));
}

bool can_reject(int rounds, double alpha) {
  return rounds >= 1 - std::log2(alpha);
}

/// The index of the first look at which a claim is possible.
int first_index(double alpha) {
  int index = 0;
  while (!can_reject(rounds_of(index), share(alpha, 1))) ++index;
  return index;
}

constexpr double power = 0.84;        // z of 80 %
constexpr double efficiency = 0.955;  // 3 / pi
constexpr double most_rounds = 1e6;   // anything more means: not worth trying

std::vector<double> values_of(const Differences& differences, double Difference::* bound,
                              std::size_t rounds) {
  std::vector<double> values;
  for (const auto& [round, difference] : differences)
    if (values.size() < rounds) values.push_back(difference.*bound);
  return values;
}

Verdict verdict_on(const Interval& interval, double precision, Quantity quantity) {
  const double margin = 100 * precision;
  if (interval.bounded() && to_percent(*interval.lo) >= -margin && to_percent(*interval.hi) <= margin)
    return Verdict::equivalent;
  if (!interval.excludes_zero()) return Verdict::unresolved;
  const bool less = interval.hi && *interval.hi < 0;
  if (quantity == Quantity::memory) return less ? Verdict::smaller : Verdict::larger;
  return less ? Verdict::faster : Verdict::slower;
}

std::optional<double> percent(const std::optional<double>& log_ratio) {
  if (!log_ratio) return std::nullopt;
  return to_percent(*log_ratio);
}

Comparison nothing_to_compare(const Claim& claim) {
  Comparison result;
  result.confidence = claim.confidence;
  result.rounds_needed = first_look(claim.alpha());
  return result;
}

/// The first look, after those there are, at which z + `more` standard errors are at most `delta`.
int rounds_until(const Differences& differences, double delta, double more, const Claim& claim) {
  const double sigma =
      1.4826 * median_absolute_deviation(values_of(differences, &Difference::value, differences.size()));
  for (int rounds = next_look(static_cast<int>(differences.size()));; rounds = next_look(rounds)) {
    const auto look = latest_look(rounds, claim.alpha());
    if (!look) continue;
    const double z = normal_quantile_above(look->alpha / 2);
    const double needed = std::pow((z + more) * sigma / delta, 2) / efficiency;
    if (rounds >= needed || rounds >= most_rounds) return rounds;
  }
}

std::vector<double> seconds_of(const Series& series, const Differences& common) {
  std::vector<double> times;
  for (std::size_t i = 0; i < series.samples.size(); ++i)
    if (common.contains(series.rounds[i])) times.push_back(seconds(series.samples[i].wall));
  return times;
}

std::vector<double> logs_of(std::vector<double> values) {
  for (double& value : values) value = std::log(value);
  return values;
}

bool disagrees(const Comparison& cpu, const Comparison& wall) {
  if (!cpu.lo_pct || !cpu.hi_pct) return false;
  const bool opposite = *wall.effect_pct < 0 ? *cpu.lo_pct > 0 : *cpu.hi_pct < 0;
  return opposite || (wall.hi_pct && *cpu.lo_pct > *wall.hi_pct) ||
         (wall.lo_pct && *cpu.hi_pct < *wall.lo_pct);
}

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

int next_look(int rounds) {
  int index = 0;
  while (rounds_of(index) <= rounds) ++index;
  return rounds_of(index);
}

std::optional<Look> latest_look(int rounds, double alpha) {
  const int first = first_index(alpha);
  if (rounds < rounds_of(first)) return std::nullopt;
  int index = first;
  while (rounds_of(index + 1) <= rounds) ++index;
  return Look{rounds_of(index), share(alpha, index - first + 1)};
}

std::optional<Look> closing_look(int rounds, double alpha, int ends) {
  const auto latest = latest_look(rounds, alpha);
  if (ends == 0) return latest;
  const Look closing{rounds, closing_share(alpha, ends)};
  if (!can_reject(rounds, closing.alpha)) return latest;
  return latest && latest->alpha >= closing.alpha ? latest : closing;
}

int first_look(double alpha) {
  return rounds_of(first_index(alpha));
}

Comparison judge(const Interval& interval, const Claim& claim, Quantity quantity) {
  Comparison result;
  result.effect_pct = to_percent(interval.estimate);
  result.lo_pct = percent(interval.lo);
  result.hi_pct = percent(interval.hi);
  result.verdict = verdict_on(interval, claim.precision, quantity);
  result.confidence = claim.confidence;
  return result;
}

Comparison compare(const Differences& differences, const Claim& claim, Quantity quantity, int ends) {
  if (differences.empty()) return nothing_to_compare(claim);
  const auto look = closing_look(static_cast<int>(differences.size()), claim.alpha(), ends);
  constexpr double no_error = 1e-30;  // below the probability of any rank sum: the interval stays unbounded
  const std::size_t rounds = look ? static_cast<std::size_t>(look->rounds) : differences.size();
  const auto values = [&](double Difference::* bound) { return values_of(differences, bound, rounds); };
  const Interval interval = adaptive_interval(values(&Difference::value), values(&Difference::least),
                                              values(&Difference::most), look ? look->alpha : no_error);
  Comparison result = judge(interval, claim, quantity);
  result.error = claim.alpha();
  result.rounds = static_cast<int>(rounds);
  if (result.verdict == Verdict::unresolved)
    result.rounds_needed = rounds_to_resolve(differences, interval.estimate, claim);
  return result;
}

Comparison compare(const Series& baseline, const Series& variant, const Claim& claim, Quantity quantity,
                   int ends) {
  const bool to_the_end = !baseline.lost && !variant.lost;
  if (variant.failure.empty())
    return compare(differences(baseline, variant, quantity), claim, quantity, to_the_end ? ends : 0);
  Comparison result;
  result.confidence = claim.confidence;
  result.verdict = Verdict::failed;
  return result;
}

std::optional<int> rounds_to_resolve(const Differences& differences, double theta, const Claim& claim) {
  const double delta = std::max(std::abs(theta), std::log1p(claim.precision) - std::abs(theta));
  if (delta <= 0) return std::nullopt;
  return rounds_until(differences, delta, power, claim);
}

std::optional<int> rounds_to_place(const Differences& differences, double theta, double edge,
                                   const Claim& claim) {
  const double delta = std::abs(theta - edge);
  if (delta <= 0) return std::nullopt;
  return rounds_until(differences, delta, power, claim);
}

int rounds_to_know(const Differences& differences, double half_width, const Claim& claim) {
  return rounds_until(differences, half_width, 0, claim);
}

std::vector<Flag> flags_of(const Series& baseline, const Series& variant, const Comparison& wall,
                           const Claim& claim, int ends) {
  if (wall.verdict != Verdict::faster && wall.verdict != Verdict::slower) return {};
  std::vector<Flag> flags;
  if (disagrees(compare(baseline, variant, claim, Quantity::cpu, ends), wall))
    flags.push_back(Flag::cpu_differs);
  const auto common = differences(baseline, variant);
  const auto before = seconds_of(baseline, common), after = seconds_of(variant, common);
  const double by_means = mean(after) / mean(before) - 1;
  if (by_means * *wall.effect_pct < 0 && std::abs(by_means) > claim.precision)
    flags.push_back(Flag::mean_differs);
  if (is_bimodal(logs_of(before)) || is_bimodal(logs_of(after))) flags.push_back(Flag::bimodal);
  return flags;
}

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
  result.error = claim.alpha();
  const bool in_noise = noise_floor_pct && std::abs(*result.effect_pct) < 3 * *noise_floor_pct;
  if (in_noise && result.verdict != Verdict::equivalent) result.verdict = Verdict::unresolved;
  if (result.verdict == Verdict::unresolved) result.rounds_needed = first_look(claim.alpha());
  return result;
}

}  // namespace pgo_orch::measure
