#pragma once
// The variants of the file: listed ones with their inheritance, and those of [[matrix]], the product of axes:
// only the numbers of its combinations are kept, and a variant is made when asked for.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/config/reader.h"

namespace pgo_orch::orchestrator {

struct AxisValue {
  std::string label;  ///< as in a name
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
  std::optional<std::string> inherits;  ///< where it is not an axis
  std::optional<Condition> condition;
  profiles::Settings base;  ///< without an axis `inherits`
  Overlay constants;
  std::vector<Axis> axes;
  std::vector<NamePart> name;           ///< empty: made of the axes
  std::vector<std::uint32_t> included;  ///< numbers of combinations, the first axis turning slowest
};

/// The index of each axis's value in a combination.
std::vector<std::size_t> digits_of(const std::vector<Axis>& axes, std::uint32_t combination);

/// What [[variant]] or [[matrix]] says about the variant itself, besides its settings.
struct VariantHead {
  std::string name;
  std::optional<std::string> inherits;
  bool baseline = false;
  std::optional<Condition> condition;
  Strings reset;
};

/// What can be inherited: the listed variants, and [variant-defaults] where nothing is.
struct Ancestors {
  profiles::Settings defaults;
  std::vector<const toml::table*> tables;  ///< of all [[variant]]s
  std::vector<Variant> listed;             ///< those read so far
};

/// The settings that `child` starts from. Reports a name that is unknown, its own, or that comes after it.
profiles::Settings inherited(const Ancestors& ancestors, const std::string& name, const toml::table& child,
                             Place place, Reading& reading);

/// Moves the names in the head's `reset` into the overlay. Reports those that are not settings.
void take_reset(const toml::table& table, const VariantHead& head, Overlay& overlay, Reading& reading);

/// A matrix, and the index of the variant that it names as the baseline.
struct ReadMatrix {
  Matrix matrix;
  std::optional<std::size_t> baseline;
};

/// A matrix with errors includes nothing.
ReadMatrix read_matrix(const toml::table& table, const Ancestors& ancestors, Reading& reading);

}  // namespace pgo_orch::orchestrator
