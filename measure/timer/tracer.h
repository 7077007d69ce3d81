#pragma once
// The seam to ptrace: one run of a program that is stopped at landmarks, with the time of each. Its fake
// answers scripted times.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "measure/timer/sampler.h"
#include "toolchains/landmarks.h"

namespace pgo_orch::measure {

/// In the order of a run. `returned`: the user's main did, or main where the former is not known. `exiting`:
/// all exit handlers are done.
enum class Landmark { executed, entry, main, user_main, returned, exiting };
inline constexpr std::size_t landmark_count = 6;

/// A stop at a landmark; times count from right before execve.
struct TraceMark {
  Nanoseconds stopped{};  ///< when the tracer noticed it
  Nanoseconds resumed{};  ///< when the program was let go on
  Nanoseconds other{};    ///< how long it stood still for other reasons up to the next landmark
  int other_stops = 0;    ///< and how often

  bool operator==(const TraceMark&) const = default;
};

struct Trace {
  Sample sample;            ///< how the run ended, and what it took with all its stops
  std::string unavailable;  ///< why it could not be traced; then the rest says nothing
  std::array<std::optional<TraceMark>, landmark_count> marks;  ///< none: never there
  Nanoseconds end{};                                           ///< when it was reaped
  std::vector<Nanoseconds> repeats;  ///< from resuming to noticing another stop at the same place
  std::vector<Nanoseconds> watches;  ///< likewise, where the processor's debug registers made it stop
  bool watched_return = false;       ///< so was the return of main
  int stops = 0;                     ///< of all threads
  int execs = 0;                     ///< over 1: it became another program

  const std::optional<TraceMark>& at(Landmark landmark) const {
    return marks[static_cast<std::size_t>(landmark)];
  }
};

class Tracer {
 public:
  virtual ~Tracer() = default;
  /// Runs to the end. A program that fails, or that may not be traced, is a Trace, never an exception.
  virtual Trace trace(const RunSpec& spec, const toolchains::Landmarks& landmarks) = 0;
};

}  // namespace pgo_orch::measure
