#pragma once
// The schema of results.json: for each struct its fields, in order, by name. The one description serves
// writing and reading, so that the two cannot differ. Included by results_json.cpp only.
//
// `io(name, field)` writes or reads a field; `io.written(name, value)` is for what follows from other fields,
// or belongs to a part of the schema that no field here holds: it is written, and skipped when reading.

#include <concepts>
#include <type_traits>

#include "report/findings_fields.h"

namespace pgo_orch::report {

void fields(auto& io, Is<RunInfo> auto& run) {
  io("id", run.id);
  io("started", run.started);
  io("finished", run.finished);
  io("interrupted", run.interrupted);
}

void fields(auto& io, Is<Host> auto& host) {
  io("cpu", host.cpu);
  io("cores", host.cores);
  io("kernel", host.kernel);
  io("virtualized", host.virtualized);
  io("warnings", host.warnings);
}

void fields(auto& io, Is<Tool> auto& tool) {
  io("version", tool.version);
  io("llvm", tool.llvm);
  io("path", tool.path);
}

void fields(auto& io, Is<ProjectInfo> auto& project) {
  io("kind", project.kind);
  io("name", project.name);
  io("path", project.path);
  io("profile", project.profile);
  io("programs", project.programs);
}

void fields(auto& io, Is<Failure> auto& failure) {
  io("stage", failure.stage);
  io("command", failure.command);
  io("exit", failure.exit);
  io("signal", failure.signal);
  io("log", failure.log);
  io("tail", failure.tail);
}

void fields(auto& io, Is<Stage> auto& stage) {
  io("name", stage.name);
  io("wall_s", stage.wall);
}

void fields(auto& io, Is<Build> auto& build) {
  io("wall_s", build.wall);
  io("user_s", build.user);
  io("system_s", build.system);
  io("peak_rss_bytes", build.peak_rss);
  io("measured_at", build.measured_at);
  io("stored", build.stored);
  io("shared", build.shared);
  io("runs", build.runs);
  io("scenarios", build.scenarios);
  io("phases", build.phases);
  io("stages", build.stages);
}

void fields(auto& io, Is<TrainedWorkload> auto& workload) {
  io("name", workload.name);
  io("raw_files", workload.raw_files);
  io("raw_bytes", workload.raw_size);
}

void fields(auto& io, Is<PgoResult> auto& pgo) {
  io("profdata", pgo.profdata);
  io("sha256", pgo.sha256);
  io("profdata_bytes", pgo.size);
  io("workloads", pgo.workloads);
  io("training_reused", pgo.training_reused);
  io("functions_in_profile", pgo.functions_in_profile);
  io("functions_matched", pgo.functions_matched);
  io("functions_missing", pgo.functions_missing);
  io("coverage", pgo.coverage);
  io("basis", pgo.basis);
  io("metadata_units", pgo.metadata_units);
  io("rustc_warnings", pgo.rustc_warnings);
}

void fields(auto& io, Is<Artifact> auto& artifact) {
  io("program", artifact.program);
  io("path", artifact.path);
  io("size_bytes", artifact.size);
  io("text_bytes", artifact.text);
  io("sha256", artifact.sha256);
  io("code_sha256", artifact.code_sha256);
}

void fields(auto& io, Is<VariantResult> auto& variant) {
  io("name", variant.name);
  io("status", variant.status);
  io("reason", variant.reason);
  io("identical_to", variant.identical_to);
  io("built_once", variant.built_once);
  io("settings", variant.settings);
  io("portable", variant.portable);
  io("target", variant.target);
  io("toolchain", variant.toolchain);
  io("rustflags", variant.rustflags);
  io("flag_origins", variant.flag_origins);
  io("command", variant.command);
  io("failure", variant.failure);
  io("gate", variant.gate);
  io("build", variant.build);
  io("pgo", variant.pgo);
  io.written("bolt", nullptr);
  io("artifacts", variant.artifacts);
}

void fields(auto& io, Is<ReferenceResult> auto& reference) {
  io("name", reference.name);
  io("status", reference.status);
  io("reason", reference.reason);
  io("of", reference.of);
  io("command", reference.command);
  io("build", reference.build);
  io("failure", reference.failure);
}

void fields(auto& io, Is<Samples> auto& samples) {
  io("variant", samples.variant);
  io("reference", samples.reference);
  io("command", samples.command);
  if (const auto summary = summarize(samples.times)) {
    io.written("mean", summary->mean);
    io.written("median", summary->median);
    io.written("stddev", summary->stddev);
    io.written("min", summary->min);
    io.written("max", summary->max);
    io.written("user", mean(samples.user_times));
    io.written("system", mean(samples.system_times));
  }
  io("times", samples.times);
  io("user_times", samples.user_times);
  io("system_times", samples.system_times);
  io("rounds", samples.rounds);
  io("censored", samples.censored);
  io("memory_usage_byte", samples.memory);
  io("exit_codes", samples.exit_codes);
  io.written("parameters", Json{{"variant", samples.variant}});
}

void fields(auto& io, Is<Control> auto& control) {
  io("effect_pct", control.effect);
  io("lo_pct", control.lo);
  io("hi_pct", control.hi);
}

void fields(auto& io, Is<Benchmark> auto& benchmark) {
  io("workload", benchmark.workload);
  io("results", benchmark.results);
  io("noise_floor_pct", benchmark.noise_floor);
  io("control", benchmark.control);
  io("rounds", benchmark.rounds);
}

void fields(auto& io, Is<BuildRounds> auto& builds) {
  io("rounds", builds.rounds);
  io("noise_floor_pct", builds.noise_floor);
}

void fields(auto& io, Is<Comparison> auto& comparison) {
  io("metric", comparison.metric);
  io("workload", comparison.workload);
  io("variant", comparison.variant);
  io("to", comparison.to);
  io("effect_pct", comparison.effect);
  io("lo_pct", comparison.lo);
  io("hi_pct", comparison.hi);
  io("verdict", comparison.verdict);
  io("confidence", comparison.confidence);
  io("rounds", comparison.rounds);
  io("rounds_needed", comparison.rounds_needed);
  io("time_needed_s", comparison.time_needed);
  io("basis", comparison.basis);
  io("dominated", comparison.dominated);
  io("flags", comparison.flags);
}

void fields(auto& io, Is<Best> auto& best) {
  io("runtime", best.runtime);
  io("memory", best.memory);
  io("build", best.build);
  io("size", best.size);
  io("pareto", best.pareto);
}

void fields(auto& io, Is<Results> auto& results) {
  io.written("schema", results_schema);
  io.written("tool", Json{{"version", results.tool_version}});
  io("run", results.run);
  io("host", results.host);
  io("tools", results.tools);
  io("project", results.project);
  io("baseline", results.baseline);
  io("confidence", results.confidence);
  io("precision", results.precision);
  io("variants", results.variants);
  io("references", results.references);
  io("benchmarks", results.benchmarks);
  io("build_rounds", results.builds);
  io("comparisons", results.comparisons);
  io("phases", results.phases);
  io("groups", results.groups);
  io("amdahl", results.amdahl);
  io("goals", results.goals);
  io("decisions", results.decisions);
  io("inspected", results.inspected);
  io("allocations", results.allocations);
  io("flamegraphs", results.flamegraphs);
  io("best", results.best);
  io("recommendation", results.recommendation);
  io("warnings", results.warnings);
  io("notes", results.notes);
}

}  // namespace pgo_orch::report
