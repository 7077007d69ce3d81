// Full disks, empty profiles, large outputs: what is said, what is left, and what can be resumed.

#include <doctest/doctest.h>

#include <optional>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

namespace fs = std::filesystem;

const std::string full = "the disk was full: make room, and `pgo-orch run --resume` goes on from here";

/// The toy's script, with lines before it.
void before_tool(Test& test, const std::string& name, const std::string& lines) {
  const auto script = text_of(test.outside("bin/" + name));
  test.tool(name, lines + "\n" + script.substr(script.find('\n') + 1));
}

/// Runs twice in a state folder of 64 MiB that only these processes see. The first time the n-th run of the
/// program fills it, but for 64 kB in a file, and then does this: what was said. The second time there
/// is room, and all must be well.
std::optional<std::string> fill_small_disk(Test& test, int n, const std::string& then) {
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "print 1");
  test.before_run(n, "cat /dev/zero > .pgo-orch/fill\n" + then);
  test.env("PGO_ORCH", PGO_ORCH).env("OWN_PATH", test.outside("bin").string());
  test.script("on-small-disk", R"(PATH=/usr/bin:/bin
mkdir .pgo-orch && mount -t tmpfs -o size=64m small .pgo-orch || exit
echo '*' > .pgo-orch/.gitignore
head -c 64000 /dev/zero > .pgo-orch/reserve
PATH=$OWN_PATH
"$PGO_ORCH" run 2>first
echo "code $?"
rm .pgo-orch/fill
"$PGO_ORCH" run --resume --json results.json
)");
  const auto result = test.run_program("/usr/bin/unshare", {"-Urm", "./on-small-disk"});
  CAPTURE(result.err);
  if (!contains(result.out, "code ")) {
    MESSAGE("skipped: no file system can be mounted here: ", result.err);
    return std::nullopt;
  }
  CHECK(contains(result.out, "code 1\n"));
  REQUIRE(result.code == 0);
  const auto results = nlohmann::json::parse(test.read("results.json"));
  for (const auto& row : results.at("variants")) CHECK(row.at("status") == "ok");
  return test.read("first");
}

}  // namespace

TEST_CASE("a run whose disk was full goes on with --resume, as an interrupted one does") {
  Test test;
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "print 1");
  before_tool(test, "cargo",
              "case \"$*\" in *variants/pgo*) [ -e \"$TOY_DIR/full\" ] && { echo 'error: could not write: No "
              "space left on device (os error 28)' >&2; exit 101; } ;; esac");
  test.file("../full", "");
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 1);
  CHECK(contains(result.err, full));
  fs::remove(test.outside("full"));
  CHECK(test.run({"run", "--no-measure", "--resume"}).code == 0);
  CHECK(test.reason("pgo") == "ok: ");
  CHECK(test.run({"run", "--no-measure", "--resume"}).code == 2);  // now it is finished
}

TEST_CASE("a run whose journal has no room for a round says so, and goes on with --resume") {
  Test test;
  // In the last run of the first round, up to the end of the page that the journal has.
  if (const auto first = fill_small_disk(test, 8, "while echo >> .pgo-orch/latest/journal.jsonl; do :; done"))
    CHECK(contains(*first, "/journal.jsonl: No space left on device: make room there and run it again\n"));
}

TEST_CASE("where the disk is full before programs are timed, --resume times them") {
  Test test;
  // In the last check: what is left is not enough for copies of the programs.
  if (const auto first = fill_small_disk(test, 4, "rm .pgo-orch/reserve")) {
    CHECK(contains(*first, "failed: measure fib: before round 1: cannot copy "));
    CHECK(contains(*first, full));
  }
}

TEST_CASE("a merge that succeeds without writing a profile is a failure of the merge, with a remedy") {
  for (const bool writes_empty : {false, true}) {
    Test test;
    test.file("pgo.toml", fib_and_pgo).file("fib.rs", "print 1");
    before_tool(test, "llvm-profdata-97",
                std::string("[ \"$1\" = merge ] && [ \"$2\" != --version ] && {") +
                    (writes_empty ? " for last; do :; done; : > \"$last\";" : "") + " exit 0; }");
    CHECK(test.built("pgo", 1) ==
          "failed: merge: TEST/bin/llvm-profdata-97 succeeded but " +
              std::string(writes_empty ? "wrote an empty" : "did not write") +
              " PROJECT/.pgo-orch/variants/pgo/profiles/merged.profdata.new: run it by hand, or let "
              "LLVM_PROFDATA name another");
  }
}

