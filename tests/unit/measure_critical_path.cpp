// The critical path of builds that are written down by hand: it is known.

#include <doctest/doctest.h>

#include <random>

#include "measure_build_phases_fixture.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::measure::test;
using namespace std::chrono_literals;

namespace {

std::string path(const std::vector<BuildEvent>& events, Nanoseconds end,
                 const std::vector<CargoUnit>& timings = {}) {
  const auto phases = build_phases_of(events, until(end), timings);
  CHECK(length_of(phases.critical_path) == end);
  return path_of(phases);
}

BuildEvent with_metadata(BuildEvent event, Nanoseconds at) {
  event.passes = {pass("generate_crate_metadata", at - 5ms, at)};
  return event;
}

}  // namespace

TEST_CASE("a chain of crates is the whole path, with cargo's time before, between and after") {
  const auto a = crate("a", 1, 10ms, 30ms);
  const auto b = crate("b", 2, 31ms, 70ms, {"a-1"});
  const auto program = crate("main", 3, 70ms, 95ms, {"b-1"}, "bin");
  CHECK(path({program, a, b}, 100ms) == "waiting 10.0, a 20.0, waiting 1.0, b 39.0, main 25.0, waiting 5.0");
}

TEST_CASE("of crates built side by side the one that is waited for is on the path") {
  const auto quick = crate("quick", 1, 0ms, 20ms), slow = crate("slow", 2, 0ms, 60ms);
  const auto program = crate("main", 3, 60ms, 100ms, {"quick-1", "slow-1"}, "bin");
  CHECK(path({quick, slow, program}, 100ms) == "slow 60.0, main 40.0");
}

TEST_CASE("with one slot the path is the longest chain of needs, and the rest is waiting for a slot") {
  // The big crate is built first, then small ones, which are ready all the time; main links all.
  const auto big = crate("big", 1, 0ms, 40ms), uses = crate("uses", 2, 60ms, 75ms, {"big-1"});
  const auto small = crate("small", 3, 40ms, 60ms), last = crate("last", 4, 75ms, 80ms);
  const auto program = crate("main", 5, 80ms, 100ms, {"uses-1", "small-1", "last-1"}, "bin");
  CHECK(path({big, uses, small, last, program}, 100ms) ==
        "big 40.0, waiting for a slot 20.0, uses 15.0, waiting for a slot 5.0, main 20.0");
}

TEST_CASE("a chain that had to wait for its first slot starts with that wait") {
  const auto other = crate("other", 1, 2ms, 30ms), first = crate("first", 2, 30ms, 70ms);
  const auto program = crate("main", 3, 71ms, 100ms, {"first-1", "other-1"}, "bin");
  CHECK(path({other, first, program}, 100ms) ==
        "waiting for a slot 28.0, waiting 2.0, first 40.0, waiting 1.0, main 29.0");
}

TEST_CASE("a program built after the longest chain had ended waited for a slot") {
  const auto lib = crate("lib", 1, 0ms, 60ms);
  const auto large = crate("large", 2, 60ms, 90ms, {"lib-1"}, "bin");
  const auto small = crate("small", 3, 90ms, 100ms, {"lib-1"}, "bin");
  CHECK(path({lib, large, small}, 100ms) == "lib 60.0, large 30.0, waiting for a slot 10.0");
}

TEST_CASE("a library begins when the metadata is there, a program when all the code is") {
  const auto a = with_metadata(crate("a", 1, 0ms, 80ms), 30ms);
  auto b = crate("b", 2, 31ms, 70ms, {"a-1"});
  const auto c = crate("c", 3, 0ms, 20ms);
  const auto program = crate("main", 4, 82ms, 100ms, {"b-1", "c-1"}, "bin");
  CHECK(path({a, b, c, program}, 100ms) == "a 80.0, waiting 2.0, main 18.0");
  b.end = origin + 82ms;
  CHECK(path({a, b, c, program}, 100ms) == "a 30.0, waiting for a slot 1.0, b 51.0, main 18.0");
}

