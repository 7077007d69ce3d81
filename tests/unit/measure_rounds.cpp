// Rounds: their order, copies, failures, and when they end.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "measure/rounds/rounds.h"
#include "measure/statistics/verdict.h"
#include "measure_rounds_fixture.h"
#include "toolchains/error.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::measure::test;
using std::chrono::milliseconds;
namespace fs = std::filesystem;

TEST_CASE("in each round every contender runs once, in an order that varies, with one pad for all") {
  const Scratch scratch;
  ScriptedSampler sampler([](const RunSpec&) { return took(milliseconds(1)); });
  const auto measured =
      measure_rounds({contender("a"), contender("b"), contender("c")}, sampler, exactly(60, scratch));
  CHECK(measured.rounds == 60);
  CHECK(measured.seed == 42);
  REQUIRE(sampler.asked.size() == 183);  // a warm-up before
  std::map<std::string, int> orders;
  std::set<std::string> pads;
  for (std::size_t first = 3; first < 183; first += 3) {
    const std::string order = sampler.names(first, 3);
    CHECK(sorted(order) == "abc");
    ++orders[order];
    const std::string pad = sampler.asked[first].env.at(pad_variable);
    CHECK(pad.size() < 4096);
    CHECK(sampler.asked[first + 1].env.at(pad_variable) == pad);
    CHECK(sampler.asked[first + 2].env.at(pad_variable) == pad);
    pads.insert(pad);
  }
  CHECK(orders.size() == 6);
  CHECK(pads.size() > 50);
  for (const auto& series : measured.series) {
    CHECK(series.rounds.size() == 60);
    CHECK(series.rounds.front() == 1);
    CHECK(series.rounds.back() == 60);
    CHECK(series.samples.size() == 60);
  }
}

TEST_CASE("the same seed gives the same order everywhere, and all orders are equally likely") {
  std::string orders;
  for (int round = 1; round <= 4; ++round) {
    for (const int index : random_order(1, Purpose::order, round, 5)) orders += std::to_string(index);
    orders += ' ';
  }
  CHECK(orders == "24130 21304 42310 04213 ");
  CHECK(random_pad(1, 1).size() == 699);
  std::map<std::vector<int>, int> counts;
  for (int round = 0; round < 6000; ++round) ++counts[random_order(7, Purpose::order, round, 3)];
  CHECK(counts.size() == 6);
  for (const auto& [order, count] : counts) CHECK(std::abs(count - 1000) < 130);  // 4.5 sigma
}

TEST_CASE("copies have the same name in sibling folders, and are renewed together every ten rounds") {
  const Scratch scratch;
  std::ofstream(scratch.path / "fast") << "fast";
  std::ofstream(scratch.path / "slow") << "slow";
  ScriptedSampler sampler([&](const RunSpec& spec) {
    CHECK(spec.executable.empty() == (spec.argv[0] == "other"));
    if (spec.executable.empty()) return took(milliseconds(1));
    std::ostringstream content;
    content << std::ifstream(spec.executable).rdbuf();
    CHECK(content.str() == spec.argv[0]);
    CHECK(spec.executable.filename() == "app");
    CHECK(spec.executable.parent_path().parent_path() == scratch.path / "copies");
    return took(milliseconds(1));
  });
  RoundsOptions options = exactly(25, scratch);
  options.file_name = "app";
  options.renew_share = 0;
  std::vector<int> renewed;
  options.on_round = [&](const Progress& progress) {
    const fs::path mark = scratch.path / "copies" / "mark";  // goes when all copies go
    if (!fs::exists(mark)) renewed.push_back(progress.round);
    std::ofstream(mark) << "seen";
  };
  measure_rounds({contender("fast", scratch.path / "fast"), contender("slow", scratch.path / "slow"),
                  contender("other")},
                 sampler, options);
  CHECK(renewed == std::vector<int>{1, 11, 21});
  CHECK_FALSE(fs::exists(scratch.path / "copies"));
  CHECK(fs::exists(scratch.path / "fast"));
}

TEST_CASE("an executable that can't be copied is an error that names it") {
  const Scratch scratch;
  ScriptedSampler sampler([](const RunSpec&) { return took(milliseconds(1)); });
  const auto measure = [&] { measure_rounds({contender("a", "/nowhere/a")}, sampler, exactly(5, scratch)); };
  CHECK_THROWS_WITH_AS(measure(), "cannot read /nowhere/a: No such file or directory", Error);
}

