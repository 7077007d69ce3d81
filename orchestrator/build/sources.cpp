#include "orchestrator/build/sources.h"

#include <fmt/format.h>

#include <algorithm>

#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/tree.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using toolchains::Command;

namespace {

/// A state folder, of this run or another: see create_state_folder.
bool is_state_folder(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "variants", ignored) && fs::is_regular_file(folder / ".gitignore", ignored) &&
         toolchains::read_file(folder / ".gitignore") == "*\n";
}

/// Folders that are no source: what cargo and git made, and our own.
toolchains::Exclude not_source(const fs::path& from, const Layout& layout) {
  return [from, state = layout.state](const fs::path& relative) {
    std::error_code ignored;
    const fs::path path = from / relative;
    const bool cargo_made = relative.filename() == "target" && fs::exists(path / "CACHEDIR.TAG", ignored);
    return cargo_made || relative.filename() == ".git" || path == state || is_state_folder(path);
  };
}

void mirror(const Mirror& mirror, const Layout& layout) {
  const auto source = not_source(mirror.from, layout);
  // The lock file of a mirror is its own: cargo brings it up to date there.
  const auto exclude = [&](const fs::path& relative) { return relative == "Cargo.lock" || source(relative); };
  toolchains::mirror_tree(
      mirror.from, mirror.to,
      {exclude, mirror.copy ? toolchains::MirrorFiles::copy : toolchains::MirrorFiles::symlink});
}

/// The user's lock file, even an old one, is what cargo starts from; again whenever the user's changes.
void hand_over_lock(const fs::path& from, const fs::path& to, const Layout& layout) {
  std::error_code ignored;
  if (!fs::exists(from, ignored)) return;
  // Not beside it: a new file in a package makes its build script run again.
  const fs::path seen = layout.state / "locks" / toolchains::sha256(to.string()).substr(0, 16);
  if (toolchains::write_if_different(seen, toolchains::read_file(from)) || !fs::exists(to, ignored)) {
    toolchains::copy_file_exact(from, to);
  }
}

StepResult run_or_fail(const std::string& stage, const Command& command, toolchains::Runner& runner) {
  log_command(command.log_file, command);
  const auto outcome = runner.run(command);
  if (outcome.ok()) return std::nullopt;
  return failed_command(stage, command, outcome);
}

Command cargo_fetch(const Planner& planner, const fs::path& cwd, const std::string& target) {
  Command command;
  command.argv = {planner.rust().cargo.string(), "fetch"};
  const bool in_place = cwd == planner.config().project.manifest.parent_path();
  if (in_place) command.argv.emplace_back("--locked");  // it must not write into the user's tree
  if (!planner.config().project.host_flags) command.argv.insert(command.argv.end(), {"--target", target});
  if (!in_place) {
    for (const auto& file : planner.project().outer_configs)
      command.argv.insert(command.argv.end(), {"--config", file.string()});
  }
  command.cwd = cwd;
  command.env = planner.rust().env;
  command.env["CARGO_TERM_COLOR"] = "never";
  command.env["RUSTC_WRAPPER"] = "";
  command.env["RUSTC_WORKSPACE_WRAPPER"] = "";
  command.env["CARGO_ENCODED_RUSTFLAGS"] = "";
  command.log_file = planner.layout().state / "fetch.log";
  return command;
}

/// A package with the same dependencies and no code: its lock file serves all variants.
fs::path generate_lock_package(const Planner& planner) {
  const fs::path folder = planner.layout().resolved();
  auto package = source_package(planner.config());
  for (auto& program : package.programs) {
    program.path = "empty.rs";
  }
  profiles::FileFacts facts{.variant = "(all)", .profile = "release", .command = "cargo fetch", .target = ""};
  toolchains::write_if_different(folder / "Cargo.toml", profiles::source_manifest(package, {}, facts));
  toolchains::write_if_different(folder / "empty.rs", "fn main() {}\n");
  return folder;
}

