#pragma once
// Times the executables: one measurement a workload, all variants that are to be timed in every round.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "measure/rounds/rounds.h"
#include "orchestrator/plan/planner.h"
#include "orchestrator/store/journal.h"
#include "report/progress.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// A variant to be timed.
struct Candidate {
  std::string name;
  std::map<std::string, std::string> run_env;
  std::map<std::string, std::string> code;  ///< program -> hash of its code
};

struct Stopwatch {
  const Planner& planner;
  toolchains::Runner& runner;
  measure::Sampler& sampler;
  report::Progress& progress;
  Journal& journal;
  std::uint64_t seed;
  Nanoseconds budget;
  measure::Claim claim;
  std::vector<int> cpus;      ///< to which timed programs are bound; empty: to none
  bool fixed_layout = false;  ///< timed programs run without address space layout randomization
  std::vector<const Reference*> references{};  ///< that are built and checked, and run beside the variants
};

/// One run of a workload as it is timed: argv[0] is the program's name in every variant, only the file that
/// is executed differs. Output, where it is kept, goes to `scratch`.
measure::RunSpec run_of(const Workload& workload, const std::map<std::string, std::string>& run_env,
                        const std::filesystem::path& executable, const std::filesystem::path& scratch);

/// The same of a reference, where it was built.
measure::RunSpec run_of(const Workload& workload, const Reference& reference, const Planner& planner,
                        const std::filesystem::path& scratch);

/// The program of a variant as one to be timed in a workload; its output, where it is kept, goes to
/// `scratch`. Refers to `workload` and `stopwatch`.
measure::Contender contender_of(const Workload& workload, const Candidate& candidate,
                                const Stopwatch& stopwatch, const std::filesystem::path& scratch);

/// A reference as one to be timed: in fewer rounds, and never capped. Refers to all of its arguments.
measure::Contender contender_of(const Workload& workload, const Reference& reference,
                                const Stopwatch& stopwatch, const std::filesystem::path& scratch);

/// What an interrupted run left of a workload.
struct Earlier {
  std::vector<measure::Series> series;
  bool is_complete = false;  ///< nothing is to be added
  bool restarted = false;    ///< it has begun anew already
};

/// All rounds of one workload, until all is known or the time is up, those of the resumed run included. Where
/// the control is told apart from the baseline it begins anew, once, with fresh copies.
measure::Measured measure_workload(const Workload& workload, const std::vector<Candidate>& candidates,
                                   const Earlier& earlier, const Stopwatch& stopwatch);

/// The raw times, as they stand in the results, and what the control says of them.
report::Benchmark to_benchmark(const Workload& workload, const measure::Measured& measured,
                               const Planner& planner);

/// "racing took 143 of 480 runs; runs over five times the baseline's time (and 100 ms) were stopped: 9 of 18
/// of 'slow'"; empty: it saved nothing. References are not counted.
std::string saved_by_racing(const measure::Measured& measured,
                            const std::vector<const Reference*>& references = {});

/// "of 60 rounds, references ran in some: 'c' in 16"; empty: there are none.
std::string rounds_of_references(const measure::Measured& measured,
                                 const std::vector<const Reference*>& references);

}  // namespace pgo_orch::orchestrator
