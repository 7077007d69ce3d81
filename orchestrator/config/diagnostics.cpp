#include "orchestrator/config/diagnostics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "toolchains/error.h"
#include "toolchains/text.h"

namespace pgo_orch::orchestrator {
namespace {

/// Quoted keys and values can hold anything; a line must stay one, and a terminal must not obey it.
std::string printable(std::string text) {
  std::ranges::replace_if(text, [](unsigned char letter) { return letter < 0x20 || letter == 0x7f; }, '?');
  return text;
}

}  // namespace

void Diagnostics::throw_errors() const {
  if (count() == 0) return;
  constexpr std::size_t most = 50;
  auto lines = errors();
  if (lines.size() > most) {
    lines.resize(most);
    lines.push_back(fmt::format("and {} more; correct these first", count() - most));
  }
  throw Error(fmt::format("{}", fmt::join(lines, "\n")));
}

void Diagnostics::keep_one_a_place(std::size_t before) {
  if (is_full() || before >= errors_.size()) return;
  std::vector<Entry> kept(errors_.begin(), errors_.begin() + static_cast<std::ptrdiff_t>(before));
  for (auto& entry : std::span(errors_).subspan(before)) {
    const auto same = std::find_if(kept.begin() + static_cast<std::ptrdiff_t>(before), kept.end(),
                                   [&](const Entry& other) { return other.place == entry.place; });
    if (same == kept.end()) kept.push_back(std::move(entry));
  }
  count_ -= errors_.size() - kept.size();
  errors_ = std::move(kept);
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
  // The cost is quadratic in the length of names, and in their number where each of many is wrong.
  if (word.size() > 64 || candidates.size() > 500) return "";
  const std::string* nearest = nullptr;
  std::size_t least = std::min(most, std::max<std::size_t>(1, word.size() / 3)) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > word.size() + least || candidate == word) continue;
    const std::size_t distance = toolchains::edit_distance(word, candidate);
    if (distance < least && distance < candidate.size()) {
      least = distance;
      nearest = &candidate;
    }
  }
  return nearest ? fmt::format(" (did you mean '{}'?)", *nearest) : "";
}

std::string listing(std::span<const std::string> words, std::string_view last) {
  if (words.size() < 2) return words.empty() ? "" : words.front();
  return fmt::format("{} {} {}", fmt::join(words.first(words.size() - 1), ", "), last, words.back());
}

std::string quoted_list(std::span<const std::string> words, std::string_view last) {
  std::vector<std::string> quoted;
  for (const std::string& word : words) quoted.push_back("'" + word + "'");
  return listing(quoted, last);
}

}  // namespace pgo_orch::orchestrator
