#include <algorithm>
#include <charconv>
#include <string>

#include "measure/code/allocating_functions.h"
#include "measure/code/allocations.h"
#include "toolchains/text.h"

namespace pgo_orch::measure {

namespace {

/// 1234 of "1,234 allocs"; digits may be grouped.
std::optional<std::uint64_t> number(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c == ',') continue;
    if (c < '0' || c > '9') break;
    digits += c;
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc{}) return std::nullopt;
  return value;
}

/// The number before a word: 1234 for " allocs" in "heap usage: 1,234 allocs, ...".
std::optional<std::uint64_t> number_before(std::string_view text, std::string_view word) {
  const auto end = text.find(word);
  if (end == std::string_view::npos) return std::nullopt;
  const auto blank = text.rfind(' ', end == 0 ? 0 : end - 1);
  return number(text.substr(blank == std::string_view::npos ? 0 : blank + 1));
}

/// The text of "==123== text"; "" of lines of another form.
std::string said(const std::string& line) {
  const auto mark = line.find("== ");
  return line.starts_with("==") && mark != std::string::npos
             ? toolchains::trimmed(std::string_view(line).substr(mark + 3))
             : "";
}

/// What every tool's log begins with.
AllocatingProcess parse_header(const std::vector<std::string>& log) {
  constexpr std::string_view command = "Command: ", parent = "Parent PID: ";
  AllocatingProcess process;
  for (const std::string& line : log) {
    const std::string text = said(line);
    if (text.starts_with(command)) {
      process.command = text.substr(command.size());
      process.pid = static_cast<long>(number(std::string_view(line).substr(2)).value_or(0));
    }
    if (text.starts_with(parent))
      process.parent = static_cast<long>(number(text.substr(parent.size())).value_or(0));
  }
  return process;
}

}  // namespace

std::optional<AllocatingProcess> parse_memcheck(std::string_view log) {
  const auto lines = toolchains::lines_of(log);
  for (const std::string& line : lines) {
    const std::string text = said(line);
    if (!text.starts_with("total heap usage: ")) continue;
    const auto count = number_before(text, " allocs");
    const auto frees = number_before(text, " frees");
    const auto bytes = number_before(text, " bytes allocated");
    if (!count || !frees || !bytes) return std::nullopt;
    AllocatingProcess process = parse_header(lines);
    process.counts = {.count = *count, .frees = *frees, .bytes = Bytes{*bytes}};
    return process;
  }
  return std::nullopt;
}

std::optional<AllocatingProcess> parse_callgrind(std::string_view log, std::string_view file) {
  AllocatingProcess process = parse_header(toolchains::lines_of(log));
  process.counts.method = AllocationMethod::counted_calls;
  bool within = false;  // an allocating function's own calls are not the program's
  bool ended = false;
  std::string callee;
  while (!file.empty()) {
    const auto end = std::min(file.find('\n'), file.size());
    const auto line = file.substr(0, end);
    file.remove_prefix(std::min(file.size(), end + 1));
    if (line.starts_with("totals:")) ended = true;
    if (line.starts_with("fn=")) within = !allocating_name(line.substr(3)).empty();
    if (line.starts_with("cfn=")) callee = allocating_name(line.substr(4));
    if (!line.starts_with("calls=") || within || callee.empty()) continue;
    const auto calls = number(line.substr(6)).value_or(0);
    process.counts.calls[callee] += calls;
    process.counts.count += calls;
  }
  return ended ? std::optional(process) : std::nullopt;
}

}  // namespace pgo_orch::measure
