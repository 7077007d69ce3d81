// Rounds of traced runs, and what they say about the differences between programs.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "measure/run_phases/run_phases.h"

namespace pgo_orch::measure {

namespace {

/// Notes a difference between traced and untraced runs of over a tenth and over 0.1 ms.
void note_difference(RunPhases& phases, Nanoseconds untraced) {
  const Nanoseconds difference = std::chrono::abs(phases.total - untraced);
  if (difference <= std::max<Nanoseconds>(untraced / 10, std::chrono::microseconds(100))) return;
  const auto ms = [](Nanoseconds time) { return seconds(time) * 1e3; };
  phases.notes.push_back(fmt::format("the phases add up to {:.3g} ms, untraced runs take {:.3g} ms",
                                     ms(phases.total), ms(untraced)));
}

/// Traces where others time, and keeps the latest trace of each program.
class TracingSampler final : public Sampler {
 public:
  TracingSampler(const std::vector<TracedProgram>& programs, Tracer& tracer)
      : programs_(programs), tracer_(tracer), latest_(programs.size()) {}

  /// Before each run.
  void is_next(std::size_t program) { next_ = program; }

  Sample run(const RunSpec& spec) override {
    Trace& trace = latest_[next_];
    trace = tracer_.trace(spec, programs_[next_].landmarks);
    if (trace.unavailable.empty()) return trace.sample;
    Sample none;
    none.reason = trace.unavailable;
    return none;
  }

  Nanoseconds now() const override { return tracer_.now(); }

  const Trace& latest(std::size_t program) const { return latest_[program]; }

 private:
  const std::vector<TracedProgram>& programs_;
  Tracer& tracer_;
  std::vector<Trace> latest_;
  std::size_t next_ = 0;
};

RunPhases phases_of_program(const TracedProgram& program, const std::vector<Trace>& traces,
                            const Trace& latest, const Series& series) {
  if (!latest.unavailable.empty()) return {.unavailable = latest.unavailable};
  if (traces.empty()) return {.unavailable = series.failure.empty() ? "interrupted" : series.failure};
  RunPhases phases = phases_of_traces(traces, program.landmarks);
  if (!series.failure.empty()) phases.notes.push_back(series.failure);
  if (program.untraced) note_difference(phases, *program.untraced);
  return phases;
}

/// The times of one phase of two programs, in the rounds that both have.
struct Pair {
  Nanoseconds base;
  Nanoseconds other;
};

const std::vector<Nanoseconds>* samples_of_phase(const RunPhases& phases, const std::string& name) {
  const auto found = std::ranges::find(phases.phases, name, &Phase::name);
  const auto index = static_cast<std::size_t>(found - phases.phases.begin());
  return index < phases.samples.size() ? &phases.samples[index] : nullptr;
}

std::vector<Pair> pairs_of(const RunPhases& base, const RunPhases& other, const std::string& phase) {
  const auto* own = samples_of_phase(base, phase);
  const auto* its = samples_of_phase(other, phase);
  std::vector<Pair> pairs;
  if (!own || !its) return pairs;
  for (std::size_t i = 0; i < std::min(base.rounds.size(), own->size()); ++i) {
    const auto same = std::ranges::find(other.rounds, base.rounds[i]);
    const auto place = static_cast<std::size_t>(same - other.rounds.begin());
    if (place < std::min(other.rounds.size(), its->size())) pairs.push_back({(*own)[i], (*its)[place]});
  }
  return pairs;
}

std::optional<Nanoseconds> nanoseconds(const std::optional<double>& number) {
  if (!number) return std::nullopt;
  return Nanoseconds(std::llround(*number));
}

}  // namespace

std::vector<RunPhases> measure_run_phases(const std::vector<TracedProgram>& programs, Tracer& tracer,
                                          RoundsOptions options) {
  TracingSampler sampler(programs, tracer);
  std::vector<Contender> contenders;
  for (const TracedProgram& program : programs) {
    Contender& contender = contenders.emplace_back(program.contender);
    contender.run = [&sampler, &program, index = contenders.size() - 1](const std::filesystem::path& copy) {
      sampler.is_next(index);
      return program.contender.run(copy);
    };
  }
  std::vector<std::vector<Trace>> traces(programs.size());
  options.on_round = [&](const Progress& progress) {
    for (std::size_t i = 0; i < programs.size(); ++i) {
      const auto& rounds = progress.so_far.series[i].rounds;
      if (!rounds.empty() && rounds.back() == progress.round) traces[i].push_back(sampler.latest(i));
    }
  };
  const Measured measured = measure_rounds(contenders, sampler, options);
  std::vector<RunPhases> all;
  for (std::size_t i = 0; i < programs.size(); ++i)
    all.push_back(phases_of_program(programs[i], traces[i], sampler.latest(i), measured.series[i]));
  return all;
}

std::vector<PhaseDifference> phase_differences(const RunPhases& base, const RunPhases& other, double alpha) {
  std::vector<PhaseDifference> found;
  for (const Phase& phase : base.phases) {
    std::vector<double> differences;
    for (const Pair& pair : pairs_of(base, other, phase.name))
      differences.push_back(static_cast<double>((pair.other - pair.base).count()));
    if (differences.empty()) continue;
    const Interval interval = hodges_lehmann(differences, alpha);
    found.push_back({phase.name, Nanoseconds(std::llround(interval.estimate)), nanoseconds(interval.lo),
                     nanoseconds(interval.hi)});
  }
  return found;
}

std::optional<Interval> phase_ratio(const RunPhases& base, const RunPhases& other, const std::string& phase,
                                    double alpha) {
  std::vector<double> logs;
  for (const auto& [own, its] : pairs_of(base, other, phase)) {
    if (own <= Nanoseconds(0) || its <= Nanoseconds(0)) return std::nullopt;
    logs.push_back(std::log(static_cast<double>(its.count()) / static_cast<double>(own.count())));
  }
  if (logs.empty()) return std::nullopt;
  return hodges_lehmann(logs, alpha);
}

}  // namespace pgo_orch::measure
