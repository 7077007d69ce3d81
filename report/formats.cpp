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

/// A quantity of hyperfine 2.
Json quantity(double value, const char* unit) {
  return {{"value", value}, {"unit", unit}};
}

/// Its statistics over all runs.
Json summary_2(const std::vector<Nanoseconds>& times) {
  const Summary summary = *summarize(times);
  return {{"unit", "second"},         {"count", times.size()},    {"mean", summary.mean},
          {"stddev", summary.stddev}, {"median", summary.median}, {"min", summary.min},
          {"max", summary.max}};
}

/// The times of all runs by hyperfine 2's names for them; those that there are.
std::vector<std::pair<const char*, std::vector<Nanoseconds>>> times_2(const Samples& samples) {
  std::vector<std::pair<const char*, std::vector<Nanoseconds>>> all{{"time_wall_clock", samples.times}};
  const auto size = samples.times.size();
  if (samples.user_times.size() != size || samples.system_times.size() != size) return all;
  std::vector<Nanoseconds> cpu;
  for (std::size_t i = 0; i < size; ++i) cpu.push_back(samples.user_times[i] + samples.system_times[i]);
  all.emplace_back("time_cpu", cpu);
  all.emplace_back("time_user", samples.user_times);
  all.emplace_back("time_system", samples.system_times);
  return all;
}

Json result_2(const Samples& samples, const std::string& label, const std::string& workload) {
  const auto lists = times_2(samples);
  Json runs = Json::array(), summary;
  for (std::size_t i = 0; i < samples.times.size(); ++i) {
    Json run;
    for (const auto& [name, times] : lists) run[name] = quantity(seconds(times[i]), "second");
    if (!samples.memory.empty())
      run["memory_peak_resident"] = quantity(static_cast<double>(samples.memory[i].count), "byte");
    run["exit_code"] = i < samples.exit_codes.size() ? Json(samples.exit_codes[i]) : Json();
    runs.push_back(run);
  }
  for (const auto& [name, times] : lists) summary[name] = summary_2(times);
  Json parameters;
  parameters[samples.reference.empty() ? "variant" : "reference"]["value"] = owner_of(samples);
  parameters["workload"]["value"] = workload;
  return {{"command", samples.command},
          {"name", label},
          {"measurements", runs},
          {"parameters", parameters},
          {"summary", summary}};
}

/// What `render_one` makes of each program that was timed in each workload.
Json timed_results(const Results& results, const auto& render_one) {
  Json list = Json::array();
  const bool several = results.benchmarks.size() > 1;
  for (const Benchmark& benchmark : results.benchmarks)
    for (const Samples& samples : benchmark.results) {
      if (samples.times.empty()) continue;
      const std::string& name = owner_of(samples);
      list.push_back(render_one(samples, several ? fmt::format("{} ({})", name, benchmark.workload) : name,
                                benchmark.workload));
    }
  return list;
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string to_hyperfine(const Results& results) {
  Json json;
  json["results"] = timed_results(results, result);
  return dumped(json);
}

std::string to_hyperfine_2(const Results& results) {
  Json json;
  json["schema_version"] = 2;
  json["metadata"] = {{"generator", fmt::format("pgo-orch {}", results.tool_version)},
                      {"start_time", results.run.started},
                      {"platform", {{"os", "Linux"}}}};
  json["primary_metric"] = "time_wall_clock";
  json["results"] = timed_results(results, result_2);
  return dumped(json);
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
      {"export-hyperfine-2", "the same as hyperfine 2 has it (schema 2)", "hyperfine-2.json", InRun::never,
       from_results<to_hyperfine_2>},
      {"junit", "write variants and goals as tests in JUnit's XML", "junit.xml", InRun::never,
       from_results<to_junit>},
      {"trace", "write when what was built and timed, for ui.perfetto.dev", "trace.json", InRun::never,
       from_results<to_trace>},
  };
  return table;
}

}  // namespace pgo_orch::report
