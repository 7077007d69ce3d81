// What a variant starts from.

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/config/parts.h"
#include "orchestrator/config/variants.h"

namespace pgo_orch::orchestrator {
namespace {

const toml::table* table_named(const Ancestors& ancestors, const std::string& name) {
  const auto found = std::ranges::find(ancestors.tables, name,
                                       [](const toml::table* table) { return text_at(*table, "name"); });
  return found == ancestors.tables.end() ? nullptr : *found;
}

/// Whether the chain of `inherits` that begins at `table` comes by `child`.
bool leads_to(const Ancestors& ancestors, const toml::table* table, const toml::table& child) {
  for (std::size_t steps = 0; table && steps <= ancestors.tables.size(); ++steps) {
    if (table == &child) return true;
    table = table_named(ancestors, text_at(*table, "inherits"));
  }
  return false;
}

std::string why_not(const Ancestors& ancestors, const std::string& name, const toml::table& child) {
  const toml::table* parent = table_named(ancestors, name);
  if (!parent) {
    Strings names;
    for (const toml::table* table : ancestors.tables) names.push_back(text_at(*table, "name"));
    return fmt::format("there is no variant '{}' to inherit from{}", name, did_you_mean(name, names));
  }
  if (parent == &child) return fmt::format("variant '{}' cannot inherit from itself", name);
  if (leads_to(ancestors, parent, child)) {
    return fmt::format("variants '{}' and '{}' inherit from each other", text_at(child, "name"), name);
  }
  return fmt::format("variant '{}' stands behind the one that inherits from it: move it up (from line {})",
                     name, place_of(*parent).line);
}

}  // namespace

Ancestors read_ancestors(const toml::table& document, Reading& reading) {
  Ancestors ancestors;
  ancestors.tables = tables_at(document, "variant");
  if (const auto* table = document["variant-defaults"].as_table()) {
    Overlay defaults;
    read_table(*table, "[variant-defaults]", {{Section::settings, &defaults}}, reading);
    ancestors.defaults = defaults.settings;
  }
  return ancestors;
}

profiles::Settings inherited(const Ancestors& ancestors, const std::string& name, const toml::table& child,
                             Place place, Reading& reading) {
  const Place here = place_of(child);
  for (std::size_t i = ancestors.listed.size(); i-- > 0;) {
    if (ancestors.listed[i].name == name && place_of(*ancestors.tables[i]) < here)
      return ancestors.listed[i].settings;
  }
  reading.problems.error(place, why_not(ancestors, name, child));
  return ancestors.defaults;
}

void take_reset(const toml::table& table, const VariantHead& head, Overlay& overlay, Reading& reading) {
  Strings names;
  for (const KeyInfo& key : keys_of(Section::settings)) names.emplace_back(key.name);
  for (const std::string& name : head.reset) {
    if (std::ranges::find(names, name) == names.end()) {
      reading.problems.error(
          place_of(table, "reset"),
          fmt::format("'reset' names '{}', which is no setting{}", name, did_you_mean(name, names)));
    }
    overlay.reset.push_back(name);
  }
}

}  // namespace pgo_orch::orchestrator
