// The rules were tried with cargo 1.95: `cargo build -v` of a package with these files and variables.
#include "profiles/user_config.h"

#include <doctest/doctest.h>

#include "toolchains/error.h"

using namespace pgo_orch::profiles;

namespace {

const std::string triple = "x86_64-unknown-linux-gnu";

struct Given {
  std::vector<std::string> files;  ///< farthest first: they are /0/config.toml, /1/config.toml, ...
  Environment environment = {};

  UserConfig config() const {
    std::vector<ConfigFile> list;
    for (const auto& text : files) list.push_back({"/" + std::to_string(list.size()) + "/config.toml", text});
    return {list, environment};
  }
  /// The flags, separated by '|'.
  std::string flags() const {
    std::string text;
    for (const auto& flag : config().rustflags(triple, {"unix", "target_os=\"linux\""})) {
      text += (text.empty() ? "" : "|") + flag.text;
    }
    return text;
  }
  std::string origins() const {
    std::string text;
    for (const auto& flag : config().rustflags(triple, {"unix"})) text += flag.origin + "\n";
    return text;
  }
};

std::string listed(const std::vector<Sourced>& values) {
  std::string text;
  for (const auto& value : values) text += value.value + "  # " + value.origin + "\n";
  return text;
}

std::string listed(const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) text += value + "\n";
  return text;
}

std::string error_of(const std::string& file) {
  try {
    Given{{file}}.config();
  } catch (const pgo_orch::Error& error) {
    return error.what();
  }
  return "";
}

const std::string every_table = R"(
[build]
rustflags = ["build"]
[target.'cfg(unix)']
rustflags = ["unix"]
[target.'cfg(all())']
rustflags = ["all"]
[target.'cfg(windows)']
rustflags = ["windows"]
[target.'cfg(all)']
rustflags = ["malformed"]
[target.'cfg( unix )']
rustflags = ["spaces"]
[target.x86_64-unknown-linux-gnu]
rustflags = ["triple"]
[target.aarch64-unknown-linux-gnu]
rustflags = ["other"]
)";

}  // namespace

TEST_CASE("nothing set means no flags") {
  CHECK(Given{}.flags().empty());
  CHECK(Given{{""}}.flags().empty());
}

TEST_CASE("the triple's table comes first, then the matching cfg tables in the order of their keys") {
  CHECK(Given{{every_table}}.flags() == "triple|spaces|all|unix");
}

TEST_CASE("the build table counts only if no target has flags") {
  CHECK(Given{{"build.rustflags = ['a', 'b']"}}.flags() == "a|b");
  CHECK(Given{{"build.rustflags = 'b'", "target.'cfg(unix)'.rustflags = 'u'"}}.flags() == "u");
  CHECK(Given{{"build.rustflags = 'b'\ntarget.'cfg(windows)'.rustflags = 'w'"}}.flags() == "b");
  CHECK(Given{{"build.rustflags = 'b'\ntarget." + triple + ".rustflags = []"}}.flags() == "b");
}

TEST_CASE("arrays of several files are joined, the farthest first") {
  CHECK(
      Given{{"build.rustflags = ['far']", "build.rustflags = ['middle', 'x']", "build.rustflags = ['near']"}}
          .flags() == "far|middle|x|near");
  CHECK(
      Given{{"target.'cfg(unix)'.rustflags = ['far']", "target.'cfg(unix)'.rustflags = ['near']"}}.flags() ==
      "far|near");
}

TEST_CASE("the nearest string replaces, and is cut at white space") {
  CHECK(Given{{"build.rustflags = 'far far2'", "build.rustflags = '--cfg  near\tx'"}}.flags() ==
        "--cfg|near|x");
}

TEST_CASE("a flag in an array may hold spaces") {
  CHECK(Given{{"build.rustflags = ['-C', 'link-arg=a b']"}}.flags() == "-C|link-arg=a b");
}

