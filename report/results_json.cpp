#include "report/results_json.h"

#include <fmt/format.h>

#include <concepts>
#include <type_traits>

#include "report/json_values.h"
#include "toolchains/text.h"

namespace pgo_orch::report {

// The schema of results.json: for each struct its fields, in order. The one description serves writing and
// reading, so that the two cannot differ.
//
// `io(name, field)` writes or reads a field, `io.if_any(name, field)` one that is left out without a value,
// as in files of earlier versions; `io.written(name, value)` is for what follows from other fields, or
// belongs to a part of the schema that no field here holds: it is written, and skipped when reading.

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
  void fields(auto& io, Is<Struct> auto& value) { \
    FIELDS(__VA_ARGS__)                           \
  }

void fields(auto& io, Is<Phase> auto& value) {
  FIELDS(name)
  io("seconds", value.time);
  FIELDS(share, parts)
}

SCHEMA(measure::PhaseDifference, name, estimate, lo, hi)

void fields(auto& io, Is<RunPhases> auto& value) {
  FIELDS(workload, variant, reference, phases, dominant, total, runs, samples, source, unavailable, notes)
  io.if_any("rounds", value.rounds);
  io.if_any("differences", value.differences);
}

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
SCHEMA(GateResult, owner, of, workload, phase, value, limit, unit, above, open, reason)
SCHEMA(ScenarioTimes, wall, user, system, runs, reason)
SCHEMA(InspectedFunction, pattern, symbol, variant, state, size, instructions, vectors, calls, called_from,
       inlined_copies)
SCHEMA(AllocationCount, workload, variant, allocations, bytes, method, reason)
SCHEMA(RunInfo, id, started, finished, interrupted)
SCHEMA(Host, cpu, cores, kernel, virtualized, warnings)
SCHEMA(Tool, version, llvm, path)
SCHEMA(ProjectInfo, kind, name, path, profile, programs)
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

void fields(auto& io, Is<TrainedWorkload> auto& value) {
  FIELDS(name, raw_files)
  io("raw_bytes", value.raw_size);
  io.if_any("counts", value.counts);
  io.if_any("weight", value.weight);
  io.if_any("remarks", value.remarks);
}

SCHEMA(pgo::CrateCounts, crate, share, by_name, by_hash)

SCHEMA(pgo::HotCounts, by_name, by_hash, moved, total, crates, missing)

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

void fields(auto& io, Is<Artifact> auto& value) {
  FIELDS(program, path, size, text, sha256, code_sha256)
  io.if_any("libraries", value.libraries);
}

void fields(auto& io, Is<VariantResult> auto& value) {
  FIELDS(name, status, reason, identical_to, built_once, settings, portable, target, toolchain, rustflags,
         flag_origins, command, failure, gate, build, pgo)
  io.written("bolt", nullptr);
  FIELDS(artifacts)
}

void fields(auto& io, Is<ReferenceResult> auto& value) {
  FIELDS(name, status, reason, of, command, build, failure)
  io.if_any("artifacts", value.artifacts);
}

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

void fields(auto& io, Is<Control> auto& value) {
  io("effect_pct", value.effect);
  io("lo_pct", value.lo);
  io("hi_pct", value.hi);
}

void fields(auto& io, Is<Benchmark> auto& value) {
  FIELDS(workload, results)
  io("noise_floor_pct", value.noise_floor);
  FIELDS(control, rounds)
  io.if_any("cpu_control", value.cpu_control);
  io.if_any("ends", value.ends);
}

void fields(auto& io, Is<BuildRounds> auto& value) {
  FIELDS(rounds)
  io("noise_floor_pct", value.noise_floor);
}

void fields(auto& io, Is<Comparison> auto& value) {
  FIELDS(metric, workload, variant, to)
  io("effect_pct", value.effect);
  io("lo_pct", value.lo);
  io("hi_pct", value.hi);
  FIELDS(verdict, confidence, rounds, rounds_needed, time_needed, basis, dominated, flags)
}

SCHEMA(Best, runtime, memory, build, size, pareto)

void fields(auto& io, Is<Results> auto& value) {
  io.written("schema", results_schema);
  io.written("tool", Json{{"version", value.tool_version}});
  FIELDS(run, host, tools, project, baseline, confidence, precision, variants, references, benchmarks)
  io("build_rounds", value.builds);
  FIELDS(comparisons, phases, groups, amdahl, goals, decisions, inspected, allocations, flamegraphs, best,
         recommendation, warnings, notes)
  io.if_any("recommended", value.recommended);
  io.if_any("corpora", value.corpora);
}

#undef SCHEMA
#undef FIELDS
#undef FIELD

struct FieldWriter {
  Json& json;

