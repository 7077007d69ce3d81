// `pgo-orch apply`: a variant's settings in the user's own files.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

const std::string manifest =
    "# Mine.\n[package]\nname = \"toy\"\n\n[[bin]]\nname = \"toy\"\npath = \"src/main.rs\"\n\n"
    "[profile.release]\nlto = \"thin\"  # quick\n";

const std::string fat_manifest =
    "# Mine.\n[package]\nname = \"toy\"\n\n[[bin]]\nname = \"toy\"\npath = \"src/main.rs\"\n\n"
    "[profile.release]\nlto = \"fat\"  # quick\ncodegen-units = 1\n";

const std::string config = "[target.x86_64-unknown-linux-gnu]\nrustflags = [\"-Clink-arg=-Wl,-z,now\"]\n";

/// A package with a lock file, and variants.
struct Applying {
  Test test;
  explicit Applying(
      const std::string& fat = "lto = \"fat\"\ncodegen-units = 1\nlink-args = [\"-Wl,-z,now\"]") {
    test.file("Cargo.toml", manifest).file("src/main.rs", "print 1").file("Cargo.lock", "");
    test.file("pgo.toml", with_variant(project_with("manifest = \"Cargo.toml\"\n"), "fat", fat));
  }
  Result apply(Words words) const {
    words.insert(words.begin(), "apply");
    return test.run(words);
  }
  /// Results of a run that recommends this variant.
  void recommend(const std::string& variant) {
    CHECK(test.run({"run", "--no-measure"}).code == 0);
    auto results = test.results();
    results["recommended"] = variant;
    results["recommendation"] = variant + " is 9.0 % faster. Use it.";
    test.file("results.json", results.dump());
  }
};

}  // namespace

TEST_CASE("apply shows the difference and writes nothing") {
  Applying applying;
  const auto result = applying.apply({"fat"});
  CHECK(result.code == 0);
  CHECK(
      result.out ==
      "--- a/Cargo.toml\n+++ b/Cargo.toml\n@@ -7,4 +7,5 @@\n path = \"src/main.rs\"\n \n [profile.release]\n"
      "-lto = \"thin\"  # quick\n+lto = \"fat\"  # quick\n+codegen-units = 1\n"
      "--- /dev/null\n+++ b/.cargo/config.toml\n@@ -0,0 +1,2 @@\n+[target.x86_64-unknown-linux-gnu]\n"
      "+rustflags = [\"-Clink-arg=-Wl,-z,now\"]\n");
  CHECK(result.err == "nothing is written yet: --yes writes it\n");
  CHECK(applying.test.read("Cargo.toml") == manifest);
  CHECK_FALSE(std::filesystem::exists(applying.test.path(".cargo")));
}

TEST_CASE("apply --yes writes it, keeps the file's mode, and then the files say it") {
  Applying applying;
  CHECK(applying.apply({"fat", "--check"}).code == 1);
  ::chmod(applying.test.path("Cargo.toml").c_str(), 0640);
  const auto result = applying.apply({"fat", "--yes"});
  CHECK(result.code == 0);
  CHECK(result.err ==
        "written: `cargo build --release` builds 'fat' from now on; `pgo-orch apply --revert` undoes it\n");
  CHECK(applying.test.read("Cargo.toml") == fat_manifest);
  CHECK(applying.test.read(".cargo/config.toml") == config);
  CHECK((std::filesystem::status(applying.test.path("Cargo.toml")).permissions() ==
         std::filesystem::perms(0640)));
  const auto again = applying.apply({"fat", "--check"});
  CHECK(again.code == 0);
  CHECK(again.out == "");
  CHECK(again.err == "your files already say what 'fat' sets: `cargo build --release` builds it\n");
}

TEST_CASE("apply --revert restores every byte, and removes what was not there") {
  Applying applying;
  CHECK(applying.apply({"fat", "--yes"}).code == 0);
  const auto result = applying.apply({"--revert"});
  CHECK(result.code == 0);
  CHECK(result.err == "reverted the last `apply`\n");
  CHECK(applying.test.read("Cargo.toml") == manifest);
  CHECK_FALSE(std::filesystem::exists(applying.test.path(".cargo")));
  const auto again = applying.apply({"--revert"});
  CHECK(again.code == 2);
  CHECK(contains(again.err, "nothing to revert"));
}

TEST_CASE("apply --revert refuses files that were changed since, and leaves all of them") {
  Applying applying;
  CHECK(applying.apply({"fat", "--yes"}).code == 0);
  applying.test.file(".cargo/config.toml", config + "# mine\n");
  const auto result = applying.apply({"--revert"});
  CHECK(result.code == 1);
  CHECK(contains(applying.test.normal(result.err), "PROJECT/.cargo/config.toml was changed since `apply`"));
  CHECK(applying.test.read("Cargo.toml") == fat_manifest);
}

TEST_CASE("what is applied survives a link in the place of the file") {
  Applying applying;
  std::filesystem::rename(applying.test.path("Cargo.toml"), applying.test.path("real.toml"));
  std::filesystem::create_symlink("real.toml", applying.test.path("Cargo.toml"));
  CHECK(applying.apply({"fat", "--yes"}).code == 0);
  CHECK(std::filesystem::is_symlink(applying.test.path("Cargo.toml")));
  CHECK(applying.test.read("real.toml") == fat_manifest);
}

