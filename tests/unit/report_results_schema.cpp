// The JSON Schema and the reference of results.json.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "report/findings_docs.h"
#include "report/results_docs.h"
#include "report/results_json.h"
#include "report/results_schema.h"
#include "report_sample.h"
#include "toolchains/files.h"

using namespace pgo_orch::report;

namespace {

using Json = nlohmann::json;

/// Why it is not as the schema says; "": it is.
std::string problems_of(const Json& results) {
  static const Json text = Json::parse(results_json_schema());
  valijson::Schema schema;
  valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(text), schema);
  valijson::ValidationResults found;
  valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(results), &found);
  std::string problems;
  for (valijson::ValidationResults::Error error; found.popError(error);) {
    for (const auto& part : error.context) problems += part;
    problems += ": " + error.description + "\n";
  }
  return problems;
}

}  // namespace

TEST_CASE("what is written is as the JSON Schema says, and the schema allows no other field") {
  const Json sample = Json::parse(to_json_text(sample_results()));
  CHECK(problems_of(sample) == "");
  CHECK(problems_of(Json::parse(to_json_text(Results()))) == "");
  const std::string folder = PGO_ORCH_SOURCE_DIR "/tests/golden/report/";
  for (const char* golden : {"results.json", "findings.json"})
    CHECK(problems_of(Json::parse(pgo_orch::toolchains::read_file(folder + golden))) == "");
  Json more = sample;
  more["variants"][0]["nosuchfield"] = 1;
  CHECK(problems_of(more) != "");
  Json less = sample;
  less["comparisons"][0].erase("effect_pct");
  CHECK(problems_of(less) != "");
  Json wrong = sample;
  wrong["comparisons"][0]["verdict"] = "great";
  CHECK(problems_of(wrong) != "");
}

TEST_CASE("every field of results.json has its sentence, and no sentence is left over") {
  std::set<std::pair<std::string, std::string>> used;
  for (const auto& shown : results_structs()) {
    CHECK_MESSAGE(!shown.doc.empty(), shown.name);
    used.emplace(shown.name, "");
    for (const auto& field : shown.fields) {
      CHECK_MESSAGE(!field.doc.empty(), shown.name, ".", field.name);
      used.emplace(shown.name, field.name);
      used.emplace("", field.name);
    }
  }
  const auto check = [&](const auto& docs) {
    for (const auto& row : docs)
      CHECK_MESSAGE(used.contains({row.structure, row.field}), row.structure, ".", row.field);
  };
  check(results_docs);
  check(findings_docs);
}
