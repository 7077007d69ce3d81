#include "orchestrator/config/keys.h"

#include <iterator>
#include <sstream>

#include "orchestrator/config/find.h"
#include "orchestrator/config/keys_project.h"
#include "orchestrator/config/keys_variant.h"
#include "orchestrator/config/keys_verdicts.h"

namespace pgo_orch::orchestrator {

using enum Type;

namespace {

constexpr KeyInfo top_keys[] = {
    required(holding(Section::project, {"project", table})),  // what is built
    holding(Section::workload,
            {"workload", tables}),  // a way to run a program: to train, to measure, or both
    holding(Section::settings, {"variant-defaults", table}),  // settings every variant starts from
    holding(Section::variant, {"variant", tables}),           // a way to build the project
    holding(Section::matrix, {"matrix", tables}),             // variants for each combination of values
    holding(Section::measure, {"measure", table}),            // how run time is measured
    holding(Section::build, {"build", table}),                // how variants are built
    holding(Section::reference, {"reference", tables}),  // a program in another language, to compare with
    holding(Section::goal, {"goal", tables}),            // a target with pass or fail
    holding(Section::decision, {"decision", tables}),    // a conclusion chosen by a measured band
    holding(Section::phase, {"phase", tables}),          // a group of functions, for attribution
    holding(Section::inspect, {"inspect", tables}),      // evidence about code, for every variant
};

}  // namespace

std::span<const KeyInfo> keys_of(Section section) {
  static constexpr std::span<const KeyInfo> in_order_of_sections[] = {
      top_keys,       project_keys, workload_keys, expect_keys, settings_keys, variant_keys, matrix_keys,
      pgo_keys,       package_keys, bolt_keys,     gate_keys,   measure_keys,  build_keys,   build_patch_keys,
      reference_keys, goal_keys,    decision_keys, band_keys,   phase_keys,    inspect_keys};
  return in_order_of_sections[static_cast<std::size_t>(section)];
}

std::string header_of(Section section) {
  const KeyInfo* key = find_by(top_keys, &KeyInfo::inner, section);
  if (!key) return "";
  const std::string name(key->name);
  return key->type == tables ? "[[" + name + "]]" : "[" + name + "]";
}

std::vector<Section> sections_of(Section section) {
  if (section == Section::variant || section == Section::matrix) return {section, Section::settings};
  return {section};
}

const KeyInfo* row_of(Section section, std::string_view name) {
  const auto keys = keys_of(section);
  return find_by(keys, &KeyInfo::name, name);
}

const KeyInfo* find_key(Section section, std::string_view name) {
  for (const Section part : sections_of(section))
    if (const KeyInfo* key = row_of(part, name)) return key;
  return nullptr;
}

Strings words_of(std::string_view list) {
  std::istringstream words{std::string(list)};
  return {std::istream_iterator<std::string>(words), {}};
}

}  // namespace pgo_orch::orchestrator
