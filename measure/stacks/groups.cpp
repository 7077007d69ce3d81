#include "measure/stacks/groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

#include "pgo/symbol.h"
#include "toolchains/text.h"

namespace pgo_orch::measure {

namespace {

constexpr std::string_view path_separator = "::";

/// "next" of "fib::parse::next".
std::string_view last_part(std::string_view path) {
  const auto at = path.rfind(path_separator);
  return at == std::string_view::npos ? path : path.substr(at + path_separator.size());
}

/// Ranks of names with more than a few typing errors.
constexpr std::size_t same_last_part = 100;
constexpr std::size_t far = 1000;

/// How many typing errors are plausible. Names of functions are long.
std::size_t most_slips(std::string_view word) {
  return std::min<std::size_t>(4, std::max<std::size_t>(1, word.size() / 3));
}

/// "fib::parse" of "fib::parse::*"; everything before the first star.
std::string_view fixed_part(std::string_view pattern) {
  pattern = pattern.substr(0, pattern.find('*'));
  return pattern.ends_with(path_separator) ? pattern.substr(0, pattern.size() - 2) : pattern;
}

/// A pattern that no function matched.
struct UnmatchedPattern {
  std::string pattern;
  std::vector<std::string> nearest;  ///< similar names, best first, at most three; may be empty
};

/// Decides once for each frame, however many stacks have it.
class Classifier {
 public:
  explicit Classifier(const std::vector<SymbolGroup>& groups) : groups_(groups) {
    for (const auto& group : groups) matched_.emplace_back(group.symbols.size(), false);
  }

  std::optional<std::size_t> group_of(std::string_view frame) {
    const auto [known, is_new] = known_.try_emplace(std::string(frame));
    if (is_new) known->second = classify(frame);
    return known->second;
  }

  std::vector<UnmatchedPattern> unmatched(std::size_t group) const {
    std::vector<UnmatchedPattern> patterns;
    for (std::size_t i = 0; i < matched_[group].size(); ++i)
      if (!matched_[group][i]) {
        const std::string& pattern = groups_[group].symbols[i];
        patterns.push_back({.pattern = pattern, .nearest = nearest(pattern)});
      }
    return patterns;
  }

 private:
  std::optional<std::size_t> classify(std::string_view frame) {
    const auto paths = is_function(frame) ? pgo::paths_of_symbol(frame) : std::vector<std::string>();
    if (!paths.empty()) paths_.insert(paths.begin(), paths.end());
    std::optional<std::size_t> first;
    for (std::size_t group = 0; group < groups_.size(); ++group)
      for (std::size_t i = 0; i < groups_[group].symbols.size(); ++i) {
        if (!pgo::matches_symbol(groups_[group].symbols[i], frame, paths)) continue;
        matched_[group][i] = true;
        if (!first) first = group;
      }
    return first;
  }

  /// Names with few typing errors, and none with many more than the best; then those with the same last part:
  /// "fib::parser::next" for "fib::parse::next".
  std::vector<std::string> nearest(std::string_view pattern) const {
    const auto wanted = fixed_part(pattern);
    const bool is_suffix = wanted.empty();  // "*::next": by the last part alone
    std::set<std::pair<std::size_t, std::string>> ranked;
    for (const std::string& path : paths_) {
      if (is_suffix) {
        ranked.emplace(distance_to(last_part(pattern), last_part(path)), path);
        continue;
      }
      for (const std::string_view candidate : candidates(path, pattern != wanted)) {
        const bool same_end = last_part(candidate) == last_part(wanted);
        ranked.emplace(std::min(distance_to(wanted, candidate), same_end ? same_last_part : far), candidate);
      }
    }
    std::vector<std::string> names;
    for (const auto& [distance, name] : ranked)
      if (distance < far && distance <= ranked.begin()->first + 1 && names.size() < 3) names.push_back(name);
    return names;
  }

  /// A pattern with a star may mean any of the paths above a function.
  static std::vector<std::string_view> candidates(std::string_view path, bool with_parents) {
    std::vector<std::string_view> all{path};
    for (auto at = path.rfind(path_separator); with_parents && at != std::string_view::npos && at > 0;
         at = path.rfind(path_separator, at - 1))
      all.push_back(path.substr(0, at));
    return all;
  }

  static std::size_t distance_to(std::string_view wanted, std::string_view candidate) {
    const auto lengths =
        std::minmax({wanted.size(), candidate.size()});  // by value: the sizes are temporaries
    if (lengths.second - lengths.first > most_slips(wanted)) return far;
    const auto distance = toolchains::edit_distance(wanted, candidate);
    return distance <= most_slips(wanted) ? distance : far;
  }

  const std::vector<SymbolGroup>& groups_;
  std::vector<std::vector<bool>> matched_;  ///< for each group, each pattern
  std::unordered_map<std::string, std::optional<std::size_t>> known_;
  std::set<std::string> paths_;  ///< all that were seen
};

/// " (did you mean 'a' or 'b'?)", "" if nothing is near.
std::string did_you_mean(const std::vector<std::string>& names) {
  if (names.empty()) return "";
  std::string text = fmt::format(" (did you mean '{}'", names.front());
  for (std::size_t i = 1; i < names.size(); ++i)
    text += fmt::format("{}'{}'", i + 1 == names.size() ? " or " : ", ", names[i]);
  return text + "?)";
}

Phase part_of(const std::string& name, double share, Nanoseconds whole) {
  const auto time = Nanoseconds(static_cast<std::int64_t>(share * static_cast<double>(whole.count())));
  return {name, time, share, {}};
}

void add_groups(const Stacks& stacks, const std::vector<SymbolGroup>& groups, Nanoseconds time,
                GroupShares& shares) {
  Classifier classifier(groups);
  std::vector<std::uint64_t> counts(groups.size() + 1);  // the last: in no group
  for (const auto& [stack, count] : stacks.counts) {
    std::size_t innermost = groups.size();
    // All frames are classified: a pattern counts as matched even if its functions are never the innermost.
    for (const auto frame : frames_of(stack))
      if (const auto group = classifier.group_of(frame)) innermost = *group;
    counts[innermost] += count;
  }
  const auto total = stacks.total();
  for (std::size_t i = 0; i <= groups.size(); ++i) {
    const double share = total == 0 ? 0 : static_cast<double>(counts[i]) / static_cast<double>(total);
    shares.groups.push_back(part_of(i < groups.size() ? groups[i].name : "other", share, time));
    if (i == groups.size()) continue;
    for (const auto& pattern : classifier.unmatched(i))
      shares.notes.push_back(fmt::format("'{}' of [[phase]] '{}' matches no sampled function{}",
                                         pattern.pattern, groups[i].name, did_you_mean(pattern.nearest)));
  }
}

}  // namespace

GroupShares attribute(const Stacks& stacks, const std::vector<SymbolGroup>& groups, Nanoseconds time) {
  constexpr std::size_t most_functions = 10;
  GroupShares shares;
  shares.source = stacks.source;
  shares.unit = stacks.unit;
  shares.total = static_cast<std::int64_t>(stacks.total());
  if (!groups.empty()) add_groups(stacks, groups, time, shares);
  auto functions = function_shares(stacks);
  functions.resize(std::min(functions.size(), most_functions));
  for (const auto& function : functions)
    shares.functions.push_back(part_of(function.name, function.self, time));
  return shares;
}

}  // namespace pgo_orch::measure
