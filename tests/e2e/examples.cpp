// Each example, as it stands in the repository, but for the time it may measure.

#include <algorithm>

#include "lab.h"

using namespace e2e;

namespace {

using Fields = std::vector<std::pair<const char*, Json::value_t>>;

constexpr auto text = Json::value_t::string;
constexpr auto list = Json::value_t::array;
constexpr auto object = Json::value_t::object;
constexpr auto flag = Json::value_t::boolean;
constexpr auto real = Json::value_t::number_float;
constexpr auto number = Json::value_t::number_unsigned;  // any number

bool is_a(const Json& value, Json::value_t type) {
  return type == number ? value.is_number() : value.type() == type;
}

void check_fields(const std::string& where, const Json& json, const Fields& fields) {
  for (const auto& [name, type] : fields) {
    CAPTURE(where);
    CAPTURE(name);
    REQUIRE(json.contains(name));
    CHECK(is_a(json.at(name), type));
  }
}

void check_variant(const Json& variant) {
  const auto name = variant.at("name").get<std::string>();
  check_fields(name, variant,
               {{"status", text},
                {"reason", text},
                {"settings", object},
                {"portable", flag},
                {"target", text},
                {"toolchain", text},
                {"rustflags", list},
                {"flag_origins", list},
                {"command", list},
                {"build", object},
                {"artifacts", list}});
  for (const char* optional : {"identical_to", "failure", "condition", "pgo", "bolt"})
    CHECK(variant.contains(optional));
  CHECK(variant.at("rustflags").size() == variant.at("flag_origins").size());
  check_fields(name + " build", variant.at("build"),
               {{"wall_s", real},
                {"user_s", real},
                {"system_s", real},
                {"peak_rss_bytes", number},
                {"measured_at", text},
                {"shared", flag},
                {"runs", list},
                {"scenarios", object},
                {"phases", list},
                {"stages", list}});
  for (const auto& stage : variant.at("build").at("stages"))
    check_fields(name + " stage", stage, {{"name", text}, {"wall_s", real}});
  for (const auto& artifact : variant.at("artifacts")) {
    check_fields(name + " artifact", artifact,
                 {{"program", text},
                  {"path", text},
                  {"size_bytes", number},
                  {"text_bytes", number},
                  {"sha256", text},
                  {"code_sha256", text}});
  }
  if (variant.at("pgo").is_null()) return;
  check_fields(name + " pgo", variant.at("pgo"),
               {{"profdata", text},
                {"sha256", text},
                {"workloads", list},
                {"functions_in_profile", number},
                {"functions_matched", number},
                {"functions_missing", number},
                {"coverage", number},
                {"basis", text}});
  for (const auto& workload : variant.at("pgo").at("workloads"))
    check_fields(name + " training", workload,
                 {{"name", text}, {"raw_files", number}, {"raw_bytes", number}});
}

void check_benchmark(const Json& benchmark) {
  check_fields("benchmark", benchmark, {{"workload", text}, {"results", list}, {"rounds", number}});
  CHECK(benchmark.contains("noise_floor_pct"));
  for (const auto& samples : benchmark.at("results")) {
    check_fields("samples", samples,
                 {{"variant", text},
                  {"command", text},
                  {"mean", real},
                  {"median", real},
                  {"min", real},
                  {"max", real},
                  {"user", real},
                  {"system", real},
                  {"times", list},
                  {"rounds", list},
                  {"censored", list},
                  {"memory_usage_byte", list},
                  {"exit_codes", list},
                  {"parameters", object}});
    CHECK(samples.contains("stddev"));
    for (const char* each : {"rounds", "memory_usage_byte", "exit_codes"})
      CHECK(samples.at(each).size() == samples.at("times").size());
    CHECK(samples.at("times").size() > 0);
  }
}

void check_comparison(const Json& comparison) {
  check_fields("comparison", comparison,
               {{"metric", text},
                {"variant", text},
                {"to", text},
                {"verdict", text},
                {"confidence", number},
                {"rounds", number},
                {"basis", text},
                {"dominated", flag},
                {"flags", list}});
  for (const char* optional : {"workload", "effect_pct", "lo_pct", "hi_pct", "rounds_needed"})
    CHECK(comparison.contains(optional));
  const std::vector<std::string> verdicts{"faster",  "slower", "equivalent",   "unresolved", "identical",
                                          "smaller", "larger", "wrong-output", "failed",     "skipped"};
  CHECK(std::ranges::find(verdicts, comparison.at("verdict").get<std::string>()) != verdicts.end());
}

/// The fields that other programs rely on.
void check_schema(const Json& results) {
  CHECK(results.at("schema") == "pgo-orch/results/1");
  check_fields("top", results,
               {{"tool", object},
                {"run", object},
                {"host", object},
                {"tools", object},
                {"project", object},
                {"baseline", text},
                {"confidence", real},
                {"variants", list},
                {"references", list},
                {"benchmarks", list},
                {"comparisons", list},
                {"phases", object},
                {"amdahl", list},
                {"goals", list},
                {"decisions", list},
                {"best", object},
                {"recommendation", text}});
  check_fields("tool", results.at("tool"), {{"version", text}});
  check_fields("run", results.at("run"),
               {{"id", text}, {"started", text}, {"finished", text}, {"interrupted", flag}});
  check_fields(
      "host", results.at("host"),
      {{"cpu", text}, {"cores", number}, {"kernel", text}, {"virtualized", flag}, {"warnings", list}});
  check_fields("rustc", results.at("tools").at("rustc"), {{"version", text}, {"llvm", text}, {"path", text}});
  check_fields("best", results.at("best"),
               {{"runtime", object}, {"build", list}, {"size", list}, {"pareto", list}});
  for (const auto& variant : results.at("variants")) check_variant(variant);
  for (const auto& benchmark : results.at("benchmarks")) check_benchmark(benchmark);
  for (const auto& comparison : results.at("comparisons")) check_comparison(comparison);
}

/// An example that is in the lab.
Json run_example(const Lab& lab, std::size_t variants) {
  const std::string before = lab.digest();
  const Json results = lab.results();
  check_all_ok(results);
  CHECK(results.at("variants").size() == variants);
  check_schema(results);
  CHECK(lab.digest() == before);
  const fs::path latest = lab.state() / "latest";
  CHECK(Json::parse(read(latest / "results.json")) == results);
  CHECK(fs::file_size(latest / "report.md") > 0);
  return results;
}

Json run_example(const std::string& name, std::size_t variants) {
  Lab lab;
  return run_example(lab.example(name), variants);
}

}  // namespace

