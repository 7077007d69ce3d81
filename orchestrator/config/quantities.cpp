#include "orchestrator/config/quantities.h"

#include <charconv>
#include <cmath>
#include <span>

namespace pgo_orch::orchestrator {
namespace {

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

}  // namespace

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

}  // namespace pgo_orch::orchestrator
