#include "report/lookup.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pgo_orch::report {

namespace {

Seconds median_of_sorted(const std::vector<Nanoseconds>& sorted) {
  const std::size_t middle = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return sorted[middle];
  return (Seconds(sorted[middle - 1]) + Seconds(sorted[middle])) / 2;
}

Seconds standard_deviation(std::span<const Nanoseconds> times, Seconds mean) {
  double squares = 0;
  for (const Seconds time : times) squares += (time - mean).count() * (time - mean).count();
  return Seconds(std::sqrt(squares / static_cast<double>(times.size() - 1)));
}

}  // namespace

const VariantResult* Rows::variant(const std::string& name) const {
  const auto found = std::ranges::find(variants, name, &VariantResult::name);
  return found == variants.end() ? nullptr : &*found;
}

const ReferenceResult* Rows::reference(const std::string& name) const {
  const auto found = std::ranges::find(references, name, &ReferenceResult::name);
  return found == references.end() ? nullptr : &*found;
}

const VariantResult& Rows::original(const VariantResult& row) const {
  const auto* twin = row.identical_to ? variant(*row.identical_to) : nullptr;
  return twin ? original(*twin) : row;
}

const VariantResult& Rows::built_as(const VariantResult& row) const {
  return row.built_once ? *variant(*row.identical_to) : row;
}

std::optional<Seconds> mean(std::span<const Nanoseconds> times) {
  if (times.empty()) return std::nullopt;
  return Seconds(std::accumulate(times.begin(), times.end(), Nanoseconds{})) /
         static_cast<double>(times.size());
}

std::optional<Summary> summarize(std::span<const Nanoseconds> times) {
  if (times.empty()) return std::nullopt;
  std::vector<Nanoseconds> sorted(times.begin(), times.end());
  std::ranges::sort(sorted);
  Summary summary{.mean = *mean(times),
                  .median = median_of_sorted(sorted),
                  .min = sorted.front(),
                  .max = sorted.back(),
                  .stddev = {}};
  if (times.size() > 1) summary.stddev = standard_deviation(times, summary.mean);
  return summary;
}

std::optional<Seconds> median_cpu_time(const Samples& samples) {
  if (samples.user_times.empty() || samples.user_times.size() != samples.system_times.size())
    return std::nullopt;
  std::vector<Nanoseconds> times;
  for (std::size_t i = 0; i < samples.user_times.size(); ++i)
    times.push_back(samples.user_times[i] + samples.system_times[i]);
  return summarize(times)->median;
}

std::optional<Bytes> median(std::span<const Bytes> sizes) {
  if (sizes.empty()) return std::nullopt;
  std::vector<Bytes> sorted(sizes.begin(), sizes.end());
  std::ranges::sort(sorted);
  return sorted[(sorted.size() - 1) / 2];
}

Lookup::Lookup(const Rows& rows, const Verdicts& verdicts) {
  for (const Comparison& comparison : verdicts.comparisons)
    if (comparison.to == rows.baseline)
      comparisons_[{comparison.metric, comparison.workload, comparison.variant}] = &comparison;
}

Lookup::Lookup(const Results& results) : Lookup(results, results) {
  for (const Benchmark& benchmark : results.benchmarks)
    for (const Samples& samples : benchmark.results)
      samples_[{benchmark.workload, owner_of(samples)}] = &samples;
}

const Comparison* Lookup::comparison(Metric metric, const std::optional<std::string>& workload,
                                     const std::string& variant) const {
  const auto found = comparisons_.find({metric, workload, variant});
  return found == comparisons_.end() ? nullptr : found->second;
}

const Comparison* Lookup::deciding(const std::optional<std::string>& workload,
                                   const std::string& variant) const {
  const Comparison* runtime = comparison(Metric::runtime, workload, variant);
  if (!runtime || runtime->verdict != Verdict::unresolved) return runtime;
  const Comparison* cpu = comparison(Metric::cpu, workload, variant);
  return cpu && cpu->verdict != Verdict::unresolved && cpu->effect ? cpu : runtime;
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
