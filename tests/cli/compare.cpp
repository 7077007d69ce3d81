// `compare`: which runs, and what is written of them; and the exports that CI systems and viewers read.

#include "test.h"

using namespace pgo_orch::cli;

namespace {

struct Compared : Test {
  Compared() { file("fib.rs", "print 1").file("pgo.toml", with_variant(fib, "fat", "lto = \"fat\"")); }

  std::string run_once() {
    REQUIRE(run({"run", "-q"}).code == 0);
    return results().at("run").at("id");
  }
};

}  // namespace

TEST_CASE_FIXTURE(Compared, "compare takes ids of runs, latest and previous, and these two by default") {
  const auto first = run_once(), second = run_once();
  const auto heading = second + " against " + first + "\n";
  for (const Words& words : {Words{}, Words{"previous", "latest"}, Words{first, second},
                             Words{first, "latest"}, Words{".pgo-orch/runs/" + first, "latest"}}) {
    Words command{"compare"};
    command.insert(command.end(), words.begin(), words.end());
    const auto result = run(command);
    CHECK(result.err == "");
    CHECK(result.out.starts_with(heading));
  }
  CHECK(run({"compare", "previous"}).out.starts_with(heading));
  CHECK(run({"compare", "latest"}).err ==
        "error: latest is the latest run itself: name the run to compare it with\n");
  CHECK(run({"compare", "--json", "none/there.json"}).code == 2);
  CHECK(run({"compare", "latest", "previous"}).out.starts_with(first + " against " + second));
  CHECK(run({"compare", first.substr(0, 4), "latest"}).err ==
        "error: '" + first.substr(0, 4) + "' is the beginning of 2 runs, " + first + " and " + second +
            " among them: write more of it\n");
  CHECK(normal(run({"compare", "nosuch", "latest"}).err) ==
        "error: no run 'nosuch' with results in PROJECT/.pgo-orch; `pgo-orch list` shows them\n");
  const auto shown = [&](const std::string& id) {
    const auto out = run({"report", "--run", id}).out;
    return out.substr(0, out.find("details: "));
  };
  CHECK(shown("previous") == shown(first));
}

TEST_CASE_FIXTURE(Compared, "without two runs compare says what there is not") {
  run_once();
  CHECK(contains(run({"compare"}).err, "no run 'previous' with results in "));
}

TEST_CASE_FIXTURE(Compared, "compare writes a page with the same figures") {
  const auto first = run_once(), second = run_once();
  const auto printed = run({"compare", "--html", "changes.html", "--json", "-"});
  CHECK(printed.code == 0);
  const auto page = read("changes.html");
  CHECK(contains(page, "<h1>" + second + " against " + first + "</h1>"));
  const std::string opens = R"(<script type="application/json" id="data">)";
  const auto at = page.find(opens) + opens.size();
  const auto data = nlohmann::json::parse(page.substr(at, page.find("</script>", at) - at));
  const auto change = nlohmann::json::parse(printed.out).at("runtime").at(0);
  REQUIRE(data.at("workloads").size() == 1);
  CHECK(data.at("workloads").at(0).at("name") == "fib");
  const auto drawn = data.at("workloads").at(0).at("effects").at(0);
  CHECK(data.at("rows").at(drawn.at(0).get<std::size_t>()).at("name") == "fat");
  CHECK(drawn.at(1).get<double>() == doctest::Approx(change.at("effect_pct").get<double>()));
  CHECK(drawn.at(4) == change.at("verdict"));
}

TEST_CASE_FIXTURE(Compared, "compare writes JSON and Markdown") {
  const auto first = run_once(), second = run_once();
  const auto printed = run({"compare", "--json", "-", "--markdown", "changes.md"});
  CHECK(printed.code == 0);
  const auto json = nlohmann::json::parse(printed.out);
  CHECK(json.at("schema") == "pgo-orch/compare/1");
  CHECK(json.at("before") == first);
  CHECK(json.at("after") == second);
  CHECK(json.at("same_baseline") == true);
  REQUIRE(json.at("runtime").size() == 1);
  CHECK(json.at("runtime").at(0).at("variant") == "fat");
  CHECK(json.at("runtime").at(0).at("workload") == "fib");
  CHECK(json.at("runtime").at(0).contains("hi_pct"));
  const auto markdown = read("changes.md");
  CHECK(markdown.starts_with("# " + second + " against " + first + "\n"));
  CHECK(contains(markdown, "\n| variant | workload | change | "));
  CHECK(contains(markdown, "\n| fat | fib | "));
}

TEST_CASE_FIXTURE(Compared, "a run and a report write the same JUnit, trace and hyperfine 2 files") {
  const Words options{"--junit", "1.xml", "--trace", "1.json", "--export-hyperfine-2", "1.hyperfine"};
  Words command{"run", "-q"};
  command.insert(command.end(), options.begin(), options.end());
  REQUIRE(run(command).code == 0);
  CHECK(run({"report", "--junit", "-"}).out == read("1.xml"));
  CHECK(run({"report", "--trace", "-"}).out == read("1.json"));
  CHECK(run({"report", "--export-hyperfine-2", "-"}).out == read("1.hyperfine"));
  CHECK(contains(read("1.xml"), "<testcase classname=\"variants\" name=\"fat\" "));
  std::map<std::string, int> kinds;
  for (const auto& event : json_in("1.json").at("traceEvents")) {
    if (event.at("ph") != "X") continue;
    ++kinds[event.at("cat")];
    CHECK(event.at("ts") >= 0);
    CHECK(event.at("dur") >= 0);
  }
  CHECK(kinds["stage"] == 2);
  CHECK(kinds["rounds"] == 1);
  CHECK(kinds["round"] == results().at("benchmarks").at(0).at("rounds"));
}
