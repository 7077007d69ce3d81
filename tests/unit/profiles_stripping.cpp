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

TEST_CASE(
    "what holds for single packages is found in the manifest, in configuration files and in what is "
    "inherited") {
  const ConfigFile manifest{
      "/p/Cargo.toml",
      "[profile.release.package.a]\nopt-level = 1\ndebug = 0\n[profile.release.package.'*']\n"
      "codegen-units = 2\n[profile.small]\ninherits = 'release'\n"
      "[profile.small.package.a]\nopt-level = 's'\n"};
  const UserConfig user({{"/config.toml",
                          "[profile.release.package.'b@1.2']\nopt-level = 3\n"
                          "[profile.release.package.a]\ndebug = 2\n"}},
                        {});
  const auto all = [&](const std::string& name) {
    std::string text;
    for (const auto& [package, key, value] : CargoProfile(manifest, user, name).of_packages())
      text += fmt::format("{} {} = {}  # {}\n", package, key, value.value, value.origin);
    return text;
  };
  const std::string rest = "b@1.2 opt-level = 3  # /config.toml (profile.release.package.b@1.2.opt-level)\n";
  const std::string first =
      "* codegen-units = 2  # Cargo.toml (profile.release.package.*)\n"
      "a debug = 2  # /config.toml (profile.release.package.a.debug)\n";
  CHECK(all("release") == first + "a opt-level = 1  # Cargo.toml (profile.release.package.a)\n" + rest);
  CHECK(all("small") == first + "a opt-level = s  # Cargo.toml (profile.small.package.a)\n" + rest);
  CHECK(all("dev").empty());
}
