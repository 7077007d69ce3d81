#include "orchestrator/config/keys.h"

#include <iterator>
#include <sstream>

#include "orchestrator/config/find.h"
#include "orchestrator/config/keys_corpus.h"
#include "orchestrator/config/keys_gate.h"
#include "orchestrator/config/keys_project.h"
#include "orchestrator/config/keys_release.h"
#include "orchestrator/config/keys_variant.h"
#include "orchestrator/config/keys_verdicts.h"

namespace pgo_orch::orchestrator {

using enum Type;

namespace {

constexpr KeyInfo top_keys[] = {
    // checked before anything else, so no section keeps it
    {"requires", name, R"(">=0.3")", "The versions of pgo-orch that this file is for."},
    required(holding(Section::project, {"project", table, "", "What is built."})),
    holding(Section::workload,
            {"workload", tables, "", "A way to run a program: to train, to measure, or both."}),
    holding(Section::corpus, {"corpus", tables, "", "Files that workloads are run with, under a name."}),
    holding(Section::settings, {"variant-defaults", table, "", "Settings that every variant starts from."}),
    holding(Section::variant, {"variant", tables, "", "A way to build the project."}),
    holding(Section::matrix, {"matrix", tables, "", "A variant for each combination of values."}),
    holding(Section::measure, {"measure", table, "", "How run time is measured."}),
    holding(Section::build, {"build", table, "", "How variants are built."}),
    holding(Section::gate, {"gate", table, "", "When one version of the program is worse than another."}),
    holding(Section::release, {"release", table, "", "What is shipped, and what it must be like."}),
    holding(Section::reference, {"reference", tables, "", "A program in another language, to compare with."}),
    holding(Section::goal, {"goal", tables, "", "A target that is met or missed."}),
    holding(Section::decision, {"decision", tables, "", "A conclusion that a measured range chooses."}),
    holding(Section::phase, {"phase", tables, "", "A group of functions whose time is added up."}),
    holding(Section::inspect, {"inspect", tables, "", "Evidence about code, for every variant."}),
};

}  // namespace

std::span<const KeyInfo> keys_of(Section section) {
  switch (section) {
    case Section::top:
      return top_keys;
    case Section::project:
      return project_keys;
    case Section::workload:
      return workload_keys;
    case Section::corpus:
      return corpus_keys;
    case Section::expect:
      return expect_keys;
    case Section::settings:
      return settings_keys;
    case Section::variant:
      return variant_keys;
    case Section::matrix:
      return matrix_keys;
    case Section::pgo:
      return pgo_keys;
    case Section::package:
      return package_keys;
    case Section::bolt:
      return bolt_keys;
    case Section::only_if:
      return only_if_keys;
    case Section::measure:
      return measure_keys;
    case Section::build:
      return build_keys;
    case Section::build_patch:
      return build_patch_keys;
    case Section::gate:
      return gate_keys;
    case Section::release:
      return release_keys;
    case Section::release_generate:
      return release_generate_keys;
    case Section::reference:
      return reference_keys;
    case Section::goal:
      return goal_keys;
    case Section::decision:
      return decision_keys;
    case Section::band:
      return band_keys;
    case Section::phase:
      return phase_keys;
    case Section::inspect:
      return inspect_keys;
  }
  return {};
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