  void operator()(const std::string& name, const auto& field) { json[name] = field; }
  void if_any(const char* name, const auto& field) {
    if constexpr (requires { field.empty(); }) {
      if (!field.empty()) json[name] = field;
    } else {
      if (field) json[name] = *field;
    }
  }
  void written(const char* name, const auto& value) { json[name] = value; }
};

struct FieldReader {
  const Json& json;

  void operator()(const std::string& name, auto& field) {
    const auto found = json.find(name);
    if (found == json.end() || found->is_null()) return;
    try {
      found->get_to(field);
    } catch (const nlohmann::json::exception&) {
      throw Error(fmt::format("'{}' has the wrong type: {}", name, found->type_name()));
    }
  }
  void if_any(const char* name, auto& field) { (*this)(name, field); }
  void written(const char*, const auto&) {}
};

template <class T>
concept Described = requires(FieldWriter& writer, const T& value) { fields(writer, value); };

}  // namespace pgo_orch::report

namespace nlohmann {

/// Settings are one object, whose values are JSON already.
template <>
struct adl_serializer<std::vector<pgo_orch::report::Setting>> {
  static void to_json(auto& json, const std::vector<pgo_orch::report::Setting>& settings) {
    json = pgo_orch::report::Json::object();
    for (const auto& [key, text] : settings) {
      auto value = pgo_orch::report::Json::parse(text, nullptr, false);
      json[key] = value.is_discarded() ? pgo_orch::report::Json(text) : std::move(value);
    }
  }
  static void from_json(const auto& json, std::vector<pgo_orch::report::Setting>& settings) {
    settings.clear();
    for (const auto& [key, value] : json.items()) settings.push_back({key, value.dump()});
  }
};

template <pgo_orch::report::Described T>
struct adl_serializer<T, void> {
  static void to_json(auto& json, const T& value) {
    json = pgo_orch::report::Json::object();
    pgo_orch::report::FieldWriter writer{json};
    fields(writer, value);
  }
  static void from_json(const auto& json, T& value) {
    if (!json.is_object())
      throw pgo_orch::Error(fmt::format("expected an object (found: {})", json.type_name()));
    pgo_orch::report::FieldReader reader{json};
    fields(reader, value);
  }
};

}  // namespace nlohmann

namespace pgo_orch::report {

namespace {

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

/// `byte` is the one that does not fit, counted from 1; after the last: the text ends too early.
std::string syntax_problem(std::string_view text, std::size_t byte) {
  if (text.empty()) return "the file is empty";
  if (byte == 0 || byte > text.size()) return "it ends in the middle; was it cut off?";
  const auto before = text.substr(0, byte - 1);
  const auto line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("unexpected text at line {}, column {}", std::ranges::count(before, '\n') + 1,
                     byte - line_begin);
}

Json parse(std::string_view text) {
  if (toolchains::is_nested_too_deep(text))
    throw Error("not JSON that pgo-orch writes: it is nested too deep");
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw Error("not JSON: " + syntax_problem(text, error.byte));
  } catch (const nlohmann::json::exception&) {
    throw Error("a number is too big to be read");
  }
}

/// Who wrote it reads it.
std::string who_reads(const Json& json) {
  const auto tool = json.value("tool", Json());
  const auto version = tool.is_object() ? tool.value("version", Json()) : Json();
  return version.is_string() ? fmt::format(", and pgo-orch {} wrote it: use that", version.get<std::string>())
                             : "";
}

void check_schema(const Json& json) {
  const auto schema = json.is_object() ? json.find("schema") : json.end();
  if (schema == json.end() || !schema->is_string())
    throw Error("not a results file of pgo-orch: 'schema' is missing");
  if (*schema != results_schema)
    throw Error(fmt::format("schema '{}' is not supported; this version of pgo-orch reads '{}'{}",
                            schema->get<std::string>(), results_schema, who_reads(json)));
}

}  // namespace

std::string to_json_text(const Results& results) {
  return dump(results, 2) + "\n";
}

Results parse_results(std::string_view text, std::string_view where) try {
  const Json json = parse(text);
  check_schema(json);
  auto results = json.get<Results>();
  results.tool_version = json.value(Json::json_pointer("/tool/version"), std::string());
  return results;
} catch (const Error& error) {
  throw Error(fmt::format("{}: {}", where, error.what()));
} catch (const nlohmann::json::exception&) {
  throw Error(fmt::format("{}: 'tool' must be an object", where));
}

template <class Part>
std::string to_json_line(const Part& part) {
  return dump(part, -1);
}

template <class Part>
Part from_json_line(std::string_view text) {
  return parse(text).get<Part>();
}

template std::string to_json_line(const VariantResult&);
template std::string to_json_line(const BuildPhases&);
template VariantResult from_json_line(std::string_view);
template BuildPhases from_json_line(std::string_view);

}  // namespace pgo_orch::report