TEST_CASE("a profile that cannot be read is named, with what the tool says") {
  Test test;
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "print 1");
  before_tool(test, "llvm-profdata-97", "[ \"$1\" = show ] && { echo 'error: bad magic' >&2; exit 1; }");
  CHECK(test.built("pgo", 1) ==
        "failed: prove: exit code 1: the profile PROJECT/.pgo-orch/variants/pgo/profiles/merged.profdata "
        "cannot be read: bad magic");
}

TEST_CASE("of checked outputs only the one stays that others are compared with") {
  Test test;
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "print 1");
  CHECK(test.run({"run"}).code == 0);
  std::vector<std::string> left;
  for (const char* folder : {"workloads", "scratch"})
    for (const auto& entry : fs::recursive_directory_iterator(test.path(".pgo-orch") / folder))
      if (entry.is_regular_file())
        left.push_back(entry.path().lexically_relative(test.path(".pgo-orch")).string());
  CHECK(left == Words{"workloads/fib/baseline.out"});
}

TEST_CASE("values of environment variables are not in results that are passed on") {
  Test test;
  auto toml = with_workload_keys(fib, "env = { A_TOKEN = \"s3cret-1\" }");
  toml += "env = { B_TOKEN = \"s3cret 2\" }\nrun-env = { C_TOKEN = \"s3cret-3\" }\n";
  for (const std::string value : {"s3cret-4", "s3cret-5"})
    toml = with_variant(toml, value.substr(7) + "x", "run-env = { C_TOKEN = \"" + value + "\" }");
  test.file("pgo.toml", with_variant(toml, "bad", "cfg = [\"bad\"]"))
      .file("fib.rs", "if bad error no\nprint 1");
  const auto result = test.run({"run", "--json", "out.json", "--markdown", "out.md"});
  CAPTURE(result.err);
  CHECK(result.code == 1);
  for (const std::string file :
       {"out.json", "out.md", ".pgo-orch/latest/results.json", ".pgo-orch/latest/report.md"})
    CHECK(!contains(test.read(file), "s3cret"));
  CHECK(!contains(result.out, "s3cret"));
  CHECK(contains(test.read("out.json"), "A_TOKEN=***"));
  const auto value = [&](const std::string& variant) {
    return test.row(variant).at("settings").at("run-env").at("C_TOKEN").get<std::string>();
  };
  CHECK(value("4x").starts_with("*** (SHA-256 "));
  CHECK(value("4x") != value("5x"));
  CHECK(value("baseline") != value("4x"));
}

TEST_CASE("where the disk is full while programs are timed, they are timed again with --resume") {
  Test test;
  test.file("pgo.toml", with_workload_keys(fib_and_pgo, "command = [\"./full\", \"{exe}\"]"));
  test.file("fib.rs", "print 1").script("full", R"([ ! -e ../full ] || {
  echo 'error: could not write: No space left on device (os error 28)' >&2
  exit 1
}
exec "$1"
)");
  test.before_run(9, ": > ../full");
  const auto result = test.run({"run"});
  CHECK(result.code == 1);
  CHECK(contains(result.err, full));
  fs::remove(test.outside("full"));
  CHECK(test.run({"run", "--resume"}).code == 0);
  for (const char* name : {"baseline", "pgo"}) CHECK(test.reason(name) == "ok: ");
}

TEST_CASE("an instrumented build that may need more memory than there is, is announced") {
  Test test;
  test.file("pgo.toml", with_variant(fib, "pgo", "pgo = true")).file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure", "--variant", "baseline"}).code == 0);
  const std::string times = ".pgo-orch/variants/baseline/plain.times.json";
  auto stored = nlohmann::json::parse(test.read(times));
  stored.at("runs").at(0).at("peak_rss_bytes") = std::int64_t{1} << 50;
  test.file(times, stored.dump());
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 0);
  CHECK_MESSAGE(
      contains(result.err,
               "pgo: the instrumented build may need 2.00 PiB of memory, 2 times what a plain build took"),
      result.err);
}
