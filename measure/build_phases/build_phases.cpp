#include "measure/build_phases/build_phases.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "measure/build_phases/critical_path.h"
#include "measure/build_phases/stages.h"
#include "measure/build_phases/units.h"

namespace pgo_orch::measure {
namespace {

using TimeByPart = std::map<Stage, std::map<std::string, Nanoseconds>>;

double fraction(Nanoseconds time, Nanoseconds whole) {
  return whole > Nanoseconds(0) ? seconds(time) / seconds(whole) : 0;
}

Nanoseconds sum(const std::map<std::string, Nanoseconds>& parts) {
  Nanoseconds total{};
  for (const auto& [name, time] : parts) total += time;
  return total;
}

/// Longest part first. A stage whose only part has no name gets none.
std::vector<Phase> phases_of(const TimeByPart& times, Nanoseconds whole) {
  std::vector<Phase> phases;
  for (const auto& [stage, parts] : times) {
    Phase phase{stage_name(stage), sum(parts), fraction(sum(parts), whole), {}};
    if (phase.time <= Nanoseconds(0)) continue;
    for (const auto& [name, time] : parts)
      if (time > Nanoseconds(0))
        phase.parts.push_back({name.empty() ? no_part : name, time, fraction(time, whole), {}});
    if (phase.parts.size() == 1 && phase.parts[0].name == no_part) phase.parts.clear();
    std::ranges::stable_sort(phase.parts, std::greater{}, &Phase::time);
    phases.push_back(std::move(phase));
  }
  return phases;
}

Nanoseconds overlap(const Span& a, const Span& b) {
  return std::max(std::min(a.end, b.end) - std::max(a.start, b.start), Nanoseconds(0));
}

/// Idle time is a command's own if it is not cargo, except within a cargo that it called.
void split_idle(const std::vector<Span>& idle, const std::vector<BuildEvent>& events, bool own_compiler,
                TimeByPart& times, std::vector<Span>& own) {
  std::vector<Span> cargos;
  for (const auto& event : events)
    if (event.tool == "cargo") cargos.push_back({event.start, event.end});
  for (const auto& span : idle) {
    const auto outside = own_compiler ? without(span, cargos) : std::vector<Span>{};
    auto waiting = span.end - span.start;
    for (const auto& part : outside) {
      times[Stage::own][""] += part.end - part.start;
      waiting -= part.end - part.start;
      own.push_back(part);
    }
    times[Stage::waiting][""] += waiting;
  }
}

/// Adds the phases that the command reports, within the time in which only the command ran.
void split_own(const std::vector<OwnPhase>& phases, const std::vector<Span>& own, BuildPhases& result) {
  const auto place = std::ranges::find(result.phases, "own", &Phase::name);
  const auto time = place != result.phases.end() ? place->time : Nanoseconds(0);
  std::map<std::string, Nanoseconds> times;
  for (const auto& phase : phases) {
    if (!phase.start)
      times[phase.name] += phase.time;
    else
      for (const auto& span : own)
        times[phase.name] += overlap(span, {*phase.start, *phase.start + phase.time});
  }
  const auto said = sum(times);
  if (said > time)
    result.notes.push_back(fmt::format(
        "the command reports phases of {:.3f} s in all, but ran alone for only {:.3f} s: they overlap, "
        "or include tools that it called (report start_ns and end_ns to exclude these)",
        seconds(said), seconds(time)));
  else if (said < time)
    times["own: other"] += time - said;
  if (place == result.phases.end()) return;
  for (const auto& [name, part] : times)
    place->parts.push_back({name, part, fraction(part, result.wall), {}});
  std::ranges::stable_sort(place->parts, std::greater{}, &Phase::time);
}

std::vector<CompiledUnit> units_of(const std::vector<BuildEvent>& events,
                                   const std::vector<Stretch>& stretches, Nanoseconds begin) {
  std::vector<TimeByPart> times(events.size());
  for (const auto& stretch : stretches)
    if (stretch.event != Stretch::no_event)
      times[stretch.event][stretch.stage][stretch.part] += stretch.end - stretch.start;
  const auto names = shown_names(events);
  std::vector<CompiledUnit> units;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& event = events[i];
    if (!is_unit(event)) continue;
    // The linker that a unit waited for is part of the unit.
    for (std::size_t other = 0; other < events.size(); ++other) {
      if (events[other].parent_shim_pid != event.shim_pid || other == i || event.shim_pid == 0) continue;
      if (events[other].start < event.start || events[other].end > event.end) continue;
      times[i][Stage::link]["linker"] += events[other].wall();
    }
    units.push_back({names[i], event.version, event.wall(), event.cpu(), event.peak_rss,
                     phases_of(times[i], event.wall()), event.start - begin});
  }
  return units;
}

/// `offset`: when cargo began, since the build did.
void add_build_script_runs(const std::vector<CargoUnit>& timings, Nanoseconds offset,
                           std::vector<CompiledUnit>& units) {
  for (const auto& unit : timings) {
    if (!unit.runs_build_script) continue;
    const TimeByPart times{{Stage::build_scripts, {{no_part, unit.duration}}}};
    units.push_back({.name = shown_name(unit.name, "build script run"),
                     .version = unit.version,
                     .wall = unit.duration,
                     .stages = phases_of(times, unit.duration),
                     .start = offset + unit.start});
  }
}

/// The time of an event includes the events below it.
Nanoseconds cpu_of(const std::vector<BuildEvent>& events) {
  std::map<int, int> by_shim;
  for (const auto& event : events) ++by_shim[event.shim_pid];
  Nanoseconds cpu{};
  for (const auto& event : events)
    if (event.parent_shim_pid == 0 || !by_shim.contains(event.parent_shim_pid)) cpu += event.cpu();
  return cpu;
}

void note_failures(const std::vector<BuildEvent>& events, BuildPhases& result) {
  for (const auto& event : events)
    if (is_unit(event) && event.exit_code != 0)
      result.notes.push_back(fmt::format("{} failed on {}: these are the times of a failed build", event.tool,
                                         name_of_unit(event)));
}

/// Where both cargo's report and the log have a time, the log's is used.
void note_timings(const CargoUnits& units, const std::vector<BuildEvent>& events, bool usable,
                  BuildPhases& result) {
  if (!usable) {
    result.notes.emplace_back(
        "cargo's report and the log have no unit in common, so build scripts count as waiting");
    return;
  }
  Nanoseconds worst{};
  std::string where;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (units[i] == nullptr || std::chrono::abs(units[i]->duration - events[i].wall()) <= worst) continue;
    worst = std::chrono::abs(units[i]->duration - events[i].wall());
    where = name_of_unit(events[i]);
  }
  if (worst > std::chrono::milliseconds(50))
    result.notes.push_back(fmt::format(
        "cargo's report and the log differ by up to {:.2f} s on a unit ({}): the report is used for "
        "build scripts and for when libraries were ready, the log for everything else",
        seconds(worst), where));
}

