#include "report/progress.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

using namespace pgo_orch::report;
using namespace std::chrono_literals;
using pgo_orch::Nanoseconds;

namespace {

/// A Progress whose output is a string and whose time is told.
class Screen {
 public:
  explicit Screen(ProgressOptions options) {
    options.ticking = false;
    progress.emplace(file_, options, [this] { return now; });
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen() {
    progress.reset();
    std::fclose(file_);
    std::free(data_);
  }

  /// What was written since the last call, with escapes made readable: "<" begins the line anew, "#"
  /// erases its rest.
  std::string written() {
    std::fflush(file_);
    std::string text(data_ + seen_, size_ - seen_);
    seen_ = size_;
    for (std::size_t at; (at = text.find("\x1b[K")) != std::string::npos;) text.replace(at, 3, "#");
    for (char& c : text) c = c == '\r' ? '<' : c;
    return text;
  }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t seen_ = 0;
  std::FILE* file_ = open_memstream(&data_, &size_);

 public:
  Nanoseconds now{};
  std::optional<Progress> progress;
};

void build_two_variants(Screen& screen) {
  Progress& progress = *screen.progress;
  progress.expect(2);
  progress.stage_started(1, "baseline", "build");
  progress.command("cargo build");
  screen.now += 4120ms;
  progress.stage_finished("baseline");
  progress.stage_started(2, "größe|pgo", "train");
  screen.now += 1s;
  progress.training("größe|pgo", "fib35");
  progress.warning("the profile is old");
  screen.now += 310ms;
  progress.stage_failed("größe|pgo", "killed by signal 11");
  progress.error("nothing is left to measure");
}

}  // namespace

TEST_CASE("where there is no terminal each event is a line") {
  Screen screen({});
  build_two_variants(screen);
  CHECK(screen.written() ==
        "[1/2] baseline: build\n"
        "[1/2] baseline: build done in 4.120 s\n"
        "[2/2] größe|pgo: train\n"
        "[2/2] größe|pgo: train with 'fib35'\n"
        "warning: the profile is old\n"
        "[2/2] größe|pgo: train failed after 1.310 s: killed by signal 11\n"
        "error: nothing is left to measure\n");
}

TEST_CASE("on a terminal one line is redrawn, and messages stand above it") {
  Screen screen({.redraw = true});
  build_two_variants(screen);
  CHECK(screen.written() ==
        "<[1/2] baseline: build 0 s#"
        "<[2/2] größe|pgo: train 0 s#"
        "<[2/2] größe|pgo: train with 'fib35' 1 s#"
        "<#warning: the profile is old\n"
        "[2/2] größe|pgo: train with 'fib35' 1 s"
        "<#[2/2] größe|pgo: train failed after 1.310 s: killed by signal 11\n"
        "[2/2] größe|pgo: train with 'fib35' 1 s"
        "<#error: nothing is left to measure\n"
        "[2/2] größe|pgo: train with 'fib35' 1 s");
  screen.progress->finish();
  CHECK(screen.written() == "<#");
  screen.progress->finish();
  CHECK(screen.written() == "");
}

TEST_CASE("quiet shows errors only") {
  Screen screen({.redraw = true, .verbosity = Verbosity::quiet});
  build_two_variants(screen);
  screen.progress->note("off");
  CHECK(screen.written() == "error: nothing is left to measure\n");
}

TEST_CASE("verbose shows commands, and redraws nothing") {
  Screen screen({.redraw = true, .verbosity = Verbosity::verbose});
  build_two_variants(screen);
  CHECK(screen.written().starts_with(
      "[1/2] baseline: build\n$ cargo build\n[1/2] baseline: build done in 4.120 s\n"));
}

TEST_CASE("colour is used where it was asked for") {
  Screen screen({.color = true});
  screen.progress->warning("hot");
  CHECK(screen.written() == "\x1b[33mwarning:\x1b[0m hot\n");
}

TEST_CASE("measuring shows the round, the time it took and what is left") {
  Screen screen({.redraw = true});
  screen.progress->measuring("fib35", 1, 0, std::nullopt);
  screen.now += 12s;
  screen.progress->measuring("fib35", 20, 41, 13s);
  screen.now += 14s;
  screen.progress->measured("fib35", 41);
  CHECK(screen.written() ==
        "<measuring 'fib35': round 1, 0 s#"
        "<measuring 'fib35': round 20 of about 41, 12 s, 13 s left#");
}

TEST_CASE("where there is no terminal rounds are told every ten seconds") {
  Screen screen({});
  for (int round = 1; round <= 41; ++round) {
    screen.progress->measuring("fib35", round, 41, (41 - round) * 500ms);
    screen.now += 500ms;
  }
  screen.progress->measured("fib35", 41);
  CHECK(screen.written() ==
        "measuring 'fib35': round 1 of about 41, 0 s, 20 s left\n"
        "measuring 'fib35': round 21 of about 41, 10 s, 10 s left\n"
        "measuring 'fib35': round 41 of about 41, 20 s, 0 s left\n"
        "measured 'fib35': 41 rounds in 21 s\n");
}

TEST_CASE("it redraws at most ten times a second") {
  Screen screen({.redraw = true});
  for (int round = 1; round <= 100; ++round) {
    screen.progress->measuring("w", round, 100, std::nullopt);
    screen.now += 10ms;
  }
  const std::string text = screen.written();
  CHECK(std::ranges::count(text, '<') == 10);
}

TEST_CASE("nothing is written while a program is timed") {
  Screen screen({.redraw = true});
  screen.progress->measuring("w", 1, 2, std::nullopt);
  screen.written();
  screen.progress->pause();
  screen.now += 1s;
  screen.progress->measuring("w", 2, 2, std::nullopt);
  screen.progress->warning("one");
  screen.progress->note("two");
  CHECK(screen.written() == "");
  screen.progress->resume();
  CHECK(screen.written() ==
        "<#warning: one\nnote: two\n"
        "measuring 'w': round 1 of about 2, 0 s"
        "<measuring 'w': round 2 of about 2, 1 s#");
}

TEST_CASE("what waits is printed at the end, paused or not") {
  Screen screen({});
  screen.progress->pause();
  screen.progress->error("interrupted");
  screen.progress->finish();
  CHECK(screen.written() == "error: interrupted\n");
}

TEST_CASE("the time left counts work, not variants, and what was spent on the one that runs") {
  Screen screen({});
  Progress& progress = *screen.progress;
  progress.expect(4, 7);
  progress.stage_started(1, "baseline", "build");
  screen.now += 10s;
  progress.stage_finished("baseline");
  progress.variant_finished(1);
  screen.written();
  progress.stage_started(2, "pgo", "instrumented build");
  CHECK(screen.written() == "[2/4] pgo: instrumented build, about 1 m 00 s left\n");
  screen.now += 8s;
  progress.stage_finished("pgo");
  progress.stage_started(2, "pgo", "build");
  CHECK(screen.written() ==
        "[2/4] pgo: instrumented build done in 8.000 s\n[2/4] pgo: build, about 52 s left\n");
  screen.now += 12s;
  progress.stage_finished("pgo");
  progress.variant_finished(2);
  progress.variant_finished(2, false);  // somebody's twin
  screen.written();
  progress.stage_started(4, "fat", "build");
  CHECK(screen.written() == "[4/4] fat: build, about 20 s left\n");
}

TEST_CASE(
    "the first variant, which may be built in no time, says nothing of the rest when another is finished") {
  Screen screen({});
  Progress& progress = *screen.progress;
  progress.expect(4, 4);
  for (const auto& [number, took] : {std::pair{1, 1s}, {2, 9s}}) {
    progress.stage_started(static_cast<std::size_t>(number), "v", "build");
    screen.now += took;
    progress.stage_finished("v");
    progress.variant_finished(1);
  }
  screen.written();
  progress.stage_started(3, "w", "build");
  CHECK(screen.written() == "[3/4] w: build, about 18 s left\n");
}

TEST_CASE("the line counts units, of as many as a build before had") {
  Screen screen({.redraw = true});
  int units = 0;
  screen.progress->expect(2);
  screen.progress->stage_started(1, "a", "build", [&] { return units; });
  screen.now += 1s;
  units = 7;
  screen.progress->stage_finished("a");
  screen.written();
  units = 3;
  screen.progress->stage_started(2, "b", "build", [&] { return units; });
  screen.now += 1s;
  screen.progress->resume();
  CHECK(screen.written().find("[2/2] b: build 1 s, 3 of 7 units") != std::string::npos);
}

TEST_CASE("variants that are built at once share the line, as far as it is wide") {
  Screen screen({.redraw = true, .width = 40});
  screen.progress->expect(9);
  screen.progress->stage_started(1, "fat", "build");
  screen.now += 1s;
  screen.progress->stage_started(2, "size", "instrumented");
  CHECK(screen.written() == "<[1/9] fat: build 0 s#<[1/9] fat: build 1 s, [2/9] size: inst…#");
}

TEST_CASE("a thread keeps the time up to date, also when events come from several threads") {
  char* data = nullptr;
  std::size_t size = 0;
  std::FILE* file = open_memstream(&data, &size);
  {
    Progress progress(file, {.redraw = true});
    std::vector<std::jthread> builders;
    for (std::size_t number = 1; number <= 4; ++number)
      builders.emplace_back([&progress, number] {
        const std::string name = "v" + std::to_string(number);
        for (int i = 0; i < 50; ++i) {
          progress.stage_started(number, name, "build");
          progress.pause();
          progress.resume();
          progress.stage_finished(name);
        }
      });
    builders.clear();
    progress.stage_started(5, "last", "build");
    bool drawn = false;
    for (int i = 0; i < 100 && !drawn; ++i) {
      std::this_thread::sleep_for(10ms);
      progress.pause();  // nothing is written now, so that the text can be read
      drawn = std::string(data, size).find("last: build 0 s") != std::string::npos;
      progress.resume();
    }
  }
  std::fclose(file);
  CHECK(std::string(data, size).find("last: build 0 s") != std::string::npos);
  std::free(data);
}
