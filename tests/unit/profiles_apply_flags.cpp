// A variant's flags, linker and target in cargo's config files.

#include <doctest/doctest.h>

#include "profiles/apply.h"

using namespace pgo_orch;
using namespace pgo_orch::profiles;

namespace {

constexpr const char* host = "x86_64-unknown-linux-gnu";

CargoSettings with_flags(const std::vector<std::string>& flags) {
  CargoSettings wanted;
  wanted.profile = "release";
  wanted.target = host;
  wanted.cfgs = {"unix", "target_os=\"linux\""};
  for (const auto& flag : flags) wanted.flags.push_back({flag, "variant (rustflags)"});
  return wanted;
}

Application applied(const CargoSettings& wanted, const std::vector<ConfigFile>& configs,
                    const Environment& environment = {}, const std::string& manifest = "") {
  return apply_settings(wanted, {{"/w/Cargo.toml", manifest}, configs, "/w"}, environment);
}

/// The workspace's own config file afterwards; "" if it does not change.
std::string config_after(const CargoSettings& wanted, const std::string& before) {
  const auto result = applied(wanted, {{"/w/.cargo/config.toml", before}});
  CHECK(result.doubts == std::vector<std::string>());
  return result.edits.empty() ? "" : result.edits.front().after;
}

const auto cpu = with_flags({"-Ctarget-cpu=x86-64-v3"});
const auto two = with_flags({"-Ctarget-cpu=x86-64-v3", "-Clink-arg=-Wl,-z,now"});

}  // namespace

TEST_CASE("a config file is made where there is none") {
  const auto result = applied(two, {});
  REQUIRE(result.edits.size() == 1);
  CHECK(result.edits[0].path == "/w/.cargo/config.toml");
  CHECK_FALSE(result.edits[0].before.has_value());
  CHECK(result.edits[0].after ==
        "[target.x86_64-unknown-linux-gnu]\n"
        "rustflags = [\"-Ctarget-cpu=x86-64-v3\", \"-Clink-arg=-Wl,-z,now\"]\n");
}

TEST_CASE("flags go to the list that is in force") {
  CHECK(config_after(cpu, "[build]\nrustflags = [\"--cfg=mine\"] # ours\n") ==
        "[build]\nrustflags = [\"--cfg=mine\", \"-Ctarget-cpu=x86-64-v3\"] # ours\n");
  CHECK(config_after(cpu,
                     "[build]\nrustflags = [\"--cfg=mine\"]\n[target.x86_64-unknown-linux-gnu]\n"
                     "rustflags = [\"--cfg=that\"]\n") ==
        "[build]\nrustflags = [\"--cfg=mine\"]\n[target.x86_64-unknown-linux-gnu]\n"
        "rustflags = [\"--cfg=that\", \"-Ctarget-cpu=x86-64-v3\"]\n");
  // A table of the target's own is heeded beside those of cfg(...), but would hide [build].
  CHECK(config_after(cpu, "[target.'cfg(unix)']\nrustflags = [\"--cfg=that\"]\n") ==
        "[target.'cfg(unix)']\nrustflags = [\"--cfg=that\"]\n\n[target.x86_64-unknown-linux-gnu]\n"
        "rustflags = [\"-Ctarget-cpu=x86-64-v3\"]\n");
}

TEST_CASE("new flags are laid out like the last one") {
  CHECK(config_after(
            two, "[build]\nrustflags = [\n    \"-C\", \"opt-level=3\",  # fast\n    '--cfg=a', # a\n]\n") ==
        "[build]\nrustflags = [\n    \"-C\", \"opt-level=3\",  # fast\n    '--cfg=a', # a\n"
        "    \"-Ctarget-cpu=x86-64-v3\",\n    \"-Clink-arg=-Wl,-z,now\",\n]\n");
  CHECK(config_after(cpu, "build.rustflags = [\r\n\t'--cfg=a' # a\r\n]") ==
        "build.rustflags = [\r\n\t'--cfg=a', # a\r\n\t\"-Ctarget-cpu=x86-64-v3\"\r\n]");
  CHECK(config_after(cpu, "build = { rustflags = [\"--cfg=a\",] }\n") ==
        "build = { rustflags = [\"--cfg=a\", \"-Ctarget-cpu=x86-64-v3\",] }\n");
  CHECK(config_after(cpu, "[build]\nrustflags = \"--cfg=a\" # words\n") ==
        "[build]\nrustflags = \"--cfg=a -Ctarget-cpu=x86-64-v3\" # words\n");
}

