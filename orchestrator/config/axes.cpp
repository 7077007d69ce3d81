#include "orchestrator/config/axes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace pgo_orch::orchestrator {
namespace {

bool is_list(Type type) {
  return type == Type::strings || type == Type::files || type == Type::command;
}

/// An array is an axis; for a key whose value is a list, an array of arrays.
bool is_axis(const KeyInfo& key, const toml::node& node) {
  const auto* array = node.as_array();
  if (!array) return false;
  return !is_list(key.type) ||
         std::ranges::any_of(*array, [](const toml::node& item) { return item.is_array(); });
}

std::optional<Overlay> read_ancestor(const toml::node& node, Draft& draft) {
  const KeyInfo& key = *find_key(Section::matrix, "inherits");
  const auto name = decode(key, node, matrix_title, draft.reading);
  if (!name) return std::nullopt;
  return Overlay{
      inherited(draft.ancestors, std::get<std::string>(*name), draft.table, place_of(node), draft.reading),
      {}};
}

void read_axis(const KeyInfo& key, const toml::array& array, Draft& draft) {
  Axis axis{std::string(key.name), key.type == Type::boolean || key.type == Type::feedback, {}};
  if (array.empty()) {
    draft.error(place_of(array),
                fmt::format("the axis '{0}' has no values: write {0} = [{1}], or leave it out", key.name,
                            key.example));
    draft.broken = true;
  }
  for (const toml::node& item : array) {
    auto overlay = key.name == "inherits" ? read_ancestor(item, draft) : read_value(key, item, draft);
    if (overlay) axis.values.push_back({label_of(item), std::move(*overlay)});
  }
  draft.broken = draft.broken || axis.values.size() != array.size();
  draft.matrix.axes.push_back(std::move(axis));
}

void read_setting(const KeyInfo& key, const Entry& entry, Draft& draft) {
  report_unsupported(key, entry, matrix_title, draft.reading);
  if (is_axis(key, entry.node)) return read_axis(key, *entry.node.as_array(), draft);
  const auto value = decode(key, entry.node, matrix_title, draft.reading);
  if (value && key.store) key.store(&draft.matrix.constants, key, *value);
}

void read_head(const KeyInfo& key, const Entry& entry, Draft& draft) {
  const bool inherits = key.name == "inherits";
  if (inherits && entry.node.is_array()) return read_axis(key, *entry.node.as_array(), draft);
  const auto value = decode(key, entry.node, matrix_title, draft.reading);
  if (!value) return;
  report_unsupported(key, entry, matrix_title, draft.reading);
  if (key.store) key.store(&draft.head, key, *value);
  if (inherits) {
    draft.matrix.base =
        inherited(draft.ancestors, *draft.head.inherits, draft.table, place_of(entry.node), draft.reading);
  }
}

}  // namespace

std::string label_of(const toml::node& node) {
  Strings parts;
  if (const auto* array = node.as_array()) {
    for (const toml::node& item : *array) parts.push_back(label_of(item));
  } else if (const auto* table = node.as_table()) {
    for (const Entry& entry : entries_of(*table)) {
      parts.push_back(fmt::format("{}-{}", entry.name(), label_of(entry.node)));
    }
  } else {
    return node.is_string() ? node.value_or(std::string()) : to_toml(node);
  }
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, "+"));
}

std::optional<Overlay> read_value(const KeyInfo& key, const toml::node& node, const Draft& draft) {
  const auto value = decode(key, node, matrix_title, draft.reading);
  if (!value) return std::nullopt;
  Overlay overlay;
  if (key.store) key.store(&overlay, key, *value);
  return overlay;
}

void read_keys(Draft& draft) {
  for (const Entry& entry : entries_of(draft.table)) {
    const KeyInfo* key = find_key(Section::matrix, entry.name());
    const auto head = keys_of(Section::matrix);
    if (!key) {
      report_unknown_key(entry, Section::matrix, matrix_title, draft.reading);
    } else if (key >= head.data() && key < head.data() + head.size()) {
      read_head(*key, entry, draft);
    } else {
      read_setting(*key, entry, draft);
    }
  }
  take_reset(draft.table, draft.head, draft.matrix.constants, draft.reading);
}

}  // namespace pgo_orch::orchestrator
