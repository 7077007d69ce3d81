#include "report/results_json.h"

#include <fmt/format.h>

#include "report/results_fields.h"

namespace pgo_orch::report {

namespace {

/// Settings are one object, whose values are JSON already.
Json settings_object(const std::vector<Setting>& settings) {
  Json object = Json::object();
  for (const Setting& setting : settings) {
    Json value = Json::parse(setting.value, nullptr, false);
    object[setting.key] = value.is_discarded() ? Json(setting.value) : std::move(value);
  }
  return object;
}

std::vector<Setting> settings_from(const Json& object) {
  std::vector<Setting> settings;
  for (const auto& [key, value] : object.items()) settings.push_back({key, value.dump()});
  return settings;
}

}  // namespace

struct FieldWriter {
  Json& json;

  void operator()(const char* name, const auto& field) { json[name] = field; }
  void operator()(const char* name, const std::vector<Setting>& field) {
    json[name] = settings_object(field);
  }
  void written(const char* name, const auto& value) { json[name] = value; }
};

struct FieldReader {
  const Json& json;

  template <class Field>
  void operator()(const char* name, Field& field) {
    const auto found = json.find(name);
    if (found == json.end() || found->is_null()) return;
    try {
      read(*found, field);
    } catch (const nlohmann::json::exception&) {
      throw Error(fmt::format("'{}' is a {}, which it can't be", name, found->type_name()));
    }
  }
  void written(const char*, const auto&) {}

  template <class Field>
  static void read(const Json& value, Field& field) {
    if constexpr (std::same_as<Field, std::vector<Setting>>)
      field = settings_from(value);
    else
      value.get_to(field);
  }
};

template <class T>
concept Described = requires(FieldWriter& writer, const T& value) { fields(writer, value); };

}  // namespace pgo_orch::report

namespace nlohmann {

template <pgo_orch::report::Described T>
struct adl_serializer<T, void> {
  static void to_json(auto& json, const T& value) {
    json = pgo_orch::report::Json::object();
    pgo_orch::report::FieldWriter writer{json};
    fields(writer, value);
  }
  static void from_json(const auto& json, T& value) {
    if (!json.is_object())
      throw pgo_orch::Error(fmt::format("there is a {} where an object belongs", json.type_name()));
    pgo_orch::report::FieldReader reader{json};
    fields(reader, value);
  }
};

}  // namespace nlohmann

namespace pgo_orch::report {

namespace {

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json parse(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    // "[json.exception.parse_error.101] parse error at line 1, ...": the bracket helps no user
    const std::string_view what = error.what();
    throw Error(fmt::format("not JSON: {}", what.substr(what.find("] ") + 2)));
  }
}

void check_schema(const Json& json) {
  const auto schema = json.is_object() ? json.find("schema") : json.end();
  if (schema == json.end() || !schema->is_string())
    throw Error("not a results file of pgo-orch: it names no schema");
  if (*schema != results_schema)
    throw Error(fmt::format("its schema is '{}', this version of pgo-orch reads '{}'",
                            schema->get<std::string>(), results_schema));
}

}  // namespace

std::string to_json_text(const Results& results) {
  return dump(results, 2) + "\n";
}

Results parse_results(std::string_view text, std::string_view where) try {
  const Json json = parse(text);
  check_schema(json);
  auto results = json.get<Results>();
  results.tool_version = json.value(Json::json_pointer("/tool/version"), std::string());
  return results;
} catch (const Error& error) {
  throw Error(fmt::format("{}: {}", where, error.what()));
} catch (const nlohmann::json::exception&) {
  throw Error(fmt::format("{}: 'tool' is not what it should be", where));
}

template <class Part>
std::string to_json_line(const Part& part) {
  return dump(part, -1);
}

template <class Part>
Part from_json_line(std::string_view text) {
  return parse(text).get<Part>();
}

template std::string to_json_line(const VariantResult&);
template std::string to_json_line(const BuildPhases&);
template VariantResult from_json_line(std::string_view);
template BuildPhases from_json_line(std::string_view);

}  // namespace pgo_orch::report
