// What lies below $TMPDIR while it is used, and whom it is safe from.

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

namespace fs = std::filesystem;

const std::string own = "pgo-orch-" + std::to_string(::geteuid());

bool holds_something(const fs::path& folder) {
  std::error_code missing;
  return fs::exists(folder, missing) && !fs::is_empty(folder, missing);
}

}  // namespace

TEST_CASE("what a killed process left in the temporary folder goes with the next start, and nothing else") {
  Test test;
  test.file("pgo.toml", fib).file("fib.rs", "print 1");
  const auto folder = test.outside("tmp") / own;
  const auto rustc = text_of(test.outside("bin/rustc"));
  test.tool("rustc", "exec sleep 1000");
  auto lives = test.start({"plan"});
  REQUIRE(soon([&] { return holds_something(folder); }));
  const fs::path used = fs::directory_iterator(folder)->path();
  auto killed = test.start({"plan"});
  REQUIRE(soon([&] { return std::distance(fs::directory_iterator(folder), {}) == 2; }));
  killed.signal(SIGKILL);
  killed.wait();
  CHECK(std::distance(fs::directory_iterator(folder), {}) == 2);

  test.tool("rustc", rustc.substr(rustc.find('\n') + 1));
  CHECK(test.run({"plan"}).code == 0);
  REQUIRE(std::distance(fs::directory_iterator(folder), {}) == 1);
  CHECK(fs::exists(used));
  lives.signal(SIGTERM);
  CHECK(lives.wait().code == 143);
  CHECK(fs::is_empty(test.outside("tmp")));
}

TEST_CASE("a temporary folder that others can enter, or that is a link, is refused") {
  Test test("100%");
  test.file("pgo.toml", fib).file("fib.rs", "print 1");
  const auto folder = test.outside("tmp") / own;
  const auto is_refused = [&] {
    const auto result = test.run({"run", "--no-measure"});
    return result.code == 1 &&
           result.err.find(folder.string() + " is not a folder that only you can enter") != std::string::npos;
  };
  fs::create_directories(folder);
  ::chmod(folder.c_str(), 0777);
  CHECK(is_refused());
  fs::remove(folder);
  fs::create_directories(test.outside("theirs"));
  ::chmod(test.outside("theirs").c_str(), 0700);
  fs::create_directory_symlink(test.outside("theirs"), folder);
  CHECK(is_refused());
  CHECK(fs::is_empty(test.outside("theirs")));
  fs::remove(folder);
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK((fs::status(folder).permissions() & fs::perms::all) == fs::perms::owner_all);
}
