#pragma once
// Where the time of a run goes: startup, init, compute, shutdown.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "measure/schema.h"
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
  Nanoseconds stop_cost{};         ///< of one stop, beyond the time that the program is known to be stopped
  Nanoseconds watch_cost{};        ///< the same for stops by debug registers, such as at the return of main
  std::string source;              ///< "ptrace", "empty main", or ""
  std::vector<std::string> notes;  ///< about the boundaries
  std::string unavailable;         ///< why there are no phases
  bool operator==(const RunPhases&) const = default;
};

/// Traces `runs` runs; up to four times as many if the machine is so busy that most are disturbed, and
/// fewer if they take longer than `budget` in all (but at least three, or one that takes longer by itself).
/// The time of each part is the median over the undisturbed runs that passed the same landmarks, less the
/// cost of stops; a phase is the sum of its parts, the total that of the phases. A note says if an
/// `untraced` run differs.
RunPhases measure_run_phases(Tracer& tracer, const RunSpec& spec, const toolchains::Landmarks& landmarks,
                             int runs, Nanoseconds budget = std::chrono::seconds(10),
                             std::optional<Nanoseconds> untraced = std::nullopt);

/// The part of it that computes.
RunPhases phases_of_traces(const std::vector<Trace>& traces, const toolchains::Landmarks& landmarks);

/// Where programs cannot be traced: the time of a program with an empty main, linked the same way, is
/// "startup, init and shutdown" of the program, and the rest is "compute". By medians, without failed runs.
RunPhases phases_by_empty_main(const std::vector<Sample>& of_empty, const std::vector<Sample>& of_program);

/// The landmarks of an executable, with the user's main of Rust programs, whose symbols are mangled. `crate`
/// (or its package's name, with dashes) tells which main; "": Rust programs are recognized by their symbols.
/// `twin`: the same link, not stripped. Throws Error if a file is not an ELF file.
toolchains::Landmarks landmarks_of(const std::filesystem::path& executable,
                                   const std::filesystem::path& twin = {}, const std::string& crate = "");

}  // namespace pgo_orch::measure
