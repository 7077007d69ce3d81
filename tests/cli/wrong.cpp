#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

const std::string good_bad_good = fib + R"(
[[variant]]
name = "bad"
cfg = ["bad"]

[[variant]]
name = "good"
lto = "fat"
)";

std::string with_expect(const std::string& expect) {
  return with_workload_keys(good_bad_good, "expect = " + expect);
}

}  // namespace

TEST_CASE(
    "a compile error in one variant is a row with its stage, command and message, and the others go on") {
  Test test;
  test.file("pgo.toml", good_bad_good).file("fib.rs", "if bad error cannot find value `x`\nprint 1");
  const auto result = test.run({"run"});
  CHECK(result.code == 1);
  CHECK(test.reason("bad") == "failed: build: exit code 101");
  CHECK(test.reason("good") == "ok: ");
  const auto failure = test.row("bad").at("failure");
  CHECK(failure.at("stage") == "build");
  CHECK(failure.at("exit") == 101);
  CHECK(contains(failure.at("command").get<std::string>(), "/cargo build -v --profile release --config "));
  CHECK(failure.at("tail") == Words{"error: cannot find value `x`", " --> src/fib.rs:1:1",
                                    "error: could not compile `fib` (bin \"fib\") due to 1 previous error"});
  CHECK(failure.at("log") == test.path(".pgo-orch/variants/bad/plain.log").string());
  CHECK(contains(result.out, "cannot find value `x`"));
  CHECK(contains(test.normal(result.err), "[2/3] bad: build failed after TIME: build: exit code 101\n"));
  for (const auto& each : test.results().at("benchmarks").at(0).at("results"))
    CHECK(each.at("variant") != "bad");
}

TEST_CASE("--fail-fast stops at the first variant that fails, and says what was skipped for it") {
  Test test;
  test.file("pgo.toml", good_bad_good).file("fib.rs", "if bad error cannot find value `x`\nprint 1");
  CHECK(test.run({"run", "--no-measure", "--fail-fast"}).code == 1);
  CHECK(test.builds().size() == 2);
  CHECK(test.reason("good") == "skipped: --fail-fast: an earlier variant failed");
}

TEST_CASE("--fail-fast stops at a wrong output as well") {
  Test test;
  test.file("pgo.toml", good_bad_good).file("fib.rs", "if bad print 8\nunless bad print 7");
  CHECK(test.run({"run", "--no-measure", "--fail-fast"}).code == 1);
  CHECK(test.builds().size() == 2);
}

TEST_CASE("a variant that failed is built again by the next run") {
  Test test;
  test.file("pgo.toml", good_bad_good).file("fib.rs", "if bad error cannot find value `x`\nprint 1");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  test.file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.reason("bad") == "ok: ");
}

TEST_CASE("without a baseline nothing else is built") {
  Test test;
  test.file("pgo.toml", good_bad_good).file("fib.rs", "error cannot find value `x`");
  CHECK(test.run({"run"}).code == 1);
  CHECK(test.builds().size() == 1);
  CHECK(test.reason("baseline") == "failed: build: exit code 101");
  CHECK(test.reason("good") == "skipped: the baseline, 'baseline', did not pass");
}

TEST_CASE("a build that takes too long is killed and fails") {
  Test test;
  test.file("pgo.toml", with_build_keys(good_bad_good, "timeout = \"2s\"")).file("fib.rs", "print 1");
  test.hold("build", "variants/bad/");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("bad") == "failed: build: timed out after TIME: raise 'timeout' in [build]");
  CHECK(!test.anybody_held_lives());
}

TEST_CASE("a baseline that fails says what cargo run would give it, and nobody else") {
  Test test;
  test.file("pgo.toml", fib).file("fib.rs", "exit 3");
  test.file(".cargo/config.toml", "[env]\nFONTS = \"fonts\"\n");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(
      contains(test.reason("baseline"),
               "exit code 3, expected 0; if that is right, say expect = { exit-code = N }. `cargo run` would "
               "also set FONTS, by [env] of cargo's configuration"));
}

