#pragma once
// What Results holds as lists, found by name, and descriptive figures of raw times. These are derived
// when something is written, never stored, so that they cannot contradict the times. Verdicts are not
// made from them.

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>

#include "report/results.h"

namespace pgo_orch::report {

/// Refers to what it was made of, which must outlive it.
class Lookup {
 public:
  explicit Lookup(const Results& results);
  Lookup(const Rows& rows, const Verdicts& verdicts);

  /// Against the baseline; null: there is none. Without a workload: of all together.
  const Comparison* comparison(Metric metric, const std::optional<std::string>& workload,
                               const std::string& variant) const;
  /// Of run time; of CPU time where that decides what run time leaves open.
  const Comparison* deciding(const std::optional<std::string>& workload, const std::string& variant) const;
  /// Of a variant or a reference, which have different names; null: it was not timed there.
  const Samples* samples(const std::string& workload, const std::string& name) const;

 private:
  std::map<std::tuple<Metric, std::optional<std::string>, std::string>, const Comparison*> comparisons_;
  std::map<std::pair<std::string, std::string>, const Samples*> samples_;
};

/// A mean of whole nanoseconds is seldom whole itself.
using Seconds = std::chrono::duration<double>;

struct Summary {
  Seconds mean{};
  Seconds median{};  ///< of an even number: the mean of the middle two
  Seconds min{};
  Seconds max{};
  std::optional<Seconds> stddev;  ///< of the sample (n - 1), as hyperfine's; none for a single run
};

/// No value for no times.
std::optional<Summary> summarize(std::span<const Nanoseconds> times);

/// No value for no times.
std::optional<Seconds> mean(std::span<const Nanoseconds> times);

/// Of user and system time together; no value for none.
std::optional<Seconds> median_cpu_time(const Samples& samples);

/// No value for none. Of an even number the lower of the middle two, so that it is one that was seen.
std::optional<Bytes> median(std::span<const Bytes> sizes);

/// Of all its programs together; no value: it has none.
std::optional<Bytes> total_size(const VariantResult& variant);

}  // namespace pgo_orch::report
