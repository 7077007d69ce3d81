#include "orchestrator/time/time_programs.h"

#include <fmt/format.h>

#include "measure/rounds/control.h"
#include "orchestrator/build/references.h"
#include "orchestrator/build/row.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

using report::Status;
using report::VariantResult;

namespace {

/// Who failed while being timed is not ranked, however fast it was before; nor is who has the same code.
void take_failures(const std::string& workload, const measure::Measured& measured,
                   const std::string& baseline, std::vector<VariantResult>& rows,
                   report::Progress& progress) {
  for (const auto& series : measured.series) {
    if (series.failure.empty()) continue;
    const std::string& name =
        series.name == measure::control_name ? baseline : series.name;  // they are one program
    for (auto& row : rows) {
      if (row.status != Status::ok || (row.name != name && row.identical_to != name)) continue;
      mark_failed(row, failed_step("measure " + workload, series.failure));
      progress.stage_failed(row.name, row.reason);
    }
  }
}

/// What is worth saying of how a workload was measured.
void add_notes(const std::string& workload, const measure::Measured& measured, const Stopwatch& stopwatch,
               report::Results& results) {
  for (const auto& text : {saved_by_racing(measured, stopwatch.references),
                           rounds_of_references(measured, stopwatch.references)})
    if (!text.empty()) results.notes.push_back(fmt::format("'{}': {}", workload, text));
}

}  // namespace

std::vector<Candidate> candidates(const std::vector<VariantResult>& rows, const MatrixBuild& matrix) {
  std::vector<Candidate> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].status != Status::ok || rows[i].identical_to) continue;
    Candidate candidate{rows[i].name, matrix.run_env(i), {}};
    for (const auto& artifact : rows[i].artifacts) candidate.code[artifact.program] = artifact.code_sha256;
    found.push_back(std::move(candidate));
  }
  return found;
}

measure::Measurements time_programs(const std::vector<Workload>& workloads, const MatrixBuild& matrix,
                                    const Unfinished& earlier, bool more_time, const Stopwatch& stopwatch,
                                    report::Results& results) {
  measure::Measurements measurements;
  for (const auto& workload : workloads) {
    if (toolchains::interrupted()) break;
    if (!workload.measured()) continue;
    Earlier before{{},
                   !more_time && earlier.measured.contains(workload.name),
                   earlier.restarted.contains(workload.name)};
    if (const auto had = earlier.measurements.find(workload.name); had != earlier.measurements.end())
      before.series = had->second;
    auto measured = measure_workload(workload, candidates(results.variants, matrix), before, stopwatch);
    take_failures(workload.name, measured, results.baseline, results.variants, stopwatch.progress);
    take_reference_failures(workload.name, measured, results.references, stopwatch.progress);
    results.benchmarks.push_back(to_benchmark(workload, measured, stopwatch.planner));
    add_notes(workload.name, measured, stopwatch, results);
    measurements.emplace(workload.name, std::move(measured));
  }
  return measurements;
}

}  // namespace pgo_orch::orchestrator
