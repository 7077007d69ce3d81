#include "report/results_schema.h"

#include <algorithm>
#include <span>

#include "report/findings_docs.h"
#include "report/results_docs.h"
#include "report/results_fields.h"

namespace pgo_orch::report {

std::string doc_of(const std::string& structure, const std::string& field) {
  const auto row_in = [&](std::span<const ResultsDoc> docs, const std::string& in) -> const char* {
    for (const auto& row : docs)
      if (row.structure == in && row.field == field) return row.doc;
    return nullptr;
  };
  for (const auto& in : {structure, std::string()}) {
    if (in.empty() && field.empty()) break;
    if (const char* doc = row_in(results_docs, in)) return doc;
    if (const char* doc = row_in(findings_docs, in)) return doc;
  }
  return "";
}

namespace {

/// A structure as a JSON Schema, whose fields have "description", and "unit" where there is one.
struct Structure {
  std::string name;
  Json properties = Json::object();
  Json required = Json::array();
};
bool is_required(const Structure& described, const std::string& field) {
  return std::find(described.required.begin(), described.required.end(), Json(field)) !=
         described.required.end();
}

using Definitions = std::vector<Structure>;  // in the order of the first use

template <class Struct>
Json describe_struct(Definitions& all);

template <class T>
struct TypeOf {
  static Json schema(Definitions& all) { return describe_struct<T>(all); }
};

Json simple(const char* type, const char* unit = nullptr) {
  Json schema{{"type", type}};
  if (unit) schema["unit"] = unit;
  return schema;
}

Json or_null(const Json& schema) {
  if (!schema.contains("type") || !schema["type"].is_string())
    return {{"anyOf", Json::array({schema, simple("null")})}};
  Json both = schema;
  both["type"] = Json::array({schema["type"], "null"});
  return both;
}

template <>
struct TypeOf<bool> {
  static Json schema(Definitions&) { return simple("boolean"); }
};
template <>
struct TypeOf<std::string> {
  static Json schema(Definitions&) { return simple("string"); }
};
template <>
struct TypeOf<const char*> {
  static Json schema(Definitions&) { return simple("string"); }
};
template <>
struct TypeOf<std::nullptr_t> {
  static Json schema(Definitions&) { return simple("null"); }
};
template <std::integral T>
struct TypeOf<T> {
  static Json schema(Definitions&) { return simple("integer"); }
};
template <std::floating_point T>
struct TypeOf<T> {
  static Json schema(Definitions&) { return simple("number"); }
};
template <>
struct TypeOf<Nanoseconds> {
  static Json schema(Definitions&) { return simple("number", "seconds"); }
};
template <>
struct TypeOf<Seconds> {
  static Json schema(Definitions&) { return simple("number", "seconds"); }
};
template <>
struct TypeOf<Bytes> {
  static Json schema(Definitions&) { return simple("integer", "bytes"); }
};
template <measure::Worded Enum>
struct TypeOf<Enum> {
  static Json schema(Definitions&) {
    Json words = Json::array();
    for (const auto& word : words_of(Enum())) words.push_back(word.text);
    return {{"type", "string"}, {"enum", words}};
  }
};
template <class T>
struct TypeOf<std::optional<T>> {
  static Json schema(Definitions& all) {
    Json schema = TypeOf<T>::schema(all);
    if constexpr (measure::Worded<T>) {  // none is written as ""
      schema["enum"].push_back("");
      return schema;
    }
    return or_null(schema);
  }
};
template <class T>
struct TypeOf<std::vector<T>> {
  static Json schema(Definitions& all) { return {{"type", "array"}, {"items", TypeOf<T>::schema(all)}}; }
};
template <>
struct TypeOf<std::vector<Setting>> {  // one object, whose values are those of pgo.toml
  static Json schema(Definitions&) { return simple("object"); }
};
template <class T>
struct TypeOf<std::map<std::string, T>> {
  static Json schema(Definitions& all) {
    return {{"type", "object"}, {"additionalProperties", TypeOf<T>::schema(all)}};
  }
};
/// What is written as JSON: texts by their names.
template <>
struct TypeOf<Json> {
  static Json schema(Definitions&) {
    return {{"type", "object"}, {"additionalProperties", simple("string")}};
  }
};

class FieldDescriber {
 public:
  FieldDescriber(Definitions& all, std::string name, Structure& to)
      : all_(all), name_(std::move(name)), to_(to) {}

