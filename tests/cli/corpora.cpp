// Corpora: the files that workloads get, and that training and judging share none.

#include <doctest/doctest.h>

#include <algorithm>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

namespace fs = std::filesystem;

/// Two variants, one of which is trained; its workloads print the lines of the files of a corpus.
std::string corpora_and_workloads(const std::string& corpora, const std::string& measured = "judge") {
  std::string text = "[project]\nsource = \"fib.rs\"\n" + corpora;
  for (const auto& [corpus, role] : {std::pair{std::string("train"), "train"}, {measured, "measure"}})
    text += "[[workload]]\nname = \"" + corpus + "-" + role + "\"\nrole = \"" + role +
            "\"\ncommand = [\"/bin/sh\", \"-c\", \"/usr/bin/xargs /bin/cat < $0 && $1\", \"{corpus." +
            corpus + ".args}\", \"{exe}\"]\n";
  return text + R"([measure]
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
pgo = true
)";
}

std::string corpus(const std::string& name, const std::string& keys) {
  return "[[corpus]]\nname = \"" + name + "\"\n" + keys + "\n";
}

const std::string two_folders =
    corpus("train", "folder = \"in/train\"") + corpus("judge", "folder = \"in/judge\"");

struct Corpora : Test {
  explicit Corpora(const std::string& pgo_toml = corpora_and_workloads(two_folders)) {
    file("pgo.toml", pgo_toml).file("fib.rs", "print 1");
    file("in/train/a.txt", "a\n").file("in/train/b/c.txt", "c\n").file("in/judge/d.txt", "d\n");
  }
  Result run_quickly(const Words& more = {}) const {
    Words words{"run", "--no-measure"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  /// What it says when it is refused.
  std::string refused() const {
    forget_calls();
    const auto result = run_quickly();
    CHECK(result.code != 0);
    CHECK(builds().empty());
    return normal(result.err);
  }
  std::string list_of(const std::string& name) const {
    return read(".pgo-orch/corpora/" + name + "/SHA256SUMS");
  }
  bool training_was_reused() const { return row("pgo").at("pgo").at("training_reused"); }
};

}  // namespace

TEST_CASE_FIXTURE(Corpora, "workloads get a corpus' files in a folder of their own, and a list of them") {
  const auto result = run({"run"});
  CHECK_MESSAGE(result.code == 0, result.err);
  const auto folder = path(".pgo-orch/corpora/train/files").string();
  CHECK(read(".pgo-orch/corpora/train/args") == folder + "/a.txt\n" + folder + "/b/c.txt\n");
  CHECK(read(".pgo-orch/corpora/train/files/b/c.txt") == "c\n");
  const auto check = run_program(
      "/bin/sh", {"-c", "cd .pgo-orch/corpora/train/files && /usr/bin/sha256sum -c ../SHA256SUMS"});
  CHECK_MESSAGE(check.code == 0, check.err);
  const auto& corpora = results().at("corpora");
  REQUIRE(corpora.size() == 2);
  CHECK(corpora.at(0).at("name") == "train");
  CHECK(corpora.at(0).at("files") == 2);
  CHECK(corpora.at(0).at("bytes") == 4);
  const auto sum = run_program("/usr/bin/sha256sum", {".pgo-orch/corpora/train/SHA256SUMS"});
  CHECK(corpora.at(0).at("sha256") == sum.out.substr(0, 64));
}

TEST_CASE_FIXTURE(Corpora, "training is repeated when, and only when, a file of its corpus changed") {
  file("pgo.toml", corpora_and_workloads(corpus("train", "folder = \"in\"\nfiles = [\"train/**\"]") +
                                         corpus("judge", "folder = \"in/judge\"")));
  CHECK(run_quickly().code == 0);
  CHECK(run_quickly().code == 0);
  CHECK(training_was_reused());
  file("in/judge/e.txt", "e\n").file("in/other.txt", "x\n");
  CHECK(run_quickly().code == 0);
  CHECK(training_was_reused());
  file("in/train/a.txt", "other\n");
  CHECK(run_quickly().code == 0);
  CHECK(!training_was_reused());
  fs::remove(path("in/train/a.txt"));
  CHECK(run_quickly().code == 0);
  CHECK(!training_was_reused());
  CHECK(!fs::exists(path(".pgo-orch/corpora/train/files/train/a.txt")));
}

TEST_CASE_FIXTURE(Corpora, "what a run wrote into its corpus, or left there, is undone before the next") {
  CHECK(run_quickly().code == 0);
  const std::string files = ".pgo-orch/corpora/train/files/";
  file(files + "a.txt", "b\n").file(files + "new.txt", "").file("in/judge/secret", "s\n");
  fs::remove_all(path(files + "b"));
  fs::create_directory_symlink(path("in/judge"), path(files + "b"));
  CHECK(run_quickly().code == 0);
  CHECK(read(files + "a.txt") == "a\n");
  CHECK(!fs::exists(path(files + "new.txt")));
  CHECK(!fs::is_symlink(path(files + "b")));
  CHECK(read(files + "b/c.txt") == "c\n");
  CHECK(!fs::exists(path("in/judge/c.txt")));
}

TEST_CASE_FIXTURE(Corpora, "a file that training and judging share is refused, and named") {
  file("in/judge/sub/same.txt", "c\n").file("in/train/empty", "").file("in/judge/empty", "");
  CHECK(
      contains(refused(),
               "workloads with role = \"measure\" have a file in common with those that train, so they would "
               "flatter PGO (CORPUS/FILE): train/b/c.txt = judge/sub/same.txt."));
  CHECK(contains(run({"plan"}).err, "train/b/c.txt = judge/sub/same.txt"));
  file("pgo.toml", corpora_and_workloads(corpus("train", "folder = \"in/train\"") +
                                         corpus("judge", "folder = \"in/judge\"\nfiles = [\"!sub/**\"]")));
  CHECK(run_quickly().code == 0);
  file("pgo.toml", corpora_and_workloads(corpus("train", "folder = \"in/train\""), "train"));
  CHECK(contains(refused(), "have 2 files in common"));
}

TEST_CASE_FIXTURE(Corpora, "one folder is split by content, so that no file is on both sides") {
  const std::string halves = R"([[corpus]]
each = { split = ["train", "held-out"] }
name = "{each.split}"
folder = "in"
files = ["many/*"]
split = "{each.split}"
share = "70%"
)";
  file("pgo.toml", corpora_and_workloads(halves, "held-out"));
  for (int i = 0; i < 40; ++i) file("in/many/" + std::to_string(i), std::to_string(i % 30) + "\n");
  const auto result = run_quickly();
  CHECK_MESSAGE(result.code == 0, result.err);
  const auto& corpora = results().at("corpora");
  CHECK(corpora.at(0).at("split") == "train");
  CHECK(corpora.at(1).at("split") == "held-out");
  const int training = corpora.at(0).at("files"), judging = corpora.at(1).at("files");
  CHECK(training + judging == 40);
  CHECK(training > 20);
  CHECK(judging > 2);
  const auto before = list_of("train");
  file("in/many/new", "new\n");
  CHECK(run_quickly().code == 0);
  for (const auto& line : split(before, '\n')) CHECK(contains(list_of("train"), line));  // the others stay
}

