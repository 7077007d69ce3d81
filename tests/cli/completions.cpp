// The completion scripts, in the shells that they are for.

#include "test.h"

using namespace pgo_orch::cli;

namespace {

namespace fs = std::filesystem;

/// A project beside one whose name has to be quoted, and a broken one.
struct Typed : Test {
  Typed() {
    file("pgo.toml", fib_and_pgo).file("fib.rs", "print 1");
    file("it's mine/pgo.toml", with_variant(fib, "other", "opt-level = 1"))
        .file("it's mine/fib.rs", "print 1");
    file("broken.toml", "[project");
    fs::create_directories(outside("programs"));
    fs::create_symlink(PGO_ORCH, outside("programs/pgo-orch"));
    env("PATH", outside("programs").string() + ":/usr/bin:/bin").env("TERM", "dumb");
  }

  std::string script_for(const std::string& shell) const {
    const auto result = run({"completions", shell});
    CHECK(result.code == 0);
    return result.out;
  }

  /// The words of the line after a tab, in an interactive shell.
  Words tabbed(const std::string& line, const Words& shell, const std::string& setup) {
    file("setup", setup);
    const std::string harness = std::string(FAKES) + "/../typed.zsh";
    std::string command = "exec zsh -f \"$@\" < setup";
    Words words{"-c", command, "sh", harness, line};
    words.insert(words.end(), shell.begin(), shell.end());
    const auto result = run_program("/bin/sh", words);
    CAPTURE(result.err);
    CHECK(result.code == 0);
    auto lines = split(result.out, '\n');
    if (!lines.empty() && lines.back().empty()) lines.pop_back();
    return lines;
  }
  Words in_bash(const std::string& line) {
    return tabbed(line, {"bash", "--norc", "--noprofile", "-i"}, "eval \"$(pgo-orch completions bash)\"");
  }
  Words in_zsh(const std::string& line) {
    return tabbed(line, {"zsh", "-f", "-i"},
                  "autoload -Uz compinit; compinit -u -D; eval \"$(pgo-orch completions zsh)\"; bindkey -e");
  }
  Words in_fish(const std::string& line) {
    file("line", line).file("fish.fish", script_for("fish"));
    const auto result = run_program("/bin/sh", {"-c",
                                                "exec fish --no-config -c 'source fish.fish; complete -C "
                                                "(cat line)'"});
    CHECK(result.err == "");
    Words words;
    for (const auto& text : split(result.out, '\n'))
      if (!text.empty()) words.push_back(text.substr(0, text.find('\t')));
    return words;
  }
  /// What bash's function replies, of which it would insert the common part.
  Words replies(const Words& line) {
    file("bash.sh", script_for("bash") + R"(
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_pgo_orch "$1"
printf '%s\n' "${COMPREPLY[@]}"
)");
    Words words{"--norc", "bash.sh", "pgo-orch"};
    words.insert(words.end(), line.begin(), line.end());
    const auto result = run_program("/bin/bash", words);
    CHECK(result.err == "");
    Words found;
    for (const auto& text : split(result.out, '\n'))
      if (!text.empty()) found.push_back(text);
    return found;
  }
};

bool is_installed(const std::string& shell) {
  const bool is = fs::exists("/usr/bin/" + shell);
  if (!is) MESSAGE(shell, " is not installed (scripts/setup test): its completions are not tested");
  return is;
}

}  // namespace

TEST_CASE_FIXTURE(Typed, "the hidden command answers quickly, with nothing where nothing is known") {
  CHECK(run({"__complete", "fish", "2", "run", "--variant", ""}).out == "baseline\tvariant\npgo\tvariant\n");
  for (const Words& words : {Words{"__complete"}, Words{"__complete", "fish", "x", "run"},
                             Words{"__complete", "fish", "99", "run"},
                             Words{"__complete", "bash", "3", "run", "broken.toml", "--variant", ""},
                             Words{"__complete", "zsh", "3", "run", "missing.toml", "--variant", ""}}) {
    const auto result = run(words);
    CHECK(result.code == 0);
    CHECK(result.out == "");
    CHECK(result.err == "");
  }
  CHECK(calls("").empty());
  CHECK(!fs::exists(path(".pgo-orch")));
}

TEST_CASE_FIXTURE(Typed, "completions needs the name of a shell that it knows") {
  CHECK(run({"completions"}).err == "error: completions: for which shell: choose bash, zsh or fish\n");
  CHECK(run({"completions", "csh"}).err ==
        "error: completions: unknown shell 'csh': choose bash, zsh or fish\n");
}

