#include "report/results_json.h"

#include <fmt/format.h>

#include "report/results_fields.h"
#include "toolchains/text.h"

namespace pgo_orch::report {

struct FieldWriter {
  Json& json;

  void operator()(const std::string& name, const auto& field) { json[name] = field; }
  void if_any(const char* name, const auto& field) {
    if constexpr (requires { field.empty(); }) {
      if (!field.empty()) json[name] = field;
    } else {
      if (field) json[name] = *field;
    }
  }
  void written(const char* name, const auto& value) { json[name] = value; }
};

struct FieldReader {
  const Json& json;

  void operator()(const std::string& name, auto& field) {
    const auto found = json.find(name);
    if (found == json.end() || found->is_null()) return;
    try {
      found->get_to(field);
    } catch (const nlohmann::json::exception&) {
      throw Error(fmt::format("'{}' has the wrong type: {}", name, found->type_name()));
    }
  }
  void if_any(const char* name, auto& field) { (*this)(name, field); }
  void written(const char*, const auto&) {}
};

template <class T>
concept Described = requires(FieldWriter& writer, const T& value) { fields(writer, value); };

}  // namespace pgo_orch::report

namespace nlohmann {

/// Settings are one object, whose values are JSON already.
template <>
struct adl_serializer<std::vector<pgo_orch::report::Setting>> {
  static void to_json(auto& json, const std::vector<pgo_orch::report::Setting>& settings) {
    json = pgo_orch::report::Json::object();
    for (const auto& [key, text] : settings) {
      auto value = pgo_orch::report::Json::parse(text, nullptr, false);
      json[key] = value.is_discarded() ? pgo_orch::report::Json(text) : std::move(value);
    }
  }
  static void from_json(const auto& json, std::vector<pgo_orch::report::Setting>& settings) {
    settings.clear();
    for (const auto& [key, value] : json.items()) settings.push_back({key, value.dump()});
  }
};

template <pgo_orch::report::Described T>
struct adl_serializer<T, void> {
  static void to_json(auto& json, const T& value) {
    json = pgo_orch::report::Json::object();
    pgo_orch::report::FieldWriter writer{json};
    fields(writer, value);
  }
  static void from_json(const auto& json, T& value) {
    if (!json.is_object())
      throw pgo_orch::Error(fmt::format("expected an object (found: {})", json.type_name()));
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

/// `byte` is the one that does not fit, counted from 1; after the last: the text ends too early.
std::string syntax_problem(std::string_view text, std::size_t byte) {
  if (text.empty()) return "the file is empty";
  if (byte == 0 || byte > text.size()) return "it ends in the middle; was it cut off?";
  const auto before = text.substr(0, byte - 1);
  const auto line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("unexpected text at line {}, column {}", std::ranges::count(before, '\n') + 1,
                     byte - line_begin);
}

Json parse(std::string_view text) {
  if (toolchains::is_nested_too_deep(text))
    throw Error("not JSON that pgo-orch writes: it is nested too deep");
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw Error("not JSON: " + syntax_problem(text, error.byte));
  } catch (const nlohmann::json::exception&) {
    throw Error("a number is too big to be read");
  }
}

/// Who wrote it reads it.
std::string who_reads(const Json& json) {
  const auto tool = json.value("tool", Json());
  const auto version = tool.is_object() ? tool.value("version", Json()) : Json();
  return version.is_string() ? fmt::format(", and pgo-orch {} wrote it: use that", version.get<std::string>())
                             : "";
}

void check_schema(const Json& json) {
  const auto schema = json.is_object() ? json.find("schema") : json.end();
  if (schema == json.end() || !schema->is_string())
    throw Error("not a results file of pgo-orch: 'schema' is missing");
  if (*schema != results_schema)
    throw Error(fmt::format("schema '{}' is not supported; this version of pgo-orch reads '{}'{}",
                            schema->get<std::string>(), results_schema, who_reads(json)));
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
  throw Error(fmt::format("{}: 'tool' must be an object", where));
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
