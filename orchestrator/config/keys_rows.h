#pragma once
// How the rows of the table of keys are written: what they require, and the setter that puts a value into a
// field of a struct.

#include <algorithm>
#include <type_traits>

#include "orchestrator/config/config.h"
#include "orchestrator/config/keys.h"
#include "orchestrator/config/texts.h"

namespace pgo_orch::orchestrator {

constexpr KeyInfo later(KeyInfo key) {
  return key.support = Support::later, key;
}
constexpr KeyInfo required(KeyInfo key) {
  return key.required = true, key;
}
constexpr KeyInfo only_with(std::string_view kinds, KeyInfo key) {
  return key.only_with = kinds, key;
}
constexpr KeyInfo holding(Section inner, KeyInfo key) {
  return key.inner = inner, key;
}

std::span<const KeyInfo> top_keys();
std::span<const KeyInfo> project_keys();
std::span<const KeyInfo> workload_keys();
std::span<const KeyInfo> expect_keys();
std::span<const KeyInfo> settings_keys();
std::span<const KeyInfo> variant_keys();
std::span<const KeyInfo> matrix_keys();
std::span<const KeyInfo> pgo_keys();
std::span<const KeyInfo> package_keys();
std::span<const KeyInfo> bolt_keys();
std::span<const KeyInfo> gate_keys();
std::span<const KeyInfo> measure_keys();
std::span<const KeyInfo> build_keys();
std::span<const KeyInfo> build_patch_keys();
std::span<const KeyInfo> reference_keys();
std::span<const KeyInfo> goal_keys();
std::span<const KeyInfo> decision_keys();
std::span<const KeyInfo> band_keys();
std::span<const KeyInfo> phase_keys();
std::span<const KeyInfo> inspect_keys();

namespace fields {

template <class T>
void assign(T& field, const Value& value) {
  if constexpr (std::is_same_v<T, std::filesystem::path>)
    field = std::get<std::string>(value);
  else if constexpr (std::is_same_v<T, Limit>)
    field = parse_limit(std::get<std::string>(value)).value();
  else
    field = std::get<T>(value);
}
inline void assign(std::vector<std::filesystem::path>& field, const Value& value) {
  const auto& paths = std::get<Strings>(value);
  field.assign(paths.begin(), paths.end());
}
inline void assign(Feedback& field, const Value& value) {
  field = std::get<Feedback>(value);
}
template <class T>
void assign(std::optional<T>& field, const Value& value) {
  assign(field.emplace(), value);
}

/// The enumerators are in the order of the words.
template <class Enum>
Enum enumerator(const KeyInfo& key, const std::string& word) {
  const Strings words = words_of(key.values);
  return static_cast<Enum>(std::ranges::find(words, word) - words.begin());
}

template <class T>
void assign(T& field, const KeyInfo& key, const Value& value) {
  if constexpr (std::is_enum_v<T>) {
    field = enumerator<T>(key, std::get<std::string>(value));
  } else if constexpr (std::is_same_v<T, std::vector<BuildScenario>>) {
    field.clear();
    for (const auto& word : std::get<Strings>(value)) field.push_back(enumerator<BuildScenario>(key, word));
  } else {
    assign(field, value);
  }
}

template <class>
struct class_of_member;
template <class Class, class T>
struct class_of_member<T Class::*> {
  using type = Class;
};

/// The field of the section's own struct.
template <auto member>
void into(void* object, const KeyInfo& key, const Value& value) {
  assign(static_cast<typename class_of_member<decltype(member)>::type*>(object)->*member, key, value);
}

/// The field of the Figure of a goal or a decision.
template <class Owner, auto member>
void figure(void* object, const KeyInfo& key, const Value& value) {
  assign(static_cast<Owner*>(object)->figure.*member, key, value);
}

}  // namespace fields
}  // namespace pgo_orch::orchestrator
