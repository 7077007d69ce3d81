#pragma once
// The seam to the machine's clock: one timed run of a program. Its fake answers scripted times, so that
// rounds, statistics and verdicts are tested with exact numbers.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "pgo/workload.h"
#include "toolchains/command.h"
#include "toolchains/units.h"

namespace pgo_orch::measure {

using pgo::StdoutMode;
using toolchains::End;

/// One run to be timed.
struct RunSpec {
  std::filesystem::path executable;           ///< as for execve: not searched on the PATH; empty: argv[0]
  std::vector<std::string> argv;              ///< argv[0] included
  std::map<std::string, std::string> env;     ///< all of it: nothing is inherited
  std::filesystem::path cwd;                  ///< absolute
  std::filesystem::path stdin_file;           ///< empty: /dev/null
  StdoutMode stdout_mode = StdoutMode::pipe;  ///< pipe: read and discarded
  std::filesystem::path stdout_file;          ///< for StdoutMode::file; overwritten
  std::filesystem::path stderr_file;          ///< overwritten; empty: /dev/null
  Nanoseconds timeout{};      ///< from its start; over it the process group is killed; zero: none
  std::vector<int> affinity;  ///< the CPUs it may use; empty: all that we may
  bool fixed_layout = false;  ///< without address space layout randomization
};

/// What a run took. Times and counts are of the program and of those children that it waited for.
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
  bool capped = false;  ///< stopped because it took too long: `wall` is the cap, and it would have been more

  bool operator==(const Sample&) const = default;
};

/// "exit code 3", "killed by signal 11 (Segmentation fault)", "timed out", "interrupted", or the reason.
std::string describe(const Sample& sample);

class Sampler {
 public:
  virtual ~Sampler() = default;
  /// Runs to the end. A program that fails is a Sample, never an exception.
  virtual Sample run(const RunSpec& spec) = 0;
};

}  // namespace pgo_orch::measure
