// Where time goes, and what became of functions: `pgo-orch analyze`, and [[inspect]] in a run.

#include <cmath>

#include "lab.h"

using namespace e2e;

namespace {

Lab chains_lab() {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", R"([project]
source = "chains.rs"
[[workload]]
name = "chains"
args = ["30000"]
[[phase]]
name = "counting"
symbols = ["chains::*"]
[[variant]]
name = "baseline"
[[variant]]
name = "small"
opt-level = "s"
[[goal]]
name = "in no time"
metric = "runtime"
below = "1ns"
)");
  return lab;
}

Json analyzed(const Lab& lab, std::vector<std::string> options = {}) {
  options.insert(options.begin(), {"analyze", "--json", lab.root() / "out.json"});
  const auto ended = lab.orch(options);
  CAPTURE(ended.err);
  REQUIRE(ended.status == 0);
  return Json::parse(read(lab.root() / "out.json"));
}

std::vector<std::string> names(const Json& list, const char* key = "name") {
  std::vector<std::string> found;
  for (const auto& each : list) found.push_back(each.at(key));
  return found;
}

double sum_of(const Json& phases) {
  double sum = 0;
  for (const auto& phase : phases) sum += phase.at("seconds").get<double>();
  return sum;
}

/// That each flame graph has its file, and is a picture unless it is said that nothing is there to draw it.
void check_flame_graphs(const Lab& lab, const Json& results) {
  const bool draws =
      !contains(results.at("notes").dump(), "flame graphs are written as folded stacks, not drawn");
  const fs::path run = lab.state() / "latest";
  for (const auto& graph : results.at("flamegraphs")) {
    const fs::path file = run / graph.at("path").get<std::string>();
    CAPTURE(file.string());
    CHECK(file.extension() == (draws ? ".svg" : ".folded"));
    CHECK(fs::file_size(file) > 0);
    fs::path folded = file;
    CHECK(fs::file_size(folded.replace_extension(".folded")) > 0);
  }
}

void check_phases_of_run(const Json& results) {
  const Json run = results.at("phases").at("runtime").at(0);
  CHECK(run.at("workload") == "chains");
  CHECK(run.at("variant") == "baseline");
  if (run.at("source") != "ptrace") {
    MESSAGE("skipped: runs cannot be traced here: " << run.dump());
    return;
  }
  CHECK(names(run.at("phases")) == std::vector<std::string>{"startup", "init", "compute", "shutdown"});
  CHECK(sum_of(run.at("phases")) == doctest::Approx(run.at("total_s").get<double>()).epsilon(0.02));
  for (const auto& phase : run.at("phases")) CHECK(phase.at("seconds") > 0.0);

  std::vector<std::string> of_run;
  for (const auto& row : results.at("amdahl")) {
    if (row.at("of") != "run" || !row.at("goal").get<std::string>().empty()) continue;
    of_run.push_back(row.at("phase"));
    CHECK(row.at("saved_by_halving_pct").get<double>() ==
          doctest::Approx(50 * row.at("share").get<double>()).epsilon(0.001));
  }
  std::ranges::sort(of_run);
  CHECK(of_run == std::vector<std::string>{"compute", "init", "shutdown", "startup"});
}

/// That the report has the tables of the results.
void check_report(const Lab& lab) {
  const std::string report = read(lab.state() / "latest/report.md");
  for (const char* part : {"## phases of a run of chains", "| startup |", "| shutdown |",
                           "## phases of a build", "| codegen |", "## Gains from faster phases"}) {
    CAPTURE(part);
    CHECK(contains(report, part));
  }
  CHECK_FALSE(contains(report, "vs baseline"));
}

void check_functions(const Lab& lab, const Json& results) {
  const Json groups = results.at("groups").at(0);
  if (const auto why = groups.at("unavailable").get<std::string>(); !why.empty()) {
    MESSAGE("skipped: there is no profiler: " << why);
    return;
  }
  CHECK(names(groups.at("groups")) == std::vector<std::string>{"counting", "other"});
  CHECK(groups.at("groups").at(0).at("share") > 0.0);
  CHECK(groups.at("groups").at(0).at("share").get<double>() +
            groups.at("groups").at(1).at("share").get<double>() ==
        doctest::Approx(1.0));
  CHECK(groups.at("total") > 0);
  REQUIRE(results.at("flamegraphs").size() == 1);
  CHECK(contains(results.at("flamegraphs").at(0).at("path"), "flamegraphs/run/chains/baseline."));
  check_flame_graphs(lab, results);
  CHECK(contains(read(lab.state() / "latest/flamegraphs/run/chains/baseline.folded"), "chains::total"));
  CHECK(contains(read(lab.state() / "latest/report.html"), "\"n\":\"chains::total\""));
}

}  // namespace

TEST_CASE("analyze says where the time of the baseline's run and of its build goes") {
  const Lab lab = chains_lab();
  const std::string before = lab.digest();
  const Json results = analyzed(lab);
  fs::remove(lab.root() / "out.json");
  CHECK(lab.digest() == before);
  CHECK(names(results.at("variants")) == std::vector<std::string>{"baseline"});
  CHECK(results.at("benchmarks").empty());
  check_all_ok(results);

  const Json build = results.at("phases").at("build").at(0);
  CHECK(build.at("unavailable") == "");
  CHECK(sum_of(build.at("phases")) == doctest::Approx(build.at("wall_s").get<double>()).epsilon(0.001));
  const Json unit = build.at("units").at(0);
  CHECK(unit.at("name") == "chains");
  CHECK(unit.at("start_s") > 0.0);
  CHECK(unit.at("start_s").get<double>() + unit.at("wall_s").get<double>() <=
        build.at("wall_s").get<double>());
  check_phases_of_run(results);
  check_report(lab);
  check_functions(lab, results);
  const auto same = lab.orch({"compare", "latest", "latest"});
  CHECK(same.err == "");
  CHECK(contains(same.out, "\nNo pass of a build took another time.\n"));
}

