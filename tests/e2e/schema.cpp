#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "lab.h"

namespace e2e {

std::string against_schema(const Json& value, const fs::path& file) {
  const auto text = Json::parse(read(file));
  valijson::Schema schema;
  valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(text), schema);
  valijson::ValidationResults results;
  if (valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(value), &results))
    return "";
  std::string problems;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    for (const auto& part : error.context) problems += part;
    problems += ": " + error.description + "\n";
  }
  return problems;
}

}  // namespace e2e
