#include "orchestrator/config/variants.h"

#include <algorithm>

#include "orchestrator/config/texts.h"

namespace pgo_orch::orchestrator {
namespace {

/// Calls `visit(axis index, value index)` from the last axis, which turns fastest, to the first.
template <class Visitor>
void for_each_digit(const std::vector<Axis>& axes, std::uint32_t combination, Visitor visit) {
  for (std::size_t axis = axes.size(); axis-- > 0;) {
    const auto values = static_cast<std::uint32_t>(axes[axis].values.size());
    visit(axis, combination % values);
    combination /= values;
  }
}

std::vector<std::size_t> digits_of(const std::vector<Axis>& axes, std::uint32_t combination) {
  std::vector<std::size_t> digits(axes.size());
  for_each_digit(axes, combination, [&](std::size_t axis, std::size_t value) { digits[axis] = value; });
  return digits;
}

/// "opt-level-3", "no-pgo"; an inherited variant gives its name alone.
std::string default_part(const Axis& axis, const std::string& label) {
  if (axis.key == "inherits") return label;
  if (axis.is_switch && label == "true") return axis.key;
  if (axis.is_switch && label == "false") return "no-" + axis.key;
  return axis.key + "-" + label;
}

}  // namespace

std::uint64_t combinations(const std::vector<Axis>& axes) {
  std::uint64_t product = 1;
  for (const Axis& axis : axes) {
    product = std::min<std::uint64_t>(product * axis.values.size(), std::uint64_t{1} << 32);
  }
  return product;
}

bool matches(const std::vector<Axis>& axes, std::uint32_t combination, const Pattern& pattern) {
  bool all = true;
  for_each_digit(axes, combination, [&](std::size_t axis, std::size_t value) {
    all = all && (!pattern[axis] || *pattern[axis] == value);
  });
  return all;
}

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

Variant variant_at(const Matrix& matrix, std::size_t index) {
  Variant variant;
  variant.name = name_at(matrix, index);
  variant.line = matrix.line;
  variant.inherits = matrix.inherits;
  variant.gate = matrix.gate;
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

}  // namespace pgo_orch::orchestrator
