// What a variant, complete, cannot be.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "orchestrator/config/find.h"
#include "orchestrator/config/reader.h"
#include "profiles/flags.h"

namespace pgo_orch::orchestrator {
namespace {

using profiles::Settings;

/// rustc has no static C runtime there, and ignores the wish without a word
/// (`rustc --print cfg`).
bool lacks_static_crt(const std::string& target) {
  const Strings systems = words_of(
      "-apple- -netbsd -openbsd -dragonfly -illumos -solaris -fuchsia -haiku -linux-uclibc -none "
      "wasm32-unknown-unknown");
  const auto is_of = [&](const std::string& system) { return target.find(system) != std::string::npos; };
  return std::ranges::any_of(systems, is_of) || target.ends_with("-windows-gnu");
}

/// What to write instead of a variable that pgo-orch sets or unsets itself;
/// null: it is free.
const char* instead_of(const std::string& name) {
  const bool carries_flags = name == "RUSTFLAGS" || name == "CARGO_BUILD_RUSTFLAGS" ||
                             name == "CARGO_ENCODED_RUSTFLAGS" ||
                             (name.starts_with("CARGO_TARGET_") && name.ends_with("_RUSTFLAGS"));
  if (carries_flags) return "write rustflags = [...]";
  if (name.starts_with("CARGO_TARGET_") && name.ends_with("_LINKER")) return "write linker-driver = \"...\"";
  if (name.starts_with("CARGO_PROFILE_")) return "write the setting itself, as in opt-level = 3";
  static constexpr std::pair<const char*, const char*> others[] = {
      {"write target = \"...\"", "CARGO_BUILD_TARGET"},
      {"write incremental = ...", "CARGO_INCREMENTAL CARGO_BUILD_INCREMENTAL"},
      {"write toolchain = \"...\"", "RUSTC CARGO_BUILD_RUSTC RUSTUP_TOOLCHAIN"},
      {"write jobs = ... in [build]", "CARGO_BUILD_JOBS"},
      {"each variant and stage has a target folder of its own",
       "CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR CARGO_BUILD_BUILD_DIR"},
      {"a wrapper falsifies build times and the proof",
       "RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER CARGO_BUILD_RUSTC_WRAPPER CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER"},
      {"training sets it, and nothing else may", "LLVM_PROFILE_FILE"},
      {"it carries cargo's jobs", "MAKEFLAGS CARGO_MAKEFLAGS"}};
  for (const auto& [instead, names] : others)
    if (contains(words_of(names), name)) return instead;
  return nullptr;
}

/// Whether it is plain which file replaces which.
bool replaces_files(const Settings& settings, const Project& project) {
  const auto has_namesake = [&](const auto& own) {
    return std::ranges::any_of(project.source,
                               [&](const auto& file) { return file.filename() == own.filename(); });
  };
  return settings.source.size() == project.source.size() ||
         std::ranges::all_of(settings.source, has_namesake);
}

/// Complains about one variant.
struct VariantCheck {
  const Variant& variant;
  const Config& config;
  const toml::table& table;     ///< that it comes from
  std::set<std::string>& said;  ///< about all from there
  Reading& reading;
  const Settings& settings = variant.settings;
  const Project& project = config.project;

  void check() {
    check_features();
    check_stage_cfg();
    check_env();
    check_rustflags();
    check_crt();
    check_project_kind();
    check_training();
  }

  /// About keys that disagree, where the variant itself has a part in it: what it only inherits
  /// was said before.
  void complain(const Strings& keys, const std::string& text) {
    const auto own = std::ranges::find_if(keys, [&](const std::string& key) { return table.contains(key); });
    if (own == keys.end() && table.contains("inherits")) return;
    if (!said.insert(text).second) return;
    reading.error(table, own == keys.end() ? "" : *own, fmt::format("variant '{}': {}", variant.name, text));
  }

  /// rustc only warns about a feature without its sign, and goes on without it.
  void check_features() {
    for (const auto& feature : settings.target_features) {
      if (feature.starts_with('+') || feature.starts_with('-')) continue;
      complain({"target-features"}, fmt::format("'{0}' has no sign: write \"+{0}\" or \"-{0}\"", feature));
    }
  }

