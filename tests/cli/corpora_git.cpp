// Corpora of repositories: one commit is fetched, with the real git, and nothing of it is run.

#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

namespace fs = std::filesystem;

/// A repository beside the project, with two files in src, two elsewhere, a link and a submodule that is
/// nowhere.
struct Repository : Test {
  std::string commit;

  Repository() {
    tool("git", "exec /usr/bin/git \"$@\"");
    file("../repo/src/a.py", "a\n").file("../repo/src/b.py", "b\n").file("../repo/src/c.txt", "c\n");
    file("../repo/top.py", "top\n").file("../repo/src/big.py", "big\n");
    file("../repo/.gitattributes", "big.py filter=lfs\n");
    file("../repo/.gitmodules", "[submodule \"sub\"]\npath = src/sub\nurl = https://example.invalid/sub\n");
    fs::create_symlink("a.py", outside("repo/src/link.py"));
    fs::create_symlink("top.py", outside("repo/link-at-top.py"));
    in_repository(
        "git init -q && git add . && git update-index --add --cacheinfo "
        "160000,1234567890123456789012345678901234567890,src/sub && git commit -qm one");
    commit = in_repository("git rev-parse HEAD");
    file("fib.rs", "print 1");
    file("pgo.toml", project());
  }

  std::string in_repository(const std::string& commands) const {
    const auto ended = run_program(
        "/bin/sh", {"-c",
                    "PATH=/usr/bin:/bin; export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a "
                    "GIT_COMMITTER_EMAIL=a@b; cd ../repo && " +
                        commands});
    CHECK_MESSAGE(ended.code == 0, ended.err);
    return ended.out.substr(0, ended.out.find('\n'));
  }
  std::string address() const { return "file://" + outside("repo").string(); }
  std::string project(const std::string& id = "") const {
    return with_workload_keys(project_with("source = \"fib.rs\"\n"),
                              "env = { LIST = \"{corpus.code.args}\" }\n"
                              "[[corpus]]\nname = \"code\"\nfiles = [\"**/*.py\"]\n"
                              "folders = [\"src\"]\ngit = \"" +
                                  address() + "\"\ncommit = \"" + (id.empty() ? commit : id) + "\"");
  }
  Result fetched() const {
    auto result = run({"run", "--no-measure"});
    CHECK_MESSAGE(result.code == 0, result.err);
    return result;
  }
  /// Where it is checked out.
  std::string checkout() const {
    for (const auto& entry : fs::directory_iterator(path(".pgo-orch/git"))) return entry.path().string();
    return "";
  }
  std::string list() const { return read(".pgo-orch/corpora/code/SHA256SUMS"); }
};

}  // namespace

TEST_CASE_FIXTURE(Repository, "one commit of a repository is fetched once, and only what is wanted of it") {
  CHECK(contains(fetched().err, "note: corpus 'code': fetched " + commit + " of " + address() + "\n"));
  CHECK(contains(list(), "  src/a.py\n"));
  CHECK(contains(list(), "  src/big.py\n"));
  for (const char* other : {"top.py", "c.txt", "link.py"}) CHECK(!contains(list(), other));
  CHECK(!fs::exists(checkout() + "/top.py"));
  file("../repo/src/d.py", "d\n");
  in_repository("git add src/d.py && git commit -qm two");
  CHECK(!contains(fetched().err, "fetched"));
  CHECK(!contains(list(), "d.py"));
  file("pgo.toml", project(in_repository("git rev-parse HEAD")));
  CHECK(contains(fetched().err, "fetched"));
  CHECK(contains(list(), "d.py"));
  const auto& corpus = results().at("corpora").at(0);
  CHECK(corpus.at("git") == address());
  CHECK(corpus.at("commit") == in_repository("git rev-parse HEAD"));
}

TEST_CASE_FIXTURE(Repository, "a plan fetches nothing, and says what a run would fetch") {
  const auto plan = run({"plan"});
  CHECK(contains(plan.out, "'code': will fetch src of"));
  CHECK(contains(plan.out, commit));
  CHECK(nlohmann::json::parse(run({"plan", "--json"}).out).at("corpora").at(0).at("sha256").is_null());
  CHECK(!fs::exists(path(".pgo-orch/git")));
  fetched();
  CHECK(contains(run({"plan"}).out, "'code': 3 files,"));
}

