#include <doctest/doctest.h>

#include "pgo/units.h"
#include "profiles_golden.h"

using namespace pgo_orch;
using namespace pgo_orch::pgo;
using profiles::Flag;
using profiles::FlagKey;

namespace {

const std::string triple = "x86_64-unknown-linux-gnu";

std::string lines(const std::vector<std::string>& problems) {
  std::string text;
  for (const auto& problem : problems) text += problem + "\n";
  return text;
}

/// What is wrong with the captured build: its RUSTFLAGS were
/// "-C target-cpu=x86-64-v2 --cfg fast_path --cap-lints warn", its profile lto = "fat".
std::string captured(const std::vector<Flag>& flags, const std::vector<FlagKey>& options = {}) {
  return lines(compare_with_plan(parse_rustc_calls(golden::read("pgo/build.log")), triple, flags, options));
}

/// What is wrong with one executable of crate a.
std::string executable(const std::string& words, const std::vector<Flag>& flags,
                       const std::vector<FlagKey>& options = {}) {
  const auto calls = parse_rustc_calls(
      "     Running `rustc --crate-name a --edition=2021 src/main.rs --crate-type "
      "bin --target t -C metadata=1 " +
      words + "`\n");
  return lines(compare_with_plan(calls, "t", flags, options));
}

std::string option(const std::string& words, const std::string& key, const std::string& value) {
  return executable(words, {}, {{key, value}});
}

}  // namespace

TEST_CASE("flags that cargo passed on are found, in two words or one") {
  CHECK(captured({{"-C", "RUSTFLAGS"},
                  {"target-cpu=x86-64-v2", "RUSTFLAGS"},
                  {"--cfg", "RUSTFLAGS"},
                  {"fast_path", "RUSTFLAGS"},
                  {"--cap-lints", "RUSTFLAGS"},
                  {"warn", "RUSTFLAGS"}}) == "");
  CHECK(captured({{"-Ctarget_cpu=x86-64-v2", "v"}, {"--cfg=fast_path", "v"}}) == "");
}

TEST_CASE("a missing flag is named for every crate of the target, and no host unit's") {
  CHECK(captured({{"-Ctarget-cpu=native", "variant (target-cpu)"}}) ==
        R"(rustc of crate demo_app was not given -Ctarget-cpu=native (variant (target-cpu))
rustc of crate helper was not given -Ctarget-cpu=native (variant (target-cpu))
rustc of crate other_one was not given -Ctarget-cpu=native (variant (target-cpu))
rustc of crate outer_lib was not given -Ctarget-cpu=native (variant (target-cpu))
rustc of crate show was not given -Ctarget-cpu=native (variant (target-cpu))
)");
}

TEST_CASE("without --target the host's units are looked at, but for build scripts") {
  const auto problems = lines(
      compare_with_plan(parse_rustc_calls(golden::read("pgo/build.log")), "", {{"-O", "RUSTFLAGS"}}, {}));
  CHECK(problems == "rustc of crate shout was not given -O (RUSTFLAGS)\n");
}

TEST_CASE("profile options are looked for in executables, where packages of their own do not disturb") {
  CHECK(captured({}, {{"opt-level", "3"}, {"lto", "fat"}, {"strip", "debuginfo"}, {"panic", "unwind"}}) ==
        "");
  CHECK(captured({}, {{"opt-level", "2"}, {"codegen-units", "1"}}) ==
        R"(crate demo_app was built with codegen-units rustc's default, not with the variant's 1
crate demo_app was built with opt-level 3, not with the variant's 2
crate other_one was built with codegen-units rustc's default, not with the variant's 1
crate other_one was built with opt-level 3, not with the variant's 2
crate show was built with codegen-units rustc's default, not with the variant's 1
crate show was built with opt-level 3, not with the variant's 2
)");
}

