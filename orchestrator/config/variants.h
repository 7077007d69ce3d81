#pragma once
// The variants of the file: listed ones with their inheritance, and those that matrices expand to.

#include "orchestrator/config/matrix.h"
#include "orchestrator/config/reader.h"

namespace pgo_orch::orchestrator {

/// What [[variant]] or [[matrix]] says about the variant itself, besides its settings.
struct VariantHead {
  std::string name;
  std::optional<std::string> inherits;
  bool baseline = false;
  std::optional<Gate> gate;
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
