#include "report/hyperfine.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/summary.h"

namespace pgo_orch::report {

namespace {

const std::string& name_of(const Samples& samples) {
  return samples.reference.empty() ? samples.variant : samples.reference;
}

using Json = nlohmann::ordered_json;

Json seconds_list(const std::vector<Nanoseconds>& times) {
  Json list = Json::array();
  for (const Nanoseconds time : times) list.push_back(seconds(time));
  return list;
}

Json bytes_list(const std::vector<Bytes>& sizes) {
  Json list = Json::array();
  for (const Bytes size : sizes) list.push_back(size.count);
  return list;
}

Json exit_codes(const std::vector<std::optional<int>>& codes) {
  Json list = Json::array();
  for (const auto& code : codes) list.push_back(code ? Json(*code) : Json());
  return list;
}

/// Of samples with at least one time.
Json result(const Samples& samples, const std::string& label, const std::string& workload) {
  const Summary summary = *summarize(samples.times);
  Json json;
  json["command"] = label;
  json["mean"] = summary.mean.count();
  json["stddev"] = summary.stddev ? Json(summary.stddev->count()) : Json();
  json["median"] = summary.median.count();
  json["user"] = mean(samples.user_times).value_or(Seconds()).count();
  json["system"] = mean(samples.system_times).value_or(Seconds()).count();
  json["min"] = summary.min.count();
  json["max"] = summary.max.count();
  json["times"] = seconds_list(samples.times);
  if (!samples.memory.empty()) json["memory_usage_byte"] = bytes_list(samples.memory);
  json["exit_codes"] = exit_codes(samples.exit_codes);
  json["parameters"] = {{samples.reference.empty() ? "variant" : "reference", name_of(samples)},
                        {"workload", workload}};
  return json;
}

}  // namespace

std::string to_hyperfine(const Results& results) {
  Json list = Json::array();
  const bool several = results.benchmarks.size() > 1;
  for (const Benchmark& benchmark : results.benchmarks)
    for (const Samples& samples : benchmark.results) {
      if (samples.times.empty()) continue;
      const std::string label =
          several ? fmt::format("{} ({})", name_of(samples), benchmark.workload) : name_of(samples);
      list.push_back(result(samples, label, benchmark.workload));
    }
  Json json;
  json["results"] = std::move(list);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pgo_orch::report
