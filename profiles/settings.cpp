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
  std::string more;
  if (pgo.balance != Pgo().balance) more += fmt::format(", balance = {}", to_word(pgo.balance));
  if (!pgo.stage_cfg.empty()) more += ", stage-cfg = " + text_of(pgo.stage_cfg);
  if (pgo.c_profile != Pgo().c_profile) more += fmt::format(", c-profile = {}", to_word(pgo.c_profile));
  if (pgo.hot_cutoff) more += ", hot-cutoff = " + text_of(*pgo.hot_cutoff);
  if (pgo.leave_one_out) more += ", leave-one-out = true";
  if (pgo.retrain_below) more += fmt::format(", retrain-below = {}", text_of(*pgo.retrain_below));
  return fmt::format("{{train = {}, min-coverage = {}, profile = {}, keep-raw = {}{}}}", text_of(pgo.train),
                     text_of(pgo.min_coverage), text_of(pgo.profile), text_of(pgo.keep_raw), more);
}

template <class T>
const T& content(const std::optional<T>& value) {
  return *value;
}
template <class T>
const T& content(const T& value) {
  return value;
}

void merge_field(Texts& field, const Texts& value, Inherits how) {
  if (how == Inherits::replaced) field.clear();
  field.insert(field.end(), value.begin(), value.end());
}

void merge_field(std::map<std::string, ProfileValues>& field,
                 const std::map<std::string, ProfileValues>& value, Inherits) {
  for (const auto& [package, values] : value) {
    for (const auto& [key, text] : values) field[package][key] = text;
  }
}

void merge_field(std::map<std::string, std::string>& field, const std::map<std::string, std::string>& value,
                 Inherits how) {
  if (how == Inherits::replaced) field.clear();
  for (const auto& [key, text] : value) field[key] = text;
}

template <class T>
void merge_field(T& field, const T& value, Inherits) {
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
  for_each_setting([&](std::string_view key, Inherits, auto member) {
    const auto& field = settings.*member;
    if (is_set(field)) text += fmt::format("{} = {}\n", key, text_of(content(field)));
  });
  return text;
}

Settings without_release_defaults(Settings settings) {
  const Settings release{.opt_level = "3",
                         .lto = "thin-local",
                         .codegen_units = 16,
                         .panic = "unwind",
                         .overflow_checks = false,
                         .debug_assertions = false,
                         .debug = "none",
                         .incremental = false,
                         .rpath = false};
  for_each_setting([&](std::string_view, Inherits, auto member) {
    if (settings.*member == release.*member) settings.*member = {};
  });
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
  for_each_setting([&](std::string_view key, Inherits how, auto member) {
    auto& field = base.*member;
    if (std::ranges::find(reset, key) != reset.end()) field = {};
    if (is_set(overlay.*member)) merge_field(field, overlay.*member, how);
  });
  return base;
}

}  // namespace pgo_orch::profiles
