#include "orchestrator/diagnostics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "toolchains/error.h"

namespace pgo_orch::orchestrator {
namespace {

/// Damerau-Levenshtein in its "optimal string alignment" form: insertions, deletions, substitutions, swaps of
/// neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before = std::exchange(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

/// Quoted keys and values can hold anything; a line must stay one, and a terminal must not obey it.
std::string printable(std::string text) {
  std::ranges::replace_if(text, [](unsigned char letter) { return letter < 0x20 || letter == 0x7f; }, '?');
  return text;
}

}  // namespace

void Diagnostics::throw_errors() const {
  if (count() > 0) throw Error(fmt::format("{}", fmt::join(errors(), "\n")));
}

std::vector<std::string> Diagnostics::errors() const {
  std::vector<Entry> sorted = errors_;
  std::ranges::stable_sort(sorted, {}, &Entry::place);
  std::vector<std::string> result;
  for (const auto& [place, text] : sorted) {
    std::string line = fmt::format("{}:{}:{}: {}", file_, place.line, place.column, printable(text));
    if (result.empty() || result.back() != line) result.push_back(std::move(line));
  }
  return result;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates, std::size_t most) {
  if (word.size() > 64) return "";  // no key and hardly a name is that long, and the cost is quadratic
  const std::string* nearest = nullptr;
  std::size_t least = std::min(most, std::max<std::size_t>(1, word.size() / 3)) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > word.size() + least || candidate == word) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < least && distance < candidate.size()) {
      least = distance;
      nearest = &candidate;
    }
  }
  return nearest ? fmt::format(" (did you mean '{}'?)", *nearest) : "";
}

std::string quoted_list(std::span<const std::string> words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? fmt::format(" {} ", last) : ", ";
    text += fmt::format("'{}'", words[i]);
  }
  return text;
}

}  // namespace pgo_orch::orchestrator