std::string basis_of(const std::vector<BuildEvent>& events, bool with_runs) {
  const bool passes = std::ranges::any_of(events, [](const auto& event) { return !event.passes.empty(); });
  std::string basis = passes ? "the calls of compilers and linkers, and rustc's own passes"
                             : "the calls of compilers and linkers; rustc's own passes were not recorded";
  const bool scripts = std::ranges::any_of(
      events, [](const auto& event) { return event.probe || kind_of_unit(event) == "build script"; });
  if (!scripts) return basis;
  return basis + (with_runs ? "; runs of build scripts by cargo's report, to 10 ms"
                            : "; of build scripts only the compilers they call, the rest "
                              "counts as waiting");
}

}  // namespace

BuildPhases build_phases_of(const std::vector<BuildEvent>& events, const BuildInterval& interval,
                            const std::vector<CargoUnit>& timings, const std::vector<OwnPhase>& own) {
  BuildPhases result;
  result.wall = interval.end - interval.start;
  const auto units = units_of_events(timings, events);
  const auto begin = begin_of_cargo(units, events);
  auto stretches = stretches_of(events);
  if (begin)
    std::ranges::move(build_script_stretches(timings, events, *begin), std::back_inserter(stretches));
  const auto shared = share_of_time(stretches, {interval.start, interval.end});

  TimeByPart times;
  for (std::size_t i = 0; i < stretches.size(); ++i)
    times[stretches[i].stage][stretches[i].part] += shared.shares[i];
  std::vector<Span> own_spans;
  split_idle(shared.idle, events, interval.own_compiler, times, own_spans);
  result.phases = phases_of(times, result.wall);
  if (!own.empty()) split_own(own, own_spans, result);

  result.units = units_of(events, stretches, interval.start);
  if (begin) add_build_script_runs(timings, *begin - interval.start, result.units);
  std::ranges::stable_sort(result.units, std::greater{}, &CompiledUnit::wall);
  result.critical_path = critical_path_of({events, timings, units, begin}, interval);
  const auto cpu = interval.cpu > Nanoseconds(0) ? interval.cpu : cpu_of(events);
  result.cpu_use = fraction(cpu, result.wall * std::max(interval.cores, 1));
  Nanoseconds wrappers{};
  for (const auto& event : events) wrappers += event.own;
  result.wrappers_share = fraction(wrappers, result.wall);
  result.basis = basis_of(events, begin.has_value());
  if (!timings.empty()) note_timings(units, events, begin.has_value(), result);
  note_failures(events, result);
  return result;
}

}  // namespace pgo_orch::measure
