#include "orchestrator/judge/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "orchestrator/config/find.h"
#include "orchestrator/judge/decide.h"

namespace pgo_orch::orchestrator {

using report::Results;
using report::Status;
using report::VariantResult;

namespace {

using Number = std::optional<double>;

Number combine(const Number& a, const Number& b, const auto& how) {
  return a && b ? Number(how(*a, *b)) : std::nullopt;
}

Known combine(const Known& a, const Known& b, const auto& how) {
  return {.value = combine(a.value, b.value, how),
          .lo = combine(a.lo, b.lo, how),
          .hi = combine(a.hi, b.hi, how),
          .reason = a.reason.empty() ? b.reason : a.reason};
}

std::string why_out(const std::string& name, Status status, const std::string& reason) {
  if (status == Status::ok) return "";
  const char* what = status == Status::skipped  ? "was skipped"
                     : status == Status::failed ? "failed"
                                                : "printed wrong output";
  return fmt::format("'{}' {}{}", name, what, reason.empty() ? "" : ": " + reason);
}

/// The only one that succeeded: it is the best, measured or not.
const VariantResult* only_one(const Results& results) {
  const VariantResult* found = nullptr;
  for (const auto& row : results.variants) {
    if (row.status != Status::ok) continue;
    if (found) return nullptr;
    found = &row;
  }
  return found;
}

}  // namespace

Known unknown(std::string reason) {
  return {.reason = std::move(reason)};
}

Known exactly(double value) {
  return {.value = value, .lo = value, .hi = value};
}

Known known_within(std::optional<double> value, const measure::Interval& interval) {
  Known known{.value = value, .lo = interval.lo, .hi = interval.hi};
  if (value && known.lo) known.lo = std::min(*known.lo, *value);
  if (value && known.hi) known.hi = std::max(*known.hi, *value);
  return known;
}

Known weighted_sum(const std::vector<Weighted>& parts) {
  Known sum = exactly(0);
  for (const auto& [weight, known] : parts)
    sum = combine(sum, known, [w = weight](double a, double b) { return a + w * b; });
  return sum;
}

Known largest(const std::vector<Known>& parts) {
  Known most = exactly(0);
  for (const auto& known : parts)
    most = combine(most, known, [](double a, double b) { return std::max(a, b); });
  return most;
}

Known product(const Known& a, const Known& b) {
  return combine(a, b, std::multiplies<>());
}

Known quotient(const Known& a, const Known& b) {
  Known divisor = b;
  std::swap(divisor.lo, divisor.hi);
  for (auto* number : {&divisor.value, &divisor.lo, &divisor.hi})
    if (*number && **number <= 0) number->reset();
  return combine(a, divisor, std::divides<>());
}

const report::Benchmark* Evidence::benchmark(const std::string& workload) const {
  return find_by(results.benchmarks, &report::Benchmark::workload, workload);
}

namespace {

Party party_with(const auto& row, SeriesId id) {
  return {.name = row.name,
          .measured_as = row.name,
          .build = row.build ? &*row.build : nullptr,
          .status = row.status,
          .out = why_out(row.name, row.status, row.reason),
          .id = id,
          .timed = id,
          .built = id};
}

}  // namespace

Party party_of(const VariantResult& row, const report::Rows& rows) {
  const auto& original = rows.original(row);
  Party party = party_with(row, rows.id(row));
  party.variant = &row;
  party.measured_as = original.name;
  party.timed = rows.id(original);
  party.built = rows.id(rows.built_as(row));
  return party;
}

Party party_of(const report::ReferenceResult& row, const report::Rows& rows) {
  Party party = party_with(row, rows.id(row));
  party.reference = true;
  return party;
}

Party find_party(const Evidence& evidence, const std::string& name) {
  const auto& results = evidence.results;
  if (const auto* variant = results.variant(name)) return party_of(*variant, results);
  if (const auto* reference = results.reference(name)) return party_of(*reference, results);
  return {.name = name,
          .reference = true,
          .measured_as = name,
          .out = fmt::format("'{}' was not part of this run", name)};
}

const report::Samples* samples_of(const report::Benchmark& benchmark, const Party& party) {
  const auto* found =
      find_by(benchmark.results, party.reference ? &report::Samples::reference : &report::Samples::variant,
              party.measured_as);
  return found && !found->times.empty() ? found : nullptr;
}

const VariantResult* best_for(GoalMetric metric, const Results& results) {
  if (const auto* only = only_one(results)) return only;
  if (metric != GoalMetric::build && metric != GoalMetric::size)
    return recommended(results, results, results.precision);
  const auto& names = metric == GoalMetric::build ? results.best.build : results.best.size;
  const VariantResult* best = nullptr;
  const auto rank = [](const VariantResult& row) { return std::tuple(build_seconds(row), size_bytes(row)); };
  for (const auto& row : results.variants) {  // the earlier line comes first
    if (contains(names, row.name) && (!best || rank(row) < rank(*best))) best = &row;
  }
  return best;
}

}  // namespace pgo_orch::orchestrator
