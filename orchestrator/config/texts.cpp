#include "orchestrator/config/texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/regex.hpp>
#include <charconv>
#include <cmath>
#include <span>

#include "toolchains/error.h"

namespace pgo_orch::orchestrator {
namespace {

bool is_safe(char letter) {
  return is_letter_or_digit(letter) || std::string_view("._-+").find(letter) != std::string_view::npos;
}

/// A leading '-' looks like an option, a leading '.' hides the folder.
bool may_lead(char letter) {
  return is_letter_or_digit(letter) || letter == '_';
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return text;
}

struct Quantity {
  double number;
  std::string_view unit;
};

/// A plain decimal number and what follows it.
std::optional<Quantity> parse_quantity(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;  // no sign, no "inf"
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  std::string_view unit(end, text.data() + text.size());
  if (unit.starts_with(' ')) unit.remove_prefix(1);
  return Quantity{number, unit};
}

struct Unit {
  std::string_view name;
  double factor;
};

/// In whole smallest units; nothing if the unit is not in the list or the figure does not fit.
std::optional<std::int64_t> scale(std::string_view text, std::span<const Unit> units) {
  const auto quantity = parse_quantity(text);
  if (!quantity) return std::nullopt;
  for (const auto& [name, factor] : units) {
    if (quantity->unit != name) continue;
    const double scaled = quantity->number * factor;
    if (scaled < 9.2e18) return std::llround(scaled);
  }
  return std::nullopt;
}

std::string problem_of(boost::regex_constants::error_type code, bool at_end) {
  using namespace boost::regex_constants;
  switch (code) {
    case error_collate:
      return "unknown name between [. and .]";
    case error_ctype:
      return "unknown class or range of characters";
    case error_escape:
      return "an escape that begins with \\ is not complete";
    case error_backref:
      return "it refers to a group that does not exist";
    case error_brack:
      return "a [ without its ]";
    case error_paren:
      return at_end ? "a ( without its )" : "a ) without its (";
    case error_brace:
      return "a { without its }";
    case error_badbrace:
      return "{ } does not hold a valid number or range";
    case error_range:
      return "a range of characters whose end comes before its begin";
    case error_badrepeat:
      return "a repeat with nothing to repeat";
    case error_empty:
      return "an alternative is empty";
    case error_perl_extension:
      return "an unknown or incomplete group that begins with (? or (*";
    case error_size:
    case error_space:
    case error_stack:
    case error_complexity:
      return "it is too long or too complex";
    default:
      return "a part of it has no meaning in Perl's syntax";
  }
}

/// Where in the pattern, as far as Boost.Regex knows.
std::string place_in(const std::string& pattern, const boost::regex_error& error) {
  const auto at = static_cast<std::size_t>(std::max<std::ptrdiff_t>(error.position(), 0));
  const bool is_unknown = at == 0 && error.code() == boost::regex_constants::error_bad_pattern;
  if (is_unknown) return "";
  const auto is_first_byte = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
  return fmt::format(" (at character {})",
                     std::ranges::count_if(std::string_view(pattern).substr(0, at + 1), is_first_byte));
}

}  // namespace

bool is_letter_or_digit(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9');
}

bool is_safe_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_name && may_lead(name.front()) &&
         std::ranges::all_of(name, is_safe);
}

std::string safe_name(std::string_view name) {
  std::string result;
  for (const char letter : name) {
    const char safe = is_safe(letter) ? letter : '-';
    if (!result.empty() || may_lead(safe)) result += safe;
  }
  return result.empty() ? "_" : result;
}

std::string crate_name(std::string_view stem) {
  std::string result(stem);
  std::ranges::replace_if(
      result, [](char letter) { return !is_letter_or_digit(letter) && letter != '_' && letter != '-'; }, '_');
  if (result.empty() || (result.front() >= '0' && result.front() <= '9') || result.front() == '-')
    result = "_" + result;
  // These are folders of cargo's own beside the program.
  const bool taken = result == "build" || result == "deps" || result == "examples" || result == "incremental";
  return taken ? result + "_" : result;
}

void check_name(std::string_view what, const std::string& name, Place place, Diagnostics& problems) {
  if (name.empty() || is_safe_name(name)) return;
  if (name.size() > longest_name) {
    problems.error(place,
                   fmt::format("the name of this {} is longer than {} characters", what, longest_name));
  } else {
    const auto better = safe_name(name);
    problems.error(
        place, fmt::format("the name '{}' of this {} becomes a folder: letters, digits, . _ - and + are "
                           "allowed, with a letter or digit in front{}",
                           name, what, is_safe_name(better) ? fmt::format(": write \"{}\"", better) : ""));
  }
}

const std::string* NameRegister::collides(const std::string& name) {
  const auto [entry, fresh] = seen_.emplace(lower_case(name), name);
  return fresh ? nullptr : &entry->second;
}

void NameRegister::add(std::string_view what, const std::string& name, Place place, Diagnostics& problems) {
  const std::string* other = name.empty() ? nullptr : collides(name);
  if (!other) return;
  problems.error(
      place, *other == name
                 ? fmt::format("there are two {}s named '{}'", what, name)
                 : fmt::format("the {}s '{}' and '{}' differ by case only: they would share a folder", what,
                               *other, name));
}

std::optional<Nanoseconds> parse_duration(std::string_view text) {
  static constexpr Unit units[] = {{"ns", 1},  {"us", 1e3}, {"ms", 1e6},
                                   {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}};
  const auto count = scale(text, units);
  return count ? std::optional(Nanoseconds(*count)) : std::nullopt;
}

std::optional<double> parse_percentage(std::string_view text) {
  const auto quantity = parse_quantity(text);
  if (!quantity || quantity->unit != "%" || quantity->number > 100) return std::nullopt;
  return quantity->number / 100;
}

std::optional<Bytes> parse_size(std::string_view text) {
  static constexpr Unit units[] = {{"B", 1}, {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}};
  const auto count = scale(text, units);
  return count ? std::optional(Bytes{static_cast<std::uint64_t>(*count)}) : std::nullopt;
}

std::optional<Limit> parse_limit(std::string_view text) {
  if (const auto time = parse_duration(text)) return *time;
  if (const auto share = parse_percentage(text)) return *share;
  if (const auto size = parse_size(text)) return *size;
  return std::nullopt;
}

std::string regex_error(const std::string& pattern) {
  try {
    const boost::regex expression(pattern);
    return "";
  } catch (const boost::regex_error& error) {
    const bool at_end = error.position() >= static_cast<std::ptrdiff_t>(pattern.size());
    return problem_of(error.code(), at_end) + (at_end ? " (found at its end)" : place_in(pattern, error));
  }
}

bool regex_found(const std::string& pattern, const std::string& text) {
  try {
    return boost::regex_search(text, boost::regex(pattern));
  } catch (const std::runtime_error&) {  // valid, or pgo.toml would have been refused
    throw Error(
        fmt::format("stdout-matches \"{}\" takes too many steps to search this output: write a simpler "
                    "pattern, without repeats inside repeats as in (a*)*",
                    pattern));
  }
}

}  // namespace pgo_orch::orchestrator
