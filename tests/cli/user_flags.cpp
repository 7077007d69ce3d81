#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

const std::string own_flag = fib + "rustflags = [\"-Cforce-frame-pointers=no\"]\n";

/// The flags that `plan` shows for the baseline, and what a run then gives to cargo.
std::string planned_flags(Test& test) {
  test.file("fib.rs", "print 9227465");
  const auto result = test.run({"plan"});
  CHECK(result.err == "");
  CHECK(result.code == 0);
  const auto begin = result.out.find("  rustflags");
  const auto end = result.out.find("  commands:");
  if (begin == std::string::npos || end == std::string::npos) return result.out;
  const auto shown = test.normal(result.out.substr(begin, end - begin));
  const auto last = shown.find("    -Cstrip=none ");  // pgo-orch's own
  if (last == std::string::npos) return shown;
  return std::ranges::count(shown, '\n') == 2 ? "  rustflags: none\n" : shown.substr(0, last);
}

std::string built_flags(Test& test) {
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  const auto builds = test.builds();
  if (builds.size() != 1) return "not one build";
  auto flags = builds.front().flags();
  const std::string own = "-Cstrip=none";
  if (flags.ends_with(own)) flags.erase(flags.size() - own.size());
  return flags.substr(0, flags.find_last_not_of(' ') + 1);
}

}  // namespace

TEST_CASE("plan shows a variant's own flags with the key they come from") {
  Test test;
  test.file("pgo.toml", own_flag);
  CHECK(planned_flags(test) == R"(  rustflags (the last one wins):
    -Cforce-frame-pointers=no  variant (rustflags)
)");
  CHECK(built_flags(test) == "-Cforce-frame-pointers=no");
}

TEST_CASE("RUSTFLAGS comes before the variant's own flags") {
  Test test;
  test.file("pgo.toml", own_flag).env("RUSTFLAGS", " -Ccode-model=small  --cfg tracing ");
  CHECK(planned_flags(test) == R"(  rustflags (the last one wins):
    -Ccode-model=small         RUSTFLAGS
    --cfg                      RUSTFLAGS
    tracing                    RUSTFLAGS
    -Cforce-frame-pointers=no  variant (rustflags)
)");
  CHECK(built_flags(test) == "-Ccode-model=small --cfg tracing -Cforce-frame-pointers=no");
}

TEST_CASE("flags of two words in RUSTFLAGS, as most people write them, are found in what cargo runs") {
  Test test;
  test.file("pgo.toml", fib).file("fib.rs", "print 1");
  test.env("RUSTFLAGS", "-C target-cpu=x86-64-v2 --cfg tokio_unstable -L native=/opt/lib -W unused");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.reason("baseline") == "ok: ");
}

TEST_CASE("flags of two words in a config file are found in what cargo runs") {
  Test test;
  test.file("pgo.toml", fib).file("fib.rs", "print 1");
  test.file(".cargo/config.toml",
            "[build]\nrustflags = [\"-C\", \"target-cpu=x86-64-v2\", \"--cfg\", \"tokio_unstable\"]\n");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.reason("baseline") == "ok: ");
}

TEST_CASE("CARGO_ENCODED_RUSTFLAGS outranks RUSTFLAGS, and may hold spaces") {
  Test test;
  test.file("pgo.toml", own_flag).env("RUSTFLAGS", "-Clost");
  test.env("CARGO_ENCODED_RUSTFLAGS", "-Ccode-model=small\x1f-Clink-arg=a b");
  CHECK(planned_flags(test) == R"(  rustflags (the last one wins):
    -Ccode-model=small         CARGO_ENCODED_RUSTFLAGS
    -Clink-arg=a b             CARGO_ENCODED_RUSTFLAGS
    -Cforce-frame-pointers=no  variant (rustflags)
)");
}

TEST_CASE("CARGO_BUILD_RUSTFLAGS counts where nothing outranks it, behind the config files") {
  Test test;
  test.file("pgo.toml", own_flag).env("CARGO_BUILD_RUSTFLAGS", "-Ccode-model=small");
  test.file(".cargo/config.toml", "[build]\nrustflags = [\"-Cno-redzone=yes\"]\n");
  CHECK(planned_flags(test) == R"(  rustflags (the last one wins):
    -Cno-redzone=yes           PROJECT/.cargo/config.toml (build.rustflags)
    -Ccode-model=small         CARGO_BUILD_RUSTFLAGS
    -Cforce-frame-pointers=no  variant (rustflags)
)");
}

TEST_CASE("config files up the tree and in CARGO_HOME are joined, the nearest last") {
  Test test;
  test.file("pgo.toml", own_flag).env("CARGO_HOME", test.outside("cargo-home").string());
  test.file("../cargo-home/config.toml", "[build]\nrustflags = [\"-Ccode-model=small\"]\n");
  test.file("../.cargo/config.toml", "[build]\nrustflags = [\"-Cno-redzone=yes\"]\n");
  test.file(".cargo/config.toml", "[build]\nrustflags = [\"-Cinline-threshold=9\"]\n");
  CHECK(planned_flags(test) == R"(  rustflags (the last one wins):
    -Ccode-model=small         TEST/cargo-home/config.toml (build.rustflags)
    -Cno-redzone=yes           TEST/.cargo/config.toml (build.rustflags)
    -Cinline-threshold=9       PROJECT/.cargo/config.toml (build.rustflags)
    -Cforce-frame-pointers=no  variant (rustflags)
)");
  CHECK(built_flags(test) ==
        "-Ccode-model=small -Cno-redzone=yes -Cinline-threshold=9 -Cforce-frame-pointers=no");
}

