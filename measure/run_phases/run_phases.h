#pragma once
// Where the time of a run goes: startup, init, compute, shutdown.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "measure/rounds/rounds.h"
#include "measure/schema.h"
#include "measure/statistics/intervals.h"
#include "measure/timer/sampler.h"
#include "toolchains/landmarks.h"

namespace pgo_orch::measure {

struct RunPhases {
  /// startup, init, compute and shutdown, which add up to `total`; their parts ("exec", "dynamic linking",
  /// "libc", "language runtime", "exit handlers", "teardown") add up to them. None: see `unavailable`.
  std::vector<Phase> phases;
  Nanoseconds total{};  ///< without the cost of the stops
  int runs = 0;
  /// The time of each phase in each of the runs, phases and runs in their order.
  std::vector<std::vector<Nanoseconds>> samples;
  std::vector<int> rounds;         ///< of the runs: programs traced in the same rounds can be compared
  Nanoseconds stop_cost{};         ///< of one stop, beyond the time that the program is known to be stopped
  Nanoseconds watch_cost{};        ///< the same for stops by debug registers, such as at the return of main
  std::string source;              ///< "ptrace", "empty main", or ""
  std::vector<std::string> notes;  ///< about the boundaries
  std::string unavailable;         ///< why there are no phases
  bool operator==(const RunPhases&) const = default;
};

/// A program whose runs are split.
struct TracedProgram {
  Contender contender;
  toolchains::Landmarks landmarks;
  std::optional<Nanoseconds> untraced;  ///< what a run takes otherwise: a note says if the phases differ
};

/// Traces all of them in rounds, as programs are timed (rounds.h), so that what disturbs one disturbs the
/// others alike. The time of each part is the median over the runs that passed the same landmarks, less the
/// cost of stops; a phase is the sum of its parts, the total that of the phases.
std::vector<RunPhases> measure_run_phases(const std::vector<TracedProgram>& programs, Tracer& tracer,
                                          RoundsOptions options);

/// The part of it that computes; the traces are of the rounds 1, 2, ...
RunPhases phases_of_traces(const std::vector<Trace>& traces, const toolchains::Landmarks& landmarks);

/// How much longer a phase takes than the same one of another program.
struct PhaseDifference {
  std::string name;
  Nanoseconds estimate{};
  std::optional<Nanoseconds> lo;  ///< none: unbounded
  std::optional<Nanoseconds> hi;
  bool operator==(const PhaseDifference&) const = default;
};

/// For each phase that both have, by the signed ranks of the differences in the rounds that both have
/// (intervals.h); each interval errs with probability `alpha`. Empty: they were not traced together.
std::vector<PhaseDifference> phase_differences(const RunPhases& base, const RunPhases& other, double alpha);

/// The same of one phase as a logarithm: ln(other) - ln(base). No value if there are no such rounds, or a
/// phase took no time in one.
std::optional<Interval> phase_ratio(const RunPhases& base, const RunPhases& other, const std::string& phase,
                                    double alpha);

/// Where programs cannot be traced: the time of a program with an empty main, linked the same way, is
/// "startup, init and shutdown" of the program, and the rest is "compute". By medians, without failed runs.
RunPhases phases_by_empty_main(const std::vector<Sample>& of_empty, const std::vector<Sample>& of_program);

/// The landmarks of an executable, with the user's main of Rust programs, whose symbols are mangled. `crate`
/// (or its package's name, with dashes) tells which main; "": Rust programs are recognized by their symbols.
/// `twin`: the same link, not stripped. Throws Error if a file is not an ELF file.
toolchains::Landmarks landmarks_of(const std::filesystem::path& executable,
                                   const std::filesystem::path& twin = {}, const std::string& crate = "");

}  // namespace pgo_orch::measure
