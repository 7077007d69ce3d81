#include "measure/run_phases/run_phases.h"

#include <doctest/doctest.h>

#include "measure_run_phases_fixture.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::measure::test;

namespace {

void forget(Trace& trace, std::initializer_list<Landmark> landmarks) {
  for (const Landmark landmark : landmarks) trace.marks[static_cast<std::size_t>(landmark)].reset();
}

std::string names(const RunPhases& phases) {
  std::string text;
  for (const Phase& phase : phases.phases) {
    text += (text.empty() ? "" : " ") + phase.name;
    for (const Phase& part : phase.parts) text += "/" + part.name;
  }
  return text;
}

}  // namespace

TEST_CASE("the time between landmarks, less what their stops cost, makes the phases") {
  const RunPhases phases = phases_of_traces({scripted_trace()}, dynamic_rust());
  CHECK(phases.stop_cost == us(10));
  REQUIRE(phases.phases.size() == 4);
  CHECK(phases.phases[0] ==
        Phase{.name = "startup",
              .time = us(500),
              .share = 500.0 / 1770,
              .parts = {{"exec", us(100), 100.0 / 1770}, {"dynamic linking", us(400), 400.0 / 1770}}});
  CHECK(phases.phases[1] ==
        Phase{.name = "init",
              .time = us(120),
              .share = 120.0 / 1770,
              .parts = {{"libc", us(20), 20.0 / 1770}, {"language runtime", us(100), 100.0 / 1770}}});
  CHECK(phases.phases[2] == Phase{.name = "compute", .time = us(1000), .share = 1000.0 / 1770});
  CHECK(phases.phases[3] ==
        Phase{.name = "shutdown",
              .time = us(150),
              .share = 150.0 / 1770,
              .parts = {{"exit handlers", us(50), 50.0 / 1770}, {"teardown", us(100), 100.0 / 1770}}});
  CHECK(phases.total == us(1770));
  CHECK(phases.runs == 1);
  CHECK(phases.source == "ptrace");
  CHECK(phases.notes.empty());
}

TEST_CASE("a debug register's stop is dearer, and that falls on compute; so do other stops in it") {
  Trace trace = scripted_trace(us(1000));
  trace.watches = {us(22), us(25), us(21)};
  trace.watched_return = true;
  CHECK(phases_of_traces({trace}, dynamic_rust()).phases[2].time == us(1000 - 12));
  trace.marks[static_cast<std::size_t>(Landmark::user_main)]->other = us(7);
  trace.marks[static_cast<std::size_t>(Landmark::user_main)]->other_stops = 2;
  CHECK(phases_of_traces({trace}, dynamic_rust()).phases[2].time == us(1000 - 12 - 7 - 20));
}

TEST_CASE("what would be under zero is taken off its neighbour") {
  Trace trace = scripted_trace();
  trace.repeats = {us(50)};
  const RunPhases phases = phases_of_traces({trace}, dynamic_rust());
  CHECK(phases.phases[1].parts[0].time == us(0));
  CHECK(phases.phases[1].parts[1].time == us(110 - 50 - 20));
  CHECK(phases.total == us(1770 - 6 * 40));
}

TEST_CASE("each part is the median of the runs, and the parts add up to the total") {
  const RunPhases phases = phases_of_traces(
      {scripted_trace(us(900)), scripted_trace(us(5000)), scripted_trace(us(1000))}, dynamic_rust());
  CHECK(phases.phases[2].time == us(1000));
  CHECK(phases.total == us(1770));
  CHECK(phases.runs == 3);
}

TEST_CASE("runs that went another way are left out, saying so") {
  Trace other = scripted_trace();
  forget(other, {Landmark::returned});
  const RunPhases phases = phases_of_traces({other, scripted_trace(), scripted_trace()}, dynamic_rust());
  CHECK(phases.runs == 2);
  CHECK(phases.rounds == std::vector<int>{2, 3});
  CHECK(phases.notes == std::vector<std::string>{"1 of 3 runs behaved differently and are left out"});
}

