#include "orchestrator/build/references.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/build/row.h"
#include "orchestrator/plan/reference_command.h"
#include "toolchains/clock.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::ReferenceResult;
using report::Status;

namespace {

void take_build(const StageRun& took, ReferenceResult& row) {
  report::Build build;
  build.wall = took.wall;
  build.user = took.user;
  build.system = took.system;
  build.peak_rss = took.peak_rss;
  build.runs = {took.wall};
  build.measured_at = toolchains::timestamp();
  row.build = build;
}

fs::path record_file(const ReferenceFolder& folder) {
  return folder.root / "build.json";
}

/// One reference, from its words to its row.
class Preparing {
 public:
  Preparing(const Reference& reference, const std::vector<Workload>& workloads, bool resumed,
            Checker& checker, const Workshop& workshop)
      : reference_(reference),
        workloads_(workloads),
        resumed_(resumed),
        checker_(checker),
        workshop_(workshop),
        folder_(folder_of(reference, workshop.planner.layout())) {
    row_.name = reference.name;
    row_.of = reference.of;
    row_.command = reference_words(reference, reference.of == PhaseOf::run ? reference.run : reference.build,
                                   workshop.planner);
  }

  ReferenceResult prepare() {
    if (const auto problem = problem_in([&] { work(); })) mark_failed(row_, failed_step("build", *problem));
    if (row_.status == Status::skipped) workshop_.progress.warning(said("is skipped"));
    if (row_.status == Status::failed || row_.status == Status::wrong_output)
      workshop_.progress.warning(said(row_.status == Status::failed ? "failed" : "has the wrong output"));
    return row_;
  }

 private:
  std::string said(const std::string& what) const {
    return fmt::format("reference {} {}: {}", reference_.name, what, row_.reason);
  }

  void skip(const std::string& reason) {
    row_.status = Status::skipped;
    row_.reason = reason;
  }

  void work() {
    if (toolchains::interrupted()) return skip("interrupted before it was built");
    if (const auto reason = why_not_here(reference_, workloads_, workshop_.planner)) return skip(*reason);
    if (!reference_.build.empty() && !build()) return;
    if (reference_.of == PhaseOf::run) check();
  }

  /// What this very run built before is not built again; another run may find other sources, which it cannot
  /// know.
  bool build() {
    const auto key =
        to_shell(reference_build(reference_, workshop_.planner)) + " in run " + workshop_.journal.id();
    StageTimes times{.stage = "build", .key = key, .measured_at = toolchains::timestamp(), .runs = {}};
    if (resumed_) times = load_times(record_file(folder_), "build", key);
    if (times.runs.empty()) {
      workshop_.progress.note(fmt::format("reference {}: build", reference_.name));
      StageRun now;
      if (const auto failed = build_reference(reference_, workshop_.planner, workshop_.runner, now)) {
        if (failed->interrupted)
          skip("interrupted while it was built");
        else
          mark_failed(row_, *failed);
        return false;
      }
      times.runs = {now};
      save_times(record_file(folder_), times);
    }
    take_build(times.runs.front(), row_);
    return true;
  }

  void check() {
    checker_.check(
        row_,
        [&](const Workload& workload) -> std::optional<ProgramRun> {
          if (!takes_part(reference_, workload)) return std::nullopt;
          return reference_run(reference_, workload, workshop_.planner);
        },
        folder_.check_log());
    if (row_.status == Status::ok) note_files();
  }

  /// What was checked is what is timed: its own folder, if it was built into {output}, and what its words
  /// name.
  void note_files() {
    for (const auto& file : reference_files(reference_, workloads_, workshop_.planner))
      row_.artifacts.push_back({.program = file.filename(),
                                .path = file,
                                .size = Bytes{fs::file_size(file)},
                                .text = {},
                                .sha256 = toolchains::sha256_of_file(file),
                                .code_sha256 = {}});
  }

  const Reference& reference_;
  const std::vector<Workload>& workloads_;
  bool resumed_;
  Checker& checker_;
  const Workshop& workshop_;
  ReferenceFolder folder_;
  ReferenceResult row_;
};

}  // namespace

StepResult build_reference(const Reference& reference, const Planner& planner, toolchains::Runner& runner,
                           StageRun& took) {
  const auto folder = folder_of(reference, planner.layout());
  const auto command = reference_build(reference, planner);
  fs::remove(record_file(folder));
  fs::remove_all(folder.output);
  fs::remove_all(folder.tmp());
  toolchains::make_folders(folder.output.parent_path());
  toolchains::make_folders(folder.tmp());
  const auto outcome = run_logged(command, runner);
  if (!outcome.ok()) return failed_build("build", command, outcome);
  const bool names_output = mentions(reference.build, "{output}") || mentions(reference.run, "{output}");
  if (names_output && !fs::exists(folder.output))
    return failed_step(
        "build",
        fmt::format("the command succeeded, but there is no {}: it must write its program to {{output}}",
                    folder.output.string()),
        command.log_file);
  took = to_run(outcome);
  return std::nullopt;
}

std::vector<ReferenceResult> prepare_references(const Entrants& entrants,
                                                const std::vector<Workload>& workloads, bool resumed,
                                                Checker& checker, const Workshop& workshop) {
  std::vector<ReferenceResult> rows;
  for (const auto& entrant : entrants)
    if (entrant.reference)
      rows.push_back(Preparing(*entrant.reference, workloads, resumed, checker, workshop).prepare());
  return rows;
}

}  // namespace pgo_orch::orchestrator
