#include "profiles/toml_splice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <ranges>
#include <span>

#include "profiles/generated.h"
#include "profiles/toml_document.h"
#include "profiles/toml_lines.h"
#include "profiles/toml_scan.h"

namespace pgo_orch::profiles {

namespace {

using Path = std::span<const std::string>;

bool starts_with(Path path, Path prefix) {
  return prefix.size() <= path.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

std::size_t common_parts(Path a, Path b) {
  return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

TomlPath joined(Path a, Path b) {
  TomlPath path(a.begin(), a.end());
  path.insert(path.end(), b.begin(), b.end());
  return path;
}

TomlPath parts_of(Path path) {
  return {path.begin(), path.end()};
}

// ---- what the document must be afterwards ----

toml::table parsed_text(std::string_view text) {
  return parse_toml(text, "");
}

toml::table& table_at(toml::table& root, Path path) {
  auto* table = &root;
  for (const auto& part : path) {
    auto* node = table->get(part);
    if (!node) node = &table->insert_or_assign(part, toml::table{}).first->second;
    table = node->as_table();
    if (!table) throw SpliceError(fmt::format("'{}' is not a table there", toml_key(parts_of(path))));
  }
  return *table;
}

template <class Use>
void with_value(const std::string& text, const Use& use) {
  const auto document = parsed_text("value = " + text);
  document.get("value")->visit(use);
}

/// Throws unless the new text says what is expected.
std::string proved(std::string text, const toml::table& expected, Path path) {
  const auto wrong = [&](const std::string& why) {
    return SpliceError(
        fmt::format("'{}' cannot be set without changing more: {}", toml_key(parts_of(path)), why));
  };
  const auto found = [&] {
    try {
      return parsed_text(text);
    } catch (const Error& error) {
      throw wrong(error.what());
    }
  }();
  if (found != expected) throw wrong("the rest of the file would mean something else");
  return text;
}

// ---- where it is ----

struct Place {
  const TomlValue* exact = nullptr;
  const TomlValue* around = nullptr;  ///< the innermost inline table that it would be in
  Path rest;                          ///< its key in there
};

Place look_in(const std::vector<TomlEntry>& entries, Path path) {
  for (const auto& entry : entries) {
    if (!starts_with(path, entry.key)) continue;
    if (entry.key.size() == path.size()) return {.exact = &entry.value};
    if (entry.value.kind != TomlValue::Kind::table)
      throw SpliceError(fmt::format("'{}' is not a table there", toml_key(entry.key)));
    const auto rest = path.subspan(entry.key.size());
    const auto inner = look_in(entry.value.entries, rest);
    return inner.exact || inner.around ? inner : Place{.around = &entry.value, .rest = rest};
  }
  return {};
}

Place place_of(const std::vector<TomlBlock>& blocks, Path path) {
  for (const auto& block : blocks) {
    if (block.repeated || block.table.size() >= path.size() || !starts_with(path, block.table)) continue;
    const auto place = look_in(block.entries, path.subspan(block.table.size()));
    if (place.exact || place.around) return place;
  }
  return {};
}

// ---- a key that is not there yet ----

/// A byte of the last line that a block has, by its keys or comments that nothing separates from them; those
/// that a header follows belong to that one.
std::size_t last_line(std::string_view text, const TomlBlock& block) {
  const auto last = block.entries.empty() ? block.header.end : block.entries.back().value.span.end;
  for (auto at = last;;) {
    const auto newline = text.find('\n', at);
    if (newline == std::string_view::npos || newline + 1 == text.size()) return at;
    const auto next = text.substr(newline + 1, text.find('\n', newline + 1) - newline - 1);
    if (is_blank(next)) return at;
    if (next[next.find_first_not_of(" \t")] != '#') return last;
    at = newline + 1;
  }
}

std::string in_braces(std::string_view text, const TomlValue& table, const std::string& line) {
  std::string changed(text);
  if (!table.entries.empty()) return changed.insert(table.entries.back().value.span.end, ", " + line);
  const bool has_room = text[table.span.begin + 1] != '}';
  return changed.insert(table.span.begin + 1, has_room ? " " + line : " " + line + " ");
}

/// Behind the entry, in its form.
std::string behind_entry(std::string_view text, const TomlEntry& entry, const std::string& line) {
  return with_lines(text, entry.value.span.end, {indentation(text, entry.span.begin).value_or("") + line});
}

std::string below_header(std::string_view text, const TomlBlock& block, const std::string& line) {
  if (!block.entries.empty()) return behind_entry(text, block.entries.back(), line);
  return with_lines(text, block.header.end, {indentation(text, block.header.begin).value_or("") + line});
}

/// The key that shares most with the new one, of those whose tables no header names.
struct Dotted {
  const TomlBlock* block = nullptr;
  const TomlEntry* entry = nullptr;
  std::size_t shared = 0;
};

Dotted nearest_dotted(const std::vector<TomlBlock>& blocks, Path parent) {
  Dotted nearest;
  for (const auto& block : blocks) {
    if (block.repeated) continue;
    for (const auto& entry : block.entries) {
      const auto full = joined(block.table, entry.key);
      const auto shared = common_parts(Path(full).first(full.size() - 1), parent);
      if (shared > block.table.size() && shared >= nearest.shared) nearest = {&block, &entry, shared};
    }
  }
  return nearest;
}

std::string with_header(std::string_view text, const std::vector<TomlBlock>& blocks, Path parent,
                        const std::string& line) {
  const TomlBlock* nearest = nullptr;
  std::size_t shared = 0;
  for (const auto& block : blocks) {
    const auto parts = common_parts(block.table, parent);
    if (block.repeated || parts == 0 || parts < shared) continue;
    nearest = &block;
    shared = parts;
  }
  std::vector<std::string> lines{fmt::format("[{}]", toml_key(parts_of(parent))), line};
  if (nearest) {
    lines.insert(lines.begin(), "");
    return with_lines(text, last_line(text, *nearest), lines);
  }
  const auto end = std::string(line_end(text, 0));
  const auto last = text.substr(line_begin(text, text.size()));
  const bool is_ended = last.empty();
  const bool is_apart =
      text.empty() || (is_ended && is_blank(text.substr(line_begin(text, text.size() - 1))));
  std::string changed(text);
  if (!is_ended) changed += end;
  if (!is_apart) changed += end;
  changed += fmt::format("{}{}{}", lines[0], end, lines[1]);
  return is_ended ? changed + end : changed;
}

std::string with_new_key(std::string_view text, const std::vector<TomlBlock>& blocks, Path path,
                         const std::string& value) {
  const auto line_of = [&](Path key) { return fmt::format("{} = {}", toml_key(parts_of(key)), value); };
  const auto parent = path.first(path.size() - 1);
  for (const auto& block : blocks)
    if (!block.repeated && block.header.end != 0 && std::ranges::equal(block.table, parent))
      return below_header(text, block, line_of(path.last(1)));
  if (const auto dotted = nearest_dotted(blocks, parent); dotted.entry)
    return behind_entry(text, *dotted.entry, line_of(path.subspan(dotted.block->table.size())));
  if (parent.empty()) throw SpliceError("a key needs a table");
  return with_header(text, blocks, parent, line_of(path.last(1)));
}

// ---- elements of arrays ----

/// Behind the comma that follows, if one does.
std::optional<std::size_t> behind_comma(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] != ',' && text[at] != ']') {
    if (text[at] == '#')
      at = behind_text(text, at);
    else
      ++at;
  }
  return at < text.size() && text[at] == ',' ? std::optional(at + 1) : std::nullopt;
}

std::string append(const std::string& text, const TomlValue& array, const std::vector<std::string>& values) {
  auto changed = text;
  if (array.elements.empty())
    return changed.insert(array.span.begin + 1, fmt::format("{}", fmt::join(values, ", ")));
  const auto& last = array.elements.back().span;
  const auto comma = behind_comma(text, last.end);
  const auto indent = indentation(text, last.begin);
  const auto newline = text.find('\n', last.end);
  const bool has_own_line = indent && newline < array.span.end;
  if (!has_own_line) {
    const auto list = fmt::format("{}", fmt::join(values, ", "));
    return comma ? changed.insert(*comma, " " + list + ",") : changed.insert(last.end, ", " + list);
  }
  std::vector<std::string> lines;
  for (const auto& value : values) lines.push_back(*indent + value + ",");
  if (!comma) lines.back().pop_back();
  changed = with_lines(changed, comma.value_or(last.end), lines);
  return comma ? changed : changed.insert(last.end, ",");
}

/// With its comma, and its line if nothing else is on it.
std::string without_element(std::string text, const TomlSpan& element) {
  const auto comma = behind_comma(text, element.end);
  auto begin = element.begin, end = comma.value_or(element.end);
  const auto newline = std::min(text.find('\n', end), text.size());
  if (indentation(text, begin) && is_blank(std::string_view(text).substr(end, newline - end))) {
    begin = line_begin(text, begin);
    end = std::min(newline + 1, text.size());
  } else {
    while (comma && (text[end] == ' ' || text[end] == '\t')) ++end;
    while (text[end] == ']' && (text[begin - 1] == ' ' || text[begin - 1] == '\t')) --begin;
  }
  return text.erase(begin, end - begin);
}

void apply_to(toml::array& array, const ArrayEdit& edit) {
  for (const auto& [index, text] : std::views::reverse(edit.changed)) {
    const auto place = array.cbegin() + static_cast<std::ptrdiff_t>(index);
    if (text)
      with_value(*text, [&](const auto& value) { array.replace(place, value); });
    else
      array.erase(place);
  }
  for (const auto& text : edit.appended) with_value(text, [&](const auto& value) { array.push_back(value); });
}

}  // namespace

std::string toml_key(const TomlPath& path) {
  std::string text;
  for (const auto& part : path) {
    const bool bare = !part.empty() && std::ranges::all_of(part, [](unsigned char letter) {
      return (letter < 0x80 && std::isalnum(letter)) || letter == '-' || letter == '_';
    });
    text += (text.empty() ? "" : ".") + (bare ? part : toml_string(part));
  }
  return text;
}

std::optional<std::string> toml_source(std::string_view text, const TomlPath& path) {
  const auto blocks = scan_toml(text);
  const auto place = place_of(blocks, path);
  if (!place.exact) return std::nullopt;
  return std::string(text.substr(place.exact->span.begin, place.exact->span.end - place.exact->span.begin));
}

std::string set_toml(std::string_view text, const TomlPath& path, const std::string& value) {
  auto expected = parsed_text(text);
  with_value(value, [&](const auto& node) {
    table_at(expected, Path(path).first(path.size() - 1)).insert_or_assign(path.back(), node);
  });
  const auto blocks = scan_toml(text);
  const auto place = place_of(blocks, path);
  std::string changed;
  if (place.exact) {
    const auto& span = place.exact->span;
    changed = std::string(text).replace(span.begin, span.end - span.begin, value);
  } else if (place.around) {
    changed = in_braces(text, *place.around, fmt::format("{} = {}", toml_key(parts_of(place.rest)), value));
  } else {
    changed = with_new_key(text, blocks, path, value);
  }
  return proved(std::move(changed), expected, path);
}

std::string edit_toml_array(std::string_view text, const TomlPath& path, ArrayEdit edit) {
  auto expected = parsed_text(text);
  const auto blocks = scan_toml(text);
  const auto* found = place_of(blocks, path).exact;
  auto* array = found ? table_at(expected, Path(path).first(path.size() - 1)).get_as<toml::array>(path.back())
                      : nullptr;
  if (!array) throw SpliceError(fmt::format("'{}' is not an array there", toml_key(path)));
  apply_to(*array, edit);
  // In the place of last ones that go, new ones need no comma of their own.
  const auto is_removed = [&](std::size_t index) {
    const auto change = edit.changed.find(index);
    return change != edit.changed.end() && !change->second;
  };
  const auto size = found->elements.size();
  auto first = size;
  while (first > 0 && is_removed(first - 1)) --first;
  for (; first < size && !edit.appended.empty(); ++first) {
    edit.changed[first] = edit.appended.front();
    edit.appended.erase(edit.appended.begin());
  }
  std::string changed(text);
  if (!edit.appended.empty()) changed = append(changed, *found, edit.appended);
  for (const auto& [index, value] : std::views::reverse(edit.changed)) {
    const auto& span = found->elements.at(index).span;
    changed = value ? changed.replace(span.begin, span.end - span.begin, *value)
                    : without_element(std::move(changed), span);
  }
  return proved(std::move(changed), expected, path);
}

}  // namespace pgo_orch::profiles
