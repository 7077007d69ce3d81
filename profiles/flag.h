#pragma once
// A flag for rustc, with the place that asked for it.

#include <string>
#include <vector>

namespace pgo_orch::profiles {

struct Flag {
  std::string text;    ///< one argument, such as "-Ctarget-cpu=native"
  std::string origin;  ///< who asked: "RUSTFLAGS", "/home/a/.cargo/config.toml (build.rustflags)", "variant
                       ///< (target-cpu)"
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

}  // namespace pgo_orch::profiles
