// [[matrix]]: which keys are axes, what is included, how it is named, which one is the baseline.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/config/texts.h"
#include "orchestrator/config/variants.h"

namespace pgo_orch::orchestrator {
namespace {

/// How messages call a matrix.
inline constexpr const char* matrix_title = "[[matrix]]";

/// A matrix on its way from the file.
struct Draft {
  const toml::table& table;
  const Ancestors& ancestors;
  Reading& reading;
  VariantHead head;
  Matrix matrix;
  bool broken = false;  ///< an axis is wrong or missing: what refers to axes cannot be judged

  void error(Place place, const std::string& text) const { reading.error(place, text); }
};

/// How a value reads in a name: arrays joined, tables as their keys and values.
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

/// One value of an axis; nothing, with the error reported, if it is wrong.
std::optional<Overlay> read_value(const KeyInfo& key, const toml::node& node, const Draft& draft) {
  const auto value = decode(key, node, matrix_title, draft.reading);
  if (!value) return std::nullopt;
  Overlay overlay;
  if (key.name == "inherits")
    overlay.settings =
        inherited(draft.ancestors, std::get<std::string>(*value), draft.table, place_of(node), draft.reading);
  else if (key.store)
    key.store(&overlay, key, *value);
  return overlay;
}

/// An array is an axis; for a key whose value is a list, an array of arrays.
bool is_axis(const KeyInfo& key, const toml::node& node) {
  const auto* array = node.as_array();
  const bool is_list = key.type == Type::strings || key.type == Type::files || key.type == Type::command;
  return array &&
         (!is_list || std::ranges::any_of(*array, [](const toml::node& item) { return item.is_array(); }));
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
    if (auto overlay = read_value(key, item, draft))
      axis.values.push_back({label_of(item), std::move(*overlay)});
  }
  draft.broken = draft.broken || axis.values.size() != array.size();
  draft.matrix.axes.push_back(std::move(axis));
}

void read_head(const KeyInfo& key, const Entry& entry, Draft& draft) {
  const bool inherits = key.name == "inherits";
  if (inherits && entry.node.is_array()) return read_axis(key, *entry.node.as_array(), draft);
  if (!read_key(key, entry, matrix_title, &draft.head, draft.reading) || !inherits) return;
  draft.matrix.inherits = draft.head.inherits;
  draft.matrix.base =
      inherited(draft.ancestors, *draft.head.inherits, draft.table, place_of(entry.node), draft.reading);
}

/// Fills in head, base, constants and axes.
void read_keys(Draft& draft) {
  for (const Entry& entry : entries_of(draft.table)) {
    if (const KeyInfo* head = row_of(Section::matrix, entry.name())) {
      read_head(*head, entry, draft);
    } else if (const KeyInfo* key = row_of(Section::settings, entry.name())) {
      report_unsupported(*key, entry, matrix_title, draft.reading);
      if (is_axis(*key, entry.node))
        read_axis(*key, *entry.node.as_array(), draft);
      else
        read_key(*key, entry, matrix_title, &draft.matrix.constants, draft.reading);
    } else {
      report_unknown_key(entry, Section::matrix, matrix_title, draft.reading);
    }
  }
  take_reset(draft.table, draft.head, draft.matrix.constants, draft.reading);
}

/// One index for each axis, where the combination wants one.
using Pattern = std::vector<std::optional<std::size_t>>;

bool matches(const std::vector<Axis>& axes, std::uint32_t combination, const Pattern& pattern) {
  return std::ranges::equal(pattern, digits_of(axes, combination), [](const auto& wanted, std::size_t value) {
    return !wanted || *wanted == value;
  });
}

/// Before anything is excluded; saturates at 2^32.
std::uint64_t combinations(const std::vector<Axis>& axes) {
  std::uint64_t product = 1;
  for (const Axis& axis : axes) {
    product = std::min<std::uint64_t>(product * axis.values.size(), std::uint64_t{1} << 32);
  }
  return product;
}

/// Beyond it a run would take years; and the numbers of the combinations are all kept.
constexpr std::uint64_t most_combinations = 100'000;

Strings axis_names(const Draft& draft) {
  Strings names;
  for (const Axis& axis : draft.matrix.axes) names.push_back(axis.key);
  return names;
}

std::optional<std::size_t> axis_named(const Draft& draft, std::string_view name) {
  const auto& axes = draft.matrix.axes;
  const auto found = std::ranges::find(axes, name, &Axis::key);
  return found == axes.end() ? std::nullopt : std::optional<std::size_t>(found - axes.begin());
}

std::string not_an_axis(const Draft& draft, std::string_view name) {
  const Strings names = axis_names(draft);
  const std::string hint = did_you_mean(name, names);
  return fmt::format(
      "'{}' is not an axis of this matrix{}", name,
      hint.empty() && !names.empty() ? fmt::format(" (its axes: {})", quoted_list(names, "and")) : hint);
}

/// The index of the value on its axis; nothing, with the error reported, if the axis lacks it.
std::optional<std::size_t> index_of(const Axis& axis, const toml::node& node, const Draft& draft) {
  const bool inherits = axis.key == "inherits";
  const auto wanted = inherits ? Overlay{} : read_value(*find_key(Section::matrix, axis.key), node, draft);
  if (!wanted) return std::nullopt;
  Strings labels;
  for (const auto& [label, overlay] : axis.values) {
    if (inherits ? label == label_of(node) : overlay == *wanted) return labels.size();
    labels.push_back(label);
  }
  draft.error(place_of(node), fmt::format("the axis '{}' has no value {}: it has {}", axis.key, to_toml(node),
                                          quoted_list(labels, "and")));
  return std::nullopt;
}

std::optional<Pattern> read_pattern(const toml::table& table, const Draft& draft) {
  Pattern pattern(draft.matrix.axes.size());
  bool fine = true;
  for (const Entry& entry : entries_of(table)) {
    const auto axis = axis_named(draft, entry.name());
    if (!axis) {
      draft.error(place_of(entry.key), not_an_axis(draft, entry.name()));
      fine = false;
    } else {
      pattern[*axis] = index_of(draft.matrix.axes[*axis], entry.node, draft);
      fine = fine && pattern[*axis];
    }
  }
  if (table.empty()) {
    draft.error(place_of(table), "an empty table has no axis values: write { lto = \"fat\" }");
    fine = false;
  }
  return fine ? std::optional(pattern) : std::nullopt;
}

void exclude(const toml::table& table, Draft& draft) {
  const auto pattern = read_pattern(table, draft);
  if (!pattern) return;
  const auto gone = std::erase_if(draft.matrix.included, [&](std::uint32_t combination) {
    return matches(draft.matrix.axes, combination, *pattern);
  });
  if (gone == 0) draft.error(place_of(table), "this combination is already excluded: leave it out");
}

void expand(Draft& draft) {
  Matrix& matrix = draft.matrix;
  const std::uint64_t count = combinations(matrix.axes);
  if (count > most_combinations) {
    draft.error(place_of(draft.table),
                fmt::format("this [[matrix]] has more than {} combinations: take out values or axes",
                            most_combinations));
    draft.broken = true;
    return;
  }
  for (std::uint32_t i = 0; i < count; ++i) matrix.included.push_back(i);
  if (const auto* patterns = draft.table["exclude"].as_array()) {
    for (const toml::node& item : *patterns) {
      if (const auto* table = item.as_table()) exclude(*table, draft);
    }
  }
  if (matrix.included.empty()) {
    draft.error(place_of(draft.table, "exclude"),
                "every combination of this [[matrix]] is excluded: nothing is left");
  }
}

/// "o{opt-level}-{lto}" in its parts.
void split_name(Draft& draft, const std::string& text, Place place) {
  for (std::size_t at = 0; at < text.size();) {
    const auto open = std::min(text.find('{', at), text.size());
    if (open > at) draft.matrix.name.push_back({text.substr(at, open - at), {}});
    if (open == text.size()) return;
    const auto close = text.find('}', open);
    if (close == std::string::npos) return draft.error(place, "'name' has a '{' without its '}'");
    const std::string key = text.substr(open + 1, close - open - 1);
    const auto axis = axis_named(draft, key);
    if (!axis) draft.error(place, fmt::format("'name': {}", not_an_axis(draft, key)));
    draft.matrix.name.push_back({"", axis});
    at = close + 1;
  }
}

/// False, with the error reported, if no name can be made.
bool read_name(Draft& draft) {
  const Place place = place_of(draft.table, "name");
  if (draft.matrix.axes.empty()) {
    draft.error(
        place_of(draft.table),
        "this [[matrix]] has no axis: give a key several values, as in lto = [\"thin\", \"fat\"], or write "
        "a [[variant]]");
    return false;
  }
  const auto before = draft.reading.problems.count();
  split_name(draft, draft.head.name, place);
  for (const NamePart& part : draft.matrix.name) {
    if (safe_name("x" + part.text) == "x" + part.text) continue;
    draft.error(place,
                fmt::format("'{}' in 'name' cannot be in the name of a folder: letters, digits, . _ - and + "
                            "are allowed",
                            part.text));
  }
  return draft.reading.problems.count() == before;
}

std::optional<std::size_t> read_baseline(const Draft& draft) {
  const auto* table = draft.table["baseline"].as_table();
  const auto pattern = table ? read_pattern(*table, draft) : std::nullopt;
  if (!pattern) return std::nullopt;
  const auto& included = draft.matrix.included;
  const auto picked = [&](std::uint32_t combination) {
    return matches(draft.matrix.axes, combination, *pattern);
  };
  const auto count = std::ranges::count_if(included, picked);
  if (count == 0) draft.error(place_of(*table), "'baseline' names a combination that is excluded");
  if (count > 1) {
    draft.error(place_of(*table),
                fmt::format("'baseline' must pick one variant, not {}: name more axes (there are {})", count,
                            quoted_list(axis_names(draft), "and")));
  }
  if (count == 0) return std::nullopt;
  return std::ranges::find_if(included, picked) - included.begin();
}

}  // namespace

ReadMatrix read_matrix(const toml::table& table, const Ancestors& ancestors, Reading& reading) {
  Draft draft{table, ancestors, reading, {}, {}};
  draft.matrix.line = place_of(table).line;
  draft.matrix.base = ancestors.defaults;
  read_keys(draft);
  draft.matrix.condition = draft.head.condition;
  if (!draft.broken) expand(draft);
  const auto baseline = draft.broken ? std::nullopt : read_baseline(draft);
  if (!read_name(draft)) draft.matrix.included.clear();
  if (draft.matrix.included.empty()) reading.variants_incomplete = true;
  return {std::move(draft.matrix), baseline};
}

}  // namespace pgo_orch::orchestrator
