#pragma once
// The steps of a variant: data, complete before anything runs. The run engine executes them, `plan` prints
// them, and the shell script is made of them.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pgo/pinning.h"
#include "pgo/workload.h"
#include "profiles/flags.h"
#include "profiles/settings.h"
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
  /// Where this cargo puts executables (examples: in examples/ below).
  std::filesystem::path cargo_output_dir;
  std::vector<std::filesystem::path> toolchain_libraries;  ///< folders of rustc's own shared libraries
  std::filesystem::path units_file;                        ///< the -C metadata of every unit is recorded here
  bool keeps_symbols = false;               ///< the last of the flags is for pgo-orch alone, see StripStep
  std::string linker = "cc";                ///< cargo's for the target, where no flag names another
  std::vector<profiles::Flag> strip_flags;  ///< the user's own that are left out for StripStep, too
  std::optional<Pinning> pinning{};         ///< of a saved profile that tells which names it has
};

/// The project's own build command. Compilers that it calls by the PATH get the variant's
/// flags through shims.
struct CommandStep {
  Stage stage = Stage::plain;
  toolchains::Command command;
  std::vector<std::string> words;     ///< its arguments before {flags}, {cflags} and {ldflags} are replaced
  std::filesystem::path output;       ///< where the executable must appear; removed before
  std::filesystem::path program;      ///< where it is copied to
  std::filesystem::path scratch;      ///< {tmp}: emptied before
  std::filesystem::path shims;        ///< folder of links to the shim, first on the command's PATH
  std::filesystem::path shim;         ///< the program they lead to
  std::filesystem::path calls;        ///< log of what the shims ran, a line of JSON each; removed before
  std::filesystem::path own_phases;   ///< where the compiler may report its own phases; removed before
  std::vector<profiles::Flag> flags;  ///< for rustc
  std::vector<profiles::Flag> c_flags;
  std::vector<profiles::Flag> link_flags;
  std::vector<profiles::Flag> cargo_flags;  ///< for rustc below a cargo that the command calls
  bool takes_flags = false;                 ///< the command names {flags}, {cflags} or {ldflags} itself
};

/// All runs of one workload under instrumentation.
struct TrainStep {
  Workload workload;
  std::filesystem::path executable;
  toolchains::Command command;      ///< LLVM_PROFILE_FILE set; run `workload.runs` times
  std::filesystem::path raw_dir;    ///< receives the .profraw files; emptied before
  std::filesystem::path stray_dir;  ///< gets those of processes that do not know of raw_dir; emptied before
  std::string hint;                 ///< why there may be no profile, if the plan knows a reason
};

struct MergeInput {
  std::string workload;
  std::filesystem::path raw_dir;
  std::int64_t weight = 1;
};

/// llvm-profdata merge of all raw profiles; `profile` is replaced only when its content differs.
struct MergeStep {
  std::filesystem::path llvm_profdata;
  std::vector<MergeInput> inputs;
  std::filesystem::path profile;
  std::filesystem::path log;
  bool keep_raw = false;
  profiles::Balance balance = profiles::Balance::none;
  bool keep_each =
      false;  ///< the profile of each workload stays: variants trained without one are made of them
  std::string trained_by{};  ///< the variant whose workloads' profiles these are; empty: this one's own
};

/// Compares the two stages and the profile with the symbols of the optimized executables.
struct ProveStep {
  std::filesystem::path llvm_profdata;
  std::filesystem::path profile;
  std::filesystem::path instrumented_units;  ///< empty: a saved profile, nothing to compare metadata with
  /// Empty: not built by cargo, so it is unknown which crates are the program's own.
  std::filesystem::path optimized_units;
  std::vector<std::filesystem::path> executables;  ///< with their symbols
  std::filesystem::path log;
  double min_coverage = 0.01;
  std::filesystem::path lookups{};  ///< log of the optimized build; empty: functions were not traced there
  std::optional<double> retrain_below{};  ///< of the hot counts; of a saved profile
  std::filesystem::path used{};           ///< what rustc got of a saved profile; empty: that itself
  std::string retrain{};                  ///< the command that trains it again
};

/// The executables were linked with their symbols, for the proof and for whoever asks where their functions
/// are; this does what the profile and flags ask for. All variants are stripped by it, so that their sizes
/// can be compared: linkers leave more or less than the tool does.
struct StripStep {
  std::filesystem::path tool;
  std::vector<std::filesystem::path> executables;
  std::filesystem::path output_dir;
  /// Holds what rustc's command line said of the profile's setting, which is not planned but true. Empty:
  /// not built by cargo.
  std::filesystem::path units_file;
  std::string strip;           ///< as planned: "none", "debuginfo", "symbols"
  std::string strip_by_flags;  ///< of it, what flags ask the linker for
  std::filesystem::path log;
};

using Step = std::variant<BuildStep, CommandStep, TrainStep, MergeStep, ProveStep, StripStep>;

/// A step that compiles, for whoever builds again or asks what was built.
using CompileStep = std::variant<const BuildStep*, const CommandStep*>;

/// Those among the steps, in their order; the last one makes what is shipped.
std::vector<CompileStep> compile_steps(const std::vector<Step>& steps);

/// "build", "instrumented build", "train fib35", "merge", "prove", "strip"
std::string describe(const Step& step);

}  // namespace pgo_orch::pgo
