#include "orchestrator/examine/function_times.h"

#include <fmt/format.h>

#include <algorithm>

#include "measure/stacks/groups.h"
#include "orchestrator/build/command_stage.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/examine/build_phases.h"
#include "pgo/recipe.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

std::vector<measure::SymbolGroup> groups_of(const Config& config, PhaseOf of) {
  std::vector<measure::SymbolGroup> groups;
  for (const auto& group : config.questions.groups) {
    if (group.of == of) groups.push_back({group.name, group.symbols});
  }
  return groups;
}

}  // namespace

FlameGraphFiles write_flame_graph(toolchains::Runner& runner,
                                  const toolchains::Probe<toolchains::Program>& inferno,
                                  const report::FlameGraph& graph, const fs::path& stem) {
  // Not replace_extension: names may hold dots.
  FlameGraphFiles files{.folded = stem.string() + ".folded", .svg = {}, .note = ""};
  const fs::path svg = stem.string() + ".svg";
  fs::remove(svg);
  toolchains::write_file_atomically(files.folded, graph.folded);
  if (!inferno) {
    files.note =
        fmt::format("{} was not drawn: {}", files.folded.string(), toolchains::describe(inferno.missing()));
    return files;
  }
  const fs::path part = svg.string() + ".part";
  const auto command = report::draw_command(*inferno, graph, files.folded, part);
  if (const auto outcome = runner.run(command); !outcome.ok()) {
    fs::remove(part);
    files.note = fmt::format("{}: {}", to_shell(command), toolchains::describe(outcome));
    return files;
  }
  fs::rename(part, svg);
  files.svg = svg;
  return files;
}

FunctionTimes::FunctionTimes(const Workshop& workshop, fs::path folder, Nanoseconds budget)
    : workshop_(workshop),
      folder_(std::move(folder)),
      budget_(budget),
      profilers_(toolchains::find_profilers(workshop.runner, fs::read_symlink("/proc/self/exe"))) {}

Findings FunctionTimes::profile_run(const Workload& workload, const Traced& traced, Nanoseconds total) {
  const VariantPlan& plan = *traced.entrant.plan;
  const fs::path& executable = traced.with_symbols();
  measure::StacksRequest request;
  request.program = variant_command(workload, executable, plan.settings);
  if (workload.stdout_mode == pgo::StdoutMode::file)
    request.program.stdout_file = workshop_.planner.layout().scratch() / "profiled.out";
  request.program.timeout = workload.train_timeout;
  request.exit_codes = workload.expect.exit_codes;
  request.prepare = prepare_commands(workload, executable);
  request.budget = budget_;
  return profile({PhaseOf::run, workload.name, plan, total}, request);
}

Findings FunctionTimes::profile_build(const VariantPlan& plan, const pgo::CommandStep& step,
                                      const report::Build& build) {
  const Nanoseconds total = build.wall.value_or(Nanoseconds{});
  start_from_nothing(step);
  measure::StacksRequest request;
  request.program = step.command;
  request.most_runs = 1;  // a second one might find all done
  request.stack = Bytes{65528};
  // Room for perf; counting the instructions of a compiler would take minutes.
  request.budget = budget_ + 3 * total;
  if (build.wall && build.user && build.system)
    request.cost = measure::RunCost{*build.wall, *build.user + *build.system, *build.user};
  return profile({PhaseOf::build, "", plan, total}, request);
}

Findings FunctionTimes::profile(const Profiled& profiled, const measure::StacksRequest& request) {
  const auto& [of, workload, plan, total] = profiled;
  const toolchains::TempDir scratch("stacks", workshop_.planner.layout().scratch());
  const auto found = measure::sample_stacks(workshop_.runner, profilers_, request, scratch.path());
  const auto stacks = found.stacks.value_or(measure::Stacks{});
  Findings findings;
  auto& shares = findings.groups.emplace_back(report::GroupShares{{}, of, workload, plan.name, {}});
  if (stacks.total() == 0) {
    shares.unavailable = found.note.empty() ? "no samples were taken" : found.note;
    return findings;
  }
  static_cast<measure::GroupShares&>(shares) =
      measure::attribute(stacks, groups_of(workshop_.planner.config(), of), total);
  if (!found.note.empty()) shares.notes.push_back(found.note);
  const std::string title = of == PhaseOf::build ? fmt::format("the build of {}", plan.name)
                                                 : fmt::format("{} in {}", plan.name, workload);
  findings.add(draw(profiled, report::flame_graph(stacks, title), false));
  const std::string key = fmt::format("{} {}", to_word(of), workload);
  if (plan.baseline) first_.try_emplace(key, stacks);
  const auto first = first_.find(key);
  const bool is_other = first != first_.end() && !plan.baseline;
  if (is_other && report::comparable(first->second, stacks))
    findings.add(draw(
        profiled, report::differential_flame_graph(first->second, stacks, title + ", against the baseline"),
        true));
  return findings;
}

Findings FunctionTimes::draw(const Profiled& profiled, const report::FlameGraph& graph,
                             bool differential) const {
  // A folder for each, since names may have dots. Workloads and variants have names that are safe for files.
  const std::string of = to_word(profiled.of);
  const fs::path folder =
      folder_ / "flamegraphs" / (differential ? of + "-against-baseline" : of) / profiled.workload;
  toolchains::make_folders(folder);
  const auto files =
      write_flame_graph(workshop_.runner, profilers_.flamegraph, graph, folder / profiled.plan.name);
  const auto& file = files.svg.empty() ? files.folded : files.svg;
  Findings findings;
  findings.flamegraphs.push_back({profiled.of, profiled.workload, profiled.plan.name, differential,
                                  file.lexically_relative(folder_).string()});
  const std::string note = profilers_.flamegraph ? files.note
                                                 : "flame graphs are written as folded stacks, not drawn: " +
                                                       describe(profilers_.flamegraph.missing());
  if (!note.empty()) findings.notes.push_back(note);
  return findings;
}

}  // namespace pgo_orch::orchestrator