StepResult apply_patch(const VariantPlan& plan, const fs::path& folder, const fs::path& log,
                       toolchains::Runner& runner) {
  Command command;
  command.argv = {"git", "apply", "--whitespace=nowarn", plan.source.patch.string()};
  command.cwd = folder;
  command.log_file = log;
  // Inside a user's repository git would take the paths as relative to its root, and silently patch
  // nothing.
  command.env["GIT_CEILING_DIRECTORIES"] = folder.parent_path().string();
  command.env["GIT_DIR"] = std::nullopt;
  command.env["GIT_WORK_TREE"] = std::nullopt;
  return run_or_fail("patch", command, runner);
}

/// Fresh copies beside the real ones, patched, and only then compared: so an unchanged file keeps its time.
StepResult patch_copies(const VariantPlan& plan, toolchains::Runner& runner) {
  const fs::path log = plan.source.patch_folder.parent_path() / "patch.log";
  const toolchains::TempDir fresh("patching", plan.source.patch_folder.parent_path());
  for (const auto& [from, to] : plan.source.copies)
    toolchains::copy_file_exact(from, fresh.path() / to.filename());
  if (auto failed = apply_patch(plan, fresh.path(), log, runner)) return failed;
  for (const auto& [from, to] : plan.source.copies) {
    toolchains::write_if_different(to, toolchains::read_file(fresh.path() / to.filename()));
  }
  return std::nullopt;
}

/// What the patch touched is as old as the newer of its original and the patch: cargo goes by times, and must
/// find a tree fresh that was patched in the same way before.
void settle_times(const fs::path& original, const fs::path& patched, const fs::path& patch) {
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(patched)) {
    if (!entry.is_regular_file() || entry.is_symlink()) continue;
    const auto before = fs::last_write_time(original / entry.path().lexically_relative(patched), ignored);
    if (!ignored && before == entry.last_write_time()) continue;
    fs::last_write_time(entry.path(),
                        std::max(ignored ? fs::file_time_type::min() : before, fs::last_write_time(patch)));
  }
}

/// The mirrored tree is made again below a temporary name, patched, and then mirrored onto the one that cargo
/// sees.
StepResult patch_mirrors(const VariantPlan& plan, const Planner& planner, toolchains::Runner& runner) {
  const fs::path base = planner.layout().variant(plan.name);
  const fs::path log = base / "patch.log";
  const fs::path fresh = base / "patching";
  for (const Mirror& each : plan.source.mirrors) {
    mirror({each.from, fresh / each.to.lexically_relative(base), true}, planner.layout());
  }
  const fs::path folder = fresh / plan.source.patch_folder.lexically_relative(base);
  if (auto failed = apply_patch(plan, folder, log, runner)) return failed;
  for (const Mirror& each : plan.source.mirrors) {
    const fs::path patched = fresh / each.to.lexically_relative(base);
    settle_times(each.from, patched, plan.source.patch);
    mirror({patched, each.to, true}, planner.layout());
  }
  fs::remove_all(fresh);
  const auto& project = planner.project();
  const fs::path root = project.shadow.empty()
                            ? project.workspace_root
                            : mirrored(project, project.workspace_root, planner.layout().shadow());
  hand_over_lock(root / "Cargo.lock", plan.source.patch_folder / "Cargo.lock", planner.layout());
  return std::nullopt;
}

}  // namespace

StepResult prepare_project(const Planner& planner, const std::string& target, toolchains::Runner& runner) {
  const auto& layout = planner.layout();
  const auto& project = planner.project();
  for (const auto& file : workload_files(planner.workloads()))
    toolchains::write_if_different(file.path, file.text);
  if (planner.config().project.kind == ProjectKind::command) return std::nullopt;
  for (const Mirror& each : project.shadow) mirror(each, layout);
  fs::path cwd = project.cargo_cwd;
  if (!project.shadow.empty()) {
    hand_over_lock(project.workspace_root / "Cargo.lock", project.shadow.front().to / "Cargo.lock", layout);
  }
  if (planner.config().project.kind == ProjectKind::source) cwd = generate_lock_package(planner);
  return run_or_fail("fetch", cargo_fetch(planner, cwd, target), runner);
}

