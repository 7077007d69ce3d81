#pragma once
// Single values of results.json: seconds, bytes, words, null. Included only by files that write JSON.

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "report/lookup.h"
#include "report/results.h"
#include "toolchains/error.h"

namespace pgo_orch::report {

/// Keeps the schema's order of the fields.
using Json = nlohmann::ordered_json;

}  // namespace pgo_orch::report

namespace nlohmann {

template <pgo_orch::measure::Worded Enum>
struct adl_serializer<Enum, void> {
  static void to_json(auto& json, Enum value) { json = pgo_orch::to_word(value); }
  static void from_json(const auto& json, Enum& value) {
    const auto word = json.template get<std::string>();
    const auto known = pgo_orch::measure::from_word<Enum>(word);
    if (!known) throw pgo_orch::Error("'" + word + "' is not known to this version of pgo-orch");
    value = *known;
  }
};

/// No value is written as "".
template <pgo_orch::measure::Worded Enum>
struct adl_serializer<std::optional<Enum>> {
  static void to_json(auto& json, std::optional<Enum> value) {
    json = value ? pgo_orch::to_word(*value) : "";
  }
  static void from_json(const auto& json, std::optional<Enum>& value) {
    if (json != "")
      value = json.template get<Enum>();
    else
      value.reset();
  }
};

template <class T>
struct adl_serializer<std::optional<T>> {
  static void to_json(auto& json, const std::optional<T>& value) {
    if (value)
      json = *value;
    else
      json = nullptr;
  }
  static void from_json(const auto& json, std::optional<T>& value) {
    if (json.is_null())
      value.reset();
    else
      value = json.template get<T>();
  }
};

template <>
struct adl_serializer<pgo_orch::report::Seconds> {
  static void to_json(auto& json, pgo_orch::report::Seconds value) { json = value.count(); }
};

/// Seconds. A double has 53 bits: whole nanoseconds survive up to 104 days.
template <>
struct adl_serializer<pgo_orch::Nanoseconds> {
  static void to_json(auto& json, pgo_orch::Nanoseconds value) { json = pgo_orch::seconds(value); }
  static void from_json(const auto& json, pgo_orch::Nanoseconds& value) {
    const double seconds = json.template get<double>();
    if (!(std::abs(seconds) < 9e9)) throw pgo_orch::Error("a time is out of range");
    value = pgo_orch::Nanoseconds(std::llround(seconds * 1e9));
  }
};

template <>
struct adl_serializer<pgo_orch::Bytes> {
  static void to_json(auto& json, pgo_orch::Bytes value) { json = value.count; }
  static void from_json(const auto& json, pgo_orch::Bytes& value) { json.get_to(value.count); }
};

}  // namespace nlohmann
