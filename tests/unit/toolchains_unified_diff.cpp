#include "toolchains/unified_diff.h"

#include <doctest/doctest.h>

#include <random>

#include "toolchains/files.h"
#include "toolchains/process_runner.h"

using namespace pgo_orch::toolchains;

namespace {

std::string numbers(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) text += std::to_string(i) + "\n";
  return text;
}

std::string diff(const std::string& before, const std::string& after) {
  return unified_diff({"f", before}, {"f", after});
}

}  // namespace

TEST_CASE("equal texts have no difference") {
  CHECK(diff("a\n", "a\n") == "");
  CHECK(diff("", "") == "");
}

TEST_CASE("hunks have three lines around changes, and those that meet are one") {
  auto changed = numbers(1, 30);
  changed.replace(changed.find("\n5\n"), 3, "\nfive\n");
  changed.replace(changed.find("\n11\n"), 4, "\neleven\n");
  changed.replace(changed.find("\n25\n"), 4, "\n");
  CHECK(diff(numbers(1, 30), changed) ==
        "--- a/f\n+++ b/f\n@@ -2,13 +2,13 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n 9\n 10\n-11\n+eleven\n "
        "12\n 13\n 14\n"
        "@@ -22,7 +22,6 @@\n 22\n 23\n 24\n-25\n 26\n 27\n 28\n");
}

TEST_CASE("a new file comes from nowhere, and a missing newline is said") {
  CHECK(unified_diff({"f", "", false}, {"f", "a\nb"}) ==
        "--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n");
}

TEST_CASE("patch makes the new text of the old one and the difference") {
  const TempDir folder;
  ProcessRunner runner;
  std::mt19937 random(7);
  for (int round = 0; round < 30; ++round) {
    std::string before, after;
    for (int line = 0; line < 60; ++line) {
      const auto text = std::to_string(random() % 9) + "\n";
      const auto what = random() % 8;
      if (what != 0) before += text;
      if (what > 1) after += text;
      if (what == 1) after += "new\n";
    }
    if (random() % 2 == 0) after.pop_back();
    write_file_atomically(folder.path() / "f", before);
    write_file_atomically(folder.path() / "x.diff", diff(before, after));
    const auto patched =
        capture(runner, {.argv = {"git", "apply", "--unidiff-zero", "x.diff"}, .cwd = folder.path()});
    REQUIRE(patched.ok());
    CHECK(read_file(folder.path() / "f") == after);
  }
}
