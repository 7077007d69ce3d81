#pragma once
// A table as data, and as aligned text. The tables of a run are in run_tables.h.

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "report/text.h"

namespace pgo_orch::report {

/// What a text means to the reader; on a terminal, its colour.
enum class Tone { plain, good, bad, unsure, quiet, heading };

enum class Align { left, right };

struct Cell {
  Cell() = default;
  template <std::convertible_to<std::string_view> Text>
  Cell(const Text& shown, Tone meaning = Tone::plain, bool is_best = false, std::size_t columns = 1)
      : text(printable(shown)), tone(meaning), best(is_best), span(columns) {}

  std::string text;  ///< printable
  Tone tone = Tone::plain;
  bool best = false;     ///< of its column; several may be
  std::size_t span = 1;  ///< columns it covers; its text does not widen them
};

using Row = std::vector<Cell>;

struct Column {
  std::string title;
  Align align = Align::right;
  std::string group;  ///< neighbours with the same group get it as a common title
};

/// At least one column. The spans of each row's cells add up to the number of columns.
struct Table {
  std::string title;    ///< may be empty
  std::string caption;  ///< behind the title
  std::vector<Column> columns;
  std::vector<Row> rows;
};

/// The text in the tone's colour; plain text without `color`.
std::string paint(std::string_view text, Tone tone, bool color);

/// Columns that the table takes on a terminal.
std::size_t width(const Table& table);

/// Lines, each with its newline. The best of a column are bold, or marked with "*" without `color`.
std::string to_text(const Table& table, bool color);

}  // namespace pgo_orch::report
