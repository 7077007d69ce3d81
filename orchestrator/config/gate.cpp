#include "orchestrator/config/gate.h"

#include <fmt/format.h>

#include "orchestrator/config/find.h"
#include "orchestrator/config/reader.h"

namespace pgo_orch::orchestrator {

using measure::GateMetric;

namespace {

double floor_of(const Config& config, const Workload* workload, GateMetric metric) {
  const auto& gate = config.gate;
  switch (metric) {
    case GateMetric::memory:
      return static_cast<double>(gate.memory_floor.count);
    case GateMetric::size:
      return static_cast<double>(gate.size_floor.count);
    case GateMetric::instructions:
      return 0;
    default:
      const auto general = gate.floor.value_or(config.measure.floor);
      return seconds(workload ? workload->floor.value_or(general) : general);
  }
}

double fraction_of(const Config& config, const Workload* workload, GateMetric metric) {
  const bool of_cpu = metric == GateMetric::cpu;
  if (workload && of_cpu && workload->cpu_guard) return *workload->cpu_guard;
  if (workload && workload->guard) return *workload->guard;
  if (config.gate.guard) return *config.gate.guard;
  return of_cpu ? config.measure.cpu_guard.value_or(config.measure.guard) : config.measure.guard;
}

}  // namespace

Allowance allowance_of(const Config& config, const std::string& workload, GateMetric metric) {
  const auto* found = find_by(config.workloads, &Workload::name, workload);
  return {fraction_of(config, found, metric), floor_of(config, found, metric)};
}

GateRules read_gate(const toml::table& document, Reading& reading) {
  GateRules gate;
  const auto* table = document["gate"].as_table();
  if (!table) return gate;
  read_table(*table, "[gate]", Section::gate, {&gate}, reading);
  if (!(gate.confidence > 0 && gate.confidence <= 0.9999))
    reading.error(*table, "confidence",
                  "'confidence' must be over 0% and at most 99.99%: write confidence = \"99%\"");
  if (gate.metrics.empty())
    reading.error(*table, "metrics", "'metrics' is empty: write metrics = [\"wall\", \"cpu\"]");
  std::vector<GateMetric> once;
  for (const auto metric : gate.metrics)
    if (!contains(once, metric)) once.push_back(metric);
  gate.metrics = std::move(once);
  return gate;
}

}  // namespace pgo_orch::orchestrator
