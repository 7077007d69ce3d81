// Variants that are also trained without each of their workloads: of one instrumented build and one training.

#include <doctest/doctest.h>

#include <algorithm>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

/// Two workloads that train and are timed, one that only trains, one that is only timed.
constexpr const char* workloads = R"([project]
source = "fib.rs"

[[workload]]
name = "small"
args = ["1"]

[[workload]]
name = "large"
args = ["2"]

[[workload]]
name = "extra"
args = ["3"]
role = "train"

[[workload]]
name = "fresh"
args = ["4"]
role = "measure"

[measure]
max-time = "20ms"
race = false
control = false
phases = false

[build]
phases = false

[[variant]]
name = "baseline"

[[variant]]
name = "pgo"
pgo = )";

std::string config_with(const std::string& pgo) {
  return workloads + pgo + "\n";
}

struct Training {
  Test test;
  explicit Training(const std::string& pgo = "{ leave-one-out = true }") {
    test.file("fib.rs", "print 1\nif arg:1 profile count 96\nif arg:2 profile count 9996")
        .file("pgo.toml", config_with(pgo));
  }

  std::ptrdiff_t count(const std::string& step) const { return std::ranges::count(test.story(), step); }
  /// The workloads and weights with which a variant's profile was merged.
  std::string merged(const std::string& variant) const {
    std::string text;
    for (const auto& line :
         split(test.read(".pgo-orch/variants/" + variant + "/profiles/inputs.txt"), '\n')) {
      if (line.empty()) continue;
      const std::string file = line.substr(line.rfind('/') + 1);
      text += file.substr(0, file.find('.')) + " " + line.substr(0, line.find(',')) + "\n";
    }
    return text;
  }
  const nlohmann::json& held_out(const std::string& name) const {
    for (const auto& each : test.results().at("held_out"))
      if (each.at("built").at("name") == name) return each;
    FAIL("there is no " << name);
    throw std::logic_error("not reached");
  }
};

constexpr const char* without_small = "pgo.without-small";
constexpr const char* without_large = "pgo.without-large";
constexpr const char* without_extra = "pgo.without-extra";
constexpr const char* other_balance = "pgo.balance-none";

}  // namespace

TEST_CASE(
    "there is one instrumented build, one training, and an optimized build for each workload and another "
    "balance") {
  const Training training;
  REQUIRE(training.test.run({"run", "--no-measure"}).code == 0);
  std::vector<std::string> targets;
  for (const auto& step : training.test.story())
    if (step.starts_with("build ")) targets.push_back(step.substr(6));
  CHECK(targets == Words{"baseline/plain", "pgo/instrumented", "pgo/optimized",
                         std::string(without_small) + "/optimized", std::string(without_large) + "/optimized",
                         std::string(without_extra) + "/optimized",
                         std::string(other_balance) + "/optimized"});
  CHECK(training.count("train pgo") == 3);
  for (const char* name : {without_small, without_large, without_extra}) {
    CHECK(training.count(std::string("train ") + name) == 0);
    CHECK(training.held_out(name).at("built").at("status") == "ok");
  }
  CHECK(training.merged("pgo") == "small 100\nlarge 1\nextra 2500\n");
  CHECK(training.merged(without_small) == "large 1\nextra 2500\n");
  CHECK(training.merged(without_large) == "small 1\nextra 25\n");
  CHECK(training.merged(without_extra) == "small 100\nlarge 1\n");
  CHECK(training.merged(other_balance) == "small 1\nlarge 1\nextra 1\n");
}

TEST_CASE("the next run trains nothing, and what is no longer there is trained again") {
  const Training training;
  REQUIRE(training.test.run({"run", "--no-measure"}).code == 0);
  training.test.forget_calls();
  REQUIRE(training.test.run({"run", "--no-measure"}).code == 0);
  CHECK(training.count("train pgo") == 0);
  CHECK(training.test.row("pgo").at("pgo").at("training_reused") == true);
  CHECK(training.held_out(without_small).at("built").at("status") == "ok");
  std::filesystem::remove(training.test.path(".pgo-orch/variants/pgo/profiles/raw/large.profdata"));
  training.test.forget_calls();
  REQUIRE(training.test.run({"run", "--no-measure"}).code == 0);
  CHECK(training.count("train pgo") == 1);
}

TEST_CASE("without leave-one-out nothing is kept of each workload") {
  Training training;
  const std::string large = ".pgo-orch/variants/pgo/profiles/raw/large.profdata";
  REQUIRE(training.test.run({"run", "--no-measure"}).code == 0);
  CHECK(std::filesystem::exists(training.test.path(large)));
  training.test.file("pgo.toml", config_with("{ balance = \"none\" }"));
  REQUIRE(training.test.run({"run", "--no-measure"}).code == 0);
  CHECK_FALSE(std::filesystem::exists(training.test.path(large)));
  CHECK_FALSE(training.test.results().contains("held_out"));
}

