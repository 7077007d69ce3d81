#pragma once
// Traces that are written down by hand.

#include "measure/run_phases/run_phases.h"

namespace pgo_orch::measure::test {

constexpr Nanoseconds us(std::int64_t count) {
  return std::chrono::microseconds(count);
}

inline Sample exited() {
  Sample sample;
  sample.end = End::exited;
  sample.exit_code = 0;
  return sample;
}

/// A run of a Rust program: each stop is noticed 10 us late in all, and lasts 5 us by the stamps.
inline Trace scripted_trace(Nanoseconds compute = us(1000)) {
  Trace trace{.sample = exited()};
  trace.repeats = {us(10), us(10), us(12)};
  Nanoseconds now{};
  const auto stop = [&](Landmark landmark, Nanoseconds after) {
    now += after;
    trace.marks[static_cast<std::size_t>(landmark)] = TraceMark{.stopped = now, .resumed = now + us(5)};
    now += us(5);
  };
  stop(Landmark::executed, us(105));
  stop(Landmark::entry, us(410));
  stop(Landmark::main, us(30));
  stop(Landmark::user_main, us(110));
  stop(Landmark::returned, compute + us(10));
  stop(Landmark::exiting, us(60));
  trace.end = now + us(105);
  trace.stops = 9;
  trace.execs = 1;
  return trace;
}

inline toolchains::Landmarks dynamic_rust() {
  return {.entry = 1, .main = 2, .user_main = 3, .is_dynamic = true, .machine = "x86-64"};
}

}  // namespace pgo_orch::measure::test
