#include "report/csv.h"

#include <fmt/format.h>

#include "report/lookup.h"
#include "report/summary.h"

namespace pgo_orch::report {

namespace {

/// The figures of one line.
struct CsvLine {
  const VariantResult& variant;  ///< or what is known of a reference, as one
  const std::string& workload;
  const Samples* samples;
  const Comparison* runtime;
  const Comparison* build;
  const Comparison* size;
  bool is_reference = false;

  std::optional<Summary> summary = samples ? summarize(samples->times) : std::nullopt;
};

std::string number(double value) {
  return fmt::format("{}", value);
}
std::string number(std::int64_t value) {
  return fmt::format("{}", value);
}
std::string number(Bytes value) {
  return fmt::format("{}", value.count);
}
std::string number(Seconds value) {
  return number(value.count());
}

template <class T>
std::string number(const std::optional<T>& value) {
  return value ? number(*value) : "";
}

std::string yes_no(bool value) {
  return value ? "true" : "false";
}

const Build& build_of(const CsvLine& line) {
  static const Build none;
  return line.variant.build ? *line.variant.build : none;
}

std::string verdict(const Comparison* comparison) {
  return comparison ? to_word(comparison->verdict) : "";
}

std::string pgo(const CsvLine& line, std::int64_t PgoResult::* field) {
  return line.variant.pgo ? number((*line.variant.pgo).*field) : "";
}

struct CsvColumn {
  const char* title;
  std::string (*text)(const CsvLine& line);
};

constexpr CsvColumn columns[] = {
    {"variant", [](const CsvLine& line) { return line.variant.name; }},
    {"workload", [](const CsvLine& line) { return line.workload; }},
    {"status", [](const CsvLine& line) -> std::string { return to_word(line.variant.status); }},
    {"reason", [](const CsvLine& line) { return line.variant.reason; }},
    {"identical_to", [](const CsvLine& line) { return line.variant.identical_to.value_or(""); }},
    {"portable", [](const CsvLine& line) { return yes_no(line.variant.portable); }},
    {"runs", [](const CsvLine& line) { return line.samples ? number(std::ssize(line.samples->times)) : ""; }},
    {"mean_s", [](const CsvLine& line) { return line.summary ? number(line.summary->mean) : ""; }},
    {"median_s", [](const CsvLine& line) { return line.summary ? number(line.summary->median) : ""; }},
    {"stddev_s", [](const CsvLine& line) { return line.summary ? number(line.summary->stddev) : ""; }},
    {"min_s", [](const CsvLine& line) { return line.summary ? number(line.summary->min) : ""; }},
    {"max_s", [](const CsvLine& line) { return line.summary ? number(line.summary->max) : ""; }},
    {"user_s",
     [](const CsvLine& line) { return line.samples ? number(mean(line.samples->user_times)) : ""; }},
    {"system_s",
     [](const CsvLine& line) { return line.samples ? number(mean(line.samples->system_times)) : ""; }},
    {"memory_bytes",
     [](const CsvLine& line) { return line.samples ? number(median(line.samples->memory)) : ""; }},
    {"verdict", [](const CsvLine& line) { return verdict(line.runtime); }},
    {"effect_pct", [](const CsvLine& line) { return line.runtime ? number(line.runtime->effect) : ""; }},
    {"lo_pct", [](const CsvLine& line) { return line.runtime ? number(line.runtime->lo) : ""; }},
    {"hi_pct", [](const CsvLine& line) { return line.runtime ? number(line.runtime->hi) : ""; }},
    {"confidence", [](const CsvLine& line) { return line.runtime ? number(line.runtime->confidence) : ""; }},
    {"basis",
     [](const CsvLine& line) -> std::string {
       return line.runtime && line.runtime->basis ? to_word(*line.runtime->basis) : "";
     }},
    {"dominated", [](const CsvLine& line) { return line.runtime ? yes_no(line.runtime->dominated) : ""; }},
    {"flags",
     [](const CsvLine& line) {
       std::vector<std::string> words;
       if (line.runtime)
         for (const Flag flag : line.runtime->flags) words.emplace_back(to_word(flag));
       return fmt::format("{}", fmt::join(words, " "));
     }},
    {"build_s", [](const CsvLine& line) { return number(build_of(line).wall); }},
    {"build_user_s", [](const CsvLine& line) { return number(build_of(line).user); }},
    {"build_system_s", [](const CsvLine& line) { return number(build_of(line).system); }},
    {"build_peak_rss_bytes", [](const CsvLine& line) { return number(build_of(line).peak_rss); }},
    {"build_verdict", [](const CsvLine& line) { return verdict(line.build); }},
    {"build_effect_pct", [](const CsvLine& line) { return line.build ? number(line.build->effect) : ""; }},
    {"size_bytes", [](const CsvLine& line) { return number(total_size(line.variant)); }},
    {"size_verdict", [](const CsvLine& line) { return verdict(line.size); }},
    {"size_effect_pct", [](const CsvLine& line) { return line.size ? number(line.size->effect) : ""; }},
    {"functions_in_profile", [](const CsvLine& line) { return pgo(line, &PgoResult::functions_in_profile); }},
    {"functions_matched", [](const CsvLine& line) { return pgo(line, &PgoResult::functions_matched); }},
    {"functions_missing", [](const CsvLine& line) { return pgo(line, &PgoResult::functions_missing); }},
    {"coverage",
     [](const CsvLine& line) { return line.variant.pgo ? number(line.variant.pgo->coverage) : ""; }},
    {"reference", [](const CsvLine& line) { return yes_no(line.is_reference); }},
};

std::string csv_field(const std::string& field) {
  if (field.find_first_of("\",\r\n") == std::string::npos) return field;
  std::string text = "\"";
  for (const char c : field) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

std::string render(const auto& text_of) {
  std::string text;
  for (const CsvColumn& column : columns) text += (text.empty() ? "" : ",") + csv_field(text_of(column));
  return text + "\r\n";
}

}  // namespace

namespace {

std::string reference_line(const ReferenceResult& reference, const std::string& workload,
                           const Samples* samples) {
  VariantResult as_variant;
  as_variant.name = reference.name;
  as_variant.status = reference.status;
  as_variant.reason = reference.reason;
  if (reference.build) as_variant.build.emplace(*reference.build);
  const CsvLine line{.variant = as_variant,
                     .workload = workload,
                     .samples = samples,
                     .runtime = nullptr,
                     .build = nullptr,
                     .size = nullptr,
                     .is_reference = true};
  return render([&](const CsvColumn& column) { return column.text(line); });
}

}  // namespace

std::string to_csv(const Results& results) {
  const Lookup lookup(results);
  std::vector<std::string> workloads;
  for (const Benchmark& benchmark : results.benchmarks) workloads.push_back(benchmark.workload);
  if (workloads.empty()) workloads.emplace_back();

  std::string text = render([](const CsvColumn& column) -> std::string { return column.title; });
  for (const VariantResult& variant : results.variants)
    for (const std::string& workload : workloads) {
      const CsvLine line{.variant = variant,
                         .workload = workload,
                         .samples = lookup.samples(workload, variant.name),
                         .runtime = lookup.comparison(Metric::runtime, workload, variant.name),
                         .build = lookup.comparison(Metric::build, std::nullopt, variant.name),
                         .size = lookup.comparison(Metric::size, std::nullopt, variant.name)};
      text += render([&](const CsvColumn& column) { return column.text(line); });
    }
  for (const ReferenceResult& reference : results.references)
    for (const std::string& workload : workloads)
      text += reference_line(reference, workload, lookup.reference(workload, reference.name));
  return text;
}

}  // namespace pgo_orch::report