TEST_CASE("a contender that fails drops out with the reason, and the others go on") {
  const Scratch scratch;
  int runs_of_b = 0;
  ScriptedSampler sampler([&](const RunSpec& spec) {
    Sample sample = took(milliseconds(1));
    if (spec.argv[0] == "b" && ++runs_of_b == 4) sample.exit_code = 3;
    if (spec.argv[0] == "c") sample.end = End::timed_out;
    return sample;
  });
  Contender odd = contender("d");
  odd.expected_exit_codes = 1;
  const auto measured =
      measure_rounds({contender("a"), contender("b"), contender("c"), odd}, sampler, exactly(8, scratch));
  CHECK(measured.rounds == 8);
  CHECK(measured.series[0].failure == "");
  CHECK(measured.series[0].samples.size() == 8);
  CHECK(measured.series[1].failure == "round 3: exit code 3");
  CHECK(measured.series[1].rounds == std::vector<int>{1, 2});
  CHECK(measured.series[2].failure == "warm-up: timed out");
  CHECK(measured.series[2].samples.empty());
  CHECK(measured.series[3].failure == "warm-up: exit code 0");
  CHECK(runs_of_b == 4);
}

TEST_CASE("when none is left the measurement ends") {
  const Scratch scratch;
  ScriptedSampler sampler([](const RunSpec&) {
    Sample sample;
    sample.reason = "cannot execute a: No such file or directory";
    return sample;
  });
  const auto measured = measure_rounds({contender("a")}, sampler, exactly(8, scratch));
  CHECK(measured.rounds == 0);
  CHECK(measured.series[0].failure == "warm-up: cannot execute a: No such file or directory");
  CHECK(sampler.asked.size() == 1);
}

TEST_CASE("the budget decides how many rounds there are, checked at the end of each") {
  const Scratch scratch;
  int runs = 0;
  int slow_from = 1000;
  ScriptedSampler sampler([&](const RunSpec&) { return took(milliseconds(++runs > slow_from ? 500 : 50)); });
  RoundsOptions options;
  options.scratch = scratch.path;
  const std::vector<Contender> two = {contender("a"), contender("b")};
  options.budget = {.time = std::chrono::seconds(3), .min_rounds = 5, .max_rounds = 500};
  std::vector<int> planned;
  options.on_round = [&](const Progress& progress) { planned.push_back(progress.planned); };

  SUBCASE("planned from the warm-up") {
    CHECK(measure_rounds(two, sampler, options).rounds == 29);  // the warm-up took one round's time
    CHECK(planned == std::vector<int>(29, 29));
  }
  SUBCASE("fewer when the machine gets slower") {
    slow_from = 22;  // warm-up and ten rounds of 0.1 s, then rounds of 1 s
    CHECK(measure_rounds(two, sampler, options).rounds == 12);
  }
  SUBCASE("never fewer than the minimum") {
    slow_from = 0;
    CHECK(measure_rounds(two, sampler, options).rounds == 5);
  }
  SUBCASE("never more than the maximum") {
    options.budget.max_rounds = 7;
    CHECK(measure_rounds(two, sampler, options).rounds == 7);
  }
  SUBCASE("without a warm-up the clock alone decides") {
    options.warmup = 0;
    CHECK(measure_rounds(two, sampler, options).rounds == 30);
  }
}

TEST_CASE("preparation comes before every run, and a round is reported when it is complete") {
  const Scratch scratch;
  std::string log;
  ScriptedSampler sampler([&](const RunSpec&) {
    log += "r";
    return took(milliseconds(1));
  });
  RoundsOptions options = exactly(2, scratch);
  auto a = contender("a"), b = contender("b");
  a.prepare = b.prepare = [&](const fs::path&) {
    log += "p";
    return std::string();
  };
  options.on_round = [&](const Progress& progress) {
    CHECK(progress.so_far.series[0].rounds.back() == progress.round);
    log += std::to_string(progress.round) + "of" + std::to_string(progress.planned) + " ";
  };
  measure_rounds({a, b}, sampler, options);
  CHECK(log == "prprprpr1of2 prpr2of2 ");
}

