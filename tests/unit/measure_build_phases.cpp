// Builds that are written down by hand, with the times worked out by hand.

#include "measure/build_phases/build_phases.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "measure/build_phases/stages.h"
#include "measure_build_phases_fixture.h"
#include "toolchains/error.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::measure::test;
using namespace std::chrono_literals;

TEST_CASE("the wall time of one crate is divided by its innermost passes, the rest is rustc's own") {
  auto hello = crate("hello", 1, 10ms, 110ms, {}, "bin");
  hello.passes = {pass("parse_crate", 15ms, 20ms),
                  pass("expand_crate", 20ms, 30ms),
                  pass("macro_expand_crate", 20ms, 30ms),
                  pass("coherence_checking", 30ms, 34ms),
                  pass("type_check_crate", 30ms, 40ms),
                  pass("MIR_borrow_checking", 40ms, 45ms),
                  pass("unheard_of", 41ms, 42ms),
                  pass("monomorphization_collector_graph_walk", 50ms, 55ms),
                  pass("codegen_to_LLVM_IR", 56ms, 60ms),
                  pass("codegen_crate", 50ms, 60ms),
                  pass("LLVM_passes", 60ms, 80ms),
                  pass("LLVM_fatlto", 80ms, 90ms),
                  pass("finish_ongoing_codegen", 60ms, 91ms),
                  pass("run_linker", 92ms, 104ms),
                  pass("link", 91ms, 105ms),
                  pass("total", 15ms, 108ms)};
  hello.lto = "fat";
  const auto linker = linked_by(hello, 2, 93ms, 103ms);
  const auto phases = build_phases_of({linker, hello}, until(120ms));
  CHECK(text_of(phases.phases) ==
        "frontend 30.0 (expand 10.0, typeck 10.0, borrowck 5.0, parse 5.0); mir 5.0 (collect 5.0); "
        "codegen 26.0 (LLVM 21.0, to LLVM 5.0); lto 10.0 (fat 10.0); rustc: other 15.0; "
        "link 14.0 (linker 12.0, other 2.0); waiting 20.0");
  CHECK(sum_of(phases.phases) == phases.wall);
  CHECK(phases.wall == 120ms);
  CHECK(phases.basis == "the calls of compilers and linkers, and rustc's own passes");
  CHECK(phases.phases[0].share == doctest::Approx(0.25));
  REQUIRE(phases.units.size() == 1);
  CHECK(phases.units[0].start == 10ms);
  CHECK(text_of(phases.units[0].stages) ==
        "frontend 30.0 (expand 10.0, typeck 10.0, borrowck 5.0, parse 5.0); mir 5.0 (collect 5.0); "
        "codegen 26.0 (LLVM 21.0, to LLVM 5.0); lto 10.0 (fat 10.0); rustc: other 15.0; "
        "link 14.0 (linker 12.0, other 2.0)");
}

TEST_CASE("LTO that nobody asked for, among the units of one crate, is codegen") {
  auto a = crate("a", 1, 0ms, 100ms);
  a.passes = {pass("codegen_to_LLVM_IR", 0ms, 20ms), pass("LLVM_thinlto", 20ms, 90ms),
              pass("finish_ongoing_codegen", 20ms, 100ms)};
  CHECK(text_of(build_phases_of({a}, until(100ms)).phases) ==
        "codegen 100.0 (thin-local LTO 70.0, to LLVM 20.0, LLVM 10.0)");
  a.lto = "thin";
  CHECK(text_of(build_phases_of({a}, until(100ms)).phases) ==
        "codegen 30.0 (to LLVM 20.0, LLVM 10.0); lto 70.0 (thin 70.0)");
}

TEST_CASE("tools that run at once share the time, to the nanosecond") {
  // 0-30 a alone, 30-60 a and b, 60-90 all three, 90-100 c alone: a 30 + 15 + 10, b 15 + 10, c 10 + 10
  auto a = crate("a", 1, 0ms, 90ms);
  auto b = crate("b", 2, 30ms, 90ms);
  auto c = call("cc", CallKind::compile, 3, 60ms, 100ms);
  c.source = "src/c.c";
  a.user = 80ms, b.user = 50ms, b.system = 5ms, c.user = 15ms;
  const auto phases = build_phases_of({a, b, c}, until(100ms));
  CHECK(text_of(phases.phases) == "compile 80.0; c compile 20.0");
  CHECK(phases.units[2].name == "c.c (c)");
  CHECK(phases.cpu_use == doctest::Approx(0.75));
}

