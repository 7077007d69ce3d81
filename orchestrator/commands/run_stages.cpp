#include "orchestrator/commands/run_stages.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/build/matrix_build.h"
#include "orchestrator/build/references.h"
#include "orchestrator/commands/outline.h"
#include "orchestrator/commands/run_header.h"
#include "orchestrator/examine/examine.h"
#include "orchestrator/judge/decide.h"
#include "orchestrator/judge/judge.h"
#include "orchestrator/time/build_rounds.h"
#include "orchestrator/time/build_scenarios.h"
#include "orchestrator/time/layout_check.h"
#include "orchestrator/time/measure_stage.h"
#include "toolchains/host.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

using report::Status;

namespace {

/// One run, from its plans to its report: the stages in their order. Each returns its part, with the rows of
/// programs that it saw fail; `run` puts the parts together, once.
class Run {
 public:
  explicit Run(const RunContext& context)
      : config_(context.config),
        options_(context.options),
        layout_(context.layout),
        plans_(context.plans),
        workloads_(context.workloads),
        earlier_(context.earlier),
        workshop_(context.workshop),
        entrants_(entrants_of(plans_, workloads_, config_)),
        candidates_(candidates(entrants_)),
        sampler_(context.instruments.sampler),
        examination_(
            workloads_,
            options_.analyze ? ExamineOptions()
                             : examine_options(config_, variants(), options_.measure && !options_.quick),
            workshop_.journal.folder(),
            {context.instruments.sampler, context.instruments.tracer, context.earlier.seed}, workshop_) {}

  report::Results run(report::Results header) {
    Findings findings;
    MatrixBuild matrix(plans_, matrix_options(), workloads_, workshop_, earlier_);
    TimedBuilds builds{{matrix.baseline_plan().name, build(matrix, findings), {}}, {}};
    const bool baseline_ok = matrix.baseline().status == Status::ok;
    std::vector<std::string> notes;
    if (options_.analyze)
      findings.add(analyze(builds.rows));
    else if (baseline_ok)
      builds = time_builds_of(matrix, std::move(builds.rows), notes);

    const bool times = options_.measure && baseline_ok;
    const auto before = toolchains::host_counters();
    const auto claim = claim_for(times ? ready(entrants_, builds.rows).size() : 0, builds);
    auto stopwatch = stopwatch_for(claim);
    stopwatch.checker = &matrix.checker();
    Timed timed{.rows = std::move(builds.rows)};
    if (times)
      timed = time_programs(entrants_, workloads_, earlier_, options_.max_time.has_value(), stopwatch,
                            std::move(timed.rows));
    append(timed.notes, notes);
    const auto verdicts =
        decide({timed.measurements, builds.measured}, timed.rows, times ? &stopwatch : nullptr, notes);
    auto held_out = compare_left_out(config_, {timed.measurements, builds.measured}, timed.rows);
    std::vector<std::string> disturbances;
    if (times) {
      disturbances = toolchains::disturbances(before, toolchains::host_counters());
      findings.add(
          examine_the_rest(timed.rows, recommended(timed.rows, verdicts, config_.measure.precision)));
    }
    if (baseline_ok && !options_.analyze) findings.add(examination_.code(candidates_, timed.rows));
    append(findings.notes, notes);
    append(matrix.notes(), notes);
    header.outputs = matrix.checker().compared();
    for (const auto& source : workshop_.sources.changed_sources())
      notes.push_back(
          fmt::format("{} changed after it was built: the results are of what it was", source.string()));
    for (const auto& source : workshop_.sources.changed_undeclared())
      notes.push_back(fmt::format(
          "{} changed between builds: if they compile it, not all variants are of the same source",
          source.string()));
    append(closing_notes(timed.rows, builds.measured.rounds), notes);

    header.held_out = std::move(held_out);
    std::erase_if(timed.rows.variants, [](const auto& row) { return row.left_out.has_value(); });
    auto results = assemble(std::move(header), std::move(timed), verdicts, std::move(findings));
    append(disturbances, results.host.warnings);
    append(notes, results.notes);
    answer(judge(config_, claim, results), results);
    return results;
  }

 private:
  static Nanoseconds now() { return std::chrono::steady_clock::now().time_since_epoch(); }

  static void append(const std::vector<std::string>& more, std::vector<std::string>& all) {
    all.insert(all.end(), more.begin(), more.end());
  }

