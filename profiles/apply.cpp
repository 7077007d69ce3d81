#include "profiles/apply.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>

#include "profiles/cargo_profile.h"
#include "profiles/generated.h"
#include "profiles/rustflags_lists.h"
#include "profiles/toml_splice.h"

namespace pgo_orch::profiles {

namespace {

/// A value of a profile's key in one of cargo's spellings of it.
std::string usual_spelling(const std::string& key, const std::string& value) {
  const auto is = [&](std::initializer_list<const char*> words) {
    return std::ranges::find(words, value) != words.end();
  };
  if (key == "lto") return is({"true", "yes", "y", "on"}) ? "fat" : is({"no", "n"}) ? "off" : value;
  if (key == "strip") return is({"true"}) ? "symbols" : is({"false"}) ? "none" : value;
  if (key == "debug")
    return is({"0", "false"}) ? "none" : is({"1"}) ? "limited" : is({"2", "true"}) ? "full" : value;
  return value;
}

/// As lists of cargo's words have them: without quotes, and lto in settings' word.
std::string plain(const std::string& key, const std::string& toml) {
  return usual_spelling(key, toml.starts_with('"') ? toml.substr(1, toml.size() - 2) : toml);
}

class Applying {
 public:
  Applying(const CargoSettings& wanted, const CargoFiles& files, const Environment& environment)
      : wanted_(wanted), before_(files), files_(files), environment_(environment) {}

  Application run() {
    check_profile();
    for (const auto& [path, value] : profile_keys(wanted_.settings))
      guarded([&] { set_profile_key(path, value); });
    if (wanted_.settings.target) guarded([&] { set_build_target(); });
    if (wanted_.linker) guarded([&] { set_linker(); });
    guarded([&] { set_flags(); });
    collect_edits();
    return std::move(found_);
  }

 private:
  template <class Change>
  void guarded(const Change& change) {
    try {
      change();
    } catch (const SpliceError& error) {
      found_.doubts.emplace_back(error.what());
    }
  }

  UserConfig config(const Environment& environment = {}) const { return {files_.configs, environment}; }

  bool is_editable(const ConfigFile& file) const {
    const auto below = file.path.lexically_relative(files_.workspace);
    return !below.empty() && *below.begin() != "..";
  }

  /// The nearest config file that may be changed and has the key; else the one that `make` says.
  ConfigFile* file_with(const TomlPath& key) {
    for (auto& file : std::views::reverse(files_.configs))
      if (is_editable(file) && toml_source(file.text, key)) return &file;
    return nullptr;
  }

  /// The nearest to the workspace's folder, of those that may be changed; it is made if there is none.
  ConfigFile& own_file() {
    const auto folder = files_.workspace / ".cargo";
    for (auto& file : files_.configs)
      if (file.path.parent_path() == folder && file.path.stem() == "config") return file;
    // Behind all that lies above, before those in folders below.
    auto place = files_.configs.begin();
    while (place != files_.configs.end() && !is_editable(*place)) ++place;
    return *files_.configs.insert(place, {folder / "config.toml", ""});
  }

  void set(ConfigFile& file, const TomlPath& key, const std::string& value) {
    file.text = set_toml(file.text, key, value);
  }

  void check_profile() {
    auto problem = problem_of_profile(files_.manifest, config(), wanted_.profile);
    if (!problem.empty() && !profile_keys(wanted_.settings).empty())
      found_.doubts.push_back(std::move(problem));
  }

  /// What the files say of a key below the profile; `environment`: and the variables.
  std::optional<Sourced> profile_value(const TomlPath& path, const Environment& environment = {}) const {
    const auto user = config(environment);
    const CargoProfile profile(files_.manifest, user, wanted_.profile);
    if (path.size() == 1) return profile.value(path[0]);
    for (const auto& [package, key, value] : profile.of_packages())
      if (package == path[1] && key == path[2]) return value;
    return std::nullopt;
  }

  void set_profile_key(const TomlPath& path, const std::string& value) {
    const auto says = [&](const std::optional<Sourced>& found) {
      return found && usual_spelling(path.back(), found->value) == plain(path.back(), value);
    };
    TomlPath key{"profile", wanted_.profile};
    key.insert(key.end(), path.begin(), path.end());
    if (!says(profile_value(path))) {
      auto* config_file = file_with(key);  // it wins over the manifest
      set(config_file ? *config_file : files_.manifest, key, value);
      if (const auto found = profile_value(path); !says(found))
        hidden_by(fmt::format("{} = {}", toml_key(key), value), found);
    }
    if (const auto found = profile_value(path, environment_); says(profile_value(path)) && !says(found))
      hidden_by(fmt::format("{} = {}", toml_key(key), value), found);
  }

  void hidden_by(const std::string& what, const std::optional<Sourced>& winner) {
    if (winner)
      found_.hidden.push_back(fmt::format("'{}' has no effect here: {} says {}, and wins over it", what,
                                          winner->origin, winner->value));
  }

