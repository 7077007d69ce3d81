// Releases of projects that a command builds: no cargo says what was read.

#include <doctest/doctest.h>

#include "lab.h"

using namespace e2e;

namespace {

const std::string collatz_c = R"(#include <stdio.h>
#include <stdlib.h>
__attribute__((noinline)) unsigned long chain(unsigned long n) {
  unsigned long length = 1;
  for (; n != 1; ++length) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
  return length;
}
__attribute__((noinline)) unsigned long never(unsigned long n) { return n * 17 + 3; }
int main(int argc, char** argv) {
  unsigned long sum = 0, below = argc > 1 ? strtoul(argv[1], NULL, 10) : 10;
  for (unsigned long n = 1; n < below; ++n) sum += chain(n);
  printf("%lu\n", sum == 7 ? never(sum) : sum);
  return 0;
}
)";

struct ByCommand : Lab {
  ByCommand() { file("collatz.c", collatz_c).file("chains.rs", chains); }
  void build_by(const std::string& command) {
    file("pgo.toml",
         project_of("name = \"collatz\"\ncommand = " + command) +
             "[[variant]]\nname = \"pgo\"\npgo = true\n[release]\nsmoke = [[\"{exe}\", \"5\"]]\n");
  }
  Ended released() const { return orch({"release", "pgo", "-q"}); }
};

}  // namespace

TEST_CASE_FIXTURE(ByCommand,
                  "PGO of a build command's program is proved in what is shipped, of C and of Rust") {
  for (
      const char* command :
      {R"(["cc", "-O2", "collatz.c", "-o", "{output}"])", R"(["rustc", "-O", "chains.rs", "-o", "{output}"])",
       R"(["sh", "-c", "cc -O2 {cflags} -c collatz.c -o {tmp}/c.o && cc {ldflags} {tmp}/c.o -o {output}"])"}) {
    CAPTURE(command);
    build_by(command);
    const auto ended = released();
    CHECK_MESSAGE(ended.status == 0, ended.err);
    const auto manifest = Json::parse(read(root() / "dist/manifest.json"));
    CHECK(against_schema(manifest, fs::path(PGO_ORCH_SOURCE_DIR) / "docs/manifest.schema.json") == "");
    const auto& pgo = manifest.at("pgo");
    CHECK(pgo.at("crates_with_profile") == 0);
    CHECK(pgo.at("hot_counts_matched") == 1.0);
    CHECK(pgo.at("hot_functions_marked") > 0);
    CHECK(orch({"verify", "dist/collatz"}).status == 0);
  }
}

TEST_CASE_FIXTURE(ByCommand, "a C program all of whose work is in main is proved") {
  file("collatz.c", R"(#include <stdio.h>
int main(void) {
  unsigned long sum = 0;
  for (unsigned long n = 1; n < 100000; ++n) sum = n % 3 == 0 ? sum + n : sum ^ n;
  printf("%lu\n", sum);
  return 0;
}
)");
  build_by(R"(["cc", "-O2", "collatz.c", "-o", "{output}"])");
  const auto ended = released();
  CHECK_MESSAGE(ended.status == 0, ended.err);
  CHECK(Json::parse(read(root() / "dist/manifest.json")).at("pgo").at("hot_counts_matched") == 1.0);
}

TEST_CASE_FIXTURE(ByCommand, "a command that drops the profile, or links something else last, is found out") {
  build_by(
      R"(["sh", "-c", "cc -O2 $(echo '{cflags}' | tr ' ' '\\n' | grep -v profile-use) -c collatz.c -o {tmp}/c.o && cc {ldflags} {tmp}/c.o -o {output}"])");
  const auto dropped = released();
  CHECK(dropped.status == 1);
  CHECK_MESSAGE(contains(dropped.err, "no compiler said that it looked any function up in the profile"),
                dropped.err);
  CHECK_MESSAGE(contains(dropped.err, "its code was compiled without the profile"), dropped.err);
  build_by(R"(["sh", "-c", "cc -O2 collatz.c -o {output} && cc -O2 collatz.c -DX -o {tmp}/other"])");
  file("collatz.c",
       "#ifdef X\nint chain(int n) { return n; }\nint never(int n) { return chain(n) + 1; }\nint main(void) "
       "{ return never(1); }\n#else\n" +
           collatz_c + "#endif\n");
  const auto other = released();
  CHECK(other.status == 1);
  CHECK_MESSAGE(contains(other.err, "link nothing after it"), other.err);
  CHECK(!fs::exists(root() / "dist"));
}
