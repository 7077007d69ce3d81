#pragma once
// What a variant's settings mean as flags, each with the place that asked for it: for rustc, and for a C
// compiler and its linker, which cargo does not configure. Text in, text out.

#include <string>
#include <vector>

#include "profiles/settings.h"
#include "toolchains/command.h"

namespace pgo_orch::profiles {

struct Flag {
  std::string text;  ///< one argument, such as "-Ctarget-cpu=native"
  /// Who asked: "RUSTFLAGS", "/home/a/.cargo/config.toml (build.rustflags)", "variant (target-cpu)".
  std::string origin;
  bool operator==(const Flag&) const = default;
};

/// CARGO_ENCODED_RUSTFLAGS: the flags separated by 0x1f, so that they may hold spaces.
std::string encode(const std::vector<Flag>& flags);

/// What a flag sets and to what; -O and -g stand for -C options too. Cumulative ones (link-arg, cfg,
/// target-feature, ...) have no key: they never override.
struct FlagKey {
  std::string key;    ///< "opt-level"; empty if the flag is cumulative or not a -C option
  std::string value;  ///< "" for a -C option without "="
};
FlagKey key_of(const std::string& flag);

/// Joins options that came as two words ("-C", "lto=fat") into one ("-Clto=fat"), as cargo and people write
/// both. Otherwise the words stay as they are; a joined flag has the origin of its first word.
std::vector<Flag> join_options(const std::vector<Flag>& words);

/// One way to write a flag that has several, for comparing: "-C lto", "-Clto" and "--codegen=lto" are one,
/// and so are "-Copt_level=3" and "-Copt-level=3".
std::string spelling(const std::string& flag);

/// In the order in which rustc gets them, behind the user's own: CPU, features, CRT, relocation model, linker
/// (as a test link found it to work), link arguments, cfg, and last the variant's raw rustflags.
std::vector<Flag> variant_flags(const Settings& settings, const std::vector<std::string>& linker_flags);

/// What an executable must be built with, for the profile keys that the variant sets and that none of the
/// executables' own packages has otherwise: "opt-level" -> "3". In rustc's words, "thin-local" being its
/// default for lto.
std::vector<FlagKey> profile_options(const Settings& settings, const std::vector<std::string>& own_packages);

/// Takes out of the user's flags what says the opposite of a key that the variant sets, and would win over
/// it: cargo passes the profile's options and its linker before the flags, and of two crt-static rustc takes
/// the positive one. Returns what was taken out; if that is nothing, all words stay as they were.
std::vector<Flag> take_out_overridden(std::vector<Flag>& flags, const Settings& settings);

/// The options that cargo would make of the profile's keys (rustc's book, "Codegen Options").
std::vector<Flag> profile_flags(const Settings& settings);

/// For C and C++, in the spelling that GCC and clang share.
std::vector<Flag> c_flags(const Settings& settings);

/// For a C compiler that links. `rustflags`: what rustc is given; its -Clink-arg are taken over.
std::vector<Flag> link_flags(const Settings& settings, const std::vector<Flag>& rustflags);

inline constexpr const char* release_variables = "CARGO_PROFILE_RELEASE_";  ///< how their names begin

/// The profile for a cargo that the command calls itself, by release_variables.
toolchains::EnvironmentChanges cargo_profile_environment(const Settings& settings);

}  // namespace pgo_orch::profiles
