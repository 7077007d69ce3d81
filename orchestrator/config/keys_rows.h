#pragma once
// How the rows of the table of keys are written: what they require, and the setter that puts a value into a
// field of a struct.

#include <algorithm>
#include <array>
#include <type_traits>

#include "orchestrator/config/config.h"
#include "orchestrator/config/keys.h"
#include "orchestrator/config/texts.h"
#include "toolchains/words.h"

namespace pgo_orch::orchestrator {
namespace fields {

template <class T>
void assign(T& field, const KeyInfo& key, const Value& value) {
  using Paths = std::vector<std::filesystem::path>;
  if constexpr (std::is_same_v<T, std::filesystem::path>) {
    field = std::get<std::string>(value);
  } else if constexpr (std::is_same_v<T, Limit>) {
    field = parse_limit(std::get<std::string>(value)).value();
  } else if constexpr (std::is_same_v<T, measure::Metric>) {
    const auto& word = std::get<std::string>(value);
    field = word == "wall" ? measure::Metric::runtime : from_word<T>(word).value();
  } else if constexpr (Worded<T>) {  // the word was checked against KeyInfo::values, which has no other
    field = from_word<T>(std::get<std::string>(value)).value();
  } else if constexpr (std::is_same_v<T, Paths> || std::is_same_v<T, std::vector<BuildScenario>> ||
                       std::is_same_v<T, std::vector<measure::Metric>> ||
                       std::is_same_v<T, std::vector<measure::GateMetric>> ||
                       std::is_same_v<T, std::vector<toolchains::ArchiveFormat>>) {
    field.clear();
    for (const auto& word : std::get<Strings>(value)) assign(field.emplace_back(), key, word);
  } else {
    field = std::get<T>(value);
  }
}
inline void assign(Feedback& field, const KeyInfo&, const Value& value) {
  field = std::get<Feedback>(value);
}
template <class T>
void assign(std::optional<T>& field, const KeyInfo& key, const Value& value) {
  assign(field.emplace(), key, value);
}

template <class Class, class T>
Class class_of(T Class::*);

/// The field of the section's own struct, the `Owner`.
template <auto member, class Owner = decltype(class_of(member))>
void into(void* object, const KeyInfo& key, const Value& value) {
  assign(static_cast<Owner*>(object)->*member, key, value);
}

/// The struct of a table inside; of an optional or a list a new one.
template <auto member>
void* inside(void* object) {
  auto& field = static_cast<decltype(class_of(member))*>(object)->*member;
  if constexpr (requires { field.emplace_back(); })
    return &field.emplace_back();
  else if constexpr (requires { field.emplace(); })
    return &field.emplace();
  else
    return &field;
}

}  // namespace fields

constexpr KeyInfo later(std::string_view only_value, KeyInfo key) {
  return key.only_value = only_value, key;
}
constexpr KeyInfo required(KeyInfo key) {
  return key.required = true, key;
}
constexpr KeyInfo by_default(std::string_view initial, KeyInfo key) {
  return key.initial = initial, key;
}
constexpr KeyInfo only_with(ProjectKind kind, KeyInfo key) {
  return key.only_with = kind, key;
}
constexpr KeyInfo holding(Section inner, KeyInfo key) {
  return key.inner = inner, key;
}
template <auto member>
constexpr KeyInfo holding(Section inner, KeyInfo key) {
  return key.inner = inner, key.inside = fields::inside<member>, key;
}

template <std::size_t a, std::size_t b>
constexpr auto joined(const std::array<KeyInfo, a>& first, const std::array<KeyInfo, b>& second) {
  std::array<KeyInfo, a + b> rows{};
  std::ranges::copy(second, std::ranges::copy(first, rows.begin()).out);
  return rows;
}

}  // namespace pgo_orch::orchestrator
