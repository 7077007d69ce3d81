// results.json: the schema, and that nothing is lost on the way there and back.

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "report/results_json.h"
#include "report_golden.h"
#include "report_sample.h"
#include "toolchains/error.h"

using namespace pgo_orch::report;

namespace {

std::string error_of(std::string_view text) {
  try {
    parse_results(text);
  } catch (const pgo_orch::Error& error) {
    return error.what();
  }
  return "no error";
}

std::string results_with(const std::string& field) {
  return R"({"schema": "pgo-orch/results/1", )" + field + "}";
}

}  // namespace

TEST_CASE("JSON that is nested deeper than any results is refused") {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  for (const std::string& text :
       {deep, "{\"variants\": " + deep + "}", "{\"x\": {\"settings\": {\"a\": " + deep + "}}}"})
    CHECK_THROWS_WITH(parse_results(text, "results.json"), doctest::Contains("it is nested too deep"));
}

TEST_CASE("results.json follows the schema") {
  check_golden("results.json", to_json_text(sample_results()));
}

TEST_CASE("what is read back equals what was written") {
  const Results results = sample_results();
  CHECK(parse_results(to_json_text(results)) == results);
  CHECK(parse_results(to_json_text(Results())) == Results());
}

TEST_CASE("parts are single lines, and are read back") {
  const Results results = sample_results();
  for (const VariantResult& variant : results.variants) {
    const std::string line = to_json_line(variant);
    CHECK(line.find('\n') == std::string::npos);
    CHECK(from_json_line<VariantResult>(line) == variant);
  }
}

TEST_CASE("each nanosecond survives, up to 104 days") {
  Samples samples;
  for (const long long count :
       {0LL, 1LL, 999'999'999LL, 1'000'000'001LL, 86'399'999'999'999LL, 8'985'600'123'456'789LL})
    samples.times.emplace_back(count);
  Results results;
  results.benchmarks.emplace_back().results = {samples};
  CHECK(parse_results(to_json_text(results)) == results);
}

TEST_CASE("figures that are not finite become null") {
  Comparison comparison;
  comparison.effect = std::numeric_limits<double>::quiet_NaN();
  comparison.lo = -std::numeric_limits<double>::infinity();
  Results results;
  results.comparisons = {comparison};
  const Comparison read = parse_results(to_json_text(results)).comparisons.front();
  CHECK_FALSE(read.effect.has_value());
  CHECK_FALSE(read.lo.has_value());
}

TEST_CASE("text that is not UTF-8 is written with replacement characters") {
  VariantResult variant;
  variant.reason = "bad \xff byte";
  CHECK(from_json_line<VariantResult>(to_json_line(variant)).reason == "bad \ufffd byte");
}

TEST_CASE("settings are JSON values, and plain text where they are none") {
  VariantResult variant;
  variant.settings = {{"opt-level", "3"}, {"lto", "\"fat\""}, {"note", "as it is"}};
  const auto json = nlohmann::ordered_json::parse(to_json_line(variant));
  CHECK(json["settings"].dump() == R"({"opt-level":3,"lto":"fat","note":"as it is"})");
}

TEST_CASE("unknown fields are ignored, missing ones keep their default") {
  const Results results = parse_results(results_with(R"("new": {"a": [1]}, "baseline": "b")"));
  CHECK(results.baseline == "b");
  CHECK(results.confidence == 0.95);
}

TEST_CASE("what is not a results file is refused, saying why") {
  CHECK(error_of("") == "results.json: not JSON: the file is empty");
  CHECK(error_of("{\n \"schema\": nope}") == "results.json: not JSON: unexpected text at line 2, column 13");
  CHECK(error_of(R"({"schema": "pgo-)") == "results.json: not JSON: it ends in the middle; was it cut off?");
  CHECK(error_of(R"({"schema": 1e999})") == "results.json: a number is too big to be read");
  CHECK(error_of("[]") == "results.json: not a results file of pgo-orch: 'schema' is missing");
  CHECK(error_of(R"({"results": []})") ==
        "results.json: not a results file of pgo-orch: 'schema' is missing");
  CHECK(error_of(R"({"schema": "pgo-orch/results/2"})") ==
        "results.json: schema 'pgo-orch/results/2' is not supported; this version of pgo-orch reads "
        "'pgo-orch/results/1'");
  CHECK(error_of(R"({"schema": "pgo-orch/results/2", "tool": {"version": "0.9.0"}})")
            .ends_with("reads 'pgo-orch/results/1', and pgo-orch 0.9.0 wrote it: use that"));
  CHECK(error_of(results_with(R"("variants": [3])")) == "results.json: expected an object (found: number)");
  CHECK(error_of(results_with(R"("variants": [{"name": 5}])")) ==
        "results.json: 'name' has the wrong type: number");
  CHECK(error_of(results_with(R"("variants": [{"status": "odd"}])")) ==
        "results.json: 'odd' is not known to this version of pgo-orch");
  CHECK(error_of(results_with(R"("benchmarks": [{"results": [{"times": [1e300]}]}])")) ==
        "results.json: a time is out of range");
}
