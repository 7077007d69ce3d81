#include "orchestrator/config/toml.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "orchestrator/config/texts.h"
#include "profiles/generated.h"

namespace pgo_orch::orchestrator {
namespace {

Place start_of(const toml::source_region& region) {
  return region.begin ? Place{region.begin.line, region.begin.column} : Place{};
}

}  // namespace

Place place_of(const toml::node& node) {
  return start_of(node.source());
}
Place place_of(const toml::key& key) {
  return start_of(key.source());
}

Place place_of(const toml::table& table, std::string_view key) {
  const auto found = table.find(key);
  return found == table.end() ? place_of(table) : place_of(found->first);
}

std::vector<Entry> entries_of(const toml::table& table) {
  std::vector<std::pair<Place, toml::table::const_iterator>> order;
  for (auto entry = table.begin(); entry != table.end(); ++entry)
    order.emplace_back(place_of(entry->first), entry);
  std::ranges::stable_sort(order, {}, [](const auto& each) { return each.first; });
  std::vector<Entry> entries;
  for (const auto& [place, entry] : order) entries.push_back({entry->first, entry->second});
  return entries;
}

std::string to_toml_key(std::string_view name) {
  const bool bare = !name.empty() && std::ranges::all_of(name, [](char letter) {
    return is_letter_or_digit(letter) || letter == '-' || letter == '_';
  });
  return bare ? std::string(name) : profiles::toml_string(std::string(name));
}

std::string to_toml(const toml::node& node) {
  if (const auto* text = node.as_string()) return profiles::toml_string(text->get());
  std::string items;
  if (const auto* array = node.as_array()) {
    for (const toml::node& item : *array) items += (items.empty() ? "" : ", ") + to_toml(item);
    return "[" + items + "]";
  }
  if (const auto* table = node.as_table()) {
    for (const Entry& entry : entries_of(*table)) {
      items +=
          fmt::format("{}{} = {}", items.empty() ? "" : ", ", to_toml_key(entry.name()), to_toml(entry.node));
    }
    return items.empty() ? "{}" : "{ " + items + " }";
  }
  if (const auto* number = node.as_floating_point())
    return fmt::format("{:#}", number->get());  // 2.28, of which toml++ prints all 17 digits
  std::ostringstream text;
  node.visit([&](const auto& value) {
    if constexpr (toml::is_value<decltype(value)>) text << value;
  });
  return text.str();
}

std::string describe(const toml::node& node) {
  if (const auto* array = node.as_array()) {
    if (array->empty()) return "an empty array";
    return array->is_homogeneous<std::string>() ? "an array of strings" : "an array";
  }
  if (node.is_table()) return "a table";
  if (node.is_string()) return "a string";
  if (node.is_number()) return "the number " + to_toml(node);
  return to_toml(node);
}

std::string text_at(const toml::table& table, std::string_view key) {
  const auto* text = table[key].as_string();
  return text ? text->get() : "";
}

std::vector<toml::table*> tables_at(toml::table& document, std::string_view name) {
  std::vector<toml::table*> tables;
  // They are parts of a table that may be changed.
  for (const auto* table : tables_at(std::as_const(document), name))
    tables.push_back(const_cast<toml::table*>(table));
  return tables;
}

std::vector<const toml::table*> tables_at(const toml::table& document, std::string_view name) {
  std::vector<const toml::table*> tables;
  const toml::node* node = document.get(name);
  if (!node) return tables;
  if (const auto* table = node->as_table()) tables.push_back(table);
  if (const auto* array = node->as_array()) {
    for (const toml::node& item : *array) {
      if (const auto* table = item.as_table()) tables.push_back(table);
    }
  }
  return tables;
}

}  // namespace pgo_orch::orchestrator
