#include "measure/stacks/sample.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::measure {

namespace fs = std::filesystem;
using toolchains::Command;
using toolchains::End;
using toolchains::Outcome;
using toolchains::Runner;

namespace {

constexpr double wanted_samples = 1000;
/// Of perf record and perf script.
constexpr auto perf_overhead = std::chrono::milliseconds(300);
/// The least that was seen with valgrind 3.19.
constexpr int callgrind_slowdown = 20;

using Clock = std::chrono::steady_clock;

/// A program that does less where it is watched is another program. "": it does as much. Samples of user code
/// alone are compared with that part of the time.
std::string lacking(const Stacks& stacks, const RunCost& cost) {
  constexpr double enough = 0.5, least_samples = 50, least_instructions_a_second = 1e7;
  const double runs = static_cast<double>(std::max<std::size_t>(stacks.runs, 1));
  const double counted = static_cast<double>(stacks.total()) / runs;
  if (stacks.per_second == 0) {
    if (counted >= least_instructions_a_second * seconds(cost.user)) return "";
    return fmt::format(
        "the {:.0f} {} are far less than {:.3g} s of CPU time take, which a plain run took: the "
        "program did something else here",
        counted, stacks.unit, seconds(cost.user));
  }
  const double expected = seconds(stacks.source.ends_with(":u") ? cost.user : cost.cpu) * stacks.per_second;
  if (expected * runs < least_samples || counted >= enough * expected) return "";
  return fmt::format(
      "the samples add up to {:.3g} s of CPU time, but a plain run took {:.3g} s: most of it is "
      "not in this table",
      counted / stacks.per_second, expected / stacks.per_second);
}

/// Runs the program with or without a profiler; remembers what went wrong.
class Sampling {
 public:
  Sampling(Runner& runner, const StacksRequest& request, const fs::path& scratch)
      : runner_(runner), request_(request), scratch_(scratch), started_(Clock::now()) {}

  std::optional<RunCost> plain_run() {
    const auto outcome = run(request_.program, "the run");
    if (!outcome) return std::nullopt;
    return RunCost{.wall = outcome->wall, .cpu = outcome->user + outcome->system, .user = outcome->user};
  }

  std::optional<Stacks> by_perf(const toolchains::Perf& perf, const RunCost& cost) {
    const auto plan = plan_sampling(cost, request_.budget, request_.most_runs);
    Stacks stacks{.counts = {},
                  .unit = "samples",
                  .source = "perf " + perf.event,
                  .per_second = static_cast<double>(plan.frequency)};
    for (std::size_t i = 0; i < plan.runs && (i == 0 || has_time()); ++i) {
      const auto more = one_perf_run(perf, plan.frequency);
      if (!more) return std::nullopt;
      stacks.add(*more);
      if (static_cast<double>(stacks.total()) >= wanted_samples) break;
    }
    if (!stacks.counts.empty()) return stacks;
    failure_ = "perf took no samples: the program uses too little CPU time";
    return std::nullopt;
  }

  std::optional<Stacks> by_callgrind(const toolchains::Program& valgrind, const RunCost& cost) {
    if (cost.cpu * callgrind_slowdown > request_.budget) {
      failure_ =
          fmt::format("callgrind would take more than {:.0f} s, at least {} times as long as the program",
                      seconds(cost.cpu * callgrind_slowdown), callgrind_slowdown);
      return std::nullopt;
    }
    const fs::path folder = scratch_ / "callgrind";
    toolchains::make_folders(folder);
    Command command = callgrind_command(valgrind, request_.program, folder);
    command.timeout = std::max(request_.budget, request_.program.timeout);
    if (!run(command, "callgrind")) return std::nullopt;
    Stacks stacks{.counts = {}, .unit = "instructions", .source = "callgrind"};
    for (const auto& file : fs::directory_iterator(folder))
      stacks.add(parse_callgrind(toolchains::read_file(file.path())));
    stacks.runs = 1;
    if (!stacks.counts.empty()) return stacks;
    failure_ = "callgrind counted nothing";
    return std::nullopt;
  }

