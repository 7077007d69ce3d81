#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "report/formats.h"
#include "report/lookup.h"
#include "report/text.h"

namespace pgo_orch::report {

namespace {

/// As text: without escape sequences, and no formula where a spreadsheet would take it for one.
std::string field(const std::string& text) {
  const auto shown = printable(text);
  const bool formula = !shown.empty() && std::string_view("=+-@").find(shown[0]) != std::string_view::npos;
  return (formula ? "'" : "") + shown;
}
template <class Number>
  requires std::is_arithmetic_v<Number>
std::string field(Number value) {
  return fmt::format("{}", value);
}
std::string field(Bytes value) {
  return fmt::format("{}", value.count);
}
std::string field(Seconds value) {
  return field(value.count());
}
std::string field(measure::Worded auto value) {
  return to_word(value);
}
std::string field(const std::vector<Flag>& flags) {
  std::vector<std::string> words(flags.size());
  std::ranges::transform(flags, words.begin(), [](Flag flag) { return to_word(flag); });
  return fmt::format("{}", fmt::join(words, " "));
}
template <class T>
std::string field(const std::optional<T>& value) {
  return value ? field(*value) : "";
}

/// `owner`: a pointer or an optional; empty if it has no value.
std::string field(const auto& owner, auto member) {
  return owner ? field((*owner).*member) : "";
}

using CsvLine = std::vector<std::pair<const char*, std::string>>;

/// The subject of a line: a variant, or a reference in its place.
struct Subject {
  const VariantResult& variant;
  const std::string& workload;
  const Lookup& lookup;
  bool is_reference = false;
};

CsvLine line_of(const Subject& subject) {
  const auto& [variant, workload, lookup, is_reference] = subject;
  const Samples* samples = lookup.samples(workload, variant.name);
  const auto compared = [&](Metric metric, const std::optional<std::string>& in) {
    return is_reference ? nullptr : lookup.comparison(metric, in, variant.name);
  };
  const auto* runtime = compared(Metric::runtime, workload);
  const auto* build = compared(Metric::build, std::nullopt);
  const auto* size = compared(Metric::size, std::nullopt);
  const auto summary = samples ? summarize(samples->times) : std::nullopt;
  return {
      {"variant", field(variant.name)},
      {"workload", field(workload)},
      {"status", field(variant.status)},
      {"reason", field(variant.reason)},
      {"identical_to", field(variant.identical_to)},
      {"portable", field(variant.portable)},
      {"runs", samples ? field(std::ssize(samples->times)) : ""},
      {"mean_s", field(summary, &Summary::mean)},
      {"median_s", field(summary, &Summary::median)},
      {"stddev_s", field(summary, &Summary::stddev)},
      {"min_s", field(summary, &Summary::min)},
      {"max_s", field(summary, &Summary::max)},
      {"user_s", samples ? field(mean(samples->user_times)) : ""},
      {"system_s", samples ? field(mean(samples->system_times)) : ""},
      {"memory_bytes", samples ? field(median(samples->memory)) : ""},
      {"verdict", field(runtime, &Comparison::verdict)},
      {"effect_pct", field(runtime, &Comparison::effect)},
      {"lo_pct", field(runtime, &Comparison::lo)},
      {"hi_pct", field(runtime, &Comparison::hi)},
      {"confidence", field(runtime, &Comparison::confidence)},
      {"basis", field(runtime, &Comparison::basis)},
      {"dominated", field(runtime, &Comparison::dominated)},
      {"flags", field(runtime, &Comparison::flags)},
      {"build_s", field(variant.build, &Build::wall)},
      {"build_user_s", field(variant.build, &Build::user)},
      {"build_system_s", field(variant.build, &Build::system)},
      {"build_peak_rss_bytes", field(variant.build, &Build::peak_rss)},
      {"build_verdict", field(build, &Comparison::verdict)},
      {"build_effect_pct", field(build, &Comparison::effect)},
      {"size_bytes", field(total_size(variant))},
      {"size_verdict", field(size, &Comparison::verdict)},
      {"size_effect_pct", field(size, &Comparison::effect)},
      {"functions_in_profile", field(variant.pgo, &PgoResult::functions_in_profile)},
      {"functions_matched", field(variant.pgo, &PgoResult::functions_matched)},
      {"functions_missing", field(variant.pgo, &PgoResult::functions_missing)},
      {"coverage", field(variant.pgo, &PgoResult::coverage)},
      {"reference", field(is_reference)},
  };
}

std::string quoted_field(const std::string& field) {
  if (field.find_first_of("\",\r\n") == std::string::npos) return field;
  std::string text = "\"";
  for (const char c : field) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

/// The titles of the columns, or the values.
std::string render(const CsvLine& line, bool titles) {
  std::string text;
  for (const auto& [title, value] : line)
    text += (text.empty() ? "" : ",") + quoted_field(titles ? title : value);
  return text + "\r\n";
}

VariantResult as_variant(const ReferenceResult& reference) {
  VariantResult variant;
  variant.name = reference.name;
  variant.status = reference.status;
  variant.reason = reference.reason;
  variant.build = reference.build;
  return variant;
}

/// Those where it was timed; if it was nowhere, a line without a workload says why.
std::vector<std::string> workloads_of(const ReferenceResult& reference,
                                      const std::vector<std::string>& workloads, const Lookup& lookup) {
  std::vector<std::string> timed;
  std::ranges::copy_if(workloads, std::back_inserter(timed), [&](const std::string& workload) {
    return lookup.samples(workload, reference.name) != nullptr;
  });
  return timed.empty() ? std::vector<std::string>{""} : timed;
}

}  // namespace

std::string to_csv(const Results& results) {
  const Lookup lookup(results);
  std::vector<std::string> workloads;
  for (const Benchmark& benchmark : results.benchmarks) workloads.push_back(benchmark.workload);
  if (workloads.empty()) workloads.emplace_back();

  std::string text = render(line_of({VariantResult(), workloads.front(), lookup}), true);
  for (const VariantResult& variant : results.variants)
    for (const std::string& workload : workloads) text += render(line_of({variant, workload, lookup}), false);
  for (const ReferenceResult& reference : results.references)
    for (const std::string& workload : workloads_of(reference, workloads, lookup))
      text += render(line_of({as_variant(reference), workload, lookup, true}), false);
  return text;
}

}  // namespace pgo_orch::report
