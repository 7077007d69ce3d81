// The JSON Schema of pgo.toml says what reading the file says.

#include "orchestrator/config/schema.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "config_fixture.h"
#include "orchestrator/config/reader.h"

namespace pgo_orch::orchestrator::test {
namespace {

using Json = nlohmann::json;

Json to_json(const toml::table& table) {
  std::ostringstream text;
  text << toml::json_formatter(table);
  return Json::parse(text.str());
}

class Schema {
 public:
  explicit Schema(const Json& text) {
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(text), schema_);
  }
  bool accepts(const Json& value) const {
    return valijson::Validator().validate(schema_, valijson::adapters::NlohmannJsonAdapter(value), nullptr);
  }

 private:
  valijson::Schema schema_;
};

const Json& whole_schema() {
  static const Json schema = Json::parse(config_schema());
  return schema;
}

/// The first reference in it, without the path; "" without one.
std::string reference_in(const Json& schema) {
  if (schema.is_object() && schema.contains("$ref"))
    return schema.at("$ref").get<std::string>().substr(std::string("#/definitions/").size());
  if (schema.is_structured())
    for (const auto& part : schema)
      if (auto found = reference_in(part); !found.empty()) return found;
  return "";
}

/// Every key of the file with the schema of its value.
void for_each_key(const std::function<void(const KeyInfo&, Section, const Json&)>& use) {
  std::set<Section> seen;
  const std::function<void(Section, const Json&)> walk = [&](Section section, const Json& table) {
    if (!seen.insert(section).second) return;
    for (const Section part : sections_of(section))
      for (const KeyInfo& key : keys_of(part)) {
        const std::string name(key.name);
        if (key.only_value == "") continue;
        REQUIRE_MESSAGE(table.at("properties").contains(name), name);
        const Json& value = table.at("properties").at(name);
        use(key, section, value);
        if (key.inner && !key.only_value)
          walk(*key.inner, whole_schema().at("definitions").at(reference_in(value)));
      }
  };
  walk(Section::top, whole_schema());
}

/// Whether reading a value of the key reports nothing.
bool is_read(const KeyInfo& key, const toml::node& value, const Folder& folder) {
  Diagnostics problems("pgo.toml");
  Reading reading{problems, folder.path(), true};
  const std::string where = "a table";
  const auto decoded = decode(key, value, where, reading);
  if (key.only_value && to_toml(value) != *key.only_value) return false;
  return decoded && problems.count() == 0;
}

}  // namespace

TEST_CASE("the schema accepts the values that reading accepts, and no others, for every key") {
  const Folder folder;
  std::vector<std::string> values{"true",
                                  "false",
                                  "0",
                                  "1",
                                  "-1",
                                  "256",
                                  "1.5",
                                  "\"\"",
                                  "\"x\"",
                                  "\"3\"",
                                  "[]",
                                  "[0]",
                                  "[1]",
                                  "[[]]",
                                  "[\"\"]",
                                  "[\"x\"]",
                                  "[[\"x\"]]",
                                  "[0, 256]",
                                  "{}",
                                  "{ a = 1 }",
                                  "\"1\"",
                                  "\"5 ms\"",
                                  "\"0s\"",
                                  "\"1.5%\"",
                                  "\"101%\"",
                                  "\"2 KiB\"",
                                  "{ a = \"x\" }",
                                  "{ a = [] }",
                                  "{ a = [\"x\"] }",
                                  "{ a = {} }",
                                  "{ file = \"f\" }",
                                  "[{}]"};
  const auto pool = values.size();
  for_each_key([&](const KeyInfo& key, Section section, const Json& schema) {
    // an array may be an axis there, and what a table of axis values means depends on the axes
    if (section == Section::matrix) return;
    // these are judged when their whole table is read (tests/e2e/taplo.cpp)
    if (key.type == Type::folder_name || key.type == Type::sha256 || key.type == Type::commit_id) return;
    for (const auto value : {key.example, key.initial})
      if (!value.empty()) values.emplace_back(value);
    auto definitions = whole_schema().at("definitions");
    definitions.at("project").erase("oneOf");  // about several keys
    Json alone{{"definitions", definitions}, {"allOf", {schema}}};
    const Schema of_key(alone);
    for (const auto& value : values) {
      const auto document = toml::parse("value = " + value);
      CAPTURE(key.name);
      CAPTURE(value);
      CHECK(of_key.accepts(to_json(document).at("value")) == is_read(key, *document.get("value"), folder));
    }
    values.resize(pool);
  });
}

