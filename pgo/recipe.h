#pragma once
// All that the steps of one variant depend on, as values; and the steps made of it.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "pgo/step.h"
#include "profiles/flags.h"
#include "profiles/generated.h"
#include "profiles/settings.h"
#include "profiles/user_config.h"

namespace pgo_orch::pgo {

/// Where the files of one variant lie.
struct VariantFolder {
  std::filesystem::path root;   ///< .pgo-orch/variants/NAME
  std::filesystem::path alias;  ///< the same folder by a path without '%', for profile file patterns

  std::filesystem::path target_dir(Stage stage) const;
  std::filesystem::path config(Stage stage) const;
  std::filesystem::path log(Stage stage) const;
  std::filesystem::path units(Stage stage) const;
  std::filesystem::path bin() const { return root / "bin"; }
  std::filesystem::path instrumented() const { return root / "instrumented"; }
  std::filesystem::path linked() const { return root / "linked"; }  ///< optimized, with symbols
  std::filesystem::path profiles() const { return root / "profiles"; }
  /// Where instrumented programs write their profiles if nobody tells them where.
  std::filesystem::path stray() const { return alias / "profiles" / "stray"; }
  std::filesystem::path merged() const { return root / "profiles" / "merged.profdata"; }
  std::filesystem::path pinning() const { return root / "rustc-pinned"; }
  std::filesystem::path used() const { return root / "profiles" / "used.profdata"; }
};

/// The tools of the variant's toolchain, as they were found.
struct ToolPaths {
  std::vector<std::string> build;                ///< the words that build: cargo's path, "build"
  std::filesystem::path llvm_profdata;           ///< empty if no variant needs it
  std::filesystem::path strip;                   ///< empty: none that is sure to work for the target
  std::vector<std::filesystem::path> libraries;  ///< folders of rustc's own shared libraries
  toolchains::EnvironmentChanges env;            ///< makes cargo and its children use this very rustc
};

/// What builds a project that is not cargo's.
struct BuildCommand {
  std::vector<std::string> argv;  ///< {output}, {tmp} and the flag words are left
  std::filesystem::path cwd;
  std::filesystem::path shim;  ///< the program that stands in for compilers
  std::string path;            ///< PATH, behind the folder of shims
  std::string cc;              ///< the C compiler that replaces the others; empty: each for itself
  std::string no_clang;        ///< why there is none that could take part in a feedback build
  std::string clang;           ///< of rustc's LLVM, for feedback builds of C; empty: none
  std::vector<profiles::Flag> cargo_flags;  ///< for a cargo that is called: the user's, then the variant's
};

struct Recipe {
  std::string variant;
  profiles::Settings settings;
  VariantFolder folder;
  ToolPaths tools;
  std::string target;                          ///< the triple
  bool pass_target = true;                     ///< false: host flags
  std::string profile;                         ///< of cargo
  std::vector<profiles::Flag> flags;           ///< the user's, then the variant's; none has the linker strip
  std::vector<profiles::Flag> strip_flags;     ///< what was taken out of them: they have the linker strip
  std::string strip_by_flags = "none";         ///< what those ask for
  std::string strip = "none";                  ///< what profile and flags ask for in all
  std::optional<std::string> linker_driver;    ///< `linker =` of the target
  std::string linker = "cc";                   ///< what links: that driver, or the user's
  std::vector<std::string> packages;           ///< of the programs
  std::vector<std::string> package_keys;       ///< of the profile, which the manifest sets for one of these
  const profiles::UserConfig* user = nullptr;  ///< outlives the recipe
  std::filesystem::path cargo_cwd;             ///< the manifest's folder
  /// Of the user, that cargo does not find from its folder.
  std::vector<std::filesystem::path> outer_configs;
  std::vector<std::string> package_args;  ///< -p, --features, ..., cargo-args
  std::vector<Program> programs;
  std::vector<Workload> training;  ///< what trains this variant
  /// The variant whose instrumented build and training runs it uses, and its folder; none: it has its own.
  std::optional<LeftOut> left_out{};
  VariantFolder trained_in{};
  bool keeps_c_out = false;  ///< of profiles: what clang compiles for the cc crate
  int jobs = 0;
  Nanoseconds build_timeout{};
  std::optional<BuildCommand> command;  ///< instead of cargo
  std::optional<Pinning> pinning{};     ///< for the optimized build, if a saved profile tells its names
  std::string retrain{};                ///< the command that trains that again

