#include "measure/build_phases/own_phases.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "toolchains/error.h"

namespace pgo_orch::measure {
namespace {

using nlohmann::json;

constexpr double most_seconds = 1e9;  // over this a count of nanoseconds would not fit

/// The phase, or in `wrong` why it is none.
OwnPhase phase_of(const json& line, std::string& wrong) {
  OwnPhase phase;
  if (!line.is_object() || !line.contains("phase") || !line["phase"].is_string() || line["phase"] == "") {
    wrong = "no object with a \"phase\", a name";
    return phase;
  }
  phase.name = line["phase"];
  const auto number = [&](const char* name) { return line.contains(name) && line[name].is_number(); };
  if (number("seconds")) {
    const double time = line["seconds"];
    if (!(time >= 0 && time <= most_seconds))
      wrong = "\"seconds\" is not from 0 on";
    else
      phase.time = std::chrono::round<Nanoseconds>(std::chrono::duration<double>(time));
  } else if (number("start_ns") && number("end_ns")) {
    phase.start = Nanoseconds(line["start_ns"].get<std::int64_t>());
    phase.time = Nanoseconds(line["end_ns"].get<std::int64_t>()) - *phase.start;
    if (phase.time < Nanoseconds(0)) wrong = "\"end_ns\" is before \"start_ns\"";
  } else {
    wrong = "neither \"seconds\" nor \"start_ns\" and \"end_ns\" is there, as a number";
  }
  return phase;
}

}  // namespace

std::vector<OwnPhase> parse_own_phases(std::string_view text, const std::string& file) {
  std::vector<OwnPhase> phases;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto parsed = json::parse(line, nullptr, false);
    std::string wrong = parsed.is_discarded() ? "no JSON" : "";
    if (wrong.empty()) phases.push_back(phase_of(parsed, wrong));
    if (!wrong.empty())
      throw Error(file + ":" + std::to_string(number) + ": " + wrong +
                  R"(: a line is like {"phase": "parse", "seconds": 0.012})");
  }
  return phases;
}

}  // namespace pgo_orch::measure
