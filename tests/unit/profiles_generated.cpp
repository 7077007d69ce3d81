#include "profiles/generated.h"

#include <doctest/doctest.h>

// As the room itself uses it: the shared library's own definitions, which hold no assertions. (toml++ 3.4
// with assertions aborts on "a = [ } ]".)
#define TOML_HEADER_ONLY 0
#define TOML_SHARED_LIB 1
#include <toml++/toml.h>

#include "profiles_golden.h"

using namespace pgo_orch;
using namespace pgo_orch::profiles;

namespace {

Settings every_key() {
  Settings settings;
  settings.opt_level = "3";
  settings.lto = "fat";
  settings.codegen_units = 1;
  settings.panic = "abort";
  settings.strip = "symbols";
  settings.overflow_checks = false;
  settings.debug_assertions = true;
  settings.debug = "line-tables-only";
  settings.incremental = false;
  settings.rpath = true;
  settings.packages = {{"*", {{"opt-level", "2"}}},
                       {"regex@1.2", {{"debug", "\"none\""}, {"opt-level", "\"s\""}}}};
  return settings;
}

const FileFacts facts{.variant = "native+pgo",
                      .profile = "release",
                      .command = "cd '/home/ada/my code' && cargo build",
                      .target = "x86_64-unknown-linux-gnu",
                      .linker = "/usr/bin/clang"};

const std::vector<Flag> flags{{"-Ctarget-cpu=native", "variant (target-cpu)"},
                              {"--cfg=name=\"va\\lue\"", "/home/ada/.cargo/config.toml (build.rustflags)"},
                              {"-Clink-arg=a b\tc", "RUSTFLAGS"}};

const SourcePackage package{
    "fib", "2021", "regex = \"1\"\n", {{"fib", "src/fib.rs"}, {"other one", "src/other one.rs"}}};

/// Texts that TOML must quote or escape.
const std::vector<std::string> strange{"",
                                       "plain",
                                       "two words",
                                       "dot.ted",
                                       "q\"uote",
                                       "back\\slash",
                                       "new\nline",
                                       "tab\t",
                                       "\x01\x1f\x7f",
                                       "gr\xc3\xb6\xc3\x9f"
                                       "e",
                                       "#comment",
                                       "]["};

}  // namespace

TEST_CASE("the files of a variant that sets every profile key") {
  golden::check("profiles/source.Cargo.toml", source_manifest(package, every_key(), facts));
  golden::check("profiles/profile.Cargo.toml", profile_manifest(every_key(), facts));
  golden::check("profiles/config.toml", cargo_config(every_key(), flags, facts));
  golden::check("profiles/stage.toml", stage_config(every_key(), flags, facts));
}

TEST_CASE("the files of a variant that sets nothing, with host flags") {
  FileFacts plain = facts;
  plain.pass_target = false;
  plain.linker.reset();
  const std::string text = source_manifest({"fib", "2024", "", {{"fib", "src/fib.rs"}}}, {}, plain) +
                           profile_manifest({}, plain) + cargo_config({}, {}, plain) +
                           stage_config({}, {}, plain) + cargo_config({}, {{"-O", "RUSTFLAGS"}}, plain);
  golden::check("profiles/plain.txt", text);
}

TEST_CASE("thin-local LTO is spelled false") {
  Settings settings;
  settings.lto = "thin-local";
  const auto table = toml::parse(profile_manifest(settings, facts));
  CHECK(table["profile"]["release"]["lto"].value<bool>() == false);
}

TEST_CASE("any text survives in a TOML string") {
  CHECK(toml_string("a\"b\\c\nd\x7f") == R"("a\"b\\c\u000Ad\u007F")");
  for (const auto& text : strange) {
    INFO(text);
    const auto table = toml::parse("x = " + toml_string(text));
    CHECK(table["x"].value<std::string>() == text);
  }
}

TEST_CASE("strange names of profiles, packages and programs are read back as they were") {
  for (const auto& name : strange) {
    INFO(name);
    FileFacts strange_facts = facts;
    strange_facts.profile = name;
    strange_facts.variant = name;
    strange_facts.command = name;
    Settings settings;
    settings.opt_level = "z";
    settings.packages = {{name, {{"opt-level", "1"}}}};
    const auto table =
        toml::parse(source_manifest({name, "2021", "", {{name, name}}}, settings, strange_facts));
    CHECK(table["package"]["name"].value<std::string>() == name);
    CHECK(table["bin"][0]["name"].value<std::string>() == name);
    CHECK(table["bin"][0]["path"].value<std::string>() == name);
    CHECK(table["profile"][name]["opt-level"].value<std::string>() == "z");
    CHECK(table["profile"][name]["package"][name]["opt-level"].value<int>() == 1);
    CHECK(table["workspace"].is_table());
  }
}

TEST_CASE("flags, targets and linkers are read back as they were") {
  for (const auto& text : strange) {
    INFO(text);
    FileFacts strange_facts = facts;
    strange_facts.target = text;
    strange_facts.linker = text;
    const auto table = toml::parse(cargo_config({}, {{text, text}, {"-O", "x"}}, strange_facts));
    CHECK(table["build"]["target"].value<std::string>() == text);
    CHECK(table["target"][text]["linker"].value<std::string>() == text);
    CHECK(table["target"][text]["rustflags"][0].value<std::string>() == text);
    CHECK(table["target"][text]["rustflags"][1].value<std::string>() == "-O");
  }
}

TEST_CASE("a stage's file holds its flags as comments only") {
  const auto table = toml::parse(stage_config(every_key(), {{"-O\n[build]\nrustflags = []", "a\nb"}}, facts));
  CHECK(table["target"][facts.target]["linker"].value<std::string>() == "/usr/bin/clang");
  CHECK_FALSE(table["target"][facts.target]["rustflags"]);
  CHECK_FALSE(table["build"]);
  CHECK(table["profile"]["release"]["codegen-units"].value<int>() == 1);
}

TEST_CASE("what a configuration file forces otherwise is forced by a nearer one") {
  FileFacts forced = facts;
  forced.forced = {{"CFLAGS", "-O2 \"x\""}};
  for (const auto& text : {stage_config({}, {}, forced), cargo_config({}, {}, forced)}) {
    const auto table = toml::parse(text);
    CHECK(table["env"]["CFLAGS"]["value"].value_or(std::string()) == "-O2 \"x\"");
    CHECK(table["env"]["CFLAGS"]["force"].value_or(false));
  }
  CHECK_FALSE(toml::parse(stage_config({}, {}, facts))["env"]);
}
