#pragma once
// What Results holds as lists, found by name.

#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "report/results.h"

namespace pgo_orch::report {

/// Refers to the Results it was made of, which must outlive it.
class Lookup {
 public:
  explicit Lookup(const Results& results);

  /// Against the baseline; null: there is none. Without a workload: of all together.
  const Comparison* comparison(Metric metric, const std::optional<std::string>& workload,
                               const std::string& variant) const;
  /// Of a variant or a reference, which have different names; null: it was not timed there.
  const Samples* samples(const std::string& workload, const std::string& name) const;

 private:
  std::map<std::tuple<Metric, std::optional<std::string>, std::string>, const Comparison*> comparisons_;
  std::map<std::pair<std::string, std::string>, const Samples*> samples_;
};

/// Of all its programs together; no value: it has none.
std::optional<Bytes> total_size(const VariantResult& variant);

}  // namespace pgo_orch::report