TEST_CASE_FIXTURE(Typed, "bash completes commands, options, values and names") {
  CHECK(replies({"ru"}) == Words{"run"});
  CHECK(replies({"run", "--no-m"}) == Words{"--no-measure"});
  CHECK(replies({"run", "--variant", ""}) == Words{"baseline", "pgo"});
  CHECK(replies({"run", "--variant", "=", "p"}) == Words{"pgo"});
  CHECK(replies({"run", "--color", "="}) == Words{"auto", "always", "never"});
  CHECK(replies({"run", "it\\'s\\ mine/pgo.toml", "--variant", "o"}) == Words{"other"});
  CHECK(replies({"run", "\"it's mine/pgo.toml\"", "--variant", "o"}) == Words{"other"});
  CHECK(replies({"run", "broken.toml", "--variant", ""}) == Words{});
  CHECK(replies({"run", "--json", ""}) == Words{});  // bash completes files itself
}

TEST_CASE_FIXTURE(Typed, "in an interactive bash a tab inserts the word, quoted where it has to be") {
  if (!is_installed("zsh")) return;  // whose zpty types
  CHECK(in_bash("pgo-orch rel") == Words{"<pgo-orch>", "<release>"});
  CHECK(in_bash("pgo-orch run --variant=pg") == Words{"<pgo-orch>", "<run>", "<--variant=pgo>"});
  CHECK(in_bash("pgo-orch run it") == Words{"<pgo-orch>", "<run>", "<it's mine/>"});
  CHECK(in_bash("pgo-orch run \"it's mine/pgo.toml\" --variant ot") ==
        Words{"<pgo-orch>", "<run>", "<it's mine/pgo.toml>", "<--variant>", "<other>"});
  file("it's mine/state/runs/2020-01-02T03-04-05Z/results.json", "{}");
  CHECK(
      in_bash("pgo-orch report --state-dir='it'\\''s mine/state' --run 2") ==
      Words{"<pgo-orch>", "<report>", "<--state-dir=it's mine/state>", "<--run>", "<2020-01-02T03-04-05Z>"});
  CHECK(in_bash("pgo-orch run --state-dir it") ==
        Words{"<pgo-orch>", "<run>", "<--state-dir>", "<it's mine/>"});
  CHECK(in_bash("pgo-orch run broken.toml --variant p") ==
        Words{"<pgo-orch>", "<run>", "<broken.toml>", "<--variant>", "<p>"});
}

TEST_CASE_FIXTURE(Typed, "in an interactive zsh a tab inserts the word, quoted where it has to be") {
  if (!is_installed("zsh")) return;
  CHECK(in_zsh("pgo-orch rel") == Words{"<pgo-orch>", "<release>"});
  CHECK(in_zsh("pgo-orch run --no-m") == Words{"<pgo-orch>", "<run>", "<--no-measure>"});
  CHECK(in_zsh("pgo-orch run --variant=pg") == Words{"<pgo-orch>", "<run>", "<--variant=pgo>"});
  // it takes the slash away again before the line is run
  CHECK(in_zsh("pgo-orch run it") == Words{"<pgo-orch>", "<run>", "<it's mine>"});
  CHECK(in_zsh("pgo-orch run --json=it") == Words{"<pgo-orch>", "<run>", "<--json=it's mine>"});
  CHECK(in_zsh("pgo-orch run it\\'s\\ mine/pgo.toml --variant ot") ==
        Words{"<pgo-orch>", "<run>", "<it's mine/pgo.toml>", "<--variant>", "<other>"});
  CHECK(in_zsh("pgo-orch run broken.toml --variant p") ==
        Words{"<pgo-orch>", "<run>", "<broken.toml>", "<--variant>", "<p>"});
}

TEST_CASE_FIXTURE(Typed, "fish completes commands, options, values, names and files") {
  if (!is_installed("fish")) return;
  CHECK(in_fish("pgo-orch rel") == Words{"release"});
  CHECK(in_fish("pgo-orch run --variant ") == Words{"baseline", "pgo"});
  CHECK(in_fish("pgo-orch run --variant=p") == Words{"--variant=pgo"});
  CHECK(in_fish("pgo-orch run 'it\\'s mine/pgo.toml' --variant ot") == Words{"other"});
  CHECK(in_fish("pgo-orch run bro") == Words{"broken.toml"});
  CHECK(in_fish("pgo-orch run --json=bro") == Words{"--json=broken.toml"});
  CHECK(in_fish("pgo-orch run --state-dir it") == Words{"it's mine/"});
  CHECK(in_fish("pgo-orch run broken.toml --variant ").empty());
}
