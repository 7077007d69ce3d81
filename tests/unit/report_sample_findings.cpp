// Every struct of findings.h, with something in each of its fields.

#include "report_sample.h"

namespace pgo_orch::report {

namespace {

using namespace std::chrono_literals;

void add_gates(Results& results) {
  for (auto& variant : results.variants) {
    if (variant.name == "cranelift") {
      variant.condition =
          ConditionResult{"cranelift", PhaseOf::build,
                          "",          "link",
                          0.12,        0.2,
                          Unit::share, true,
                          false,       "link takes 12.0 %, the condition requires more than 20.0 %"};
      variant.reason = variant.condition->reason;
    }
    if (variant.name == "fat")
      variant.condition =
          ConditionResult{"fat",         PhaseOf::run,
                          "fib35",       "startup",
                          0.00061,       0.0005,
                          Unit::seconds, true,
                          true,          "startup takes 610.0 µs, the condition requires more than 500.0 µs"};
  }
  auto& build = *results.variants.front().build;
  build.scenarios["incr-patched"] = {810ms, 700ms, 110ms, {805ms, 810ms, 840ms}, ""};
  build.scenarios["incr-unchanged"] = {{}, {}, {}, {}, "cargo found everything fresh"};
  build.phases = {{"codegen", 2'900ms, 0.704, {}}};
}

void add_phases(Results& results) {
  const std::vector<Phase> base = {
      {"startup", 610us, 0.0241, {{"exec", 130us, 0.0051, {}}, {"ld.so", 480us, 0.019, {}}}},
      {"init", 130us, 0.0051, {}},
      {"compute", 24'270us, 0.9589, {}},
      {"shutdown", 300us, 0.0119, {}}};
  std::vector<Phase> fast = base;
  fast[2] = {"compute", 21'230us, 0.9533, {}};
  auto& runs = results.phases.runtime;
  runs.resize(3);
  runs[0].phases = base;
  runs[0].variant = "baseline";
  runs[0].total = 25'310us;
  runs[0].samples = {{600us, 620us}, {130us, 130us}, {24'200us, 24'340us}, {300us, 300us}};
  runs[0].notes = {"tracing cost 0.2 ms a run, which is taken off"};
  runs[1].phases = fast;
  runs[1].variant = "größe|pgo";
  runs[1].total = 22'270us;
  runs[1].differences = {
      {"startup", -10us, -40us, 30us}, {"init", 0us, {}, {}}, {"compute", -3'040us, -3'150us, -2'900us}};
  runs[2].reference = "julia";
  runs[2].unavailable = "it is a script";
  for (auto& run : runs) {
    run.workload = "fib35";
    if (run.phases.empty()) continue;
    run.dominant = "compute";
    run.runs = 2;
    run.source = "ptrace";
  }
  const CompiledUnit regex{
      "regex-automata", "0.4.9", 1'900ms, 2'700ms, Bytes{310 << 20}, {{"frontend", 900ms, 0.474, {}}}, 210ms};
  const CompiledUnit fib{"fib", "0.1.0", 800ms, 950ms, {}, {}};
  const std::vector<CompiledUnit> path = {
      {"regex-automata", "0.4.9", 1'900ms, {}, {}, {{"waiting", 210ms}}},
      {"fib", "0.1.0", 800ms, {}, {}, {{"waiting for a slot", 1'180ms}, {"waiting", 10ms}}},
      {measure::end_of_build, "", {}, {}, {}, {{"waiting", 20ms}}}};
  results.phases.build = {{{{{"frontend", 720ms, 0.175, {}},
                             {"codegen", 2'900ms, 0.704, {{"llvm", 2'500ms, 0.607, {}}}},
                             {"link", 500ms, 0.121, {}}},
                            4'120ms,
                            0.63,
                            {regex, fib},
                            path,
                            0.004,
                            "from rustc's own report",
                            {"the wrappers took 0.4 %"}},
                           "baseline",
                           "",
                           "codegen",
                           ""},
                          {{}, "", "tcc", {}, "it calls no rustc"}};
  results.groups = {{{"perf cpu-clock",
                      "samples",
                      1'204,
                      {{"fib", 24'000us, 0.95, {}}, {"other", 1'310us, 0.05, {}}},
                      {{"fib::fib", 23'500us, 0.93, {}}, {"_dl_relocate_object", 500us, 0.02, {}}},
                      {"perf saw no kernel"}},
                     PhaseOf::run,
                     "fib35",
                     "baseline",
                     ""},
                    {{}, PhaseOf::build, "", "baseline", "perf is not allowed here"}};
  results.flamegraphs = {{PhaseOf::run, "fib35", "größe|pgo", true, "flamegraphs/fib35-pgo.svg"}};
}

void add_verdicts(Results& results) {
  results.amdahl = {
      {"", PhaseOf::run, "fib35", "baseline", "compute", 0.9589, 47.945, {}, false, ""},
      {"", PhaseOf::run, "fib35", "baseline", "startup", 0.0241, 1.205, {}, false, ""},
      {"", PhaseOf::build, "", "baseline", "codegen", 0.704, 35.2, {}, false, ""},
      {"beat | julia", PhaseOf::run, "fib35", "baseline", "compute", 0.9589, 47.945, 21.64, true,
       "to reach 20.06 ms, compute must shrink by 22 %"},
      {"beat | julia", PhaseOf::run, "fib35", "baseline", "startup", 0.0241, 1.205, 861.0, false, ""}};
  results.goals = {{"beat | julia",
                    GoalMetric::runtime,
                    "",
                    {},
                    "größe|pgo",
                    "fib35",
                    "julia",
                    Unit::ratio,
                    0.88,
                    0.871,
                    0.889,
                    0.795,
                    0.75,
                    false,
                    false,
                    ""},
                   {"quick start",
                    GoalMetric::startup,
                    "",
                    {},
                    "baseline",
                    "fib35",
                    "",
                    Unit::seconds,
                    0.00061,
                    {},
                    {},
                    0.0007,
                    {},
                    {},
                    {},
                    "610.0 µs: 2 runs were traced: an interval needs 9"},
                   {"small",
                    GoalMetric::size,
                    "",
                    {},
                    "size",
                    "",
                    "",
                    Unit::bytes,
                    349184.0,
                    349184.0,
                    349184.0,
                    400000.0,
                    300000.0,
                    true,
                    false,
                    ""},
                   {"patching", GoalMetric::build, "", BuildScenario::incr_patched, "baseline", "", "",
                    Unit::seconds, 0.81, 0.805, 0.84, 1.0, 0.9, true, true, ""},
                   {"parsing",
                    GoalMetric::phase,
                    "parse",
                    {},
                    "best",
                    "",
                    "",
                    Unit::seconds,
                    {},
                    {},
                    {},
                    0.001,
                    {},
                    {},
                    {},
                    "no group 'parse' was sampled"}};
  results.decisions = {{"LLVM backend", GoalMetric::runtime, "größe|pgo", "fib35", "", Unit::seconds, 0.02227,
                        0.0222, 0.0223, "do not attempt a direct LLVM backend", ""},
                       {"Cranelift", GoalMetric::runtime, "best", "", "baseline", Unit::ratio, 0.93, 0.923,
                        0.948, "undecided", "0.930 [0.923, 0.948] lies between the bands"}};
}

void add_others(Results& results) {
  Build build;
  build.wall = 212ms;
  build.runs = {212ms};
  results.references = {{"julia", Status::ok, "", PhaseOf::run, {"julia", "fib.jl", "35"}, {}, {}},
                        {"c", Status::ok, "", PhaseOf::run, {"build/c"}, build, {}},
                        {"tcc",
                         Status::failed,
                         "exit code 1",
                         PhaseOf::build,
                         {"tcc", "fib.c"},
                         {},
                         Failure{"build", "tcc fib.c", 1, {}, "tcc.log", {"tcc: error: nope"}}}};
  for (const auto& [name, time] : {std::pair{"julia", 25'300us}, std::pair{"c", 21'900us}}) {
    Samples samples;
    samples.reference = name;
    samples.command = name;
    samples.times = {time, time + 10us, time + 20us};
    samples.rounds = {1, 5, 9};
    samples.memory = {Bytes{1 << 20}, Bytes{1 << 20}, Bytes{1 << 20}};
    results.benchmarks.front().results.push_back(samples);
  }
  results.inspected = {{"fib::fib", "fib::fib", "baseline", measure::CodeState::present, Bytes{412}, 96,
                        "ymm 12, xmm 3", 2, 5},
                       {"*::sum_simd", "", "größe|pgo", measure::CodeState::absent, Bytes{}, 0, "", 0, 0},
                       {"fib::fib", "", "size", measure::CodeState::unknown, Bytes{}, 0, "", 0, 0}};
  results.allocations = {{"fib35", "baseline", 1'024, 65'536, "LD_PRELOAD", ""},
                         {"fib35", "mold, static", {}, {}, "", "a static program ignores LD_PRELOAD"}};
}

}  // namespace

Results sample_with_findings() {
  Results results = sample_with_one_workload();
  add_gates(results);
  add_phases(results);
  add_verdicts(results);
  add_others(results);
  return results;
}

}  // namespace pgo_orch::report
