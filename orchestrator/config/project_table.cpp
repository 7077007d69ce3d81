// [project], [measure] and [build].

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/config/find.h"
#include "orchestrator/config/reader.h"
#include "orchestrator/config/texts.h"

namespace pgo_orch::orchestrator {
namespace {

/// Exactly one of source, manifest and command says what is built.
std::optional<ProjectKind> kind_of(const toml::table& table, Reading& reading) {
  std::optional<ProjectKind> kind;
  for (const Entry& entry : entries_of(table)) {
    const auto other = from_word<ProjectKind>(entry.name());
    if (!other) continue;
    if (!kind) {
      kind = other;
      continue;
    }
    reading.error(place_of(entry.key),
                  fmt::format("'{}' and '{}' cannot be used together: [project] has exactly "
                              "one of source, manifest and command",
                              to_word(*kind), to_word(*other)));
  }
  if (!kind) {
    reading.error(place_of(table),
                  "[project] does not say what is built: write source = [\"hello.rs\"] "
                  "or manifest = \"Cargo.toml\"");
  }
  return kind;
}

void check_kind(const toml::table& table, std::optional<ProjectKind> kind, Reading& reading) {
  for (const Entry& entry : entries_of(table)) {
    const KeyInfo* key = find_key(Section::project, entry.name());
    if (!key || !key->only_with || !kind || key->only_with == kind) continue;
    if (kind == ProjectKind::command && key->name == "name") continue;
    reading.error(place_of(entry.key), fmt::format("'{}' only applies with '{}', but this project has '{}'",
                                                   key->name, to_word(*key->only_with), to_word(*kind)));
  }
}

void check_exclusive(const toml::table& table, const char* one, const char* other, const char* why,
                     Reading& reading) {
  if (!table.contains(one) || !table.contains(other)) return;
  const Place place = std::max(place_of(table, one), place_of(table, other));
  reading.error(place, fmt::format("'{}' and '{}' cannot be used together: {}", one, other, why));
}

/// What pgo-orch gives cargo itself: twice, cargo refuses it or takes one of the two.
void check_cargo_args(const Project& project, const toml::table& table, Reading& reading) {
  static constexpr std::pair<const char*, const char*> ours[] = {
      {"--target", "'target' in [project] says it"},
      {"--profile", "'profile' in [project] says it"},
      {"--release -r", "it is the default of 'profile' in [project]"},
      {"--manifest-path", "'manifest' in [project] says it"},
      {"-j --jobs", "'jobs' in [build] says it"},
      {"--target-dir", "each variant has a target folder of its own"},
      {"--color --message-format", "cargo's messages are read"},
      {"-q --quiet", "what cargo runs is read"}};
  for (const auto& argument : project.cargo_args) {
    const bool is_jobs = argument.starts_with("-j");  // also as -j4
    const std::string option = is_jobs ? "-j" : argument.substr(0, argument.find('='));
    for (const auto& [options, why] : ours)
      if (contains(words_of(options), option))
        reading.error(table, "cargo-args", fmt::format("'{}' cannot be in 'cargo-args': {}", option, why));
  }
}

/// rustup would take it before cargo does, but rustc is asked without it.
void check_cargo(const Project& project, const toml::table& table, Reading& reading) {
  for (const auto& word : project.cargo)
    if (word.starts_with('+'))
      reading.error(table, "cargo",
                    fmt::format("'{}' cannot be in 'cargo': write toolchain = \"{}\"", word, word.substr(1)));
}

void check_project(const toml::table& table, std::optional<ProjectKind> kind, Reading& reading) {
  check_kind(table, kind, reading);
  check_exclusive(table, "bin", "example", "programs or examples", reading);
  check_exclusive(table, "bin", "examples", "programs or examples", reading);
  check_exclusive(table, "example", "examples", "they are the same key", reading);
  if (table["host-flags"].value_or(false)) {
    check_exclusive(table, "target", "host-flags", "with host-flags = true cargo gets no --target", reading);
  }
  const std::string profile = text_at(table, "profile");
  if (kind == ProjectKind::source && !profile.empty() && !is_cargo_profile(profile)) {
    reading.error(
        table, "profile",
        fmt::format("there is no profile '{}' in a generated package: write profile = \"release\"", profile));
  }
}

/// The stem of the first file that a build command names behind its own: "fib" of ["cc", "fib.c", ...].
std::string program_of(const Strings& command, const std::filesystem::path& root) {
  for (std::size_t i = 1; i < command.size(); ++i) {
    std::error_code missing;
    if (!command[i].starts_with('-') && std::filesystem::is_regular_file(root / command[i], missing))
      return std::filesystem::path(command[i]).stem().string();
  }
  return "program";
}

/// The name that a source project has without one, and complaints about one that cargo would not take.
void complete_name(Project& project, const toml::table& table, Reading& reading) {
  if (project.kind == ProjectKind::command && project.name.empty())
    project.name = program_of(project.command, reading.root);
  if (project.kind != ProjectKind::source || project.source.empty()) return;
  const std::string stem = crate_name(project.source.front().stem().string());
  if (project.name.empty()) project.name = stem;
  if (crate_name(project.name) == project.name) return;
  reading.error(table, "name",
                fmt::format("'{}' cannot be the name of a cargo package: write name = \"{}\"", project.name,
                            crate_name(project.name)));
}

}  // namespace

bool is_cargo_profile(std::string_view name) {
  static constexpr std::string_view own[] = {"release", "dev", "test", "bench"};
  return contains(own, name);
}

std::vector<std::string> programs(const Project& project) {
  if (project.kind == ProjectKind::command) return {project.name};
  if (project.kind == ProjectKind::manifest) {
    std::vector<std::string> names = project.bins;
    names.insert(names.end(), project.examples.begin(), project.examples.end());
    return names;
  }
  std::vector<std::string> names;
  for (const auto& file : project.source) names.push_back(crate_name(file.stem().string()));
  return names;
}

Project read_project(const toml::table& document, Reading& reading) {
  Project project;
  const auto* table = document["project"].as_table();
  if (!table) return project;
  const auto kind = kind_of(*table, reading);
  project.kind = kind.value_or(ProjectKind::manifest);
  reading.files_may_appear = reading.files_may_appear || table->contains("prepare");
  read_table(*table, "[project]", Section::project, {&project}, reading);
  check_project(*table, kind, reading);
  check_cargo_args(project, *table, reading);
  check_cargo(project, *table, reading);
  complete_name(project, *table, reading);
  NameRegister names;  // two files of one name in different folders would be one program
  for (const std::string& program : programs(project))
    names.add("program", program, place_of(*table, "source"), reading.problems);
  return project;
}

Measure read_measure(const toml::table& document, Reading& reading) {
  Measure measure;
  const auto* table = document["measure"].as_table();
  if (!table) return measure;
  read_table(*table, "[measure]", Section::measure, {&measure}, reading);
  const auto inside = [&](const char* key, double value, double most, const char* text) {
    if (value > 0 && value <= most) return;
    reading.error(*table, key,
                  fmt::format("'{}' must be {}: write {} = {}", key, text, key,
                              find_key(Section::measure, key)->example));
  };
  inside("precision", measure.precision, 0.5, "over 0% and at most 50%");
  inside("confidence", measure.confidence, 0.9999, "over 0% and at most 99.99%");
  if (!contains(measure.metrics, measure::Metric::runtime))
    reading.error(*table, "metrics",
                  "'metrics' must hold \"runtime\", which decides: write metrics = [\"runtime\", \"cpu\"]");
  return measure;
}

Release read_release(const toml::table& document, Reading& reading) {
  Release release;
  const auto* table = document["release"].as_table();
  if (!table) return release;
  if (table->contains("archive")) release.archive.clear();
  read_table(*table, "[release]", Section::release, {&release}, reading);
  return release;
}

Build read_build(const toml::table& document, Reading& reading) {
  Build build;
  if (const auto* table = document["build"].as_table()) {
    read_table(*table, "[build]", Section::build, {&build}, reading);
    if (contains(build.scenarios, BuildScenario::incr_patched) && !build.patch) {
      reading.error(*table, "scenarios",
                    fmt::format("\"incr-patched\" needs the change: write patch = {}",
                                find_key(Section::build, "patch")->example));
    }
  }
  return build;
}

}  // namespace pgo_orch::orchestrator
