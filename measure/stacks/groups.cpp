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

/// The counts of one group by function.
struct Tally {
  std::uint64_t count = 0;
  std::map<std::string, std::uint64_t> functions;

  void add(std::string_view function, std::uint64_t more) {
    count += more;
    functions[std::string(function)] += more;
  }
};

GroupShare share_of(const std::string& name, const Tally& tally, std::uint64_t total) {
  const auto fraction = [&](std::uint64_t count) {
    return total == 0 ? 0 : static_cast<double>(count) / static_cast<double>(total);
  };
  GroupShare share{.name = name, .share = fraction(tally.count)};
  for (const auto& [function, count] : tally.functions)
    share.functions.push_back({.name = function, .share = fraction(count)});
  std::ranges::stable_sort(share.functions, std::ranges::greater(), &SymbolShare::share);
  return share;
}

}  // namespace

GroupShares attribute(const Stacks& stacks, const std::vector<SymbolGroup>& groups) {
  Classifier classifier(groups);
  std::vector<Tally> tallies(groups.size());
  Tally other;
  for (const auto& [stack, count] : stacks.counts) {
    const auto frames = frames_of(stack);
    std::optional<std::size_t> innermost;
    std::string_view by;
    // All frames are classified: a pattern counts as matched even if its functions are never the innermost.
    for (const auto frame : frames)
      if (const auto group = classifier.group_of(frame)) {
        innermost = group;
        by = frame;
      }
    if (innermost)
      tallies[*innermost].add(by, count);
    else
      other.add(frames.back(), count);
  }
  const auto total = stacks.total();
  GroupShares shares{.groups = {}, .other = share_of("other", other, total)};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    shares.groups.push_back(share_of(groups[i].name, tallies[i], total));
    shares.groups.back().unmatched = classifier.unmatched(i);
  }
  return shares;
}

std::string did_you_mean(const UnmatchedPattern& pattern) {
  const auto& names = pattern.nearest;
  if (names.empty()) return "";
  std::string text = fmt::format(" (did you mean '{}'", names.front());
  for (std::size_t i = 1; i < names.size(); ++i)
    text += fmt::format("{}'{}'", i + 1 == names.size() ? " or " : ", ", names[i]);
  return text + "?)";
}

}  // namespace pgo_orch::measure