  const std::string& failure() const { return failure_; }

 private:
  bool has_time() const { return Clock::now() - started_ < request_.budget; }

  /// Nothing if it did not end as expected.
  std::optional<Outcome> run(const Command& command, const std::string& what) {
    for (const Command& prepare : request_.prepare)
      if (const auto prepared = runner_.run(prepare); !prepared.ok()) {
        failure_ = fmt::format("{}: {}", to_shell(prepare), describe(prepared));
        return std::nullopt;
      }
    const auto outcome = runner_.run(command);
    if (outcome.end == End::exited && request_.exit_codes.contain(outcome.exit_code)) return outcome;
    failure_ = fmt::format("{}: {}", what, describe(outcome));
    if (outcome.end == End::exited) failure_ += fmt::format(" instead of {}", request_.exit_codes.text());
    return std::nullopt;
  }

  std::optional<Stacks> one_perf_run(const toolchains::Perf& perf, int frequency) {
    const fs::path data = scratch_ / "perf.data";
    const fs::path text = scratch_ / "perf.txt";
    if (!run(record_command(perf, request_.program, {.frequency = frequency, .stack = request_.stack}, data),
             "perf record"))
      return std::nullopt;
    if (const auto outcome = runner_.run(script_command(perf, data, text)); !outcome.ok()) {
      failure_ = "perf script: " + describe(outcome);
      return std::nullopt;
    }
    Stacks stacks = parse_perf_script(toolchains::read_file(text));
    stacks.runs = 1;
    // Hundreds of megabytes for a long build.
    fs::remove(data);
    fs::remove(text);
    return stacks;
  }

  Runner& runner_;
  const StacksRequest& request_;
  const fs::path& scratch_;
  Clock::time_point started_;
  std::string failure_;
};

}  // namespace

SamplingPlan plan_sampling(const RunCost& cost, Nanoseconds budget, std::size_t most_runs) {
  // The clock may not have moved.
  const double cpu = std::max(seconds(cost.cpu), 1e-4);
  SamplingPlan plan;
  for (const int frequency : {3, 11, 29, 97, 293, 997, 2999, 9973}) {
    plan.frequency = frequency;
    if (frequency * cpu >= wanted_samples) break;
  }
  const double needed = std::ceil(wanted_samples / (plan.frequency * cpu));
  const double affordable = std::floor(seconds(budget) / seconds(cost.wall + perf_overhead));
  const double runs = std::min({needed, affordable, static_cast<double>(most_runs)});
  plan.runs = static_cast<std::size_t>(std::max(1.0, runs));
  return plan;
}

StacksFound sample_stacks(Runner& runner, const toolchains::Profilers& profilers,
                          const StacksRequest& request, const fs::path& scratch) {
  toolchains::make_folders(scratch);
  Sampling sampling(runner, request, scratch);
  const auto cost = request.cost ? request.cost : sampling.plain_run();
  if (!cost) return {.stacks = std::nullopt, .note = sampling.failure()};
  std::vector<std::string> notes;
  std::optional<Stacks> stacks;
  if (profilers.perf) {
    stacks = sampling.by_perf(*profilers.perf, *cost);
    if (!stacks) notes.push_back(sampling.failure());
  } else {
    notes.push_back(describe(profilers.perf.missing()));
  }
  if (!stacks && profilers.valgrind) {
    stacks = sampling.by_callgrind(*profilers.valgrind, *cost);
    if (!stacks) notes.push_back(sampling.failure());
  } else if (!stacks) {
    notes.push_back(describe(profilers.valgrind.missing()));
  }
  if (const auto less = stacks ? lacking(*stacks, *cost) : ""; !less.empty()) notes.push_back(less);
  if (const double unnamed = stacks ? unnamed_share(*stacks) : 0; unnamed > 0.5)
    notes.push_back(fmt::format("{:.0f}% of the {} are in code without symbols: was the program stripped?",
                                100 * unnamed, stacks->unit));
  return {.stacks = std::move(stacks), .note = fmt::format("{}", fmt::join(notes, "; "))};
}

}  // namespace pgo_orch::measure