TEST_CASE("macros and build scripts are waited for to their end, even by libraries") {
  const auto macro = with_metadata(crate("macro", 1, 0ms, 50ms, {}, "proc-macro"), 20ms);
  const auto lib = crate("lib", 2, 50ms, 90ms, {"macro-1"});
  CHECK(path({macro, lib}, 90ms) == "macro (proc-macro) 50.0, lib 40.0");
}

TEST_CASE("that a build script waits for the run of another is known from cargo's report") {
  // sys's script sets what that of lib reads; cargo began at 0
  auto sys = crate("build_script_build", 1, 0ms, 30ms, {}, "bin");
  sys.package = "sys";
  auto other = crate("build_script_build", 2, 0ms, 20ms, {}, "bin");
  other.package = "lib";
  const auto lib = crate("lib", 3, 80ms, 100ms);
  const auto timings = units_of_timings(report(
      R"json({"i": 0, "name": "sys", "version": "1.0.0", "mode": "todo", "target": " build-script", "start": 0.0, "duration": 0.03, "unblocked_units": [1], "unblocked_rmeta_units": []},
             {"i": 2, "name": "lib", "version": "1.0.0", "mode": "todo", "target": " build-script", "start": 0.0, "duration": 0.02, "unblocked_units": [], "unblocked_rmeta_units": []},
             {"i": 1, "name": "sys", "version": "1.0.0", "mode": "run-custom-build", "target": " build-script (run)", "start": 0.03, "duration": 0.03, "unblocked_units": [3], "unblocked_rmeta_units": []},
             {"i": 3, "name": "lib", "version": "1.0.0", "mode": "run-custom-build", "target": " build-script (run)", "start": 0.06, "duration": 0.02, "unblocked_units": [4], "unblocked_rmeta_units": []},
             {"i": 4, "name": "lib", "version": "1.0.0", "mode": "todo", "target": "", "start": 0.08, "duration": 0.02, "unblocked_units": [], "unblocked_rmeta_units": []})json"));
  CHECK(path({sys, other, lib}, 100ms, timings) ==
        "sys (build script) 30.0, sys (build script run) 30.0, lib (build script run) 20.0, lib 20.0");
}

TEST_CASE("what a command calls one after the other is a chain, and the rest is the command's own time") {
  auto first = call("cc", CallKind::compile, 1, 20ms, 50ms),
       second = call("cc", CallKind::compile, 2, 50ms, 70ms);
  first.source = "a.c", second.source = "b.c";
  auto linker = call("cc", CallKind::link, 3, 75ms, 90ms);
  linker.out = "/x/prog";
  auto interval = until(100ms);
  interval.own_compiler = true;
  CHECK(path_of(build_phases_of({first, second, linker}, interval)) ==
        "own 20.0, a.c (c) 30.0, b.c (c) 20.0, own 5.0, prog (link) 15.0, own 10.0");
}

TEST_CASE("the critical path adds up to the build, whatever runs when") {
  std::mt19937 random(2);
  std::uniform_int_distribution<int> moment(-50'000, 1'100'000);
  for (int round = 0; round < 300; ++round) {
    std::vector<BuildEvent> events;
    for (int i = 0; i < 12; ++i) {
      auto from = Nanoseconds(moment(random)), to = Nanoseconds(moment(random));
      if (to < from) std::swap(from, to);
      const auto name = std::string(1, static_cast<char>('a' + i));
      std::vector<std::string> needs;
      for (int need = 0; need < i; ++need)
        if (moment(random) % 3 == 0) needs.push_back(std::string(1, static_cast<char>('a' + need)) + "-1");
      events.push_back(crate(name, i + 1, from, to, needs, i % 4 == 3 ? "bin" : "lib"));
      if (i % 2 == 0) events.back().passes = {pass("generate_crate_metadata", from, from + (to - from) / 2)};
    }
    auto interval = until(1ms);
    interval.own_compiler = round % 2 == 1;
    const auto phases = build_phases_of(events, interval);
    CHECK(length_of(phases.critical_path) == 1ms);
  }
  CHECK(build_phases_of({}, until(1ms)).critical_path.empty());
}
