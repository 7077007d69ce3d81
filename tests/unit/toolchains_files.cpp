#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "toolchains/error.h"
#include "toolchains/file_lock.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/tree.h"

using namespace pgo_orch;
using namespace pgo_orch::toolchains;
namespace fs = std::filesystem;

namespace {

std::size_t entries_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

unsigned mode(const fs::path& file) {
  return static_cast<unsigned>(fs::status(file).permissions());
}

/// What `action` throws as an Error, or "no error".
template <typename Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a file is replaced in full, keeps its mode, and leaves nothing beside it") {
  const TempDir folder;
  const fs::path file = folder.path() / "a/b/file";
  write_file_atomically(file, "one");
  ::chmod(file.c_str(), 0751);
  const std::ifstream reader(file);
  write_file_atomically(file, std::string(1 << 20, 'x'));
  CHECK(read_file(file) == std::string(1 << 20, 'x'));
  CHECK(mode(file) == 0751);
  std::ostringstream seen;
  seen << reader.rdbuf();
  CHECK(seen.str() == "one");  // who had it open still sees the old one
  CHECK(entries_in(file.parent_path()) == 1);
}

TEST_CASE("an equal content is not written again") {
  const TempDir folder;
  const fs::path file = folder.path() / "file";
  CHECK(write_if_different(file, "a"));
  const auto time = fs::last_write_time(file);
  CHECK_FALSE(write_if_different(file, "a"));
  CHECK(fs::last_write_time(file) == time);
  CHECK(write_if_different(file, "b"));
  CHECK(write_if_different(file, ""));
  CHECK_FALSE(write_if_different(file, ""));
}

TEST_CASE("what can't be read or written is named with the reason") {
  const TempDir folder;
  const std::string here = folder.path().string();
  CHECK(error_of([&] { read_file(here + "/x"); }) == "cannot read " + here + "/x: No such file or directory");
  CHECK(error_of([&] { read_file(here); }) == "cannot read " + here + ": Is a directory");
  CHECK(error_of([&] { sha256_of_file(here + "/x"); }) ==
        "cannot read " + here + "/x: No such file or directory");
  write_file_atomically(here + "/file", "");
  CHECK(error_of([&] { write_file_atomically(here + "/file/x", ""); }) ==
        "cannot create the folder " + here + "/file: Not a directory");
  fs::create_directory(here + "/folder");
  CHECK(error_of([&] { write_file_atomically(here + "/folder", ""); }) ==
        "cannot write " + here + "/folder: Is a directory");
  CHECK(entries_in(here) == 2);
  CHECK(error_of([&] { copy_file_exact(here + "/x", here + "/y"); }) ==
        "cannot read " + here + "/x: No such file or directory");
}

TEST_CASE("a full disk is an error that leaves the old file") {
  CHECK(error_of([] { append_line("/dev/full", "x"); }) ==
        "cannot write /dev/full: No space left on device: make room there and run it again");
}

TEST_CASE("lines are appended") {
  const TempDir folder;
  append_line(folder.path() / "new/log", "{\"a\":1}");
  append_line(folder.path() / "new/log", "{\"a\":2}");
  CHECK(read_file(folder.path() / "new/log") == "{\"a\":1}\n{\"a\":2}\n");
}

TEST_CASE("a copy has content, mode and time of the original, and is no link to it") {
  const TempDir folder;
  const fs::path from = folder.path() / "from";
  const fs::path to = folder.path() / "new/to";
  write_file_atomically(from, "content");
  ::chmod(from.c_str(), 0755);
  fs::last_write_time(from, fs::file_time_type::clock::now() - std::chrono::hours(24));
  copy_file_exact(from, to);
  CHECK(read_file(to) == "content");
  CHECK(mode(to) == 0755);
  CHECK(fs::last_write_time(to) == fs::last_write_time(from));
  CHECK(fs::hard_link_count(to) == 1);
}

TEST_CASE("a temporary folder goes with all it holds") {
  fs::path path;
  {
    const TempDir folder("my-prefix");
    path = folder.path();
    CHECK(path.filename().string().starts_with("my-prefix-"));
    write_file_atomically(path / "a/b", "");
  }
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("a lock is held by one at a time, who is named") {
  const TempDir folder;
  const fs::path file = folder.path() / "state/lock";
  {
    const auto held = FileLock::try_lock(file);
    REQUIRE(held);
    const auto second = FileLock::try_lock(file);
    REQUIRE_FALSE(second);
    CHECK(second.missing().what == file.string() + " is locked by process " + std::to_string(::getpid()));
    CHECK(FileLock::is_held(file));
  }
  CHECK_FALSE(FileLock::is_held(file));
  CHECK(FileLock::try_lock(file));
  CHECK_FALSE(FileLock::is_held(folder.path() / "none"));
}

TEST_CASE("a file with several names counts once, and a link nothing") {
  const TempDir folder;
  const fs::path tree = folder.path() / "tree";
  write_file_atomically(tree / "deps/a", std::string(1000, 'a'));
  write_file_atomically(tree / "b", "bb");
  fs::create_hard_link(tree / "deps/a", tree / "a");
  fs::create_symlink(tree / "b", tree / "link");
  fs::create_directory_symlink("/usr", tree / "usr");
  CHECK(size_of_tree(tree).count == 1002);
  CHECK(size_of_tree(tree / "b").count == 2);
  CHECK(size_of_tree(folder.path() / "none").count == 0);
}

TEST_CASE("SHA-256 of bytes and of a file is the published one") {
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  CHECK(sha256("abc") == abc);
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const TempDir folder;
  write_file_atomically(folder.path() / "abc", "abc");
  CHECK(sha256_of_file(folder.path() / "abc") == abc);
  CHECK(Sha256().field("ab").field("c").hex() != Sha256().field("a").field("bc").hex());
}
