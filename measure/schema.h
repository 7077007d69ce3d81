#pragma once
// What measuring, pgo.toml and results.json have in common: enumerations with the words that files spell them
// with, one table each, and a phase.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "toolchains/units.h"
#include "toolchains/words.h"

namespace pgo_orch::measure {

using pgo_orch::all_words;
using pgo_orch::from_word;
using pgo_orch::to_word;
using pgo_orch::Word;
using pgo_orch::Worded;

/// What became of a variant or a reference.
enum class Status { ok, failed, skipped, wrong_output };
constexpr auto words_of(Status) {
  using enum Status;
  return std::to_array<Word<Status>>(
      {{ok, "ok"}, {failed, "failed"}, {skipped, "skipped"}, {wrong_output, "wrong-output"}});
}

/// What of a workload's output must be the same for all variants.
enum class Compared {
  exactly,
  sorted,     ///< its lines, in any order
  expected,   ///< what `expect` says, whatever the baseline prints
  exit_code,  ///< nothing: only how it ends
};
constexpr auto words_of(Compared) {
  using enum Compared;
  return std::to_array<Word<Compared>>(
      {{exactly, "exactly"}, {sorted, "sorted"}, {expected, "expected"}, {exit_code, "exit-code"}});
}

/// What variants are compared by.
enum class Metric { runtime, cpu, build, size, memory };
constexpr auto words_of(Metric) {
  using enum Metric;
  return std::to_array<Word<Metric>>(
      {{runtime, "runtime"}, {cpu, "cpu"}, {build, "build"}, {size, "size"}, {memory, "memory"}});
}

/// What a gate compares two versions of a program by. Instructions are those of the program itself, counted.
enum class GateMetric { wall, cpu, memory, size, build, instructions };
constexpr auto words_of(GateMetric) {
  using enum GateMetric;
  return std::to_array<Word<GateMetric>>({{wall, "wall"},
                                          {cpu, "cpu"},
                                          {memory, "memory"},
                                          {size, "size"},
                                          {build, "build"},
                                          {instructions, "instructions"}});
}

/// Whether the new version is shown to be worse by more than is allowed (fail), shown not to be (pass), or
/// neither.
enum class GateOutcome { pass, open, fail };
constexpr auto words_of(GateOutcome) {
  using enum GateOutcome;
  return std::to_array<Word<GateOutcome>>({{pass, "pass"}, {open, "open"}, {fail, "fail"}});
}

/// What goals and decisions are about.
enum class GoalMetric { runtime, cpu, startup, init, compute, shutdown, phase, build, size, memory };
constexpr auto words_of(GoalMetric) {
  using enum GoalMetric;
  return std::to_array<Word<GoalMetric>>({{runtime, "runtime"},
                                          {cpu, "cpu"},
                                          {startup, "startup"},
                                          {init, "init"},
                                          {compute, "compute"},
                                          {shutdown, "shutdown"},
                                          {phase, "phase"},
                                          {build, "build"},
                                          {size, "size"},
                                          {memory, "memory"}});
}

enum class BuildScenario { full, incr_full, incr_unchanged, incr_patched };
constexpr auto words_of(BuildScenario) {
  using enum BuildScenario;
  return std::to_array<Word<BuildScenario>>({{full, "full"},
                                             {incr_full, "incr-full"},
                                             {incr_unchanged, "incr-unchanged"},
                                             {incr_patched, "incr-patched"}});
}

/// Phases and functions are of a program's run or of its build.
enum class PhaseOf { run, build };
constexpr auto words_of(PhaseOf) {
  using enum PhaseOf;
  return std::to_array<Word<PhaseOf>>({{run, "run"}, {build, "build"}});
}

/// Of a figure: a share is a fraction of the total.
enum class Unit { seconds, bytes, ratio, share };
constexpr auto words_of(Unit) {
  using enum Unit;
  return std::to_array<Word<Unit>>({{seconds, "s"}, {bytes, "bytes"}, {ratio, "ratio"}, {share, "share"}});
}

/// What a comparison rests on: the signed ranks of the rounds' differences, noise taken to be normal, or
/// the same code.
enum class Basis { exact, parametric, identical };
constexpr auto words_of(Basis) {
  using enum Basis;
  return std::to_array<Word<Basis>>({{exact, "exact"}, {parametric, "parametric"}, {identical, "identical"}});
}

/// What makes a claim less certain than its interval says; `reference` only says whose comparison it is.
/// `guard`: it is shown to be slower by more than the guard allows, `guard_open`: it may be.
enum class Flag { floor, layout, cpu_differs, mean_differs, bimodal, reference, guard, guard_open };
constexpr auto words_of(Flag) {
  using enum Flag;
  return std::to_array<Word<Flag>>({{floor, "floor"},
                                    {layout, "layout?"},
                                    {cpu_differs, "cpu!=wall"},
                                    {mean_differs, "mean!=median"},
                                    {bimodal, "bimodal"},
                                    {reference, "reference"},
                                    {guard, "guard"},
                                    {guard_open, "guard?"}});
}

/// A named part of a run or of a build.
struct Phase {
  std::string name;
  Nanoseconds time{};
  double share = 0;          ///< fraction of the whole run or build
  std::vector<Phase> parts;  ///< finer ones; none: it is not divided
  bool operator==(const Phase&) const = default;
};

}  // namespace pgo_orch::measure
