// [[variant]], what it starts from, and all variants together.

#include "orchestrator/config/variants.h"

#include <fmt/format.h>

#include "orchestrator/config/find.h"
#include "orchestrator/config/texts.h"

namespace pgo_orch::orchestrator {
namespace {

/// "opt-level-3", "no-pgo"; an inherited variant gives its name alone.
std::string default_part(const Axis& axis, const std::string& label) {
  if (axis.key == "inherits") return label;
  if (axis.is_switch && label == "true") return axis.key;
  if (axis.is_switch && label == "false") return "no-" + axis.key;
  return axis.key + "-" + label;
}

/// The name of an included combination, safe as a file name.
std::string name_at(const Matrix& matrix, std::size_t index) {
  const auto digits = digits_of(matrix.axes, matrix.included.at(index));
  const auto label = [&](std::size_t axis) -> const std::string& {
    return matrix.axes[axis].values[digits[axis]].label;
  };
  std::string name;
  for (const NamePart& part : matrix.name) name += part.axis ? label(*part.axis) : part.text;
  if (!matrix.name.empty()) return safe_name(name);
  for (std::size_t axis = 0; axis < digits.size(); ++axis) {
    if (axis > 0) name += "_";
    name += default_part(matrix.axes[axis], label(axis));
  }
  return safe_name(name);
}

/// An included combination, complete.
Variant variant_at(const Matrix& matrix, std::size_t index) {
  Variant variant;
  variant.name = name_at(matrix, index);
  variant.line = matrix.line;
  variant.inherits = matrix.inherits;
  variant.condition = matrix.condition;
  const auto digits = digits_of(matrix.axes, matrix.included.at(index));
  const profiles::Settings* base = &matrix.base;
  for (std::size_t axis = 0; axis < digits.size(); ++axis) {
    if (matrix.axes[axis].key != "inherits") continue;
    base = &matrix.axes[axis].values[digits[axis]].overlay.settings;
    variant.inherits = matrix.axes[axis].values[digits[axis]].label;
  }
  variant.settings = profiles::merge(*base, matrix.constants.settings, matrix.constants.reset);
  for (std::size_t axis = 0; axis < digits.size(); ++axis) {
    if (matrix.axes[axis].key == "inherits") continue;
    const Overlay& overlay = matrix.axes[axis].values[digits[axis]].overlay;
    variant.settings = profiles::merge(std::move(variant.settings), overlay.settings, overlay.reset);
  }
  return variant;
}

Variant variant_of(const std::vector<Variant>& listed, const std::vector<Matrix>& matrices,
                   std::size_t index) {
  if (index < listed.size()) return listed[index];
  index -= listed.size();
  auto matrix = matrices.begin();
  for (; index >= matrix->included.size(); ++matrix) index -= matrix->included.size();
  return variant_at(*matrix, index);
}

const toml::table* table_named(const Ancestors& ancestors, const std::string& name) {
  const auto* found =
      find_by(ancestors.tables, [](const toml::table* table) { return text_at(*table, "name"); }, name);
  return found ? *found : nullptr;
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
  return fmt::format("variant '{}' comes after the one that inherits from it: move it up (from line {})",
                     name, place_of(*parent).line);
}

/// All [[variant]]s, none of them read yet.
Ancestors read_ancestors(const toml::table& document, Reading& reading) {
  Ancestors ancestors;
  ancestors.tables = tables_at(document, "variant");
  if (const auto* table = document["variant-defaults"].as_table()) {
    Overlay defaults;
    read_table(*table, "[variant-defaults]", Section::settings, {&defaults}, reading);
    ancestors.defaults = defaults.settings;
  }
  return ancestors;
}

void check_reserved(const std::string& name, Place place, Reading& reading) {
  if (name != "best") return;
  reading.error(place, "'best' cannot be the name of a variant: it means the winner");
}

Variant read_variant(const toml::table& table, const Ancestors& ancestors, Reading& reading) {
  VariantHead head;
  Overlay overlay;
  read_table(table, title_of(table, Section::variant), Section::variant, {&head, &overlay}, reading);
  check_name("variant", head.name, place_of(table, "name"), reading.problems);
  check_reserved(head.name, place_of(table, "name"), reading);
  take_reset(table, head, overlay, reading);
  const auto base = head.inherits
                        ? inherited(ancestors, *head.inherits, table, place_of(table, "inherits"), reading)
                        : ancestors.defaults;
  return {.name = head.name,
          .settings = profiles::merge(base, overlay.settings, overlay.reset),
          .baseline = head.baseline,
          .inherits = head.inherits,
          .condition = head.condition,
          .line = place_of(table).line};
}

/// The index of the one with `baseline = true`, else the first.
std::size_t listed_baseline(const Ancestors& ancestors, Reading& reading) {
  std::optional<std::size_t> baseline;
  for (std::size_t i = 0; i < ancestors.listed.size(); ++i) {
    if (!ancestors.listed[i].baseline) continue;
    if (baseline) {
      reading.error(*ancestors.tables[i], "baseline",
                    fmt::format("there are two baselines: variant '{}' is one already",
                                ancestors.listed[*baseline].name));
    } else {
      baseline = i;
    }
  }
  return baseline.value_or(0);
}

/// All names once: those of matrices are only known when they are made.
void check_names(const Ancestors& ancestors, const std::vector<Matrix>& matrices,
                 const std::vector<const toml::table*>& tables, Reading& reading) {
  NameRegister names;
  for (std::size_t i = 0; i < ancestors.listed.size(); ++i) {
    names.add("variant", ancestors.listed[i].name, place_of(*ancestors.tables[i], "name"), reading.problems);
  }
  for (std::size_t m = 0; m < matrices.size(); ++m) {
    for (std::size_t i = 0; i < matrices[m].included.size(); ++i) {
      const std::string name = name_at(matrices[m], i);
      const Place place = place_of(*tables[m], "name");
      check_reserved(name, place, reading);
      if (name.size() > longest_name) {
        reading.error(
            place, fmt::format("the name '{}' is longer than {} characters: write a shorter name = \"...\"",
                               name, longest_name));
        break;
      }
      if (const std::string* other = names.collides(name)) {
        reading.error(place, fmt::format("the name '{}' of this [[matrix]] collides with variant '{}': each "
                                         "must be another folder; write a name = \"...\" that differs",
                                         name, *other));
        break;
      }
    }
  }
}

/// Without listed variants the baseline is the one that a matrix names, else the very first.
std::vector<Matrix> read_matrices(const std::vector<const toml::table*>& tables, const Ancestors& ancestors,
                                  std::size_t& baseline, Reading& reading) {
  std::vector<Matrix> matrices;
  std::size_t before = ancestors.listed.size();
  bool chosen = before > 0;
  for (const toml::table* table : tables) {
    auto [matrix, picked] = read_matrix(*table, ancestors, reading);
    if (chosen && table->contains("baseline"))
      reading.error(*table, "baseline",
                    ancestors.listed.empty()
                        ? "there are two baselines: an earlier [[matrix]] names one already"
                        : "there are two baselines: with [[variant]]s it is the first of them, or the one "
                          "with baseline = true");
    if (picked && !chosen) {
      baseline = before + *picked;
      chosen = true;
    }
    before += matrix.included.size();
    matrices.push_back(std::move(matrix));
  }
  return matrices;
}

}  // namespace

std::vector<std::size_t> digits_of(const std::vector<Axis>& axes, std::uint32_t combination) {
  std::vector<std::size_t> digits(axes.size());
  for (std::size_t axis = axes.size(); axis-- > 0;) {
    const auto values = static_cast<std::uint32_t>(axes[axis].values.size());
    digits[axis] = combination % values;
    combination /= values;
  }
  return digits;
}

profiles::Settings inherited(const Ancestors& ancestors, const std::string& name, const toml::table& child,
                             Place place, Reading& reading) {
  const Place here = place_of(child);
  for (std::size_t i = ancestors.listed.size(); i-- > 0;) {
    if (ancestors.listed[i].name == name && place_of(*ancestors.tables[i]) < here)
      return ancestors.listed[i].settings;
  }
  reading.error(place, why_not(ancestors, name, child));
  return ancestors.defaults;
}

void take_reset(const toml::table& table, const VariantHead& head, Overlay& overlay, Reading& reading) {
  Strings names;
  for (const KeyInfo& key : keys_of(Section::settings)) names.emplace_back(key.name);
  for (const std::string& name : head.reset) {
    if (!contains(names, name)) {
      reading.error(
          table, "reset",
          fmt::format("'reset' names '{}', which is not a setting{}", name, did_you_mean(name, names)));
    }
    overlay.reset.push_back(name);
  }
}

std::shared_ptr<const Variants> read_variants(const toml::table& document, Reading& reading) {
  Ancestors ancestors = read_ancestors(document, reading);
  for (const toml::table* table : ancestors.tables) {
    ancestors.listed.push_back(read_variant(*table, ancestors, reading));
  }
  std::size_t baseline = listed_baseline(ancestors, reading);
  const auto tables = tables_at(document, "matrix");
  auto matrices = read_matrices(tables, ancestors, baseline, reading);
  check_names(ancestors, matrices, tables, reading);
  std::size_t size = ancestors.listed.size();
  for (const Matrix& matrix : matrices) size += matrix.included.size();
  if (size == 0) return nullptr;
  auto make = [listed = std::move(ancestors.listed), matrices = std::move(matrices),
               baseline](std::size_t index) {
    Variant variant = variant_of(listed, matrices, index);
    variant.baseline = index == baseline;
    return variant;
  };
  return std::make_shared<Variants>(size, baseline, std::move(make));
}

std::vector<OwnedCondition> conditions_of(const Variants& variants, std::size_t index) {
  std::vector<OwnedCondition> conditions;
  for (Variant variant = variants.at(index);;) {
    if (variant.condition) conditions.push_back({variant.name, *variant.condition});
    // Only listed variants are inherited from, and they come before all of the matrices', in order.
    std::optional<Variant> parent;
    for (std::size_t i = 0; variant.inherits && i < index; ++i) {
      if (Variant earlier = variants.at(i); earlier.name == *variant.inherits) {
        parent = std::move(earlier);
        index = i;
      }
    }
    if (!parent) return conditions;
    variant = std::move(*parent);
  }
}

}  // namespace pgo_orch::orchestrator