TEST_CASE("a flag that a later one overrides is named with it") {
  CHECK(executable("-Ctarget-cpu=native -C target-cpu=x86-64",
                   {{"-Ctarget-cpu=native", "variant (target-cpu)"}}) ==
        "in crate a a later -Ctarget-cpu=x86-64 overrides -Ctarget-cpu=native (variant (target-cpu))\n");
  CHECK(executable("-Copt-level=1 -O", {{"-Copt-level=1", "RUSTFLAGS"}}) ==
        "in crate a a later -Copt-level=3 overrides -Copt-level=1 (RUSTFLAGS)\n");
  CHECK(executable("-Clto=off -Clto", {{"-Clto=off", "RUSTFLAGS"}}) ==
        "in crate a a later -Clto overrides -Clto=off (RUSTFLAGS)\n");
}

TEST_CASE("of several planned flags for one option the last is meant to win") {
  const std::vector<Flag> flags{
      {"-Ctarget-cpu=x86-64", "RUSTFLAGS"}, {"-C", "v"}, {"target-cpu=native", "v"}};
  CHECK(executable("-Ctarget-cpu=x86-64 -C target-cpu=native", flags) == "");
  CHECK(executable("-C target-cpu=native -Ctarget-cpu=x86-64", flags) ==
        "in crate a a later -Ctarget-cpu=x86-64 overrides -Ctarget-cpu=native (v)\n");
}

TEST_CASE("cumulative flags override nothing") {
  CHECK(
      executable(
          "-C link-arg=-a --cfg x -Ctarget-feature=+a -C link-arg=-b --cfg y -Ctarget-feature=-a "
          "-Cmetadata=2",
          {{"-Clink-arg=-a", "v"}, {"--cfg=x", "v"}, {"-Ctarget-feature=+a", "v"}, {"-Cmetadata=2", "v"}}) ==
      "");
}

TEST_CASE("lto has several spellings") {
  for (const char* words : {"-C lto", "-C lto=fat", "-Clto=yes", "-Clto=on", "-Clto=y", "-Clto=true"}) {
    INFO(words);
    CHECK(option(words, "lto", "fat") == "");
    CHECK(option(words, "lto", "thin") == "crate a was built with lto fat, not with the variant's thin\n");
  }
  for (const char* words : {"-Clto=off", "-Clto=n", "-Clto=no", "-Clto=false"})
    CHECK(option(words, "lto", "off") == "");
  CHECK(option("-C lto=thin", "lto", "thin") == "");
  CHECK(option("", "lto", "thin-local") == "");
  CHECK(option("", "lto", "fat") == "crate a was built with lto thin-local, not with the variant's fat\n");
  CHECK(option("-Clto", "lto", "thin-local") ==
        "crate a was built with lto fat, not with the variant's thin-local\n");
}

TEST_CASE("on and off have several words too") {
  for (const char* word : {"", "=on", "=y", "=yes", "=true"}) {
    CHECK(option(std::string("-C overflow-checks") + word, "overflow-checks", "on") == "");
  }
  for (const char* word : {"=off", "=n", "=no", "=false"}) {
    CHECK(option(std::string("-C debug-assertions") + word, "debug-assertions", "off") == "");
  }
  CHECK(option("-C overflow-checks=on", "overflow-checks", "off") ==
        "crate a was built with overflow-checks on, not with the variant's off\n");
}

TEST_CASE("an option that cargo left out is rustc's default at that level") {
  CHECK(option("", "opt-level", "0") == "");
  CHECK(option("", "opt-level", "3") == "crate a was built with opt-level 0, not with the variant's 3\n");
  CHECK(option("", "panic", "unwind") == "");
  CHECK(option("", "strip", "none") == "");
  CHECK(option("-C opt-level=3", "debug-assertions", "off") == "");
  CHECK(option("", "debug-assertions", "on") == "");
  CHECK(option("-C opt-level=3", "overflow-checks", "off") == "");
  CHECK(option("-C opt-level=3 -C debug-assertions=on", "overflow-checks", "on") == "");
  CHECK(option("", "overflow-checks", "on") == "");
  CHECK(option("", "panic", "abort") ==
        "crate a was built with panic unwind, not with the variant's abort\n");
}
