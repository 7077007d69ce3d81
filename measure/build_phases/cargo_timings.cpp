#include "measure/build_phases/cargo_timings.h"

#include <nlohmann/json.hpp>

#include "toolchains/error.h"

namespace pgo_orch::measure {
namespace {

using nlohmann::json;

[[noreturn]] void fail(const std::string& what) {
  throw Error("cargo's timing report " + what +
                  ": this cargo writes another kind than 1.60 to 1.95 do; build scripts' runs stay unknown",
              Exit::tool);
}

/// The array after `UNIT_DATA =`, up to the bracket that closes it.
std::string_view unit_data(std::string_view html) {
  constexpr std::string_view name = "UNIT_DATA = ";
  const auto at = html.find(name);
  if (at == std::string_view::npos || html.substr(at + name.size(), 1) != "[") fail("has no UNIT_DATA");
  const auto data = html.substr(at + name.size());
  bool in_string = false;
  int depth = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const char c = data[i];
    if (in_string && c == '\\') ++i;
    if (c == '"') in_string = !in_string;
    if (in_string) continue;
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && --depth == 0) return data.substr(0, i + 1);
  }
  fail("ends within UNIT_DATA");
}

Nanoseconds nanoseconds(const json& value) {
  return std::chrono::round<Nanoseconds>(std::chrono::duration<double>(value.get<double>()));
}

/// Before cargo 1.92 the end of the frontend was `rmeta_time`, now it is among the sections.
std::optional<Nanoseconds> frontend_of(const json& unit) {
  if (const auto old = unit.find("rmeta_time"); old != unit.end() && old->is_number())
    return nanoseconds(*old);
  const auto sections = unit.find("sections");
  if (sections == unit.end() || !sections->is_array()) return std::nullopt;
  for (const auto& section : *sections)
    if (section.at(0) == "frontend") return nanoseconds(section.at(1).at("end"));
  return std::nullopt;
}

CargoUnit unit_of(const json& unit) {
  CargoUnit result;
  result.name = unit.at("name");
  result.version = unit.at("version");
  result.target = unit.at("target");
  result.target.erase(0, result.target.find_first_not_of(' '));
  result.runs_build_script = unit.at("mode") == "run-custom-build";
  result.start = nanoseconds(unit.at("start"));
  result.duration = nanoseconds(unit.at("duration"));
  result.frontend = frontend_of(unit);
  return result;
}

}  // namespace

std::vector<CargoUnit> units_of_timings(std::string_view html) {
  try {
    std::vector<CargoUnit> units;
    for (const auto& unit : json::parse(unit_data(html))) units.push_back(unit_of(unit));
    return units;
  } catch (const json::exception& error) {
    fail(std::string("cannot be read (") + error.what() + ")");
  }
}

}  // namespace pgo_orch::measure
