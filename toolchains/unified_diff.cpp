#include "toolchains/unified_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace pgo_orch::toolchains {

namespace {

constexpr std::size_t context = 3;

using Lines = std::vector<std::string_view>;

/// With their ends.
Lines whole_lines(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto size = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

/// A line of the result: ' ', '-' or '+'.
struct Change {
  char mark;
  std::string_view line;
};

/// The fewest changes. Source: Myers, "An O(ND) Difference Algorithm and Its Variations", 1986.
std::vector<Change> changes_of(const Lines& a, const Lines& b) {
  const auto n = static_cast<std::ptrdiff_t>(a.size()), m = static_cast<std::ptrdiff_t>(b.size());
  const auto most = n + m;
  std::vector<std::ptrdiff_t> reached(static_cast<std::size_t>(2 * most + 3), 0);
  const auto at = [&](std::vector<std::ptrdiff_t>& row, std::ptrdiff_t k) -> std::ptrdiff_t& {
    return row[static_cast<std::size_t>(k + most + 1)];
  };
  const auto is_down = [&](std::vector<std::ptrdiff_t>& row, std::ptrdiff_t k, std::ptrdiff_t d) {
    return k == -d || (k != d && at(row, k - 1) < at(row, k + 1));
  };
  std::vector<std::vector<std::ptrdiff_t>> trace;
  const auto same = [&](std::ptrdiff_t x, std::ptrdiff_t y) {
    return x < n && y < m && a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(y)];
  };
  for (std::ptrdiff_t d = 0, done = 0; d <= most && !done; ++d) {
    trace.push_back(reached);
    for (std::ptrdiff_t k = -d; k <= d; k += 2) {
      auto x = is_down(reached, k, d) ? at(reached, k + 1) : at(reached, k - 1) + 1;
      while (same(x, x - k)) ++x;
      at(reached, k) = x;
      if (x >= n && x - k >= m) done = 1;
    }
  }
  std::vector<Change> changes;
  auto x = n, y = m;
  for (auto d = static_cast<std::ptrdiff_t>(trace.size()) - 1; d >= 0; --d) {
    auto& row = trace[static_cast<std::size_t>(d)];
    const auto k = x - y;
    const bool down = is_down(row, k, d);
    const auto from_x = d == 0 ? 0 : down ? at(row, k + 1) : at(row, k - 1);
    const auto from_y = d == 0 ? 0 : from_x - (down ? k + 1 : k - 1);
    while (x > from_x && y > from_y) {
      --x, --y;
      changes.push_back({' ', a[static_cast<std::size_t>(x)]});
    }
    if (d == 0) break;
    if (down)
      changes.push_back({'+', b[static_cast<std::size_t>(--y)]});
    else
      changes.push_back({'-', a[static_cast<std::size_t>(--x)]});
  }
  std::ranges::reverse(changes);
  return changes;
}

std::string text_of_line(const Change& change) {
  std::string text = change.mark + std::string(change.line);
  if (!text.ends_with('\n')) text += "\n\\ No newline at end of file\n";
  return text;
}

/// "12,3"; an empty side is numbered by the line before it.
std::string range(std::size_t first, std::size_t count) {
  if (count == 0) return fmt::format("{},0", first - 1);
  return count == 1 ? fmt::format("{}", first) : fmt::format("{},{}", first, count);
}

std::string hunks(const std::vector<Change>& changes) {
  std::string text;
  std::size_t old_line = 1, new_line = 1;
  for (std::size_t at = 0; at < changes.size();) {
    const auto is_change = [](const Change& change) { return change.mark != ' '; };
    const auto first = static_cast<std::size_t>(
        std::ranges::find_if(changes.begin() + static_cast<std::ptrdiff_t>(at), changes.end(), is_change) -
        changes.begin());
    if (first == changes.size()) break;
    const auto begin = std::max(at, first < context ? 0 : first - context);
    std::size_t end = first, last = first;  // until more than two contexts have no change
    for (; end < changes.size() && end <= last + 2 * context; ++end)
      if (is_change(changes[end])) last = end;
    end = std::min(last + 1 + context, changes.size());
    old_line += begin - at, new_line += begin - at;
    std::size_t olds = 0, news = 0;
    std::string body;
    for (auto i = begin; i < end; ++i) {
      olds += changes[i].mark != '+', news += changes[i].mark != '-';
      body += text_of_line(changes[i]);
    }
    text += fmt::format("@@ -{} +{} @@\n{}", range(old_line, olds), range(new_line, news), body);
    old_line += olds, new_line += news;
    at = end;
  }
  return text;
}

}  // namespace

std::string unified_diff(const DiffSide& before, const DiffSide& after) {
  if (before.text == after.text && before.exists == after.exists) return "";
  const auto header = [](const char* mark, const char* prefix, const DiffSide& side) {
    return fmt::format("{} {}\n", mark, side.exists ? prefix + side.name : "/dev/null");
  };
  return header("---", "a/", before) + header("+++", "b/", after) +
         hunks(changes_of(whole_lines(before.text), whole_lines(after.text)));
}

}  // namespace pgo_orch::toolchains
