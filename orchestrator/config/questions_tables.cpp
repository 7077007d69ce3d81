// [[reference]], [[goal]], [[decision]], [[phase]], [[inspect]] and `only-if`.

#include "orchestrator/config/parts.h"

namespace pgo_orch::orchestrator {
namespace {

template <class T>
std::vector<T> read_all(const toml::table& document, const char* name, Section section, Reading& reading) {
  std::vector<T> all;
  for (const toml::table* table : tables_at(document, name))
    read_table(*table, title_of(*table, section), {{section, &all.emplace_back()}}, reading);
  return all;
}

}  // namespace

Questions read_questions(const toml::table& document, Reading& reading) {
  Questions questions;
  questions.references = read_all<Reference>(document, "reference", Section::reference, reading);
  questions.goals = read_all<Goal>(document, "goal", Section::goal, reading);
  questions.decisions = read_all<Decision>(document, "decision", Section::decision, reading);
  questions.groups = read_all<PhaseGroup>(document, "phase", Section::phase, reading);
  questions.inspections = read_all<Inspect>(document, "inspect", Section::inspect, reading);
  const auto decisions = tables_at(document, "decision");
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    for (const toml::table* band : tables_at(*decisions[i], "bands"))
      questions.decisions[i].bands.push_back(read_inner<Band>(*band, Section::band, reading));
  }
  return questions;
}

std::optional<Gate> read_gate(const toml::table& table, const Reading& reading) {
  const auto* gate = table["only-if"].as_table();
  if (!gate) return std::nullopt;
  return read_inner<Gate>(*gate, Section::gate, reading);
}

}  // namespace pgo_orch::orchestrator
