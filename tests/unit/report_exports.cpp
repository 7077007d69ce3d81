// What other programs read: hyperfine 2's JSON, JUnit's XML, a trace.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "report/formats.h"
#include "report/progress.h"
#include "report_golden.h"
#include "report_sample.h"

using namespace pgo_orch;
using namespace pgo_orch::report;
using namespace std::chrono_literals;

namespace {

using Json = nlohmann::json;

/// A run of one variant that trains, and of a workload with two rounds.
Results timed_results() {
  Nanoseconds now = 100s;
  Progress progress(stdout, {.verbosity = Verbosity::quiet}, [&] { return now; });
  const auto wait = [&](Nanoseconds time) { now += time; };
  progress.stage_started(1, "pgo", "train");
  progress.training("pgo", "short");
  wait(2s);
  progress.training("pgo", "long");
  wait(3s);
  progress.stage_finished("pgo");
  progress.stage_started(1, "pgo", "optimized build");
  wait(1s);
  progress.stage_failed("pgo", "no room");
  progress.measuring("fib", 1, 0, {});
  wait(10ms);
  progress.measuring("fib", 1, 0, {});
  wait(20ms);
  progress.measuring("fib", 2, 0, {});
  progress.measured("fib", 2);
  Results results;
  results.run.id = "2026-11-30T00-00-00Z";
  results.timeline = progress.timeline();
  return results;
}

}  // namespace

TEST_CASE("hyperfine 2's JSON has each run's measurements and a summary of each quantity") {
  check_golden("hyperfine-2.json", to_hyperfine_2(sample_results()));
  const Json one = Json::parse(to_hyperfine(sample_results())),
             two = Json::parse(to_hyperfine_2(sample_results()));
  CHECK(two.at("schema_version") == 2);
  REQUIRE(two.at("results").size() == one.at("results").size());
  for (std::size_t i = 0; i < one.at("results").size(); ++i) {
    const Json &before = one.at("results").at(i), &now = two.at("results").at(i);
    CHECK(now.at("name") == before.at("command"));
    CHECK(now.at("summary").at("time_wall_clock").at("mean") == before.at("mean"));
    REQUIRE(now.at("measurements").size() == before.at("times").size());
    for (std::size_t run = 0; run < before.at("times").size(); ++run)
      CHECK(now.at("measurements").at(run).at("time_wall_clock").at("value") == before.at("times").at(run));
  }
}

TEST_CASE("JUnit's XML has a test for each variant, reference and goal") {
  check_golden("junit.xml", to_junit(sample_results()));
}

TEST_CASE("JUnit's XML has a failure for a run that was interrupted") {
  Results results;
  CHECK(to_junit(results).find("failures=\"0\"") != std::string::npos);
  results.run.interrupted = true;
  CHECK(to_junit(results).find("failures=\"1\"") != std::string::npos);
}

TEST_CASE("JUnit's XML escapes what XML cannot have") {
  Results results;
  VariantResult row;
  row.name = "<a href=\"x\">&'";
  row.status = Status::failed;
  row.reason = "\x1b[31mred\x01 \xff\xef\xbf\xbf ]]>";
  row.failure =
      Failure{.stage = "build", .command = "cc <x>", .exit = 1, .signal = {}, .log = "", .tail = {"<&"}};
  results.variants.push_back(row);
  const auto xml = to_junit(results);
  CHECK(xml.find("name=\"&lt;a href=&quot;x&quot;&gt;&amp;&#39;\"") != std::string::npos);
  CHECK(xml.find(">$ cc &lt;x&gt;\n&lt;&amp;</failure>") != std::string::npos);
  CHECK(xml.find('\x01') == std::string::npos);
  CHECK(xml.find('\x1b') == std::string::npos);
  CHECK(xml.find("\xef\xbf\xbf") == std::string::npos);
  CHECK(xml.find("]]>") == std::string::npos);
}

TEST_CASE("what happened when is known from what is shown while it runs") {
  const auto timeline = timed_results().timeline;
  REQUIRE(timeline.size() == 5);
  CHECK(timeline[0] == Span{SpanKind::training, "pgo", "short", 0s, 2s, {}});
  CHECK(timeline[1] == Span{SpanKind::training, "pgo", "long", 2s, 3s, {}});
  CHECK(timeline[2] == Span{SpanKind::stage, "pgo", "train", 0s, 5s, {}});
  CHECK(timeline[3] == Span{SpanKind::stage, "pgo", "optimized build, failed", 5s, 1s, {}});
  CHECK(timeline[4] == Span{SpanKind::rounds, "fib", "", 6s, 30ms, {6010ms, 6030ms}});
}

TEST_CASE("a trace has complete events in microseconds, a row for each variant and workload") {
  const Json trace = Json::parse(to_trace(timed_results()));
  std::set<std::string> rows;
  std::map<std::string, Json> events;
  for (const auto& event : trace.at("traceEvents")) {
    if (event.at("ph") == "M")
      rows.insert(event.at("args").at("name"));
    else
      events[event.at("name")] = event;
  }
  CHECK(rows == std::set<std::string>{"pgo-orch run 2026-11-30T00-00-00Z", "build pgo", "measure fib"});
  CHECK(events.at("train with long").at("ts") == 2e6);
  CHECK(events.at("train with long").at("dur") == 3e6);
  CHECK(events.at("round 1").at("dur") == 10'000);
  CHECK(events.at("round 2").at("dur") == 20'000);
  CHECK(events.at("round 1").at("tid") != events.at("train with long").at("tid"));
}