TEST_CASE("a check that takes too long, or whose exit code is a shell's for a signal, says what to do") {
  Test test;
  test.file("pgo.toml", with_workload_keys(good_bad_good, "timeout = \"2s\""));
  test.file("fib.rs", "if bad sleep 90000\nprint 1");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("bad") ==
        "failed: check fib: timed out after TIME: raise 'timeout' in [[workload]], or give it less to do");
  test.file("pgo.toml", with_workload_keys(good_bad_good, "expect = { exit-code = 134 }"));
  test.file("fib.rs", "abort");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("baseline") ==
        "failed: check fib: killed by signal 6 (Aborted): a shell reports that as 134, but a program that a "
        "signal ends has no exit code. Use an input after which it exits");
}

TEST_CASE("a variant that prints something else than the baseline is never ranked") {
  Test test;
  test.file("pgo.toml", good_bad_good).file("fib.rs", "if bad print 8\nunless bad print 7");
  const auto result = test.run({"run"});
  CHECK(result.code == 1);
  CHECK(test.reason("bad") == "wrong-output: workload fib: line 1 is \"8\", expected \"7\"");
  const auto results = test.results();
  for (const auto& each : results.at("benchmarks").at(0).at("results")) CHECK(each.at("variant") != "bad");
  for (const auto& comparison : results.at("comparisons")) {
    if (comparison.at("variant") == "bad") CHECK(comparison.at("verdict") == "wrong-output");
  }
  CHECK(!contains(results.at("best").dump(), "bad"));
  CHECK(!contains(results.at("recommendation").get<std::string>(), "bad"));
  CHECK(contains(result.out, "expected \"7\""));
}

TEST_CASE("missing, additional and different last lines are told apart") {
  const auto reason = [](const std::string& source) {
    Test test;
    test.file("pgo.toml", good_bad_good).file("fib.rs", source);
    CHECK(test.run({"run", "--no-measure"}).code == 1);
    return test.reason("bad");
  };
  CHECK(reason("print 1\nif bad print 2") == "wrong-output: workload fib: line 2 is not expected: \"2\"");
  CHECK(reason("print 1\nunless bad print 2") == "wrong-output: workload fib: it ends before line 2, \"2\"");
  CHECK(reason("print 1\nif bad exit 5") == "wrong-output: workload fib: exit code 5, expected 0");
}

TEST_CASE("a variant that crashes in its check fails, and the others go on") {
  Test test;
  test.file("pgo.toml", good_bad_good).file("fib.rs", "print 1\nif bad abort");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("bad") == "failed: check fib: killed by signal 6 (Aborted)");
  CHECK(test.reason("good") == "ok: ");
}

TEST_CASE("a variant that fails only while it is timed is failed and not ranked") {
  Test test;
  test.file("pgo.toml", good_bad_good).file("fib.rs", "print 1\nif bad if measured exit 9");
  CHECK(test.run({"run"}).code == 1);
  CHECK(test.row("bad").at("status") == "failed");
  CHECK(contains(test.reason("bad"), "exit code 9"));
  CHECK(!contains(test.results().at("best").dump(), "bad"));
}

TEST_CASE("a baseline that differs from itself is an error that names stdout-any and stdout-sorted") {
  Test test;
  test.file("pgo.toml", good_bad_good).file("fib.rs", "print-time");
  const auto result = test.run({"run"});
  CHECK(result.code == 1);
  CHECK(test.builds().size() == 1);
  const auto reason = test.reason("baseline");
  CHECK(reason.starts_with("wrong-output: workload fib: line 1 is "));
  CHECK(contains(reason, "These are two runs of the baseline itself"));
  CHECK(contains(reason, "stdout-any"));
  CHECK(contains(reason, "stdout-sorted"));
  CHECK(contains(result.err, "stdout-sorted"));
}