TEST_CASE("phases add up to the wall time whatever runs when") {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> moment(-50'000, 1'100'000);
  for (int round = 0; round < 200; ++round) {
    std::vector<BuildEvent> events;
    for (int i = 0; i < 12; ++i) {
      auto from = Nanoseconds(moment(random)), to = Nanoseconds(moment(random));
      if (to < from) std::swap(from, to);
      events.push_back(crate("c", i + 1, from, to));
      events.back().passes = {pass("LLVM_passes", from, from + (to - from) / 3), pass("link", from, to)};
      if (i % 3 == 1) events.back().parent_shim_pid = i;
    }
    const auto phases = build_phases_of(events, until(1ms));
    CHECK(sum_of(phases.phases) == 1ms);
  }
}

TEST_CASE("cargo is no work, and questions to compilers are told apart") {
  const auto cargo = call("cargo", CallKind::run, 1, 0ms, 100ms);
  auto query = call("rustc", CallKind::query, 2, 5ms, 15ms);
  query.parent_tool = "cargo";
  query.parent_shim_pid = 1;
  auto unit = crate("a", 3, 20ms, 70ms);
  unit.parent_tool = "cargo";
  unit.parent_shim_pid = 1;
  const auto phases = build_phases_of({query, unit, cargo}, until(100ms));
  CHECK(text_of(phases.phases) == "compile 50.0; queries 10.0; waiting 40.0");
}

TEST_CASE("a command's own time is what is left, and not what a cargo below it waits") {
  const auto rustc = crate("a", 1, 20ms, 50ms, {}, "bin");
  const auto linker = linked_by(rustc, 2, 40ms, 48ms);
  const auto cargo = call("cargo", CallKind::run, 3, 60ms, 70ms);
  auto interval = until(100ms);
  interval.own_compiler = true;
  CHECK(text_of(build_phases_of({linker, rustc, cargo}, interval).phases) ==
        "compile 22.0; link 8.0 (linker 8.0); own 60.0; waiting 10.0");
}

TEST_CASE("phases that a command reports split its own time, with what it waited left out") {
  const auto rustc = crate("a", 1, 20ms, 50ms, {}, "bin");
  auto interval = until(100ms);
  interval.own_compiler = true;
  const auto own = parse_own_phases(
      "{\"phase\": \"parse\", \"seconds\": 0.010}\n\n{\"phase\": \"parse\", \"seconds\": 0.005}\n"
      "{\"phase\": \"emit\", \"start_ns\": 1000010000000, \"end_ns\": 1000060000000}\n",
      "phases.jsonl");
  const auto phases = build_phases_of({rustc}, interval, {}, own);
  CHECK(text_of(phases.phases) == "compile 30.0; own 70.0 (own: other 35.0, emit 20.0, parse 15.0)");
  CHECK(phases.notes == std::vector<std::string>{});

  const auto more = build_phases_of({rustc}, interval, {}, {{"all", 90ms, std::nullopt}});
  CHECK(text_of(more.phases) == "compile 30.0; own 70.0 (all 90.0)");
  CHECK(more.notes ==
        std::vector<std::string>{
            "the command reports phases of 0.090 s in all, but ran alone for only 0.070 s: they overlap, or "
            "include tools that it called (report start_ns and end_ns to exclude these)"});
}

TEST_CASE("runs of build scripts come from cargo's report, laid on the clock by the units that both know") {
  // cargo began at 2 ms: the script is compiled at 12, runs at 52 for 20 ms, and calls a compiler for
  // 5 of them
  auto script = crate("build_script_build", 1, 12ms, 50ms, {}, "bin");
  script.package = "a";
  auto probe = crate("", 2, 55ms, 60ms);
  probe.package = "a";
  probe.probe = true;
  const auto a = crate("a", 3, 72ms, 100ms);
  const auto timings = units_of_timings(report(
      R"json({"name": "a", "version": "1.0.0", "mode": "todo", "target": " build-script", "start": 0.01, "duration": 0.04},
                {"name": "a", "version": "1.0.0", "mode": "run-custom-build", "target": " build-script (run)", "start": 0.05, "duration": 0.02},
                {"name": "a", "version": "1.0.0", "mode": "todo", "target": "", "start": 0.07, "duration": 0.10})json"));
  const auto phases = build_phases_of({script, probe, a}, until(100ms), timings);
  CHECK(text_of(phases.phases) == "compile 66.0; build scripts 20.0; waiting 14.0");
  REQUIRE(phases.units.size() == 3);
  CHECK(phases.units[2].name == "a (build script run)");
  CHECK(phases.units[2].start == 52ms);
  CHECK(phases.units[2].wall == 20ms);
  CHECK(text_of(phases.units[2].stages) == "build scripts 20.0");
  CHECK(path_of(phases) ==
        "waiting 12.0, a (build script) 38.0, waiting 2.0, a (build script run) 20.0, a 28.0");
  CHECK(phases.notes ==
        std::vector<std::string>{
            "cargo's report and the log differ by up to 0.07 s on a unit (a): the report is used for "
            "build scripts and for when libraries were ready, the log for everything else"});
  CHECK(text_of(build_phases_of({script, probe, a}, until(100ms)).phases) ==
        "compile 66.0; build scripts 5.0; waiting 29.0");
  CHECK(phases.basis ==
        "the calls of compilers and linkers; rustc's own passes were not recorded; runs of build scripts by "
        "cargo's report, to 10 ms");
}

TEST_CASE("a crate built for the host and for a target is two units, told by their order") {
  auto first = crate("m", 1, 10ms, 40ms), second = crate("m", 2, 20ms, 190ms);
  const auto timings = units_of_timings(report(
      R"({"name": "m", "version": "1.0.0", "mode": "todo", "target": "", "start": 0.02, "duration": 0.17},
         {"name": "m", "version": "1.0.0", "mode": "todo", "target": "", "start": 0.01, "duration": 0.03})"));
  const auto phases = build_phases_of({second, first}, until(200ms), timings);
  CHECK(phases.notes == std::vector<std::string>{});
}

TEST_CASE("crates are listed slowest first, and a failed one is noted") {
  auto a = crate("a", 1, 0ms, 10ms);
  auto b = crate("b", 2, 10ms, 50ms, {}, "proc-macro");
  b.exit_code = 1;
  b.peak_rss = {1 << 20};
  const auto phases = build_phases_of({a, b}, until(50ms));
  CHECK(phases.units[0].name == "b (proc-macro)");
  CHECK(phases.units[0].peak_rss == Bytes{1 << 20});
  CHECK(phases.units[1].version == "1.0.0");
  CHECK(phases.notes == std::vector<std::string>{"rustc failed on b: these are the times of a failed build"});
}

TEST_CASE("units of one name are distinguished by what they are, or by what they are built for") {
  const auto lib = crate("a", 1, 0ms, 50ms), bin = crate("a", 2, 50ms, 90ms, {"a-1"}, "bin");
  auto host = crate("b", 3, 0ms, 40ms), target = crate("b", 4, 0ms, 30ms), newer = crate("b", 5, 0ms, 20ms);
  target.target = "x86_64-unknown-linux-gnu";
  newer.version = "2.0.0";
  std::string names;
  for (const auto& unit : build_phases_of({lib, bin, host, target, newer}, until(90ms)).units)
    names += unit.name + " " + unit.version + ", ";
  CHECK(names == "a (lib) 1.0.0, a (bin) 1.0.0, b (host) 1.0.0, b (target) 1.0.0, b 2.0.0, ");
}

TEST_CASE("what the shims added is summed, as a share of the wall time") {
  auto a = crate("a", 1, 0ms, 40ms);
  auto b = crate("b", 2, 40ms, 90ms);
  a.own = 1ms, b.own = 2ms;
  const auto phases = build_phases_of({a, b}, until(100ms));
  CHECK(phases.wrappers_share == doctest::Approx(0.03));
}

TEST_CASE("nothing watched at all is all waiting, or all own") {
  CHECK(text_of(build_phases_of({}, until(10ms)).phases) == "waiting 10.0");
  auto interval = until(10ms);
  interval.own_compiler = true;
  CHECK(text_of(build_phases_of({}, interval).phases) == "own 10.0");
  CHECK(build_phases_of({}, until(0ms)).phases.empty());
}
