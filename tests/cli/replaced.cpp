// What is timed is what was checked: files that something replaces while they are measured.

#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

const std::string two_variants = with_variant(fib, "other", "cfg = [\"other\"]");

}  // namespace

TEST_CASE("an executable that is replaced while it is measured fails its variant") {
  Test test;  // three checks, two of the warm-up, then the first round
  test.file("pgo.toml", two_variants).file("fib.rs", "print 1");
  test.before_run(8,
                  "rm -f .pgo-orch/variants/other/bin/fib; "
                  "cp .pgo-orch/variants/baseline/bin/fib .pgo-orch/variants/other/bin/fib");
  CHECK(test.run({"run"}).code == 1);
  CHECK(test.reason("baseline") == "ok: ");
  const auto reason = test.reason("other");
  CHECK(reason.starts_with("failed: measure fib: "));
  CHECK(contains(reason, "/variants/other/bin/fib"));  // itself, or a copy of it
  CHECK(contains(reason, " is not the file that was checked (its SHA-256 was "));
  CHECK(
      reason.ends_with("something replaced it during the run. Run again, and let nothing else write there"));
  // and --resume does not take it for sound
  CHECK(test.run({"run", "--resume", "--max-time", "30ms"}).code == 1);
  CHECK(test.reason("other").starts_with("failed: "));
}

TEST_CASE("a copy that is replaced while it is timed fails its variant") {
  const std::string copies = ".pgo-orch/scratch/measure/copies/";
  Test test;
  test.file("pgo.toml", two_variants).file("fib.rs", "print 1");
  test.before_run(8, "rm " + copies + "000/fib; cp " + copies + "001/fib " + copies + "000/fib");
  CHECK(test.run({"run"}).code == 1);
  const auto first = test.reason("baseline"), second = test.reason("other");
  const auto& failed = first == "ok: " ? second : first;
  CHECK(contains(failed, ", a copy of PROJECT/.pgo-orch/variants/"));
}

TEST_CASE("an executable that is replaced while it is looked into has no phases") {
  auto toml = fib;
  toml.replace(toml.find("phases = false"), 14, "phases = true");
  Test test;
  test.file("pgo.toml", toml).file("fib.rs", "print 1");
  test.before_run(
      4, "rm -f .pgo-orch/variants/baseline/bin/fib; cp bin/other .pgo-orch/variants/baseline/bin/fib");
  test.run_program(test.outside("bin/toy"), {"program", test.path("bin/other").string(), "print 1\nother"});
  test.run({"analyze"});
  const auto phases = test.results().at("phases").at("runtime").at(0);
  CHECK(phases.at("variant") == "baseline");
  CHECK(phases.at("phases").empty());
  CHECK(contains(phases.at("unavailable"), "is not the file that was checked"));
}

TEST_CASE("a reference that is replaced while it is measured fails") {
  Test test;
  test.file("pgo.toml", two_variants + "\n[[reference]]\nname = \"ref\"\nrun = [\"./ref\"]\n");
  test.file("fib.rs", "print 1").script("ref", "echo 1 # once\n").script("ref2", "echo 1 # then\n");
  test.before_run(6, "rm -f ref; cp ref2 ref");
  test.run({"run"});
  const auto& row = test.results().at("references").at(0);
  CHECK(row.at("status") == "failed");
  CHECK(contains(row.at("reason"), "/ref is not the file that was checked"));
}

TEST_CASE("an instrumented executable that is replaced while it trains fails its variant") {
  const std::string instrumented = ".pgo-orch/variants/pgo/instrumented/fib";
  const std::string raw = ".pgo-orch/variants/pgo/profiles/raw/fib";
  Test test;
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "print 1");
  test.before_run(3, "rm -f " + instrumented + "; cp .pgo-orch/variants/baseline/bin/fib " + instrumented +
                         "; mkdir -p " + raw + "; echo 'toy profile' > " + raw + "/x.profraw");
  CHECK(test.built("pgo", 1) ==
        "failed: train: the executables in PROJECT/.pgo-orch/variants/pgo/instrumented were replaced while "
        "they ran. Run again, and let nothing else write there");
}