TEST_CASE("the schema accepts every example, and rejects an unknown key and a missing one") {
  const Schema schema(whole_schema());
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(PGO_ORCH_SOURCE_DIR "/examples")) {
    const auto file_name = entry.path().filename().string();
    if (entry.path().extension() != ".toml" || file_name == "Cargo.toml" || file_name == "pyproject.toml")
      continue;
    CAPTURE(entry.path());
    auto document = toml::parse(toolchains::read_file(entry.path()));
    if (!document.contains("project")) continue;
    ++files;
    const Json json = to_json(document);
    CHECK(schema.accepts(json));
    for (const auto& [name, value] : json.items()) {
      Json changed = json;
      Json& table = changed[name].is_array() ? changed[name][0] : changed[name];
      table["nosuchkey"] = 1;
      CHECK_FALSE(schema.accepts(changed));
    }
    Json without = json;
    without.erase("project");
    CHECK_FALSE(schema.accepts(without));
  }
  CHECK(files >= 6);
}

TEST_CASE("a matrix takes an array of values for each setting") {
  const Schema schema(whole_schema());
  const auto accepts = [&](const std::string& line) {
    return schema.accepts(to_json(toml::parse(project + "[[matrix]]\n" + line + "\n")));
  };
  CHECK(
      accepts("lto = [\"fat\", false]\ncodegen-units = [1, 16]\nrustflags = [[], [\"-Cx\"]]\npgo = [true]"));
  CHECK(accepts("lto = \"fat\"\ninherits = [\"a\", \"b\"]"));
  CHECK_FALSE(accepts("lto = [\"fast\"]"));
  CHECK_FALSE(accepts("codegen-units = []"));
}

TEST_CASE("what a key's row says counts without it is what counts") {
  const Folder folder;
  const auto file = [](Section section, const std::string& line) {
    const std::string text = "[project]\nsource = \"fib.rs\"\n";
    const auto at = [&](Section here) { return section == here ? line : std::string(); };
    return text + at(Section::project) + "[[workload]]\nname = \"w\"\n" + at(Section::workload) +
           "[workload.expect]\n" + at(Section::expect) + "[[variant]]\nname = \"v\"\n[variant.pgo]\n" +
           at(Section::pgo) + "[measure]\n" + at(Section::measure) + "[build]\n" + at(Section::build) +
           "[release]\n" + at(Section::release) + "[[reference]]\nname = \"c\"\nrun = [\"c\"]\n" +
           at(Section::reference) + "[[goal]]\nname = \"g\"\nmetric = \"size\"\nbelow = \"1 MiB\"\n" +
           at(Section::goal) + "[[phase]]\nname = \"p\"\nsymbols = [\"x\"]\n" + at(Section::phase) +
           "[[inspect]]\nsymbols = [\"x\"]\n" + at(Section::inspect);
  };
  const Config plain = folder.load(file(Section::top, ""));
  int defaults = 0;
  for (const Section section :
       {Section::project, Section::workload, Section::expect, Section::pgo, Section::measure, Section::build,
        Section::release, Section::reference, Section::goal, Section::phase, Section::inspect}) {
    for (const KeyInfo& key : keys_of(section)) {
      // what only applies to another kind of project, or to goals of another metric
      if (key.initial.empty() || (key.only_with && key.only_with != ProjectKind::source) ||
          key.name == "scenario")
        continue;
      ++defaults;
      const std::string line = fmt::format("{} = {}\n", key.name, key.initial);
      CAPTURE(line);
      const Config given = folder.load(file(section, line));
      CHECK(given.project == plain.project);
      CHECK(given.workloads == plain.workloads);
      CHECK(given.variants->at(0).settings == plain.variants->at(0).settings);
      CHECK(given.measure == plain.measure);
      CHECK(given.build == plain.build);
      CHECK(given.release == plain.release);
      CHECK(given.questions.references == plain.questions.references);
      CHECK(given.questions.goals == plain.questions.goals);
      CHECK(given.questions.groups == plain.questions.groups);
      CHECK(given.questions.inspections == plain.questions.inspections);
    }
  }
  CHECK(defaults > 40);
}

TEST_CASE("every key says what it is") {
  for_each_key([](const KeyInfo& key, Section, const Json& schema) {
    CAPTURE(key.name);
    CHECK_FALSE(key.doc.empty());
    CHECK(schema.at("description") == key.doc);
    if (schema.contains("examples")) CHECK(schema.at("examples").is_array());  // what taplo insists on
  });
}

}  // namespace pgo_orch::orchestrator::test
