// `run --stage`: instrument, train and optimize by themselves, with one file between them.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

namespace fs = std::filesystem;

const std::string part = "part.pgoz";

const std::string with_fat = with_variant(fib_and_pgo, "fat", "lto = \"fat\"\npgo = true");

Words stage(const std::string& name, const Words& more = {}) {
  Words words{"run", "--stage", name, "--archive", part, "-q"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

struct Staged : Test {
  explicit Staged(const std::string& settings = fib_and_pgo) {
    file("pgo.toml", settings).file("fib.rs", "print 1");
  }
  void passes(const Words& words) const {
    const auto result = run(words);
    CHECK_MESSAGE(result.code == 0, result.err);
  }
  /// What is said; the archive is as it was.
  std::string refused(const Words& words, int code) const {
    const auto before = fs::exists(path(part)) ? read(part) : "";
    const auto result = run(words);
    CHECK_MESSAGE(result.code == code, result.err);
    CHECK((fs::exists(path(part)) ? read(part) : "") == before);
    return normal(result.err);
  }
  /// As on a machine that only trains.
  void without_compilers() {
    for (const char* tool : {"cargo", "rustc"}) fs::rename(outside("bin") / tool, outside(tool));
  }
  void with_compilers() {
    for (const char* tool : {"cargo", "rustc"}) fs::rename(outside(tool), outside("bin") / tool);
  }
  std::string replaced(std::string text, const std::string& from, const std::string& to) const {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  }
};

}  // namespace

TEST_CASE("the three stages do what a run does, and train without cargo and rustc") {
  Staged test;
  auto result = test.run({"run", "--stage", "instrument", "--archive", part});
  CHECK(result.code == 0);
  CHECK(result.out.starts_with("wrote part.pgoz: 'pgo' instrumented, "));
  CHECK(result.out.ends_with("next: pgo-orch run --stage train --archive part.pgoz\n"));
  CHECK(test.story() == Words{"fetch", "build pgo/instrumented"});

  test.without_compilers();
  test.forget_calls();
  result = test.run({"run", "--stage", "train", "--archive", part});
  CHECK_MESSAGE(result.code == 0, result.err);
  CHECK(result.out.starts_with("wrote part.pgoz: 'pgo' trained, "));
  CHECK(result.out.ends_with("next: pgo-orch run --stage optimize --archive part.pgoz\n"));
  CHECK(test.story() == Words{"train pgo", "merge", "merge"});
  CHECK_FALSE(fs::exists(test.path(".pgo-orch/variants/pgo/profiles/raw/fib")));

  test.with_compilers();
  test.forget_calls();
  test.passes(stage("optimize", {"--no-measure"}));
  CHECK(test.builds().size() == 2);
  CHECK(test.story().back() == "run pgo");
  CHECK(test.reason("pgo") == "ok: ");
  const auto& pgo = test.row("pgo").at("pgo");
  CHECK(pgo.at("functions_matched") == 2);
  CHECK(pgo.at("hot_counts").at("by_hash") == 1.0);
  CHECK(fs::exists(test.path(".pgo-orch/variants/pgo/bin/fib")));
  CHECK(test.has_note("the profile of 'pgo' was trained apart: part.pgoz"));
  CHECK_FALSE(test.has_note("other rustflags"));
}

TEST_CASE("other rustflags than those of the training are said") {
  Staged test;
  test.passes(stage("instrument"));
  test.passes(stage("train"));
  test.env("RUSTFLAGS", "-Cforce-frame-pointers=yes");
  test.passes(stage("optimize", {"--no-measure"}));
  CHECK(
      test.has_note("'pgo' was trained with other rustflags (none) than it is built with "
                    "(-Cforce-frame-pointers=yes)"));
}

TEST_CASE("raw profiles that are kept are merged by the next training that can") {
  Staged test(with_variant(fib, "pgo", "pgo = { keep-raw = true }"));
  test.passes(stage("instrument"));
  const auto archive = test.read(part);
  test.env("LLVM_PROFDATA", "/nowhere/llvm-profdata");
  test.passes(stage("train"));
  CHECK(fs::exists(test.path(".pgo-orch/variants/pgo/profiles/raw/fib")));
  test.file(part, archive);
  test.env("LLVM_PROFDATA", "");
  test.forget_calls();
  test.passes(stage("train"));
  CHECK(test.story() == Words{"merge", "merge"});
  CHECK(fs::exists(test.path(".pgo-orch/variants/pgo/profiles/raw/fib")));
  test.passes(stage("optimize", {"--no-measure"}));
}

TEST_CASE("optimize measures as a run does, and resumes only with the same archive") {
  Staged test;
  test.passes(stage("instrument"));
  test.passes(stage("train"));
  test.passes(stage("optimize"));
  CHECK(test.results().at("benchmarks").size() > 0);
  CHECK(test.refused({"run", "--resume", "-q", "--max-time", "30ms"}, 2).find("--resume") !=
        std::string::npos);
  test.passes(stage("optimize", {"--resume", "--max-time", "30ms"}));
}

TEST_CASE("the same programs give the same archive, in another folder's time zone and umask too") {
  Staged test;
  test.passes(stage("instrument"));
  const auto first = test.read(part);
  fs::remove(test.path(part));
  test.env("TZ", "Asia/Tokyo");
  test.passes(stage("instrument", {"--fresh"}));
  CHECK((test.read(part) == first));
  test.passes(stage("train"));
  const auto trained = test.read(part);
  test.file(part, first);
  test.passes(stage("train"));
  CHECK((test.read(part) == trained));
  test.file("fib.rs", "print 2");
  fs::remove(test.path(part));
  test.passes(stage("instrument"));
  CHECK_FALSE((test.read(part) == first));
}

TEST_CASE("a machine that only trains needs the archive and the inputs, and nothing else of the project") {
  Staged test(with_workload_keys(fib_and_pgo, "stdin = \"input.txt\""));
  test.passes(stage("instrument"));
  test.file("input.txt", "1");  // what workloads read need not be where programs are built
  fs::create_directories(test.outside("there"));
  for (const char* name : {"part.pgoz", "input.txt"})
    fs::copy_file(test.path(name), test.outside("there") / name);
  fs::rename(test.path(), test.outside("away"));
  fs::create_directories(test.path());  // where the test starts programs
  test.without_compilers();
  const auto there = test.outside("there");
  const auto train = [&] {
    return test.run({"run", (there / "pgo.toml").string(), "--stage", "train", "--archive",
                     (there / part).string(), "-q"});
  };
  auto result = train();
  CHECK_MESSAGE(result.code == 0, result.err);
  CHECK(fs::exists(there / ".pgo-orch/variants/pgo/instrumented/fib"));
  CHECK_FALSE(fs::exists(there / "pgo.toml"));

  test.with_compilers();
  fs::remove(test.path());
  fs::rename(test.outside("away"), test.path());
  fs::copy_file(there / part, test.path(part), fs::copy_options::overwrite_existing);
  test.passes(stage("optimize", {"--no-measure"}));
  CHECK(test.reason("pgo") == "ok: ");
}

TEST_CASE("without an llvm-profdata of the right LLVM raw profiles are handed on, and merged later") {
  const std::string more = "\n[[workload]]\nname = \"more\"\nruns = 3\nrole = \"train\"\n";
  Staged test(fib_and_pgo + more);
  test.passes(stage("instrument"));
  test.without_compilers();
  fs::rename(test.outside("bin/llvm-profdata-97"), test.outside("llvm-profdata"));
  const auto result = test.run(stage("train"));
  CHECK_MESSAGE(result.code == 0, result.err);
  CHECK(result.out.starts_with("no llvm-profdata of LLVM 97"));
  CHECK(result.out.find(": the raw profiles are packed, and merged where the archive is used\n") !=
        std::string::npos);
  CHECK_FALSE(fs::exists(test.path(".pgo-orch/variants/pgo/profiles/raw/more")));
  test.with_compilers();
  fs::rename(test.outside("llvm-profdata"), test.outside("bin/llvm-profdata-97"));
  test.forget_calls();
  test.passes(stage("optimize", {"--no-measure"}));
  CHECK(test.story().front() == "merge");
  CHECK(test.reason("pgo") == "ok: ");
}

TEST_CASE("an archive of other settings is refused, and says which") {
  Staged test(with_fat);
  test.passes(stage("instrument"));
  const std::string next = "  Use what it was made of, or begin again with --stage instrument\n";
  const auto refused = [&](const std::string& settings) {
    test.file("pgo.toml", settings);
    return test.refused(stage("train"), 1);
  };
  const std::string opening = "error: part.pgoz was made of other settings than those here:\n    ";
  CHECK(refused(test.replaced(with_fat, "lto = \"fat\"", "lto = \"thin\"")) ==
        opening + "variant 'fat' had lto = \"fat\", and has lto = \"thin\"\n" + next);
  CHECK(refused(test.replaced(with_fat, "lto = \"fat\"\n", "")) ==
        opening + "variant 'fat' had lto = \"fat\", and has no lto\n" + next);
  CHECK(refused(test.replaced(with_fat, "name = \"pgo\"", "name = \"other\"")) ==
        opening + "variant 'pgo' with pgo is not there any more\n" + next);
  CHECK(refused(with_workload_keys(with_fat, "args = [\"x\"]\nruns = 2")) ==
        opening + "args, runs differ in workload 'fib'\n" + next);
  CHECK(refused(test.replaced(with_fat, "[[workload]]\n",
                              "edition = \"2018\"\n[[workload]]\nname = \"more\"\n[[workload]]\n")) ==
        opening +
            "edition differs in [project]\n    workload 'more' trains 'pgo', and did not then\n    workload "
            "'more' trains 'fat', and did not then\n" +
            next);
  // What has no influence on the profile may be another one.
  test.file("pgo.toml", with_variant(test.replaced(with_fat, "20ms", "30ms"), "new", "opt-level = 1"));
  test.passes(stage("train"));
  test.file("pgo.toml", with_fat + "# later\n");
  test.passes(stage("optimize", {"--no-measure"}));
  CHECK(test.reason("fat") == "ok: ");
}

TEST_CASE("an archive of other sources is refused, and says which") {
  Staged test;
  test.passes(stage("instrument"));
  test.file("fib.rs", "print 2");
  const std::string said =
      "error: part.pgoz was made of other sources than those here:\n    fib.rs is another file\n  Use what "
      "it was "
      "made of, or begin again with --stage instrument\n";
  CHECK(test.refused(stage("train"), 1) == said);
  test.file("fib.rs", "print 1");
  test.passes(stage("train"));
  test.file("fib.rs", "print 2");
  CHECK(test.refused(stage("optimize"), 1) == said);
}

TEST_CASE("an archive of another rustc is refused before anything is built") {
  Staged test;
  test.passes(stage("instrument"));
  test.passes(stage("train"));
  auto rustc = test.read("../bin/rustc");
  while (rustc.find("1.95.0") != std::string::npos) rustc = test.replaced(rustc, "1.95.0", "1.96.0");
  test.tool("rustc", rustc.substr(rustc.find('\n')));
  test.forget_calls();
  CHECK(test.refused(stage("optimize"), 2) ==
        "error: PROJECT/pgo.toml: variant 'pgo': the profile in part.pgoz was trained with rustc 1.95.0, and "
        "this is 1.96.0: functions have other names there. Begin again: `pgo-orch run pgo.toml --stage "
        "instrument --archive part.pgoz`\n");
  CHECK(test.builds().empty());
}

TEST_CASE("stages out of their order are refused with the one that is next") {
  Staged test;
  CHECK(test.refused(stage("train"), 2) ==
        "error: part.pgoz does not exist: `pgo-orch run --stage instrument --archive part.pgoz` makes it\n");
  test.passes(stage("instrument"));
  CHECK(
      test.refused(stage("optimize"), 2) ==
      "error: part.pgoz was not trained yet: `pgo-orch run pgo.toml --stage train --archive part.pgoz` does "
      "that\n");
  test.passes(stage("train"));
  CHECK(test.refused(stage("train"), 2) ==
        "error: part.pgoz is trained already: go on with --stage optimize, or make a new one with --stage "
        "instrument\n");
  test.file("pgo.toml", with_fat);
  CHECK(test.refused(stage("optimize"), 2) ==
        "error: variant 'fat' is not in part.pgoz: instrument it too, or leave it out\n");
  test.passes(stage("optimize", {"--variant", "pgo", "--no-measure"}));
}

TEST_CASE("an archive that is damaged, of a later format, or none at all is refused") {
  Staged test;
  test.file(part, "no archive");
  CHECK(test.refused(stage("train"), 1) ==
        "error: part.pgoz: cannot be read as an archive: Unrecognized archive format\n");
  test.passes(stage("instrument"));
  auto cut = test.read(part);
  test.file(part, cut.substr(0, cut.size() / 2));
  CHECK(test.refused(stage("train"), 1).starts_with("error: part.pgoz: "));
  CHECK(test.refused(stage("optimize"), 1).starts_with("error: part.pgoz: "));
}

TEST_CASE("training that prints something else than expected writes no archive") {
  Staged test(with_workload_keys(fib_and_pgo, "expect = { stdout = \"2\\n\" }"));
  test.passes(stage("instrument"));
  const auto said = test.refused(stage("train"), 1);
  CHECK(said.starts_with("error: 'pgo': train fib: workload fib: "));
  CHECK(said.find('2') != std::string::npos);
  test.file("pgo.toml", with_workload_keys(fib_and_pgo, "expect = { stdout = \"1\\n\" }"));
  test.passes(stage("train"));
}

TEST_CASE("a build that fails, or a variant without training, writes no archive") {
  Staged test(with_variant(fib, "fat", "lto = \"fat\""));
  CHECK(test.refused(stage("instrument"), 2) ==
        "error: PROJECT/pgo.toml: none of the chosen variants trains: write pgo = true in one\n");
  test.file("pgo.toml", test.replaced(fib_and_pgo, "name = \"fib\"", "name = \"fib\"\nrole = \"measure\""));
  CHECK(test.refused(stage("instrument"), 2).find("nothing to train with") != std::string::npos);
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "error no");
  CHECK(test.refused(stage("instrument"), 1).starts_with("error: 'pgo': instrumented build: "));
  CHECK_FALSE(fs::exists(test.path(part)));
}

