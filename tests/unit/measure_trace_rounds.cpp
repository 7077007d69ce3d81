// Traced runs of several programs in the same rounds, and what they say about the differences.

#include <doctest/doctest.h>

#include <random>

#include "measure_run_phases_fixture.h"
#include "toolchains/files.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::measure::test;

namespace {

/// Programs are known by argv[0]; `took` says how long each one computes in its n-th run, n from 0 (the
/// warm-up).
class ScriptedTracer final : public Tracer {
 public:
  std::function<Trace(const std::string&, int)> took;
  std::map<std::string, int> runs;
  std::string order;
  Nanoseconds clock{};

  Trace trace(const RunSpec& spec, const toolchains::Landmarks&) override {
    const auto& name = spec.argv.front();
    order += name;
    auto made = took(name, runs[name]++);
    clock += made.end;
    return made;
  }

  Nanoseconds now() const override { return clock; }
};

std::vector<RunPhases> traced(ScriptedTracer& tracer, const std::string& names,
                              Budget budget = {.time = std::chrono::hours(1),
                                               .min_rounds = 3,
                                               .max_rounds = 30},
                              std::optional<Nanoseconds> untraced = std::nullopt) {
  const toolchains::TempDir scratch;
  RoundsOptions options;
  options.scratch = scratch.path();
  options.budget = budget;
  options.seed = 7;
  std::vector<TracedProgram> programs;
  for (const char name : names) {
    auto& program = programs.emplace_back(TracedProgram{{}, dynamic_rust(), untraced});
    program.contender.name = std::string(1, name);
    program.contender.id = programs.size();
    program.contender.run = [name](const std::filesystem::path&) {
      RunSpec spec;
      spec.argv = {std::string(1, name)};
      return spec;
    };
  }
  return measure_run_phases(programs, tracer, options);
}

/// "compute +100 [+90, +110]", in microseconds
std::string text_of(const std::vector<PhaseDifference>& differences) {
  std::string text;
  const auto number = [](const std::optional<Nanoseconds>& time) {
    return time ? std::to_string(time->count() / 1000) : std::string("?");
  };
  for (const auto& each : differences)
    text += each.name + " " + number(each.estimate) + " [" + number(each.lo) + ", " + number(each.hi) + "]; ";
  return text;
}

}  // namespace

TEST_CASE("in each round every program is traced once, in random order") {
  ScriptedTracer tracer;
  tracer.took = [](const std::string&, int) { return scripted_trace(); };
  const auto phases = traced(tracer, "abc");
  CHECK(tracer.order.size() == 3 * 31);
  bool varies = false;
  for (std::size_t at = 0; at < tracer.order.size(); at += 3) {
    auto round = tracer.order.substr(at, 3);
    varies = varies || round != "abc";
    std::ranges::sort(round);
    CHECK(round == "abc");
  }
  CHECK(varies);
  REQUIRE(phases.size() == 3);
  for (const auto& each : phases) {
    CHECK(each.runs == 30);
    CHECK(each.rounds.size() == 30);
  }
}

TEST_CASE("what disturbs a round disturbs all its programs, and their difference stays known") {
  ScriptedTracer tracer;
  tracer.took = [](const std::string& name, int run) {
    const auto disturbed = us(run % 3 == 0 ? 0 : 700 * (run % 7));
    return scripted_trace(us(1000) + disturbed + (name == "b" ? us(100 + run % 2) : us(0)));
  };
  const auto phases = traced(tracer, "ab");
  CHECK(text_of(phase_differences(phases[0], phases[1], 0.01)) ==
        "startup 0 [0, 0]; init 0 [0, 0]; compute 100 [100, 101]; shutdown 0 [0, 0]; ");
  const auto ratio = phase_ratio(phases[0], phases[1], "compute", 0.01);
  REQUIRE(ratio);
  CHECK(ratio->lo > 0);
  CHECK(!phase_ratio(phases[0], phases[1], "unheard of", 0.01));
}

TEST_CASE("two copies of one program are seldom claimed to differ") {
  std::mt19937 random(3);
  std::uniform_int_distribution<int> noise(0, 400);
  ScriptedTracer tracer;
  tracer.took = [&](const std::string&, int) { return scripted_trace(us(1000 + noise(random))); };
  int claims = 0;
  for (int trial = 0; trial < 100; ++trial) {
    const auto phases = traced(tracer, "ab");
    const auto found = phase_differences(phases[0], phases[1], 0.05);
    claims += (found[2].lo && *found[2].lo > us(0)) || (found[2].hi && *found[2].hi < us(0));
  }
  CHECK(claims <= 12);
}

TEST_CASE("too few rounds have no interval, and programs of other rounds no difference") {
  ScriptedTracer tracer;
  tracer.took = [](const std::string&, int) { return scripted_trace(); };
  const auto phases = traced(tracer, "ab", {.time = us(1), .min_rounds = 3, .max_rounds = 30});
  CHECK(phases[0].runs == 3);
  CHECK(text_of(phase_differences(phases[0], phases[1], 0.05)) ==
        "startup 0 [?, ?]; init 0 [?, ?]; compute 0 [?, ?]; shutdown 0 [?, ?]; ");
  auto alone = phases[1];
  alone.rounds.clear();
  CHECK(phase_differences(phases[0], alone, 0.05).empty());
}

TEST_CASE("a program that goes another way in one round is compared in the others") {
  ScriptedTracer tracer;
  tracer.took = [](const std::string& name, int run) {
    auto trace = scripted_trace(us(1000 + 50 * run - (name == "b" ? 100 : 0)));
    if (name == "b" && run == 4) trace.marks[static_cast<std::size_t>(Landmark::returned)].reset();
    return trace;
  };
  const auto phases = traced(tracer, "ab");
  CHECK(phases[1].runs == 29);
  CHECK(text_of(phase_differences(phases[0], phases[1], 0.01)).find("compute -100 [-100, -100]") !=
        std::string::npos);
}

TEST_CASE("one that cannot be traced, or fails, says why, and the others go on") {
  ScriptedTracer tracer;
  tracer.took = [](const std::string& name, int run) {
    auto trace = scripted_trace();
    if (name == "a") trace = {.sample = {}, .unavailable = "ptrace is forbidden"};
    if (name == "b") trace.sample.exit_code = 3;
    if (name == "c" && run == 5) trace.sample.exit_code = 3;
    return trace;
  };
  const auto phases = traced(tracer, "abcd");
  CHECK(phases[0].unavailable == "ptrace is forbidden");
  CHECK(phases[0].phases.empty());
  CHECK(phases[1].unavailable == "warm-up: exit code 3");
  CHECK(phases[2].runs == 4);
  CHECK(phases[2].notes == std::vector<std::string>{"round 5: exit code 3"});
  CHECK(phases[3].runs == 30);
}

TEST_CASE("a note says where the phases are not what untraced runs take") {
  ScriptedTracer tracer;
  tracer.took = [](const std::string&, int) { return scripted_trace(); };
  const Budget budget{.time = std::chrono::hours(1), .min_rounds = 3, .max_rounds = 3};
  CHECK(traced(tracer, "a", budget, us(1700)).front().notes.empty());
  CHECK(traced(tracer, "a", budget, us(1000)).front().notes ==
        std::vector<std::string>{"the phases add up to 1.77 ms, untraced runs take 1 ms"});
}
