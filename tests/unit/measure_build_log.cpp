// What is read about a build: the shims' log, phases that a command reports, cargo's own report.

#include <doctest/doctest.h>

#include "measure_build_phases_fixture.h"
#include "toolchains/error.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::measure::test;
using namespace std::chrono_literals;

TEST_CASE("a line that is no phase is an error with its place") {
  const std::string hint = R"(: write lines like {"phase": "parse", "seconds": 0.012})";
  const auto error = [](const std::string& text) {
    try {
      parse_own_phases(text, "p.jsonl");
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string("none");
  };
  CHECK(error("\n{\"phase\": \"a\", \"seconds\": 1}\nparse 12\n") == "p.jsonl:3: not JSON" + hint);
  CHECK(error("[]") == "p.jsonl:1: not an object with a \"phase\" that is a name" + hint);
  CHECK(error("{\"phase\": \"a\"}") ==
        "p.jsonl:1: needs numbers: \"seconds\", or \"start_ns\" and \"end_ns\"" + hint);
  CHECK(error("{\"phase\": \"a\", \"seconds\": -1}") == "p.jsonl:1: \"seconds\" is out of range" + hint);
  CHECK(error("{\"phase\": \"a\", \"start_ns\": 2, \"end_ns\": 1}") ==
        "p.jsonl:1: \"end_ns\" is before \"start_ns\"" + hint);
}

TEST_CASE("a line of the log that is no event is left out and said") {
  const std::string whole =
      R"({"tool":"rustc","kind":"compile","parent":{"tool":"cargo","shim_pid":7},"pid":5,"ppid":3,"shim_pid":4,)"
      R"("start_ns":10,"end_ns":30,"user_ns":1,"system_ns":2,"peak_rss_bytes":4096,"own_ns":6,"signal":9,)"
      R"("argv_count":2,"crate":"a","passes":[{"pass":"total","seconds":0.5,"end_ns":20}]})";
  const auto log = parse_build_log(whole + "\n" + whole.substr(0, 40));
  REQUIRE(log.events.size() == 1);
  CHECK(log.events[0].parent_shim_pid == 7);
  CHECK(log.events[0].wall() == 20ns);
  CHECK(log.events[0].signal == 9);
  CHECK(log.events[0].exit_code == -1);
  CHECK(log.events[0].passes[0].time == 500ms);
  REQUIRE(log.notes.size() == 1);
  CHECK(log.notes[0] == "line 2 of the build's log is not a complete event, so it is left out");
}

TEST_CASE("cargo's report gives the units, old and new") {
  const auto units = units_of_timings(report(
      R"json({"name": "a]", "version": "1.0.0", "mode": "todo", "target": "", "start": 0.16, "duration": 0.08,
          "sections": [["frontend", {"start": 0.0, "end": 0.06}], ["codegen", {"start": 0.06, "end": 0.08}]]},
         {"name": "b", "version": "1.0.0", "mode": "run-custom-build", "target": " build-script (run)",
          "start": 0.5, "duration": 0.25, "sections": null},
         {"name": "c", "version": "1.0.0", "mode": "todo", "target": " c \"bin\"", "start": 1, "duration": 2.5,
          "rmeta_time": 1.5})json"));
  REQUIRE(units.size() == 3);
  CHECK(units[0].start == 160ms);
  CHECK(units[0].frontend == 60ms);
  CHECK_FALSE(units[0].runs_build_script);
  CHECK(units[1].runs_build_script);
  CHECK(units[1].duration == 250ms);
  CHECK(units[1].frontend == std::nullopt);
  CHECK(units[2].target == "c \"bin\"");
  CHECK(units[2].frontend == 1500ms);
  CHECK_THROWS_WITH_AS(
      units_of_timings("<html>"),
      "cargo's timing report has no UNIT_DATA: only those of cargo 1.60 to 1.95 can be read, so the times of "
      "build scripts are unknown",
      Error);
  CHECK_THROWS_AS(units_of_timings("UNIT_DATA = [{\"name\": 1}]"), Error);
  CHECK_THROWS_AS(units_of_timings("UNIT_DATA = [{"), Error);
}
