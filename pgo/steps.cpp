#include <fmt/format.h>

#include <algorithm>

#include "pgo/feedback.h"
#include "pgo/lookups.h"
#include "pgo/recipe.h"
#include "profiles/build_environment.h"
#include "profiles/flags.h"
#include "profiles/generated.h"

namespace pgo_orch::pgo {

namespace fs = std::filesystem;
using profiles::Flag;

namespace {

/// The flags of one stage. Only rustflags may differ between the stages of a feedback build: cargo's
/// -C metadata, and with it every mangled symbol, depends on all of the profile and on --target, but
/// not on rustflags.
std::vector<Flag> stage_flags(const Recipe& recipe, Stage stage) {
  std::vector<Flag> flags = recipe.flags;
  for (auto& flag : feedback_flags(recipe, stage)) flags.push_back(std::move(flag));
  return flags;
}

/// Overrides the profile's strip and leaves -C metadata alone. The last of the flags: what is shipped has all
/// but this one.
Flag keep_symbols() {
  return {"-Cstrip=none", kept_for_proof};
}

/// All that is stripped is stripped the same way.
bool keeps_symbols(const Recipe& recipe, Stage stage) {
  return stage == Stage::optimized ||
         (stage == Stage::plain && recipe.strip != "none" && !recipe.tools.strip.empty());
}

std::vector<std::string> cargo_arguments(const Recipe& recipe, Stage stage) {
  auto argv = recipe.tools.build;
  const auto add = [&](std::initializer_list<std::string> words) { argv.insert(argv.end(), words); };
  add({"-v", "--profile", recipe.profile});
  for (const auto& config : recipe.outer_configs) add({"--config", config.string()});
  argv.insert(argv.end(), recipe.package_args.begin(), recipe.package_args.end());
  add({"--config", profiles::build_folder(recipe.folder.target_dir(stage))});
  if (recipe.user->sets_dep_info_base()) add({"--config", "build.dep-info-basedir=\"/\""});
  add({"--config", recipe.folder.config(stage).string()});  // the last one wins
  if (recipe.pass_target) add({"--target", recipe.target});
  add({"--target-dir", recipe.folder.target_dir(stage).string()});
  add({"--message-format", "json-render-diagnostics"});
  if (recipe.jobs > 0) add({"--jobs", std::to_string(recipe.jobs)});
  for (const Program& program : recipe.programs)
    add({program.is_example ? "--example" : "--bin", program.name});
  return argv;
}

/// Below the target folder. The built-in profiles share two; any other has its own. (cargo 1.95)
std::string profile_folder(const Recipe& recipe) {
  if (recipe.profile == "dev" || recipe.profile == "test") return "debug";
  return recipe.profile == "bench" ? "release" : recipe.profile;
}

BuildStep build_step(const Recipe& recipe, Stage stage, const fs::path& output_dir) {
  BuildStep step;
  step.stage = stage;
  for (const auto& [package, values] : recipe.settings.packages) step.packages.push_back(package);
  step.flags = stage_flags(recipe, stage);
  step.keeps_symbols = keeps_symbols(recipe, stage);
  if (step.keeps_symbols) {
    step.flags.push_back(keep_symbols());
    step.strip_flags = recipe.strip_flags;
  } else {
    step.flags.insert(step.flags.end(), recipe.strip_flags.begin(), recipe.strip_flags.end());
  }
  step.options = profiles::profile_options(recipe.settings, recipe.packages);
  for (const auto& key : recipe.package_keys)
    std::erase_if(step.options,
                  [&](const auto& option) { return option.key == (key == "debug" ? "debuginfo" : key); });
  if (step.keeps_symbols) {
    std::erase_if(step.options, [](const auto& option) { return option.key == "strip"; });
  }
  step.linker = recipe.linker;
  step.target_dir = recipe.folder.target_dir(stage);
  step.config = recipe.folder.config(stage);
  step.programs = recipe.programs;
  step.output_dir = output_dir;
  step.cargo_output_dir =
      step.target_dir / (recipe.pass_target ? recipe.target : "") / profile_folder(recipe);
  step.toolchain_libraries = recipe.tools.libraries;
  step.units_file = recipe.folder.units(stage);
  step.command.argv = cargo_arguments(recipe, stage);
  step.command.cwd = recipe.cargo_cwd;
  step.command.env = recipe.tools.env;
  for (auto& [name, value] : profiles::build_environment(recipe.settings, step.flags, *recipe.user)) {
    step.command.env[name] = value;
  }
  // In every stage, so that all C is compiled alike.
  if (recipe.keeps_c_out)
    for (auto& [name, value] : profiles::without_profiles_of_c(recipe.environment()))
      step.command.env[name] = value;
  if (stage == Stage::optimized && recipe.pinning) {
    step.pinning = recipe.pinning;
    step.command.env["RUSTC_WRAPPER"] = recipe.pinning->script.string();
  }
  step.command.stdout_file = recipe.folder.root / fmt::format("{}.jsonl", name_of(stage));
  step.command.log_file = recipe.folder.log(stage);
  step.command.timeout = recipe.build_timeout;
  return step;
}

std::vector<fs::path> executables(const Recipe& recipe, const fs::path& folder) {
  std::vector<fs::path> files;
  for (const Program& program : recipe.programs) files.push_back(folder / program.name);
  return files;
}

/// Where the raw profiles of a workload are.
fs::path raw_folder(const VariantFolder& folder, const Workload& workload) {
  return folder.alias / "profiles" / "raw" / workload.name;
}

TrainStep train_step(const Recipe& recipe, const Workload& workload) {
  TrainStep step;
  step.workload = with_executable(workload, recipe.folder.instrumented() / workload.program);
  step.executable = recipe.folder.instrumented() / workload.program;
  step.stray_dir = recipe.folder.stray();
  step.raw_dir = raw_folder(recipe.folder, workload);
  step.command =
      workload_command(workload, recipe.folder.instrumented() / workload.program, recipe.settings.run_env);
  // %m: one file a binary; %p: one a process, so that no two write to the same. The folder goes by its alias,
  // since a '%' in it would be a pattern too.
  step.command.env["LLVM_PROFILE_FILE"] = (step.raw_dir / "%m_%p.profraw").string();
  step.command.log_file = recipe.folder.root / "train.log";
  step.command.timeout = workload.train_timeout;
  step.command.waits_for_all = true;
  if (workload.lost_profiles != LostProfiles::ignore)
    step.command.profile_folders = {step.raw_dir, step.stray_dir};
  if (recipe.command) step.hint = recipe.command->no_clang;
  return step;
}

constexpr const char* lookups_origin = "rustc says which functions it looks up; changes no code";

std::vector<Flag> without_tracing(std::vector<Flag> flags) {
  std::erase_if(flags, [](const Flag& flag) { return flag.text == trace_lookups; });
  return flags;
}

/// By hand one gets what is shipped: without the flags that only pgo-orch needs.
std::vector<profiles::Flag> shipped_flags(const BuildStep& build) {
  auto flags = build.flags;
  if (build.keeps_symbols) flags.pop_back();
  flags = without_tracing(std::move(flags));
  flags.insert(flags.end(), build.strip_flags.begin(), build.strip_flags.end());
  return flags;
}

/// A whole command for a person: in a target folder of its own, so that what was built here stays as it is.
std::string by_hand(toolchains::Command command, const fs::path& variant) {
  in_target_folder(command, variant / "target");
  return toolchains::to_shell({.argv = command.argv, .cwd = command.cwd, .env = command.env});
}

}  // namespace

profiles::Environment Recipe::environment() const {
  return user->seen_by_build_scripts(settings.env);
}

std::vector<Flag> feedback_flags(const Recipe& recipe, Stage stage) {
  std::vector<Flag> flags;
  if (stage == Stage::plain) return flags;
  const auto& pgo = *recipe.settings.pgo;
  if (stage == Stage::instrumented) {
    for (const auto& cfg : pgo.stage_cfg) flags.push_back({"--cfg=" + cfg, "pgo (stage-cfg)"});
    flags.push_back({"-Cprofile-generate=" + recipe.folder.stray().string(), "pgo (instrument)"});
    return flags;
  }
  if (pgo.hot_cutoff)
    flags.push_back({"-Cllvm-args=" + hot_cutoff_option(*pgo.hot_cutoff), "pgo (hot-cutoff)"});
  const fs::path profile = pgo.profile.empty() ? recipe.folder.merged()
                           : recipe.pinning    ? recipe.pinning->used
                                               : pgo.profile;
  flags.push_back({"-Cprofile-use=" + profile.string(), "pgo (use)"});
  // Of a profile that was just trained, the metadata of both builds tells more.
  if (!pgo.profile.empty() && !recipe.command) flags.push_back({trace_lookups, lookups_origin});
  return flags;
}

std::string hot_cutoff_option(double fraction) {
  constexpr double whole = 1'000'000;  // llvm/lib/ProfileData/ProfileSummaryBuilder.cpp
  return fmt::format("-profile-summary-cutoff-hot={:.0f}", fraction * whole);
}

std::vector<Step> training_steps(const Recipe& recipe) {
  std::vector<Step> steps;
  MergeStep merge;
  merge.llvm_profdata = recipe.tools.llvm_profdata;
  merge.profile = recipe.folder.merged();
  merge.log = recipe.folder.root / "merge.log";
  merge.keep_raw = recipe.settings.pgo->keep_raw;
  merge.balance = recipe.settings.pgo->balance;
  merge.keep_each = recipe.settings.pgo->leave_one_out;
  if (recipe.left_out) merge.trained_by = recipe.left_out->variant;
  for (const Workload& workload : recipe.training) {
    const VariantFolder& folder = recipe.left_out ? recipe.trained_in : recipe.folder;
    merge.inputs.push_back({workload.name, raw_folder(folder, workload), workload.weight});
    if (!recipe.left_out) steps.emplace_back(train_step(recipe, workload));
  }
  steps.emplace_back(std::move(merge));
  return steps;
}

ProveStep prove_step(const Recipe& recipe) {
  const auto& saved = recipe.settings.pgo->profile;
  ProveStep prove;
  prove.llvm_profdata = recipe.tools.llvm_profdata;
  prove.profile = saved.empty() ? recipe.folder.merged() : saved;
  prove.executables = executables(recipe, recipe.folder.linked());
  prove.log = recipe.folder.root / "prove.log";
  prove.min_coverage = recipe.settings.pgo->min_coverage;
  if (!saved.empty()) {
    prove.retrain_below = recipe.settings.pgo->retrain_below;
    prove.retrain = recipe.retrain;
    if (recipe.pinning) prove.used = recipe.pinning->used;
  }
  return prove;
}

StripStep strip_step(const Recipe& recipe) {
  StripStep strip;
  strip.tool = recipe.tools.strip.empty() ? "strip" : recipe.tools.strip;
  strip.strip = recipe.strip;
  strip.strip_by_flags = recipe.strip_by_flags;
  strip.executables = executables(recipe, recipe.folder.linked());
  strip.output_dir = recipe.folder.alias / "bin";  // llvm-strip, too, takes a '%' in a name for a pattern
  strip.log = recipe.folder.root / "strip.log";
  return strip;
}

namespace {

std::vector<Step> feedback_steps(const Recipe& recipe) {
  const bool trains = recipe.settings.pgo->profile.empty();
  std::vector<Step> steps;
  if (trains && !recipe.left_out)
    steps.emplace_back(build_step(recipe, Stage::instrumented, recipe.folder.instrumented()));
  if (trains)
    for (auto& step : training_steps(recipe)) steps.push_back(std::move(step));
  steps.emplace_back(build_step(recipe, Stage::optimized, recipe.folder.linked()));

  auto prove = prove_step(recipe);
  if (trains)
    prove.instrumented_units =
        (recipe.left_out ? recipe.trained_in : recipe.folder).units(Stage::instrumented);
  if (!trains) prove.lookups = recipe.folder.log(Stage::optimized);
  prove.optimized_units = recipe.folder.units(Stage::optimized);
  steps.emplace_back(std::move(prove));
  auto strip = strip_step(recipe);
  strip.units_file = recipe.folder.units(Stage::optimized);
  steps.emplace_back(std::move(strip));
  return steps;
}

}  // namespace

std::vector<Step> steps_of(const Recipe& recipe) {
  if (recipe.command) return command_steps(recipe);
  if (recipe.settings.pgo) return feedback_steps(recipe);
  if (!keeps_symbols(recipe, Stage::plain)) return {build_step(recipe, Stage::plain, recipe.folder.bin())};
  auto strip = strip_step(recipe);
  strip.units_file = recipe.folder.units(Stage::plain);
  return {build_step(recipe, Stage::plain, recipe.folder.linked()), strip};
}

void in_target_folder(toolchains::Command& command, const fs::path& target_dir) {
  const auto option = std::ranges::find(command.argv, "--target-dir");
  const std::string before = profiles::build_folder(*(option + 1));
  *(option + 1) = target_dir.string();
  std::ranges::replace(command.argv, before, profiles::build_folder(target_dir));
}

void link_by(BuildStep& step, const std::string& target, const fs::path& linker) {
  const auto config = std::ranges::find(step.command.argv, step.config.string());
  step.command.argv.insert(config + 1, {"--config", fmt::format("target.{}.linker={}", target,
                                                                profiles::toml_string(linker.string()))});
  const bool by_flag = std::ranges::any_of(
      step.flags, [](const Flag& flag) { return profiles::key_of(flag.text).key == "linker"; });
  if (!by_flag) return;
  step.flags.push_back({"-Clinker=" + linker.string(), "pgo-orch"});
  step.command.env["CARGO_ENCODED_RUSTFLAGS"] = profiles::encode(step.flags);
}

void tell_lookups(BuildStep& step) {
  const auto tells = [](const Flag& flag) { return flag.text == trace_lookups; };
  if (std::ranges::any_of(step.flags, tells)) return;
  step.flags.insert(step.flags.begin(), {trace_lookups, lookups_origin});
  step.command.env["CARGO_ENCODED_RUSTFLAGS"] = profiles::encode(step.flags);
}

toolchains::Command quiet_command(const BuildStep& step) {
  toolchains::Command command = step.command;
  command.stdout_file.clear();
  std::erase(command.argv, "-v");
  command.env["CARGO_ENCODED_RUSTFLAGS"] = profiles::encode(without_tracing(step.flags));
  const auto format = std::ranges::find(command.argv, "--message-format");
  command.argv.erase(format, format + 2);
  return command;
}

toolchains::Command shipped_command(const BuildStep& step) {
  auto command = quiet_command(step);
  command.env["CARGO_ENCODED_RUSTFLAGS"] = profiles::encode(shipped_flags(step));
  return command;
}

std::vector<GeneratedFile> files_of(const Recipe& recipe,
                                    const std::optional<profiles::SourcePackage>& package) {
  std::vector<GeneratedFile> files;
  profiles::FileFacts facts{.variant = recipe.variant,
                            .profile = recipe.profile,
                            .command = "",
                            .target = recipe.target,
                            .pass_target = recipe.pass_target,
                            .linker = recipe.linker_driver};
  std::vector<profiles::Flag> final_flags;
  const auto steps = steps_of(recipe);
  for (const auto& step : compile_steps(steps)) {
    const auto* build = std::get<const BuildStep*>(step);
    facts.command = by_hand(shipped_command(*build), recipe.folder.alias);
    facts.forced = profiles::forced_by_user(build->command.env, *recipe.user);
    facts.rustc_wrapper = build->pinning ? build->pinning->script.string() : "";
    files.push_back(
        {build->config, profiles::stage_config(recipe.settings, without_tracing(build->flags), facts)});
    final_flags = shipped_flags(*build);
  }
  if (package) {
    facts.command =
        recipe.profile == "release" ? "cargo build --release" : "cargo build --profile " + recipe.profile;
  }
  files.push_back({recipe.folder.root / "Cargo.toml",
                   package ? profiles::source_manifest(*package, recipe.settings, facts)
                           : profiles::profile_manifest(recipe.settings, facts)});
  files.push_back({recipe.folder.root / ".cargo" / "config.toml",
                   profiles::cargo_config(recipe.settings, final_flags, facts)});
  return files;
}

}  // namespace pgo_orch::pgo
