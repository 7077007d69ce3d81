#pragma once
// The schema of findings, as results_fields.h describes it. Included by results_json.cpp only.

#include <concepts>
#include <type_traits>

#include "report/json_values.h"

namespace pgo_orch::report {

/// const when it is written, not when it is read.
template <class T, class Struct>
concept Is = std::same_as<std::remove_const_t<T>, Struct>;

void fields(auto& io, Is<Phase> auto& value) {
  io("name", value.name);
  io("seconds", value.time);
  io("share", value.share);
  io("parts", value.parts);
}

void fields(auto& io, Is<RunPhases> auto& value) {
  io("workload", value.workload);
  io("variant", value.variant);
  io("reference", value.reference);
  io("phases", value.phases);
  io("dominant", value.dominant);
  io("total_s", value.total);
  io("runs", value.runs);
  io("samples", value.samples);
  io("source", value.source);
  io("unavailable", value.unavailable);
  io("notes", value.notes);
}

void fields(auto& io, Is<CompiledUnit> auto& value) {
  io("name", value.name);
  io("version", value.version);
  io("wall_s", value.wall);
  io("cpu_s", value.cpu);
  io("peak_rss_bytes", value.peak_rss);
  io("stages", value.stages);
}

void fields(auto& io, Is<BuildPhases> auto& value) {
  io("variant", value.variant);
  io("reference", value.reference);
  io("phases", value.phases);
  io("dominant", value.dominant);
  io("wall_s", value.wall);
  io("cpu_use", value.cpu_use);
  io("units", value.units);
  io("critical_path", value.critical_path);
  io("wrappers_share", value.wrappers_share);
  io("basis", value.basis);
  io("unavailable", value.unavailable);
  io("notes", value.notes);
}

void fields(auto& io, Is<GroupShares> auto& value) {
  io("of", value.of);
  io("workload", value.workload);
  io("variant", value.variant);
  io("source", value.source);
  io("unit", value.unit);
  io("total", value.total);
  io("groups", value.groups);
  io("functions", value.functions);
  io("unavailable", value.unavailable);
  io("notes", value.notes);
}

void fields(auto& io, Is<FlamegraphFile> auto& value) {
  io("of", value.of);
  io("workload", value.workload);
  io("variant", value.variant);
  io("differential", value.differential);
  io("path", value.path);
}

void fields(auto& io, Is<Phases> auto& value) {
  io("runtime", value.runtime);
  io("build", value.build);
}

void fields(auto& io, Is<Amdahl> auto& value) {
  io("goal", value.goal);
  io("of", value.of);
  io("workload", value.workload);
  io("variant", value.variant);
  io("phase", value.phase);
  io("share", value.share);
  io("saved_by_halving_pct", value.saved_by_halving_pct);
  io("needed_reduction_pct", value.needed_reduction_pct);
  io("reachable", value.reachable);
  io("statement", value.statement);
}

void fields(auto& io, Is<GoalResult> auto& value) {
  io("name", value.name);
  io("metric", value.metric);
  io("phase", value.phase);
  io("scenario", value.scenario);
  io("variant", value.variant);
  io("workload", value.workload);
  io("to", value.to);
  io("unit", value.unit);
  io("value", value.value);
  io("lo", value.lo);
  io("hi", value.hi);
  io("target", value.target);
  io("stretch", value.stretch);
  io("met", value.met);
  io("stretch_met", value.stretch_met);
  io("reason", value.reason);
}

void fields(auto& io, Is<DecisionResult> auto& value) {
  io("name", value.name);
  io("metric", value.metric);
  io("variant", value.variant);
  io("workload", value.workload);
  io("to", value.to);
  io("unit", value.unit);
  io("value", value.value);
  io("lo", value.lo);
  io("hi", value.hi);
  io("conclude", value.conclude);
  io("reason", value.reason);
}

void fields(auto& io, Is<GateResult> auto& value) {
  io("owner", value.owner);
  io("of", value.of);
  io("workload", value.workload);
  io("phase", value.phase);
  io("value", value.value);
  io("limit", value.limit);
  io("unit", value.unit);
  io("above", value.above);
  io("open", value.open);
  io("reason", value.reason);
}

void fields(auto& io, Is<ScenarioTimes> auto& value) {
  io("wall_s", value.wall);
  io("user_s", value.user);
  io("system_s", value.system);
  io("runs", value.runs);
  io("reason", value.reason);
}

void fields(auto& io, Is<InspectedFunction> auto& value) {
  io("pattern", value.pattern);
  io("symbol", value.symbol);
  io("variant", value.variant);
  io("state", value.state);
  io("size_bytes", value.size_bytes);
  io("instructions", value.instructions);
  io("vectors", value.vectors);
  io("calls", value.calls);
  io("called_from", value.called_from);
  io("inlined_copies", value.inlined_copies);
}

void fields(auto& io, Is<AllocationCount> auto& value) {
  io("workload", value.workload);
  io("variant", value.variant);
  io("allocations", value.allocations);
  io("bytes", value.bytes);
  io("method", value.method);
  io("reason", value.reason);
}

}  // namespace pgo_orch::report
