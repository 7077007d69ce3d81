#include "orchestrator/store/history.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "toolchains/error.h"
#include "toolchains/files.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;

namespace {

HistoryEntry entry(const std::string& run, const std::string& started) {
  HistoryEntry made;
  made.run = run;
  made.started = started;
  made.tool = "0.1.0";
  made.project = "fib";
  made.programs = {"fib"};
  made.machine = {"a CPU", 2, "6.1", true};
  made.rustc = "1.90.0";
  made.revision = "0123456789abcdef";
  made.clean = false;
  made.base = {"baseline", "", "x86_64-unknown-linux-gnu", {{"lto", "false"}}, {{"fib", "aa"}}};
  made.builds = {{"pgo", "", "x86_64-unknown-linux-gnu", {{"lto", "\"fat\""}}, {{"fib", "bb"}}}};
  made.workloads = {{"small", {"12345678", 2}}};
  made.corpora = {{"texts", "cc"}};
  using measure::GateMetric;
  made.effects = {{GateMetric::wall, "pgo", std::nullopt, -12.00004, -12.5, std::nullopt,
                   measure::Verdict::faster, 0.95, 41},
                  {GateMetric::cpu, "pgo", "small", std::nullopt, std::nullopt, std::nullopt,
                   measure::Verdict::failed, 0.95, 0}};
  return made;
}

const std::string morning = "2026-11-01T08:00:00Z", noon = "2026-11-01T12:00:00Z";

std::vector<std::string> runs(const RecordedHistory& history) {
  std::vector<std::string> ids;
  for (const auto& each : history.entries) ids.push_back(each.run);
  return ids;
}

}  // namespace

TEST_CASE("an entry is one line with sorted fields and rounded numbers") {
  CHECK(
      to_json(entry("1", morning)).dump() ==
      R"({"base":{"code":{"fib":"aa"},"name":"baseline","settings":{"lto":"false"},)"
      R"("target":"x86_64-unknown-linux-gnu"},"builds":[{"code":{"fib":"bb"},"name":"pgo",)"
      R"("settings":{"lto":"\"fat\""},"target":"x86_64-unknown-linux-gnu"}],"clean":false,)"
      R"("corpora":{"texts":"cc"},"effects":[{"build":"pgo","confidence":0.95,"effect_pct":-12.0,)"
      R"("hi_pct":null,"lo_pct":-12.5,"metric":"wall","rounds":41,"verdict":"faster","workload":null},)"
      R"({"build":"pgo","confidence":0.95,"effect_pct":null,"hi_pct":null,"lo_pct":null,)"
      R"("metric":"cpu","rounds":0,"verdict":"failed","workload":"small"}],"kind":"run","machine":{"cores":2,"cpu":"a CPU","kernel":"6.1",)"
      R"("virtualized":true},"programs":["fib"],"project":"fib","revision":"0123456789abcdef","run":"1",)"
      R"("rustc":"1.90.0","schema":"pgo-orch/history/1","started":"2026-11-01T08:00:00Z","tool":"0.1.0",)"
      R"("workloads":{"small":{"digest":"12345678","weight":2}}})");
}

TEST_CASE("what is read is what was written, also of a gate") {
  auto made = entry("1", morning);
  made.kind = Recorded::gate;
  made.base.revision = "main";
  made.clean.reset();
  const auto json = to_json(made);
  const auto again = entry_from(json);
  CHECK(to_json(again) == json);
  CHECK(again.kind == Recorded::gate);
  CHECK(again.base.revision == "main");
  CHECK(again.build("pgo")->settings.at("lto") == "\"fat\"");
  CHECK(again.build("baseline") == &again.base);
  CHECK(again.build("none") == nullptr);
}

TEST_CASE("a history is in the order of the starts, and of a run that went on the later line counts") {
  const toolchains::TempDir folder;
  const auto file = folder.path() / "history.jsonl";
  CHECK(read_history(file).entries.empty());
  append(file, entry("2", noon));
  append(file, entry("1", morning));
  auto again = entry("2", noon);
  again.effects.front().effect = -13;
  append(file, again);
  auto elsewhere = entry("2", noon);
  elsewhere.machine.cpu = "another CPU";
  append(file, elsewhere);
  const auto history = read_history(file);
  CHECK(runs(history) == std::vector<std::string>{"1", "2", "2"});
  CHECK(history.entries[1].effects.front().effect == -13);
  CHECK(history.unread == 0);
}

TEST_CASE("lines that are cut, of another version, or say what cannot be, are counted and left out") {
  const toolchains::TempDir folder;
  const auto file = folder.path() / "history.jsonl";
  append(file, entry("1", morning));
  std::vector<nlohmann::json> wrong(10, to_json(entry("3", noon)));
  wrong[0]["schema"] = "pgo-orch/history/2";
  wrong[1]["kind"] = "audit";
  wrong[2]["started"] = "yesterday";
  wrong[3]["effects"][0]["effect_pct"] = -100;
  wrong[4]["effects"][0]["effect_pct"] = "-3";
  wrong[5]["effects"][0]["lo_pct"] = 3;
  wrong[5]["effects"][0]["hi_pct"] = -3;
  wrong[6]["effects"][0]["verdict"] = "splendid";
  wrong[7].erase("base");
  wrong[8]["machine"] = "mine";
  wrong[9]["effects"] = 3;
  std::ofstream lines(file, std::ios::app);
  for (const auto& each : wrong) lines << each.dump() << "\n";
  lines << "[]\n<<<<<<< HEAD\n" << R"({"schema":)";
  lines.close();
  append(file, entry("2", noon));
  const auto history = read_history(file);
  CHECK(runs(history) == std::vector<std::string>{"1", "2"});
  CHECK(history.unread == 13);
}

TEST_CASE("a link is not written through") {
  const toolchains::TempDir folder;
  std::filesystem::create_symlink(folder.path() / "elsewhere", folder.path() / "history.jsonl");
  CHECK_THROWS_AS(append(folder.path() / "history.jsonl", entry("1", morning)), Error);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "elsewhere"));
}
