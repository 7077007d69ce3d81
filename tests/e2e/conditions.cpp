// Steps that are built only if the baseline's figures say that they can help; goals that end a run.

#include "lab.h"

using namespace e2e;

namespace {

const std::string project = R"([project]
source = "chains.rs"
[[workload]]
name = "chains"
args = ["3000"]
[[variant]]
name = "baseline"
)";

Lab chains_lab(const std::string& more) {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", project + more);
  return lab;
}

/// "": runs can be traced here.
std::string why_not_traced(const Json& results) {
  const Json run = results.at("phases").at("runtime").at(0);
  return run.at("source") == "ptrace" ? "" : run.dump();
}

Json condition(const Json& results, const std::string& variant) {
  return row(results, variant).at("condition");
}

}  // namespace

TEST_CASE("an unmet condition keeps a variant and those on top of it from being built, and all is well") {
  const Lab lab = chains_lab(R"([[variant]]
name = "static"
crt-static = true
only-if = { of = "run", phase = "startup", above = "1000s" }
[[variant]]
name = "static-small"
inherits = "static"
opt-level = "s"
[[variant]]
name = "small"
opt-level = "s"
only-if = { of = "run", phase = "compute", above = "1ns" }
[[variant]]
name = "one"
codegen-units = 1
only-if = { of = "build", phase = "c compile", above = "0%" }
[measure]
max-time = "1s"
)");
  const Json results = lab.results();
  if (const auto why = why_not_traced(results); !why.empty()) {
    MESSAGE("skipped: runs cannot be traced here: " << why);
    return;
  }
  CHECK(state(results, "baseline") == "ok");
  CHECK(state(results, "small") == "ok");
  CHECK(condition(results, "baseline").is_null());

  CHECK(row(results, "static").at("status") == "skipped");
  const Json unmet = condition(results, "static");
  CHECK(unmet.at("holds") == false);
  CHECK(unmet.at("owner") == "static");
  CHECK(unmet.at("workload") == "chains");
  CHECK(unmet.at("value") > 0.0);
  CHECK(unmet.at("limit") == 1000.0);
  CHECK(unmet.at("unit") == "s");
  CHECK(contains(state(results, "static"), "the condition requires more than "));
  CHECK_FALSE(fs::exists(lab.variant("static") / "bin"));

  CHECK(row(results, "static-small").at("status") == "skipped");
  CHECK(condition(results, "static-small").at("owner") == "static");
  CHECK(condition(results, "static-small").at("value") == unmet.at("value"));
  CHECK(contains(state(results, "static-small"), "skipped: condition of 'static' not met: startup takes "));
  CHECK_FALSE(fs::exists(lab.variant("static-small") / "bin"));

  const Json met = condition(results, "small");
  CHECK(met.at("holds") == true);
  CHECK(met.at("value") > 0.0);
  CHECK(met.at("limit").get<double>() == doctest::Approx(1e-9));

  CHECK(row(results, "one").at("status") == "skipped");
  CHECK(condition(results, "one").at("holds") == false);
  CHECK(condition(results, "one").at("value").is_null());
  const std::string reason = state(results, "one");
  CAPTURE(reason);
  CHECK(contains(reason,
                 "the condition on c compile cannot be checked: the build of 'baseline' has no such phase"));
  for (const char* name : {"frontend", "codegen", "link"}) CHECK(contains(reason, name));
}

TEST_CASE("a condition that asks for less holds where a phase takes little") {
  const Lab lab = chains_lab(R"([[variant]]
name = "small"
opt-level = "s"
only-if = { of = "build", phase = "link", below = "1000s" }
[[variant]]
name = "one"
codegen-units = 1
only-if = { of = "build", phase = "link", below = "1ns" }
)");
  const Json results = lab.built();
  CHECK(state(results, "small") == "ok");
  CHECK(row(results, "one").at("status") == "skipped");
  CHECK(condition(results, "one").at("above") == false);
}

TEST_CASE("a goal on the run time that cannot be reached is missed: exit code 1 unless it is forgiven") {
  const Lab lab = chains_lab(R"([[goal]]
name = "in no time"
metric = "runtime"
below = "1ns"
[[goal]]
name = "some day"
metric = "runtime"
below = "1000s"
[measure]
max-time = "3s"
phases = false
[build]
phases = false
)");
  const Json missed = lab.results(1);
  CHECK(missed.at("goals").at(0).at("met") == false);
  CHECK(missed.at("goals").at(0).at("value") > 0.0);
  CHECK(missed.at("goals").at(1).at("met") == true);
  CHECK(lab.results(0, {"--no-fail-on-goals"}).at("goals").at(0).at("met") == false);
}
