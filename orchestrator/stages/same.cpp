// Whether an archive was made of what is at hand.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "orchestrator/plan/renderings.h"
#include "orchestrator/plan/workloads.h"
#include "orchestrator/stages/part.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

using Differences = std::vector<std::string>;

/// Compares members one by one, each with the key of pgo.toml that it is of.
template <class Struct>
class Comparison {
 public:
  Comparison(std::string where, const Struct& then, const Struct& now)
      : where_(std::move(where)), then_(then), now_(now) {}

  template <class Member>
  Comparison& of(const char* key, Member Struct::* member) {
    if (!(then_.*member == now_.*member)) keys_.emplace_back(key);
    return *this;
  }

  void add_to(Differences& found) const {
    if (!keys_.empty())
      found.push_back(fmt::format("{} {} in {}", fmt::join(keys_, ", "),
                                  keys_.size() == 1 ? "differs" : "differ", where_));
  }

 private:
  std::string where_;
  const Struct& then_;
  const Struct& now_;
  std::vector<std::string> keys_;
};

void compare_projects(const Project& then, const Project& now, Differences& found) {
  Comparison("[project]", then, now)
      .of("source", &Project::source)
      .of("manifest", &Project::manifest)
      .of("command", &Project::command)
      .of("name", &Project::name)
      .of("dependencies", &Project::dependencies)
      .of("edition", &Project::edition)
      .of("package", &Project::package)
      .of("bin", &Project::bins)
      .of("example", &Project::examples)
      .of("features", &Project::features)
      .of("default-features", &Project::default_features)
      .of("profile", &Project::profile)
      .of("cargo-args", &Project::cargo_args)
      .of("cargo", &Project::cargo)
      .of("target", &Project::target)
      .of("host-flags", &Project::host_flags)
      .of("toolchain", &Project::toolchain)
      .add_to(found);
}

/// In what decides the profile.
void compare_workloads(const std::string& variant, const std::vector<Workload>& then,
                       const std::vector<Workload>& now, Differences& found) {
  for (const auto& workload : now)
    if (std::ranges::find(then, workload.name, &Workload::name) == then.end())
      found.push_back(fmt::format("workload '{}' trains '{}', and did not then", workload.name, variant));
  for (const auto& workload : then) {
    const auto other = std::ranges::find(now, workload.name, &Workload::name);
    if (other == now.end()) {
      found.push_back(fmt::format("workload '{}' does not train '{}' any more", workload.name, variant));
      continue;
    }
    Comparison(fmt::format("workload '{}'", workload.name), workload, *other)
        .of("program", &Workload::program)
        .of("args", &Workload::args)
        .of("command", &Workload::command)
        .of("steps", &Workload::steps)
        .of("stdin", &Workload::stdin_file)
        .of("stdin-text", &Workload::stdin_text)
        .of("env", &Workload::env)
        .of("unset", &Workload::unset)
        .of("clean-env", &Workload::clean_env)
        .of("cwd", &Workload::cwd)
        .of("weight", &Workload::weight)
        .of("runs", &Workload::runs)
        .of("setup", &Workload::setup)
        .of("prepare", &Workload::prepare)
        .add_to(found);
  }
}

std::string value_of(const std::vector<report::Setting>& settings, const std::string& key) {
  const auto found = std::ranges::find(settings, key, &report::Setting::key);
  return found == settings.end() ? fmt::format("no {}", key) : fmt::format("{} = {}", key, found->value);
}

void compare_settings(const std::string& name, const profiles::Settings& then, const profiles::Settings& now,
                      Differences& found) {
  const auto before = view_settings(then), after = view_settings(now);
  std::vector<std::string> keys;
  for (const auto* settings : {&before, &after})
    for (const auto& setting : *settings)
      if (std::ranges::find(keys, setting.key) == keys.end()) keys.push_back(setting.key);
  for (const auto& key : keys)
    if (value_of(before, key) != value_of(after, key))
      found.push_back(
          fmt::format("variant '{}' had {}, and has {}", name, value_of(before, key), value_of(after, key)));
}

Differences differing_settings_of(const Part& part, const Config& config) {
  Differences found;
  const Config then = parse_config(part.pgo_toml, config.file, NamedFiles::may_be_missing);
  compare_projects(then.project, config.project, found);
  for (const auto& name : part.variant_names()) {
    const auto before = variant_named(then, name), after = variant_named(config, name);
    if (!before || !after || !after->settings.pgo || !before->settings.pgo) {
      found.push_back(fmt::format("variant '{}' with pgo is not there any more", name));
      continue;
    }
    compare_settings(name, before->settings, after->settings, found);
    compare_workloads(name, training_of(*before->settings.pgo, then.workloads),
                      training_of(*after->settings.pgo, config.workloads), found);
  }
  return found;
}

Differences differing_sources_of(const Part& part, const fs::path& root, Sources sources) {
  Differences found;
  for (const auto& source : part.sources) {
    const fs::path file = (root / source.file).lexically_normal();
    std::error_code missing;
    if (!fs::is_regular_file(file, missing)) {
      if (sources == Sources::all) found.push_back(fmt::format("{} is not there", source.file));
    } else if (toolchains::sha256_of_file(file) != source.sha256) {
      found.push_back(fmt::format("{} is another file", source.file));
    }
  }
  return found;
}

void demand_none(const fs::path& archive, const std::string& of_other, Differences found) {
  if (found.empty()) return;
  std::set<std::string> seen;  // several variants train with the same workloads
  std::erase_if(found, [&](const std::string& each) { return !seen.insert(each).second; });
  constexpr std::size_t most = 5;
  std::string text = fmt::format("{} was made of other {} than those here:", archive.string(), of_other);
  for (std::size_t i = 0; i < std::min(most, found.size()); ++i) text += "\n  " + found[i];
  if (found.size() > most) text += fmt::format("\n  and {} more", found.size() - most);
  throw Error(text + "\nUse what it was made of, or begin again with --stage instrument", Exit::failed);
}

}  // namespace

std::optional<Variant> variant_named(const Config& config, const std::string& name) {
  for (std::size_t i = 0; i < config.variants->size(); ++i)
    if (auto variant = config.variants->at(i); variant.name == name) return variant;
  return std::nullopt;
}

void demand_same(const Part& part, const fs::path& archive, const Config& config, Sources sources) {
  demand_none(archive, "settings", differing_settings_of(part, config));
  demand_none(archive, "sources", differing_sources_of(part, config.root, sources));
}

}  // namespace pgo_orch::orchestrator
