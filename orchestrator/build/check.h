#pragma once
// Does a variant still print the right thing? Every variant and workload, before anything is timed.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "orchestrator/build/output.h"
#include "orchestrator/build/step_result.h"
#include "orchestrator/plan/reference_command.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// Why a program can't be compared with the baseline.
struct Complaint {
  report::Status status;  ///< wrong_output or failed
  std::string reason;
  report::Failure failure;
};

/// Whether a run must print what the baseline prints. What a program only trains with says nothing of
/// variants, whatever it prints.
bool is_compared_with_baseline(const Workload& workload);

/// For people: what a run that passed has done. `reference`: what its output was compared with.
std::string what_is_checked(const Workload& workload, const std::string& reference);

/// What `cargo run` would set for a program, as a sentence for whoever wonders why it fails without; "":
/// nothing.
std::string set_by_cargo_run(const Planner& planner);

class Checker {
 public:
  /// Only the workloads of `workloads` are checked. `hint`: what else may be wrong if a program ends with
  /// another exit code than 0, see set_by_cargo_run.
  Checker(const Layout& layout, std::vector<Workload> workloads, toolchains::Runner& runner,
          std::string hint = {});

  /// The baseline runs each workload twice: its exit code and output must be as expected and, where they are
  /// what the others are compared with, the same both times. Marks the row otherwise.
  void check_baseline(report::VariantResult& row, const profiles::Settings& settings);
  /// What runs left behind and how that was ended, and runs that took much longer than the next ones; each
  /// once.
  std::vector<std::string> take_notes() { return std::exchange(notes_, {}); }
  /// What the baseline's first runs took, in the order of the workloads: a single run each, with starting it.
  const std::vector<std::pair<std::string, Nanoseconds>>& baseline_runs() const { return baseline_runs_; }

  /// What the outputs of measured workloads are compared by.
  std::vector<report::OutputCheck> compared() const;

  /// Against what is expected, or what the baseline printed. Marks the row `wrong_output` or failed.
  void check(report::VariantResult& row, const profiles::Settings& settings);
  /// The same of programs in another folder than the variant's own.
  void check(report::VariantResult& row, const profiles::Settings& settings,
             const std::filesystem::path& programs);
  /// Without a baseline, others are compared with what these programs print. Instrumented
  /// ones write their profiles to `profiles`. Marks the row if one does not do what is expected of it.
  void learn(report::VariantResult& row, const profiles::Settings& settings,
             const std::filesystem::path& programs, const std::filesystem::path& profiles);

  /// Of a run that was started otherwise, and ended as expected: what is wrong with its output.
  std::optional<Complaint> complaint(const Workload& workload, const std::filesystem::path& output) const;

  /// A program that is not a variant: how it runs a workload. No value: it does not.
  using RunOf = std::function<std::optional<ProgramRun>(const Workload&)>;
  /// The same for such a program; `log` is emptied first.
  void check(report::ReferenceResult& row, const RunOf& run_of, const std::filesystem::path& log);

 private:
  struct Run {
    StepResult failed;                 ///< did not end by itself
    std::optional<std::string> wrong;  ///< ended, with another exit code than expected
    std::string not_loaded;            ///< what the loader said of it
    Observed observed;
    Nanoseconds wall{};
    std::string command;        ///< as a line for a shell
    std::filesystem::path log;  ///< what it said on standard error
  };
  Run run(const Workload& workload, ProgramRun program, const std::filesystem::path& output,
          const std::filesystem::path& log);
  Run run(const Workload& workload, const report::VariantResult& row, const profiles::Settings& settings,
          const std::string& suffix, const std::filesystem::path& programs);
  std::filesystem::path copy_of_programs(const report::VariantResult& row) const;
  std::filesystem::path bin_of(const report::VariantResult& row) const;
  void note_quicker(const Workload& workload, const Run& first, const Run& again);
  void settle(Workload& workload, const Observed& again);
  const Workload& own(const Workload& workload) const;
  void begin_log(const report::VariantResult& row) const;
  /// What is wrong with it.
  std::optional<Complaint> complaint(const Workload& workload, const Run& run) const;
  /// False: the row says why not.
  bool passes(report::VariantResult& row, const Workload& workload, const Run& run) const;
  std::optional<std::string> difference(const Workload& workload, const Observed& observed) const;

  const Layout& layout_;
  std::vector<Workload> workloads_;
  toolchains::Runner& runner_;
  std::string hint_;
  std::map<std::string, Observed> baseline_;
  std::vector<std::string> notes_;
  std::vector<std::pair<std::string, Nanoseconds>> baseline_runs_;
};

}  // namespace pgo_orch::orchestrator
