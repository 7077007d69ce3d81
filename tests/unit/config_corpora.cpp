// [[corpus]]: where files come from, which are picked, and who may use them.

#include <doctest/doctest.h>

#include "config_fixture.h"
#include "orchestrator/config/glob.h"

using namespace pgo_orch;
using orchestrator::test::Folder;

namespace {

const std::string head =
    "[project]\nsource = \"fib.rs\"\n[[variant]]\nname = \"a\"\n[[workload]]\nname = \"w\"\n";
const std::string id(40, 'a');

/// Whether an error of a corpus with these keys says so.
bool says(const std::string& keys, const std::string& part) {
  const Folder folder;
  const auto errors = folder.errors(head + "[[corpus]]\nname = \"c\"\n" + keys);
  CAPTURE(errors);
  const bool found = errors.find(part) != std::string::npos;
  CHECK(found);
  return found;
}

bool matches(const std::string& pattern, const std::string& path) {
  return orchestrator::Glob(pattern).matches(path);
}

}  // namespace

TEST_CASE("patterns of files match as in .gitignore and shells, but always the whole path") {
  CHECK(matches("*.py", "a.py"));
  CHECK_FALSE(matches("*.py", "x/a.py"));
  CHECK_FALSE(matches("*.py", "a.pyc"));
  CHECK(matches("**/*.py", "a.py"));
  CHECK(matches("**/*.py", "x/y/a.py"));
  CHECK(matches("x/**", "x/y/a"));
  CHECK_FALSE(matches("x/**", "x"));
  CHECK(matches("x/**/z", "x/z"));
  CHECK(matches("x/**/z", "x/1/2/z"));
  CHECK_FALSE(matches("x/**/z", "xz"));
  CHECK(matches("**", "a/b"));
  CHECK(matches("a?c", "abc"));
  CHECK_FALSE(matches("a?c", "a/c"));
  CHECK(matches("[ab]-[!0-9]", "b-x"));
  CHECK(matches("[^0-9]", "x"));
  CHECK_FALSE(matches("[ab]-[!0-9]", "b-1"));
  CHECK_FALSE(matches("[!a]b", "/b"));
  CHECK(matches("a.(b)+{c}|$", "a.(b)+{c}|$"));
  CHECK_FALSE(matches("a.b", "axb"));
  CHECK(matches("\\*", "*"));
  CHECK_FALSE(matches("\\*", "a"));
  CHECK(matches("a**b", "axxb"));
}

TEST_CASE("what is not a pattern of relative paths has no expression") {
  for (const char* wrong : {"", "/a", "a[", "[", "[]", "a\\", "[a/b]", "[[:alpha:]]", "a\nb"})
    CHECK_MESSAGE(orchestrator::glob_regex(wrong).empty(), wrong);
}

TEST_CASE("a corpus says in one way where its files are") {
  CHECK(says("", "corpus 'c' does not say where its files are: write git, folder or files"));
  CHECK(says("git = \"https://a/b\"\ncommit = \"" + id + "\"\nfolder = \".\"",
             "'git' and 'folder' cannot be used together"));
  CHECK(says("files = [\"*\"]\ncommit = \"" + id + "\"", "'commit' only applies with 'git'"));
  CHECK(says("files = [\"!*\"]", "'files' picks nothing"));
  CHECK(says("files = [\"/etc/*\"]", "'/etc/*' is not a pattern of files in the corpus"));
  CHECK(says("folder = \"nowhere\"", "no such folder: 'nowhere'"));
}

TEST_CASE("of a repository the whole commit is wanted, by a protocol that is safe") {
  const auto git = [](const std::string& address) {
    return "git = \"" + address + "\"\ncommit = \"" + id + "\"";
  };
  CHECK(says("git = \"https://a/b\"", "'git' needs a whole commit id, 40 hexadecimal digits, in 'commit'"));
  CHECK(says("git = \"https://a/b\"\ncommit = \"v1.0\"", "digits, not 'v1.0': take it from"));
  for (const char* wrong : {"http://a/b", "ext::sh -c x", "git://a/b", "-upload", "../b", "https:/a"})
    CHECK(says(git(wrong), "'git' must be an address that begins with https://, ssh:// or file://"));
  CHECK(says(git("https://token@a/b"), "'git' must not hold a user or token"));
  CHECK(says(git("ssh://me:secret@a/b"), "'git' must not hold a password"));
  for (const char* folder : {"../x", "/x", "a/*", "", "."})
    CHECK(says(git("https://a/b") + "\nfolders = [\"" + folder + "\"]", "is not a folder of the repository"));
  const Folder folder;
  for (const char* right : {"https://a/b", "ssh://git@a/b", "git@a:b/c.git", "file:///a"})
    CHECK(folder.errors(head + "[[corpus]]\nname = \"c\"\n" + git(right)) == "");
}

TEST_CASE("a corpus is split with a share, and its digest is one") {
  CHECK(says("folder = \".\"\nshare = \"80%\"", "'share' only applies with 'split'"));
  CHECK(
      says("folder = \".\"\nsplit = \"train\"\nshare = \"100%\"", "'share' must be over 0% and under 100%"));
  CHECK(says("folder = \".\"\nsha256 = \"abc\"", "'sha256' must be 64 hexadecimal digits"));
  CHECK(says("folder = \".\"\nsplit = \"test\"", "'split' cannot be \"test\""));
}

TEST_CASE("a workload names corpora that there are, and that are for what it does") {
  const Folder folder;
  const std::string corpora =
      "[[corpus]]\nname = \"learn\"\nfolder = \".\"\nsplit = \"train\"\n"
      "[[corpus]]\nname = \"judge\"\nfolder = \".\"\nsplit = \"held-out\"\n";
  const auto errors = [&](const std::string& keys) { return folder.errors(head + keys + "\n" + corpora); };
  CHECK(errors("args = [\"{corpus.lern}\"]") ==
        "pgo.toml:5:1: {corpus.lern} in workload 'w' is not a corpus (did you mean 'learn'?)");
  CHECK(errors("role = \"train\"\nargs = [\"@{corpus.learn.args}\"]\ncwd = \"{corpus.learn}/x\"") == "");
  CHECK(errors("role = \"measure\"\nstdin = \"{corpus.judge}/x\"") == "");
  CHECK(errors("args = [\"{corpus.learn}\"]") ==
        "pgo.toml:5:1: workload 'w' is measured with corpus 'learn', whose split is \"train\": write role = "
        "\"train\", or take another corpus");
  CHECK(errors("role = \"both\"\nargs = [\"{corpus.judge}\"]") ==
        "pgo.toml:7:1: workload 'w' trains with corpus 'judge', whose split is \"held-out\": write role = "
        "\"measure\", or take another corpus");
  CHECK(folder.errors(head + "args = [\"{corpus.x}\"]").find("there is no [[corpus]]") != std::string::npos);
}