TEST_CASE_FIXTURE(Corpora, "files beside pgo.toml can be listed") {
  file("pgo.toml", corpora_and_workloads(corpus("train", "files = [\"in/train/a.txt\", \"in/t*/b/c.txt\"]") +
                                         corpus("judge", "files = [\"in/judge/*\"]")));
  const auto result = run_quickly();
  CHECK_MESSAGE(result.code == 0, result.err);
  CHECK(results().at("corpora").at(0).at("files") == 2);
  CHECK(contains(list_of("train"), "  in/train/b/c.txt\n"));
}

TEST_CASE_FIXTURE(Corpora, "a corpus must have files, and those that its digest says") {
  const auto with_keys = [&](const std::string& keys) {
    file("pgo.toml", corpora_and_workloads(corpus("train", keys) + corpus("judge", "folder = \"in/judge\"")));
  };
  fs::create_directories(path("in/none"));
  with_keys("folder = \"in/none\"");
  CHECK(contains(refused(), "corpus 'train': no file of "));
  fs::create_symlink("../train/a.txt", path("in/none/link"));
  CHECK(contains(refused(), "is in it; links and the like do not count, such as link"));
  with_keys("files = [\"in/train/**\", \"in/trian/*.txt\"]");
  CHECK(contains(refused(), "matches \"in/trian/*.txt\"; all below a folder is \"FOLDER/**\""));
  with_keys("folder = \"in/train\"\nsha256 = \"" + std::string(64, 'a') + "\"");
  const auto said = run_quickly().err;
  const std::string before = "if they are what they should be, write sha256 = \"";
  REQUIRE(contains(said, before));
  const auto digest = said.substr(said.find(before) + before.size(), 64);
  with_keys("folder = \"in/train\"\nsha256 = \"" + digest + "\"");
  CHECK(run_quickly().code == 0);
  const auto by_hand = run_program("/bin/sh", {"-c",
                                               "PATH=/usr/bin:/bin; cd in/train && find . -type f -printf "
                                               "'%P\\n' | LC_ALL=C sort | xargs sha256sum | sha256sum"});
  CHECK(by_hand.out.substr(0, 64) == digest);
}

