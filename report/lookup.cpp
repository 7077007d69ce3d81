#include "report/lookup.h"

namespace pgo_orch::report {

Lookup::Lookup(const Results& results) {
  for (const Comparison& comparison : results.comparisons)
    if (comparison.to == results.baseline)
      comparisons_[{comparison.metric, comparison.workload, comparison.variant}] = &comparison;
  for (const Benchmark& benchmark : results.benchmarks)
    for (const Samples& samples : benchmark.results)
      samples_[{benchmark.workload, owner_of(samples)}] = &samples;
}

const Comparison* Lookup::comparison(Metric metric, const std::optional<std::string>& workload,
                                     const std::string& variant) const {
  const auto found = comparisons_.find({metric, workload, variant});
  return found == comparisons_.end() ? nullptr : found->second;
}

const Samples* Lookup::samples(const std::string& workload, const std::string& name) const {
  const auto found = samples_.find({workload, name});
  return found == samples_.end() ? nullptr : found->second;
}

std::optional<Bytes> total_size(const VariantResult& variant) {
  if (variant.artifacts.empty()) return std::nullopt;
  Bytes total;
  for (const Artifact& artifact : variant.artifacts) total.count += artifact.size.count;
  return total;
}

}  // namespace pgo_orch::report