TEST_CASE("without CARGO_HOME the config in ~/.cargo counts") {
  Test test;
  test.file("pgo.toml", own_flag);
  test.file("../home/.cargo/config.toml", "[build]\nrustflags = [\"-Ccode-model=small\"]\n");
  CHECK(planned_flags(test) == R"(  rustflags (the last one wins):
    -Ccode-model=small         TEST/home/.cargo/config.toml (build.rustflags)
    -Cforce-frame-pointers=no  variant (rustflags)
)");
}

TEST_CASE("a config's target tables outrank its build table, those for a cfg included") {
  Test test;
  test.file("pgo.toml", own_flag);
  test.file(".cargo/config.toml", R"([build]
rustflags = ["-Clost"]
[target.x86_64-unknown-linux-gnu]
rustflags = ["-Ccode-model=small"]
[target.'cfg(unix)']
rustflags = ["-Cno-redzone=yes"]
[target.'cfg(windows)']
rustflags = ["-Clost"]
)");
  CHECK(planned_flags(test) == R"(  rustflags (the last one wins):
    -Ccode-model=small         PROJECT/.cargo/config.toml (target.x86_64-unknown-linux-gnu.rustflags)
    -Cno-redzone=yes           PROJECT/.cargo/config.toml (target.cfg(unix).rustflags)
    -Cforce-frame-pointers=no  variant (rustflags)
)");
}

TEST_CASE("an empty RUSTFLAGS erases what config files say, as it does for cargo") {
  Test test;
  test.file("pgo.toml", own_flag).env("RUSTFLAGS", "");
  test.file(".cargo/config.toml", "[build]\nrustflags = [\"-Clost\"]\n");
  CHECK(planned_flags(test) == R"(  rustflags (the last one wins):
    -Cforce-frame-pointers=no  variant (rustflags)
)");
}

TEST_CASE("plan names what of the environment is overridden, and builds nothing") {
  Test test;
  test.file("pgo.toml", fib).file("fib.rs", "print 9227465").env("CARGO_TARGET_DIR", "/nowhere");
  const auto result = test.run({"plan"});
  CHECK(result.code == 0);
  CHECK(result.out.find(
            "note       CARGO_TARGET_DIR=/nowhere is not passed on: each variant has a target folder of "
            "its own\n") != std::string::npos);
  CHECK(test.story() == Words{});
  CHECK(!std::filesystem::exists(test.path(".pgo-orch")));
}

TEST_CASE("the same variants' flags are in the generated config file, each with its origin") {
  Test test;
  test.file("pgo.toml", own_flag).file("fib.rs", "print 9227465").env("RUSTFLAGS", "-Ccode-model=small");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  const auto text = test.read(".pgo-orch/variants/baseline/.cargo/config.toml");
  CHECK(text.substr(text.find("[build]")) == R"([build]
target = "x86_64-unknown-linux-gnu"

[target.x86_64-unknown-linux-gnu]
rustflags = [
  "-Ccode-model=small",  # RUSTFLAGS
  "-Cforce-frame-pointers=no",  # variant (rustflags)
]
)");
}

TEST_CASE("--config in cargo-args, TOML or a file, counts as cargo would count it") {
  Test test;
  test.file("pgo.toml",
            project_with("source = \"fib.rs\"\n"
                         "cargo-args = [\"--config\", \"build.rustflags = ['-Ccode-model=small']\", "
                         "\"--config=extra.toml\"]\n"));
  test.file("extra.toml", "[build]\nrustflags = [\"--cfg\", \"extra\"]\n");
  CHECK(planned_flags(test) == R"(  rustflags (the last one wins):
    -Ccode-model=small  cargo-args --config (build.rustflags)
    --cfg               PROJECT/extra.toml (build.rustflags)
    extra               PROJECT/extra.toml (build.rustflags)
)");
  CHECK(built_flags(test) == "-Ccode-model=small --cfg extra");
}

TEST_CASE("--config in cargo-args goes before the variant's own settings, which win") {
  Test test;
  test.file("fib.rs", "print 1");
  test.file("pgo.toml", project_with("source = \"fib.rs\"\n"
                                     "cargo-args = [\"--config\", \"profile.release.lto = 'off'\"]\n"));
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  const auto args = test.builds().at(0).args;
  const auto own = test.path(".pgo-orch/variants/baseline/config.plain.toml").string();
  CHECK(std::ranges::find(args, "profile.release.lto = 'off'") < std::ranges::find(args, own));
}

TEST_CASE("with a state folder elsewhere the config files above pgo.toml count all the same") {
  Test test;
  test.file("pgo.toml", fib).file("fib.rs", "print 1");
  test.file(".cargo/config.toml", "[build]\nrustflags = [\"-Ccode-model=small\"]\n");
  CHECK(test.run({"run", "--no-measure", "--state-dir", test.outside("state").string()}).code == 0);
  CHECK(test.builds().at(0).flags() == "-Ccode-model=small -Cstrip=none");
  CHECK(test.builds().at(0).has(test.path(".cargo/config.toml").string()));
}

TEST_CASE("host-flags is refused where the user's config asks for a target") {
  Test test;
  test.file("pgo.toml", project_with("source = \"fib.rs\"\nhost-flags = true\n")).file("fib.rs", "print 1");
  test.file(".cargo/config.toml", "[build]\ntarget = \"x86_64-unknown-linux-musl\"\n");
  const auto result = test.run({"run"});
  CHECK(result.code == 2);
  CHECK(test.normal(result.err) ==
        "error: PROJECT/pgo.toml: 'host-flags' cannot be used: PROJECT/.cargo/config.toml (build.target) "
        "sets the target x86_64-unknown-linux-musl, and with a target cargo does not pass flags to build "
        "scripts; remove one of the two\n");
}