  /// An array's element is one argument, whatever spaces it has; and profiles
  /// are pgo's own.
  void check_rustflags() {
    for (const auto& flag : settings.rustflags) {
      const auto space = flag.find(' ');
      const bool two_words = space != std::string::npos && flag.starts_with('-') && flag.find('=') > space &&
                             (space == 2 || flag.starts_with("--"));
      if (two_words) {
        complain({"rustflags"},
                 fmt::format("\"{}\" is one argument to rustc: write \"{}\", \"{}\"", flag,
                             flag.substr(0, space), flag.substr(flag.find_first_not_of(' ', space))));
      }
      const auto option = profiles::key_of(flag);
      for (const auto& [key, value] : profiles::profile_options(settings, {}))
        if (key == option.key && value != option.value)
          complain({"rustflags"},
                   fmt::format("\"{}\" contradicts what the variant sets, {} = {}: rustc takes the "
                               "flag. Leave one of the two out",
                               flag, key, value));
      if (settings.pgo && profiles::instruments(flag)) {
        complain({"rustflags", "pgo"}, fmt::format("\"{}\" and 'pgo' cannot be used together: pgo "
                                                   "gives such flags itself",
                                                   flag));
      }
    }
  }

  /// As rustc reads --cfg.
  void check_stage_cfg() {
    static const std::regex cfg(R"rx([A-Za-z_][A-Za-z0-9_]*(="[^"]*")?)rx");
    if (!settings.pgo) return;
    for (const auto& each : settings.pgo->stage_cfg)
      if (!std::regex_match(each, cfg))
        complain({"pgo"}, fmt::format("stage-cfg \"{}\" is not what rustc takes for --cfg: write a name, or "
                                      "name=\"value\"",
                                      each));
  }

  void check_env() {
    for (const auto& [name, value] : settings.env) {
      if (const char* instead = instead_of(name))
        complain({"env"}, fmt::format("'{}' cannot be set in env: {}", name, instead));
    }
  }

  void check_crt() {
    if (!settings.crt_static.value_or(false)) return;
    const std::string target = settings.target.value_or(project.target.value_or(""));
    if (lacks_static_crt(target)) {
      complain({"crt-static", "target"},
               fmt::format("the target '{}' has no static C runtime: leave crt-static out", target));
    }
    const std::string model = settings.relocation_model.value_or("default");
    if (model == "ropi" || model == "rwpi" || model == "ropi-rwpi") {
      complain({"crt-static", "relocation-model"},
               fmt::format("relocation-model = \"{}\" is for firmware, which "
                           "has no C runtime: with "
                           "crt-static = true write \"static\" or \"pic\"",
                           model));
    }
    // rustc would link again without -static-pie and say so only in a log:
    // another program than was asked for.
    if (settings.linker == "gold" && model != "static" && model != "dynamic-no-pic") {
      complain({"crt-static", "relocation-model", "linker"},
               "gold cannot link a static position-independent executable: "
               "with crt-static = true write "
               "relocation-model = \"static\" or another linker");
    }
  }

  /// What only cargo knows about.
  void check_command_project() {
    if (project.kind != ProjectKind::command) {
      if (!settings.command.empty()) complain({"command"}, "'command' needs a [project] with a command");
      return;
    }
    const auto refuse = [&](const char* key, bool set, const char* instead) {
      if (set) complain({key}, fmt::format("'{}' does not apply to a build command: {}", key, instead));
    };
    refuse("source", !settings.source.empty(), "write another command = [...]");
    refuse("patch", settings.patch.has_value(), "write another command = [...]");
    refuse("features", !settings.features.empty(), "write cfg or another command = [...]");
    refuse("default-features", settings.default_features.has_value(), "write cfg or another command = [...]");
    refuse("packages", !settings.packages.empty(), "leave it out");
    refuse("profile", settings.profile.has_value(), "write opt-level, lto and so on");
    refuse("incremental", settings.incremental.has_value(), "leave it out");
    refuse("target", settings.target.has_value(), "write another command = [...]");
  }

