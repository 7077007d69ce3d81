#pragma once
// What an executable demands of the machine that it runs on, and how it is hardened; read by libelf.

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "toolchains/words.h"

namespace pgo_orch::toolchains {

/// Which relocated data is read-only while the program runs: none; what is relocated at the start; all, with
/// every function bound at the start (BIND_NOW).
enum class Relro { none, partial, full };
constexpr auto words_of(Relro) {
  using enum Relro;
  return std::to_array<Word<Relro>>({{none, "none"}, {partial, "partial"}, {full, "full"}});
}

struct Hardening {
  bool pie = false;              ///< position-independent executable
  Relro relro = Relro::none;     ///
  bool nx_stack = false;         ///< the stack is not executable
  bool stack_protector = false;  ///< calls __stack_chk_fail, as far as dynamic symbols tell
  bool operator==(const Hardening&) const = default;
};

Hardening hardening_of(const std::filesystem::path& path);

/// What `now` has less than `before`, each as a clause: "it is not position-independent (PIE)".
std::vector<std::string> lost_hardening(const Hardening& before, const Hardening& now);

/// The highest version of glibc's symbols that the file asks for, such as "2.34"; empty: none, as in a static
/// executable.
std::string glibc_needed(const std::filesystem::path& path);

/// Whether version `a` is higher than `b`, both numbers apart by dots.
bool is_higher_version(const std::string& a, const std::string& b);

}  // namespace pgo_orch::toolchains