TEST_CASE("options that have no effect in a stage are refused") {
  Staged test;
  const auto said = [&](const Words& words) { return test.refused(words, 2); };
  CHECK(said({"run", "--stage", "link", "--archive", part}) ==
        "error: --stage link: there is instrument, train and optimize\n");
  CHECK(said({"run", "--archive", part}) == "error: --archive needs --stage instrument, train or optimize\n");
  CHECK(said({"run", "--stage", "train"}) ==
        "error: --stage train needs --archive FILE, the file that goes from one stage to the next: name it "
        "e.g. part.pgoz\n");
  CHECK(said({"run", "--stage", "train", "--archive", "a.tar"}) ==
        "error: --archive a.tar: the name has to end with .pgoz: a.tar.pgoz\n");
  CHECK(said(stage("instrument", {"--quick"})) ==
        "error: --quick only applies to whole runs and --stage optimize\n");
  CHECK(said(stage("train", {"--variant", "pgo"})) ==
        "error: --variant applies to --stage instrument: all variants in the archive are trained\n");
}

TEST_CASE("release refuses an archive that was not trained, or is of other sources") {
  Staged test;
  test.passes(stage("instrument"));
  CHECK(test.refused({"release", "pgo", "--archive", part, "-q"}, 2).find("was not trained yet") !=
        std::string::npos);
  test.passes(stage("train"));
  CHECK(test.refused(stage("instrument"), 2) ==
        "error: part.pgoz was trained already: remove it first, or name another file\n");
  CHECK(test.refused({"release", "baseline", "--archive", part, "-q"}, 2) ==
        "error: --archive brings a profile, and 'baseline' has no PGO: leave --archive out\n");
  test.file("fib.rs", "print 2");
  CHECK(test.refused({"release", "pgo", "--archive", part, "-q"}, 1).find("fib.rs is another file") !=
        std::string::npos);
}
