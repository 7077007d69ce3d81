#include "orchestrator/time/scenario_session.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/plan/project.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// With the first error of the compiler, if there is one.
std::string reason_of(const StepFailure& failed) {
  const auto& tail = failed.failure.tail;
  if (tail.empty() || !tail.front().starts_with("error")) return failed.reason;
  return fmt::format("{}: {}", failed.reason, tail.front());
}

}  // namespace

Turn take_turn(const IncrementalBuild& build, const std::set<BuildScenario>& wanted, bool warm) {
  Turn turn;
  // Always with a new time, by which cargo goes.
  const auto write = [&](const std::string& text) {
    if (!build.edited.empty()) toolchains::write_file_atomically(build.edited, text);
  };
  const auto run = [&](BuildScenario scenario) {
    Again again;
    const auto failed = attempt("build", [&] { return build.build(again); });
    turn.interrupted = failed && failed->interrupted;
    if (failed && !failed->interrupted) {
      for (const auto other : wanted)
        if (other >= scenario) turn.reasons[other] = reason_of(*failed);
    } else if (!failed && wanted.contains(scenario)) {
      if (scenario == BuildScenario::incr_patched && again.all_fresh)  // its time would be a lie
        turn.reasons[scenario] =
            "cargo found nothing to build after the edit: the program does not use that file";
      else
        turn.took[scenario] = again.took;
    }
    return !failed;
  };
  write(build.original);
  if (wanted.contains(BuildScenario::incr_full) || !warm) build.forget();
  if (!run(BuildScenario::incr_full)) return turn;
  if (wanted.contains(BuildScenario::incr_unchanged) && !run(BuildScenario::incr_unchanged)) return turn;
  if (!wanted.contains(BuildScenario::incr_patched)) return turn;
  if (build.edited.empty() || build.patched == build.original) {
    turn.reasons[BuildScenario::incr_patched] =
        "the file of [build] patch is not one of its sources, or does not contain the text to replace";
    return turn;
  }
  write(build.patched);
  run(BuildScenario::incr_patched);
  write(build.original);
  return turn;
}

EditedText apply_edit(const SourceEdit& edit, std::string_view text) {
  EditedText edited;
  std::size_t from = 0;
  const auto next = [&] { return edit.replace.empty() ? std::string::npos : text.find(edit.replace, from); };
  for (std::size_t at = next(); at != std::string::npos; at = next()) {
    edited.text += text.substr(from, at - from);
    edited.text += edit.with;
    from = at + edit.replace.size();
    ++edited.places;
  }
  edited.text += text.substr(from);
  return edited;
}

fs::path edited_file(const Config& config) {
  return (project_folder(config) / config.build.patch->file).lexically_normal();
}

int check_source_edit(const Config& config) {
  const auto& scenarios = config.build.scenarios;
  const bool asked = std::ranges::find(scenarios, BuildScenario::incr_patched) != scenarios.end();
  if (!asked || !config.build.patch) return 0;
  const auto& edit = *config.build.patch;
  const fs::path file = edited_file(config);
  if (!fs::is_regular_file(file)) {
    throw Error(fmt::format("{}: [build] patch: there is no file {}; 'file' is relative to {}",
                            config.file.string(), file.string(), project_folder(config).string()));
  }
  const auto edited = apply_edit(edit, toolchains::read_file(file));
  if (edited.places == 0) {
    throw Error(
        fmt::format("{}: [build] patch: {} does not contain \"{}\"; 'replace' must match its text exactly",
                    config.file.string(), file.string(), edit.replace));
  }
  if (edit.replace == edit.with) {
    throw Error(fmt::format("{}: [build] patch: 'replace' and 'with' are the same: that changes nothing",
                            config.file.string()));
  }
  return edited.places;
}

}  // namespace pgo_orch::orchestrator