TEST_CASE("slow runs count like others: the median does not mind a few") {
  std::vector<Trace> traces(9, scripted_trace());
  for (const std::size_t slow : {1, 4, 5, 8}) traces[slow] = scripted_trace(us(9000));
  const RunPhases phases = phases_of_traces(traces, dynamic_rust());
  CHECK(phases.runs == 9);
  CHECK(phases.total == us(1770));
  CHECK(phases.rounds == std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(phases.notes.empty());
}

TEST_CASE("a landmark that is not known or not reached joins two parts, with a note") {
  Trace trace = scripted_trace();
  toolchains::Landmarks landmarks = dynamic_rust();
  SUBCASE("the user's main") {
    forget(trace, {Landmark::user_main});
    landmarks.why_no_user_main = "the executable is stripped";
    const RunPhases phases = phases_of_traces({trace}, landmarks);
    CHECK(names(phases) == "startup/exec/dynamic linking init/libc compute shutdown/exit handlers/teardown");
    CHECK(phases.notes == std::vector<std::string>{
                              "init ends at main, and the language runtime's start counts as compute: the "
                              "executable is stripped"});
  }
  SUBCASE("both mains") {
    forget(trace, {Landmark::user_main, Landmark::main, Landmark::returned});
    landmarks.is_dynamic = false;
    const RunPhases phases = phases_of_traces({trace}, landmarks);
    CHECK(names(phases) == "startup/exec compute shutdown/teardown");
    CHECK(phases.notes == std::vector<std::string>{"init counts as compute: main was never reached"});
  }
  SUBCASE("the return") {
    forget(trace, {Landmark::returned});
    const RunPhases phases = phases_of_traces({trace}, landmarks);
    CHECK(names(phases) ==
          "startup/exec/dynamic linking init/libc/language runtime compute shutdown/teardown");
    CHECK(phases.notes == std::vector<std::string>{"main did not return: exit handlers count as compute"});
  }
  SUBCASE("main, where the user's is C's") {
    forget(trace, {Landmark::main});
    CHECK(names(phases_of_traces({trace}, landmarks)) ==
          "startup/exec/dynamic linking init/libc compute shutdown/exit handlers/teardown");
  }
  SUBCASE("main, where Go has none") {
    forget(trace, {Landmark::main});
    landmarks.moving_stack = true;
    CHECK(names(phases_of_traces({trace}, landmarks)) ==
          "startup/exec/dynamic linking init/language runtime compute shutdown/exit handlers/teardown");
  }
}

TEST_CASE("a program that was killed has phases up to then") {
  Trace trace = scripted_trace();
  forget(trace, {Landmark::returned});
  trace.sample.end = End::timed_out;
  const RunPhases phases = phases_of_traces({trace}, dynamic_rust());
  CHECK(phases.notes == std::vector<std::string>{"phases until its end: timed out"});
}

TEST_CASE("a program with an empty main stands for startup, init and shutdown") {
  const auto took = [](std::int64_t time) {
    Sample sample = exited();
    sample.wall = us(time);
    return sample;
  };
  const RunPhases phases =
      phases_by_empty_main({took(600), took(500), took(900)}, {took(2000), took(2400), took(2500), Sample{}});
  CHECK(phases.source == "empty main");
  CHECK(phases.phases == std::vector<Phase>{{"startup, init and shutdown", us(600), 0.25, {}},
                                            {"compute", us(1800), 0.75, {}}});
  CHECK(phases.total == us(2400));
  CHECK(phases.runs == 3);
  CHECK(phases_by_empty_main({took(600)}, {took(500)}).phases[1].time == us(0));
  CHECK(phases_by_empty_main({}, {took(1)}).unavailable == "the program with an empty main did not run");
  CHECK(phases_by_empty_main({took(1)}, {Sample{}}).unavailable == "the program did not run to its end");
}