TEST_CASE("each is timed and has a table of its own, and is no candidate") {
  const Training training;
  const auto ran = training.test.run({"run"});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  CHECK(contains(ran.out, "gain of 'pgo' by what it was trained without"));
  CHECK(contains(ran.out, "Overfitting\n  'pgo': "));
  const auto& results = training.test.results();
  CHECK(results.at("variants").size() == 2);
  for (const auto& each : results.at("comparisons")) CHECK(each.at("variant") == "pgo");
  for (const auto& [scope, names] : results.at("best").at("runtime").items())
    for (const std::string name : names) CHECK_FALSE(contains(name, "without"));
  for (const std::string name : results.at("best").at("size")) CHECK_FALSE(contains(name, "without"));
  for (const auto& benchmark : results.at("benchmarks")) CHECK(benchmark.at("results").size() == 5);
  CHECK(training.held_out(other_balance).at("built").at("identical_to") == "pgo");
  const auto& small = training.held_out(without_small);
  CHECK(small.at("built").at("left_out").at("workload") == "small");
  CHECK(small.at("loss").at("workload") == "small");
  CHECK(small.at("loss").at("to") == "pgo");
  CHECK(training.held_out(without_extra).at("loss").is_null());
  REQUIRE(training.test.run({"report", "--markdown", "it.md", "--html", "it.html"}).code == 0);
  const auto markdown = training.test.read("it.md");
  CHECK(contains(markdown, "| trained without | small | large | fresh | all together |"));
  CHECK(contains(markdown, "| small | held out: "));
  CHECK(contains(markdown, "| nothing: with all | "));
  CHECK(contains(markdown, "| nothing: balance = \"none\" | "));
  CHECK(contains(training.test.read("it.html"), "trained without"));
}

TEST_CASE("if the training fails, nothing is made of it") {
  Training training;
  training.test.file("fib.rs", "print 1\nif arg:2 profile none");
  CHECK(training.test.run({"run", "--no-measure"}).code == 1);
  const auto& built = training.held_out(without_small).at("built");
  CHECK(built.at("status") == "skipped");
  CHECK(built.at("reason") == "'pgo', whose training it shares, failed");
  CHECK(training.count(std::string("build ") + without_small + "/optimized") == 0);
}

TEST_CASE("one that fails leaves the others alone, and the run says so") {
  Training training;
  auto& test = training.test;
  test.tool("llvm-profdata-97", "case \"$*\" in merge*without-small*) echo no room; exit 1 ;; esac\n" +
                                    test.read("../bin/llvm-profdata-97"));
  const auto ran = test.run({"run"});
  CHECK(ran.code == 1);
  CHECK(training.held_out(without_small).at("built").at("status") == "failed");
  CHECK(training.held_out(without_small).at("loss").is_null());
  CHECK(training.held_out(without_large).at("built").at("status") == "ok");
  CHECK(test.row("pgo").at("status") == "ok");
  CHECK(contains(ran.out, "'pgo.without-small' failed in merge: "));
  CHECK(contains(ran.out, "log: "));
}

TEST_CASE("where variants are built at once, they wait for the training") {
  Training training;
  training.test.file("pgo.toml", with_build_keys(config_with("{ leave-one-out = true }"), "parallel = 4"));
  REQUIRE(training.test.run({"run", "--no-measure"}).code == 0);
  CHECK(training.count("train pgo") == 3);
  for (const char* name : {without_small, without_large, without_extra})
    CHECK(training.held_out(name).at("built").at("status") == "ok");
}

TEST_CASE("values of their environment stay private") {
  Training training;
  training.test.file("pgo.toml", config_with("{ leave-one-out = true }") + "env = { TOKEN = \"hunter2\" }\n");
  REQUIRE(training.test.run({"run", "--no-measure"}).code == 0);
  CHECK(training.held_out(without_small).at("built").at("settings").at("env").contains("TOKEN"));
  CHECK_FALSE(contains(training.test.read(".pgo-orch/latest/results.json"), "hunter2"));
}

TEST_CASE("stages apart and an analysis leave nothing out") {
  const Training training;
  REQUIRE(training.test.run({"run", "--stage", "instrument", "--archive", "it.pgoz"}).code == 0);
  REQUIRE(training.test.run({"run", "--stage", "train", "--archive", "it.pgoz"}).code == 0);
  REQUIRE(training.test.run({"run", "--no-measure", "--stage", "optimize", "--archive", "it.pgoz"}).code ==
          0);
  CHECK(training.test.row("pgo").at("status") == "ok");
  CHECK_FALSE(training.test.results().contains("held_out"));
  REQUIRE(training.test.run({"analyze", "--variant", "pgo*"}).code == 0);
  CHECK(training.test.results().at("variants").size() == 2);
  CHECK_FALSE(training.test.results().contains("held_out"));
}

TEST_CASE("one of them alone is chosen with what it is made of") {
  const Training training;
  REQUIRE(training.test.run({"run", "--no-measure", "--variant", without_large}).code == 0);
  CHECK(training.test.results().at("variants").size() == 2);
  CHECK(training.test.results().at("held_out").size() == 1);
  CHECK(training.test.run({"run", "--no-measure", "--variant", "pgo"}).code == 0);
  CHECK_FALSE(training.test.results().contains("held_out"));
}

TEST_CASE("they cannot be released or applied") {
  const Training training;
  for (const char* command : {"release", "apply"}) {
    const auto refused = training.test.run({command, without_small});
    CHECK(refused.code == 2);
    CHECK(contains(refused.err, "there is no variant 'pgo.without-small'"));
  }
}

TEST_CASE("the plan shows them, and the shell plan builds them") {
  const Training training;
  const auto text = training.test.run({"plan"}).out;
  CHECK(contains(text, "\npgo.without-small\n  steps: merge -> optimized build -> prove"));
  CHECK(contains(text, "instrumented build and training runs: those of 'pgo', without 'small'"));
  Training by_script;
  by_script.test.file("plan.sh", by_script.test.run({"plan", "--format", "sh"}).out);
  const auto ran = by_script.test.run_program("/bin/sh", {"plan.sh"});
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  CHECK(std::filesystem::exists(
      by_script.test.path(std::string(".pgo-orch/variants/") + without_large + "/bin/fib")));
  CHECK(by_script.count("train pgo") == 3);
}
