#pragma once
// The expressions of cargo's [target.'cfg(...)'] tables.

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace pgo_orch::profiles {

/// The lines of `rustc --print cfg`: `unix`, `target_os="linux"`.
using CfgSet = std::set<std::string>;

/// Whether `cfg(...)` holds for a target: all(), any(), not(), names, r#names, name = "value", true and
/// false. No value: not an expression that cargo understands; it passes over such a table. Source: the Cargo
/// book, "Configuration", target.<cfg>; the Rust reference, "Conditional compilation".
std::optional<bool> cfg_holds(std::string_view expression, const CfgSet& cfgs);

}  // namespace pgo_orch::profiles
