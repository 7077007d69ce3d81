#include "profiles/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "profiles/generated.h"

namespace pgo_orch::profiles {
namespace {

using Texts = std::vector<std::string>;

// How a value reads in canonical_text(). Strings are quoted, so that no value can pass for another.
std::string text_of(bool value) {
  return value ? "true" : "false";
}
std::string text_of(int value) {
  return std::to_string(value);
}
std::string text_of(double value) {
  return fmt::format("{}", value);
}
std::string text_of(const std::string& value) {
  return toml_string(value);
}
std::string text_of(const std::filesystem::path& value) {
  return toml_string(value.lexically_normal().string());
}

template <class T>
std::string text_of(const std::vector<T>& values) {
  std::string text;
  for (const T& value : values) text += (text.empty() ? "" : ", ") + text_of(value);
  return "[" + text + "]";
}

template <class T>
std::string text_of(const std::map<std::string, T>& values) {
  std::string text;
  for (const auto& [key, value] : values) {
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", text_of(key), text_of(value));
  }
  return "{" + text + "}";
}

std::string text_of(const Pgo& pgo) {
  return fmt::format("{{train = {}, min-coverage = {}, profile = {}, keep-raw = {}}}", text_of(pgo.train),
                     text_of(pgo.min_coverage), text_of(pgo.profile), text_of(pgo.keep_raw));
}

enum class Kind { replaces, appends, merges };

template <class T>
bool is_set(const std::optional<T>& value) {
  return value.has_value();
}
template <class T>
bool is_set(const T& value) {
  return !value.empty();
}

template <class T>
const T& content(const std::optional<T>& value) {
  return *value;
}
template <class T>
const T& content(const T& value) {
  return value;
}

/// Calls `visit(key, kind, member)` for each field, in the order of the struct: the one list of them in this
/// room.
template <class Visitor>
void for_each_field(Visitor visit) {
  using enum Kind;
  visit("opt-level", replaces, &Settings::opt_level);
  visit("lto", replaces, &Settings::lto);
  visit("codegen-units", replaces, &Settings::codegen_units);
  visit("panic", replaces, &Settings::panic);
  visit("strip", replaces, &Settings::strip);
  visit("overflow-checks", replaces, &Settings::overflow_checks);
  visit("debug-assertions", replaces, &Settings::debug_assertions);
  visit("debug", replaces, &Settings::debug);
  visit("incremental", replaces, &Settings::incremental);
  visit("rpath", replaces, &Settings::rpath);
  visit("packages", merges, &Settings::packages);
  visit("profile", replaces, &Settings::profile);
  visit("toolchain", replaces, &Settings::toolchain);
  visit("target", replaces, &Settings::target);
  visit("features", appends, &Settings::features);
  visit("default-features", replaces, &Settings::default_features);
  visit("env", merges, &Settings::env);
  visit("run-env", replaces, &Settings::run_env);
  visit("linker", replaces, &Settings::linker);
  visit("linker-driver", replaces, &Settings::linker_driver);
  visit("target-cpu", replaces, &Settings::target_cpu);
  visit("target-features", appends, &Settings::target_features);
  visit("crt-static", replaces, &Settings::crt_static);
  visit("relocation-model", replaces, &Settings::relocation_model);
  visit("rustflags", appends, &Settings::rustflags);
  visit("link-args", appends, &Settings::link_args);
  visit("cfg", replaces, &Settings::cfg);
  visit("source", replaces, &Settings::source);
  visit("command", replaces, &Settings::command);
  visit("patch", replaces, &Settings::patch);
  visit("pgo", replaces, &Settings::pgo);
}

void merge_field(Texts& field, const Texts& value, Kind kind) {
  if (kind == Kind::replaces) field.clear();
  field.insert(field.end(), value.begin(), value.end());
}

void merge_field(std::map<std::string, ProfileValues>& field,
                 const std::map<std::string, ProfileValues>& value, Kind) {
  for (const auto& [package, values] : value) {
    for (const auto& [key, text] : values) field[package][key] = text;
  }
}

void merge_field(std::map<std::string, std::string>& field, const std::map<std::string, std::string>& value,
                 Kind kind) {
  if (kind == Kind::replaces) field.clear();
  for (const auto& [key, text] : value) field[key] = text;
}

template <class T>
void merge_field(T& field, const T& value, Kind) {
  field = value;
}

/// For lists in which neither the order nor a repetition means anything.
void as_set(Texts& values) {
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

std::string canonical_text(Settings settings) {
  if (settings.linker == "default") settings.linker.reset();
  as_set(settings.features);
  as_set(settings.cfg);
  if (settings.pgo) as_set(settings.pgo->train);
  std::erase_if(settings.packages, [](const auto& package) { return package.second.empty(); });
  std::string text;
  for_each_field([&](const char* key, Kind, auto member) {
    const auto& field = settings.*member;
    if (is_set(field)) text += fmt::format("{} = {}\n", key, text_of(content(field)));
  });
  return text;
}

Settings without_release_defaults(Settings settings) {
  const auto drop = [](auto& field, const auto& value) {
    if (field == value) field.reset();
  };
  drop(settings.opt_level, "3");
  drop(settings.lto, "thin-local");
  drop(settings.codegen_units, 16);
  drop(settings.panic, "unwind");
  drop(settings.overflow_checks, false);
  drop(settings.debug_assertions, false);
  drop(settings.debug, "none");
  drop(settings.incremental, false);
  drop(settings.rpath, false);
  return settings;
}

bool asks_for_native(std::string_view flag) {
  for (const std::string_view option :
       {"target-cpu=native", "-march=native", "-mcpu=native", "-mtune=native"}) {
    if (flag.find(option) != std::string_view::npos) return true;
  }
  return false;
}

bool instruments(std::string_view flag) {
  if (flag.starts_with("-C")) flag.remove_prefix(2);
  return flag.starts_with("profile-generate") || flag.starts_with("profile-use") ||
         flag.starts_with("instrument-coverage") || flag.starts_with("profile-sample-use");
}

bool is_portable(const Settings& settings) {
  if (settings.target_cpu == "native") return false;
  const auto native_value = [](const auto& variable) { return asks_for_native(variable.second); };
  return std::ranges::none_of(settings.rustflags, asks_for_native) &&
         std::ranges::none_of(settings.env, native_value);
}

Settings merge(Settings base, const Settings& overlay, const std::vector<std::string>& reset) {
  for_each_field([&](std::string_view key, Kind kind, auto member) {
    auto& field = base.*member;
    if (std::ranges::find(reset, key) != reset.end()) field = {};
    if (is_set(overlay.*member)) merge_field(field, overlay.*member, kind);
  });
  return base;
}

}  // namespace pgo_orch::profiles