TEST_CASE("a contender whose preparation fails drops out with its reason, and is not run") {
  const Scratch scratch;
  ScriptedSampler sampler([](const RunSpec&) { return took(milliseconds(1)); });
  auto a = contender("a"), b = contender("b");
  int calls = 0;
  b.prepare = [&](const fs::path&) { return std::string(++calls == 3 ? "prepare: exit code 1" : ""); };
  const auto measured = measure_rounds({a, b}, sampler, exactly(4, scratch));
  CHECK(measured.series[0].samples.size() == 4);
  CHECK(measured.series[1].failure == "prepare: exit code 1");
  CHECK(measured.series[1].samples.size() == 1);
  CHECK(sampler.asked.size() == 5 + 2);  // the warm-up included
}

TEST_CASE("the referee is asked at each look; who is lost runs no more, and what is settled ends") {
  const Scratch scratch;
  ScriptedSampler sampler([](const RunSpec&) { return took(milliseconds(1)); });
  RoundsOptions options = exactly(100, scratch);
  std::vector<int> asked;
  options.referee = [&](const Measured& so_far, Nanoseconds) {
    asked.push_back(so_far.rounds);
    Ruling ruling;
    if (so_far.rounds == 13) ruling.lost = {1};
    ruling.settled = so_far.rounds == 25;
    return ruling;
  };
  const auto measured = measure_rounds({contender("a"), contender("b")}, sampler, options);
  CHECK(asked == std::vector<int>{8, 10, 13, 16, 20, 25});
  CHECK(measured.rounds == 25);
  CHECK(measured.settled);
  CHECK(measured.series[0].samples.size() == 25);
  CHECK(measured.series[1].samples.size() == 13);
  CHECK(measured.series[1].lost);
}

TEST_CASE("an interrupt drops the round that it cuts") {
  const Scratch scratch;
  int runs = 0;
  ScriptedSampler sampler([&](const RunSpec&) {
    Sample sample = took(milliseconds(1));
    if (++runs == 8) sample.end = End::interrupted;
    return sample;
  });
  const auto measured = measure_rounds({contender("a"), contender("b")}, sampler, exactly(9, scratch));
  CHECK(measured.interrupted);
  CHECK(measured.rounds == 2);
  for (const auto& series : measured.series) {
    CHECK(series.failure == "");
    CHECK(series.rounds == std::vector<int>{1, 2});
  }
}

TEST_CASE("a resumed measurement goes on as if it had never stopped") {
  const Scratch scratch;
  const std::vector<Contender> three = {contender("a"), contender("b"), contender("c")};
  ScriptedSampler whole([](const RunSpec&) { return took(milliseconds(1)); });
  measure_rounds(three, whole, exactly(20, scratch));
  ScriptedSampler first([](const RunSpec&) { return took(milliseconds(1)); });
  auto had = measure_rounds(three, first, exactly(13, scratch)).series;
  ScriptedSampler second([](const RunSpec&) { return took(milliseconds(1)); });
  RoundsOptions options = exactly(20, scratch);
  options.had = had;
  const auto measured = measure_rounds(three, second, options);
  CHECK(measured.rounds == 20);
  CHECK(measured.series[1].rounds.size() == 20);
  CHECK(measured.series[1].rounds.back() == 20);
  CHECK(second.names(3, 21) == whole.names(42, 21));
  CHECK(second.asked[3].env == whole.asked[42].env);
}

TEST_CASE("two equal programs are told apart no more often than promised, on a machine that drifts") {
  const Scratch scratch;
  std::mt19937_64 random(2024);
  const auto uniform = [&] { return std::ldexp(static_cast<double>(random() >> 11), -53); };
  double drift = 0;
  ScriptedSampler sampler([&](const RunSpec&) {
    drift += 0.01 * (uniform() - 0.45);                    // it gets slower, by steps and on average
    const double spike = uniform() < 0.1 ? uniform() : 0;  // and is disturbed
    return took(Nanoseconds(std::llround(1e7 * std::exp(drift + spike + 0.02 * uniform()))));
  });
  const std::vector<Contender> equal = {contender("a"), contender("b")};
  int claims = 0;
  for (int trial = 0; trial < 400; ++trial) {
    drift = 0;
    RoundsOptions options = exactly(20, scratch);
    options.seed = static_cast<std::uint64_t>(trial);
    options.warmup = 0;
    const auto measured = measure_rounds(equal, sampler, options);
    const auto verdict = compare(measured.series[0], measured.series[1], {}).verdict;
    claims += verdict == Verdict::faster || verdict == Verdict::slower;
  }
  CHECK(claims > 0);
  CHECK(claims <= 20);  // 5 % of 400
}
