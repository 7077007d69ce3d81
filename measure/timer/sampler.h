#pragma once
// The seams to the machine: a timed run of a program, and one that is stopped at landmarks by ptrace. Their
// fakes give scripted times, so that rounds, statistics and verdicts are tested with exact numbers.

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pgo/workload.h"
#include "toolchains/command.h"
#include "toolchains/landmarks.h"
#include "toolchains/units.h"

namespace pgo_orch::measure {

using pgo::StdoutMode;
using toolchains::End;

/// One run to be timed.
struct RunSpec {
  std::filesystem::path executable;        ///< as for execve: not searched on the PATH; empty: argv[0]
  std::vector<std::string> argv;           ///< argv[0] included
  std::map<std::string, std::string> env;  ///< all of it: nothing is inherited
  std::filesystem::path cwd;               ///< absolute
  std::filesystem::path stdin_file;        ///< empty: /dev/null
  StdoutMode stdout_mode = StdoutMode::pipe;
  /// Overwritten with what is written to the file, or to the pipe (empty: that is read and discarded).
  std::filesystem::path stdout_file;
  std::filesystem::path stderr_file;  ///< overwritten; empty: /dev/null
  Nanoseconds timeout{};              ///< from its start; then the process group is killed; zero: none
  std::vector<int> affinity;          ///< the CPUs it may use; empty: all that we may use
  bool fixed_layout = false;          ///< without address space layout randomization
};

/// The result of a run. Times and counts are of the program and of the children that it waited for.
struct Sample {
  End end = End::not_started;
  int exit_code = -1;  ///< if exited
  int signal = 0;      ///< if signalled
  std::string reason;  ///< if not_started
  Nanoseconds wall{};  ///< from right before execve until it is reaped
  Nanoseconds user{};
  Nanoseconds system{};
  Bytes peak_rss;  ///< of the largest single process
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
  bool capped = false;  ///< stopped because it took too long: `wall` is the cap, the true time is more

  bool operator==(const Sample&) const = default;
};

/// "exit code 3", "killed by signal 11 (Segmentation fault)", "timed out", "interrupted", or the reason.
std::string describe(const Sample& sample);

/// By which a measurement knows when its time is up; scripted programs take scripted time.
class BudgetClock {
 public:
  virtual ~BudgetClock() = default;
  /// Since any moment that stays the same.
  virtual Nanoseconds now() const { return std::chrono::steady_clock::now().time_since_epoch(); }
};

class Sampler : public virtual BudgetClock {
 public:
  /// Runs to the end. A program that fails is a Sample, never an exception.
  virtual Sample run(const RunSpec& spec) = 0;
};

/// In the order of a run. `returned`: from the user's main, or from main if the former is not known.
/// `exiting`: after all exit handlers.
enum class Landmark { executed, entry, main, user_main, returned, exiting };
inline constexpr std::size_t landmark_count = 6;

/// A stop at a landmark; times count from right before execve.
struct TraceMark {
  Nanoseconds stopped{};  ///< when the tracer noticed it
  Nanoseconds resumed{};  ///< when the program was resumed
  Nanoseconds other{};    ///< how long it was stopped for other reasons up to the next landmark
  int other_stops = 0;    ///< and how often

  bool operator==(const TraceMark&) const = default;
};

struct Trace {
  Sample sample;            ///< how the run ended, and its times with all stops
  std::string unavailable;  ///< why it could not be traced; then nothing else is set
  std::array<std::optional<TraceMark>, landmark_count> marks;  ///< none: never there
  Nanoseconds end{};                                           ///< when it was reaped
  std::vector<Nanoseconds> repeats;  ///< from resuming to noticing another stop at the same place
  std::vector<Nanoseconds> watches;  ///< the same for stops by the processor's debug registers
  bool watched_return = false;       ///< the return of main was such a stop
  int stops = 0;                     ///< of all threads
  int execs = 0;                     ///< over 1: it became another program

  const std::optional<TraceMark>& at(Landmark landmark) const {
    return marks[static_cast<std::size_t>(landmark)];
  }
};

class Tracer : public virtual BudgetClock {
 public:
  /// Runs to the end. A program that fails, or that may not be traced, is a Trace, never an exception.
  virtual Trace trace(const RunSpec& spec, const toolchains::Landmarks& landmarks) = 0;
};

}  // namespace pgo_orch::measure
