#include "report_sample.h"

#include <algorithm>
#include <initializer_list>

namespace pgo_orch::report {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kib = 1024;

Build built(Nanoseconds wall, std::uint64_t peak_mib) {
  Build build;
  build.wall = wall;
  build.user = wall * 3 / 2;
  build.system = wall / 10;
  build.peak_rss = Bytes{peak_mib * kib * kib};
  build.measured_at = "2025-06-01T12:00:00Z";
  build.runs = {wall};
  build.stages = {{"build", wall}};
  return build;
}

VariantResult variant(const char* name, std::vector<Setting> settings, Build build, std::uint64_t size_kib) {
  VariantResult result;
  result.name = name;
  result.settings = std::move(settings);
  result.target = "x86_64-unknown-linux-gnu";
  result.toolchain = "stable";
  result.command = {"cargo", "build", "--profile", "release"};
  result.build = std::move(build);
  result.artifacts = {{"fib", std::string("variants/") + name + "/bin/fib", Bytes{size_kib * kib},
                       Bytes{size_kib * kib / 2}, "5e1f", "c0de"}};
  return result;
}

VariantResult without_result(const char* name, Status status, const char* reason) {
  VariantResult result;
  result.name = name;
  result.status = status;
  result.reason = reason;
  return result;
}

VariantResult pgo_variant() {
  VariantResult result =
      variant("größe|pgo", {{"lto", "\"fat\""}, {"target-cpu", "\"native\""}, {"pgo", "true"}},
              built(21'480ms, 912), 447);
  result.portable = false;
  result.rustflags = {"-Ctarget-cpu=native", "-Cprofile-use=merged.profdata"};
  result.flag_origins = {"pgo.toml:20", "pgo"};
  result.build->stages = {
      {"instrumented", 9'120ms}, {"train", 310ms}, {"merge", 50ms}, {"optimized", 12'000ms}};
  result.build->shared = true;
  PgoResult pgo;
  pgo.profdata = "variants/pgo/profiles/merged.profdata";
  pgo.sha256 = "9f86d081";
  pgo.size = Bytes{87'412};
  pgo.workloads = {{"fib35", 1, Bytes{41'000}}, {"naïve, \"fib\"|7", 2, Bytes{83'000}}};
  pgo.training_reused = true;
  pgo.functions_in_profile = 1204;
  pgo.functions_matched = 402;
  pgo.functions_missing = 209;
  pgo.coverage = 402.0 / 611;
  pgo.basis = "hashes";
  pgo.metadata_units = 14;
  pgo.rustc_warnings = 3;
  result.pgo = pgo;
  return result;
}

VariantResult failed_variant() {
  VariantResult result = without_result("mold, static", Status::failed, "exit code 101");
  result.settings = {{"linker", "\"mold\""}, {"crt-static", "true"}};
  result.failure = {
      "build",
      "CARGO_ENCODED_RUSTFLAGS='-Clink-arg=-fuse-ld=mold' cargo build --profile release",
      101,
      std::nullopt,
      ".pgo-orch/variants/mold-static/build.log",
      {"\033[1m\033[31merror\033[0m: linking with `cc` failed: exit status: 1",
       "  = note: cc: fatal error: cannot find 'ld'", "error: could not compile `fib` (bin \"fib\")"}};
  return result;
}

Samples samples(const char* name, std::initializer_list<long> microseconds, std::uint64_t memory_kib) {
  Samples result;
  result.variant = name;
  result.command = "bin/fib 35";
  int round = 0;
  for (const long time : microseconds) {
    result.times.emplace_back(std::chrono::microseconds(time));
    result.user_times.emplace_back(std::chrono::microseconds(time - 400));
    result.system_times.emplace_back(std::chrono::microseconds(300));
    result.rounds.push_back(++round);
    result.memory.push_back(Bytes{(memory_kib + std::uint64_t{4} * (round % 2)) * kib});
    result.exit_codes.emplace_back(0);
  }
  return result;
}

Comparison runtime(std::optional<std::string> workload, const char* name, Verdict verdict, Percent effect,
                   std::optional<Percent> lo, std::optional<Percent> hi) {
  Comparison comparison;
  comparison.workload = std::move(workload);
  comparison.variant = name;
  comparison.to = "baseline";
  comparison.effect = effect;
  comparison.lo = lo;
  comparison.hi = hi;
  comparison.verdict = verdict;
  comparison.confidence = 0.95;
  comparison.rounds = 41;
  comparison.basis = Basis::exact;
  return comparison;
}

Comparison change(Metric metric, const char* name, Verdict verdict, Percent effect) {
  Comparison comparison = runtime(std::nullopt, name, verdict, effect, std::nullopt, std::nullopt);
  comparison.metric = metric;
  return comparison;
}

void add_variants(Results& results) {
  results.variants.push_back(variant("baseline", {{"opt-level", "3"}}, built(4'120ms, 310), 433));
  results.variants.push_back(variant("o2", {{"opt-level", "2"}}, built(3'987ms, 305), 430));
  results.variants.push_back(
      variant("fat", {{"lto", "\"fat\""}, {"codegen-units", "1"}}, built(6'304ms, 480), 398));
  results.variants.back().build->stored = true;
  results.variants.push_back(pgo_variant());
  VariantResult twin = without_result("fat-again", Status::ok, "");
  twin.identical_to = "fat";
  twin.built_once = true;
  twin.settings = {{"lto", "\"fat\""}, {"codegen-units", "1"}};
  results.variants.push_back(twin);
  results.variants.push_back(variant("cgu1", {{"codegen-units", "1"}}, built(4'480ms, 333), 398));
  results.variants.back().identical_to = "fat";
  results.variants.push_back(variant("size", {{"opt-level", "\"z\""}}, built(3'650ms, 290), 341));
  results.variants.push_back(failed_variant());
  results.variants.push_back(variant("fast-math", {{"cfg", "[\"fast_math\"]"}}, built(4'131ms, 310), 433));
  results.variants.back().status = Status::wrong_output;
  results.variants.back().reason = "stdout differs from the baseline's in line 1: '9227464', not '9227465'";
  results.variants.push_back(
      without_result("cranelift", Status::skipped, "needs a nightly toolchain with rustc-codegen-cranelift"));
}

void add_first_workload(Results& results) {
  Benchmark benchmark{"fib35", {}, 0.21, 41};
  benchmark.results = {samples("baseline", {25'310, 25'402, 25'290, 25'333}, 2'100),
                       samples("o2", {25'290, 25'390, 25'301, 25'340}, 2'100),
                       samples("fat", {24'902, 24'980, 24'875, 24'911}, 2'064),
                       samples("größe|pgo", {22'270, 22'301, 22'244, 22'290}, 2'080),
                       samples("size", {41'020, 43'111}, 2'064)};
  benchmark.results.back().censored = {2};
  results.benchmarks.push_back(benchmark);
  results.comparisons = {runtime("fib35", "o2", Verdict::equivalent, -0.05, -0.31, 0.2),
                         runtime("fib35", "fat", Verdict::faster, -1.6, -2.04, -1.21),
                         runtime("fib35", "größe|pgo", Verdict::faster, -12.0, -12.8, -11.1),
                         runtime("fib35", "size", Verdict::slower, 62.4, 58.8, std::nullopt)};
  results.comparisons.back().dominated = true;
  results.comparisons.back().rounds = 8;
  results.comparisons[2].flags = {Flag::bimodal, Flag::cpu_differs};
}

void add_second_workload(Results& results) {
  const char* name = "naïve, \"fib\"|7";
  Benchmark benchmark{name, {}, 1.4, 27};
  benchmark.results = {samples("baseline", {812, 820, 799}, 1'900), samples("o2", {810, 822, 803}, 1'900),
                       samples("fat", {790, 829, 806}, 1'880), samples("größe|pgo", {805, 811, 790}, 1'892),
                       samples("size", {850, 849, 861}, 1'880)};
  results.benchmarks.push_back(benchmark);
  const std::vector<Comparison> more = {
      runtime(name, "o2", Verdict::unresolved, -0.3, -2.4, 1.9),
      runtime(name, "fat", Verdict::unresolved, -0.8, std::nullopt, std::nullopt),
      runtime(name, "größe|pgo", Verdict::unresolved, -1.1, -3.0, 0.9),
      runtime(name, "size", Verdict::slower, 4.9, 3.3, 6.4),
      runtime(std::nullopt, "o2", Verdict::unresolved, -0.2, -1.3, 0.9),
      runtime(std::nullopt, "fat", Verdict::faster, -1.2, -2.2, -0.2),
      runtime(std::nullopt, "größe|pgo", Verdict::faster, -6.7, -7.7, -5.2),
      runtime(std::nullopt, "size", Verdict::slower, 30.5, 27.9, 33.0)};
  results.comparisons.insert(results.comparisons.end(), more.begin(), more.end());
  results.comparisons[4].rounds_needed = 160;
  results.best.runtime[name] = {"baseline", "o2", "fat", "größe|pgo"};
  results.best.memory[name] = {"fat", "size"};
  results.best.runtime[""] = {"größe|pgo"};
}

void add_builds(Results& results) {
  const std::vector<Comparison> more = {change(Metric::build, "o2", Verdict::faster, -3.2),
                                        change(Metric::build, "fat", Verdict::slower, 53.0),
                                        change(Metric::build, "größe|pgo", Verdict::slower, 421.4),
                                        change(Metric::build, "cgu1", Verdict::slower, 8.7),
                                        change(Metric::build, "size", Verdict::faster, -11.4),
                                        change(Metric::size, "o2", Verdict::equivalent, -0.7),
                                        change(Metric::size, "fat", Verdict::smaller, -8.1),
                                        change(Metric::size, "größe|pgo", Verdict::larger, 3.2),
                                        change(Metric::size, "cgu1", Verdict::smaller, -8.1),
                                        change(Metric::size, "size", Verdict::smaller, -21.2)};
  results.comparisons.insert(results.comparisons.end(), more.begin(), more.end());
  results.best.build = {"size"};
  results.best.size = {"size"};
  results.best.pareto = {"fat", "größe|pgo", "size"};
}

Results common() {
  Results results;
  results.tool_version = "0.1.0";
  results.run = {"2025-06-01-120000-a1b2", "2025-06-01T12:00:00Z", "2025-06-01T12:04:31Z", false};
  results.host = {
      "Xeon Platinum 8375C", 2, "Linux 6.1.0", true, {"the CPU is shared with others: steal time was 3.1 %"}};
  results.tools = {{"rustc", {"1.95.0", "22.1.0", "/usr/bin/rustc"}},
                   {"llvm-profdata", {"22.1.8", "", "/usr/bin/llvm-profdata-22"}}};
  results.project = {"source", "fib", "/home/me/fib/pgo.toml", "release", {"fib"}};
  results.baseline = "baseline";
  add_variants(results);
  add_first_workload(results);
  results.best.runtime["fib35"] = {"größe|pgo"};
  results.best.memory["fib35"] = {"fat", "size"};
  results.recommended = "größe|pgo";
  results.recommendation =
      "Build 'größe|pgo': 12.0 % faster [11.1, 12.8] than the baseline in fib35, 5.2 times its build time. "
      "To ship to other machines, 'fat': 1.6 % faster [1.2, 2.0].";
  results.warnings = {"workload 'fib35' runs for 25 ms only: most of a difference under 0.2 % is start-up"};
  results.notes = {"pgo.toml:41: [[goal]] is not evaluated by this version"};
  return results;
}

}  // namespace

Results sample_results() {
  Results results = common();
  add_second_workload(results);
  add_builds(results);
  return results;
}

Results sample_with_one_workload() {
  Results results = common();
  add_builds(results);
  return results;
}

}  // namespace pgo_orch::report
