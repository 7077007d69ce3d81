#include "orchestrator/judge/party.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "orchestrator/judge/decide.h"
#include "orchestrator/judge/recommend.h"

namespace pgo_orch::orchestrator {

using report::Results;
using report::Status;
using report::VariantResult;

namespace {

std::string why_out(const std::string& name, Status status, const std::string& reason) {
  if (status == Status::ok) return "";
  const char* what = status == Status::skipped  ? "was skipped"
                     : status == Status::failed ? "failed"
                                                : "has wrong output";
  return fmt::format("'{}' {}{}", name, what, reason.empty() ? "" : ": " + reason);
}

const VariantResult* variant_named(const Results& results, const std::string& name) {
  const auto found = std::ranges::find(results.variants, name, &VariantResult::name);
  return found == results.variants.end() ? nullptr : &*found;
}

/// The only one that is ok: it is the best, measured or not.
const VariantResult* only_one(const Results& results) {
  const VariantResult* found = nullptr;
  for (const auto& row : results.variants) {
    if (row.status != Status::ok) continue;
    if (found) return nullptr;
    found = &row;
  }
  return found;
}

Party reference_party(const Results& results, const std::string& name) {
  Party party{
      .name = name, .reference = true, .measured_as = name, .build = nullptr, .variant = nullptr, .out = ""};
  const auto found = std::ranges::find(results.references, name, &report::ReferenceResult::name);
  if (found == results.references.end()) {
    party.out = fmt::format("'{}' was not part of this run", name);
    return party;
  }
  party.out = why_out(name, found->status, found->reason);
  if (found->build) party.build = &*found->build;
  return party;
}

}  // namespace

const report::Benchmark* Evidence::benchmark(const std::string& workload) const {
  const auto found = std::ranges::find(results.benchmarks, workload, &report::Benchmark::workload);
  return found == results.benchmarks.end() ? nullptr : &*found;
}

Party find_party(const Evidence& evidence, const std::string& name) {
  const VariantResult* own = variant_named(evidence.results, name);
  if (!own) return reference_party(evidence.results, name);
  Party party{.name = name,
              .reference = false,
              .measured_as = name,
              .build = nullptr,
              .variant = own,
              .out = why_out(name, own->status, own->reason)};
  if (own->build) party.build = &*own->build;
  for (const auto* twin = own; twin && twin->identical_to;
       twin = variant_named(evidence.results, *twin->identical_to))
    party.measured_as = *twin->identical_to;
  return party;
}

const report::Samples* samples_of(const report::Benchmark& benchmark, const Party& party) {
  const auto found =
      std::ranges::find(benchmark.results, party.measured_as,
                        party.reference ? &report::Samples::reference : &report::Samples::variant);
  return found == benchmark.results.end() || found->times.empty() ? nullptr : &*found;
}

std::optional<std::string> best_for(GoalMetric metric, const Results& results) {
  if (const auto* only = only_one(results)) return only->name;
  if (metric != GoalMetric::build && metric != GoalMetric::size) return recommended(results);
  const auto& names = metric == GoalMetric::build ? results.best.build : results.best.size;
  const VariantResult* best = nullptr;
  const auto rank = [](const VariantResult& row) { return std::tuple(build_seconds(row), size_bytes(row)); };
  for (const auto& row : results.variants) {  // the earlier line comes first
    if (std::ranges::find(names, row.name) == names.end()) continue;
    if (!best || rank(row) < rank(*best)) best = &row;
  }
  return best ? std::optional(best->name) : std::nullopt;
}

}  // namespace pgo_orch::orchestrator