  void operator()(const std::string& name, const auto& field) {
    add(name, field);
    to_.required.push_back(name);
  }
  template <class Field>
  void if_any(const char* name, const Field& field) {
    if constexpr (requires {
                    typename Field::value_type;
                    field.value();
                  })
      add(name, typename Field::value_type());  // never null
    else
      add(name, field);
  }
  void written(const char* name, const auto& value) {
    add(name, value);
    if (name_ != "Samples") to_.required.push_back(name);  // which has figures only if it has times
  }

 private:
  template <class Field>
  void add(const std::string& name, const Field&) {
    Json property{{"description", doc_of(name_, name)}};
    Json schema = TypeOf<std::decay_t<Field>>::schema(all_);
    if (name.ends_with("_pct")) schema["unit"] = "percent";
    if (schema.contains("$ref")) schema = {{"allOf", Json::array({schema})}};
    property.update(schema);
    to_.properties[name] = property;
  }

  Definitions& all_;
  std::string name_;
  Structure& to_;
};

/// "VariantResult" of "measure::VariantResult"
std::string plain_name(const std::string& name) {
  const auto colon = name.rfind(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

template <class Struct>
Json describe_struct(Definitions& all) {
  const std::string name = plain_name(struct_name<Struct>);
  const Json reference{{"$ref", "#/definitions/" + name}};
  if (std::ranges::find(all, name, &Structure::name) != all.end()) return reference;
  all.push_back({name});
  Structure described{name};
  Struct value{};
  if constexpr (std::same_as<Struct, Samples>)
    value.times = {Nanoseconds(1)};  // else its figures are left out
  FieldDescriber io(all, name, described);
  fields(io, std::as_const(value));
  *std::ranges::find(all, name, &Structure::name) = std::move(described);
  return reference;
}

Definitions definitions() {
  Definitions all;
  describe_struct<Results>(all);
  return all;
}

Json schema_of(const Structure& described) {
  return {{"type", "object"},
          {"description", doc_of_struct(described.name)},
          {"additionalProperties", false},
          {"required", described.required},
          {"properties", described.properties}};
}

std::string words_for(const Json& schema) {
  if (schema.contains("allOf")) return words_for(schema["allOf"][0]);
  if (schema.contains("anyOf")) return words_for(schema["anyOf"][0]) + " or null";
  if (schema.contains("$ref")) {
    const auto name = plain_name("::" + schema["$ref"].get<std::string>().substr(14));
    std::string anchor = name;
    std::ranges::transform(anchor, anchor.begin(), [](unsigned char c) { return std::tolower(c); });
    return "[" + name + "](#" + anchor + ")";
  }
  const Json& type = schema["type"];
  if (type.is_array()) {
    Json one = schema;
    one["type"] = type[0];
    return words_for(one) + " or null";
  }
  if (schema.contains("enum")) {
    std::string words;
    for (const auto& word : schema["enum"])
      words += (words.empty() ? "" : ", ") + ("`\"" + word.get<std::string>() + "\"`");
    return words;
  }
  if (schema.contains("unit")) return schema["unit"];
  if (type == "array") return "list of " + words_for(schema["items"]);
  if (type == "object")
    return schema.contains("additionalProperties") ? "object of " + words_for(schema["additionalProperties"])
                                                   : "object";
  if (type == "string") return "text";
  if (type == "boolean") return "true or false";
  return type.get<std::string>();
}

}  // namespace

std::vector<ResultsStruct> results_structs() {
  std::vector<ResultsStruct> structs;
  for (const auto& described : definitions()) {
    ResultsStruct shown{described.name, doc_of_struct(described.name), {}};
    for (const auto& [name, schema] : described.properties.items())
      shown.fields.push_back(
          {name, words_for(schema), schema.at("description"), !is_required(described, name)});
    structs.push_back(std::move(shown));
  }
  return structs;
}

std::string results_json_schema() {
  const auto all = definitions();
  Json schema{{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "results.json of pgo-orch"}};
  schema.update(schema_of(all.front()));
  schema["properties"]["schema"]["const"] = results_schema;
  for (const auto& described : all)
    if (&described != &all.front()) schema["definitions"][described.name] = schema_of(described);
  return schema.dump(2) + "\n";
}

}  // namespace pgo_orch::report