  std::vector<std::size_t> variants() const {
    std::vector<std::size_t> indexes;
    for (const auto& plan : plans_) indexes.push_back(plan.index);
    return indexes;
  }

  bool has_condition_on_runs() const { return has_condition_on(config_, variants(), PhaseOf::run); }

  /// Phases of the baseline that conditions are about come before all else is built.
  std::vector<report::VariantResult> build(MatrixBuild& matrix, Findings& findings) {
    if (!matrix.build_baseline()) return matrix.finish();
    if (options_.analyze) {
      matrix.build_others({});
      return matrix.finish();
    }
    const auto baseline = std::ranges::find_if(entrants_, &Entrant::is_baseline);
    if (has_condition_on_runs())
      findings = examination_.runs({*baseline}, {baseline->name, matrix.rows(), {}});
    findings.add(examination_.build(*baseline, matrix.baseline()));
    matrix.build_others(judge_condition(baseline->name, findings));
    return matrix.finish();
  }

  MatrixBuild::JudgeCondition judge_condition(const std::string& baseline, const Findings& found) const {
    return [this, baseline, &found](std::size_t index) {
      ConditionEvidence evidence{found.phases, found.groups, baseline, {}};
      for (const auto& workload : workloads_)
        if (workload.measured()) evidence.workloads.push_back(workload.name);
      return condition_of(*config_.variants, index, evidence);
    };
  }

  Findings analyze(const Rows& rows) {
    const auto all = ready(entrants_, rows);
    auto findings = examination_.runs(all, rows);
    for (const auto& entrant : all)
      if (entrant.plan) findings.add(examination_.build(entrant, rows.variants[entrant.id]));
    return findings;
  }

  TimedBuilds time_builds_of(MatrixBuild& matrix, Rows rows, std::vector<std::string>& notes) {
    rows.references = prepare_references(entrants_, workloads_, options_.resume, matrix.checker(), workshop_);
    if (toolchains::interrupted()) return {std::move(rows), {}};
    auto builds = time_builds(candidates_, earlier_.seed, workshop_, std::move(rows));
    if (toolchains::interrupted()) return builds;
    auto scenarios = time_scenarios(candidates_, earlier_.seed, workshop_, std::move(builds.rows));
    append(scenarios.notes, notes);
    return {std::move(scenarios.rows), std::move(builds.measured)};
  }

  measure::Claim claim_for(std::size_t entrants, const TimedBuilds& builds) const {
    std::vector<std::string> timed;
    for (const auto& workload : workloads_)
      if (entrants > 0 && workload.measured()) timed.push_back(workload.name);
    return claim_of(config_, entrants, timed.size(), builds.measured, losses_among(builds.rows, timed));
  }

  std::size_t measured_workloads() const {
    return static_cast<std::size_t>(std::ranges::count_if(workloads_, &Workload::measured));
  }

  /// For each workload: what was asked for, as far as the whole run may take that long.
  Nanoseconds time_to_measure() const {
    const auto max_time = options_.max_time.value_or(config_.measure.max_time);
    const auto asked = options_.quick ? max_time / 5 : max_time;
    if (!options_.total_time) return asked;
    const auto left = began_ + *options_.total_time - now();
    const auto each = left / static_cast<std::int64_t>(std::max<std::size_t>(1, measured_workloads()));
    return std::clamp(each, Nanoseconds::zero(), asked);
  }

  MatrixOptions matrix_options() const {
    MatrixOptions matrix{.fresh = options_.fresh, .fail_fast = options_.fail_fast};
    if (options_.measure) matrix.measuring = time_to_measure() * measured_workloads();
    if (options_.total_time) matrix.until = began_ + *options_.total_time * (options_.measure ? 2 : 3) / 3;
    return matrix;
  }

  Stopwatch stopwatch_for(const measure::Claim& claim) {
    return {workshop_,
            sampler_,
            earlier_.seed,
            time_to_measure(),
            claim_about(measure::Quantity::wall, claim, config_.measure),
            options_.cpus,
            options_.fixed_layout};
  }

  /// `stopwatch`: null if nothing was timed.
  report::Verdicts decide(const Timings& timings, const Rows& rows, const Stopwatch* stopwatch,
                          std::vector<std::string>& notes) const {
    auto verdicts = compare_with_baseline(config_, timings, rows);
    if (stopwatch && config_.measure.layout_check) {
      auto checked = check_layouts(ready(candidates_, rows), *stopwatch, std::move(verdicts.comparisons));
      verdicts.comparisons = std::move(checked.comparisons);
      append(checked.notes, notes);
    }
    verdicts.best = rank(config_, timings, rows, verdicts);
    return verdicts;
  }

