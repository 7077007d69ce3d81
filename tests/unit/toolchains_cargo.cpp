#include <doctest/doctest.h>

#include "toolchains/cargo.h"
#include "toolchains/error.h"
#include "toolchains/process_runner.h"
#include "toolchains/tree.h"
#include "toolchains_fakes.h"

using namespace pgo_orch;
using namespace pgo_orch::toolchains;
namespace fs = std::filesystem;

namespace {

/// A workspace of a program, which has an example and a build script, and a library that it depends on.
struct Project {
  TempDir folder;
  fs::path root = fs::canonical(folder.path()) / "project";
  ProcessRunner runner;
  Probe<Rustc> rust = find_rust(runner);

  Project() {
    write_file_atomically(
        root / "Cargo.toml",
        "[workspace]\nmembers = [\"app\", \"lib\"]\ndefault-members = [\"app\"]\nresolver = \"2\"\n");
    write_file_atomically(
        root / "app/Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"1.2.3\"\nedition = \"2021\"\nrust-version = \"1.60\"\n"
        "default-run = \"app\"\n[features]\nsimd = []\nextra = []\n"
        "[[bin]]\nname = \"app\"\npath = \"src/main.rs\"\n[[bin]]\nname = \"other\"\n"
        "required-features = [\"simd\"]\npath = \"src/main.rs\"\n"
        "[dependencies]\nmylib = { path = \"../lib\" }\n");
    write_file_atomically(root / "app/src/main.rs", "fn main() {}");
    write_file_atomically(root / "app/examples/demo.rs", "fn main() {}");
    write_file_atomically(root / "app/build.rs", "fn main() {}");
    write_file_atomically(root / "lib/Cargo.toml",
                          "[package]\nname = \"mylib\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    write_file_atomically(root / "lib/src/lib.rs", "");
  }
};

}  // namespace

TEST_CASE("a workspace is read, and nothing is written into it") {
  Project project;
  if (!project.rust) return;
  const std::string before = tree_digest(project.root);
  const Workspace workspace =
      query_workspace(project.runner, *project.rust, project.root / "app/Cargo.toml",
                      {"--locked", "--ignore-rust-version", "--config", "build.jobs=1"});
  CHECK(tree_digest(project.root) == before);
  CHECK(workspace.root == project.root);
  CHECK(workspace.default_members == std::vector<std::string>{"app"});
  REQUIRE(workspace.packages.size() == 2);
  const CargoPackage& app = workspace.packages[0];
  CHECK(app.name == "app");
  CHECK(app.version == "1.2.3");
  CHECK(app.manifest_path == project.root / "app/Cargo.toml");
  CHECK(app.rust_version == "1.60");
  CHECK(app.default_run == "app");
  CHECK(app.has_build_script);
  CHECK(app.features == std::vector<std::string>{"extra", "simd"});
  CHECK(app.path_dependencies == std::vector<fs::path>{project.root / "lib"});
  REQUIRE(app.targets.size() == 4);
  CHECK(app.targets[0].name == "app");
  CHECK(app.targets[0].kind == "bin");
  CHECK(app.targets[0].src_path == project.root / "app/src/main.rs");
  CHECK(app.targets[1].required_features == std::vector<std::string>{"simd"});
  CHECK(app.targets[2].kind == "example");
  CHECK(app.targets[3].kind == "custom-build");
  CHECK_FALSE(workspace.packages[1].has_build_script);
  CHECK(workspace.packages[1].rust_version.empty());
}

TEST_CASE("whether the lock file is current is told, and it is not touched") {
  Project project;
  if (!project.rust) return;
  const auto current = [&] {
    return lock_is_current(project.runner, *project.rust, project.root / "Cargo.toml", {"--offline"});
  };
  CHECK_FALSE(current());
  CHECK(current().reason.find("--locked") != std::string::npos);
  CHECK_FALSE(fs::exists(project.root / "Cargo.lock"));

  const Command lock{.argv = {project.rust->cargo.string(), "generate-lockfile", "--offline"},
                     .cwd = project.root,
                     .env = project.rust->env};
  REQUIRE(project.runner.run(lock).ok());
  CHECK(current());

  const std::string before = tree_digest(project.root);
  write_file_atomically(project.root / "lib/Cargo.toml",
                        "[package]\nname = \"mylib\"\nversion = \"0.2.0\"\n");
  CHECK_FALSE(current());
  write_file_atomically(project.root / "lib/Cargo.toml",
                        "[package]\nname = \"mylib\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
  CHECK(tree_digest(project.root) == before);
}

TEST_CASE("cargo's own words explain a manifest that is wrong") {
  Project project;
  if (!project.rust) return;
  const fs::path manifest = project.root / "Cargo.toml";
  write_file_atomically(manifest, "[workspace\n");
  try {
    query_workspace(project.runner, *project.rust, manifest);
    FAIL("no error");
  } catch (const Error& error) {
    const std::string text = error.what();
    INFO(text);
    CHECK(text.starts_with("cargo metadata of " + manifest.string() + ": "));
    CHECK(text.find("error:") == std::string::npos);
    CHECK(text.find("[workspace") != std::string::npos);
  }
}

TEST_CASE("an answer that is not metadata is an error") {
  const FakeTools tools;
  ProcessRunner runner;
  const Rustc rust{.cargo = tools.add("cargo", "echo '{\"packages\": 3}'")};
  const std::string manifest = tools.folder.path() / "Cargo.toml";
  CHECK_THROWS_WITH_AS(query_workspace(runner, rust, manifest),
                       ("cargo metadata of " + manifest + ": " + rust.cargo.string() +
                        " does not print the JSON of cargo's format 1; does `cargo metadata --format-version "
                        "1` work there?")
                           .c_str(),
                       Error);
  const Rustc silent{.cargo = tools.add("cargo", "exit 7")};
  CHECK_THROWS_WITH_AS(
      query_workspace(runner, silent, tools.folder.path() / "Cargo.toml"),
      ("cargo metadata of " + tools.folder.path().string() + "/Cargo.toml: exit code 7").c_str(), Error);
}
