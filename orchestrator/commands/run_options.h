#pragma once
// What `pgo-orch run` and `pgo-orch analyze` were asked for.

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "orchestrator/commands/outputs.h"
#include "orchestrator/plan/selection.h"
#include "report/progress.h"
#include "toolchains/units.h"
#include "toolchains/words.h"

namespace pgo_orch::orchestrator {

/// A part of a run that is done by itself; with another machine's part before it.
enum class RunStage { all, instrument, train, optimize };
constexpr auto words_of(RunStage) {
  using enum RunStage;
  return std::to_array<Word<RunStage>>(
      {{all, "all"}, {instrument, "instrument"}, {train, "train"}, {optimize, "optimize"}});
}

struct RunOptions {
  std::filesystem::path file = "pgo.toml";
  std::filesystem::path state_dir;  ///< empty: .pgo-orch beside the file
  Selection selection;
  RunStage stage = RunStage::all;
  std::filesystem::path archive;  ///< between stages
  std::filesystem::path pack;     ///< the archive of what was timed; empty: none is written
  bool measure = true;
  const char* command = "run";            ///< as the user calls it
  bool analyze = false;                   ///< look into the chosen variants instead of comparing them
  bool quick = false;                     ///< a fifth of max-time
  std::optional<Nanoseconds> max_time;    ///< instead of pgo.toml's
  std::optional<Nanoseconds> total_time;  ///< for the whole run
  bool resume = false;
  bool fresh = false;  ///< forget what earlier runs built and trained
  bool fail_fast = false;
  bool fail_on_goals = true;  ///< a missed goal is exit code 1
  std::optional<std::uint64_t> seed;
  std::vector<int> cpus;      ///< to bind timed programs to; empty: none
  bool fixed_layout = false;  ///< time programs without address space layout randomization
  Exports exports;
  std::filesystem::path history;         ///< to which its line is added; empty: that of the state folder
  std::filesystem::path against;         ///< an earlier run's results; empty: none
  std::optional<double> fail_if_slower;  ///< percent, than those
  report::Verbosity verbosity = report::Verbosity::normal;
  bool color_out = false;
  bool color_err = false;
};

}  // namespace pgo_orch::orchestrator
