#include "profiles/build_environment.h"

#include <doctest/doctest.h>

using namespace pgo_orch;
using namespace pgo_orch::profiles;

namespace {

std::string lines(const toolchains::EnvironmentChanges& changes) {
  std::string text;
  for (const auto& [name, value] : changes)
    text += value ? name + "=" + *value + "\n" : "unset " + name + "\n";
  return text;
}

std::string build(const Settings& settings, const Environment& environment = {},
                  const std::string& file = "") {
  const UserConfig user({{"/config.toml", file}}, environment);
  return lines(build_environment(settings, {{"-Clto", "a"}, {"-O", "b"}}, user));
}

const std::string always =
    "CARGO_ENCODED_RUSTFLAGS=-Clto\x1f-O\nCARGO_TERM_COLOR=never\n"
    "CARGO_TERM_PROGRESS_WHEN=never\nCARGO_TERM_QUIET=false\nRUSTC_WRAPPER=\n";

}  // namespace

TEST_CASE("cargo gets the flags in one variable, no wrappers and plain output") {
  CHECK(build({}) == always);
}

TEST_CASE("what carries flags, folders, wrappers or profiles is unset, the rest of the user's stays") {
  CHECK(build({}, {{"RUSTFLAGS", "x"},
                   {"CARGO_BUILD_RUSTFLAGS", "x"},
                   {"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "x"},
                   {"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", "gcc"},
                   {"CARGO_TARGET_DIR", "x"},
                   {"CARGO_BUILD_TARGET_DIR", "x"},
                   {"CARGO_BUILD_TARGET", "x"},
                   {"CARGO_BUILD_BUILD_DIR", "x"},
                   {"CARGO_BUILD_RUSTC_WRAPPER", "x"},
                   {"CARGO_INCREMENTAL", "1"},
                   {"CARGO_PROFILE_RELEASE_LTO", "true"},
                   {"LLVM_PROFILE_FILE", "x"},
                   {"MAKEFLAGS", "-j"},
                   {"PATH", "/bin"}}) ==
        "unset CARGO_BUILD_RUSTC_WRAPPER\nunset CARGO_BUILD_RUSTFLAGS\n"
        "unset CARGO_BUILD_TARGET\nunset CARGO_BUILD_TARGET_DIR\nCARGO_ENCODED_RUSTFLAGS=-Clto\x1f-O\n"
        "unset CARGO_INCREMENTAL\nunset CARGO_TARGET_DIR\nunset "
        "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS\n"
        "CARGO_TERM_COLOR=never\nCARGO_TERM_PROGRESS_WHEN=never\nCARGO_TERM_QUIET=false\nunset "
        "LLVM_PROFILE_FILE\n"
        "unset MAKEFLAGS\nRUSTC_WRAPPER=\nunset RUSTFLAGS\n");
}

TEST_CASE("incremental is the variant's, and a config file's is switched off") {
  const auto with = [](const std::string& value) {
    std::string text = always;
    return text.insert(text.find("CARGO_TERM_COLOR"), "CARGO_INCREMENTAL=" + value + "\n");
  };
  Settings settings;
  settings.incremental = true;
  CHECK(build(settings, {{"CARGO_INCREMENTAL", "0"}}) == with("1"));
  settings.incremental = false;
  CHECK(build(settings, {}, "build.incremental = true") == with("0"));
  CHECK(build({}, {}, "build.incremental = true") == with("0"));
}

TEST_CASE("the variant's own variables come last") {
  Settings settings;
  settings.env = {{"CC", "clang"}, {"RUSTC_WRAPPER", "mine"}};
  std::string text =
      "CARGO_ENCODED_RUSTFLAGS=-Clto\x1f-O\n"
      "CARGO_TERM_COLOR=never\nCARGO_TERM_PROGRESS_WHEN=never\nCARGO_TERM_QUIET=false\nCC=clang\n"
      "RUSTC_WRAPPER=mine\n";
  CHECK(build(settings) == text);
}

TEST_CASE("a run writes no profile, unless its workload asks; the variant's variables win") {
  CHECK(lines(run_environment({}, {})) == "unset LLVM_PROFILE_FILE\n");
  CHECK(lines(run_environment({{"A", "variant"}}, {{"A", "workload"}, {"LLVM_PROFILE_FILE", "/p"}})) ==
        "A=variant\nLLVM_PROFILE_FILE=/p\n");
}

TEST_CASE(
    "a workspace wrapper is unset, and blanked only where a config file names one: a blank one changes "
    "metadata") {
  CHECK(build({}, {{"RUSTC_WORKSPACE_WRAPPER", "x"}}).find("unset RUSTC_WORKSPACE_WRAPPER\n") !=
        std::string::npos);
  CHECK(build({}, {}, "build.rustc-workspace-wrapper = 'x'").find("RUSTC_WORKSPACE_WRAPPER=\n") !=
        std::string::npos);
}

TEST_CASE("the folder of intermediates is given in a way that no build script sees") {
  CHECK(build_folder("/a \"b") == "build.build-dir=\"/a \\\"b\"");
}

TEST_CASE("all compilers of C are known that the cc crate may call") {
  using Commands = std::vector<std::string>;
  CHECK(c_compilers({{"CC", "/usr/bin/clang-22"}}) == Commands{"/usr/bin/clang-22", "c++"});
  CHECK(c_compilers({{"CXX_x86_64-unknown-linux-gnu", "ccache clang++"}, {"PATH", "/nowhere"}}) ==
        Commands{"ccache clang++", "cc", "c++"});
  CHECK(c_compilers({{"TARGET_CC", "clang"}, {"CC", "gcc"}, {"CCACHE_DIR", "/home/clang"}}) ==
        Commands{"gcc", "clang", "c++"});
  CHECK(c_compilers({{"CXX", "g++"}}) == Commands{"g++", "cc"});
}

TEST_CASE("where clang compiles C, its profile flags are undone behind the user's own flags") {
  CHECK(lines(without_profiles_of_c(
            {{"CFLAGS_x86_64_unknown_linux_gnu", "-O3"}, {"CXXFLAGS", ""}, {"A", "b"}})) ==
        "CFLAGS=-fno-profile-generate -fno-profile-use\n"
        "CFLAGS_x86_64_unknown_linux_gnu=-O3 -fno-profile-generate -fno-profile-use\n"
        "CXXFLAGS=-fno-profile-generate -fno-profile-use\n");
}

TEST_CASE(
    "build scripts see [env]: forced, or where the environment says nothing, and the build's own last") {
  const UserConfig user({{"/config.toml",
                          "[env]\nA = 'file'\nB = 'file'\nC = { value = 'file', force = true }\n"
                          "D = { value = 'file', force = true }\nE = { value = 'file', force = false }\n"
                          "F = { value = 'f', relative = true }\n"}},
                        {{"B", "user"}, {"C", "user"}, {"E", "user"}});
  std::string seen;
  for (const auto& [name, value] : user.seen_by_build_scripts({{"D", "own"}}))
    seen += name + "=" + value + " ";
  CHECK(seen == "A=file B=user C=file D=own E=user F=f ");
  CHECK(forced_by_user({{"A", "own"}, {"D", "own"}, {"C", std::nullopt}}, user) ==
        std::map<std::string, std::string>{{"D", "own"}});
}
