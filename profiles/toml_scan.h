#pragma once
// Where everything is in a TOML text: byte offsets of headers, keys and values. toml++ reads what they mean;
// its positions are lines and characters, and those of a table without a header are a child's.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::profiles {

struct TomlSpan {
  std::size_t begin = 0;
  std::size_t end = 0;  ///< behind the last byte
};

struct TomlEntry;

struct TomlValue {
  enum class Kind { scalar, array, table } kind = Kind::scalar;
  TomlSpan span;
  std::vector<TomlValue> elements;  ///< of an array
  std::vector<TomlEntry> entries;   ///< of an inline table
};

struct TomlEntry {
  std::vector<std::string> key;  ///< its dotted parts
  TomlSpan span;                 ///< of the key
  TomlValue value;
};

/// A header and what follows up to the next one; the first is what comes before any.
struct TomlBlock {
  std::vector<std::string> table;
  bool repeated = false;  ///< an element of an array of tables, or below one
  TomlSpan header;        ///< "[a.b]"
  std::vector<TomlEntry> entries;
};

/// Of a text that parse_toml() accepts.
std::vector<TomlBlock> scan_toml(std::string_view text);

}  // namespace pgo_orch::profiles
