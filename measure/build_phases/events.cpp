#include "measure/build_phases/events.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

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
  event.pid = line.at("pid");
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
  event.primary = line.value("primary", false);
  event.probe = line.value("probe", false);
  event.passes = passes_of(line);
  return event;
}

}  // namespace

BuildLog parse_build_log(std::string_view text) {
  BuildLog log;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    try {
      log.events.push_back(event_of(json::parse(line)));
    } catch (const json::exception& error) {
      log.notes.push_back("line " + std::to_string(number) +
                          " of the build's log is no whole event and is left out: " + error.what());
    }
  }
  return log;
}

}  // namespace pgo_orch::measure
