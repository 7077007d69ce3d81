#include "measure/build_phases/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <set>

namespace pgo_orch::measure {

namespace {

/// Cargo names them after the target: build_script_build, build_script_main.
bool is_build_script(const BuildEvent& event) {
  return event.crate.starts_with("build_script_") &&
         std::ranges::find(event.crate_types, "bin") != event.crate_types.end();
}

bool is_library(const BuildEvent& event) {
  const auto kind = kind_of_unit(event);
  return kind != "bin" && kind != "test" && kind != "build script";
}

/// Targets in cargo's report are "" for a library, `NAME "bin"` for programs. Crates are named with
/// underscores where targets may have dashes.
bool is_target_of(const std::string& target, const BuildEvent& event) {
  if (is_build_script(event)) return target == "build-script";
  if (is_library(event)) return target.empty();
  auto name = target.substr(0, target.find(' '));
  std::ranges::replace(name, '-', '_');
  return name == event.crate;
}

bool is_same(const CargoUnit& unit, const BuildEvent& event) {
  return is_unit(event) && unit.name == event.package && unit.version == event.version &&
         is_target_of(unit.target, event);
}

/// Adds what `say` says in brackets where units of one name and version differ in it.
void add_where_equal(const std::vector<BuildEvent>& events, std::vector<std::string>& names,
                     const auto& say) {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> said;
  for (std::size_t i = 0; i < events.size(); ++i)
    if (is_unit(events[i])) said[{names[i], events[i].version}].insert(say(events[i]));
  const auto before = names;
  for (std::size_t i = 0; i < events.size(); ++i)
    if (is_unit(events[i]) && said[{before[i], events[i].version}].size() > 1)
      names[i] += fmt::format(" ({})", say(events[i]));
}

}  // namespace

bool is_unit(const BuildEvent& event) {
  return event.kind == CallKind::compile && !event.probe && event.parent_tool != "rustc";
}

std::string kind_of_unit(const BuildEvent& event) {
  if (event.tool != "rustc") return event.tool.find("++") != std::string::npos ? "c++" : "c";
  if (is_build_script(event)) return "build script";
  if (event.test) return "test";
  return event.crate_types.empty() ? "bin" : event.crate_types.front();  // rustc's own default
}

std::string name_of_unit(const BuildEvent& event) {
  if (is_build_script(event) && !event.package.empty()) return event.package;
  return !event.crate.empty() ? event.crate : std::filesystem::path(event.source).filename().string();
}

std::string shown_name(const std::string& name, const std::string& kind) {
  return kind.empty() || kind == "lib" || kind == "bin" ? name : fmt::format("{} ({})", name, kind);
}

std::vector<std::string> shown_names(const std::vector<BuildEvent>& events) {
  std::vector<std::string> names(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) names[i] = shown_name(events[i]);
  add_where_equal(events, names, kind_of_unit);
  add_where_equal(events, names, [](const BuildEvent& event) {
    return event.target.empty() ? std::string("host") : std::string("target");
  });
  return names;
}

CargoUnits units_of_events(const std::vector<CargoUnit>& timings, const std::vector<BuildEvent>& events) {
  CargoUnits units(events.size());
  std::vector<std::size_t> order(events.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return events[i].start; });
  std::vector<const CargoUnit*> left;
  for (const auto& unit : timings)
    if (!unit.runs_build_script) left.push_back(&unit);
  std::ranges::stable_sort(left, {}, &CargoUnit::start);
  for (const auto i : order) {
    const auto unit = std::ranges::find_if(left, [&](const auto* u) { return is_same(*u, events[i]); });
    if (unit == left.end()) continue;
    units[i] = *unit;
    left.erase(unit);
  }
  return units;
}

std::optional<Nanoseconds> begin_of_cargo(const CargoUnits& units, const std::vector<BuildEvent>& events) {
  std::vector<Nanoseconds> begins;
  for (std::size_t i = 0; i < events.size(); ++i)
    if (units[i] != nullptr) begins.push_back(events[i].start - units[i]->start);
  if (begins.empty()) return std::nullopt;
  const auto middle = begins.begin() + static_cast<std::ptrdiff_t>(begins.size() / 2);
  std::ranges::nth_element(begins, middle);
  return *middle;
}

}  // namespace pgo_orch::measure
