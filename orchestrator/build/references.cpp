#include "orchestrator/build/references.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "orchestrator/build/row.h"
#include "orchestrator/plan/reference_command.h"
#include "toolchains/clock.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
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

/// What this run has built of it: another run may find other sources, which nobody can see.
struct Record {
  std::string run;
  std::string command;
  StageRun took;
};

fs::path record_file(const ReferenceFolder& folder) {
  return folder.root / "build.json";
}

void save(const Record& record, const ReferenceFolder& folder) {
  const nlohmann::json json{{"run", record.run},
                            {"command", record.command},
                            {"wall_ns", record.took.wall.count()},
                            {"user_ns", record.took.user.count()},
                            {"system_ns", record.took.system.count()},
                            {"peak_rss_bytes", record.took.peak_rss.count}};
  toolchains::write_file_atomically(record_file(folder), json.dump(1) + "\n");
}

std::optional<StageRun> built_before(const std::string& run, const std::string& command,
                                     const ReferenceFolder& folder) {
  if (!fs::exists(record_file(folder))) return std::nullopt;
  const auto json = nlohmann::json::parse(toolchains::read_file(record_file(folder)), nullptr, false);
  if (!json.is_object() || json.value("run", "") != run || json.value("command", "") != command)
    return std::nullopt;
  return StageRun{Nanoseconds(json.value("wall_ns", std::int64_t{})),
                  Nanoseconds(json.value("user_ns", std::int64_t{})),
                  Nanoseconds(json.value("system_ns", std::int64_t{})),
                  Bytes{json.value("peak_rss_bytes", std::uint64_t{})}};
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
    row_.of = reference.of == PhaseOf::run ? "run" : "build";
    row_.command = reference_words(reference, reference.of == PhaseOf::run ? reference.run : reference.build,
                                   workshop.planner);
  }

  ReferenceResult prepare() {
    try {
      work();
    } catch (const Error& error) {
      mark_failed(row_, failed_step("build", error.what()));
    } catch (const fs::filesystem_error& error) {
      mark_failed(row_, failed_step("build", error.what()));
    }
    if (row_.status == Status::skipped) workshop_.progress.warning(said("is skipped"));
    if (row_.status == Status::failed || row_.status == Status::wrong_output)
      workshop_.progress.warning(said(report::to_word(row_.status)));
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

  bool build() {
    const auto command = to_shell(reference_build(reference_, workshop_.planner));
    auto took = resumed_ ? built_before(workshop_.journal.id(), command, folder_) : std::nullopt;
    if (!took) {
      workshop_.progress.note(fmt::format("reference {}: build", reference_.name));
      StageRun now;
      if (const auto failed = build_reference(reference_, workshop_.planner, workshop_.runner, now)) {
        if (failed->interrupted)
          skip("interrupted while it was built");
        else
          mark_failed(row_, *failed);
        return false;
      }
      save({workshop_.journal.id(), command, now}, folder_);
      took = now;
    }
    take_build(*took, row_);
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
  toolchains::write_file_atomically(command.log_file, "");
  log_command(command.log_file, command);
  const auto outcome = runner.run(command);
  if (!outcome.ok()) return failed_command("build", command, outcome);
  const bool names_output = mentions(reference.build, "{output}") || mentions(reference.run, "{output}");
  if (names_output && !fs::exists(folder.output))
    return failed_step("build",
                       fmt::format("the command ended well, but there is no {}; it should be made "
                                   "where {{output}} stands",
                                   folder.output.string()),
                       command.log_file);
  took = to_run(outcome);
  return std::nullopt;
}

std::vector<ReferenceResult> prepare_references(const std::vector<Workload>& workloads, bool resumed,
                                                Checker& checker, const Workshop& workshop) {
  std::vector<ReferenceResult> rows;
  for (const auto& reference : workshop.planner.config().questions.references) {
    const bool wanted =
        reference.of == PhaseOf::build || std::ranges::any_of(workloads, [&](const Workload& workload) {
          return workload.measured() && takes_part(reference, workload);
        });
    if (wanted) rows.push_back(Preparing(reference, workloads, resumed, checker, workshop).prepare());
  }
  return rows;
}

}  // namespace pgo_orch::orchestrator
