// The steps of a project that has a build command of its own.

#include <algorithm>

#include "pgo/feedback.h"
#include "pgo/lookups.h"
#include "pgo/shim_contract.h"
#include "profiles/build_environment.h"
#include "profiles/flags.h"

namespace pgo_orch::pgo {

namespace fs = std::filesystem;
using profiles::Flag;

namespace {

/// They serve the proof; then the executable is stripped.
bool links_with_symbols(const Recipe& recipe, Stage stage) {
  return stage == Stage::optimized || (stage == Stage::plain && recipe.strip != "none");
}

/// Whether C is compiled by a clang whose profiles can be merged: another compiler takes other flags.
bool clang_compiles(const Recipe& recipe) {
  const auto& cc = recipe.command->cc;
  return !recipe.command->clang.empty() &&
         (cc.empty() || fs::path(cc).filename().string().starts_with("clang"));
}

/// The flags that compilers get, by who takes them.
struct FlagSets {
  std::vector<Flag> rustc, c, link, cargo;
};

void add_to_all(FlagSets& sets, const std::string& rustc, const std::string& c, const char* origin) {
  sets.rustc.push_back({rustc, origin});
  sets.cargo.push_back({rustc, origin});
  if (c.empty()) return;
  sets.c.push_back({c, origin});
  sets.link.push_back({c, origin});
}

FlagSets flags_of(const Recipe& recipe, Stage stage) {
  auto settings = recipe.settings;
  if (links_with_symbols(recipe, stage)) settings.strip = "none";
  FlagSets sets{
      profiles::profile_flags(settings), profiles::c_flags(settings), {}, recipe.command->cargo_flags};
  // Cargo's symbols depend on the profile's strip, so that stays the same in all stages. Without a wish of
  // the variant's, a cargo that the command calls goes on leaving out debug info, as in variants without pgo.
  if (links_with_symbols(recipe, stage))
    sets.cargo.push_back(
        {recipe.strip == "none" ? "-Cstrip=debuginfo" : "-Cstrip=none", "kept for the proof"});
  sets.rustc.insert(sets.rustc.end(), recipe.flags.begin(), recipe.flags.end());
  sets.link = profiles::link_flags(settings, recipe.flags);
  const bool has_clang = clang_compiles(recipe);
  for (const auto& flag : feedback_flags(recipe, stage)) {
    constexpr std::string_view codegen = "-Cprofile-";  // clang's are -fprofile-
    const bool is_shared = has_clang && flag.text.starts_with(codegen);
    add_to_all(sets, flag.text, is_shared ? "-f" + flag.text.substr(2) : "", flag.origin.c_str());
  }
  // As rustc does by itself: each function's section then tells what the profile said of it.
  if (stage != Stage::plain && has_clang)
    sets.c.push_back({"-ffunction-sections", "pgo (shows in the code)"});
  if (stage == Stage::optimized && has_clang && recipe.settings.pgo->hot_cutoff)
    sets.c.push_back({"-mllvm=" + hot_cutoff_option(*recipe.settings.pgo->hot_cutoff), "pgo (hot-cutoff)"});
  return sets;
}

std::string joined(const std::vector<Flag>& flags) {
  std::string text;
  for (const auto& flag : flags) text += (text.empty() ? "" : " ") + flag.text;
  return text;
}

/// A word that is nothing but the placeholder becomes as many words as there are flags.
bool expand(std::vector<std::string>& argv, const std::string& placeholder, const std::vector<Flag>& flags) {
  bool found = false;
  std::vector<std::string> words;
  for (const auto& word : argv) {
    found = found || word.find(placeholder) != std::string::npos;
    if (word == placeholder) {
      for (const auto& flag : flags) words.push_back(flag.text);
    } else {
      words.push_back(replace_placeholder(word, placeholder, joined(flags)));
    }
  }
  argv = std::move(words);
  return found;
}

/// Who takes flags by its command line has them there, and not by the shims a second time.
void give_flags(CommandStep& step) {
  step.command.argv = step.words;
  step.command.env[shim::cargo_rustflags_variable] = profiles::encode(step.cargo_flags);
  const auto give = [&](const char* placeholder, const char* variable, const std::vector<Flag>& flags) {
    if (expand(step.command.argv, placeholder, flags))
      step.takes_flags = true;
    else if (!flags.empty())
      step.command.env[variable] = profiles::encode(flags);
  };
  give("{flags}", shim::rustflags_variable, step.flags);
  give("{cflags}", shim::cflags_variable, step.c_flags);
  give("{ldflags}", shim::ldflags_variable, step.link_flags);
}

/// What would falsify a build, or send profiles elsewhere, goes; what the shims are told comes.
void set_environment(const Recipe& recipe, CommandStep& step) {
  auto& env = step.command.env;
  env = recipe.tools.env;
  for (const char* name : {"LLVM_PROFILE_FILE", "MAKEFLAGS", "MFLAGS", "CARGO_MAKEFLAGS"})
    env[name] = std::nullopt;
  std::string profile_keys;
  for (const auto& [name, value] : profiles::cargo_profile_environment(recipe.settings)) {
    env[name] = value;
    profile_keys += (profile_keys.empty() ? "" : std::string(1, shim::separator)) +
                    name.substr(std::string_view(profiles::release_variables).size());
  }
  if (!profile_keys.empty()) env[shim::cargo_profile_variable] = profile_keys;
  env[shim::dir_variable] = step.shims.string();
  env[shim::log_variable] = step.calls.string();
  env[shim::phases_variable] = step.own_phases.string();
  const std::string cc =
      recipe.settings.pgo && recipe.command->cc.empty() ? recipe.command->clang : recipe.command->cc;
  if (!cc.empty()) env[shim::cc_variable] = cc;
  // A cargo that is called may have C compiled by a clang whose profiles do not fit.
  if (!clang_compiles(recipe) && recipe.keeps_c_out)
    for (auto& [name, value] : profiles::without_profiles_of_c(recipe.environment())) env[name] = value;
  env["PGO_ORCH_VARIANT"] = recipe.variant;
  env["PGO_ORCH_STAGE"] = name_of(step.stage);
  env["PGO_ORCH_OUTPUT"] = step.output.string();
  env["PGO_ORCH_TMP"] = step.scratch.string();
  for (const auto& [name, value] : recipe.settings.env) env[name] = value;
  env["PATH"] = step.shims.string() + ":" + env["PATH"].value_or(recipe.command->path);
}

CommandStep command_step(const Recipe& recipe, Stage stage, const fs::path& output_dir) {
  const auto sets = flags_of(recipe, stage);
  const std::string name = name_of(stage);
  const std::string& program = recipe.programs.front().name;
  CommandStep step;
  step.stage = stage;
  // The same for all stages: paths are part of the code, and of what cargo derives symbols from.
  step.output = recipe.folder.root / "output" / program;
  step.program = output_dir / program;
  step.scratch = recipe.folder.root / "tmp";
  step.shims = recipe.folder.alias / "shims";  // a PATH knows no quotes
  step.shim = recipe.command->shim;
  step.calls = recipe.folder.root / (name + ".calls.jsonl");
  step.own_phases = recipe.folder.root / (name + ".phases.jsonl");
  step.flags = sets.rustc;
  step.c_flags = sets.c;
  step.link_flags = sets.link;
  step.cargo_flags = sets.cargo;
  step.command.cwd = recipe.command->cwd;
  step.command.log_file = recipe.folder.log(stage);
  step.command.timeout = recipe.build_timeout;
  set_environment(recipe, step);
  step.words = recipe.command->argv;
  for (auto& word : step.words) {
    word = replace_placeholder(word, "{output}", step.output);
    word = replace_placeholder(word, "{tmp}", step.scratch);
  }
  give_flags(step);
  return step;
}

}  // namespace

void tell_lookups(CommandStep& step) {
  constexpr const char* origin = "compilers say which functions they look up; changes no code";
  step.flags.push_back({trace_lookups, origin});
  step.cargo_flags.push_back({trace_lookups, origin});
  const auto uses_profile = [](const Flag& flag) { return flag.text.starts_with("-fprofile-use="); };
  if (std::ranges::any_of(step.c_flags, uses_profile))
    step.c_flags.push_back({"-mllvm=-pgo-trace-func-hash=", origin});
  give_flags(step);
}

void map_link(CommandStep& step, const fs::path& map) {
  constexpr const char* origin = "the linker says where it put what; changes no code";
  for (const std::string& word : {std::string("-Xlinker"), "-Map=" + map.string()}) {
    step.flags.push_back({"-Clink-arg=" + word, origin});
    step.cargo_flags.push_back({"-Clink-arg=" + word, origin});
    step.link_flags.push_back({word, origin});
  }
  give_flags(step);
}

std::vector<Step> command_steps(const Recipe& recipe) {
  const auto strip = strip_step(recipe);
  if (!recipe.settings.pgo && !links_with_symbols(recipe, Stage::plain))
    return {command_step(recipe, Stage::plain, recipe.folder.bin())};
  if (!recipe.settings.pgo) return {command_step(recipe, Stage::plain, recipe.folder.linked()), strip};
  std::vector<Step> steps;
  if (recipe.settings.pgo->profile.empty()) {
    if (!recipe.left_out)
      steps.emplace_back(command_step(recipe, Stage::instrumented, recipe.folder.instrumented()));
    for (auto& step : training_steps(recipe)) steps.push_back(std::move(step));
  }
  steps.emplace_back(command_step(recipe, Stage::optimized, recipe.folder.linked()));
  steps.emplace_back(prove_step(recipe));
  steps.emplace_back(strip);
  return steps;
}

}  // namespace pgo_orch::pgo
