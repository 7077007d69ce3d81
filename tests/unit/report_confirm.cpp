// What a confirmation prints.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "report/confirm.h"

using namespace pgo_orch;
using namespace pgo_orch::report;

namespace {

Comparison measured(double effect, double lo, double hi) {
  Comparison comparison;
  comparison.workload = "parse";
  comparison.variant = "pgo";
  comparison.to = "baseline";
  comparison.effect = effect;
  comparison.lo = lo;
  comparison.hi = hi;
  return comparison;
}

ConfirmReport sample() {
  ConfirmReport report{.tool_version = "0.1.0",
                       .run = {.id = "second", .started = "2026-12-01T00:00:00Z"},
                       .host = {"Small CPU", 2, "Linux 6.1", true, {}},
                       .first_run = {.id = "first"},
                       .first_host = {"Big CPU", 16, "Linux 6.8", false, {}},
                       .project = "prog",
                       .baseline = "baseline",
                       .recommendation = "pgo is 12.0 % faster than baseline [11.0, 13.0]. Use it.",
                       .recommends = true};
  report.claims = {{.kind = ClaimKind::faster,
                    .first = measured(-12, -13, -11),
                    .second = measured(-10, -12.5, -7.5),
                    .joined = Joined::confirmed},
                   {.kind = ClaimKind::over_guard, .first = measured(4, 3, 5), .reason = "exit code 3"},
                   {.kind = ClaimKind::slower,
                    .first = measured(2, 1.5, 2.5),
                    .second = measured(0.5, -2, 3),
                    .time_needed = std::chrono::seconds(90)}};
  report.claims[1].first.variant = "fat";
  report.claims[2].first.metric = Metric::cpu;
  report.claims[2].first.workload.reset();
  return report;
}

}  // namespace

TEST_CASE("the worst comes first, and the sentence says how many are left") {
  auto report = sample();
  report.recommends = false;
  sort_worst_first(report.claims);
  CHECK(report.outcome() == Joined::not_confirmed);
  std::string rule;
  for (int i = 0; i < 121; ++i) rule += "─";
  CHECK(to_text(report, false) ==
        "prog: the claims of run first, measured again\n"
        "first: Big CPU, 16 cores, Linux 6.8\n"
        "here:  Small CPU, 2 cores, Linux 6.1, virtual\n"
        "\n"
        "workload      variant  metric    claim       first                   here                   "
        "verdict\n" +
            rule +
            "\n"
            "parse         fat      run time  over guard  +4.0 % [+3.0, +5.0]                            not "
            "confirmed (not measured)\n"
            "all together  pgo      CPU time  slower      +2.0 % [+1.5, +2.5]     +0.5 % [-2.0, +3.0]    not "
            "confirmed (1 m 30 s more)\n"
            "parse         pgo      run time  faster      -12.0 % [-13.0, -11.0]  -10.0 % [-12.5, -7.5]  "
            "confirmed\n"
            "\n"
            "not measured (fat): exit code 3\n"
            "All claims that both measurements make hold together with a confidence of at least 95 %. It is "
            "more\n"
            "if their errors are independent, which is not assumed: the files are the same.\n"
            "\n"
            "not confirmed: 2 of 3 claims; nothing is contradicted. About 1 m 30 s more per workload would "
            "tell.\n"
            "The recommendation of the run is not confirmed.\n");
  report.claims[1].time_needed = std::chrono::hours(3);
  CHECK(sentence_of(report).find(" More time hardly helps: this machine is too noisy for that. ") !=
        std::string::npos);
  report.claims.back().joined = Joined::contradicted;
  sort_worst_first(report.claims);
  CHECK(sentence_of(report) ==
        "contradicted: 1 of 3 claims. The run claims that pgo is faster in parse, -12.0 % [-13.0, -11.0] run "
        "time, and it takes -10.0 % [-12.5, -7.5] here. The machines differ, or one of the measurements is "
        "wrong. The recommendation of the run is not confirmed.");
}

TEST_CASE("a guard that is kept here is said in words") {
  auto report = sample();
  report.recommendation.clear();
  report.claims[1].second = measured(0.1, -0.2, 0.4);
  report.claims[1].joined = Joined::contradicted;
  sort_worst_first(report.claims);
  CHECK(
      sentence_of(report) ==
      "contradicted: 1 of 3 claims. The run claims that fat is slower than the guard allows in parse, +4.0 % "
      "[+3.0, +5.0] run time, and it takes +0.10 % [-0.20, +0.40] here. The machines differ, or one of the "
      "measurements is wrong.");
}

TEST_CASE("the recommendation is there only if it is confirmed") {
  auto report = sample();
  report.claims.resize(1);
  CHECK(
      sentence_of(report) ==
      "confirmed: the only claim holds here, too. pgo is 12.0 % faster than baseline [11.0, 13.0]. Use it.");
  report.recommendation.clear();
  CHECK(sentence_of(report) == "confirmed: the only claim holds here, too.");
  report.claims.clear();
  CHECK(report.outcome() == Joined::not_confirmed);
}

TEST_CASE("programs get each claim with both measurements") {
  const auto json = nlohmann::json::parse(to_json_text(sample()));
  CHECK(json.at("schema") == "pgo-orch/confirm/1");
  CHECK(json.at("outcome") == "not-confirmed");
  CHECK(json.at("first").at("cpu") == "Big CPU");
  CHECK(json.at("second").at("virtualized") == true);
  CHECK(json.at("claims").at(0).at("second").at("lo_pct") == -12.5);
  CHECK(json.at("claims").at(1).at("claim") == "over-guard");
  CHECK(json.at("claims").at(1).at("second").is_null());
  CHECK(json.at("claims").at(2).at("workload").is_null());
  CHECK(json.at("claims").at(2).at("time_needed_s") == 90);
}

TEST_CASE("Markdown has the same") {
  const auto text = to_markdown(sample());
  CHECK(
      text.starts_with("### prog: the claims of run first, measured again\n\nnot confirmed: 2 of 3 claims; "
                       "nothing is contradicted. About 1 m 30 s more per workload would tell. pgo is"));
  CHECK(text.find("- here:  Small CPU, 2 cores") != std::string::npos);
  CHECK(text.find("not measured (fat): exit code 3") != std::string::npos);
}
