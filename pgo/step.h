#pragma once
// The steps of a variant: data, complete before anything runs. The run engine executes them, `plan` prints
// them, and the shell script is made of them.

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "pgo/workload.h"
#include "profiles/flag.h"
#include "toolchains/command.h"

namespace pgo_orch::pgo {

enum class Stage { plain, instrumented, optimized };
const char* name_of(Stage stage);

/// A program of the project, as cargo builds it.
struct Program {
  std::string name;
  bool is_example = false;
};

/// One `cargo build`, and its executables copied out of cargo's target folder before anything touches them.
struct BuildStep {
  Stage stage = Stage::plain;
  toolchains::Command command;  ///< its standard output is cargo's JSON
  std::filesystem::path target_dir;
  std::filesystem::path config;            ///< given as --config
  std::vector<profiles::Flag> flags;       ///< in CARGO_ENCODED_RUSTFLAGS
  std::vector<profiles::FlagKey> options;  ///< what rustc's command line must say of the profile
  std::vector<std::string> packages;       ///< with settings of their own: cargo must know each
  std::vector<Program> programs;
  std::filesystem::path output_dir;  ///< program -> output_dir/name
  std::filesystem::path
      cargo_output_dir;              ///< where this cargo puts executables (examples: in examples/ below)
  std::filesystem::path units_file;  ///< the -C metadata of every unit is recorded here
};

/// All runs of one workload under instrumentation.
struct TrainStep {
  Workload workload;
  toolchains::Command command;    ///< LLVM_PROFILE_FILE set; run `workload.runs` times
  std::filesystem::path raw_dir;  ///< receives the .profraw files; emptied before
};

struct MergeInput {
  std::string workload;
  std::filesystem::path raw_dir;
  int weight = 1;
};

/// llvm-profdata merge of all raw profiles; `profile` is replaced only when its content differs.
struct MergeStep {
  std::filesystem::path llvm_profdata;
  std::vector<MergeInput> inputs;
  std::filesystem::path profile;
  std::filesystem::path log;
  bool keep_raw = false;
};

/// Compares the two stages and the profile with the symbols of the optimized executables.
struct ProveStep {
  std::filesystem::path llvm_profdata;
  std::filesystem::path profile;
  std::filesystem::path instrumented_units;  ///< empty: a saved profile, nothing to compare metadata with
  std::filesystem::path optimized_units;
  std::vector<std::filesystem::path> executables;  ///< with their symbols
  std::filesystem::path log;
  double min_coverage = 0.01;
};

/// The optimized executables were linked with their symbols, for the proof; this does what the profile's
/// `strip` asks for: as rustc's command line said.
struct StripStep {
  std::filesystem::path tool;
  std::vector<std::filesystem::path> executables;
  std::filesystem::path output_dir;
  std::filesystem::path units_file;  ///< holds the profile's own strip setting
  std::filesystem::path log;
};

using Step = std::variant<BuildStep, TrainStep, MergeStep, ProveStep, StripStep>;

/// "build", "instrumented build", "train fib35", "merge", "prove", "strip"
std::string describe(const Step& step);

}  // namespace pgo_orch::pgo