TEST_CASE("a program that prints the time may train") {
  Test test;
  std::string toml = good_bad_good;
  toml.replace(toml.find("[[variant]]"), 0,
               "[[workload]]\nname = \"warm\"\nrole = \"train\"\nargs = [\"time\"]\n");
  test.file("pgo.toml", toml).file("fib.rs", "print 1\nif arg:time print-time");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
}

TEST_CASE("a program that prints the time is fine with stdout-any") {
  Test test;
  test.file("pgo.toml", with_expect("{ stdout-any = true }")).file("fib.rs", "print-time");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
}

TEST_CASE("lines in another order are fine with stdout-sorted, and other lines are not") {
  Test test;
  test.file("pgo.toml", with_expect("{ stdout-sorted = true }"));
  test.file("fib.rs", "print a\nif bad print c\nprint b\nunless bad print c");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  test.file("fib.rs", "print a\nif bad print d\nprint b\nunless bad print c");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("bad") == "wrong-output: workload fib: line 3 is \"d\", expected \"c\"");
}

TEST_CASE("a program that exits with 3 needs expect exit-code = 3, which the message says") {
  Test test;
  test.file("pgo.toml", good_bad_good).file("fib.rs", "print 1\nexit 3");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("baseline") ==
        "wrong-output: workload fib: exit code 3, expected 0; if that is right, say expect = { exit-code = N "
        "}");
  test.file("pgo.toml", with_expect("{ exit-code = 3 }"));
  CHECK(test.run({"run"}).code == 0);
  CHECK(test.results().at("benchmarks").at(0).at("results").at(0).at("exit_codes").at(0) == 3);
}

TEST_CASE("training expects the workload's exit code too") {
  Test test;
  test.file("pgo.toml", with_expect("{ exit-code = 3 }") + "\n[[variant]]\nname = \"pgo\"\npgo = true\n");
  test.file("fib.rs", "print 1\nexit 3");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
}

TEST_CASE("what a workload must print can be said as text, file, digest or pattern") {
  const auto code = [](const std::string& expect, const std::string& source) {
    Test test;
    test.file("pgo.toml", with_expect(expect)).file("fib.rs", source).file("expected.txt", "hello\n");
    return test.run({"run", "--no-measure"}).code;
  };
  CHECK(code(R"({ stdout = "hello\n" })", "print hello") == 0);
  CHECK(code(R"({ stdout = "hello\n" })", "print hullo") == 1);
  CHECK(code(R"({ stdout-file = "expected.txt" })", "print hello") == 0);
  CHECK(code(R"({ stdout-file = "expected.txt" })", "print hullo") == 1);
  CHECK(code(R"({ stdout-matches = "^h[aeiou]llo" })", "print hullo") == 0);
  CHECK(code(R"({ stdout-matches = "^hello" })", "print hullo") == 1);
  const char* digest = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
  CHECK(code(std::string("{ stdout-sha256 = \"") + digest + "\" }", "print hello") == 0);
  CHECK(code(std::string("{ stdout-sha256 = \"") + digest + "\" }", "print hullo") == 1);
}

TEST_CASE("in stdout-matches ^ and $ stand for the ends of a line") {
  Test test;
  test.file("pgo.toml", with_expect(R"({ stdout-matches = "^two$" })"))
      .file("fib.rs", "print one\nprint two\nprint three");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  test.file("fib.rs", "print one\nprint two or three");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
}

TEST_CASE("stdout-matches is up to a long output") {
  Test test;
  test.file("pgo.toml", with_expect(R"({ stdout-matches = "^(line|more|\\s)+$" })"))
      .file("fib.rs", "repeat 100000 line");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
}

TEST_CASE("a stdout-matches that would search for ever says what to write instead") {
  Test test;
  test.file("pgo.toml", with_expect(R"({ stdout-matches = "(a*)*(a*)*(a|aa)*b" })"))
      .file("fib.rs", "print " + std::string(60, 'a'));
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 1);
  CHECK(
      contains(result.out + result.err,
               "takes too many steps to search this output: write a simpler pattern, without repeats inside "
               "repeats as in (a*)*"));
}