TEST_CASE_FIXTURE(Repository, "no hook, filter, address or prompt of the user's git takes part") {
  const auto trap = outside("trap").string();
  file("../home/.gitconfig",
       "[core]\nhooksPath = " + outside("hooks").string() + "\naskPass = " + outside("ask").string() +
           "\n[filter \"lfs\"]\nsmudge = touch " + trap + "-smudge\nrequired = true\n[url \"" +
           outside("elsewhere").string() + "\"]\ninsteadOf = file://\n");
  file("../hooks/post-checkout", "#!/bin/sh\n/usr/bin/touch " + trap + "-hook\n");
  fs::permissions(outside("hooks/post-checkout"), fs::perms::owner_all);
  fs::create_directories(outside("template/hooks"));
  fs::copy(outside("hooks/post-checkout"), outside("template/hooks/post-checkout"));
  env("GIT_TEMPLATE_DIR", outside("template").string()).env("GIT_DIR", outside("nowhere").string());
  env("GIT_CONFIG_COUNT", "1")
      .env("GIT_CONFIG_KEY_0", "core.hooksPath")
      .env("GIT_CONFIG_VALUE_0", outside("hooks").string());
  tool("git", "{ echo \"$GIT_TERMINAL_PROMPT|$GIT_ASKPASS|$GIT_ALLOW_PROTOCOL\"; } >>" +
                  outside("asked").string() + "\nexec /usr/bin/git \"$@\"");
  fetched();
  for (const char* part : {"-hook", "-smudge"}) CHECK(!fs::exists(trap + part));
  CHECK(!fs::exists(checkout() + "/.git/hooks/post-checkout"));
  CHECK(fs::is_empty(checkout() + "/src/sub"));  // the submodule's folder
  CHECK(contains(text_of(outside("asked")), "0||https:ssh:file\n"));
}

TEST_CASE_FIXTURE(Repository, "what was fetched is used again only as it was") {
  fetched();
  const auto folder = checkout();
  file(fs::path(folder).lexically_relative(path()).string() + "/src/a.py", "changed\n");
  CHECK(contains(fetched().err, "since what was there had been changed"));
  CHECK(read(".pgo-orch/corpora/code/files/src/a.py") == "a\n");
  run_program("/usr/bin/git", {"-C", folder, "remote", "set-url", "origin", "file:///other"});
  CHECK(contains(fetched().err, "since what was there had been changed"));
  fs::remove_all(outside("repo"));
  CHECK(!contains(fetched().err, "fetched"));
}

TEST_CASE_FIXTURE(Repository, "fetching is tried three times, and then an error says what git said") {
  const auto tries = outside("tries").string();
  tool("git", "case \" $* \" in *' fetch '*) echo x >>" + tries + "; [ $(/usr/bin/wc -l <" + tries +
                  ") -gt 2 ] || { echo 'fatal: unable to access: timed out' >&2; exit 128; } ;; esac\nexec "
                  "/usr/bin/git \"$@\"");
  CHECK(contains(fetched().err, "fetched " + commit));
  CHECK(text_of(tries) == "x\nx\nx\n");
  tool("git",
       "case \" $* \" in *' fetch '*) echo 'fatal: not our ref' >&2; exit 128 ;; esac\nexec /usr/bin/git "
       "\"$@\"");
  file("pgo.toml", project(std::string(40, '1')));
  forget_calls();
  const auto result = run({"run", "--no-measure"});
  CHECK(result.code == 1);
  CHECK(contains(result.err, "cannot fetch " + std::string(40, '1') + " of " + address() +
                                 ", tried three times: fatal: not our ref"));
  CHECK(builds().empty());
  without("git");
  const auto without_git = run({"run", "--no-measure"});
  CHECK(without_git.code == 3);
  CHECK(contains(without_git.err, "apt-get install git"));
}

TEST_CASE_FIXTURE(Repository, "a file in Git LFS, which is not fetched, is refused") {
  file("../repo/src/big.py", "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 3\n");
  in_repository("git -c filter.lfs.clean=cat commit -qam pointer");
  file("pgo.toml", project(in_repository("git rev-parse HEAD")));
  const auto result = run({"run", "--no-measure"});
  CHECK(result.code == 2);
  CHECK(contains(result.err,
                 "src/big.py lies in Git LFS, which is not fetched: leave it out by files = "
                 "[\"!src/big.py\"]"));
}

TEST_CASE_FIXTURE(Repository, "a folder that the commit lacks is an error") {
  auto text = project();
  text.replace(text.find("[\"src\"]"), 7, "[\"lib\"]");
  file("pgo.toml", text);
  const auto result = run({"run", "--no-measure"});
  CHECK(result.code == 2);
  CHECK(contains(result.err, "corpus 'code': " + address() + " has no folder 'lib' at " + commit +
                                 ": correct 'folders'"));
}

TEST_CASE_FIXTURE(Repository,
                  "a release takes what a run fetched, and its manifest names address and commit") {
  fetched();
  fs::remove_all(outside("repo"));
  const auto result = run({"release", "baseline"});
  CHECK_MESSAGE(result.code == 0, result.err);
  const auto corpus = nlohmann::json::parse(read("dist/manifest.json")).at("corpora").at(0);
  CHECK(corpus.at("commit") == commit);
  CHECK(corpus.at("git") == address());
  CHECK(corpus.at("files") == 3);
}

TEST_CASE_FIXTURE(Repository, "a repository's links are no hindrance, and are left out") {
  auto text = project();
  text.erase(text.find("folders = [\"src\"]\n"), 18);
  file("pgo.toml", text);
  fetched();
  CHECK(fs::is_symlink(checkout() + "/link-at-top.py"));
  CHECK(!contains(fetched().err, "fetched"));
  CHECK(contains(list(), "  top.py\n"));
  CHECK(!contains(list(), "link"));
}
