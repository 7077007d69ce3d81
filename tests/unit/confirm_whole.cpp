// Whole confirmations of executables that are scripts, on a clock that is scripted, too.

#include <doctest/doctest.h>

#include <cstdio>
#include <functional>

#include "orchestrator/confirm/confirm.h"
#include "orchestrator/confirm/packed_run.h"
#include "tests/unit/measure_rounds_fixture.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/process_runner.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using measure::test::ScriptedSampler;
using report::Comparison;
using report::Joined;
using report::Metric;
using report::Verdict;

namespace {

namespace fs = std::filesystem;

Comparison claimed(const std::string& variant, Metric metric, Verdict verdict, double lo, double hi) {
  Comparison comparison;
  comparison.metric = metric;
  comparison.workload = "w";
  comparison.variant = variant;
  comparison.to = "baseline";
  comparison.effect = (lo + hi) / 2;
  comparison.lo = lo;
  comparison.hi = hi;
  comparison.verdict = verdict;
  comparison.rounds = 40;
  return comparison;
}

class Bench {
 public:
  Bench() {
    packed_.run = "2026-11-23T07-04-25Z";
    packed_.project = "prog";
    packed_.baseline = "baseline";
    packed_.programs = {"prog"};
    packed_.measure.max_time = std::chrono::seconds(4);
    Workload workload;
    workload.name = "w";
    workload.program = "prog";
    workload.args = {"{root}/data/in.txt"};
    workload.role = pgo::Role::measure;
    packed_.workloads = {workload};
    results_.baseline = "baseline";
    results_.run.id = packed_.run;
    results_.recommended = "fast";
    results_.recommendation = "fast is 20.0 % faster than baseline [19, 21]. Use it.";
    toolchains::write_file_atomically(folder_.path() / "in.txt", "input\n");
    program("baseline", "cat \"$1\"");
    program("fast", "cat \"$1\" # it is fast");
  }

  /// A variant whose executable is this script; the same name again: another one.
  Bench& program(const std::string& name, const std::string& body) {
    const auto file = folder_.path() / name;
    toolchains::write_file_atomically(file, "#!/bin/sh\n" + body + "\n");
    fs::permissions(file, fs::perms::owner_all);
    const auto sha256 = toolchains::sha256_of_file(file);
    std::erase_if(packed_.variants, [&](const auto& each) { return each.name == name; });
    packed_.variants.push_back({name, {}, {{"prog", sha256}}});
    std::erase_if(results_.variants, [&](const auto& each) { return each.name == name; });
    report::VariantResult row;
    row.name = name;
    row.artifacts.push_back({"prog", "/far/away/prog", Bytes{}, Bytes{}, sha256, ""});
    results_.variants.push_back(row);
    return *this;
  }

  Bench& claims(const std::vector<Comparison>& comparisons) {
    results_.comparisons = comparisons;
    return *this;
  }

  /// Milliseconds of a run of the program with this text; `runs` counts those of that program, from 1.
  using Times = std::function<double(bool is_fast, int runs)>;

  report::ConfirmReport confirm(const Times& times) {
    write_packed_run(archive(), packed_, members());
    report::Progress progress(quiet_.get(), {});
    toolchains::ProcessRunner runner;
    const Layout own = layout_at(folder_.path() / "state" / "confirm");
    int runs[2] = {0, 0};
    ScriptedSampler sampler([&](const measure::RunSpec& spec) {
      const bool is_fast = toolchains::read_file(spec.executable).find("it is fast") != std::string::npos;
      const bool is_copy = spec.stderr_file.filename() == "control.log";
      const double time = times(is_fast, ++runs[is_fast]) * (is_copy ? copy_takes : 1);
      auto sample = measure::test::took(Nanoseconds(static_cast<std::int64_t>(1e6 * time)));
      sample.user = sample.wall;
      if (is_fast && runs[1] == fails_at) sample.exit_code = 3;
      if (!spec.stdout_file.empty())
        toolchains::write_file_atomically(spec.stdout_file, is_fast ? prints : "input\n");
      return sample;
    });
    auto report = orchestrator::confirm(
        {.archive = archive(), .named = "results.json", .results = results_, .max_time = {}, .seed = 1},
        {own, runner, progress}, sampler);
    timed = static_cast<int>(sampler.asked.size());
    return report;
  }

  fs::path archive() const { return folder_.path() / "artifacts.pgoz"; }
  PackedRun& packed() { return packed_; }
  report::Results& results() { return results_; }

  std::string prints = "input\n";  ///< a timed run of `fast`
  int fails_at = 0;                ///< the run of `fast`, warm-up included, that fails
  double copy_takes = 1;           ///< the second copy of the baseline, against the first
  int timed = 0;                   ///< runs in the latest confirmation

