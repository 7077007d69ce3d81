// Whole gates of executables that are scripts, on a clock that is scripted, too.

#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <fstream>

#include "orchestrator/gate/gate.h"
#include "tests/unit/measure_rounds_fixture.h"
#include "toolchains/error.h"
#include "toolchains/process_runner.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using measure::GateOutcome;
using measure::test::ScriptedSampler;

namespace {

namespace fs = std::filesystem;

constexpr const char* whole_file = R"(
[project]
name = "prog"
command = ["cc", "{output}"]
[[workload]]
name = "w"
[[variant]]
name = "baseline"
[measure]
floor = "1us"
[gate]
guard = "2%"
max-time = "1m"
)";

/// "1\n" of a script that has `echo 1`.
std::string printed_by(const std::string& program) {
  const auto at = program.find("echo ");
  return at == std::string::npos ? "" : program.substr(at + 5, 1) + "\n";
}

class Bench {
 public:
  explicit Bench(const std::string& pgo_toml = whole_file) {
    toolchains::write_file_atomically(folder_.path() / "pgo.toml", pgo_toml);
    program("base", "echo 1");
    program("head", "echo 1 # the new one");
  }

  Bench& program(const std::string& name, const std::string& body) {
    const auto file = folder_.path() / name;
    toolchains::write_file_atomically(file, "#!/bin/sh\n" + body + "\n");
    fs::permissions(file, fs::perms::owner_all);
    return *this;
  }

  /// Milliseconds of a run of either; `runs` counts those of the program itself, from 1.
  using Times = std::function<double(bool is_head, int runs)>;

  report::GateReport gate(const Times& times) {
    const Config config = load_config(folder_.path() / "pgo.toml");
    const Layout users = layout_at(folder_.path() / ".pgo-orch");
    create_state_folder(users);
    const Layout own = layout_at(users.gate());
    create_state_folder(own);
    clear_scratch(own);
    report::Progress progress(quiet_.get(), {});
    toolchains::ProcessRunner runner;
    const GateWork work{config, own, users, "", true, runner, progress};
    const GateOrder order{.base = SideFinder::finished(base_name, folder_.path() / "base"),
                          .head = SideFinder::finished(head_name, folder_.path() / "head"),
                          .workloads = {},
                          .budget = *config.gate.max_time,
                          .seed = 1,
                          .explain = explain};
    int runs[2] = {0, 0};
    ScriptedSampler sampler([&](const measure::RunSpec& spec) {
      const auto program = toolchains::read_file(spec.executable);
      const bool is_head = program.find("the new one") != std::string::npos;
      if (!spec.stdout_file.empty())
        toolchains::write_file_atomically(spec.stdout_file, printed.value_or(printed_by(program)));
      const double time = times(is_head, ++runs[is_head]);
      auto sample = measure::test::took(Nanoseconds(static_cast<std::int64_t>(1e6 * time)));
      sample.user = sample.wall;
      if (is_head && fails_from > 0 && runs[1] >= fails_from) sample.exit_code = 3;
      return sample;
    });
    auto report = run_gate(order, work, sampler);
    timed = static_cast<int>(sampler.asked.size());
    return report;
  }

  fs::path path(const std::string& name) const { return folder_.path() / name; }

  std::optional<std::string> printed;  ///< by what is timed; none: as the program itself

  int fails_from = 0;   ///< the run of the new version, warm-up included, from which on it fails
  int timed = 0;        ///< runs in the latest gate
  std::string explain;  ///< the claim whose numbers are asked for

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  toolchains::TempDir folder_;
  std::unique_ptr<std::FILE, Close> quiet_{std::tmpfile()};
};

/// A little longer from run to run, so that no two are equal.
double drifting(double milliseconds, int run) {
  return milliseconds * (1 + 0.0001 * (run * 37 % 11));
}

}  // namespace

