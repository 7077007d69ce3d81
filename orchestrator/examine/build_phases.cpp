#include "orchestrator/examine/build_phases.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "measure/build_phases/build_phases.h"
#include "measure/helpers.h"
#include "measure/statistics/statistics.h"
#include "orchestrator/build/build_stage.h"
#include "orchestrator/build/command_stage.h"
#include "pgo/shim_contract.h"
#include "report/results_json.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/interrupt.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// A build under observation, and the files with what was observed.
struct Watched {
  toolchains::Command command;
  fs::path calls;       ///< the shims' log
  fs::path timings;     ///< cargo's own report; empty: not cargo
  fs::path own_phases;  ///< the compiler's own; empty: cargo
};

Nanoseconds now() {
  return std::chrono::steady_clock::now().time_since_epoch();  // CLOCK_MONOTONIC, as the shims' times
}

/// As the variant is built, in a target folder of its own. rustc is called through the shim by cargo, and
/// finds the linker's shim on the PATH: so both are the ones that they are without.
Watched watch(const pgo::BuildStep& step, const fs::path& folder, const fs::path& target_dir) {
  Watched watched{in_target_folder(step, target_dir),
                  folder / "phases.calls.jsonl",
                  target_dir / "cargo-timings" / "cargo-timing.html",
                  {}};
  auto& command = watched.command;
  command.argv.emplace_back("--timings");
  command.stdout_file = folder / "phases.jsonl";
  command.log_file = folder / "phases.log";
  const fs::path shims = folder / "shims-phases";
  const fs::path shim = measure::find_helper(fs::read_symlink("/proc/self/exe"), "pgo-orch-shim");
  measure::link_shim(shims, shim, {"cc", "c++", "gcc", "g++", "clang", "clang++"});
  const auto path = command.env.contains("PATH") ? command.env["PATH"] : toolchains::variable("PATH");
  command.env["PATH"] = shims.string() + ":" + path.value_or("");
  // Where names are pinned, the wrapper that does it starts the shim.
  command.env[step.pinning ? "PGO_ORCH_WRAPPER" : "RUSTC_WRAPPER"] = shim.string();
  command.env[shim::dir_variable] = shims.string();
  command.env[shim::log_variable] = watched.calls.string();
  command.env[shim::passes_variable] = "1";
  return watched;
}

Watched watch(const pgo::CommandStep& step, const fs::path& folder, const fs::path&) {
  Watched watched{step.command, folder / "phases.calls.jsonl", {}, folder / "phases.own.jsonl"};
  start_from_nothing(step);
  watched.command.log_file = folder / "phases.log";
  watched.command.env[shim::log_variable] = watched.calls.string();
  watched.command.env[shim::phases_variable] = watched.own_phases.string();
  watched.command.env[shim::passes_variable] = "1";
  return watched;
}

std::string text_of(const fs::path& file) {
  std::error_code missing;
  return !file.empty() && fs::exists(file, missing) ? toolchains::read_file(file) : "";
}

report::BuildPhases run_watched(const Watched& watched, const Workshop& workshop) {
  report::BuildPhases result;
  for (const auto& file : {watched.calls, watched.own_phases}) fs::remove(file);
  measure::BuildInterval interval;
  interval.start = now();
  const auto outcome = run_logged(watched.command, workshop.runner);
  interval.end = now();
  if (!outcome.ok()) {
    result.unavailable = fmt::format("the watched build failed: {}; see {}", describe(outcome),
                                     watched.command.log_file.string());
    return result;
  }
  interval.cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  interval.cpu = outcome.user + outcome.system;
  interval.own_compiler = watched.timings.empty();
  auto log = measure::parse_build_log(text_of(watched.calls));
  std::vector<measure::CargoUnit> units;
  const auto html = text_of(watched.timings);
  if (const auto problem = problem_in([&] {
        if (!html.empty()) units = measure::units_of_timings(html);
      }))
    log.notes.push_back(fmt::format("the times of build scripts are unknown: {}", *problem));
  std::vector<measure::OwnPhase> own;
  const auto text = text_of(watched.own_phases);
  if (const auto problem =
          problem_in([&] { own = measure::parse_own_phases(text, watched.own_phases.string()); }))
    log.notes.push_back(fmt::format("the compiler's report of its own phases is not used: {}", *problem));
  static_cast<measure::BuildPhases&>(result) = measure::build_phases_of(log.events, interval, units, own);
  result.dominant = measure::dominant(result.phases, measure::dominant_in_a_build);
  result.notes.insert(result.notes.end(), log.notes.begin(), log.notes.end());
  return result;
}

/// What an earlier run found, and of which build.
struct Kept {
  fs::path file;
  std::string key;
};

std::optional<report::BuildPhases> load(const Kept& kept) {
  const std::string text = text_of(kept.file);
  const auto line = text.find('\n');
  if (line == std::string::npos || text.substr(0, line) != kept.key) return std::nullopt;
  try {
    return report::from_json_line<report::BuildPhases>(text.substr(line + 1));
  } catch (const Error&) {
    return std::nullopt;  // of another version: ignored
  }
}

/// The same command may build other sources or use another rustc, so the programs are part of the key.
std::string key_of(const pgo::BuildStep& step, const fs::path& folder, const std::string& toolchain) {
  toolchains::Sha256 digest;
  digest.field(times_key(step)).field(toolchain);
  for (const auto& program : step.programs)
    digest.field(toolchains::sha256_of_file(folder / "bin" / program.name));
  return digest.hex();
}

report::BuildPhases split(const pgo::BuildStep& step, const fs::path& folder, const std::string& toolchain,
                          const Workshop& workshop) {
  const Kept kept{folder / "phases.json", key_of(step, folder, toolchain)};
  if (auto known = load(kept)) return *known;
  const toolchains::PassingFolder target_dir(step.target_dir.parent_path() / "target-phases");
  auto result = run_watched(watch(step, folder, target_dir.path()), workshop);
  if (result.unavailable.empty())
    toolchains::write_file_atomically(kept.file, kept.key + "\n" + report::to_json_line(result));
  return result;
}

report::BuildPhases split(const pgo::CommandStep& step, const fs::path& folder, const std::string&,
                          const Workshop& workshop) {
  return run_watched(watch(step, folder, {}), workshop);
}

}  // namespace

report::BuildPhases split_build(const VariantPlan& plan, const Workshop& workshop) {
  const fs::path folder = workshop.planner.layout().variant(plan.name);
  report::BuildPhases result;
  const auto problem = problem_in([&] {
    result = std::visit([&](const auto* step) { return split(*step, folder, plan.toolchain, workshop); },
                        pgo::compile_steps(plan.steps).back());
  });
  if (problem) result.unavailable = *problem;
  result.variant = plan.name;
  return result;
}

}  // namespace pgo_orch::orchestrator