 private:
  std::vector<toolchains::ArchiveMember> members() const {
    std::vector<toolchains::ArchiveMember> members{{"inputs/data/in.txt", folder_.path() / "in.txt", false}};
    for (const auto& variant : packed_.variants)
      members.push_back(
          {(programs_in(variant.name) / "prog").generic_string(), folder_.path() / variant.name, true});
    return members;
  }

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  toolchains::TempDir folder_;
  std::unique_ptr<std::FILE, Close> quiet_{std::tmpfile()};
  PackedRun packed_;
  report::Results results_;
};

/// A little longer from run to run, so that no two are equal.
double drifting(double milliseconds, int run) {
  return milliseconds * (1 + 0.0001 * (run * 37 % 11));
}

const std::vector<Comparison> both_metrics{claimed("fast", Metric::runtime, Verdict::faster, -21, -19),
                                           claimed("fast", Metric::cpu, Verdict::faster, -21, -19)};

}  // namespace

TEST_CASE("a claim that holds here, too, is confirmed early, and with it the recommendation") {
  Bench bench;
  const auto report = bench.claims(both_metrics).confirm([](bool is_fast, int run) {
    return drifting(is_fast ? 8 : 10, run);
  });
  CHECK(report.outcome() == Joined::confirmed);
  REQUIRE(report.claims.size() == 2);
  for (const auto& claim : report.claims) {
    CHECK(claim.joined == Joined::confirmed);
    CHECK(*claim.second->effect == doctest::Approx(-20).epsilon(0.01));
    CHECK(*claim.second->hi < 0);
  }
  CHECK(report.recommends);
  CHECK(sentence_of(report) ==
        "confirmed: all 2 claims hold here, too. fast is 20.0 % faster than baseline [19, 21]. Use it.");
  CHECK(bench.timed < 100);  // the time would have been enough for many more
}

TEST_CASE("a machine on which it is the other way round contradicts") {
  Bench bench;
  const auto report = bench.claims(both_metrics).confirm([](bool is_fast, int run) {
    return drifting(is_fast ? 12 : 10, run);
  });
  CHECK(report.outcome() == Joined::contradicted);
  CHECK_FALSE(report.recommends);
  CHECK(
      sentence_of(report).starts_with("contradicted: 2 of 2 claims. The run claims that fast is faster in w, "
                                      "-20.0 % [-21.0, -19.0] run time, and it takes +20.0 % ["));
  CHECK(sentence_of(report).ends_with("The recommendation of the run is not confirmed."));
}

TEST_CASE("a difference that is gone is contradicted, and equivalence is confirmed by the same") {
  Bench bench;
  const auto same = [](bool, int run) { return drifting(10, run); };
  CHECK(bench.claims(both_metrics).confirm(same).outcome() == Joined::contradicted);
  const auto report =
      bench.claims({claimed("fast", Metric::runtime, Verdict::equivalent, -0.5, 0.5)}).confirm(same);
  CHECK(report.outcome() == Joined::confirmed);
  CHECK_FALSE(report.recommends == report.recommendation.empty());
}

TEST_CASE("what noise hides here is not confirmed, with the time that would tell") {
  Bench bench;
  const auto report = bench.claims(both_metrics).confirm([](bool is_fast, int run) {
    return 10 + (run * 7 + (is_fast ? 3 : 0)) % 13;
  });
  CHECK(report.outcome() == Joined::not_confirmed);
  CHECK_FALSE(report.recommends);
  for (const auto& claim : report.claims) {
    CHECK(claim.joined == Joined::not_confirmed);
    CHECK(claim.time_needed);
    CHECK(claim.reason.empty());
  }
  CHECK(sentence_of(report).starts_with("not confirmed: 2 of 2 claims; nothing is contradicted. About "));
}

TEST_CASE("where two copies of one program differ by as much nothing is confirmed, or contradicted") {
  Bench bench;
  bench.copy_takes = 0.98;
  const auto times = [](bool is_fast, int run) { return drifting(is_fast ? 9.8 : 10, run); };
  auto report = bench.claims({claimed("fast", Metric::runtime, Verdict::faster, -3, -1.5)}).confirm(times);
  CHECK(report.outcome() == Joined::not_confirmed);
  CHECK(*report.claims.front().second->hi < 0);
  report = bench.claims({claimed("fast", Metric::runtime, Verdict::slower, 1.5, 3)}).confirm(times);
  CHECK(report.outcome() == Joined::not_confirmed);
  bench.copy_takes = 1;
  CHECK(bench.confirm(times).outcome() == Joined::contradicted);
}

