#include "measure/run_phases/run_phases.h"

#include <doctest/doctest.h>

#include "measure/timer/sampler.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using std::chrono::milliseconds;

namespace {

constexpr Nanoseconds us(std::int64_t count) {
  return std::chrono::microseconds(count);
}

Sample exited() {
  Sample sample;
  sample.end = End::exited;
  sample.exit_code = 0;
  return sample;
}

/// A run of a Rust program: each stop is noticed 10 us late in all, and lasts 5 us by the stamps.
Trace scripted_trace(Nanoseconds compute = us(1000)) {
  Trace trace{.sample = exited()};
  trace.repeats = {us(10), us(10), us(12)};
  Nanoseconds now{};
  const auto stop = [&](Landmark landmark, Nanoseconds after) {
    now += after;
    trace.marks[static_cast<std::size_t>(landmark)] = TraceMark{.stopped = now, .resumed = now + us(5)};
    now += us(5);
  };
  stop(Landmark::executed, us(105));
  stop(Landmark::entry, us(410));
  stop(Landmark::main, us(30));
  stop(Landmark::user_main, us(110));
  stop(Landmark::returned, compute + us(10));
  stop(Landmark::exiting, us(60));
  trace.end = now + us(105);
  trace.stops = 9;
  trace.execs = 1;
  return trace;
}

class ScriptedTracer final : public Tracer {
 public:
  explicit ScriptedTracer(std::vector<Trace> traces) : traces_(std::move(traces)) {}
  Trace trace(const RunSpec&, const toolchains::Landmarks&) override {
    return traces_[static_cast<std::size_t>(runs++) % traces_.size()];
  }
  int runs = 0;

 private:
  std::vector<Trace> traces_;
};

toolchains::Landmarks dynamic_rust() {
  return {.entry = 1, .main = 2, .user_main = 3, .is_dynamic = true, .machine = "x86-64"};
}

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
  CHECK(phases.notes == std::vector<std::string>{"1 of 3 runs behaved differently and are left out"});
}

TEST_CASE("disturbed runs are left out where enough others remain, and more runs are made if most are") {
  const Trace good = scripted_trace();
  const Trace bad = scripted_trace(us(9000));
  ScriptedTracer often({bad, bad, bad, good});
  const RunPhases phases = measure_run_phases(often, {}, dynamic_rust(), 8);
  CHECK(often.runs == 32);
  CHECK(phases.runs == 8);
  CHECK(phases.total == us(1770));
  CHECK(phases.notes == std::vector<std::string>{
                            "24 of 32 runs took over 1.5 times as long as the shortest and are left out: "
                            "busy machine, or the program varies"});
  ScriptedTracer seldom({good, good, bad});
  CHECK(measure_run_phases(seldom, {}, dynamic_rust(), 9).runs == 6);
  CHECK(seldom.runs == 9);
}

TEST_CASE("a note says where the phases are not what untraced runs take") {
  ScriptedTracer tracer({scripted_trace()});
  const auto notes = [&](Nanoseconds untraced) {
    return measure_run_phases(tracer, {}, dynamic_rust(), 8, milliseconds(100), untraced).notes;
  };
  CHECK(notes(us(1700)).empty());
  CHECK(notes(us(1000)) == std::vector<std::string>{"the phases add up to 1.77 ms, untraced runs take 1 ms"});
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

TEST_CASE("a pass is as many runs as asked for, or as the time allows, three at least") {
  ScriptedTracer tracer({scripted_trace()});
  CHECK(measure_run_phases(tracer, {}, dynamic_rust(), 12).runs == 12);
  CHECK(tracer.runs == 12);
  CHECK(measure_run_phases(tracer, {}, dynamic_rust(), 12, milliseconds(9)).runs == 5);
  CHECK(measure_run_phases(tracer, {}, dynamic_rust(), 12, milliseconds(3)).runs == 3);
  CHECK(measure_run_phases(tracer, {}, dynamic_rust(), 12, milliseconds(1)).runs == 1);
}

TEST_CASE("where programs may not be traced there are no phases, and the reason") {
  Trace forbidden;
  forbidden.unavailable = "ptrace is forbidden";
  ScriptedTracer tracer({forbidden});
  const RunPhases phases = measure_run_phases(tracer, {}, dynamic_rust(), 12);
  CHECK(phases.unavailable == "ptrace is forbidden");
  CHECK(phases.phases.empty());
  CHECK(phases.source.empty());
  CHECK(tracer.runs == 1);
  Trace missing;
  missing.sample.reason = "cannot execute /x: No such file or directory";
  ScriptedTracer other({missing});
  CHECK(measure_run_phases(other, {}, dynamic_rust(), 12).unavailable == missing.sample.reason);
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