TEST_CASE("a loss that both measurements show is a regression, and one of them ends early") {
  Bench bench;
  const auto report = bench.gate([](bool is_head, int run) { return drifting(is_head ? 12 : 10, run); });
  CHECK(report.outcome() == GateOutcome::fail);
  REQUIRE(report.claims.size() == 2);
  for (const auto& claim : report.claims) {
    CHECK(claim.workload == "w");
    CHECK(claim.outcome == GateOutcome::fail);
    CHECK(*claim.first.effect == doctest::Approx(20).epsilon(0.01));
    CHECK(claim.second->outcome == GateOutcome::fail);
  }
  CHECK(sentence_of(report).starts_with("regression: HEAD takes 20.0 % [19."));
  CHECK(bench.timed < 150);  // the time would have been enough for thousands
}

TEST_CASE("one claim can be explained, by both measurements") {
  Bench bench;
  bench.explain = "w/cpu";
  const auto slower = [](bool is_head, int run) { return drifting(is_head ? 12 : 10, run); };
  const auto text = bench.gate(slower).explained;
  CHECK(text.starts_with("w/cpu\nmedians       BASE 10.0"));
  CHECK(text.find("\nw/cpu, measured again\n") != std::string::npos);
  CHECK(text.find("allowed       2.00 %: the larger of 2 % and 1e-06 s\noutcome       fail\n") !=
        std::string::npos);
  bench.program("base", "echo 1 # the new one");
  CHECK(bench.gate(slower).explained == "w/cpu: the same code, so nothing was timed\n");
}

TEST_CASE("a loss that is gone when it is measured again is open, with the reason") {
  Bench bench;
  const auto report =
      bench.gate([](bool is_head, int run) { return drifting(is_head && run <= 19 ? 12 : 10, run); });
  CHECK(report.outcome() == GateOutcome::open);
  CHECK_FALSE(report.refuses());
  for (const auto& claim : report.claims) {
    CHECK(claim.first.outcome == GateOutcome::fail);
    CHECK(claim.second->outcome == GateOutcome::pass);
    CHECK(claim.reason == "not shown again");
  }
}

TEST_CASE("a new version that fails only when it is measured again fails the gate") {
  Bench bench;
  bench.fails_from = 25;
  const auto report = bench.gate([](bool is_head, int run) { return drifting(is_head ? 12 : 10, run); });
  CHECK(report.outcome() == GateOutcome::fail);
  REQUIRE(report.troubles.size() == 1);
  CHECK(report.troubles.front().reason.starts_with("while it was timed: round "));
  CHECK(report.claims.empty());
}

TEST_CASE("what only the new version does is left out, which is said") {
  std::string file = whole_file;
  Bench bench(
      file.replace(file.find("[[variant]]"), 0, "[[workload]]\nname = \"new\"\nargs = [\"--new\"]\n"));
  bench.program("base", "test $# = 0 && echo 1");
  const auto report = bench.gate([](bool, int run) { return drifting(10, run); });
  CHECK(report.outcome() == GateOutcome::pass);
  for (const auto& claim : report.claims) CHECK(claim.workload == "w");
  REQUIRE(report.notes.size() == 1);
  CHECK(report.notes.front().starts_with("workload 'new' is not compared. BASE ("));
  CHECK(report.notes.front().find(") does not do what it should: workload new: exit code 1") !=
        std::string::npos);
}

TEST_CASE("what is as fast passes after the first look, and is not measured again") {
  Bench bench;
  const auto report = bench.gate([](bool, int run) { return drifting(10, run); });
  CHECK(report.outcome() == GateOutcome::pass);
  for (const auto& claim : report.claims) CHECK_FALSE(claim.second);
}

