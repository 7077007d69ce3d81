#include "report/html/flames.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "measure/stacks/stacks.h"
#include "report/humanize.h"
#include "toolchains/text.h"

namespace pgo_orch::report {

namespace {

/// Calls can be nested as deep as a stack is large.
constexpr std::size_t deepest = 400;

/// A number behind the last space, which it takes off the line; none: there is no number.
std::optional<std::int64_t> take_count(std::string_view& line) {
  const auto space = line.rfind(' ');
  if (space == std::string_view::npos || space == 0) return std::nullopt;
  const auto digits = line.substr(space + 1);
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (error != std::errc() || end != digits.data() + digits.size() || count < 0) return std::nullopt;
  line = line.substr(0, space);
  return count;
}

struct FoldedLine {
  std::string_view stack;
  std::int64_t before = 0;
  std::int64_t count = 0;
};

/// `differential`: two counts a line.
void each_folded_line(std::string_view folded, bool differential, const auto& use) {
  for (std::size_t begin = 0; begin < folded.size();) {
    const auto end = std::min(folded.find('\n', begin), folded.size());
    FoldedLine line{folded.substr(begin, end - begin)};
    begin = end + 1;
    const auto count = take_count(line.stack);
    const auto before = count && differential ? take_count(line.stack) : std::optional<std::int64_t>(0);
    if (!count || !before) continue;
    line.count = *count;
    line.before = *before;
    use(line);
  }
}

void add_stack(Frame& all, const FoldedLine& line) {
  Frame* at = &all;
  at->count += line.count;
  at->before += line.before;
  std::size_t depth = 0;
  for (const auto name : measure::frames_of(line.stack)) {
    if (++depth > deepest) break;
    // Stacks are sorted: the same caller is mostly the last one.
    const auto found = std::ranges::find(at->calls.rbegin(), at->calls.rend(), name, &Frame::name);
    at = found != at->calls.rend() ? &*found : &at->calls.emplace_back(Frame{std::string(name)});
    at->count += line.count;
    at->before += line.before;
  }
}

void merge_smaller(Frame& frame, double least_count) {
  Frame rest;
  std::erase_if(frame.calls, [&, number = 0](const Frame& call) mutable {
    if (static_cast<double>(std::max(call.count, call.before)) >= least_count) return false;
    rest.count += call.count;
    rest.before += call.before;
    rest.name = fmt::format("{} smaller", ++number);
    return true;
  });
  for (Frame& call : frame.calls) merge_smaller(call, least_count);
  if (!rest.name.empty()) frame.calls.push_back(std::move(rest));
}

measure::Stacks stacks_of(std::string_view folded, bool differential, bool before) {
  measure::Stacks stacks;
  each_folded_line(folded, differential, [&](const FoldedLine& line) {
    const auto count = before ? line.before : line.count;
    if (count > 0) stacks.counts[std::string(line.stack)] += static_cast<std::uint64_t>(count);
  });
  return stacks;
}

std::string share_text(double share) {
  return human_percent(100 * share) + " %";
}

Table changed_functions(std::string_view folded, const std::string& title, std::size_t most) {
  std::map<std::string, std::pair<double, double>> self;
  const auto before = stacks_of(folded, true, true);
  for (const auto& function : measure::function_shares(before)) self[function.name].first = function.self;
  const auto after = stacks_of(folded, true, false);
  const double grown = before.total() > 0
                           ? static_cast<double>(after.total()) / static_cast<double>(before.total())
                           : 1;  // both as shares of the baseline's whole
  for (const auto& function : measure::function_shares(after))
    self[function.name].second = function.self * grown;
  std::vector<std::pair<std::string, std::pair<double, double>>> functions(self.begin(), self.end());
  std::ranges::stable_sort(functions, std::greater{}, [](const auto& function) {
    return std::abs(function.second.second - function.second.first);
  });
  if (functions.size() > most) functions.resize(most);
  Table table{title, "shares of the baseline's whole, without what functions call"};
  table.columns = {{"function", Align::left}, {"baseline"}, {"this variant"}, {"change"}};
  for (const auto& [name, shares] : functions)
    table.rows.push_back({name, share_text(shares.first), share_text(shares.second),
                          human_signed_percent(100 * (shares.second - shares.first), 1) + " %"});
  return table;
}

}  // namespace

Frame frames_of_folded(std::string_view folded, bool differential, double least) {
  Frame all{"all"};
  each_folded_line(folded, differential, [&](const FoldedLine& line) { add_stack(all, line); });
  merge_smaller(all, least * static_cast<double>(std::max(all.count, all.before)));
  return all;
}

std::size_t count_frames(const Frame& frame) {
  std::size_t count = 1;
  for (const Frame& call : frame.calls) count += count_frames(call);
  return count;
}

Table hot_functions(std::string_view folded, bool differential, const std::string& title, std::size_t most) {
  if (differential) return changed_functions(folded, title, most);
  auto functions = measure::function_shares(stacks_of(folded, false, false));
  if (functions.size() > most) functions.resize(most);
  Table table{title, "shares of the whole"};
  table.columns = {{"function", Align::left}, {"itself"}, {"with what it calls"}};
  for (const auto& function : functions)
    table.rows.push_back({function.name, share_text(function.self), share_text(function.inclusive)});
  return table;
}

}  // namespace pgo_orch::report
