#include "orchestrator/commands/history_json.h"

#include "measure/statistics/change_points.h"
#include "report/json_values.h"

namespace pgo_orch::orchestrator {

namespace {

using report::Json;

Json json_of(const measure::Interval& interval) {
  return {{"pct", interval.estimate}, {"lo_pct", interval.lo}, {"hi_pct", interval.hi}};
}

Json json_of(const EffectChange& change, const EffectSeries& series) {
  const auto run = [&](std::size_t place) { return series.effects[place].entry->run; };
  return {{"run", run(change.at)},          {"earliest", run(change.earliest)},
          {"latest", run(change.latest)},   {"before", json_of(change.before)},
          {"after", json_of(change.after)}, {"change", json_of(change.change)}};
}

Json json_of(const PastEffect& past) {
  const auto& [entry, effect] = past;
  return {{"run", entry->run},     {"started", entry->started},          {"revision", entry->revision},
          {"clean", entry->clean}, {"effect_pct", effect.effect},        {"lo_pct", effect.lo},
          {"hi_pct", effect.hi},   {"verdict", to_word(effect.verdict)}, {"rounds", effect.rounds}};
}

Json json_of(const EffectSeries& series) {
  Json json{{"variant", series.build},
            {"workload", series.workload},
            {"metric", to_word(series.metric)},
            {"threads", Json::array()}};
  for (const auto& thread : series.threads) {
    Json runs = Json::array(), changes = Json::array();
    for (std::size_t i = thread.begin; i < thread.end; ++i) runs.push_back(json_of(series.effects[i]));
    for (const auto& change : thread.changes) changes.push_back(json_of(change, series));
    const auto& last = *series.effects[thread.end - 1].entry;
    json["threads"].push_back({{"because", thread.reasons},
                               {"base", last.base.name},
                               {"rustc", last.rustc},
                               {"runs", runs},
                               {"changes", changes}});
  }
  return json;
}

}  // namespace

std::string to_json_text(const std::vector<Past>& pasts, int unread) {
  Json json{{"schema", "pgo-orch/history-series/1"},
            {"unread_lines", unread},
            {"false_change", measure::false_change},
            {"confidence", measure::change_confidence},
            {"programs", Json::array()}};
  for (const auto& past : pasts) {
    Json series = Json::array();
    for (const auto& each : past.series) series.push_back(json_of(each));
    json["programs"].push_back({{"kind", to_word(past.kind)},
                                {"project", past.project},
                                {"cpu", past.machine.cpu},
                                {"cores", past.machine.cores},
                                {"series", series}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pgo_orch::orchestrator
