// `pgo-orch apply`: a variant's settings in the user's own Cargo.toml and .cargo/config.toml.

#include "profiles/apply.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "orchestrator/commands/choice.h"
#include "orchestrator/commands/command.h"
#include "orchestrator/commands/compare.h"
#include "orchestrator/plan/planner.h"
#include "profiles/stripping.h"
#include "report/text.h"
#include "toolchains/error.h"
#include "toolchains/file_lock.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/unified_diff.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

using profiles::Application;
using profiles::FileEdit;

void say(const std::string& sentence) {
  std::fputs((sentence + "\n").c_str(), stderr);
}

/// A file that `apply` changed: what it was before, if it was there, and what it was made to be.
struct AppliedFile {
  fs::path path;
  std::optional<std::string> before;
  std::string after;
};

/// Its content; none: there is no such file.
std::optional<std::string> content_of(const fs::path& file) {
  std::error_code missing;
  if (!fs::exists(file, missing)) return std::nullopt;
  return toolchains::read_file(file);
}

std::string colored(const std::string& diff) {
  std::string text;
  for (std::size_t at = 0; at < diff.size();) {
    const auto end = std::min(diff.find('\n', at), diff.size() - 1);
    const auto line = diff.substr(at, end - at);
    const char* color = line.starts_with("@@")                               ? "\x1b[36m"
                        : line.starts_with("+++") || line.starts_with("---") ? "\x1b[1m"
                        : line.starts_with('+')                              ? "\x1b[32m"
                        : line.starts_with('-')                              ? "\x1b[31m"
                                                                             : "";
    text += *color ? color + line + "\x1b[0m\n" : line + "\n";
    at = end + 1;
  }
  return text;
}

/// As `patch -p1` takes it in `folder`.
void print_diff(const AppliedFile& file, const fs::path& folder, bool color) {
  const bool is_below = toolchains::lies_in(file.path, folder);
  const auto name = (is_below ? file.path.lexically_relative(folder) : file.path.relative_path()).string();
  const auto diff = toolchains::unified_diff({name, file.before.value_or(""), file.before.has_value()},
                                             {name, file.after, true});
  fmt::print("{}", color ? colored(diff) : diff);
}

// ---- what was applied last ----

void remember(const Layout& layout, const fs::path& folder, const std::vector<AppliedFile>& files) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& file : files) {
    nlohmann::json entry{{"path", file.path.string()}, {"after", file.after}};
    if (file.before) entry["before"] = *file.before;
    list.push_back(std::move(entry));
  }
  toolchains::write_file_atomically(
      layout.applied(), nlohmann::json{{"folder", folder.string()}, {"files", list}}.dump() + "\n");
}

std::pair<fs::path, std::vector<AppliedFile>> remembered(const Layout& layout) {
  if (!fs::exists(layout.applied()))
    throw Error(fmt::format("nothing to revert: {} knows of no `apply`", layout.state.string()));
  try {
    const auto record = nlohmann::json::parse(toolchains::read_file(layout.applied()));
    std::vector<AppliedFile> files;
    for (const auto& entry : record.at("files")) {
      AppliedFile file{entry.at("path").get<std::string>(), std::nullopt,
                       entry.at("after").get<std::string>()};
      if (entry.contains("before")) file.before = entry.at("before").get<std::string>();
      files.push_back(std::move(file));
    }
    return {record.at("folder").get<std::string>(), std::move(files)};
  } catch (const nlohmann::json::exception&) {
    throw Error(fmt::format("{} cannot be read: undo the changes by hand, e.g. by `git checkout`",
                            layout.applied().string()));
  }
}

/// Nobody else may work in the state folder meanwhile: a run builds from the same files.
toolchains::Probe<toolchains::FileLock> locked(const Layout& layout) {
  create_state_folder(layout);
  auto lock = toolchains::FileLock::try_lock(layout.lock());
  if (!lock)
    throw Error(fmt::format("{}: a run is at work there, and builds from these files; wait for it",
                            lock.missing().what));
  return lock;
}

