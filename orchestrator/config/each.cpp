#include "orchestrator/config/each.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "orchestrator/config/find.h"
#include "orchestrator/config/texts.h"

namespace pgo_orch::orchestrator {
namespace {

constexpr std::string_view opening = "{each.";

/// A string of the table, and what is written there.
struct WrittenText {
  toml::value<std::string>* node;
  std::string text;
};

void collect_texts(toml::node& node, std::vector<WrittenText>& found) {
  if (auto* text = node.as_string()) found.push_back({text, text->get()});
  if (auto* array = node.as_array())
    for (auto& item : *array) collect_texts(item, found);
  if (auto* table = node.as_table())
    for (auto&& [key, value] : *table)
      if (key != "each") collect_texts(value, found);
}

/// By key, in the file's order.
using Axes = std::vector<std::pair<std::string, Strings>>;

Axes axes_of(const toml::table& each) {
  Axes axes;
  for (const Entry& entry : entries_of(each)) {
    Strings values;
    if (const auto* array = entry.node.as_array())
      for (const auto& value : *array)
        if (const auto* text = value.as_string()) values.push_back(text->get());
    axes.emplace_back(entry.name(), std::move(values));
  }
  return axes;
}

Strings keys_in(const Axes& axes) {
  Strings keys;
  for (const auto& [key, values] : axes) keys.push_back(key);
  return keys;
}

std::string replaced(std::string text, const std::string& placeholder, const std::string& value) {
  for (auto at = text.find(placeholder); at != std::string::npos;
       at = text.find(placeholder, at + value.size()))
    text.replace(at, placeholder.size(), value);
  return text;
}

/// What is written, for one combination of values.
std::string version_of(std::string text, const Axes& axes, const std::vector<std::size_t>& chosen) {
  for (std::size_t i = 0; i < axes.size(); ++i)
    text =
        replaced(std::move(text), fmt::format("{}{}}}", opening, axes[i].first), axes[i].second[chosen[i]]);
  return text;
}

bool is_last(const Axes& axes, std::vector<std::size_t>& chosen) {
  for (std::size_t i = axes.size(); i-- > 0; chosen[i] = 0)
    if (++chosen[i] < axes[i].second.size()) return false;
  return true;
}

/// They would be given to programs as they are.
void refuse_placeholders(toml::table& table, Reading& reading) {
  std::vector<WrittenText> texts;
  collect_texts(table, texts);
  for (const auto& [node, text] : texts)
    if (text.find(opening) != std::string::npos)
      reading.error(place_of(*node), fmt::format("\"{}\" needs 'each', a table with the values", text));
}

/// What is wrong with `each` is said by whoever reads it; names without placeholders are right without it.
void without_placeholders(toml::table& table, const std::function<void()>& use) {
  static const std::regex placeholder(R"(\{each\.([^}]*)\})");
  std::vector<WrittenText> texts;
  collect_texts(table, texts);
  for (auto& [node, text] : texts) node->get() = std::regex_replace(text, placeholder, "$1");
  use();
  for (auto& [node, text] : texts) node->get() = text;
}

}  // namespace

void for_each_version(toml::table& table, Reading& reading, const std::function<void()>& use) {
  if (!table.contains("each")) {
    refuse_placeholders(table, reading);
    return use();
  }
  const auto* each = table["each"].as_table();
  const auto axes = each ? axes_of(*each) : Axes();
  if (axes.empty() || std::ranges::any_of(axes, [](const auto& axis) { return axis.second.empty(); }))
    return without_placeholders(table, use);
  constexpr std::size_t most = 1000;
  std::size_t versions = 1;
  for (const auto& axis : axes) versions = std::min(most + 1, versions * axis.second.size());
  if (versions > most)
    return reading.error(table, "each",
                         fmt::format("'each' makes more than {} workloads: list fewer values", most));
  std::vector<WrittenText> texts;
  collect_texts(table, texts);
  auto* name = table["name"].as_string();
  std::vector<std::size_t> chosen(axes.size());
  const auto errors_before = reading.problems.count();
  do {
    for (auto& [node, text] : texts) node->get() = version_of(text, axes, chosen);
    for (const auto& [node, text] : texts)
      if (node->get().find(opening) != std::string::npos)
        reading.error(place_of(*node), fmt::format("\"{}\": 'each' has no such key: it has {}", text,
                                                   quoted_list(keys_in(axes), "and")));
    const auto written = std::ranges::find(texts, name, &WrittenText::node);
    if (name && written->text.find(opening) == std::string::npos)
      for (std::size_t i = 0; i < axes.size(); ++i) name->get() += "-" + safe_name(axes[i].second[chosen[i]]);
    use();
  } while (!is_last(axes, chosen));
  for (auto& [node, text] : texts) node->get() = text;
  reading.problems.keep_one_a_place(errors_before);  // what is wrong is so in most versions
}

}  // namespace pgo_orch::orchestrator
