#pragma once
// Real programs under the helper's ptrace: what they pass and print, never how long they take.

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "measure/run_phases/run_phases.h"
#include "measure/timer/timer_sampler.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"

namespace pgo_orch::measure::test {

using namespace toolchains;
namespace fs = std::filesystem;

inline fs::path timer_path() {
  return fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "pgo-orch-timer";
}

/// The landmarks that were passed, as letters: x(executed) e(ntry) m(ain) u(ser main) r(eturned) q(uitting).
inline std::string passed(const Trace& trace) {
  std::string text;
  for (std::size_t i = 0; i < landmark_count; ++i)
    if (trace.marks[i]) text += "xemurq"[i];
  return text;
}

/// A folder where programs are built, run and traced.
struct Workshop {
  TempDir folder;
  ProcessRunner runner;
  TimerSampler sampler{timer_path()};
  RunSpec spec;
  std::string printed;  ///< by the last traced run

  fs::path file(const std::string& name) const { return folder.path() / name; }

  void build(const std::string& source, const std::string& line) {
    write_file_atomically(file(line.starts_with("go ")     ? "p.go"
                               : line.starts_with("rustc") ? "p.rs"
                                                           : "p.c"),
                          source);
    const Captured captured = capture(runner, {.argv = split_shell_words(line), .cwd = folder.path()});
    INFO(captured.err);
    REQUIRE(describe(captured.outcome) == "exit code 0");
    spec.executable = file("p");
    spec.argv = {"p"};
    spec.env = {{"PATH", "/usr/bin:/bin"}};
    spec.cwd = folder.path();
    spec.stdout_mode = StdoutMode::file;
    spec.stdout_file = file("out");
  }

  /// Runs it both ways: they must end alike and print the same. What is always true of a trace is checked.
  Trace trace(const Landmarks& landmarks) {
    const Sample sample = sampler.run(spec);
    const std::string untraced = read_file(file("out"));
    Trace trace = sampler.trace(spec, landmarks);
    printed = read_file(file("out"));
    CHECK(printed == untraced);
    CHECK(describe(trace.sample) == describe(sample));
    check(trace, landmarks);
    return trace;
  }
  Trace trace() { return trace(landmarks_of(spec.executable)); }

  static void check(const Trace& trace, const Landmarks& landmarks) {
    REQUIRE(trace.unavailable == "");
    CHECK(trace.repeats.size() == 4);
    Nanoseconds before{};
    for (const auto& mark : trace.marks) {
      if (!mark) continue;
      CHECK(mark->stopped > before);
      CHECK(mark->resumed >= mark->stopped);
      before = mark->resumed;
    }
    CHECK(trace.end > before);
    const RunPhases phases = phases_of_traces({trace}, landmarks);
    Nanoseconds sum{};
    for (const Phase& phase : phases.phases) {
      sum += phase.time;
      Nanoseconds parts{};
      for (const Phase& part : phase.parts) parts += part.time;
      if (!phase.parts.empty()) CHECK(parts == phase.time);
    }
    CHECK(sum == phases.total);
    CHECK(phases.total < trace.end);
  }
};

/// As examined: in rounds, of copies.
inline RunPhases phases_of(Tracer& tracer, const RunSpec& spec, const Landmarks& landmarks, int rounds) {
  const TempDir scratch;
  RoundsOptions options;
  options.scratch = scratch.path();
  options.budget = {.time = std::chrono::seconds(10), .min_rounds = 3, .max_rounds = rounds};
  Contender contender;
  contender.run = [spec](const fs::path&) { return spec; };
  return measure_run_phases({{contender, landmarks, {}}}, tracer, options).front();
}

inline const std::string hello =
    "#include <stdio.h>\n#include <stdlib.h>\nstatic void last(void) { puts(\"last\"); }\n"
    "int main(void) { atexit(last); puts(\"hello\"); return 3; }\n";

}  // namespace pgo_orch::measure::test
