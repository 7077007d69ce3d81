#include "measure/build_phases/events.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "measure/lines.h"
#include "toolchains/error.h"

namespace pgo_orch::measure {

namespace {

using nlohmann::json;

CallKind kind_of(const std::string& name) {
  if (name == "compile") return CallKind::compile;
  if (name == "link") return CallKind::link;
  return name == "query" ? CallKind::query : CallKind::run;
}

Nanoseconds nanoseconds(const json& line, const char* name) {
  return Nanoseconds(line.at(name).get<std::int64_t>());
}

std::vector<RustcPass> passes_of(const json& line) {
  std::vector<RustcPass> passes;
  for (const auto& pass : line.value("passes", json::array())) {
    const std::chrono::duration<double> time(pass.at("seconds").get<double>());
    passes.push_back({pass.at("pass"), std::chrono::round<Nanoseconds>(time), nanoseconds(pass, "end_ns")});
  }
  return passes;
}

void read_process(const json& line, BuildEvent& event) {
  event.shim_pid = line.at("shim_pid");
  event.start = nanoseconds(line, "start_ns");
  event.end = nanoseconds(line, "end_ns");
  event.user = nanoseconds(line, "user_ns");
  event.system = nanoseconds(line, "system_ns");
  event.peak_rss = {line.at("peak_rss_bytes").get<std::uint64_t>()};
  event.own = nanoseconds(line, "own_ns");
  event.exit_code = line.value("exit", -1);
  event.signal = line.value("signal", 0);
  if (!line.contains("parent")) return;
  event.parent_tool = line["parent"].at("tool");
  event.parent_shim_pid = line["parent"].at("shim_pid");
}

BuildEvent event_of(const json& line) {
  BuildEvent event;
  event.tool = line.at("tool");
  event.kind = kind_of(line.at("kind"));
  read_process(line, event);
  event.crate = line.value("crate", "");
  event.crate_types = line.value("crate_types", std::vector<std::string>{});
  event.lto = line.value("lto", "");
  event.extra_filename = line.value("extra_filename", "");
  event.externs = line.value("externs", std::vector<std::string>{});
  event.emit = line.value("emit", "");
  event.source = line.value("source", "");
  event.out = line.value("out", "");
  event.target = line.value("target", "");
  event.test = line.value("test", false);
  event.links = line.value("links", false);
  event.package = line.value("package", "");
  event.version = line.value("version", "");
  event.probe = line.value("probe", false);
  event.passes = passes_of(line);
  return event;
}

using nlohmann::json;

[[noreturn]] void fail(const std::string& what) {
  throw Error(fmt::format("cargo's timing report {}: only those of cargo 1.60 to 1.95 can be read, so the "
                          "times of build scripts are unknown",
                          what),
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

/// Before cargo 1.92 the end of the frontend was `rmeta_time`; now it is one of the sections.
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
  result.number = unit.value("i", -1);
  // Before cargo 1.77 they were "unlocked".
  for (const char* key :
       {"unblocked_units", "unblocked_rmeta_units", "unlocked_units", "unlocked_rmeta_units"})
    if (const auto list = unit.find(key); list != unit.end() && list->is_array())
      for (const auto& number : *list) result.unblocked.push_back(number);
  return result;
}

using nlohmann::json;

constexpr double most_seconds = 1e9;  // more would not fit as nanoseconds

/// The phase, or in `wrong` what is wrong with it.
OwnPhase phase_of(const json& line, std::string& wrong) {
  OwnPhase phase;
  if (!line.is_object() || !line.contains("phase") || !line["phase"].is_string() ||
      line["phase"].get_ref<const std::string&>().empty()) {
    wrong = "not an object with a \"phase\" that is a name";
    return phase;
  }
  phase.name = line["phase"];
  const auto number = [&](const char* name) { return line.contains(name) && line[name].is_number(); };
  if (number("seconds")) {
    const double time = line["seconds"];
    if (!(time >= 0 && time <= most_seconds))
      wrong = "\"seconds\" is out of range";
    else
      phase.time = std::chrono::round<Nanoseconds>(std::chrono::duration<double>(time));
  } else if (number("start_ns") && number("end_ns")) {
    phase.start = Nanoseconds(line["start_ns"].get<std::int64_t>());
    phase.time = Nanoseconds(line["end_ns"].get<std::int64_t>()) - *phase.start;
    if (phase.time < Nanoseconds(0)) wrong = "\"end_ns\" is before \"start_ns\"";
  } else {
    wrong = "needs numbers: \"seconds\", or \"start_ns\" and \"end_ns\"";
  }
  return phase;
}

}  // namespace

BuildLog parse_build_log(std::string_view text) {
  BuildLog log;
  int number = 0;
  for (const auto line : each_line(text)) {
    ++number;
    if (line.empty()) continue;
    try {
      log.events.push_back(event_of(json::parse(line)));
    } catch (const json::exception&) {
      log.notes.push_back(
          fmt::format("line {} of the build's log is not a complete event, so it is left out", number));
    }
  }
  return log;
}

std::vector<CargoUnit> units_of_timings(std::string_view html) {
  try {
    std::vector<CargoUnit> units;
    for (const auto& unit : json::parse(unit_data(html))) units.push_back(unit_of(unit));
    return units;
  } catch (const json::exception&) {
    fail("does not describe each unit as expected");
  }
}

std::vector<OwnPhase> parse_own_phases(std::string_view text, const std::string& file) {
  std::vector<OwnPhase> phases;
  int number = 0;
  for (const auto line : each_line(text)) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto parsed = json::parse(line, nullptr, false);
    std::string wrong = parsed.is_discarded() ? "not JSON" : "";
    if (wrong.empty()) phases.push_back(phase_of(parsed, wrong));
    if (!wrong.empty())
      throw Error(fmt::format(R"({}:{}: {}: write lines like {{"phase": "parse", "seconds": 0.012}})", file,
                              number, wrong));
  }
  return phases;
}

}  // namespace pgo_orch::measure