TEST_CASE("analyze looks into the variants that it is asked about as well") {
  const Lab lab = chains_lab();
  const Json results = analyzed(lab, {"--variant", "small"});
  CHECK(names(results.at("variants")) == std::vector<std::string>{"baseline", "small"});
  CHECK(names(results.at("phases").at("runtime"), "variant") ==
        std::vector<std::string>{"baseline", "small"});
  CHECK(names(results.at("phases").at("build"), "variant") == std::vector<std::string>{"baseline", "small"});
  CHECK(lab.orch({"analyze", "--variant", "nothing"}).status == 2);
  check_flame_graphs(lab, results);
  if (const auto why = results.at("groups").at(0).at("unavailable").get<std::string>(); !why.empty()) {
    MESSAGE("the rest is skipped: there is no profiler: " << why);
    return;
  }
  std::vector<std::string> graphs;
  for (const auto& graph : results.at("flamegraphs"))
    graphs.push_back(fs::path(graph.at("path").get<std::string>()).replace_extension().string());
  CHECK(graphs == std::vector<std::string>{"flamegraphs/run/chains/baseline", "flamegraphs/run/chains/small",
                                           "flamegraphs/run-against-baseline/chains/small"});
  CHECK(results.at("flamegraphs").at(2).at("differential") == true);
}

TEST_CASE("analyze looks into a build command as into a program") {
  Lab lab;
  lab.script("compile", "rustc \"$@\"\n").file("chains.rs", chains).file("pgo.toml", R"([project]
command = ["./compile", "chains.rs", "-o", "{output}"]
[[workload]]
name = "chains"
[[phase]]
name = "all of it"
of = "build"
symbols = ["*"]
[[variant]]
name = "baseline"
)");
  const Json results = analyzed(lab);
  const Json build = results.at("phases").at("build").at(0);
  CHECK(sum_of(build.at("phases")) == doctest::Approx(build.at("wall_s").get<double>()).epsilon(0.001));
  const Json groups = results.at("groups").at(1);
  CHECK(groups.at("of") == "build");
  CHECK(groups.at("variant") == "baseline");
  if (const auto why = groups.at("unavailable").get<std::string>(); !why.empty()) {
    MESSAGE("the rest is skipped: there is no profiler: " << why);
    return;
  }
  CHECK(names(groups.at("groups")) == std::vector<std::string>{"all of it", "other"});
  CHECK(groups.at("groups").at(0).at("share") == 1.0);
  CHECK_FALSE(groups.at("functions").empty());
  REQUIRE(results.at("flamegraphs").size() == 2);
  CHECK(contains(results.at("flamegraphs").at(1).at("path"), "flamegraphs/build/baseline."));
  check_flame_graphs(lab, results);
}

TEST_CASE("a run looks at functions and counts allocations exactly") {
  Lab lab;
  // Without the standard library's own start, all allocations are the program's.
  lab.file("boxes.rs", R"(#![no_main]

#[inline(never)]
fn fill(count: u64) -> u64 {
    (0..count).map(|i| *std::hint::black_box(Box::new(i))).sum()
}

#[no_mangle]
pub extern "C" fn main() -> i32 {
    let sum = fill(if cfg!(twice) { 2000 } else { 1000 });
    (sum == 0) as i32
}
)");
  lab.file("pgo.toml", R"([project]
source = "boxes.rs"
[measure]
phases = false
[build]
phases = false
[[workload]]
name = "boxes"
[[inspect]]
symbols = ["boxes::fill", "boxes::nowhere"]
allocations = true
[[variant]]
name = "baseline"
[[variant]]
name = "twice"
cfg = ["twice"]
strip = true
)");
  const Json results = lab.built();
  check_all_ok(results);
  int present = 0;
  for (const auto& function : results.at("inspected")) {
    CAPTURE(function.dump(1));
    if (function.at("pattern") == "boxes::nowhere") {
      CHECK(function.at("state") == "unknown");
      continue;
    }
    ++present;
    CHECK(function.at("symbol") == "boxes::fill");
    CHECK(function.at("state") == "present");
    CHECK(function.at("size_bytes") > 0);
    CHECK(function.at("instructions") > 0);
    CHECK(function.at("called_from") == 1);
  }
  CHECK(present == 2);
  CHECK(contains(results.at("notes").dump(), "no variant has a function 'boxes::nowhere'"));

  const Json& counts = results.at("allocations");
  REQUIRE(counts.size() == 2);
  if (lab.run({"sh", "-c", "command -v valgrind"}).status != 0) {
    MESSAGE("skipped: allocations are not counted without valgrind");
    for (const auto& count : counts) CHECK(contains(count.at("reason"), "valgrind"));
    return;
  }
  for (const auto& count : counts) {
    CAPTURE(count.dump(1));
    const int expected = count.at("variant") == "twice" ? 2000 : 1000;
    CHECK(count.at("allocations") == expected);
    CHECK(count.at("bytes") == 8 * expected);
    CHECK(count.at("reason") == "");
  }
}