TEST_CASE("a variable for a key is appended to what the files say, be it an array or a string") {
  const Environment build{{"CARGO_BUILD_RUSTFLAGS", "--cfg  env\t-O"}};
  CHECK(Given{{"build.rustflags = ['file']"}, build}.flags() == "file|--cfg|env|-O");
  CHECK(Given{{"build.rustflags = 'file'"}, build}.flags() == "file|--cfg|env|-O");
  CHECK(Given{{}, build}.flags() == "--cfg|env|-O");
  const Environment target{{"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "env"}};
  CHECK(Given{{every_table}, target}.flags() == "triple|env|spaces|all|unix");
  CHECK(Given{{"build.rustflags = 'b'"}, target}.flags() == "env");
  CHECK(Given{{"build.rustflags = 'b'"}, {{"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", ""}}}.flags() ==
        "b");
}

TEST_CASE("CARGO_ENCODED_RUSTFLAGS wins outright, then RUSTFLAGS") {
  const std::string file = every_table;
  CHECK(Given{{file}, {{"RUSTFLAGS", " -C  lto "}, {"CARGO_BUILD_RUSTFLAGS", "x"}}}.flags() == "-C|lto");
  CHECK(Given{{file},
              {{"RUSTFLAGS", "r"},
               {"CARGO_ENCODED_RUSTFLAGS",
                "a b\x1f"
                "c"}}}
            .flags() == "a b|c");
}

TEST_CASE("set but empty counts as set") {
  CHECK(Given{{every_table}, {{"RUSTFLAGS", ""}}}.flags().empty());
  CHECK(Given{{every_table}, {{"RUSTFLAGS", "\t"}}}.flags().empty());
  CHECK(Given{{every_table}, {{"RUSTFLAGS", "r"}, {"CARGO_ENCODED_RUSTFLAGS", ""}}}.flags().empty());
}

TEST_CASE("RUSTFLAGS is cut at spaces only, and each piece trimmed") {
  CHECK(Given{{}, {{"RUSTFLAGS", "\t--cfg=a\t--cfg=b\n--cfg=c  --cfg=d\n"}}}.flags() ==
        "--cfg=a\t--cfg=b\n--cfg=c|--cfg=d");
}

TEST_CASE("each flag says where it comes from") {
  CHECK(Given{{"build.rustflags = ['a']", "build.rustflags = ['b']"}, {{"CARGO_BUILD_RUSTFLAGS", "c"}}}
            .origins() ==
        "/0/config.toml (build.rustflags)\n/1/config.toml (build.rustflags)\nCARGO_BUILD_RUSTFLAGS\n");
  CHECK(Given{{"[target.'cfg(unix)']\nrustflags = 'u'"}}.origins() ==
        "/0/config.toml (target.cfg(unix).rustflags)\n");
  CHECK(Given{{}, {{"RUSTFLAGS", "a"}}}.origins() == "RUSTFLAGS\n");
  CHECK(Given{{}, {{"CARGO_ENCODED_RUSTFLAGS", "a"}}}.origins() == "CARGO_ENCODED_RUSTFLAGS\n");
}

TEST_CASE("a triple becomes a variable's name") {
  CHECK(target_variable("thumbv8m.main-none-eabi", "LINKER") ==
        "CARGO_TARGET_THUMBV8M_MAIN_NONE_EABI_LINKER");
  CHECK(Given{{"[target.\"thumbv8m.main-none-eabi\"]\nrustflags = ['t']"}}
            .config()
            .rustflags("thumbv8m.main-none-eabi", {})
            .front()
            .text == "t");
}

TEST_CASE("targets of a list add up, a string and its variable replace") {
  CHECK(listed(Given{}.config().build_targets()).empty());
  CHECK(listed(Given{{"build.target = 'far'", "build.target = 'near'"}}.config().build_targets()) ==
        "near  # /1/config.toml (build.target)\n");
  CHECK(listed(Given{{"build.target = 'far'"}, {{"CARGO_BUILD_TARGET", "env"}}}.config().build_targets()) ==
        "env  # CARGO_BUILD_TARGET\n");
  CHECK(listed(Given{{"build.target = ['far']", "build.target = ['near']"}, {{"CARGO_BUILD_TARGET", "env"}}}
                   .config()
                   .build_targets()) ==
        "far  # /0/config.toml (build.target)\nnear  # /1/config.toml (build.target)\nenv  # "
        "CARGO_BUILD_TARGET\n");
}

TEST_CASE("profile settings of the user's files and variables are told") {
  const Given given{
      {"[profile.release]\nlto = true\ndebug = 1\nrustflags = []\n[profile.release.package.'a b']\n"
       "opt-level = 's'",
       "[profile.release]\nlto = 'thin'\ntrim-paths = ['a', 'b']"},
      {{"CARGO_PROFILE_RELEASE_LTO", "fat"}, {"CARGO_HOME", "/h"}}};
  CHECK(listed(given.config().profile_wishes()) ==
        R"(profile.release.debug = 1  # /0/config.toml (profile.release.debug)
profile.release.lto = thin  # /1/config.toml (profile.release.lto)
profile.release.rustflags = []  # /0/config.toml (profile.release.rustflags)
profile.release.trim-paths = [a, b]  # /1/config.toml (profile.release.trim-paths)
CARGO_PROFILE_RELEASE_LTO=fat  # environment
)");
}

TEST_CASE("what would falsify a comparison is named, with its reason") {
  const Given given{{"[build]\ntarget-dir = 't'\nbuild-dir = 'b'\nrustc-wrapper = 'sccache'\n"
                     "rustc-workspace-wrapper = 'w'\nincremental = true"},
                    {{"CARGO_TARGET_DIR", "/t"},
                     {"RUSTC_WRAPPER", "sccache"},
                     {"RUSTC_WORKSPACE_WRAPPER", ""},
                     {"CARGO_INCREMENTAL", "1"},
                     {"LLVM_PROFILE_FILE", "/p"},
                     {"MAKEFLAGS", "-j"}}};
  CHECK(listed(given.config().overridden()) ==
        R"(CARGO_TARGET_DIR=/t is not passed on: each variant has a target folder of its own
/0/config.toml (build.target-dir) is overridden: each variant has a target folder of its own
/0/config.toml (build.build-dir) is overridden: each variant has a target folder of its own
RUSTC_WRAPPER=sccache is not passed on: a wrapper or cache would falsify build times
/0/config.toml (build.rustc-wrapper) is overridden: a wrapper or cache would falsify build times
/0/config.toml (build.rustc-workspace-wrapper) is overridden: a wrapper or cache would falsify build times
CARGO_INCREMENTAL=1 is not passed on: variants set it themselves; otherwise the profile's value holds
/0/config.toml (build.incremental) is overridden: variants set it themselves; otherwise the profile's value holds
LLVM_PROFILE_FILE=/p is not passed on: it would redirect the profiles
MAKEFLAGS=-j is not passed on: it would give cargo the job slots of another build
)");
  CHECK(Given{}.config().overridden().empty());
}

TEST_CASE("includes are found relative to their file, in order") {
  std::string text;
  for (const auto& include :
       includes_of({"/a/.cargo/config.toml",
                    "include = ['x.toml', { path = '../y.toml', optional = true }, { path = '/z.toml' }]"})) {
    text += include.path.string() + (include.optional ? " optional\n" : "\n");
  }
  CHECK(text == "/a/.cargo/x.toml\n/a/.cargo/../y.toml optional\n/z.toml\n");
  CHECK(includes_of({"/a/config.toml", "include = []"}).empty());
  CHECK(includes_of({"/a/config.toml", ""}).empty());
}

TEST_CASE("a file that is not TOML is named with the place") {
  CHECK(error_of("[build]\nrustflags = [\"a\"\nx = 1\n").starts_with("/0/config.toml:3:"));
  CHECK(error_of("build.target = 1").empty());
}

TEST_CASE("the linker is the variable's, the triple's or that of a cfg that holds; a path is the project's") {
  const std::string by_cfg =
      "[target.'cfg(unix)']\nlinker = 'tools/ld'\n[target.'cfg(windows)']\nlinker = 'no'\n";
  const std::string by_triple = std::string("[target.") + triple + "]\nlinker = 'clang'\n";
  const CfgSet cfgs{"unix"};
  CHECK(Given{}.config().linker(triple, cfgs) == std::nullopt);
  CHECK(Given{{by_cfg}}.config().linker(triple, cfgs) == "/tools/ld");
  CHECK(Given{{by_cfg + by_triple}}.config().linker(triple, cfgs) == "clang");
  CHECK(Given{{by_triple}, {{target_variable(triple, "LINKER"), "gcc"}}}.config().linker(triple, cfgs) ==
        "gcc");
}
