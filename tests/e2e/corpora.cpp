// Corpora with the real tools: the script of a plan makes the same ones, and a saved profile is trained with
// them.

#include "lab.h"

using namespace e2e;

namespace {

/// Adds up the numbers in the files that its arguments, or a list of files in one, name.
const std::string sums = R"(
fn main() {
    let mut files = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.strip_prefix('@') {
            Some(list) => files.extend(std::fs::read_to_string(list).unwrap().lines().map(String::from)),
            None => files.push(argument),
        }
    }
    let add = |file: &String| -> u64 {
        std::fs::read_to_string(file).unwrap().lines().map(|line| line.parse::<u64>().unwrap_or(1)).sum()
    };
    println!("{} {}", files.len(), files.iter().map(add).sum::<u64>());
}
)";

std::string with_corpora(const std::string& source) {
  return R"([project]
source = "sums.rs"
[[corpus]]
each = { split = ["train", "held-out"] }
name = "{each.split}"
files = ["**/*.txt", "!**/[st]kip/**"]
split = "{each.split}"
share = "60%"
)" + source +
         R"(
[[workload]]
name = "train"
role = "train"
args = ["@{corpus.train.args}"]
[[workload]]
name = "judge"
role = "measure"
args = ["@{corpus.held-out.args}"]
[[variant]]
name = "baseline"
)" + with_pgo;
}

struct Sums {
  Lab lab;
  Sums() {
    lab.file("sums.rs", sums).file("in/skip/no.txt", "1").file("in/a b/$x'y.txt", "5\n");
    for (int i = 0; i < 20; ++i)
      lab.file("in/" + std::to_string(i % 3) + "/" + std::to_string(i) + ".txt", std::to_string(i) + "\n");
    lab.file("in/other.md", "2").file("in/target/CACHEDIR.TAG", "").file("in/target/no.txt", "3");
  }
  std::string checksums(const fs::path& state, const std::string& corpus) const {
    return read(state / "corpora" / corpus / "SHA256SUMS");
  }
  /// That the script of the plan makes the same corpora as a run.
  void check_script() const {
    check_all_ok(lab.built());
    const ByScript script(lab, lab.root().parent_path() / "script state");
    for (const std::string corpus : {"train", "held-out"}) {
      const auto made = checksums(script.state, corpus);
      CHECK(made.size() > 70);
      CHECK(made == checksums(lab.state(), corpus));
      const auto check = lab.run_in(script.state / "corpora" / corpus / "files",
                                    {"sha256sum", "--quiet", "-c", "../SHA256SUMS"});
      CHECK_MESSAGE(check.status == 0, check.err);
    }
  }
};

}  // namespace

TEST_CASE_FIXTURE(Sums, "the shell script of a plan picks and splits a folder's files as a run does") {
  lab.file("pgo.toml", with_corpora("folder = \"in\""));
  check_script();
}

TEST_CASE_FIXTURE(Sums, "the shell script of a plan fetches a repository as a run does") {
  const fs::path repository = lab.root().parent_path() / "repo";
  fs::rename(lab.root() / "in", repository);
  for (const auto& words : {std::vector<std::string>{"init", "-q"},
                            {"add", "."},
                            {"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"}}) {
    std::vector<std::string> command{"git"};
    command.insert(command.end(), words.begin(), words.end());
    REQUIRE(lab.run_in(repository, command).status == 0);
  }
  const auto commit = lab.run_in(repository, {"git", "rev-parse", "HEAD"}).out.substr(0, 40);
  lab.file("pgo.toml", with_corpora("git = \"file://" + repository.string() + "\"\ncommit = \"" + commit +
                                    "\"\nfolders = [\"0\", \"1\", \"a b\"]"));
  check_script();
  const auto trained = lab.orch({"profile", "save", "saved.profdata"});
  CHECK_MESSAGE(trained.status == 0, trained.err);
}
