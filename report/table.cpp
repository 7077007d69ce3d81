#include "report/table.h"

#include <fmt/color.h>

#include <algorithm>
#include <numeric>

namespace pgo_orch::report {

namespace {

constexpr std::size_t gap = 2;
constexpr std::string_view best_mark = " *";

fmt::text_style style_of(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return {};
    case Tone::good:
      return fmt::fg(fmt::terminal_color::green);
    case Tone::bad:
      return fmt::fg(fmt::terminal_color::red);
    case Tone::unsure:
      return fmt::fg(fmt::terminal_color::yellow);
    case Tone::quiet:
      return fmt::emphasis::faint;
    case Tone::heading:
      return fmt::emphasis::bold;
  }
  return {};
}

/// The widths of a table's columns.
struct Layout {
  std::vector<std::size_t> widths;
  std::vector<bool> marked;  ///< the column keeps room for the best_mark

  /// Of `span` columns from `first`, with the gaps between them.
  std::size_t width(std::size_t first, std::size_t span) const {
    const auto begin = widths.begin() + static_cast<std::ptrdiff_t>(first);
    return std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(span), gap * (span - 1));
  }
};

Layout lay_out(const Table& table, bool color) {
  Layout layout;
  for (const Column& column : table.columns) layout.widths.push_back(display_width(column.title));
  layout.marked.resize(table.columns.size());
  for (const auto& row : table.rows) {
    std::size_t column = 0;
    for (const Cell& cell : row) {
      if (cell.span == 1) layout.widths[column] = std::max(layout.widths[column], display_width(cell.text));
      if (cell.span == 1 && cell.best && !color) layout.marked[column] = true;
      column += cell.span;
    }
  }
  for (std::size_t i = 0; i < layout.widths.size(); ++i)
    if (layout.marked[i]) layout.widths[i] += best_mark.size();
  return layout;
}

std::string aligned(std::string_view text, Align align, std::size_t width) {
  return align == Align::left ? pad_right(text, width) : pad_left(text, width);
}

/// A cell at its place, as wide as its columns are.
std::string render(const Cell& cell, const Table& table, const Layout& layout, std::size_t column,
                   bool color) {
  const std::size_t width = layout.width(column, cell.span);
  const bool single = cell.span == 1;
  const std::string mark(!single || !layout.marked[column] ? "" : cell.best ? best_mark : "  ");
  const Align align = single ? table.columns[column].align : Align::left;
  const std::string text = clip(cell.text, width - mark.size());
  std::string line = aligned(text, align, width - mark.size()) + mark;
  if (!color || text.empty()) return line;
  const auto style = style_of(cell.tone);
  const auto painted = fmt::format(cell.best ? style | fmt::emphasis::bold : style, "{}", text);
  return line.replace(line.find(text), text.size(), painted);
}

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string separator(std::size_t column) {
  return std::string(column == 0 ? 0 : gap, ' ');
}

std::string rule(std::size_t width) {
  return fmt::format("{:─<{}}", "", width);
}

/// The common titles of neighbouring columns, each drawn out over them: "fib35 ──────".
std::string group_line(const Table& table, const Layout& layout, bool color) {
  std::string line;
  bool any = false;
  for (std::size_t column = 0, span = 1; column < table.columns.size(); column += span) {
    const std::string& group = table.columns[column].group;
    for (span = 1; column + span < table.columns.size() && table.columns[column + span].group == group;)
      ++span;
    const std::size_t width = layout.width(column, span);
    any = any || !group.empty();
    line += separator(column);
    if (group.empty()) {
      line += std::string(width, ' ');
      continue;
    }
    const std::string name = clip(printable(group), width);
    const std::size_t used = display_width(name) + 1;
    line += paint(name, Tone::heading, color) + " " +
            paint(rule(used < width ? width - used : 0), Tone::quiet, color);
  }
  return any ? without_trailing_spaces(line) : "";
}

/// The title with the caption behind it, or below it where both are wider than the table and a page.
std::string heading(const Table& table, std::size_t width, bool color) {
  constexpr std::size_t page = 80;
  const std::string title = printable(table.title), caption = printable(table.caption);
  const std::size_t room = std::max(width, page);
  std::string text = paint(title, Tone::heading, color);
  if (caption.empty()) return text + "\n";
  if (display_width(title) + gap + display_width(caption) <= room)
    return text + std::string(gap, ' ') + paint(caption, Tone::quiet, color) + "\n";
  text += "\n";
  for (const std::string& line : wrap(caption, room)) text += paint(line, Tone::quiet, color) + "\n";
  return text;
}

std::string title_line(const Table& table, const Layout& layout, bool color) {
  std::string line;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const std::size_t room = layout.widths[i] - (layout.marked[i] ? best_mark.size() : 0);
    line += separator(i) +
            pad_right(aligned(table.columns[i].title, table.columns[i].align, room), layout.widths[i]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return paint(line, Tone::quiet, color) + "\n";
}

}  // namespace

std::string paint(std::string_view text, Tone tone, bool color) {
  if (!color || tone == Tone::plain || text.empty()) return std::string(text);
  return fmt::format(style_of(tone), "{}", text);
}

std::size_t width(const Table& table) {
  const Layout layout = lay_out(table, false);
  return layout.width(0, layout.widths.size());
}

std::string to_text(const Table& table, bool color) {
  const Layout layout = lay_out(table, color);
  std::string text;
  if (!table.title.empty()) text += heading(table, layout.width(0, layout.widths.size()), color);
  text += group_line(table, layout, color) + title_line(table, layout, color);
  text += paint(rule(layout.width(0, layout.widths.size())), Tone::quiet, color) + "\n";
  for (const auto& row : table.rows) {
    std::string line;
    std::size_t column = 0;
    for (const Cell& cell : row) {
      line += separator(column) + render(cell, table, layout, column, color);
      column += cell.span;
    }
    text += without_trailing_spaces(line);
  }
  return text;
}

}  // namespace pgo_orch::report
