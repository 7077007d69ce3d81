#include <doctest/doctest.h>
#include <sys/stat.h>

#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/tree.h"

using namespace pgo_orch;
using namespace pgo_orch::toolchains;
namespace fs = std::filesystem;

namespace {

/// A project with sources, a script, links and a build folder.
struct Project {
  TempDir folder;
  fs::path root = folder.path() / "project";
  fs::path copy = folder.path() / "copy";

  Project() {
    write_file_atomically(root / "Cargo.toml", "[package]");
    write_file_atomically(root / "src/main.rs", "fn main() {}");
    write_file_atomically(root / "run.sh", "#!/bin/sh");
    ::chmod((root / "run.sh").c_str(), 0755);
    write_file_atomically(root / "target/big", "big");
    write_file_atomically(folder.path() / "shared.rs", "shared");
    fs::create_symlink("src/main.rs", root / "inner");
    fs::create_symlink("../../shared.rs", root / "src/outer");
    fs::create_directory(root / "empty");
  }
};

bool is_target(const fs::path& relative) {
  return relative == "target";
}

}  // namespace

TEST_CASE("a mirror is the same tree, and a second run changes nothing") {
  const Project project;
  const MirrorChanges first = mirror_tree(project.root, project.copy, {.exclude = is_target});
  CHECK(first.written == 5);
  CHECK(first.removed == 0);
  CHECK_FALSE(fs::exists(project.copy / "target"));
  CHECK(fs::is_directory(project.copy / "empty"));
  CHECK(fs::read_symlink(project.copy / "inner") == "src/main.rs");
  CHECK(read_file(project.copy / "src/outer") == "shared");
  CHECK(fs::last_write_time(project.copy / "run.sh") == fs::last_write_time(project.root / "run.sh"));
  CHECK(fs::status(project.copy / "run.sh").permissions() ==
        fs::status(project.root / "run.sh").permissions());

  const MirrorChanges second = mirror_tree(project.root, project.copy, {.exclude = is_target});
  CHECK(second.written == 0);
  CHECK(second.removed == 0);
}

TEST_CASE("a mirror follows changes, and keeps what is excluded") {
  const Project project;
  mirror_tree(project.root, project.copy, {.exclude = is_target});
  write_file_atomically(project.copy / "target/cache", "kept");
  write_file_atomically(project.copy / "src/extra.rs", "to go");
  write_file_atomically(project.root / "src/main.rs", "fn main() { }");
  fs::remove(project.root / "inner");
  fs::create_directory(project.root / "inner");
  fs::remove(project.root / "empty");
  write_file_atomically(project.root / "empty", "a file now");

  const MirrorChanges changes = mirror_tree(project.root, project.copy, {.exclude = is_target});
  CHECK(changes.written == 2);
  CHECK(changes.removed == 3);
  CHECK(read_file(project.copy / "src/main.rs") == "fn main() { }");
  CHECK(read_file(project.copy / "empty") == "a file now");
  CHECK(fs::symlink_status(project.copy / "inner").type() == fs::file_type::directory);
  CHECK(read_file(project.copy / "target/cache") == "kept");
  CHECK_FALSE(fs::exists(project.copy / "src/extra.rs"));
}

TEST_CASE("a mirror of links leads to the originals") {
  const Project project;
  const MirrorOptions options{.exclude = is_target, .files = MirrorFiles::symlink};
  CHECK(mirror_tree(project.root, project.copy, options).written == 5);
  CHECK(fs::read_symlink(project.copy / "src/main.rs") == fs::canonical(project.root / "src/main.rs"));
  CHECK(mirror_tree(project.root, project.copy, options).written == 0);
  // Links become real copies, without a write through them.
  const std::string before = tree_digest(project.root);
  CHECK(mirror_tree(project.root, project.copy, {.exclude = is_target}).written == 3);
  CHECK_FALSE(fs::is_symlink(project.copy / "src/main.rs"));
  CHECK(tree_digest(project.root) == before);
}

TEST_CASE("a mirror inside its original leaves itself out") {
  const Project project;
  const fs::path inside = project.root / ".state/copy";
  CHECK(mirror_tree(project.root, inside).written == 6);
  CHECK(mirror_tree(project.root, inside).written == 0);
  CHECK(fs::is_empty(inside / ".state"));
}

TEST_CASE("what can't be mirrored is named") {
  const TempDir folder;
  const std::string missing = (folder.path() / "missing").string();
  CHECK_THROWS_WITH_AS(mirror_tree(missing, folder.path() / "copy"),
                       ("cannot copy " + missing + ": No such file or directory").c_str(), Error);
}

TEST_CASE("a tree's digest sees names, contents, modes and links, not times") {
  const Project project;
  mirror_tree(project.root, project.copy);
  const std::string digest = tree_digest(project.root / "src");
  fs::last_write_time(project.root / "src/main.rs", fs::file_time_type::clock::now() - std::chrono::hours(1));
  CHECK(tree_digest(project.root / "src") == digest);
  CHECK(tree_digest(project.root, is_target) != tree_digest(project.root));

  const std::string whole = tree_digest(project.root);
  ::chmod((project.root / "run.sh").c_str(), 0700);
  const std::string other_mode = tree_digest(project.root);
  CHECK(other_mode != whole);
  fs::rename(project.root / "run.sh", project.root / "run2.sh");
  CHECK(tree_digest(project.root) != other_mode);
}
