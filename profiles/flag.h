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

/// What a flag sets and to what. Cumulative ones (link-arg, cfg, target-feature, ...) have no key: they never
/// override.
struct FlagKey {
  std::string key;    ///< "opt-level"; empty if the flag is cumulative or not a -C option
  std::string value;  ///< "" for a -C option without "="
};
FlagKey key_of(const std::string& flag);

/// Joins options that came as two words ("-C", "lto=fat") into one ("-Clto=fat"), as cargo and people write
/// both.
std::vector<std::string> join_options(const std::vector<std::string>& words);

/// Two spellings of one flag compare equal: "-C lto", "-Clto", "--codegen lto"; "--cfg a" and "--cfg=a".
std::string spelling(const std::string& flag);

}  // namespace pgo_orch::profiles
