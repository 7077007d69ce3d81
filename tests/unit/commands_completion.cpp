#include <doctest/doctest.h>

#include <algorithm>

#include "orchestrator/commands/command_line.h"
#include "orchestrator/commands/completion.h"
#include "orchestrator/config/keys.h"
#include "toolchains/files.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;

namespace {

using Words = std::vector<std::string>;

/// What may be the last of these words: the candidates that begin like it, then ":files" or ":folders".
Words after(const Words& words) {
  const auto found = complete(commands(), {words, words.size() - 1});
  Words texts;
  for (const auto& candidate : found.words)
    if (candidate.text.starts_with(words.back())) texts.push_back(candidate.text);
  if (found.files) texts.emplace_back(":files");
  if (found.folders) texts.emplace_back(":folders");
  return texts;
}

bool has(const Words& words, const std::string& word) {
  return std::ranges::count(words, word) == 1;
}

struct Sources {
  explicit Sources(const std::string& text = R"(
[project]
source = "fib.rs"
[[workload]]
name = "short"
[[workload]]
name = "long"
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
pgo = true
[[matrix]]
opt-level = [1, 2]
name = "o{opt-level}"
)") {
    toolchains::write_file_atomically(folder.path() / "fib.rs", "fn main() {}");
    toolchains::write_file_atomically(file(), text);
  }
  std::string file() const { return (folder.path() / "my pgo.toml").string(); }

  toolchains::TempDir folder;
};

}  // namespace

TEST_CASE("the first word is a command or an option of the program") {
  CHECK(after({"re"}) == Words{"report", "release"});
  CHECK(after({"--"}) == Words{"--help", "--version"});
  CHECK(after({""}).size() == commands().size());
  CHECK(after({"nosuch", ""}).empty());
}

TEST_CASE("options are those of the command; one that is given comes again only if it may") {
  CHECK(after({"run", "--no-m"}) == Words{"--no-measure"});
  const auto again = after({"run", "--quick", "--variant", "x", "-"});
  CHECK_FALSE(has(again, "--quick"));
  CHECK(has(again, "--variant"));
  CHECK(after({"compare", "--quick"}).empty());
  CHECK_FALSE(has(after({"run", "--", "--"}), "--quick"));
}

TEST_CASE("the words of a program that is tried are files, behind --") {
  CHECK(after({"try", ""}) == Words{"--"});
  CHECK(after({"init", ""}) == Words{"--"});
  CHECK_FALSE(has(after({"try", "--", ""}), "--"));
  CHECK(complete(commands(), {{"try", "--", ""}, 2}).files);
  CHECK(has(after({"try", "--h"}), "--held-out"));
}

TEST_CASE("values of options are their words, files, folders, or nothing that is known") {
  CHECK(after({"run", "--color", ""}) == Words{"auto", "always", "never"});
  CHECK(after({"run", "--color=a"}) == Words{"--color=auto", "--color=always"});
  CHECK(after({"run", "--color=auto", ""}) == Words{":files"});
  CHECK(after({"run", "--color=auto", "pgo.toml", ""}).empty());
  CHECK(after({"run", "--stage", ""}) == Words{"instrument", "train", "optimize"});
  CHECK(after({"plan", "--format", "s"}) == Words{"sh"});
  CHECK(after({"run", "--json", ""}) == Words{":files"});
  CHECK(after({"run", "--json="}) == Words{":files"});
  CHECK(after({"run", "--state-dir", ""}) == Words{":folders"});
  CHECK(after({"emit", "sh", "-o", ""}) == Words{":files"});
  CHECK(after({"run", "--seed", ""}).empty());
  CHECK(after({"run", "--quick", ""}) == Words{":files"});  // a switch takes none
}

TEST_CASE("what is attached to an option keeps it") {
  const auto found = complete(commands(), {{"run", "--color=al"}, 1});
  REQUIRE(found.words.size() == 3);
  CHECK(found.words.at(1).text == "--color=always");
}

TEST_CASE("words without a name are what the usage says") {
  CHECK(after({"emit", ""}) == Words{"github-actions", "gitlab-ci", "makefile", "sh"});
  CHECK(after({"emit", "sh", ""}) == Words{":files"});
  CHECK(after({"emit", "sh", "pgo.toml", ""}).empty());
  CHECK(after({"profile", ""}) == Words{"save", "status"});
  CHECK(after({"profile", "save", ""}) == Words{":files"});
  CHECK(after({"profile", "save", "a.profdata", ""}) == Words{":files"});
  CHECK(after({"profile", "status", "pgo.toml", ""}).empty());
  CHECK(after({"verify", ""}) == Words{":files"});
  CHECK(after({"completions", ""}) == Words{"bash", "zsh", "fish"});
  CHECK(after({"schema", ""}).empty());
}

TEST_CASE("variants, workloads and runs are of the pgo.toml on the line, before or behind") {
  const Sources project;
  CHECK(after({"run", project.file(), "--variant", ""}) == Words{"baseline", "pgo", "o1", "o2"});
  CHECK(after({"run", project.file(), "--workload", ""}) == Words{"short", "long"});
  CHECK(after({"profile", "status", project.file(), "--variant", "p"}) == Words{"pgo"});
  const auto behind = complete(commands(), {{"apply", "", project.file()}, 1});
  CHECK(behind.words.size() == 5);
  CHECK(behind.words.back().text == "best");
  toolchains::make_folders(project.folder.path() / ".pgo-orch/runs/2020-01-02T03-04-05Z");
  toolchains::make_folders(project.folder.path() / ".pgo-orch/runs/2021-01-02T03-04-05Z");
  CHECK(after({"report", project.file(), "--run", ""}) ==
        Words{"2021-01-02T03-04-05Z", "2020-01-02T03-04-05Z", "latest", "previous"});
}

TEST_CASE("a pgo.toml that is broken, missing or no file gives no names") {
  for (const char* text :
       {"[project", "[project]\nsource = 3\n", "[[variant]]\nname = \"x\"\n", "\xff\xfe"}) {
    const Sources project(text);
    CHECK(after({"run", project.file(), "--variant", ""}).empty());
  }
  CHECK(after({"run", "/nowhere/pgo.toml", "--variant", ""}).empty());
  CHECK(after({"run", "/dev/zero.toml", "--variant", ""}).empty());
}

TEST_CASE("bash's words are put together again, without quotes") {
  std::string prefix;
  auto line = line_of_bash({"run", "'my pgo'\\ x.toml", "--variant", "=", "p\"g"}, 4, prefix);
  CHECK(line.words == Words{"run", "my pgo x.toml", "--variant=pg"});
  CHECK(line.at == 2);
  CHECK(prefix == "--variant=");
  line = line_of_bash({"run", "--variant", "=", "a", "--color", "="}, 5, prefix);
  CHECK(line.words == Words{"run", "--variant=a", "--color="});
  CHECK(line.at == 2);
  CHECK(prefix == "--color=");
  line = line_of_bash({"run", "C", ":", "x", ""}, 4, prefix);
  CHECK(line.words == Words{"run", "C:x", ""});
  CHECK(line.at == 2);
  CHECK(prefix == "");
}

TEST_CASE("every choice of an option that has some is a word of its help") {
  int options = 0;
  for (const auto& command : commands())
    for (const auto& option : command.options)
      for (const auto& word : words_of(option.choices)) {
        ++options;
        CHECK_MESSAGE(std::string(option.text).find(word) != std::string::npos, word);
      }
  CHECK(options > 9);
}
