// What is timed is what was checked: files that something replaces while they are measured.

#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

/// `swap` runs before each run of the workload, and does this the n-th time.
struct Replaced : Test {
  Replaced(int when, const std::string& what, const std::string& toml) {
    file("pgo.toml", toml);
    file("fib.rs", "print 1");
    file("swap", "#!/bin/sh\nn=0\nread n < count\nn=$((n + 1))\necho $n > count\nif [ $n = " +
                     std::to_string(when) + " ]; then " + what + "; fi\n");
    file("count", "0\n");
    std::filesystem::permissions(path("swap"), std::filesystem::perms::owner_all);
  }
};

const std::string prepare = "\nprepare = [[\"./swap\"]]\n";

std::string two_variants() {
  auto toml = fib + "[[variant]]\nname = \"other\"\ncfg = [\"other\"]\n";
  return toml.insert(toml.find("\n\n[measure]"), prepare);
}

const std::string put_in =
    "rm -f .pgo-orch/variants/other/bin/fib; "
    "cp .pgo-orch/variants/baseline/bin/fib .pgo-orch/variants/other/bin/fib";

}  // namespace

TEST_CASE("an executable that is replaced while it is measured fails its variant") {
  Replaced test(8, put_in, two_variants());  // three checks, two of the warm-up, then the first round
  const auto result = test.run({"run"});
  CHECK(result.code == 1);
  CHECK(test.reason("baseline") == "ok: ");
  const auto reason = test.reason("other");
  CHECK(reason.starts_with("failed: measure fib: "));
  CHECK(reason.find("/variants/other/bin/fib") != std::string::npos);
  CHECK(reason.find(" is not the file that was checked (its SHA-256 was ") != std::string::npos);
  CHECK(
      reason.ends_with("something replaced it during the run. Run again, and let nothing else write there"));
  CHECK(result.out.find("Use it") == std::string::npos);
  // and --resume does not take it for sound
  CHECK(test.run({"run", "--resume", "--max-time", "30ms"}).code == 1);
  CHECK(test.reason("other").starts_with("failed: "));
}

TEST_CASE("a copy that is replaced while it is timed fails its variant") {
  const std::string copies = ".pgo-orch/scratch/measure/copies/";
  Replaced test(8, "rm " + copies + "000/fib; cp " + copies + "001/fib " + copies + "000/fib",
                two_variants());
  CHECK(test.run({"run"}).code == 1);
  const auto first = test.reason("baseline"), second = test.reason("other");
  const auto& failed = first == "ok: " ? second : first;
  CHECK(failed.find(", a copy of PROJECT/.pgo-orch/variants/") != std::string::npos);
}

TEST_CASE("an executable that is replaced while it is looked into has no phases") {
  auto toml = two_variants();
  toml.replace(toml.find("phases = false"), 14, "phases = true");
  Replaced test(
      4, "rm -f .pgo-orch/variants/baseline/bin/fib; cp bin/other .pgo-orch/variants/baseline/bin/fib", toml);
  test.run_program(test.outside("bin/toy"), {"program", test.path("bin/other").string(), "print 1\nother"});
  test.run({"analyze"});
  const auto phases = test.results().at("phases").at("runtime").at(0);
  CHECK(phases.at("variant") == "baseline");
  CHECK(phases.at("phases").empty());
  CHECK(phases.at("unavailable").get<std::string>().find("is not the file that was checked") !=
        std::string::npos);
}

TEST_CASE("a reference that is replaced while it is measured fails") {
  Replaced test(6, "rm -f ref; cp ref2 ref", two_variants() + R"(
[[reference]]
name = "ref"
run = ["./ref"]
)");
  for (const char* name : {"ref", "ref2"}) {
    test.file(name, std::string("#!/bin/sh\necho 1 # ") + name + "\n");
    std::filesystem::permissions(test.path(name), std::filesystem::perms::owner_all);
  }
  test.run({"run"});
  const auto& row = test.results().at("references").at(0);
  CHECK(row.at("status") == "failed");
  CHECK(row.at("reason").get<std::string>().find("/ref is not the file that was checked") !=
        std::string::npos);
}

TEST_CASE("an instrumented executable that is replaced while it trains fails its variant") {
  auto toml = two_variants();
  toml.replace(toml.find("cfg = [\"other\"]"), 15, "pgo = true");
  Replaced test(3,
                "rm -f .pgo-orch/variants/other/instrumented/fib; "
                "cp .pgo-orch/variants/baseline/bin/fib .pgo-orch/variants/other/instrumented/fib; "
                "mkdir -p .pgo-orch/variants/other/profiles/raw/fib; "
                "echo 'toy profile' > .pgo-orch/variants/other/profiles/raw/fib/x.profraw",
                toml);
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("other") ==
        "failed: train: the executables in PROJECT/.pgo-orch/variants/other/instrumented were replaced while "
        "they "
        "ran. Run again, and let nothing else write there");
}
