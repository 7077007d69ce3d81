#pragma once
// How single values stand in results.json: seconds, bytes, words, null. Included by results_json.cpp only.

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "report/results.h"
#include "report/summary.h"
#include "toolchains/error.h"

namespace pgo_orch::report {

/// Keeps the schema's order of the fields.
using Json = nlohmann::ordered_json;

/// The enumerator that `word` names; they are contiguous and `last` is the last one.
template <class Enum>
Enum from_word(const std::string& word, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i)
    if (word == to_word(static_cast<Enum>(i))) return static_cast<Enum>(i);
  throw Error("'" + word + "' is not known to this version");
}

inline void to_json(Json& json, Status status) {
  json = to_word(status);
}
inline void to_json(Json& json, Verdict verdict) {
  json = to_word(verdict);
}
inline void to_json(Json& json, Metric metric) {
  json = to_word(metric);
}
inline void from_json(const Json& json, Status& to) {
  to = from_word(json.get<std::string>(), Status::wrong_output);
}
inline void from_json(const Json& json, Verdict& to) {
  to = from_word(json.get<std::string>(), Verdict::skipped);
}
inline void from_json(const Json& json, Metric& to) {
  to = from_word(json.get<std::string>(), Metric::memory);
}

}  // namespace pgo_orch::report

namespace nlohmann {

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
    if (!(std::abs(seconds) < 9e9)) throw pgo_orch::Error("more seconds than a run can take");
    value = pgo_orch::Nanoseconds(std::llround(seconds * 1e9));
  }
};

template <>
struct adl_serializer<pgo_orch::Bytes> {
  static void to_json(auto& json, pgo_orch::Bytes value) { json = value.count; }
  static void from_json(const auto& json, pgo_orch::Bytes& value) { json.get_to(value.count); }
};

}  // namespace nlohmann
