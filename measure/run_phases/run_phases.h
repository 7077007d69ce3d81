#pragma once
// Where the time of a run goes: startup, init, compute, shutdown.

#include <optional>
#include <string>
#include <vector>

#include "measure/schema.h"
#include "measure/timer/tracer.h"

namespace pgo_orch::measure {

struct RunPhases {
  /// startup, init, compute and shutdown, which add up to `total`; their parts ("exec", "dynamic linking",
  /// "libc", "language runtime", "exit handlers", "teardown") add up to them. None: see `unavailable`.
  std::vector<Phase> phases;
  Nanoseconds total{};  ///< without what the stops cost
  int runs = 0;
  /// What each phase took in each of the runs, phases and runs in their order.
  std::vector<std::vector<Nanoseconds>> samples;
  Nanoseconds stop_cost{};  ///< of one stop, beside the time that the program is known to stand still
  Nanoseconds
      watch_cost{};    ///< likewise, of one by the processor's debug registers, as the return of main is
  std::string source;  ///< "ptrace", "empty main", or ""
  std::vector<std::string> notes;  ///< what the reader must know about the boundaries
  std::string unavailable;         ///< why there are no phases
  bool operator==(const RunPhases&) const = default;
};

/// A pass of `runs` traced runs; up to four times as many if the machine is so busy that most are disturbed,
/// and fewer if they take longer than `budget` altogether (but three, or one that takes longer by itself).
/// The time of each part is the median over the runs that went the same way, undisturbed, less what a stop
/// costs; a phase is the sum of its parts, the total that of the phases. A note says where that is not what
/// an `untraced` run takes.
RunPhases measure_run_phases(Tracer& tracer, const RunSpec& spec, const toolchains::Landmarks& landmarks,
                             int runs, Nanoseconds budget = std::chrono::seconds(10),
                             std::optional<Nanoseconds> untraced = std::nullopt);

/// The pure half of it.
RunPhases phases_of_traces(const std::vector<Trace>& traces, const toolchains::Landmarks& landmarks);

/// For where programs cannot be traced: what a program with an empty main takes, linked the same way, is
/// "startup, init and shutdown" of the program, and the rest is "compute". By medians; runs that failed are
/// left out.
RunPhases phases_by_empty_main(const std::vector<Sample>& of_empty, const std::vector<Sample>& of_program);

}  // namespace pgo_orch::measure
