#pragma once
// Names that become folders: variants and workloads.

#include <map>
#include <string>
#include <string_view>

#include "orchestrator/config/diagnostics.h"

namespace pgo_orch::orchestrator {

inline constexpr std::size_t longest_name = 128;

/// Letters, digits, . _ - and +, with a letter, a digit or _ in front, at most longest_name of them.
bool is_safe_name(std::string_view name);

/// The nearest safe name: other characters become '-'. Not shortened; never empty.
std::string safe_name(std::string_view name);

/// A valid name of a cargo package and program made of a file's stem.
std::string crate_name(std::string_view stem);

/// Reports a name that is not safe, with one that is. `what` is "variant", "workload".
void check_name(std::string_view what, const std::string& name, Place place, Diagnostics& problems);

/// The names seen so far. Two that differ by case only would be one folder on some file systems.
class NameRegister {
 public:
  /// The earlier name that this one collides with, or null after taking it in.
  const std::string* collides(const std::string& name);
  /// As above, and reports it.
  void add(std::string_view what, const std::string& name, Place place, Diagnostics& problems);

 private:
  std::map<std::string, std::string> seen_;  ///< by their lower-case form
};

}  // namespace pgo_orch::orchestrator
