// Files, pipes and tools without end: a run says so, or can be interrupted.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "test.h"

using namespace pgo_orch::cli;

namespace fs = std::filesystem;

TEST_CASE("a pgo.toml that is a pipe or a device is not read") {
  Test test;
  REQUIRE(::mkfifo(test.path("pgo.toml").c_str(), 0600) == 0);
  for (const std::string file : {"pgo.toml", "/dev/zero"}) {
    const auto result = test.run({"plan", file});
    CHECK(result.code == 2);
    CHECK(result.err == "error: " + file + " is not a regular file: name a pgo.toml\n");
  }
}

TEST_CASE("a pgo.toml of gigabytes is not read to its end") {
  Test test;
  test.file("pgo.toml", "");
  fs::resize_file(test.path("pgo.toml"), std::uintmax_t{1} << 40);
  const auto result = test.run({"plan"});
  CHECK(result.code == 1);
  CHECK(contains(test.normal(result.err), "pgo.toml: it is larger than "));
}

TEST_CASE("a signal ends what waits for no program") {
  for (const int number : {SIGINT, SIGTERM}) {
    Test test;
    const auto pipe = test.path("earlier.json");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    auto running = test.start({"report", "earlier.json"});
    int writing = -1;
    const auto is_read = [&] {
      return (writing = ::open(pipe.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC)) >= 0;
    };
    REQUIRE(soon(is_read));
    running.signal(number);
    const auto result = running.wait();
    CHECK(result.code == 128 + number);
    CHECK(result.err == "error: interrupted\n");
    ::close(writing);
  }
}

TEST_CASE("of a hundred thousand errors the first are shown, and how many there are") {
  Test test;
  std::string toml = fib;
  for (int i = 0; i < 100'000; ++i) toml += "key" + std::to_string(i) + " = 1\n";
  test.file("pgo.toml", toml).file("fib.rs", "print 1");
  const auto result = test.run({"plan"});
  CHECK(result.code == 2);
  CHECK(std::ranges::count(result.err, '\n') == 51);
  CHECK(result.err.find("pgo.toml:") == result.err.find("error: ") + 7);
  CHECK(contains(result.err, "unknown key 'key0' in variant 'baseline'"));
  CHECK(result.err.ends_with("\n  and 99950 more; correct these first\n"));
}

TEST_CASE("a compiler that prints without end is ended") {
  Test test;
  test.file("pgo.toml", fib).file("fib.rs", "print 1").tool("rustc", "exec cat /dev/zero");
  const auto result = test.run({"plan"});
  CHECK(result.code == 3);
  CHECK(contains(result.err, "rustc -vV: killed by signal 25"));
}
