#pragma once
// The schema of results.json: for each struct its fields, in order. The one description serves writing and
// reading, so that the two cannot differ, and the JSON Schema and the reference, for which each struct has
// its name. Included by the files that do these.
//
// `io(name, field)` writes or reads a field, `io.if_any(name, field)` one that is left out without a value,
// as in files of earlier versions; `io.written(name, value)` is for what follows from other fields, or
// belongs to a part of the schema that no field here holds: it is written, and skipped when reading.

#include <concepts>
#include <string>
#include <type_traits>

#include "report/json_values.h"

namespace pgo_orch::report {

/// What the reference calls the struct.
template <class Struct>
inline constexpr const char* struct_name = "";

/// const when it is written, not when it is read.
template <class T, class Struct>
concept Is = std::same_as<std::remove_const_t<T>, Struct>;

/// A unit that is in the type of a field here is in its name there: "wall" -> "wall_s".
template <class Field>
std::string name_in_json(const char* name, const Field&) {
  if constexpr (std::convertible_to<Field, std::optional<Nanoseconds>>) return std::string(name) + "_s";
  if constexpr (std::convertible_to<Field, std::optional<Bytes>>) return std::string(name) + "_bytes";
  return name;
}

/// Fields of `value`, by their names.
#define FIELD(name) io(name_in_json(#name, value.name), value.name);
#define FIELDS(...) NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(FIELD, __VA_ARGS__))

/// A struct that is nothing but these fields.
#define SCHEMA(Struct, ...)                       \
  NAMED(Struct)                                   \
  void fields(auto& io, Is<Struct> auto& value) { \
    FIELDS(__VA_ARGS__)                           \
  }

#define NAMED(Struct) \
  template <>         \
  inline constexpr const char* struct_name<Struct> = #Struct;

NAMED(Phase)
void fields(auto& io, Is<Phase> auto& value) {
  FIELDS(name)
  io("seconds", value.time);
  FIELDS(share, parts)
}

SCHEMA(measure::PhaseDifference, name, estimate, lo, hi)

NAMED(RunPhases)
void fields(auto& io, Is<RunPhases> auto& value) {
  FIELDS(workload, variant, reference, phases, dominant, total, runs, samples, source, unavailable, notes)
  io.if_any("rounds", value.rounds);
  io.if_any("differences", value.differences);
}

NAMED(CompiledUnit)
void fields(auto& io, Is<CompiledUnit> auto& value) {
  FIELDS(name, version, wall, cpu, peak_rss, stages)
  io.if_any("start_s", value.start);
}

SCHEMA(BuildPhases, variant, reference, phases, dominant, wall, cpu_use, units, critical_path, wrappers_share,
       basis, unavailable, notes)
SCHEMA(GroupShares, of, workload, variant, source, unit, total, groups, functions, unavailable, notes)
SCHEMA(FlamegraphFile, of, workload, variant, differential, path)
SCHEMA(Phases, runtime, build)
SCHEMA(Amdahl, goal, of, workload, variant, phase, share, saved_by_halving_pct, needed_reduction_pct,
       reachable, statement)
SCHEMA(GoalResult, name, metric, phase, scenario, variant, workload, to, unit, value, lo, hi, target, stretch,
       met, stretch_met, reason)
SCHEMA(DecisionResult, name, metric, variant, workload, to, unit, value, lo, hi, conclude, reason)
SCHEMA(ConditionResult, owner, of, workload, phase, value, limit, unit, above, holds, reason)
SCHEMA(ScenarioTimes, wall, user, system, runs, reason)
SCHEMA(InspectedFunction, pattern, symbol, variant, state, size, instructions, vectors, calls, called_from,
       inlined_copies)
SCHEMA(AllocationCount, workload, variant, allocations, bytes, method, reason)
NAMED(RunInfo)
void fields(auto& io, Is<RunInfo> auto& value) {
  FIELDS(id)
  io.if_any("command", value.command);
  FIELDS(started, finished, interrupted)
}

SCHEMA(OutputCheck, workload, compared)
SCHEMA(Host, cpu, cores, kernel, virtualized, warnings)
SCHEMA(Tool, version, llvm, path)
SCHEMA(ProjectInfo, kind, name, path, profile, programs)
NAMED(Corpus)
void fields(auto& io, Is<Corpus> auto& value) {
  FIELDS(name, split, files)
  io("bytes", value.size);
  FIELDS(sha256)
  io.if_any("git", value.git);
  io.if_any("commit", value.commit);
}

SCHEMA(Failure, stage, command, exit, signal, log, tail)
SCHEMA(Stage, name, wall)
SCHEMA(Build, wall, user, system, peak_rss, measured_at, stored, shared, runs, scenarios, phases, stages)

NAMED(TrainedWorkload)
void fields(auto& io, Is<TrainedWorkload> auto& value) {
  FIELDS(name, raw_files)
  io("raw_bytes", value.raw_size);
  io.if_any("counts", value.counts);
  io.if_any("weight", value.weight);
  io.if_any("remarks", value.remarks);
}

SCHEMA(pgo::CrateCounts, crate, share, by_name, by_hash)

SCHEMA(pgo::HotCounts, by_name, by_hash, moved, total, crates, missing)

NAMED(PgoResult)
void fields(auto& io, Is<PgoResult> auto& value) {
  FIELDS(profdata, sha256)
  io("profdata_bytes", value.size);
  FIELDS(workloads, training_reused, functions_in_profile, functions_matched, functions_missing, coverage,
         basis, metadata_units, rustc_warnings)
  io.if_any("functions_called", value.functions_called);
  io.if_any("remarks", value.remarks);
  io.if_any("hot_counts", value.hot_counts);
}

SCHEMA(Library, path, sha256)

NAMED(Artifact)
void fields(auto& io, Is<Artifact> auto& value) {
  FIELDS(program, path, size, text, sha256, code_sha256)
  io.if_any("libraries", value.libraries);
}

SCHEMA(pgo::LeftOut, variant, workload)

NAMED(VariantResult)
void fields(auto& io, Is<VariantResult> auto& value) {
  FIELDS(name, status, reason, identical_to, built_once, settings, portable, target, toolchain, rustflags,
         flag_origins, command, failure, condition, build, pgo)
  io.written("bolt", nullptr);
  FIELDS(artifacts)
  io.if_any("left_out", value.left_out);
}

NAMED(ReferenceResult)
void fields(auto& io, Is<ReferenceResult> auto& value) {
  FIELDS(name, status, reason, of, command, build, failure)
  io.if_any("artifacts", value.artifacts);
}

NAMED(Samples)
void fields(auto& io, Is<Samples> auto& value) {
  FIELDS(variant, reference, command)
  if (const auto summary = summarize(value.times)) {
    io.written("mean", summary->mean);
    io.written("median", summary->median);
    io.written("stddev", summary->stddev);
    io.written("min", summary->min);
    io.written("max", summary->max);
    io.written("user", mean(value.user_times));
    io.written("system", mean(value.system_times));
  }
  FIELDS(times, user_times, system_times, rounds, censored)
  io("memory_usage_byte", value.memory);
  FIELDS(exit_codes)
  io.written("parameters", Json{{"variant", value.variant}});
}

NAMED(Control)
void fields(auto& io, Is<Control> auto& value) {
  io("effect_pct", value.effect);
  io("lo_pct", value.lo);
  io("hi_pct", value.hi);
}

NAMED(Benchmark)
void fields(auto& io, Is<Benchmark> auto& value) {
  FIELDS(workload, results)
  io("noise_floor_pct", value.noise_floor);
  FIELDS(control, rounds)
  io.if_any("cpu_control", value.cpu_control);
  io.if_any("ends", value.ends);
}

NAMED(BuildRounds)
void fields(auto& io, Is<BuildRounds> auto& value) {
  FIELDS(rounds)
  io("noise_floor_pct", value.noise_floor);
}

NAMED(Comparison)
void fields(auto& io, Is<Comparison> auto& value) {
  FIELDS(metric, workload, variant, to)
  io("effect_pct", value.effect);
  io("lo_pct", value.lo);
  io("hi_pct", value.hi);
  FIELDS(verdict, confidence, rounds, rounds_needed, time_needed, basis, dominated, flags)
  io.if_any("error", value.error);
}

SCHEMA(HeldOut, built, comparisons, loss)

SCHEMA(Best, runtime, memory, build, size, pareto)

NAMED(Span)
void fields(auto& io, Is<Span> auto& value) {
  FIELDS(kind, name, what, start, wall)
  io.if_any("rounds", value.rounds);
}

NAMED(Results)
void fields(auto& io, Is<Results> auto& value) {
  io.written("schema", results_schema);
  io.written("tool", Json{{"version", value.tool_version}});
  FIELDS(run, host, tools, project, baseline, confidence, precision, variants, references, benchmarks)
  io("build_rounds", value.builds);
  FIELDS(comparisons, phases, groups, amdahl, goals, decisions, inspected, allocations, flamegraphs, best,
         recommendation, warnings, notes)
  io.if_any("recommended", value.recommended);
  io.if_any("corpora", value.corpora);
  io.if_any("held_out", value.held_out);
  io.if_any("outputs", value.outputs);
  io.if_any("timeline", value.timeline);
}

#undef SCHEMA
#undef NAMED
#undef FIELDS
#undef FIELD

}  // namespace pgo_orch::report
