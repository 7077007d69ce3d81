// What strips an executable: arguments that have the linker do it, and cargo's profile.

#include "profiles/stripping.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "profiles/cargo_profile.h"

using namespace pgo_orch::profiles;

namespace {

/// "what it strips | the flags that stay | those that were taken out"
std::string split(const std::vector<std::string>& words) {
  std::vector<Flag> flags;
  for (const auto& word : words) flags.push_back({word, "RUSTFLAGS"});
  const auto result = split_off_stripping(flags);
  std::string text = result.strip + " |";
  for (const auto& flag : result.kept) text += " " + flag.text;
  text += " |";
  for (const auto& flag : result.stripping) text += " " + flag.text;
  return text;
}

/// What cargo strips with this manifest, these config files and this environment.
std::string strip(const std::string& manifest, const std::string& profile = "release",
                  const std::string& config = "", const Environment& environment = {}) {
  const ConfigFile file{"/p/Cargo.toml", manifest};
  const UserConfig user({{"/p/.cargo/config.toml", config}}, environment);
  return CargoProfile(file, user, profile).strip(std::nullopt, std::nullopt);
}

}  // namespace

TEST_CASE("arguments that have the linker strip are found in all their spellings, and taken out") {
  CHECK(split({"-Clink-arg=-s"}) == "symbols | | -Clink-arg=-s");
  CHECK(split({"-C", "link-arg=-s", "-Copt-level=2"}) == "symbols | -Copt-level=2 | -Clink-arg=-s");
  CHECK(split({"--codegen=link_arg=-Wl,-s"}) == "symbols | | --codegen=link_arg=-Wl,-s");
  CHECK(split({"-Clink-arg=-Wl,--strip-all"}) == "symbols | | -Clink-arg=-Wl,--strip-all");
  CHECK(split({"-Clink-arg=-Wl,-O1,-S,--gc-sections"}) ==
        "debuginfo | -Clink-arg=-Wl,-O1,--gc-sections | -Clink-arg=-Wl,-O1,-S,--gc-sections");
  CHECK(split({"-Clink-args=-s -Wl,--as-needed"}) ==
        "symbols | -Clink-args=-Wl,--as-needed | -Clink-args=-s -Wl,--as-needed");
  CHECK(split({"-Clink-args=-Xlinker --strip-debug"}) == "debuginfo | | -Clink-args=-Xlinker --strip-debug");
  CHECK(split({"-Clink-arg=-Xlinker", "-Clink-arg=-s", "-g"}) ==
        "symbols | -g | -Clink-arg=-Xlinker -Clink-arg=-s");
  CHECK(split({"-Clinker-flavor=ld.lld", "-Clink-arg=-S"}) ==
        "debuginfo | -Clinker-flavor=ld.lld | -Clink-arg=-S");
  CHECK(split({"-Clinker=rust-lld", "-Clink-arg=--strip-debug"}) ==
        "debuginfo | -Clinker=rust-lld | -Clink-arg=--strip-debug");
  CHECK(split({"-Clink-arg=-Wl,--strip-debug", "-Clink-arg=-s"}) ==
        "symbols | | -Clink-arg=-Wl,--strip-debug -Clink-arg=-s");
}

TEST_CASE("what looks like stripping and is not stays") {
  CHECK(split({"-Clink-arg=-S"}) == "none | -Clink-arg=-S |");  // to a compiler: only compile
  CHECK(split({"-Clinker-flavor=gnu-lld-cc", "-Clink-arg=-S"}) ==
        "none | -Clinker-flavor=gnu-lld-cc -Clink-arg=-S |");
  CHECK(split({"-Clink-arg=-static", "-Cstrip=symbols", "--cfg=s", "-Clink-arg=-Wl,-soname,x"}) ==
        "none | -Clink-arg=-static -Cstrip=symbols --cfg=s -Clink-arg=-Wl,-soname,x |");
  CHECK(split({"-Clink-arg=-Xlinker", "-Clink-arg=--gc-sections"}) ==
        "none | -Clink-arg=-Xlinker -Clink-arg=--gc-sections |");
}

TEST_CASE("a release without debug info is stripped of the standard library's") {
  CHECK(strip("") == "debuginfo");
  CHECK(strip("[profile.release]\ndebug = false\n") == "debuginfo");
  CHECK(strip("[profile.release]\ndebug = 1\n") == "none");
  CHECK(strip("[profile.release]\ndebug = \"line-tables-only\"\n") == "none");
  CHECK(strip("[profile.release.package.a]\ndebug = true\n") == "none");
  CHECK(strip("", "dev") == "none");
  CHECK(strip("", "bench") == "debuginfo");
}

TEST_CASE("strip is found as cargo finds it: environment, config files, manifest, the inherited profile") {
  const std::string manifest =
      "[profile.release]\nstrip = true\n[profile.small]\ninherits = \"release\"\nopt-level = \"s\"\n";
  CHECK(strip(manifest) == "symbols");
  CHECK(strip(manifest, "small") == "symbols");
  CHECK(strip(manifest, "small", "[profile.small]\nstrip = \"none\"\n") == "none");
  CHECK(strip(manifest, "small", "[profile.release]\nstrip = \"debuginfo\"\n") == "debuginfo");
  CHECK(strip(manifest, "release", "[profile.release]\nstrip = \"debuginfo\"\n",
              {{"CARGO_PROFILE_RELEASE_STRIP", "none"}}) == "none");
  CHECK(strip("[profile.release]\nstrip = false\n") == "none");
}

TEST_CASE("a variant's own settings win") {
  const ConfigFile manifest{"/p/Cargo.toml", "[profile.release]\nstrip = true\nlto = \"thin\"\n"};
  const UserConfig user({}, {{"CARGO_PROFILE_RELEASE_LTO", "fat"}});
  const CargoProfile profile(manifest, user, "release");
  CHECK(profile.strip("none", std::nullopt) == "none");
  CHECK(profile.strip(std::nullopt, "full") == "symbols");
  CHECK(profile.value("lto")->value == "fat");
  std::string shown;
  for (const auto& [value, origin] : profile.of_manifest()) shown += value + " (" + origin + "); ";
  CHECK(shown == "strip = true (Cargo.toml (profile.release)); ");
}
