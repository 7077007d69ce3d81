#include "measure/stacks/stacks.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include "toolchains/error.h"

namespace pgo_orch::measure {

namespace {

/// What is left of the text up to a newline; the text goes on behind it.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

std::uint64_t Stacks::total() const {
  std::uint64_t sum = 0;
  for (const auto& [stack, count] : counts) sum += count;
  return sum;
}

void Stacks::add(const Stacks& more) {
  for (const auto& [stack, count] : more.counts) counts[stack] += count;
  runs += more.runs;
}

std::vector<std::string_view> frames_of(std::string_view stack) {
  std::vector<std::string_view> frames;
  for (std::size_t begin = 0; begin <= stack.size();) {
    const auto end = std::min(stack.find(';', begin), stack.size());
    frames.push_back(stack.substr(begin, end - begin));
    begin = end + 1;
  }
  return frames;
}

bool is_function(std::string_view frame) {
  // "[u8]::len" is one.
  return !frame.empty() && !(frame.starts_with('[') && frame.ends_with(']'));
}

std::string to_folded(const Stacks& stacks) {
  std::string text;
  for (const auto& [stack, count] : stacks.counts) text += fmt::format("{} {}\n", stack, count);
  return text;
}

Stacks parse_folded(std::string_view text) {
  Stacks stacks;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = take_line(text);
    if (line.empty()) continue;
    const auto space = line.rfind(' ');
    std::uint64_t count = 0;
    const auto digits = space == std::string_view::npos ? "" : line.substr(space + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (error != std::errc() || end != digits.data() + digits.size() || space == 0)
      throw Error(fmt::format("line {} of folded stacks is not FRAME;FRAME COUNT: {}", number, line));
    stacks.counts[std::string(line.substr(0, space))] += count;
  }
  return stacks;
}

double unnamed_share(const Stacks& stacks) {
  std::uint64_t unnamed = 0;
  for (const auto& [stack, count] : stacks.counts) {
    auto frames = frames_of(stack);
    while (frames.size() > 1 && frames.back().ends_with("_[k]")) frames.pop_back();
    if (!is_function(frames.back())) unnamed += count;
  }
  const auto total = stacks.total();
  return total == 0 ? 0 : static_cast<double>(unnamed) / static_cast<double>(total);
}

std::vector<FunctionShare> function_shares(const Stacks& stacks) {
  std::map<std::string_view, std::pair<std::uint64_t, std::uint64_t>> self_and_inclusive;
  for (const auto& [stack, count] : stacks.counts) {
    const auto frames = frames_of(stack);
    for (const auto frame : std::set(frames.begin(), frames.end()))
      if (is_function(frame)) self_and_inclusive[frame].second += count;
    if (is_function(frames.back())) self_and_inclusive[frames.back()].first += count;
  }
  const auto total = static_cast<double>(std::max<std::uint64_t>(1, stacks.total()));
  std::vector<FunctionShare> shares;
  for (const auto& [name, counts] : self_and_inclusive)
    shares.push_back({.name = std::string(name),
                      .self = static_cast<double>(counts.first) / total,
                      .inclusive = static_cast<double>(counts.second) / total});
  std::ranges::sort(shares, [](const auto& a, const auto& b) {
    return std::tuple(-a.self, -a.inclusive, a.name) < std::tuple(-b.self, -b.inclusive, b.name);
  });
  return shares;
}

}  // namespace pgo_orch::measure
