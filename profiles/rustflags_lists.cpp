#include "profiles/rustflags_lists.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <ranges>
#include <set>

#include "profiles/generated.h"
#include "profiles/toml_document.h"
#include "toolchains/text.h"

namespace pgo_orch::profiles {

namespace {

using Texts = std::vector<std::string>;

bool is_cumulative(const Flag& flag) {
  return key_of(flag.text).key.empty();
}

Texts cumulative_of(const std::vector<Flag>& flags) {
  Texts texts;
  for (const auto& flag : flags)
    if (is_cumulative(flag)) texts.push_back(spelling(flag.text));
  return texts;
}

/// Options with one value: the last of each counts.
std::map<std::string, std::string> values_of(const std::vector<Flag>& flags) {
  std::map<std::string, std::string> values;
  for (const auto& flag : flags)
    if (const auto option = key_of(flag.text); !option.key.empty()) values[option.key] = option.value;
  return values;
}

bool is_subsequence(const Texts& part, const Texts& whole) {
  auto at = whole.begin();
  for (const auto& text : part) {
    at = std::find(at, whole.end(), text);
    if (at == whole.end()) return false;
    ++at;
  }
  return true;
}

/// Whether each means something without the others.
bool stand_alone(const Texts& flags) {
  return std::set(flags.begin(), flags.end()).size() == flags.size() &&
         std::ranges::none_of(flags, [](const auto& flag) { return flag.ends_with("=-Xlinker"); });
}

Texts link_arguments(const std::vector<Flag>& flags) {
  auto texts = cumulative_of(flags);
  std::erase_if(texts, [](const auto& text) { return text.find("link-arg") == std::string::npos; });
  return texts;
}

bool has_space(const std::string& word) {
  return word.find_first_of(" \t\n\r") != std::string::npos;
}

/// With more words before its closing quotes; none: they would need escapes.
std::optional<std::string> extended(const std::string& source, const Texts& words) {
  const auto added = fmt::format("{}", fmt::join(words, " "));
  if (added.find_first_of("\"'\\") != std::string::npos || source.size() < 2) return std::nullopt;
  const std::size_t quotes = source.size() >= 6 && source.starts_with(std::string(3, source[0])) ? 3 : 1;
  const bool is_empty = source.size() == 2 * quotes;
  return source.substr(0, source.size() - quotes) + (is_empty ? "" : " ") + added +
         source.substr(source.size() - quotes);
}

}  // namespace

std::vector<Flag> missing_flags(const std::vector<Flag>& now, const std::vector<Flag>& own) {
  const auto joined_now = join_options(now), joined_own = join_options(own);
  const auto values = values_of(joined_now), aim = values_of(joined_own);
  const auto there = cumulative_of(joined_now), wanted = cumulative_of(joined_own);
  const bool all_there = is_subsequence(wanted, there), single = stand_alone(wanted);
  std::vector<Flag> missing;
  for (const auto& flag : joined_own) {
    const auto option = key_of(flag.text);
    bool holds = false;
    if (option.key.empty()) {
      holds = all_there || (single && std::ranges::find(there, spelling(flag.text)) != there.end());
    } else {
      const auto found = values.find(option.key);
      const bool is_superseded = aim.at(option.key) != option.value;
      holds = is_superseded || (found != values.end() && found->second == option.value);
    }
    if (!holds) missing.push_back(flag);
  }
  return missing;
}

bool have_same_effect(const std::vector<Flag>& one, const std::vector<Flag>& other) {
  const auto a = join_options(one), b = join_options(other);
  auto all_a = cumulative_of(a), all_b = cumulative_of(b);
  std::ranges::sort(all_a);
  std::ranges::sort(all_b);
  return values_of(a) == values_of(b) && all_a == all_b && link_arguments(a) == link_arguments(b);
}

FlagLists::FlagLists(const std::vector<ConfigFile>& configs, const std::string& target, const CfgSet& cfgs,
                     const std::function<bool(const ConfigFile&)>& is_editable) {
  const UserConfig user(configs, {});
  std::vector<TomlPath> keys;
  for (const auto& table : user.target_tables(target, cfgs)) keys.push_back({"target", table, "rustflags"});
  in_force_ = keys.front();
  const auto flags = user.rustflags(target, cfgs);
  if (!flags.empty() && flags.front().origin.ends_with("(build.rustflags)"))
    keys = {in_force_ = {"build", "rustflags"}};
  for (const auto& key : keys)
    for (std::size_t file = 0; file < configs.size(); ++file) {
      const auto document = parse_toml(configs[file].text, configs[file].path);
      auto view = document[key[0]];
      for (std::size_t part = 1; part < key.size(); ++part) view = view[key[part]];
      const auto* node = view.node();
      if (!node) continue;
      if (!is_editable(configs[file])) {
        is_string_outside_ = is_string_outside_ || (key == in_force_ && node->is_string());
        continue;
      }
      const bool is_array = node->is_array();
      lists_.push_back({file,
                        key,
                        is_array,
                        is_array ? texts_in(*node) : toolchains::split_words(node->value_or(std::string())),
                        {}});
    }
}

std::vector<FlagLists::Written> FlagLists::written() {
  std::vector<Written> all;
  for (auto& list : lists_) {
    for (std::size_t i = 0; i < list.words.size();) {
      std::vector<Flag> words{{list.words[i], ""}};
      if (i + 1 < list.words.size()) words.push_back({list.words[i + 1], ""});
      const auto flags = join_options(words);
      const std::size_t count = flags.size() < words.size() ? 2 : 1;
      all.push_back({&list, flags.front(), i, count});
      i += count;
    }
  }
  return all;
}

bool FlagLists::remove(const Flag& flag) {
  for (auto& each : written()) {
    if (each.flag.text != flag.text || each.list->edit.changed.contains(each.first)) continue;
    for (std::size_t i = 0; i < each.count; ++i) each.list->edit.changed[each.first + i] = std::nullopt;
    return true;
  }
  return false;
}

bool FlagLists::replace(const Flag& flag) {
  const auto option = key_of(flag.text);
  if (option.key.empty()) return false;
  auto all = written();
  for (const auto& each : std::views::reverse(all)) {
    if (key_of(each.flag.text).key != option.key || each.list->edit.changed.contains(each.first)) continue;
    const auto last = each.first + each.count - 1;
    each.list->edit.changed[last] = each.count == 2 ? flag.text.substr(2) : flag.text;
    return true;
  }
  return false;
}

bool FlagLists::append(const Texts& flags) {
  const auto nearest =
      std::find_if(lists_.rbegin(), lists_.rend(), [&](const List& list) { return list.key == in_force_; });
  if (nearest != lists_.rend()) {
    nearest->edit.appended = flags;
    return true;
  }
  if (is_string_outside_)
    throw SpliceError(
        fmt::format("'{}' of a config file outside the workspace is a string, which cargo does not join "
                    "with a list: make it a list there",
                    toml_key(in_force_)));
  return false;
}

void FlagLists::write(std::vector<ConfigFile>& configs) const {
  for (const auto& list : lists_) {
    if (list.edit.empty()) continue;
    auto& text = configs[list.file].text;
    if (list.is_array) {
      ArrayEdit edit;
      for (const auto& [index, word] : list.edit.changed)
        edit.changed[index] = word ? std::optional(toml_string(*word)) : std::nullopt;
      for (const auto& word : list.edit.appended) edit.appended.push_back(toml_string(word));
      text = edit_toml_array(text, list.key, edit);
      continue;
    }
    Texts words;
    for (std::size_t i = 0; i < list.words.size(); ++i) {
      const auto changed = list.edit.changed.find(i);
      if (changed == list.edit.changed.end())
        words.push_back(list.words[i]);
      else if (changed->second)
        words.push_back(*changed->second);
    }
    words.insert(words.end(), list.edit.appended.begin(), list.edit.appended.end());
    if (std::ranges::any_of(words, has_space))
      throw SpliceError(fmt::format("'{}' is a string, in which no flag can have a space: make it a list",
                                    toml_key(list.key)));
    const auto source = toml_source(text, list.key).value_or("");
    const auto longer = list.edit.changed.empty() ? extended(source, list.edit.appended) : std::nullopt;
    text = set_toml(text, list.key, longer.value_or(toml_string(fmt::format("{}", fmt::join(words, " ")))));
  }
}

}  // namespace pgo_orch::profiles