namespace {

StepResult take_sources(const VariantPlan& plan, const Planner& planner, toolchains::Runner& runner) {
  if (!plan.source.patch.empty()) {
    return plan.source.mirrors.empty() ? patch_copies(plan, runner) : patch_mirrors(plan, planner, runner);
  }
  for (const auto& [from, to] : plan.source.copies)
    toolchains::write_if_different(to, toolchains::read_file(from));
  return std::nullopt;
}

/// Whether it may need crates that were not fetched for the project: a timed build must not wait for them.
bool needs_other_crates(const VariantPlan& plan, const Planner& planner) {
  const auto& config = planner.config();
  const auto& baseline = config.variants->at(config.variants->baseline()).settings;
  return !plan.source.patch.empty() || plan.target != planner.target_of(baseline);
}

}  // namespace

StepResult prepare_variant(const VariantPlan& plan, const Planner& planner, toolchains::Runner& runner) {
  for (const auto& file : plan.files) toolchains::write_if_different(file.path, file.text);
  if (!plan.source.lock_file.empty()) {
    toolchains::write_if_different(plan.source.lock_file,
                                   toolchains::read_file(planner.layout().resolved() / "Cargo.lock"));
  }
  if (auto failed = take_sources(plan, planner, runner)) return failed;
  if (planner.config().project.kind == ProjectKind::command || !needs_other_crates(plan, planner))
    return std::nullopt;
  const auto& cwd = std::get<pgo::BuildStep>(plan.steps.front()).command.cwd;
  return run_or_fail("fetch", cargo_fetch(planner, cwd, plan.target), runner);
}

namespace {

/// A generated package: its own files, and the program's.
SourceCopy copy_package(const VariantPlan& plan, const fs::path& folder, const fs::path& file,
                        const fs::path& to) {
  const auto is_other = [](const fs::path& relative) {
    const fs::path top = *relative.begin();
    return top != "src" && top != ".cargo" && top != "Cargo.toml" && top != "Cargo.lock";
  };
  toolchains::mirror_tree(folder, to, {is_other, toolchains::MirrorFiles::copy});
  SourceCopy copy{to, {}};
  for (const auto& [from, place] : plan.source.copies) {
    if (from == file || place.filename() == file.filename())
      copy.edited = to / place.lexically_relative(folder);
  }
  return copy;
}

fs::path existing(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored) ? file : fs::path();
}

}  // namespace

SourceCopy copy_sources(const VariantPlan& plan, const Planner& planner, const fs::path& file,
                        const fs::path& to) {
  const auto& project = planner.project();
  const fs::path folder = planner.layout().variant(plan.name);
  if (planner.config().project.kind == ProjectKind::source) return copy_package(plan, folder, file, to);
  const fs::path patched = folder / "patched";
  for (const Mirror& each : mirrors_of(project, to, true)) {
    const fs::path own = patched / each.to.lexically_relative(to);
    mirror({plan.source.patch.empty() ? each.from : own, each.to, true}, planner.layout());
  }
  const fs::path lock = plan.source.patch.empty()
                            ? project.shadow.empty()
                                  ? project.workspace_root
                                  : mirrored(project, project.workspace_root, planner.layout().shadow())
                            : plan.source.patch_folder;
  const fs::path workspace = mirrored(project, project.workspace_root, to);
  if (const auto had = existing(lock / "Cargo.lock"); !had.empty())
    toolchains::copy_file_exact(had, workspace / "Cargo.lock");
  const auto& manifest = planner.config().project.manifest;
  return {mirrored(project, manifest.parent_path(), to), existing(mirrored(project, file, to))};
}

}  // namespace pgo_orch::orchestrator
