// The logs were written by cargo 1.95, for a package with a build script, a proc macro, a library of two
// crate types with a profile of its own, a git dependency, two programs and an example, below a folder
// with a space.
#include "pgo/cargo_output.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "profiles_golden.h"
#include "profiles_mutations.h"

using namespace pgo_orch;
using namespace pgo_orch::pgo;

namespace {

std::string text_of(const std::vector<CargoArtifact>& artifacts) {
  std::string text;
  for (const auto& artifact : artifacts) {
    text += fmt::format("{} {} {}{}{}\n", artifact.kind, artifact.name, artifact.source,
                        artifact.fresh ? " fresh" : "",
                        artifact.executable.empty() ? "" : "\n  -> " + artifact.executable.string());
  }
  return text;
}

std::string text_of(const std::vector<RustcCall>& calls) {
  std::string text;
  for (const auto& call : calls) {
    text += fmt::format("{} {} {} for {}{}\n  metadata {}, features {}\n", call.crate_name, call.crate_type,
                        call.source, call.target.empty() ? "the host" : call.target,
                        call.is_build_script() ? " (build script)" : "", call.metadata,
                        fmt::join(call.features, " "));
    for (const auto& flag : call.flags) text += fmt::format("    {}\n", flag);
  }
  return text;
}

std::vector<RustcCall> calls_of(const std::string& line) {
  return parse_rustc_calls("     Running `" + line + "`\n");
}

}  // namespace

TEST_CASE("artifacts of a build, with their executables") {
  golden::check("pgo/build.artifacts.txt", text_of(parse_artifacts(golden::read("pgo/build.jsonl"))));
}

TEST_CASE("a second build finds the same artifacts fresh and calls no rustc") {
  const auto artifacts = parse_artifacts(golden::read("pgo/fresh.jsonl"));
  CHECK(std::ranges::all_of(artifacts, &CargoArtifact::fresh));
  auto first = parse_artifacts(golden::read("pgo/build.jsonl"));
  CHECK(std::ranges::none_of(first, &CargoArtifact::fresh));
  CHECK(artifacts.size() == first.size());
  CHECK(parse_rustc_calls(golden::read("pgo/fresh.log")).empty());
}

TEST_CASE("every rustc of a build, and no build script's run") {
  golden::check("pgo/build.calls.txt", text_of(parse_rustc_calls(golden::read("pgo/build.log"))));
}

TEST_CASE("with -vv the variables before rustc are passed over, quotes and backquotes in them too") {
  const auto calls = parse_rustc_calls(golden::read("pgo/very-verbose.log"));
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].crate_name == "demo_app");
  CHECK(calls[0].source == "src/main.rs");
  CHECK(calls[0].flags.front() == "--crate-name");
}

TEST_CASE("a word may hold a newline, and a backquote before it") {
  const auto calls =
      calls_of("rustc --crate-name a --edition=2021 src/a.rs --cfg 'x=\"`\n'\\''y`\n\"' -C metadata=1");
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].metadata == "1");
  CHECK(calls[0].flags[4] == "--cfg=x=\"`\n'y`\n\"");
}

TEST_CASE("a source file may be called anything, and only cargo's own metadata counts") {
  const auto calls =
      calls_of("rustc --crate-name a --edition=2021 'my src/a' -C metadata=1 --cfg x.rs -Cmetadata=2");
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].source == "my src/a");
  CHECK(calls[0].metadata == "1");
}

TEST_CASE("features are those that cargo knows, not those of build scripts and rustflags") {
  const auto call = parse_rustc_calls(
      "     Running `rustc --crate-name a src/lib.rs --cfg 'feature=\"x\"' -C metadata=1 --cfg "
      "'feature=\"y\"'`\n");
  REQUIRE(call.size() == 1);
  CHECK(call.front().features == std::vector<std::string>{"\"x\""});
}

TEST_CASE("a log that was cut off has no half calls") {
  CHECK(parse_rustc_calls("     Running `rustc --crate-name a").empty());
  CHECK(parse_rustc_calls("     Running `rustc --crate-name 'a`\n").empty());
  CHECK(parse_rustc_calls("     Running `/t/build/a/build-script-build`\n").empty());
  CHECK(calls_of("rustc --crate-name").size() == 1);
}

TEST_CASE("messages without the fields of an artifact are passed over or have empty ones") {
  for (const char* line : {"", "not json", "{", "{}", "[]", "{\"reason\":1}",
                           "{\"reason\":\"build-finished\"}", "{\"reason\":\"compiler-artifact\""}) {
    INFO(line);
    CHECK(parse_artifacts(line).empty());
  }
  CHECK(text_of(parse_artifacts(
            "{\"reason\":\"compiler-artifact\",\"target\":{\"kind\":[],\"name\":3},\"fresh\":1}")) == "  \n");
}

TEST_CASE("warnings about the profile are counted by their kind") {
  // By rustc 1.95.
  const auto warnings = count_profile_warnings(
      "warning: m.f19dcfa532266295-cgu.0: no profile data available for function _RNvCs_1m Hash = 742 up to "
      "0 count "
      "discarded\n\n"
      "warning: m.f19dcfa532266295-cgu.2: function control flow change detected (hash mismatch) _RNvCs_1m "
      "Hash = 1 up "
      "to 0 count discarded\n\n"
      "warning: m.f19dcfa532266295-cgu.0: function control flow change detected (hash mismatch) _RNvCs_2m "
      "Hash = 7 up "
      "to 23 count discarded\n"
      "warning: /tmp/bad.profdata: invalid instrumentation profile data (bad magic)\n"
      "warning: unused variable: `x`\nnote: no profile data available\nwarning: 1 warning emitted\n");
  CHECK(warnings.missing == 1);
  CHECK(warnings.mismatched == 2);
  CHECK(warnings.other == 1);
  CHECK(warnings.total() == 4);
  CHECK(count_profile_warnings("").total() == 0);
  // A build script's cargo:warning, by cargo 1.95.
  CHECK(count_profile_warnings("warning: mix@0.1.0: using release.profdata\n").total() == 0);
  CHECK(count_profile_warnings("warning: /home/me@2/x.profdata: invalid instrumentation profile data\n")
            .total() == 1);
}

TEST_CASE("damaged output is read as far as it goes") {
  mutations::for_each_damaged(golden::read("pgo/build.log"), 1500,
                              [](const std::string& text) { CHECK(parse_rustc_calls(text).size() <= 20); });
  mutations::for_each_damaged(golden::read("pgo/build.jsonl"), 1500,
                              [](const std::string& text) { CHECK(parse_artifacts(text).size() <= 20); });
}

TEST_CASE("the files of a dep-info file's first target, whose names may have spaces") {
  CHECK(parse_dep_info("/t/p: /p/build.rs /p/d\\ ata.txt /p/src/main.rs\n\n/p/build.rs:\n") ==
        std::vector<std::string>{"/p/build.rs", "/p/d ata.txt", "/p/src/main.rs"});
  CHECK(parse_dep_info("/t/p:\n").empty());
  CHECK(parse_dep_info("").empty());
}

TEST_CASE("folders of libraries are those that build scripts name, without their kinds") {
  CHECK(
      parse_library_folders(R"({"reason":"build-script-executed","linked_paths":["native=/t/out","/usr/lib"]}
{"reason":"compiler-artifact","linked_paths":["/x"]}
{"reason":"build-script-executed","linked_paths":["all=/t/b"]}
)") == std::vector<std::filesystem::path>{"/t/out", "/usr/lib", "/t/b"});
}
