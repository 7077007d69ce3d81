#pragma once
// What cargo itself says about the times of a build: the report of `cargo build --timings`. It alone knows
// when build scripts ran.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "toolchains/units.h"

namespace pgo_orch::measure {

/// One unit of work of cargo. Cargo rounds times to 10 ms.
struct CargoUnit {
  std::string name;     ///< of the package
  std::string version;  ///< of the package
  std::string target;   ///< "" the library; "build-script", "build-script (run)", "NAME \"bin\"", ...
  bool runs_build_script = false;
  Nanoseconds start{};  ///< since cargo began
  Nanoseconds duration{};
  std::optional<Nanoseconds> frontend;  ///< since `start`: when dependents could begin
};

/// The units of a report (target/cargo-timings/cargo-timing.html; its `UNIT_DATA`, as cargo 1.60 to 1.95
/// write it). Throws Error if there are none to be read.
std::vector<CargoUnit> units_of_timings(std::string_view html);

}  // namespace pgo_orch::measure