int revert(const Arguments& given) {
  if (given.files.size() > 1) throw Error("apply: --revert undoes the last `apply`: name no variant");
  const Layout layout = layout_of(given, fs::absolute(given.file()).parent_path());
  check_state_folder(layout);
  const auto [folder, files] = remembered(layout);
  const auto lock = locked(layout);
  std::vector<AppliedFile> undone;
  for (const auto& file : files) {
    const auto now = content_of(file.path);
    if (now == file.before) continue;
    if (now != file.after)
      throw Error(fmt::format("{} was changed since `apply`: undo it by hand; {} has what it was before",
                              file.path.string(), layout.applied().string()),
                  Exit::failed);
    undone.push_back(file);
  }
  for (const auto& file : undone) {
    print_diff({file.path, file.after, file.before.value_or("")}, folder, wants_color(given, STDOUT_FILENO));
    if (file.before) {
      toolchains::write_file_atomically(file.path, *file.before);
    } else {
      std::error_code ignored;
      fs::remove(file.path, ignored);
      fs::remove(file.path.parent_path(), ignored);  // only if nothing else is in it
    }
  }
  fs::remove(layout.applied());
  say(undone.empty() ? "the files are already as they were before the last `apply`"
                     : "reverted the last `apply`");
  return static_cast<int>(Exit::ok);
}

// ---- applying ----

std::size_t chosen_variant(const Arguments& given, const Config& config, const Layout& layout) {
  const std::string& name = given.files.front();
  if (name != "best") {
    for (const char* option : {"results", "allow-native"})
      if (given.has(option))
        throw Error(fmt::format("--{} only applies to `best`, not to '{}'", option, name));
    return find_variant(config, name);
  }
  const auto choice = choose(config, {name, given.text("results"), given.has("allow-native")}, layout);
  say(choice.said);
  return choice.index;
}

void refuse_other_projects(const Config& config, const Layout& layout, const std::string& variant) {
  if (config.project.kind == ProjectKind::manifest) return;
  if (config.project.kind == ProjectKind::source)
    throw Error(fmt::format(
        "{}: the project is made of 'source', so there is no Cargo.toml of yours to write to: copy "
        "what {} holds after a run (Cargo.toml, .cargo/config.toml)",
        config.file.string(), layout.variant(variant).string()));
  throw Error(fmt::format(
      "{}: the project is built by a 'command', not by a Cargo.toml: give the command the flags that "
      "`pgo-orch plan --variant {}` shows",
      config.file.string(), variant));
}

/// What cargo's files have no words for, or mean something else than the variant's build.
std::vector<std::string> beyond_files(const profiles::CargoSettings& wanted) {
  const auto& settings = wanted.settings;
  std::vector<std::string> found;
  if (settings.pgo) found.emplace_back(settings.pgo->profile.empty() ? "pgo" : "pgo (its saved profile)");
  const auto add = [&](const char* key, bool is_set) {
    if (is_set) found.emplace_back(key);
  };
  add("env", !settings.env.empty());
  add("run-env", !settings.run_env.empty());
  add("features", !settings.features.empty());
  add("default-features", settings.default_features.has_value());
  add("toolchain", settings.toolchain.has_value());
  add("source", !settings.source.empty());
  add("patch", settings.patch.has_value());
  return found;
}

/// ", but for pgo"; "": nothing is missing.
std::string but_for(const profiles::CargoSettings& wanted) {
  const auto beyond = beyond_files(wanted);
  return beyond.empty() ? "" : ", but for " + report::join_words(beyond);
}

/// The user's build from now on.
std::string build_by_hand(const Planner& planner, const profiles::CargoSettings& wanted) {
  std::string command = "cargo build";
  command += wanted.profile == "release" ? " --release" : " --profile " + wanted.profile;
  const auto targets = planner.user().build_targets();
  const bool is_said = wanted.settings.target || !targets.empty();
  const bool is_needed = wanted.target != planner.rust().host || wanted.settings.crt_static.value_or(false);
  return is_needed && !is_said ? command + " --target " + wanted.target : command;
}

void say_what_else(const std::string& variant, const profiles::CargoSettings& wanted,
                   const Application& application) {
  for (const auto& sentence : application.hidden) say("warning: " + sentence);
  if (const auto beyond = beyond_files(wanted); !beyond.empty())
    say(fmt::format("note: Cargo.toml cannot say {}: `pgo-orch release {}` builds with {}",
                    report::join_words(beyond), variant, beyond.size() == 1 ? "it" : "them"));
  if (profiles::split_off_stripping(wanted.flags).strip != "none")
    say(fmt::format(
        "note: its flags have the linker strip; pgo-orch strips afterwards, as `pgo-orch release {}` does: "
        "the sizes may differ a little",
        variant));
  for (const auto& flag : wanted.flags)
    if (profiles::asks_for_native(flag.text))
      say(fmt::format("warning: {} makes programs that may not run on other CPUs", flag.text));
}

