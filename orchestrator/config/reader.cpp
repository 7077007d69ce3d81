#include "orchestrator/config/reader.h"

#include <fmt/format.h>

namespace pgo_orch::orchestrator {
namespace {

Strings names_of(Section section) {
  Strings names;
  for (const Section part : sections_of(section)) {
    for (const KeyInfo& key : keys_of(part)) names.emplace_back(key.name);
  }
  return names;
}

/// Where else the key applies, if that is one place.
std::string home_of(Section section, std::string_view name) {
  if (section != Section::variant && find_key(Section::settings, name))
    return " (it belongs in a [[variant]])";
  Strings homes;
  for (const Section part : sections_of(section)) {
    for (const KeyInfo& key : keys_of(part)) {
      const bool inside = section != Section::top && key.inner && !key.only_value;
      if (inside && find_key(*key.inner, name)) homes.push_back(fmt::format("'{}'", key.name));
    }
  }
  for (const KeyInfo& key : keys_of(Section::top)) {
    if (!key.inner && key.name == name) return " (it belongs in front of the first table)";
    if (key.inner && *key.inner != section && find_key(*key.inner, name))
      homes.push_back(header_of(*key.inner));
  }
  return homes.size() == 1 ? fmt::format(" (it belongs in {})", homes.front()) : "";
}

/// A slip of the finger first, then the right key in the wrong table, then what is merely similar.
std::string hint_for(Section section, std::string_view name) {
  const Strings names = names_of(section);
  std::string hint = did_you_mean(name, names, 1);
  if (hint.empty()) hint = home_of(section, name);
  if (hint.empty()) hint = did_you_mean(name, names);
  return hint;
}

}  // namespace

void report_unknown_key(const Entry& entry, Section section, const std::string& where, Reading& reading) {
  if (reading.problems.is_full()) return reading.error(place_of(entry.key), "");
  reading.error(place_of(entry.key), fmt::format("unknown key '{}' in {}{}", entry.name(), where,
                                                 hint_for(section, entry.name())));
}

void report_unsupported(const KeyInfo& key, const Entry& entry, const std::string& where, Reading& reading) {
  if (key.only_value && to_toml(entry.node) != *key.only_value) {
    reading.error(place_of(entry.key),
                  fmt::format("'{}' in {} is not supported by this version", key.name, where));
  }
}

bool read_key(const KeyInfo& key, const Entry& entry, const std::string& where, void* object,
              Reading& reading) {
  const auto value = decode(key, entry.node, where, reading, object);
  if (!value) return false;
  report_unsupported(key, entry, where, reading);
  if (key.store && object) key.store(object, key, *value);
  return true;
}

void read_table(const toml::table& table, const std::string& where, Section section,
                const std::vector<void*>& objects, Reading& reading) {
  const auto parts = sections_of(section);
  for (const Entry& entry : entries_of(table)) {
    bool known = false;
    for (std::size_t i = 0; i < parts.size() && !known; ++i) {
      const KeyInfo* key = row_of(parts[i], entry.name());
      if (key) read_key(*key, entry, where, objects[i], reading);
      known = key;
    }
    if (!known) report_unknown_key(entry, section, where, reading);
  }
  for (const Section part : parts) {
    for (const KeyInfo& key : keys_of(part)) {
      if (!key.required || table.contains(key.name)) continue;
      reading.error(place_of(table),
                    fmt::format("{} has no '{}': write {} = {}", where, key.name, key.name, key.example));
    }
  }
}

}  // namespace pgo_orch::orchestrator
