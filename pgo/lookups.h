#pragma once
// Which functions rustc's LLVM looked up in a profile, and with which hash of their control flow, by its own
// account (-pgo-trace-func-hash). It says so of every function that it compiles with the profile, inlined
// ones included; cargo keeps it, and says it again of what is fresh.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::pgo {

/// Has LLVM say it. Changes no code, and cargo's metadata neither.
inline constexpr const char* trace_lookups = "-Cllvm-args=-pgo-trace-func-hash=";

/// A function in a profile.
struct ProfileRecord {
  std::string function;  ///< its symbol
  std::string module;    ///< of functions local to one: codegen unit or file; empty: of others
  std::uint64_t hash = 0;
  std::vector<std::uint64_t> counts;  ///< of its counters
  double count = 0;                   ///< their sum
};

/// Of what `llvm-profdata show --all-functions --counts` prints.
std::vector<ProfileRecord> profile_records(std::string_view shown);

/// How much of a profile's counts belongs to functions that were looked up. Fractions 0..1.
struct CrateCounts {
  std::string crate;
  double share = 0;  ///< of all counts
  double by_name = 0;
  double by_hash = 0;  ///< by name and hash: only these have an effect
  bool operator==(const CrateCounts&) const = default;
};

struct HotCounts {
  double by_name = 0;
  double by_hash = 0;
  double moved = 0;                 ///< neither: a function local to a module has its name in another one now
  double total = 0;                 ///< the sum of all counts
  std::vector<CrateCounts> crates;  ///< those with most counts first
  std::vector<std::string> missing;  ///< readable names of those with most counts that match no more
  bool operator==(const HotCounts&) const = default;
};

/// `log`: what cargo and its rustcs wrote. Several threads of LLVM may write at once: then names and hashes
/// are in it, but not in their lines. main, which every program has, does not count beside Rust, whose own it
/// calls. `used`: what rustc got, if that has more records.
HotCounts hot_counts(const std::vector<ProfileRecord>& records, std::string_view log,
                     const std::vector<ProfileRecord>& used = {});

/// Whether anything was looked up at all.
bool has_lookups(std::string_view log);

}  // namespace pgo_orch::pgo
