#pragma once
// What texts of pgo.toml mean: names that become folders, numbers with a unit, regular expressions.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/config/config.h"
#include "orchestrator/config/diagnostics.h"
#include "toolchains/units.h"

namespace pgo_orch::orchestrator {

inline constexpr std::size_t longest_name = 128;

/// Of ASCII.
bool is_letter_or_digit(char letter);

/// Letters, digits, . _ - and +, with a letter, a digit or _ in front, at most longest_name of them.
bool is_safe_name(std::string_view name);

/// The nearest safe name: other characters become '-'. Not shortened; never empty.
std::string safe_name(std::string_view name);

/// A valid name of a cargo package and program made of a file's stem.
std::string crate_name(std::string_view stem);

/// Reports a name that is not safe, with one that is. `what` is "variant", "workload".
void check_name(std::string_view what, const std::string& name, Place place, Diagnostics& problems);

/// The names seen so far. Two that differ by case only would be one folder on some file systems.
class NameRegister {
 public:
  /// The earlier name that this one collides with, or null after taking it in.
  const std::string* collides(const std::string& name);
  /// As above, and reports it.
  void add(std::string_view what, const std::string& name, Place place, Diagnostics& problems);

 private:
  std::map<std::string, std::string> seen_;  ///< by their lower-case form
};

/// Units ns, us, ms, s, m, h; nothing for anything else, for less than 0, and for more than the type
/// holds (292 years).
std::optional<Nanoseconds> parse_duration(std::string_view text);

/// "20%" is 0.2; nothing for anything else and outside 0..100.
std::optional<double> parse_percentage(std::string_view text);

/// Units B, KiB, MiB, GiB.
std::optional<Bytes> parse_size(std::string_view text);

/// Whichever of the three it is.
std::optional<Limit> parse_limit(std::string_view text);

// Regular expressions have Perl's syntax as Boost.Regex does: the standard library recurses with the length
// of the text, and a program may print gigabytes.

/// What is wrong with the pattern, and at which character; "" if nothing is.
std::string regex_error(const std::string& pattern);

/// Whether the pattern is found somewhere in the text. Error: it takes too many steps to tell.
bool regex_found(const std::string& pattern, const std::string& text);

}  // namespace pgo_orch::orchestrator
