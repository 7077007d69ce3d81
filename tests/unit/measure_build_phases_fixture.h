#pragma once
// Builds that are written down by hand. All times are milliseconds from 1000 s on.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "measure/build_phases/build_phases.h"

namespace pgo_orch::measure::test {

using namespace std::chrono_literals;

inline constexpr Nanoseconds origin = 1000s;

inline BuildEvent call(const std::string& tool, CallKind kind, int shim, Nanoseconds from, Nanoseconds to) {
  BuildEvent event;
  event.tool = tool;
  event.kind = kind;
  event.shim_pid = shim;
  event.start = origin + from;
  event.end = origin + to;
  event.exit_code = 0;
  return event;
}

/// A compilation by cargo of a library, or what else `type` says.
inline BuildEvent crate(const std::string& name, int shim, Nanoseconds from, Nanoseconds to,
                        std::vector<std::string> externs = {}, const std::string& type = "lib") {
  auto event = call("rustc", CallKind::compile, shim, from, to);
  event.crate = name;
  event.crate_types = {type};
  event.extra_filename = "-1";
  event.externs = std::move(externs);
  event.package = name;
  event.version = "1.0.0";
  return event;
}

inline BuildEvent linked_by(const BuildEvent& parent, int shim, Nanoseconds from, Nanoseconds to) {
  auto event = call("cc", CallKind::link, shim, from, to);
  event.parent_tool = parent.tool;
  event.parent_shim_pid = parent.shim_pid;
  return event;
}

inline RustcPass pass(const std::string& name, Nanoseconds from, Nanoseconds to) {
  return {name, to - from, origin + to};
}

inline BuildInterval until(Nanoseconds end) {
  return {.start = origin, .end = origin + end, .cores = 2};
}

/// "frontend 30.0 (parse 10.0, typeck 20.0); link 5.0"
inline std::string text_of(const std::vector<Phase>& phases, const char* between = "; ") {
  std::string text;
  for (const auto& phase : phases) {
    if (!text.empty()) text += between;
    text += fmt::format("{} {:.1f}", phase.name, seconds(phase.time) * 1e3);
    if (!phase.parts.empty()) text += " (" + text_of(phase.parts, ", ") + ")";
  }
  return text;
}

inline Nanoseconds sum_of(const std::vector<Phase>& phases) {
  Nanoseconds sum{};
  for (const auto& phase : phases) sum += phase.time;
  return sum;
}

/// The critical path: "waiting 12.0, a 38.0, waiting for a slot 2.0, b 5.0".
inline std::string path_of(const BuildPhases& phases) {
  std::vector<Phase> all;
  for (const auto& step : phases.critical_path) {
    all.insert(all.end(), step.stages.begin(), step.stages.end());
    if (step.name != end_of_build) all.push_back({step.name, step.wall});
  }
  return text_of(all, ", ");
}

inline Nanoseconds length_of(const std::vector<CompiledUnit>& path) {
  Nanoseconds sum{};
  for (const auto& step : path) sum += step.wall + sum_of(step.stages);
  return sum;
}

/// A report of cargo with these units.
inline std::string report(const std::string& units) {
  return "<script>\nDURATION = 1;\nconst UNIT_DATA = [" + units +
         "];\nconst CONCURRENCY_DATA = [];\n</script>";
}

}  // namespace pgo_orch::measure::test
