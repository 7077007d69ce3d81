#include <doctest/doctest.h>

#include "toolchains/command.h"
#include "toolchains/error.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"

using namespace pgo_orch;
using namespace pgo_orch::toolchains;
using Words = std::vector<std::string>;

TEST_CASE("an outcome is described by how it ended") {
  CHECK(describe(Outcome{.end = End::exited, .exit_code = 3}) == "exit code 3");
  CHECK(describe(Outcome{.end = End::signalled, .signal = 9}) == "killed by signal 9 (Killed)");
  CHECK(describe(Outcome{.end = End::signalled, .signal = 200}) == "killed by signal 200 (unknown)");
  CHECK(describe(Outcome{.end = End::timed_out, .wall = std::chrono::milliseconds(10003)}) ==
        "timed out after 10 s");
  CHECK(describe(Outcome{.end = End::interrupted}) == "interrupted");
  CHECK(describe(Outcome{.reason = "no program 'x' on the PATH"}) ==
        "not started: no program 'x' on the PATH");
}

TEST_CASE("words are quoted only where a shell needs it") {
  CHECK(shell_quote("-Clink-arg=-Wl,-z,now") == "-Clink-arg=-Wl,-z,now");
  CHECK(shell_quote("") == "''");
  CHECK(shell_quote("a b") == "'a b'");
  CHECK(shell_quote("it's") == "'it'\\''s'");
  CHECK(shell_quote("~/x") == "'~/x'");
}

TEST_CASE("a command is shown as a line that a shell would run") {
  const Command command{.argv = {"cargo", "build", "--config", "a b.toml"},
                        .cwd = "/my project",
                        .env = {{"LLVM_PROFILE_FILE", std::nullopt}, {"RUSTFLAGS", "-Cdebuginfo=0 -g"}},
                        .stdin_file = "in",
                        .stdout_file = "out.txt",
                        .log_file = "log"};
  CHECK(to_shell(command) ==
        "cd '/my project' && env -u LLVM_PROFILE_FILE RUSTFLAGS='-Cdebuginfo=0 -g' "
        "cargo build --config 'a b.toml' < in > out.txt");
}

TEST_CASE("a quoted line is cut into the words that a shell would see") {
  CHECK(split_shell_words("").empty());
  CHECK(split_shell_words("  rustc  --crate-name fib\t-C metadata=1 ") ==
        Words{"rustc", "--crate-name", "fib", "-C", "metadata=1"});
  CHECK(split_shell_words(R"(--cfg 'feature="simd"' '' "" a'b c'd)") ==
        Words{"--cfg", "feature=\"simd\"", "", "", "ab cd"});
  CHECK(split_shell_words(R"("a\"b\$c\d" e\ f \')") == Words{"a\"b$c\\d", "e f", "'"});
  CHECK(split_shell_words("a\\\nb \"c\\\nd\"") == Words{"ab", "cd"});
  CHECK_THROWS_WITH_AS(split_shell_words("a 'b"), "a single quote is not closed", Error);
  CHECK_THROWS_WITH_AS(split_shell_words("a \"b"), "a double quote is not closed", Error);
}

TEST_CASE("odd words survive quoting and cutting, by us and by a shell") {
  const Words odd = {"",     " ", "'", "''", "\"", "\\", "a\\",   "$HOME", "`x`",
                     "a\nb", "*", "#", "~",  "-",  "ü",  "a=b c", "!",     "{a,b}"};
  std::string line;
  for (const auto& word : odd) line += shell_quote(word) + " ";
  CHECK(split_shell_words(line) == odd);

  ProcessRunner runner;
  std::string expected;
  for (const auto& word : odd) expected += "[" + word + "]";
  for (const std::string hidden : {"a\x1f%s\\b'c\n\x01$d", "-Copt-level=3\x1f-Clto=fat"}) {
    CHECK(shell_quote(hidden).find('\x1f') == std::string::npos);
    line += shell_quote(hidden) + " ";
    expected += "[" + hidden + "]";
  }
  CHECK(capture(runner, {.argv = {"sh", "-c", "printf '[%s]' " + line}}).out == expected);
}

TEST_CASE("PATH is cut as execvp does it") {
  using Folders = std::vector<std::filesystem::path>;
  CHECK(split_path("/a:/b") == Folders{"/a", "/b"});
  CHECK(split_path("/a::") == Folders{"/a", ".", "."});
  CHECK(split_path("") == Folders{"."});
}

TEST_CASE("programs are looked up where the child would find them") {
  CHECK(find_executable("sh", {{"PATH", "/nowhere:/bin"}}) == "/bin/sh");
  CHECK(find_executable("sh", {{"PATH", std::nullopt}}) == "/bin/sh");
  CHECK(find_executable("sh", {{"PATH", "bin"}}, "/") == "/bin/sh");
  CHECK(find_executable("./sh", {}, "/bin") == "/bin/./sh");
  CHECK_FALSE(find_executable("sh", {{"PATH", "/nowhere"}}));
  CHECK_FALSE(find_executable("/etc/passwd"));
  CHECK_FALSE(find_executable("/bin/"));
  CHECK_FALSE(find_executable(""));
}