TEST_CASE("a flag that is there, in whatever words, stays") {
  for (const char* before : {"[build]\nrustflags = [\"-Ctarget-cpu=x86-64-v3\"]\n",
                             "[build]\nrustflags = \"-C target-cpu=x86-64-v3\"\n",
                             "[build]\nrustflags = [\"-C\", \"target-cpu=x86-64-v3\"]\n",
                             "[target.'cfg(all())']\nrustflags = [\"--codegen=target-cpu=x86-64-v3\"]\n"}) {
    CAPTURE(before);
    CHECK(config_after(cpu, before) == "");
  }
}

TEST_CASE("a flag that says otherwise is changed where it is") {
  CHECK(config_after(cpu, "[build]\nrustflags = [\"-C\", \"target-cpu=native\", \"--cfg=a\"]\n") ==
        "[build]\nrustflags = [\"-C\", \"target-cpu=x86-64-v3\", \"--cfg=a\"]\n");
  CHECK(config_after(cpu, "[build]\nrustflags = \"-C target-cpu=native --cfg=a\"\n") ==
        "[build]\nrustflags = \"-C target-cpu=x86-64-v3 --cfg=a\"\n");
  CHECK(config_after(with_flags({"-Clink-arg=-fuse-ld=lld"}),
                     "[build]\nrustflags = ['-Clink-arg=-fuse-ld=mold']\n") ==
        "[build]\nrustflags = [\"-Clink-arg=-fuse-ld=lld\"]\n");
}

TEST_CASE("the user's flags that would win over a key of the profile are taken out") {
  CargoSettings wanted = with_flags({});
  wanted.settings.opt_level = "3";
  const auto after = [&](const std::string& flags) {
    const auto result =
        applied(wanted, {{"/w/.cargo/config.toml", flags}}, {}, "[profile.release]\nopt-level = 3\n");
    CHECK(result.doubts == std::vector<std::string>());
    return result.edits.empty() ? "" : result.edits.front().after;
  };
  CHECK(after("[build]\nrustflags = [\"-Copt-level=1\", \"--cfg=a\"]\n") ==
        "[build]\nrustflags = [\"--cfg=a\"]\n");
  CHECK(after("[build]\nrustflags = [\"--cfg=a\", \"-C\", \"opt-level=1\"]\n") ==
        "[build]\nrustflags = [\"--cfg=a\",]\n");
  CHECK(after("[build]\nrustflags = [\n  \"-Copt-level=1\",\n  \"--cfg=a\",\n]\n") ==
        "[build]\nrustflags = [\n  \"--cfg=a\",\n]\n");
  CHECK(after("[build]\nrustflags = \"-Copt-level=s --cfg=a\"\n") == "[build]\nrustflags = \"--cfg=a\"\n");
  CHECK(after("[build]\nrustflags = [\"--cfg=a\"]\n") == "");
}

TEST_CASE("what cannot be edited so that cargo heeds it is not written") {
  const auto doubts = [](const CargoSettings& wanted, const std::vector<ConfigFile>& configs) {
    const auto result = applied(wanted, configs);
    return result.doubts.empty() ? "" : result.doubts.front();
  };
  CargoSettings fast = with_flags({});
  fast.settings.opt_level = "3";
  CHECK(doubts(fast, {{"/home/.cargo/config.toml", "[build]\nrustflags = [\"-Copt-level=1\"]\n"}}) ==
        "-Copt-level=1 (/home/.cargo/config.toml (build.rustflags)) would win over the variant's settings: "
        "remove it by "
        "hand");
  CHECK(doubts(cpu, {{"/home/.cargo/config.toml",
                      "[target.'cfg(unix)']\nrustflags = [\"-Ctarget-cpu=native\"]\n"}})
            .starts_with("cargo would join these rustflags"));
  CHECK(doubts(cpu, {{"/home/.cargo/config.toml", "[build]\nrustflags = \"--cfg=a\"\n"}})
            .find("is a string, which cargo does not join with a list") != std::string::npos);
  CHECK(doubts(with_flags({"--cfg=a=\"b c\""}),
               {{"/w/.cargo/config.toml", "[build]\nrustflags = \"--cfg=a\"\n"}})
            .find("is a string, in which no flag can have a space") != std::string::npos);
  CargoSettings unknown = with_flags({});
  unknown.profile = "dist";
  unknown.settings.lto = "fat";
  CHECK(doubts(unknown, {}).starts_with("cargo knows no profile 'dist'"));
}

