#include "report/html/markup.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/text.h"
#include "toolchains/hash.h"
#include "toolchains/text.h"

namespace pgo_orch::report {

namespace {

const char* class_of(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "good";
    case Tone::bad:
      return "bad";
    case Tone::unsure:
      return "unsure";
    case Tone::quiet:
      return "quiet";
    case Tone::heading:
      return "strong";
    case Tone::plain:
      break;
  }
  return "";
}

/// `class="..."`, or nothing.
std::string class_attribute(const std::vector<const char*>& classes) {
  std::string names;
  for (const std::string name : classes)
    if (!name.empty()) names += (names.empty() ? "" : " ") + name;
  return names.empty() ? "" : fmt::format(" class=\"{}\"", names);
}

std::string cell_html(const Cell& cell, const Column& column, bool names_row) {
  const std::string attributes = class_attribute({column.align == Align::right ? "n" : "",
                                                  class_of(cell.tone), cell.best ? "best" : ""}) +
                                 (cell.span > 1 ? fmt::format(" colspan=\"{}\"", cell.span) : "");
  const char* element = names_row ? "th scope=\"row\"" : "td";
  return fmt::format("<{}{}>{}", element, attributes, escaped_html(cell.text));
}

/// Bytes that are written in hexadecimal, in base 64 (RFC 4648).
std::string base64_of_hex(std::string_view hex) {
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bits, text;
  for (const char c : hex) bits += fmt::format("{:04b}", c <= '9' ? c - '0' : c - 'a' + 10);
  for (std::size_t at = 0; at < bits.size(); at += 6) {
    std::string six = bits.substr(at, 6);
    six.resize(6, '0');
    text += digits[std::stoul(six, nullptr, 2)];
  }
  text.resize((text.size() + 3) / 4 * 4, '=');
  return text;
}

}  // namespace

std::string escaped_html(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else if (c == '\'')
      result += "&#39;";
    else
      result += c;
  }
  return result;
}

std::string escaped_html_lines(std::string_view text) {
  std::string result;
  for (const std::string& line : toolchains::lines_of(text)) result += escaped_html(line) + "\n";
  return result;
}

std::string for_script(const nlohmann::ordered_json& json) {
  const std::string text = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto three = std::string_view(text).substr(at, 3);
    if (text[at] == '<') {
      result += "\\u003c";
    } else if (three == "\u2028" || three == "\u2029") {
      result += three == "\u2028" ? "\\u2028" : "\\u2029";
      at += 2;
    } else {
      result += text[at];
    }
  }
  return result;
}

std::string hash_source(std::string_view script) {
  return fmt::format("'sha256-{}'", base64_of_hex(toolchains::sha256(script)));
}

std::string code_element(std::string_view text) {
  return text.empty() ? "" : fmt::format("<code>{}</code>", escaped_html(text));
}

std::string scroll_box(const std::string& label) {
  return fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">",
                     escaped_html(label.empty() ? "Table" : label));
}

std::string to_html_table(const Table& table) {
  std::string html = scroll_box(table.title) + "<table>\n";
  if (!table.title.empty() || !table.caption.empty())
    html += fmt::format("<caption>{}{}</caption>\n", escaped_html(table.title),
                        table.caption.empty()
                            ? ""
                            : fmt::format(" <span class=\"quiet\">{}</span>", escaped_html(table.caption)));
  html += "<thead><tr>";
  for (const Column& column : table.columns)
    html +=
        fmt::format("<th scope=\"col\"{}>{}", class_attribute({column.align == Align::right ? "n" : ""}),
                    escaped_html(column.group.empty() ? column.title : column.group + " " + column.title));
  html += "</thead>\n<tbody>\n";
  for (const Row& row : table.rows) {
    html += "<tr>";
    std::size_t column = 0;
    for (const Cell& cell : row) {
      html += cell_html(cell, table.columns[std::min(column, table.columns.size() - 1)], column == 0);
      column += cell.span;
    }
    html += "\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string folded_part(const std::string& summary, const std::string& html) {
  return fmt::format("<details open><summary>{}</summary>\n{}</details>\n", escaped_html(summary), html);
}

std::string to_html_section(const Section& section, int level) {
  std::string html = fmt::format("<h{0}>{1}</h{0}>\n<ul>\n", level, escaped_html(section.heading));
  for (const Entry& entry : section.entries) {
    html += fmt::format("<li>{}", escaped_html(entry.text));
    if (!entry.facts.empty()) html += "<ul>";
    for (const std::string& fact : entry.facts) html += fmt::format("<li>{}</li>", escaped_html(fact));
    if (!entry.facts.empty()) html += "</ul>";
    if (!entry.verbatim.empty()) html += "<pre tabindex=\"0\">";
    for (const std::string& line : entry.verbatim) html += escaped_html(line) + "\n";
    if (!entry.verbatim.empty()) html += "</pre>";
    html += "</li>\n";
  }
  return html + "</ul>\n";
}

}  // namespace pgo_orch::report