TEST_CASE("best is what the latest run recommends") {
  Applying applying;
  const auto none = applying.apply({"best"});
  CHECK(none.code == 2);
  CHECK(contains(none.err, "there is no finished run in"));
  applying.recommend("fat");
  const auto unmeasured = applying.apply({"best"});
  CHECK(unmeasured.code == 2);
  CHECK(contains(unmeasured.err, "that run recommends no variant"));
  const auto result = applying.apply({"best", "--results", "results.json", "--yes"});
  CHECK(result.code == 0);
  CHECK(contains(result.err, "best: fat is 9.0 % faster. Use it."));
  CHECK(applying.test.read("Cargo.toml") == fat_manifest);
}

TEST_CASE("a variant whose settings are not those that were measured is not the best one") {
  Applying applying;
  applying.recommend("fat");
  applying.test.file("pgo.toml",
                     with_variant(project_with("manifest = \"Cargo.toml\"\n"), "fat", "lto = \"fat\""));
  const auto result = applying.apply({"best", "--results", "results.json"});
  CHECK(result.code == 2);
  CHECK(contains(result.err, "has other settings for 'fat' than"));
}

TEST_CASE(
    "a variant for this CPU only is applied if it is named or allowed, and never passed over in silence") {
  Applying applying("target-cpu = \"native\"");
  applying.recommend("fat");
  const auto refused = applying.apply({"best", "--results", "results.json"});
  CHECK(refused.code == 2);
  CHECK(contains(refused.err, "'fat' is recommended, but it is not portable"));
  for (const Words& words : {Words{"best", "--results", "results.json", "--allow-native"}, Words{"fat"}}) {
    const auto result = applying.apply(words);
    CHECK(result.code == 0);
    CHECK(contains(result.out, "+rustflags = [\"-Ctarget-cpu=native\"]"));
    CHECK(contains(result.err, "warning: -Ctarget-cpu=native makes programs that may not run on other CPUs"));
  }
}

TEST_CASE("what Cargo.toml cannot say is named, with the command that builds it") {
  Applying applying("lto = \"fat\"\npgo = true\nenv = { CC = \"clang\" }\nlink-args = [\"-s\"]");
  const auto result = applying.apply({"fat"});
  CHECK(result.code == 0);
  CHECK(contains(result.err,
                 "note: Cargo.toml cannot say pgo and env: `pgo-orch release fat` builds with them\n"));
  CHECK(contains(result.err, "note: its flags have the linker strip"));
  CHECK(contains(applying.apply({"fat", "--yes"}).err, "builds 'fat', but for pgo and env from now on"));
  CHECK(contains(applying.apply({"fat", "--check"}).err, "builds it, but for pgo and env"));
}

TEST_CASE("RUSTFLAGS in the environment hides what is written, and that is said") {
  Applying applying;
  applying.test.env("RUSTFLAGS", "--cfg=mine").env("CARGO_PROFILE_RELEASE_LTO", "off");
  const auto result = applying.apply({"fat"});
  CHECK(result.code == 0);
  CHECK(contains(result.err, "warning: the rustflags have no effect here: RUSTFLAGS is set"));
  CHECK(contains(result.err, "CARGO_PROFILE_RELEASE_LTO says off, and wins over it"));
  CHECK_FALSE(contains(result.out, "mine"));
}

TEST_CASE("in doubt the difference is shown, nothing is written, and the reason is given") {
  Applying applying("opt-level = 3");
  applying.test.file("../home/.cargo/config.toml", "[build]\nrustflags = [\"-Copt-level=1\"]\n");
  const auto result = applying.apply({"fat", "--yes"});
  CHECK(result.code == 1);
  CHECK(contains(result.out, "+opt-level = 3"));
  CHECK(contains(result.err, "nothing is written: -Copt-level=1 ("));
  CHECK(applying.test.read("Cargo.toml") == manifest);
}

TEST_CASE("projects without a Cargo.toml of the user's are told what to do") {
  Test source;
  source.file("pgo.toml", fib).file("fib.rs", "print 1");
  const auto of_source = source.run({"apply", "baseline"});
  CHECK(of_source.code == 2);
  CHECK(contains(of_source.err, "there is no Cargo.toml of yours to write to: copy what "));
  Test command;
  command.file("pgo.toml", project_with("command = [\"./build\", \"{output}\"]\n"));
  const auto of_command = command.run({"apply", "baseline"});
  CHECK(of_command.code == 2);
  CHECK(contains(of_command.err, "`pgo-orch plan --variant baseline` shows"));
}

TEST_CASE("apply says what is wrong with its words") {
  Applying applying;
  const auto error = [&](const Words& words) {
    const auto result = applying.apply(words);
    CHECK(result.code == 2);
    return result.err;
  };
  CHECK(contains(error({}), "say which variant: `pgo-orch apply VARIANT`"));
  CHECK(contains(error({"fta"}), "there is no variant 'fta'"));
  CHECK(contains(error({"fta"}), "did you mean 'fat'"));
  CHECK(contains(error({"fat", "--results", "x"}), "--results only applies to `best`"));
  CHECK(contains(error({"fat", "--yes", "--check"}), "cannot be used together"));
  CHECK(contains(error({"fat", "pgo.toml", "more"}), "too many names are given"));
}
