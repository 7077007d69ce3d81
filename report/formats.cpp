#include "report/formats.h"

#include <fmt/format.h>

#include "report/json_values.h"
#include "report/results_json.h"

namespace pgo_orch::report {

namespace {

/// Of samples with at least one time.
Json result(const Samples& samples, const std::string& label, const std::string& workload) {
  const Summary summary = *summarize(samples.times);
  Json json;
  json["command"] = label;
  json["mean"] = summary.mean;
  json["stddev"] = summary.stddev;
  json["median"] = summary.median;
  json["user"] = mean(samples.user_times).value_or(Seconds());
  json["system"] = mean(samples.system_times).value_or(Seconds());
  json["min"] = summary.min;
  json["max"] = summary.max;
  json["times"] = samples.times;
  if (!samples.memory.empty()) json["memory_usage_byte"] = samples.memory;
  json["exit_codes"] = samples.exit_codes;
  json["parameters"] = {{samples.reference.empty() ? "variant" : "reference", owner_of(samples)},
                        {"workload", workload}};
  return json;
}

/// Of a format that is made from results.json alone.
template <std::string (*render)(const Results&)>
std::string from_results(const Results& results, const FoldedStacks&) {
  return render(results);
}

}  // namespace

std::string to_hyperfine(const Results& results) {
  Json list = Json::array();
  const bool several = results.benchmarks.size() > 1;
  for (const Benchmark& benchmark : results.benchmarks)
    for (const Samples& samples : benchmark.results) {
      if (samples.times.empty()) continue;
      const std::string& name = owner_of(samples);
      list.push_back(result(samples, several ? fmt::format("{} ({})", name, benchmark.workload) : name,
                            benchmark.workload));
    }
  return Json{{"results", list}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::span<const Format> formats() {
  static constexpr Format table[] = {
      {"json", "write the results as JSON; - is standard output", "results.json", InRun::always,
       from_results<to_json_text>},
      {"html", "write the report as one HTML page", "report.html", InRun::unless_quick, to_html},
      {"markdown", "write the report as GitHub Markdown", "report.md", InRun::unless_quick,
       from_results<to_markdown>},
      {"csv", "write all figures as CSV", "results.csv", InRun::never, from_results<to_csv>},
      {"export-hyperfine", "write the times in hyperfine's JSON format", "hyperfine.json", InRun::never,
       from_results<to_hyperfine>},
  };
  return table;
}

}  // namespace pgo_orch::report