TEST_CASE("what noise hides is open, says what may be lost, and refuses only where that is strict") {
  std::string file = whole_file;
  Bench bench(file.replace(file.find("\"1m\""), 4, "\"10s\""));
  // As much more as is allowed: however many rounds there are, they show neither.
  auto report = bench.gate([](bool is_head, int run) {
    const double noise = ((run * 7919 + (is_head ? 104'729 : 0)) % 1009) / 504.5 - 1;
    return (is_head ? 10.2 : 10) * std::exp(0.05 * noise);
  });
  CHECK(report.outcome() == GateOutcome::open);
  for (const auto& claim : report.claims) CHECK((!claim.first.hi || *claim.first.hi > 2));
  CHECK(sentence_of(report).starts_with("open: "));
  CHECK_FALSE(report.refuses());
  report.strict = true;
  CHECK(report.refuses());
}

TEST_CASE("the same code needs no time") {
  Bench bench;
  bench.program("base", "echo 1 # the new one");
  const auto report = bench.gate([](bool, int) { return 10; });
  CHECK(bench.timed == 0);
  CHECK(report.outcome() == GateOutcome::pass);
  CHECK(report.claims.front().first.reason == "the same code");
}

TEST_CASE("a new version that ends otherwise than it should fails the gate, and is not timed") {
  Bench bench;
  bench.program("head", "exit 3");
  const auto report = bench.gate([](bool, int) { return 10; });
  CHECK(bench.timed == 0);
  CHECK(report.outcome() == GateOutcome::fail);
  REQUIRE(report.troubles.size() == 1);
  CHECK(report.troubles.front().reason == "workload w: exit code 3, expected 0");
  CHECK(sentence_of(report) ==
        "regression: HEAD does not do what 'w' asks: workload w: exit code 3, expected 0");
}

TEST_CASE("a new version that prints something else is timed, and stays open") {
  Bench bench;
  bench.program("head", "echo 2 # the new one");
  const auto report = bench.gate([](bool, int run) { return drifting(10, run); });
  CHECK(report.outcome() == GateOutcome::open);
  for (const auto& claim : report.claims) {
    CHECK(claim.first.outcome == GateOutcome::pass);
    CHECK(claim.reason == "other output");
  }
  const auto slower = bench.gate([](bool is_head, int run) { return drifting(is_head ? 12 : 10, run); });
  CHECK(slower.outcome() == GateOutcome::fail);
}

TEST_CASE("what must be printed is demanded of both") {
  const auto with_expect = [](const char* text) {
    std::string file = whole_file;
    return file.replace(file.find("[[variant]]"), 0,
                        std::string("expect = { stdout = \"") + text + "\\n\" }\n");
  };
  Bench bench(with_expect("1"));
  bench.program("head", "echo 2 # the new one");
  CHECK(bench.gate([](bool, int) { return 10; }).troubles.size() == 1);
  Bench other(with_expect("2"));
  CHECK_THROWS_WITH_AS(other.gate([](bool, int) { return 10; }),
                       doctest::Contains("does not do what it should: workload w: "), Error);
}

TEST_CASE("what prints something else when it is timed is not compared") {
  Bench bench;
  bench.printed = "3\n";
  CHECK_THROWS_WITH_AS(bench.gate([](bool, int) { return 10; }),
                       doctest::Contains("BASE failed while workload 'w' was timed: "), Error);
}

TEST_CASE("an old version that is replaced while it is compared ends the gate") {
  std::string file = whole_file;
  file.replace(file.find("[[variant]]"), 0, "prepare = [[\"{root}/sly\"]]\n");
  Bench bench(file);
  bench.program("sly",
                "cp \"$(dirname \"$0\")/head\" \"$(dirname \"$0\")/.pgo-orch/gate/variants/BASE/bin/prog\"");
  CHECK_THROWS_WITH_AS(bench.gate([](bool, int) { return 10; }), doctest::Contains("BASE"), Error);
}

TEST_CASE("workloads that train are left out where only others count") {
  std::string file = whole_file;
  file += "held-out-only = true\n";
  Bench none(file);
  CHECK_THROWS_WITH_AS(none.gate([](bool, int) { return 10; }),
                       doctest::Contains("held-out-only leaves no workload"), Error);
  file.replace(file.find("[[variant]]"), 0, "[[workload]]\nname = \"apart\"\nrole = \"measure\"\n");
  Bench one(file);
  const auto report = one.gate([](bool, int run) { return drifting(10, run); });
  for (const auto& claim : report.claims) CHECK(claim.workload == "apart");
  CHECK(report.claims.size() == 2);
}

TEST_CASE("executables that cannot be taken are named") {
  std::string file = whole_file;
  Bench bench(file + "metrics = [\"build\"]\n");
  CHECK_THROWS_WITH_AS(bench.gate([](bool, int) { return 10; }),
                       doctest::Contains("executables are not built"), Error);
  CHECK_THROWS_WITH_AS(SideFinder::finished(base_name, bench.path("nothing")),
                       doctest::Contains("there is no such file"), Error);
}
