#pragma once
// What results.json holds, for people and for validators; made of the description that writes it
// (results_fields.h) and the sentences of results_docs.h.

#include <string>
#include <vector>

namespace pgo_orch::report {

struct ResultsField {
  std::string name;
  std::string type;  ///< in words: "list of seconds", "text or null"; "[Build](#build)" for a structure
  std::string doc;
  bool optional = false;  ///< left out without a value
};

struct ResultsStruct {
  std::string name;
  std::string doc;
  std::vector<ResultsField> fields;
};

/// The whole first, then each structure after the first that holds it.
std::vector<ResultsStruct> results_structs();

/// JSON Schema, draft 7: no field but these.
std::string results_json_schema();

}  // namespace pgo_orch::report
