#pragma once
// Setters for the table of keys: each puts a Value into one field of a struct.

#include <algorithm>
#include <array>
#include <type_traits>

#include "orchestrator/config/config.h"
#include "orchestrator/config/keys.h"
#include "orchestrator/config/quantities.h"

namespace pgo_orch::orchestrator::fields {

template <class Enum, std::size_t count>
void assign_choice(Enum& field, const Value& value, const std::array<const char*, count>& names) {
  field = static_cast<Enum>(std::ranges::find(names, std::get<std::string>(value)) - names.begin());
}
inline void assign(pgo::Role& field, const Value& value) {
  assign_choice(field, value, std::array{"train", "measure", "both"});
}
inline void assign(pgo::StdoutMode& field, const Value& value) {
  assign_choice(field, value, std::array{"pipe", "null", "file"});
}
inline void assign(Keep& field, const Value& value) {
  assign_choice(field, value, std::array{"all", "bin"});
}
void assign(measure::Worded auto& field, const Value& value) {
  field = *measure::from_word<std::remove_cvref_t<decltype(field)>>(std::get<std::string>(value));
}
inline void assign(std::vector<BuildScenario>& field, const Value& value) {
  field.clear();
  for (const auto& word : std::get<Strings>(value)) assign(field.emplace_back(), Value(word));
}
inline void assign(Limit& field, const Value& value) {
  field = parse_limit(std::get<std::string>(value)).value();
}
inline void assign(std::filesystem::path& field, const Value& value) {
  field = std::get<std::string>(value);
}
inline void assign(std::vector<std::filesystem::path>& field, const Value& value) {
  const auto& paths = std::get<Strings>(value);
  field.assign(paths.begin(), paths.end());
}
template <class T>
void assign(T& field, const Value& value) {
  field = std::get<T>(value);
}
template <class T>
void assign(std::optional<T>& field, const Value& value) {
  assign(field.emplace(), value);
}

template <class>
struct class_of_member;
template <class Class, class T>
struct class_of_member<T Class::*> {
  using type = Class;
};

/// The field of the section's own struct.
template <auto member>
void into(void* object, const KeyInfo&, const Value& value) {
  assign(static_cast<typename class_of_member<decltype(member)>::type*>(object)->*member, value);
}

/// The field of the Figure of a goal or a decision.
template <class Owner, auto member>
void figure(void* object, const KeyInfo&, const Value& value) {
  assign(static_cast<Owner*>(object)->figure.*member, value);
}

/// The field of the Settings of an Overlay.
template <auto member>
void setting(void* object, const KeyInfo&, const Value& value) {
  assign(static_cast<Overlay*>(object)->settings.*member, value);
}

/// The same for a list or table that replaces what was inherited: an empty one must be able to say so.
template <auto member>
void replacing(void* object, const KeyInfo& key, const Value& value) {
  auto& overlay = *static_cast<Overlay*>(object);
  assign(overlay.settings.*member, value);
  if ((overlay.settings.*member).empty()) overlay.reset.emplace_back(key.name);
}

}  // namespace pgo_orch::orchestrator::fields