TEST_CASE_FIXTURE(Corpora,
                  "links are left out, which is said; git's and cargo's folders and the state folder too") {
  fs::create_symlink("a.txt", path("in/train/link.txt"));
  file("in/train/.git/config", "x").file("in/train/target/CACHEDIR.TAG", "x").file("in/train/target/y", "x");
  const auto result = run_quickly();
  CHECK(result.code == 0);
  CHECK(contains(result.err, "note: corpus 'train': 1 file left out, such as link.txt"));
  CHECK(list_of("train").find("x.txt") == std::string::npos);
  CHECK(results().at("corpora").at(0).at("files") == 2);
}

TEST_CASE_FIXTURE(Corpora, "a corpus' folder can be anywhere in a workload, also as its input and folder") {
  file("pgo.toml", with_variant(with_workload_keys(project_with("source = \"fib.rs\"\n"),
                                                   R"(stdin = "{corpus.train}/b/c.txt"
cwd = "{corpus.train}/b"
steps = [["/bin/sh", "-c", "PATH=/bin; cat && pwd && cat $WHERE/a.txt", "--", "{exe}"], ["{exe}"]]
env = { WHERE = "{corpus.train}" }
expect = { stdout-any = true }
prepare = [["/usr/bin/test", "-e", "{corpus.train}/a.txt"]]
[[corpus]]
name = "train"
folder = "in/train")"),
                                "pgo", "pgo = true"));
  const auto result = run_quickly();
  CHECK_MESSAGE(result.code == 0, result.err);
  const auto plan = run({"plan"}).out;
  CHECK(contains(plan, "corpora/train/files/b"));
}

TEST_CASE_FIXTURE(Corpora, "the best variant of a run with other files is not released") {
  CHECK(run({"run", "-q"}).code == 0);
  auto recommended = nlohmann::json::parse(read(".pgo-orch/latest/results.json"));
  recommended["recommended"] = "baseline";
  file(".pgo-orch/latest/results.json", recommended.dump());
  CHECK(run({"release"}).code == 0);
  file("in/judge/d.txt", "other\n");
  const auto result = run({"release"});
  CHECK(result.code == 2);
  CHECK(contains(result.err, "corpus 'judge' has other files than in run "));
}

TEST_CASE_FIXTURE(Corpora, "a project's prepare may make a corpus") {
  file("pgo.toml", corpora_and_workloads(corpus("train", "folder = \"made\"") +
                                         corpus("judge", "folder = \"in/judge\"")));
  CHECK(contains(refused(), "no such folder: 'made'"));
  script("make.sh", "/bin/mkdir -p made && echo made > made/x\n");
  auto text =
      corpora_and_workloads(corpus("train", "folder = \"made\"") + corpus("judge", "folder = \"in/judge\""));
  text.insert(text.find("source"), "prepare = [[\"./make.sh\"]]\n");
  file("pgo.toml", text);
  const auto result = run_quickly();
  CHECK_MESSAGE(result.code == 0, result.err);
  CHECK(contains(list_of("train"), "  x\n"));
}

TEST_CASE_FIXTURE(Corpora, "a release trains with corpora, and its manifest and provenance name them") {
  file("pgo.toml", corpora_and_workloads(two_folders) + "[release]\nprovenance = true\n");
  const auto result = run({"release", "baseline"});
  CHECK_MESSAGE(result.code == 0, result.err);
  const auto manifest = nlohmann::json::parse(read("dist/manifest.json"));
  REQUIRE(manifest.at("corpora").size() == 2);
  CHECK(manifest.at("corpora").at(0).at("name") == "train");
  CHECK(manifest.at("corpora").at(0).at("files") == 2);
  CHECK(!contains(manifest.dump(), path().string()));
  std::string provenance;
  for (const auto& entry : fs::directory_iterator(path("dist")))
    if (contains(entry.path().filename().string(), "intoto"))
      provenance = read("dist/" + entry.path().filename().string());
  CHECK(contains(provenance, "\"corpus train\""));
  CHECK(contains(provenance, manifest.at("corpora").at(0).at("sha256").get<std::string>()));
  CHECK(run({"verify", "dist"}).code == 0);
}