TEST_CASE("a setup or prepare command that fails is named") {
  Test test;
  test.file("pgo.toml", with_workload_keys(good_bad_good, "setup = [[\"no-such-command\"]]"));
  test.file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("baseline") ==
        "failed: setup fib: not started: no program 'no-such-command' on the PATH");
}

TEST_CASE("the project's prepare commands come before anything else, and may write the sources") {
  Test test;
  test.file("pgo.toml", project_with("source = \"fib.rs\"\nprepare = [[\"./make\"]]\n"));
  test.script("make", "echo 'print made' > fib.rs\n");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.read(".pgo-orch/variants/baseline/src/fib.rs") == "print made\n");
}

TEST_CASE("a prepare command of the project that fails ends the run with its output") {
  Test test;
  test.file("pgo.toml", project_with("source = \"fib.rs\"\nprepare = [[\"./make\"]]\n"))
      .file("fib.rs", "print 1");
  test.script("make", "echo 'no such thing' >&2\nexit 3\n");
  const auto result = test.run({"run"});
  CHECK(result.code == 1);
  CHECK(test.normal(result.err) ==
        "error: PROJECT/pgo.toml: prepare: exit code 3\n    $ cd PROJECT && PROJECT/make\n    no such thing\n"
        "    log: PROJECT/.pgo-orch/prepare.log\n");
}

TEST_CASE("{exe} in prepare is the program that runs next") {
  Test test;
  test.file("pgo.toml", with_workload_keys(good_bad_good, "prepare = [[\"./note\", \"{exe}\"]]"));
  test.file("fib.rs", "print 1").script("note", "echo \"$1\" >> seen\n");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.normal(test.read("seen")) ==
        "PROJECT/.pgo-orch/variants/baseline/bin/fib\nPROJECT/.pgo-orch/variants/baseline/bin/fib\n"
        "PROJECT/.pgo-orch/variants/bad/bin/fib\nPROJECT/.pgo-orch/variants/good/bin/fib\n");
}

TEST_CASE(
    "a prepare command that fails while programs are timed is a failure of the variant, and the run is "
    "reported") {
  Test test;
  test.file("pgo.toml", good_bad_good).file("fib.rs", "print 1").before_run(7, "exit 1");
  const auto result = test.run({"run"});
  CHECK(result.code == 1);
  CHECK(contains(result.out, "prepare fib: exit code 1"));
  CHECK(test.results().at("variants").size() == 3);
}

TEST_CASE("who has the code of a variant that fails while timed fails with it") {
  Test test;
  test.file("pgo.toml", good_bad_good + "\n[[variant]]\nname = \"twin\"\ncfg = [\"bad\"]\n");
  test.file("fib.rs", "print 1\nif bad if measured exit 7");
  CHECK(test.run({"run"}).code == 1);
  CHECK(test.row("bad").at("status") == "failed");
  CHECK(test.row("twin").at("status") == "failed");
  CHECK(test.results().at("best").at("size") == Words{"baseline", "good"});
}

TEST_CASE("stdout-sorted counts for digests and patterns too") {
  const auto code = [](const std::string& expect) {
    Test test;
    test.file("pgo.toml", with_expect(expect)).file("fib.rs", "print b\nprint a");
    return test.run({"run", "--no-measure"}).code;
  };
  const std::string sorted = "911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2";  // "a\nb\n"
  CHECK(code("{ stdout-sorted = true, stdout-sha256 = \"" + sorted + "\" }") == 0);
  CHECK(code("{ stdout-sha256 = \"" + sorted + "\" }") == 1);
  CHECK(code("{ stdout-sorted = true, stdout-matches = '^a\\nb$' }") == 0);
}

TEST_CASE("control characters in what differs can be told apart") {
  Test test;
  test.file("pgo.toml", good_bad_good)
      .file("fib.rs",
            "unless bad print a\tb\nif bad print a\x1b"
            "b");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("bad") == "wrong-output: workload fib: line 1 is \"a\\x1bb\", expected \"a\\x09b\"");
}
