#include "measure/run_phases/run_phases.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "measure/statistics/statistics.h"
#include "pgo/symbol.h"
#include "toolchains/elf.h"

namespace pgo_orch::measure {

namespace {

/// The landmarks that a run passed, and how it ended.
std::string way_of(const Trace& trace) {
  std::string way = describe(trace.sample);
  for (const auto& mark : trace.marks) way += mark ? '1' : '0';
  return way;
}

/// The largest group of runs that passed the same landmarks and ended alike: others cannot be combined.
std::vector<const Trace*> most_common_way(const std::vector<Trace>& traces) {
  std::map<std::string, std::vector<const Trace*>> ways;
  for (const Trace& trace : traces) ways[way_of(trace)].push_back(&trace);
  const auto largest = std::ranges::max_element(ways, {}, [](const auto& way) { return way.second.size(); });
  return largest->second;
}

Nanoseconds median_of(const std::vector<Nanoseconds>& times) {
  std::vector<double> numbers;
  for (const Nanoseconds time : times) numbers.push_back(static_cast<double>(time.count()));
  return numbers.empty() ? Nanoseconds{} : Nanoseconds(static_cast<std::int64_t>(median(std::move(numbers))));
}

/// The names of what lies between two landmarks.
struct Stretch {
  const char* phase;
  const char* part;
  bool operator==(const Stretch&) const = default;
};

/// The name of what begins at a landmark; none: at the start.
Stretch stretch_from(std::optional<Landmark> from, const Trace& trace,
                     const toolchains::Landmarks& landmarks) {
  const bool has_init = trace.at(Landmark::main) || trace.at(Landmark::user_main);
  const bool needs_two = trace.at(Landmark::main).has_value();
  if (!from) return {"startup", "exec"};
  switch (*from) {
    case Landmark::executed:
      return {"startup", landmarks.is_dynamic ? "dynamic linking" : "exec"};
    case Landmark::entry:
      if (!has_init) return {"compute", ""};
      return {"init", needs_two || !landmarks.moving_stack ? "libc" : "language runtime"};
    case Landmark::main:
      if (trace.at(Landmark::user_main)) return {"init", "language runtime"};
      return {"compute", ""};
    case Landmark::user_main:
      return {"compute", ""};
    case Landmark::returned:
      return {"shutdown", "exit handlers"};
    case Landmark::exiting:
      return {"shutdown", "teardown"};
  }
  return {"compute", ""};
}

struct Timed {
  Stretch stretch;
  Nanoseconds time;
};

/// The cost of a stop beyond the time between its stamps.
struct StopCosts {
  Nanoseconds breakpoint{};
  Nanoseconds watch{};
};

StopCosts costs_of(const std::vector<const Trace*>& traces) {
  std::vector<Nanoseconds> repeats;
  std::vector<Nanoseconds> watches;
  for (const Trace* trace : traces) {
    repeats.insert(repeats.end(), trace->repeats.begin(), trace->repeats.end());
    watches.insert(watches.end(), trace->watches.begin(), trace->watches.end());
  }
  return {.breakpoint = median_of(repeats), .watch = median_of(watches)};
}

/// The stretches of a run, each without its stops: half the cost of a stop at either end, and the whole cost
/// of those within. The higher cost of a debug register falls between its setting and its stop.
std::vector<Timed> stretches_of(const Trace& trace, const toolchains::Landmarks& landmarks,
                                const StopCosts& costs) {
  std::vector<Timed> found;
  std::optional<Landmark> from;
  TraceMark begin;
  const auto add = [&](Nanoseconds until, std::optional<Landmark> to) {
    const int half_stops = (from ? 1 : 0) + (to ? 1 : 0) + 2 * begin.other_stops;
    Nanoseconds cost = costs.breakpoint * half_stops / 2;
    if (to == Landmark::returned && trace.watched_return) cost += costs.watch - costs.breakpoint;
    found.push_back({stretch_from(from, trace, landmarks), until - begin.resumed - begin.other - cost});
  };
  for (std::size_t i = 0; i < landmark_count; ++i) {
    if (!trace.marks[i]) continue;
    const auto to = static_cast<Landmark>(i);
    add(trace.marks[i]->stopped, to);
    from = to;
    begin = *trace.marks[i];
  }
  add(trace.end, std::nullopt);
  return found;
}

/// No time is below zero: a stop noticed late moves time over its landmark, which is moved back here.
void move_deficits(std::vector<Nanoseconds>& times) {
  const auto move = [](Nanoseconds& from, Nanoseconds& to) {
    to += std::min(from, Nanoseconds{});
    from = std::max(from, Nanoseconds{});
  };
  for (std::size_t i = 0; i + 1 < times.size(); ++i) move(times[i], times[i + 1]);
  for (std::size_t i = times.size() - 1; i > 0; --i) move(times[i], times[i - 1]);
  times.front() = std::max(times.front(), Nanoseconds{});
}

void add_to_phases(std::vector<Phase>& phases, const Stretch& stretch, Nanoseconds time) {
  if (phases.empty() || phases.back().name != stretch.phase) phases.push_back({.name = stretch.phase});
  Phase& phase = phases.back();
  phase.time += time;
  if (*stretch.part == '\0') return;
  if (phase.parts.empty() || phase.parts.back().name != stretch.part)
    phase.parts.push_back({.name = stretch.part});
  phase.parts.back().time += time;
}

void sum_up(RunPhases& result) {
  for (const Phase& phase : result.phases) result.total += phase.time;
  if (result.total.count() <= 0) return;
  for (Phase& phase : result.phases) {
    phase.share = static_cast<double>(phase.time.count()) / static_cast<double>(result.total.count());
    for (Phase& part : phase.parts) part.share = seconds(part.time) / seconds(result.total);
  }
}

bool was_killed(const Trace& trace) {
  return trace.sample.end != End::exited;
}

std::string note_about_main(const Trace& trace, const toolchains::Landmarks& landmarks) {
  if (trace.at(Landmark::user_main)) return "";
  if (trace.at(Landmark::main))
    return "init ends at main, and the language runtime's start counts as compute: " +
           (landmarks.why_no_user_main.empty() ? "the user's main was never reached"
                                               : landmarks.why_no_user_main);
  return "init counts as compute: " +
         (landmarks.why_no_user_main.empty() ? "main was never reached" : landmarks.why_no_user_main);
}

std::vector<std::string> notes_about(const Trace& trace, const toolchains::Landmarks& landmarks) {
  std::vector<std::string> notes;
  if (was_killed(trace)) notes.push_back("phases until its end: " + describe(trace.sample));
  if (std::string note = note_about_main(trace, landmarks); !note.empty()) notes.push_back(std::move(note));
  if (trace.execs > 1) notes.emplace_back("it executed another program, whose time counts as compute");
  const bool ran_main = trace.at(Landmark::main) || trace.at(Landmark::user_main);
  if (ran_main && !trace.at(Landmark::returned) && !was_killed(trace) && trace.execs == 1)
    notes.emplace_back("main did not return: exit handlers count as compute");
  return notes;
}

/// The time of each phase in each run.
std::vector<std::vector<Nanoseconds>> samples_of(const std::vector<std::vector<Timed>>& runs,
                                                 std::size_t phases) {
  std::vector<std::vector<Nanoseconds>> samples(phases);
  for (const auto& run : runs) {
    std::vector<Phase> summed;
    for (const Timed& timed : run) add_to_phases(summed, timed.stretch, timed.time);
    for (std::size_t i = 0; i < phases; ++i) samples[i].push_back(summed[i].time);
  }
  return samples;
}

std::vector<Nanoseconds> walls_of(const std::vector<Sample>& samples) {
  std::vector<Nanoseconds> walls;
  for (const Sample& sample : samples)
    if (sample.end == End::exited) walls.push_back(sample.wall);
  return walls;
}

/// rustc generates a C main that calls std::rt::lang_start with the user's.
bool is_rust(const std::filesystem::path& executable) {
  return std::ranges::any_of(toolchains::function_symbols(executable), [](const std::string& symbol) {
    return symbol.find("10lang_start") != std::string::npos && pgo::is_mangled(symbol);
  });
}

/// The cold part of a function is a symbol of its own.
bool is_cold_part(const std::string& symbol) {
  return symbol.find(".cold") != std::string::npos;
}

/// Whether a symbol is "CRATE::main", in either of rustc's manglings. "": of any crate.
bool is_user_main(const std::string& symbol, const std::string& crate) {
  if (!pgo::is_mangled(symbol) || is_cold_part(symbol)) return false;
  const std::string name = pgo::demangled(pgo::base_name(symbol));
  if (!crate.empty()) return name == crate + "::main";
  return name.ends_with("::main") && name.find("::") == name.size() - 6 && name.front() != '<';
}

}  // namespace

RunPhases phases_of_traces(const std::vector<Trace>& traces, const toolchains::Landmarks& landmarks) {
  RunPhases result;
  const auto runs = most_common_way(traces);
  const StopCosts costs = costs_of(runs);
  std::vector<std::vector<Timed>> all;
  for (const Trace* trace : runs) all.push_back(stretches_of(*trace, landmarks, costs));
  std::vector<Nanoseconds> medians;
  for (std::size_t i = 0; i < all.front().size(); ++i) {
    std::vector<Nanoseconds> times;
    for (const auto& run : all) times.push_back(run[i].time);
    medians.push_back(median_of(times));
  }
  move_deficits(medians);
  for (std::size_t i = 0; i < medians.size(); ++i)
    add_to_phases(result.phases, all.front()[i].stretch, medians[i]);
  sum_up(result);
  result.runs = static_cast<int>(runs.size());
  result.samples = samples_of(all, result.phases.size());
  for (const Trace* trace : runs) result.rounds.push_back(static_cast<int>(trace - traces.data()) + 1);
  result.stop_cost = costs.breakpoint;
  result.watch_cost = costs.watch;
  result.source = "ptrace";
  result.notes = notes_about(*runs.front(), landmarks);
  if (runs.size() < traces.size())
    result.notes.push_back(fmt::format("{} of {} runs behaved differently and are left out",
                                       traces.size() - runs.size(), traces.size()));
  return result;
}

RunPhases phases_by_empty_main(const std::vector<Sample>& of_empty, const std::vector<Sample>& of_program) {
  const auto empty = walls_of(of_empty);
  const auto program = walls_of(of_program);
  if (empty.empty()) return {.unavailable = "the program with an empty main did not run"};
  if (program.empty()) return {.unavailable = "the program did not run to its end"};
  RunPhases result{.runs = static_cast<int>(program.size()), .source = "empty main"};
  const Nanoseconds total = median_of(program);
  const Nanoseconds around = std::min(median_of(empty), total);
  result.phases = {{.name = "startup, init and shutdown", .time = around},
                   {.name = "compute", .time = total - around}};
  sum_up(result);
  result.notes = {
      "startup, init and shutdown are the time of a program with an empty main, linked the same way"};
  return result;
}

toolchains::Landmarks landmarks_of(const std::filesystem::path& executable, const std::filesystem::path& twin,
                                   const std::string& crate) {
  if (crate.empty() && !is_rust(twin.empty() ? executable : twin))
    return toolchains::find_landmarks(executable, twin);
  std::string name = crate;
  std::ranges::replace(name, '-', '_');
  return toolchains::find_landmarks(executable, twin,
                                    [name](const std::string& symbol) { return is_user_main(symbol, name); });
}

}  // namespace pgo_orch::measure
