#include "orchestrator/judge/known.h"

#include <algorithm>

namespace pgo_orch::orchestrator {
namespace {

using Number = std::optional<double>;

Number combine(const Number& a, const Number& b, const auto& how) {
  return a && b ? Number(how(*a, *b)) : std::nullopt;
}

std::string first_reason(const Known& a, const Known& b) {
  return a.reason.empty() ? b.reason : a.reason;
}

}  // namespace

Known unknown(std::string reason) {
  Known known;
  known.reason = std::move(reason);
  return known;
}

Known exactly(double value) {
  Known known;
  known.value = known.lo = known.hi = value;
  return known;
}

Known known_within(std::optional<double> value, const measure::Interval& interval) {
  Known known;
  known.value = value;
  known.lo = interval.lo;
  known.hi = interval.hi;
  if (value && known.lo) known.lo = std::min(*known.lo, *value);
  if (value && known.hi) known.hi = std::max(*known.hi, *value);
  return known;
}

Known weighted_sum(const std::vector<Weighted>& parts) {
  Known sum = exactly(0);
  for (const auto& [weight, known] : parts) {
    const auto add = [w = weight](double a, double b) { return a + w * b; };
    sum.value = combine(sum.value, known.value, add);
    sum.lo = combine(sum.lo, known.lo, add);
    sum.hi = combine(sum.hi, known.hi, add);
    sum.reason = first_reason(sum, known);
  }
  return sum;
}

Known largest(const std::vector<Known>& parts) {
  Known most = exactly(0);
  const auto larger = [](double a, double b) { return std::max(a, b); };
  for (const auto& known : parts) {
    most.value = combine(most.value, known.value, larger);
    most.lo = combine(most.lo, known.lo, larger);
    most.hi = combine(most.hi, known.hi, larger);
    most.reason = first_reason(most, known);
  }
  return most;
}

Known product(const Known& a, const Known& b) {
  const auto times = [](double x, double y) { return x * y; };
  Known known;
  known.value = combine(a.value, b.value, times);
  known.lo = combine(a.lo, b.lo, times);
  known.hi = combine(a.hi, b.hi, times);
  known.reason = first_reason(a, b);
  return known;
}

Known quotient(const Known& a, const Known& b) {
  Known known;
  const auto divide = [](const Number& x, const Number& y) {
    return x && y && *y > 0 ? Number(*x / *y) : std::nullopt;
  };
  known.value = divide(a.value, b.value);
  known.lo = divide(a.lo, b.hi);
  known.hi = divide(a.hi, b.lo);
  known.reason = first_reason(a, b);
  return known;
}

}  // namespace pgo_orch::orchestrator
