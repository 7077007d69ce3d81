#pragma once
// [[matrix]]: the product of axes. Only the numbers of the combinations are kept; a variant is made when
// asked for.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/config/config.h"
#include "orchestrator/config/keys.h"

namespace pgo_orch::orchestrator {

struct AxisValue {
  std::string label;  ///< as it stands in a name
  Overlay overlay;    ///< of the axis `inherits`: the settings to start from
};

struct Axis {
  std::string key;
  bool is_switch = false;  ///< named "pgo" and "no-pgo" rather than "pgo-true" and "pgo-false"
  std::vector<AxisValue> values;
};

/// A part of a name: a text, or the label of an axis's value.
struct NamePart {
  std::string text;
  std::optional<std::size_t> axis;
};

struct Matrix {
  std::size_t line = 0;
  std::optional<std::string> inherits;  ///< where it is no axis
  std::optional<Gate> gate;
  profiles::Settings base;  ///< without an axis `inherits`
  Overlay constants;
  std::vector<Axis> axes;
  std::vector<NamePart> name;           ///< empty: made of the axes
  std::vector<std::uint32_t> included;  ///< numbers of combinations, the first axis turning slowest
};

/// One index for each axis, where the combination wants one.
using Pattern = std::vector<std::optional<std::size_t>>;

/// Before anything is excluded; saturates at 2^32.
std::uint64_t combinations(const std::vector<Axis>& axes);

bool matches(const std::vector<Axis>& axes, std::uint32_t combination, const Pattern& pattern);

/// The name of an included combination, safe as a file name.
std::string name_at(const Matrix& matrix, std::size_t index);

/// An included combination, complete.
Variant variant_at(const Matrix& matrix, std::size_t index);

}  // namespace pgo_orch::orchestrator
