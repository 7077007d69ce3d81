#include <doctest/doctest.h>

#include <string>

#include "profiles/user_config.h"
#include "profiles_mutations.h"
#include "toolchains/error.h"

using namespace pgo_orch;
using namespace pgo_orch::profiles;

namespace {

/// Everything that is asked of a configuration; a file that is not TOML is an error, and nothing worse.
void use(const std::string& text, const Environment& environment) {
  try {
    const ConfigFile file{"/a/.cargo/config.toml", text};
    includes_of(file);
    const UserConfig config({file, {"/b/config.toml", "build.rustflags = ['x']"}}, environment);
    config.rustflags("x86_64-unknown-linux-gnu", {"unix"});
    config.build_targets();
    config.profile_wishes();
    config.overridden();
  } catch (const Error& error) {
    CHECK(std::string(error.what()).starts_with("/a/.cargo/config.toml:"));
  }
}

const std::string config_text = R"(include = ["a.toml", { path = "b.toml", optional = true }]
[build]
rustflags = ["-C", "lto"]
target = ["a", "b"]
incremental = true
jobs = 2
[profile.release]
rustflags = []
package.x.opt-level = 3
[target.'cfg(all(unix, not(windows)))']
rustflags = "a b"
[target.x86_64-unknown-linux-gnu]
linker = "gcc"
rustflags = [ "a", 1, { b = 2 }, 1979-05-27 ]
)";

}  // namespace

TEST_CASE("a damaged config file is an error at its place, or read as it is") {
  use(config_text, {});
  mutations::for_each_damaged(config_text, 3000,
                              [](const std::string& text) { use(text, {{"RUSTFLAGS_", text}}); });
}

TEST_CASE("damaged variables make flags of some kind") {
  mutations::for_each_damaged("-C lto --cfg 'a b' \x1f -O", 1000, [](const std::string& text) {
    use("", {{"RUSTFLAGS", text}});
    use("", {{"CARGO_ENCODED_RUSTFLAGS", text}});
    use("", {{"CARGO_BUILD_RUSTFLAGS", text}, {"CARGO_BUILD_TARGET", text}});
  });
}

TEST_CASE("a damaged cfg expression holds, does not hold or has no value") {
  int valued = 0;
  mutations::for_each_damaged(
      "cfg(all(unix, any(not(target_os = \"linux\"), r#true,), windows))", 20'000,
      [&](const std::string& text) { valued += cfg_holds(text, {"unix"}).has_value(); });
  CHECK(valued > 0);
}

TEST_CASE("damaged flags have some key and some spelling") {
  mutations::for_each_damaged("-Copt_level=3", 5000, [](const std::string& text) {
    CHECK(spelling(spelling(text)) == spelling(text));
    key_of(text);
    join_options({{text, ""}, {"-C", ""}, {text, ""}, {"--cfg", ""}});
  });
}
