#include "orchestrator/store/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <tuple>

#include "orchestrator/store/journal.h"
#include "toolchains/clock.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

using nlohmann::json;

namespace {

/// A hundredth of what reports show.
json percent_json(const std::optional<double>& percent) {
  constexpr double digits = 1e4;
  return percent ? json(std::round(*percent * digits) / digits) : json();
}

/// The logarithm of what it says must exist.
std::optional<double> percent_from(const json& value) {
  if (value.is_null()) return {};
  const auto percent = value.get<double>();
  if (!std::isfinite(percent) || percent <= -100) throw Error("it is not a percentage");
  return percent;
}

template <class Enum>
Enum word_from(const json& value) {
  const auto known = from_word<Enum>(value.get<std::string>());
  if (!known) throw Error("a word is not known to this version of pgo-orch");
  return *known;
}

json json_of(const RecordedBuild& build) {
  json made{
      {"name", build.name}, {"target", build.target}, {"settings", build.settings}, {"code", build.code}};
  if (!build.revision.empty()) made["revision"] = build.revision;
  return made;
}

RecordedBuild build_from(const json& value) {
  return {.name = value.at("name").get<std::string>(),
          .revision = value.value("revision", ""),
          .target = value.value("target", ""),
          .settings = value.value("settings", std::map<std::string, std::string>()),
          .code = value.value("code", std::map<std::string, std::string>())};
}

json json_of(const RecordedEffect& effect) {
  return {{"metric", to_word(effect.metric)},
          {"build", effect.build},
          {"workload", effect.workload ? json(*effect.workload) : json()},
          {"effect_pct", percent_json(effect.effect)},
          {"lo_pct", percent_json(effect.lo)},
          {"hi_pct", percent_json(effect.hi)},
          {"verdict", to_word(effect.verdict)},
          {"confidence", effect.confidence},
          {"rounds", effect.rounds}};
}

RecordedEffect effect_from(const json& value) {
  RecordedEffect effect;
  if (const auto metric = value.find("metric"); metric != value.end())
    effect.metric = word_from<measure::GateMetric>(*metric);
  effect.build = value.at("build").get<std::string>();
  if (const auto& workload = value.at("workload"); !workload.is_null())
    effect.workload = workload.get<std::string>();
  effect.effect = percent_from(value.at("effect_pct"));
  effect.lo = percent_from(value.at("lo_pct"));
  effect.hi = percent_from(value.at("hi_pct"));
  if (effect.lo && effect.hi && *effect.lo > *effect.hi) throw Error("its interval is turned round");
  effect.verdict = word_from<measure::Verdict>(value.at("verdict"));
  effect.confidence = value.at("confidence").get<double>();
  effect.rounds = value.value("rounds", 0);
  return effect;
}

RecordedMachine machine_from(const json& value) {
  return {.cpu = value.at("cpu").get<std::string>(),
          .cores = value.at("cores").get<int>(),
          .kernel = value.value("kernel", ""),
          .virtualized = value.value("virtualized", false)};
}

}  // namespace

const RecordedBuild* HistoryEntry::build(const std::string& name) const {
  if (name == base.name) return &base;
  const auto found = std::ranges::find(builds, name, &RecordedBuild::name);
  return found == builds.end() ? nullptr : &*found;
}

json to_json(const HistoryEntry& entry) {
  json made{{"schema", history_schema},
            {"kind", to_word(entry.kind)},
            {"run", entry.run},
            {"started", entry.started},
            {"tool", entry.tool},
            {"project", entry.project},
            {"programs", entry.programs},
            {"machine",
             {{"cpu", entry.machine.cpu},
              {"cores", entry.machine.cores},
              {"kernel", entry.machine.kernel},
              {"virtualized", entry.machine.virtualized}}},
            {"rustc", entry.rustc},
            {"revision", entry.revision},
            {"clean", entry.clean ? json(*entry.clean) : json()},
            {"base", json_of(entry.base)},
            {"corpora", entry.corpora}};
  made["builds"] = made["effects"] = json::array();
  for (const auto& build : entry.builds) made["builds"].push_back(json_of(build));
  for (const auto& effect : entry.effects) made["effects"].push_back(json_of(effect));
  made["workloads"] = json::object();
  for (const auto& [name, workload] : entry.workloads)
    made["workloads"][name] = {{"digest", workload.digest}, {"weight", workload.weight}};
  return made;
}

HistoryEntry entry_from(const json& value) {
  if (value.at("schema") != history_schema) throw Error("it is of another version");
  HistoryEntry entry;
  entry.kind = word_from<Recorded>(value.at("kind"));
  entry.run = value.at("run").get<std::string>();
  entry.started = value.at("started").get<std::string>();
  if (!toolchains::seconds_of(entry.started)) throw Error("its start is not a time");
  entry.tool = value.value("tool", "");
  entry.project = value.at("project").get<std::string>();
  entry.programs = value.value("programs", std::vector<std::string>());
  entry.machine = machine_from(value.at("machine"));
  entry.rustc = value.value("rustc", "");
  entry.revision = value.value("revision", "");
  if (const auto clean = value.find("clean"); clean != value.end() && !clean->is_null())
    entry.clean = clean->get<bool>();
  entry.base = build_from(value.at("base"));
  for (const auto& build : value.value("builds", json::array())) entry.builds.push_back(build_from(build));
  const auto workloads = value.value("workloads", json::object());
  for (const auto& [name, workload] : workloads.items())
    entry.workloads[name] = {workload.value("digest", ""), workload.value("weight", 1)};
  entry.corpora = value.value("corpora", std::map<std::string, std::string>());
  for (const auto& effect : value.at("effects")) entry.effects.push_back(effect_from(effect));
  return entry;
}

RecordedHistory read_history(const std::filesystem::path& file) {
  RecordedHistory history;
  history.unread = JsonLines(file).for_each([&](const json& line) {
    auto entry = entry_from(line);
    const auto is_same = [&](const HistoryEntry& other) {
      return std::tie(other.run, other.kind, other.project, other.machine.cpu) ==
             std::tie(entry.run, entry.kind, entry.project, entry.machine.cpu);
    };
    std::erase_if(history.entries, is_same);
    history.entries.push_back(std::move(entry));
  });
  // of two that started in the same second, the second one's id has a number
  std::ranges::stable_sort(history.entries, {}, &HistoryEntry::started);
  return history;
}

void append(const std::filesystem::path& file, const HistoryEntry& entry) {
  JsonLines(file).append(to_json(entry));
}

}  // namespace pgo_orch::orchestrator