  void check_project_kind() {
    check_command_project();
    if (project.kind == ProjectKind::command) return;
    const bool manifest = project.kind == ProjectKind::manifest;
    if (!settings.source.empty() && manifest) {
      complain({"source"},
               "'source' replaces the files of a [project] with "
               "source: this one has a manifest, write patch");
    } else if (!settings.source.empty() && !replaces_files(settings, project)) {
      complain({"source"}, fmt::format("'source' must have a file for each of "
                                       "the project's {}, in their order, or "
                                       "files of the same names",
                                       project.source.size()));
    }
    if (settings.target && project.host_flags) {
      complain({"target"},
               "'target' has no effect: the project has host-flags "
               "= true, so cargo gets no --target");
    }
    if (manifest) return;
    if (!settings.features.empty()) {
      complain({"features"},
               "a generated package has no features: write cfg = "
               "[...] and test for that");
    }
    if (settings.default_features) {
      complain({"default-features"}, "a generated package has no features: leave default-features out");
    }
    if (settings.profile && !is_cargo_profile(*settings.profile)) {
      complain({"profile"}, fmt::format("there is no profile '{}' in a "
                                        "generated package: write \"release\"",
                                        *settings.profile));
    }
  }

  void check_training() {
    if (!settings.pgo || !settings.pgo->profile.empty() || !settings.pgo->train.empty()) return;
    if (std::ranges::any_of(config.workloads, &Workload::trains)) return;
    complain({"pgo"},
             "there is nothing to train with: write a [[workload]] "
             "whose role is \"train\" or \"both\"");
  }
};

/// Names of workloads under `train`, also those in the arrays of a matrix.
void check_train_names(const toml::node& node, const std::vector<Workload>& workloads, Reading& reading) {
  if (const auto* array = node.as_array()) {
    for (const toml::node& item : *array) check_train_names(item, workloads, reading);
  }
  const auto* table = node.as_table();
  const auto* names = table ? (*table)["train"].as_array() : nullptr;
  if (!names) return;
  Strings known;
  for (const Workload& workload : workloads) known.push_back(workload.name);
  if (names->empty()) {
    reading.error(place_of(*names), "'train' does not name a workload: leave it out to train with all");
  }
  for (const toml::node& item : *names) {
    if (!item.is_string()) continue;  // reported by its type
    const std::string name = item.value_or(std::string());
    const auto* found = find_by(workloads, &Workload::name, name);
    if (!found) {
      reading.error(place_of(item), fmt::format("there is no workload '{}' to train with{}", name,
                                                did_you_mean(name, known)));
    } else if (!found->trains()) {
      reading.error(place_of(item), fmt::format("workload '{}' cannot train: its role is \"measure\"", name));
    }
  }
}

/// The table that a variant comes from: listed ones are in order, those of a
/// matrix know its line.
const toml::table& origin_of(const Variant& variant, std::size_t index,
                             const std::vector<const toml::table*>& listed,
                             const std::vector<const toml::table*>& matrices) {
  if (index < listed.size()) return *listed[index];
  return **std::ranges::find(matrices, variant.line,
                             [](const toml::table* table) { return place_of(*table).line; });
}

}  // namespace

void check_variants(const toml::table& document, const Config& config, Reading& reading) {
  for (const char* section : {"variant-defaults", "variant", "matrix"}) {
    for (const toml::table* table : tables_at(document, section)) {
      for (const char* key : {"pgo", "bolt"}) {
        if (const toml::node* node = table->get(key)) check_train_names(*node, config.workloads, reading);
      }
    }
  }
  if (!config.variants || !document.contains("project")) return;
  const auto listed = tables_at(document, "variant");
  const auto matrices = tables_at(document, "matrix");
  std::map<const toml::table*, std::set<std::string>> said;
  for (std::size_t i = 0; i < config.variants->size(); ++i) {
    const Variant variant = config.variants->at(i);
    const toml::table& table = origin_of(variant, i, listed, matrices);
    VariantCheck{variant, config, table, said[&table], reading}.check();
  }
}

}  // namespace pgo_orch::orchestrator
