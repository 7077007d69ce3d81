#pragma once
// The first half of reading a [[matrix]]: which of its keys are axes, and their values.

#include <string>

#include "orchestrator/config/variants.h"

namespace pgo_orch::orchestrator {

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

  void error(Place place, const std::string& text) const { reading.problems.error(place, text); }
};

/// Fills in head, base, constants and axes.
void read_keys(Draft& draft);

/// How a value reads in a name: arrays joined, tables as their keys and values.
std::string label_of(const toml::node& node);

/// One value of an axis; nothing, with the error reported, if it is wrong.
std::optional<Overlay> read_value(const KeyInfo& key, const toml::node& node, const Draft& draft);

}  // namespace pgo_orch::orchestrator