/// What is applied leads into the state folder, which anybody may remove.
void refuse_own_paths(const profiles::CargoSettings& wanted, const Layout& layout) {
  for (const auto& flag : wanted.flags)
    if (flag.text.find(layout.state.string()) != std::string::npos)
      throw Error(fmt::format(
          "the linker {} is reached by a link in {}, which cannot be in your files: set linker-driver "
          "= \"clang\" as well, or give the linker a name on the PATH",
          wanted.settings.linker.value_or(""), layout.state.string()));
}

std::vector<AppliedFile> real_files(const std::vector<FileEdit>& edits) {
  std::vector<AppliedFile> files;
  for (const auto& edit : edits) {
    std::error_code ignored;
    const bool is_link = edit.before && fs::is_symlink(edit.path, ignored);
    files.push_back({is_link ? fs::canonical(edit.path) : edit.path, edit.before, edit.after});
  }
  return files;
}

void write(const Layout& layout, const fs::path& folder, const std::vector<AppliedFile>& files) {
  const auto lock = locked(layout);
  for (const auto& file : files)
    if (content_of(file.path) != file.before)
      throw Error(fmt::format("{} has just been changed: run this again", file.path.string()), Exit::failed);
  remember(layout, folder, files);
  for (const auto& file : files) toolchains::write_file_atomically(file.path, file.after);
}

int apply(const Arguments& given) {
  refuse_together(given, "yes", "check");
  for (const char* option : {"check", "results", "allow-native"}) refuse_together(given, "revert", option);
  if (given.has("revert")) return revert(given);
  if (given.files.empty())
    throw Error("apply: say which variant: `pgo-orch apply VARIANT`, or `pgo-orch apply best`");
  const Config config = load_config(given.files.size() > 1 ? given.files[1] : "pgo.toml");
  const Layout layout = layout_of(given, config.root);
  check_state_folder(layout);
  const auto index = chosen_variant(given, config, layout);
  const std::string variant = config.variants->at(index).name;
  refuse_other_projects(config, layout, variant);

  toolchains::ProcessRunner runner;
  Machine machine(runner, project_folder(config), layout.tools());
  const Planner planner(config, layout, machine, {index});
  const auto wanted = planner.cargo_settings(index);
  std::error_code missing;
  if (fs::exists(layout.tools(), missing)) create_state_folder(layout);
  if (!wanted) throw Error(describe(wanted.missing()), Exit::tool);
  refuse_own_paths(*wanted, layout);

  const auto environment = current_environment();
  const auto& workspace = planner.project().workspace_root;
  const auto application = profiles::apply_settings(
      *wanted,
      {planner.project().manifest, find_cargo_configs(project_folder(config), environment), workspace},
      environment);
  const auto files = real_files(application.edits);
  for (const auto& file : files) print_diff(file, workspace, wants_color(given, STDOUT_FILENO));
  std::fflush(stdout);
  say_what_else(variant, *wanted, application);
  if (!application.doubts.empty())
    throw Error(fmt::format("nothing is written: {}", fmt::join(application.doubts, "; ")), Exit::failed);
  const auto command = build_by_hand(planner, *wanted);
  if (files.empty()) {
    say(fmt::format("your files already say what '{}' sets: `{}` builds it{}", variant, command,
                    but_for(*wanted)));
    return static_cast<int>(Exit::ok);
  }
  if (given.has("check")) {
    say(fmt::format("your files do not say what '{}' sets: `pgo-orch apply {} --yes` writes it", variant,
                    variant));
    return static_cast<int>(Exit::failed);
  }
  if (!given.has("yes")) {
    say("nothing is written yet: --yes writes it");
    return static_cast<int>(Exit::ok);
  }
  write(layout, workspace, files);
  say(fmt::format("written: `{}` builds '{}'{} from now on; `pgo-orch apply --revert` undoes it", command,
                  variant, but_for(*wanted)));
  return static_cast<int>(Exit::ok);
}

}  // namespace

Command apply_command() {
  return {
      .name = "apply",
      .usage = "apply VARIANT|best [pgo.toml] [options]",
      .summary = "put a variant's settings into your Cargo.toml and cargo config",
      .options =
          Options{{"yes", "", "What to do", "write it (default: only show the difference)"},
                  {"check", "", "What to do", "exit with 0 if the files already say it, with 1 if not"},
                  {"revert", "", "What to do", "undo the last apply, if the files were not changed since"},
                  {"results", "FILE", "Which is best",
                   "the results.json that says so (default: that of the latest run)"},
                  {"allow-native", "", "Which is best", "also a variant that is built for this CPU only"}} +
          general_options(),
      .most_files = 2,
      .execute = apply};
}

}  // namespace pgo_orch::orchestrator