TEST_CASE("what wins over the files is said") {
  const auto hidden = [](const CargoSettings& wanted, const std::vector<ConfigFile>& configs,
                         const Environment& environment) {
    const auto result = applied(wanted, configs, environment);
    CHECK(result.doubts == std::vector<std::string>());
    return result.hidden.empty() ? "" : result.hidden.front();
  };
  CHECK(hidden(cpu, {}, {{"RUSTFLAGS", ""}}) ==
        "the rustflags have no effect here: RUSTFLAGS is set, and wins over config files; unset it");
  CHECK(hidden(cpu, {}, {{"RUSTFLAGS", "-Ctarget-cpu=x86-64-v3"}}) == "");
  CargoSettings fat = with_flags({});
  fat.settings.lto = "fat";
  CHECK(hidden(fat, {{"/home/.cargo/config.toml", "[profile.release]\nlto = \"off\"\n"}}, {}) ==
        "'profile.release.lto = \"fat\"' has no effect here: /home/.cargo/config.toml (profile.release.lto) "
        "says off, "
        "and wins over it");
  CHECK(hidden(fat, {}, {{"CARGO_PROFILE_RELEASE_LTO", "thin"}}) ==
        "'profile.release.lto = \"fat\"' has no effect here: CARGO_PROFILE_RELEASE_LTO says thin, and wins "
        "over it");
  CargoSettings clang = with_flags({});
  clang.linker = "clang";
  CHECK(hidden(clang, {}, {{"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", "gcc"}})
            .ends_with("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER wins over it"));
}

TEST_CASE("a profile's key is changed in the config file that has it, for that wins over Cargo.toml") {
  CargoSettings fat = with_flags({});
  fat.settings.lto = "fat";
  const auto result = applied(fat, {{"/w/.cargo/config.toml", "[profile.release]\nlto = false # quick\n"}},
                              {}, "[profile.release]\nlto = true\n");
  REQUIRE(result.edits.size() == 1);
  CHECK(result.edits[0].path == "/w/.cargo/config.toml");
  CHECK(result.edits[0].after == "[profile.release]\nlto = \"fat\" # quick\n");
}

TEST_CASE("linker and target go beside what is there") {
  CargoSettings wanted = with_flags({"-Clink-arg=-fuse-ld=lld"});
  wanted.linker = "clang";
  wanted.settings.target = host;
  CHECK(config_after(wanted, "[target.x86_64-unknown-linux-gnu]\nlinker = 'cc' # old\nrunner = \"r\"\n") ==
        "[target.x86_64-unknown-linux-gnu]\nlinker = \"clang\" # old\nrunner = \"r\"\n"
        "rustflags = [\"-Clink-arg=-fuse-ld=lld\"]\n\n[build]\ntarget = \"x86_64-unknown-linux-gnu\"\n");
}

TEST_CASE("several config files: the nearest that has the list gets the flags, else the workspace's own") {
  const auto result = applied(cpu, {{"/home/.cargo/config.toml", "[build]\nrustflags = [\"--cfg=home\"]\n"},
                                    {"/w/.cargo/config", "[net]\noffline = true\n"},
                                    {"/w/member/.cargo/config.toml", "[build]\njobs = 2\n"}});
  REQUIRE(result.edits.size() == 1);
  CHECK(result.edits[0].path == "/w/.cargo/config");
  CHECK(result.edits[0].after ==
        "[net]\noffline = true\n\n[build]\nrustflags = [\"-Ctarget-cpu=x86-64-v3\"]\n");
}