TEST_CASE("the fib example runs") {
  const Json results = run_example("fib", 5);
  check_proved(results, "pgo");
  CHECK(row(results, "native").at("portable") == false);
  CHECK(results.at("best").at("runtime").contains("fib35"));
  CHECK(results.at("best").at("runtime").contains(""));
}

TEST_CASE("the five example runs") {
  const Json results = run_example("five", 3);
  check_proved(results, "pgo");
  CHECK(row(results, "pgo").at("artifacts").size() == 5);
  CHECK(row(results, "pgo").at("pgo").at("workloads").size() == 5);
  CHECK(results.at("benchmarks").size() == 5);
}

TEST_CASE("the tokenizer example runs") {
  const Json results = run_example("tokenizer", 3);
  check_proved(results, "pgo");
  // One workload trains, another one is measured.
  CHECK(row(results, "pgo").at("pgo").at("workloads").at(0).at("name") == "train");
  CHECK(results.at("benchmarks").at(0).at("workload") == "measure");
}

TEST_CASE("the workspace example runs without a network, and its plan's shell script builds the same code") {
  Lab lab;
  lab.example("workspace");
  lab.run({"cargo", "fetch", "--locked"});
  lab.set("CARGO_NET_OFFLINE", "true");
  const std::string before = lab.digest();
  const Json results = run_example(lab, 3);
  check_proved(results, "pgo");
  const ByScript script(lab, lab.state());
  for (const std::string variant : {"baseline", "thin-lto", "pgo"}) {
    CAPTURE(variant);
    CHECK(script.code(variant, "logstat") == code(results, variant));
  }
  CHECK(lab.digest() == before);
}

TEST_CASE("the ruff example is released, trained and judged with different files") {
  Lab lab;
  lab.example("ruff");
  const auto released = lab.orch({"release"});
  CAPTURE(released.err);
  REQUIRE(released.status == 0);
  const auto manifest = Json::parse(read(lab.root() / "dist/manifest.json"));
  CHECK(manifest.at("pgo").at("coverage") >= 0.5);
  CHECK(manifest.at("pgo").at("workloads").size() == 2);
  CHECK(against_schema(manifest, fs::path(PGO_ORCH_SOURCE_DIR) / "docs/manifest.schema.json") == "");
  const auto& corpora = manifest.at("corpora");
  REQUIRE(corpora.size() == 2);
  CHECK(corpora.at(0).at("files").get<int>() + corpora.at(1).at("files").get<int>() == 11);
  CHECK(contains(read(lab.root() / "dist/provenance.intoto.json"),
                 corpora.at(0).at("sha256").get<std::string>()));
  CHECK(lab.orch({"verify", "dist"}).status == 0);
}

TEST_CASE("the uv example trains with several commands for several projects, which can be written to") {
  Lab lab;
  lab.example("uv");
  const std::string before = lab.digest();
  for (const bool reused : {false, true}) {
    const Json results = lab.built();
    check_all_ok(results);
    check_proved(results, "pgo");
    const auto pgo = row(results, "pgo").at("pgo");
    CHECK(pgo.at("workloads").size() == 5);
    CHECK(pgo.at("training_reused") == reused);
  }
  CHECK(row(lab.built(), "pgo").at("artifacts").size() == 2);
  CHECK(lab.digest() == before);
}

TEST_CASE("what release scripts do fits into thirty lines") {
  for (const char* name : {"ruff", "uv"})
    CHECK(count(read(fs::path(PGO_ORCH_SOURCE_DIR) / "examples" / name / "pgo.toml"), "\n") <= 30);
}

TEST_CASE("the matrix example runs") {
  const Json results = run_example("matrix", 15);
  CHECK(results.at("baseline") == "o3-thin-cgu16-pgofalse");
  check_proved(results, "o3-fat-cgu1-pgotrue");
}