  void set_build_target() {
    const auto says = [&](const UserConfig& user) {
      const auto targets = user.build_targets();
      return targets.size() == 1 && targets.front().value == *wanted_.settings.target;
    };
    const TomlPath key{"build", "target"};
    if (!says(config())) {
      auto* file = file_with(key);
      set(file ? *file : own_file(), key, toml_string(*wanted_.settings.target));
    }
    for (const auto& user : {config(), config(environment_)}) {
      if (says(user)) continue;
      found_.hidden.push_back(fmt::format("'build.target' has no effect here: {} wins over it",
                                          user.build_targets().back().origin));
      return;
    }
  }

  void set_linker() {
    const auto says = [&](const UserConfig& user) {
      return user.linker(wanted_.target, wanted_.cfgs) == wanted_.linker;
    };
    const TomlPath key{"target", wanted_.target, "linker"};
    if (!says(config())) {
      auto* file = file_with(key);
      set(file ? *file : own_file(), key, toml_string(*wanted_.linker));
    }
    if (!says(config()))
      found_.hidden.push_back(fmt::format(
          "'linker' of {} has no effect here: a nearer config file sets another", wanted_.target));
    else if (!says(config(environment_)))
      found_.hidden.push_back(fmt::format("'linker' of {} has no effect here: {} wins over it",
                                          wanted_.target, target_variable(wanted_.target, "LINKER")));
  }

  void set_flags() {
    if (wanted_.flags.empty() && wanted_.settings == Settings()) return;
    auto settings = wanted_.settings;
    if (wanted_.linker) settings.linker_driver = wanted_.linker;
    const auto now = config().rustflags(wanted_.target, wanted_.cfgs);
    auto aim = now;
    const auto overridden = take_out_overridden(aim, settings);
    const auto missing = missing_flags(aim, wanted_.flags);
    aim.insert(aim.end(), missing.begin(), missing.end());
    if (overridden.empty() && missing.empty()) return check_environment(aim);
    FlagLists lists(files_.configs, wanted_.target, wanted_.cfgs,
                    [&](const ConfigFile& file) { return is_editable(file); });
    for (const auto& flag : overridden)
      if (!lists.remove(flag))
        found_.doubts.push_back(fmt::format(
            "{} ({}) would win over the variant's settings: remove it by hand", flag.text, flag.origin));
    std::vector<std::string> appended;
    for (const auto& flag : missing)
      if (!lists.replace(flag)) appended.push_back(flag.text);
    if (!appended.empty() && !lists.append(appended)) {
      const TomlPath& key = lists.key_in_force();
      std::vector<std::string> quoted;
      for (const auto& flag : appended) quoted.push_back(toml_string(flag));
      set(own_file(), key, fmt::format("[{}]", fmt::join(quoted, ", ")));
    }
    lists.write(files_.configs);
    if (!have_same_effect(config().rustflags(wanted_.target, wanted_.cfgs), aim))
      found_.doubts.emplace_back(
          "cargo would join these rustflags with those of other config files in another way than pgo-orch "
          "does: compare them by hand");
    check_environment(aim);
  }

  void check_environment(const std::vector<Flag>& aim) {
    if (wanted_.flags.empty()) return;
    const auto seen = config(environment_).rustflags(wanted_.target, wanted_.cfgs);
    if (missing_flags(seen, wanted_.flags).empty() || have_same_effect(seen, aim)) return;
    for (const auto& name :
         {std::string("CARGO_ENCODED_RUSTFLAGS"), std::string("RUSTFLAGS"),
          target_variable(wanted_.target, "RUSTFLAGS"), std::string("CARGO_BUILD_RUSTFLAGS")})
      if (environment_.contains(name)) {
        found_.hidden.push_back(fmt::format(
            "the rustflags have no effect here: {} is set, and wins over config files; unset it", name));
        return;
      }
  }

  void collect_edits() {
    const auto add = [&](const ConfigFile& after, const ConfigFile* before) {
      if (before ? before->text == after.text : after.text.empty()) return;
      found_.edits.push_back({after.path, before ? std::optional(before->text) : std::nullopt, after.text});
    };
    add(files_.manifest, &before_.manifest);
    for (const auto& file : files_.configs) {
      const auto same = std::ranges::find(before_.configs, file.path, &ConfigFile::path);
      add(file, same == before_.configs.end() ? nullptr : &*same);
    }
  }

  const CargoSettings& wanted_;
  const CargoFiles& before_;
  CargoFiles files_;
  const Environment& environment_;
  Application found_;
};

}  // namespace

Application apply_settings(const CargoSettings& wanted, const CargoFiles& files,
                           const Environment& environment) {
  return Applying(wanted, files, environment).run();
}

}  // namespace pgo_orch::profiles
