#pragma once
// What a variant sets. A field without a value means: as the user's own profile and configuration have it.

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "toolchains/words.h"

namespace pgo_orch::profiles {

/// A value of a [profile] key in its canonical spelling: what TOML has behind the `=`.
using ProfileValues = std::map<std::string, std::string>;

/// What all training workloads are made equal in, before their own weights: nothing, the time that they take,
/// or the counts that they leave.
enum class Balance { none, time, counts };
constexpr auto words_of(Balance) {
  using enum Balance;
  return std::to_array<Word<Balance>>({{none, "none"}, {time, "time"}, {counts, "counts"}});
}

/// Whether C and C++ that build scripts compile are part of the profile: if clang compiles them whose LLVM is
/// rustc's, or never.
enum class CProfile { automatic, off };
constexpr auto words_of(CProfile) {
  using enum CProfile;
  return std::to_array<Word<CProfile>>({{automatic, "auto"}, {off, "off"}});
}

/// A feedback build by instrumentation.
struct Pgo {
  std::vector<std::string> train;  ///< names of workloads; empty: all whose role is train or both
  double min_coverage = 0.01;      ///< fraction 0..1 of functions that must have found their profile
  std::filesystem::path profile;   ///< a saved .profdata to use instead of training; empty: train
  bool keep_raw = false;           ///< keep the .profraw files after merging
  bool leave_one_out = false;      ///< build it also once without each of its training workloads
  /// Counts by default, for those of a program that does the same each time are the same: times never are.
  Balance balance = Balance::counts;
  std::vector<std::string> stage_cfg;  ///< --cfg of the instrumented stage only
  CProfile c_profile = CProfile::automatic;
  std::optional<double> hot_cutoff;     ///< fraction of all counts that hot code makes up; none: LLVM's 0.99
  std::optional<double> retrain_below;  ///< fraction 0..1 of a saved profile's counts that must match
  bool operator==(const Pgo&) const = default;
};

struct Settings {
  // cargo's profile keys, canonical: see canonical() below
  std::optional<std::string> opt_level;  ///< "0" "1" "2" "3" "s" "z"
  std::optional<std::string> lto;        ///< "off" "thin-local" "thin" "fat"
  std::optional<int> codegen_units;
  std::optional<std::string> panic;  ///< "unwind" "abort"
  std::optional<std::string> strip;  ///< "none" "debuginfo" "symbols"
  std::optional<bool> overflow_checks;
  std::optional<bool> debug_assertions;
  std::optional<std::string> debug;  ///< "none" "line-directives-only" "line-tables-only" "limited" "full"
  std::optional<bool> incremental;
  std::optional<bool> rpath;
  std::map<std::string, ProfileValues> packages;  ///< [profile.X.package.NAME], values as TOML text

  // what cargo is asked for
  std::optional<std::string> profile;  ///< the user's profile that the variant starts from
  std::optional<std::string> toolchain;
  std::optional<std::string> target;
  std::vector<std::string> features;  ///< on top of the project's
  std::optional<bool> default_features;
  std::map<std::string, std::string> env;      ///< for the build
  std::map<std::string, std::string> run_env;  ///< for the runs

  // flags
  std::optional<std::string> linker;  ///< "default" "lld" "mold" "bfd" "gold" "rust-lld" or an absolute path
  std::optional<std::string> linker_driver;
  std::optional<std::string> target_cpu;
  std::vector<std::string> target_features;  ///< "+avx2", "-sse4.1"
  std::optional<bool> crt_static;
  std::optional<std::string> relocation_model;
  std::vector<std::string> rustflags;
  std::vector<std::string> link_args;
  std::vector<std::string> cfg;

  // other code
  std::vector<std::filesystem::path> source;   ///< absolute; empty: the project's
  std::vector<std::string> command;            ///< another build command; only where the project has one
  std::optional<std::filesystem::path> patch;  ///< absolute

  std::optional<Pgo> pgo;

  bool operator==(const Settings&) const = default;
};

/// What an inheriting variant's value does to the inherited one.
enum class Inherits { replaced, appended, merged };

/// Calls `visit(key of pgo.toml, Inherits, member of Settings)` for each setting, in the order in which they
/// are shown: the one list of them. It drives reading, merging, comparing and showing.
template <class Visitor>
constexpr void for_each_setting(Visitor visit) {
  using enum Inherits;
  visit("opt-level", replaced, &Settings::opt_level);
  visit("lto", replaced, &Settings::lto);
  visit("codegen-units", replaced, &Settings::codegen_units);
  visit("panic", replaced, &Settings::panic);
  visit("strip", replaced, &Settings::strip);
  visit("overflow-checks", replaced, &Settings::overflow_checks);
  visit("debug-assertions", replaced, &Settings::debug_assertions);
  visit("debug", replaced, &Settings::debug);
  visit("incremental", replaced, &Settings::incremental);
  visit("rpath", replaced, &Settings::rpath);
  visit("packages", merged, &Settings::packages);
  visit("profile", replaced, &Settings::profile);
  visit("toolchain", replaced, &Settings::toolchain);
  visit("target", replaced, &Settings::target);
  visit("features", appended, &Settings::features);
  visit("default-features", replaced, &Settings::default_features);
  visit("env", merged, &Settings::env);
  visit("run-env", replaced, &Settings::run_env);
  visit("linker", replaced, &Settings::linker);
  visit("linker-driver", replaced, &Settings::linker_driver);
  visit("target-cpu", replaced, &Settings::target_cpu);
  visit("target-features", appended, &Settings::target_features);
  visit("crt-static", replaced, &Settings::crt_static);
  visit("relocation-model", replaced, &Settings::relocation_model);
  visit("command", replaced, &Settings::command);
  visit("rustflags", appended, &Settings::rustflags);
  visit("link-args", appended, &Settings::link_args);
  visit("cfg", replaced, &Settings::cfg);
  visit("source", replaced, &Settings::source);
  visit("patch", replaced, &Settings::patch);
  visit("pgo", replaced, &Settings::pgo);
}

template <class T>
bool is_set(const std::optional<T>& value) {
  return value.has_value();
}
template <class T>
bool is_set(const T& value) {
  return !value.empty();
}

/// A text that is the same for settings that mean the same to cargo, and only for those:
/// defaults that are the target's or rustc's own ("default" linker, thin-local LTO stays apart) are left out.
/// run-env and what is asked of training count too: such variants build alike and still are not the same.
std::string canonical_text(Settings settings);

/// Without what cargo's own release profile has anyway: for settings on top of a profile that is unchanged.
/// `strip` stays: unset, it depends on `debug`. (cargo 1.95, "Profiles" in the Cargo Book)
Settings without_release_defaults(Settings settings);

/// False if the result depends on the machine it was built on (target-cpu = "native").
bool is_portable(const Settings& settings);

/// Whether a flag asks for this machine's own CPU: "-Ctarget-cpu=native", also as the second of two words.
bool asks_for_native(std::string_view flag);

/// Whether a flag makes or uses profiles, which a feedback build does itself; also as the second
/// of two words.
bool instruments(std::string_view flag);

/// `overlay` on top of `base`, by the rules of for_each_setting: rustflags, link-args, target-features and
/// features append, env and packages merge, what else is set replaces. The keys named in `reset` ("lto") lose
/// their base value first.
Settings merge(Settings base, const Settings& overlay, const std::vector<std::string>& reset = {});

}  // namespace pgo_orch::profiles
