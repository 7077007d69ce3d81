#include "measure/stacks/stacks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "pgo/symbol.h"

namespace pgo_orch::measure {

std::uint64_t Stacks::total() const {
  std::uint64_t sum = 0;
  for (const auto& [stack, count] : counts) sum += count;
  return sum;
}

void Stacks::add(const Stacks& more) {
  for (const auto& [stack, count] : more.counts) counts[stack] += count;
  runs += more.runs;
}

std::string frame_of(const std::string& symbol) {
  std::string name = pgo::function_name(symbol);
  std::ranges::replace(name, ';', ':');
  return name;
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