  /// The user's, with the variant's own.
  profiles::Environment environment() const;
};

/// A file of the variant's folder, written before the first step.
struct GeneratedFile {
  std::filesystem::path path;
  std::string text;
};

/// The origin of the flag that only pgo-orch needs.
inline constexpr const char* kept_for_proof = "kept for the proof; stripped afterwards as the profile says";

/// The steps in their order: build; or instrumented build, training, merge, optimized build, proof, strip.
std::vector<Step> steps_of(const Recipe& recipe);

/// The same where the project has a command of its own.
std::vector<Step> command_steps(const Recipe& recipe);

/// The configuration files: one a stage, the manifest or profile file, and .cargo/config.toml.
std::vector<GeneratedFile> files_of(const Recipe& recipe,
                                    const std::optional<profiles::SourcePackage>& package);

/// Makes a cargo build go to another target folder.
void in_target_folder(toolchains::Command& command, const std::filesystem::path& target_dir);

/// Has another program link, whatever the user's flags and configuration name. It knows the build's target.
void link_by(BuildStep& step, const std::string& target, const std::filesystem::path& linker);

/// Has its rustcs say which functions they look up in the profile. Nothing to do where they do.
void tell_lookups(BuildStep& step);
void tell_lookups(CommandStep& step);

/// Has the linker of the command's last link write a map.
void map_link(CommandStep& step, const std::filesystem::path& map);

/// The same build without what only pgo-orch needs of it: cargo's messages.
toolchains::Command quiet_command(const BuildStep& step);

/// The same for one who builds by hand: cargo and the linker strip.
toolchains::Command shipped_command(const BuildStep& step);

/// What `env`, `clean-env` and `unset` of a workload mean for its runs and for what prepares them.
toolchains::EnvironmentChanges environment_of(const Workload& workload,
                                              const std::map<std::string, std::string>& run_env);

/// The world of each run of a workload, whatever it is for: check, training, timing, or a look inside. A file
/// for standard output, where the workload asks for one, is the caller's to name.
toolchains::Command run_command(const Workload& workload, std::vector<std::string> argv,
                                const std::map<std::string, std::string>& run_env);

/// How one run of a workload is started. `workload` has {exe} left only.
toolchains::Command workload_command(const Workload& workload, const std::filesystem::path& executable,
                                     const std::map<std::string, std::string>& run_env);

/// The commands of one run. In each word {exe} is the program, {exe.NAME} the one called NAME beside it.
std::vector<std::vector<std::string>> commands_of(const Workload& workload,
                                                  const std::filesystem::path& executable);

/// What one process is started with for one run of these commands: several are run by a shell.
std::vector<std::string> in_one_process(const Workload& workload,
                                        std::vector<std::vector<std::string>> commands);

/// The script of a shell that runs commands (lines of it) one after the other. One that does not end as
/// expected is named on standard error and ends the script with its exit code.
std::string in_sequence(const std::vector<std::string>& commands, const toolchains::ExitCodes& expected);

/// The names in {exe.NAME}.
std::vector<std::string> programs_named_in(const std::vector<std::string>& words);

/// The workload with {exe} replaced in what runs before each run.
Workload with_executable(Workload workload, const std::filesystem::path& executable);

/// Replaces one placeholder, such as "{exe}"; other braces stay as they are.
std::string replace_placeholder(const std::string& text, const std::string& placeholder,
                                const std::filesystem::path& value);

}  // namespace pgo_orch::pgo