TEST_CASE("wrong output here leaves the claims of that variant not confirmed, and the others are measured") {
  Bench bench;
  bench.program("broken", "echo other");
  const auto report = bench
                          .claims({claimed("broken", Metric::runtime, Verdict::faster, -30, -20),
                                   claimed("fast", Metric::runtime, Verdict::faster, -21, -19)})
                          .confirm([](bool is_fast, int run) { return drifting(is_fast ? 8 : 10, run); });
  REQUIRE(report.claims.size() == 2);
  CHECK(report.claims[0].first.variant == "broken");
  CHECK(report.claims[0].joined == Joined::not_confirmed);
  CHECK_FALSE(report.claims[0].second);
  CHECK(report.claims[0].reason.starts_with("workload w: "));
  CHECK(report.claims[1].joined == Joined::confirmed);
  CHECK(report.recommends);  // of a variant whose claims are all confirmed
  CHECK(to_text(report, false).find("not confirmed (not measured)") != std::string::npos);
}

TEST_CASE("what fails while it is timed leaves its claims not confirmed, with the reason") {
  Bench bench;
  bench.fails_at = 5;
  const auto report = bench.claims(both_metrics).confirm([](bool is_fast, int run) {
    return drifting(is_fast ? 8 : 10, run);
  });
  CHECK(report.outcome() == Joined::not_confirmed);
  for (const auto& claim : report.claims) CHECK(claim.reason == "while it was timed: round 4: exit code 3");
  CHECK_FALSE(report.recommends);
}

TEST_CASE("a copy that prints something else than the program did leaves its claims not confirmed") {
  Bench bench;
  bench.prints = "other\n";
  const auto report = bench.claims(both_metrics).confirm([](bool is_fast, int run) {
    return drifting(is_fast ? 8 : 10, run);
  });
  for (const auto& claim : report.claims) {
    CHECK(claim.joined == Joined::not_confirmed);
    CHECK(claim.reason.find("line 1 is \"other\", expected \"input\"") != std::string::npos);
  }
}

TEST_CASE("where the baseline itself cannot run nothing is measured") {
  Bench bench;
  bench.program("baseline", "exit 3").claims(both_metrics);
  CHECK_THROWS_WITH_AS(bench.confirm([](bool, int) { return 10; }),
                       doctest::Contains("nothing can be measured here: baseline: workload w: exit code 3"),
                       Error);
}

TEST_CASE("a workload that was left out of the archive has the reason") {
  Bench bench;
  bench.packed().left_out = {{"driven", "its setup runs programs of this machine"}};
  auto claims = both_metrics;
  claims[1].workload = "driven";
  const auto report =
      bench.claims(claims).confirm([](bool is_fast, int run) { return drifting(is_fast ? 8 : 10, run); });
  CHECK(report.claims[0].joined == Joined::not_confirmed);
  CHECK(report.claims[0].reason ==
        "workload 'driven' is not in the archive: its setup runs programs of this machine");
  CHECK(report.claims[1].joined == Joined::confirmed);
  CHECK_FALSE(report.recommends);
}

TEST_CASE("an archive of other artifacts is refused, naming what differs") {
  Bench bench;
  bench.claims(both_metrics);
  bench.results().variants.back().artifacts.front().sha256 = std::string(64, '0');
  CHECK_THROWS_WITH_AS(bench.confirm([](bool, int) { return 10; }),
                       doctest::Contains("artifacts.pgoz is not of the run in results.json: other files were "
                                         "measured there: prog of 'fast'"),
                       Error);
  CHECK(bench.timed == 0);
}

TEST_CASE("claims about a variant that is not in the archive are not confirmed") {
  Bench bench;
  bench.program("gone", "cat \"$1\"");
  std::erase_if(bench.packed().variants, [](const auto& each) { return each.name == "gone"; });
  const auto of_gone = claimed("gone", Metric::runtime, Verdict::faster, -3, -2);
  auto claims = both_metrics;
  claims.push_back(of_gone);
  const auto report =
      bench.claims(claims).confirm([](bool is_fast, int run) { return drifting(is_fast ? 8 : 10, run); });
  CHECK(report.claims.front().first.variant == "gone");
  CHECK(report.claims.front().reason == "it is not in the archive");
  CHECK(report.claims.back().joined == Joined::confirmed);
  CHECK_THROWS_WITH_AS(bench.claims({of_gone}).confirm([](bool, int) { return 10; }),
                       doctest::Contains("it has none of the variants about which the run in results.json"),
                       Error);
}

TEST_CASE("an archive whose files are not those that it names is refused, whatever the results say") {
  Bench bench;
  bench.claims(both_metrics);
  bench.results().variants.back().artifacts.front().sha256 = std::string(64, '0');
  bench.packed().variants.back().files.front().sha256 = std::string(64, '0');
  CHECK_THROWS_WITH_AS(bench.confirm([](bool, int) { return 10; }),
                       doctest::Contains("the files of 'fast' in it are not those that it names"), Error);
}

TEST_CASE("a run that claims nothing has nothing to confirm") {
  Bench bench;
  bench.claims({claimed("fast", Metric::runtime, Verdict::unresolved, -3, 2)});
  CHECK_THROWS_WITH_AS(bench.confirm([](bool, int) { return 10; }),
                       doctest::Contains("the run claims nothing"), Error);
}