  /// The runs of the baseline, the winner, references, and whatever goals on phases name.
  Findings examine_the_rest(const Rows& rows, const report::VariantResult* winner) {
    Entrants shown;
    for (const auto& entrant : ready(candidates_, rows)) {
      const bool won = winner && entrant.id == rows.id(*winner);
      if (won || is_traced(config_, entrant)) shown.push_back(entrant);
    }
    const bool baseline_is_known = has_condition_on_runs() && shown.size() == 1;
    return baseline_is_known ? Findings() : examination_.runs(shown, rows);
  }

  std::vector<std::string> closing_notes(const report::Rows& rows, int build_rounds) const {
    std::vector<std::string> notes;
    for (const auto& plan : plans_)
      for (const auto& remark : plan.remarks)
        if (std::ranges::find(notes, remark) == notes.end()) notes.push_back(remark);
    for (const auto& row : rows.variants)
      for (const auto& remark : row.pgo ? row.pgo->remarks : std::vector<std::string>())
        notes.push_back(fmt::format("{}: {}", row.name, remark));
    const auto has_libraries = [](const report::VariantResult& row) {
      return !row.artifacts.empty() && !row.artifacts.front().libraries.empty();
    };
    if (const auto found = std::ranges::find_if(rows.variants, has_libraries); found != rows.variants.end())
      notes.push_back(fmt::format(
          "executables find their shared libraries by LD_LIBRARY_PATH, as under `cargo run` ({}); sizes are "
          "without these",
          std::filesystem::path(found->artifacts.front().libraries.front().path).parent_path().string()));
    if (options_.analyze)
      notes.push_back(fmt::format("this report, its figures and flame graphs are in {}",
                                  (layout_.state / "latest").string()));
    if (build_rounds == 0 && !options_.analyze && rows.variants.size() > 1)
      notes.emplace_back(
          "each build was timed once: small differences mean nothing (`runs` in [build] takes more)");
    if (!options_.cpus.empty())
      notes.push_back(fmt::format("timed on CPU {} only", fmt::join(options_.cpus, ", ")));
    if (options_.fixed_layout) notes.emplace_back("timed without address space layout randomization");
    return notes;
  }

  /// All but the answers to the questions of pgo.toml, which are about the rest.
  report::Results assemble(report::Results header, Timed timed, const report::Verdicts& verdicts,
                           Findings findings) const {
    auto results = std::move(header);
    static_cast<Rows&>(results) = std::move(timed.rows);
    static_cast<report::Verdicts&>(results) = verdicts;
    results.benchmarks = std::move(timed.benchmarks);
    results.recommendation = recommend(results, results, config_.measure.precision);
    if (const auto* row = recommended(results, results, config_.measure.precision))
      results.recommended = row->name;
    results.phases = std::move(findings.phases);
    results.groups = std::move(findings.groups);
    results.inspected = std::move(findings.inspected);
    results.allocations = std::move(findings.allocations);
    results.flamegraphs = std::move(findings.flamegraphs);
    for (const auto& build : results.phases.build)
      for (auto& row : results.variants)
        if (row.name == build.variant && row.build) row.build->phases = build.phases;
    return results;
  }

  /// In an analysis what was not timed is not open: it was not asked for.
  void answer(Judged judged, report::Results& results) const {
    results.goals = std::move(judged.goals);
    results.decisions = std::move(judged.decisions);
    results.amdahl = std::move(judged.amdahl);
    if (!options_.analyze) return;
    std::erase_if(results.goals, [](const auto& goal) { return !goal.met; });
    results.decisions.clear();
  }

  const Config& config_;
  const RunOptions& options_;
  const Layout& layout_;
  const std::vector<VariantPlan>& plans_;
  const std::vector<Workload>& workloads_;
  const Unfinished& earlier_;
  const Workshop& workshop_;
  Entrants entrants_;
  Entrants candidates_;
  measure::Sampler& sampler_;
  Nanoseconds began_ = now();
  Examination examination_;
};

}  // namespace

report::Results run_stages(const RunContext& context, report::Results header) {
  return Run(context).run(std::move(header));
}

}  // namespace pgo_orch::orchestrator
