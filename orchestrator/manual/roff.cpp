#include "orchestrator/manual/roff.h"

#include <fmt/format.h>

#include <sstream>

namespace pgo_orch::orchestrator {

namespace {

/// One line of input, which may begin with any character.
std::string roff_line(const std::string& text) {
  const bool is_request = text.starts_with('.') || text.starts_with('\'');
  return (is_request ? "\\&" : "") + text + "\n";
}

std::string escaped(char c) {
  switch (c) {
    case '\\':
      return "\\e";
    case '-':
      return "\\-";  // else a hyphen, which nobody can copy into a shell
    case '\'':
      return "\\(aq";
    case '`':
      return "\\(ga";
    case '^':
      return "\\(ha";
    case '~':
      return "\\(ti";
    case '"':
      return "\\(dq";
    default:
      return {c};
  }
}

std::string escaped(const std::string& text) {
  std::string roff;
  for (const char c : text) roff += escaped(c);
  return roff;
}

}  // namespace

std::string roff_text(const std::string& text) {
  std::string roff;
  bool is_code = false;
  for (const char c : text) {
    if (c != '`') {
      roff += escaped(c);
      continue;
    }
    roff += is_code ? "\\fR" : "\\fB";
    is_code = !is_code;
  }
  return roff;
}

Roff::Roff(const std::string& name, int section, const std::string& page, const std::string& about) {
  // without a date: the same sources give the same bytes
  text_ = fmt::format(".TH {} {} \"\" \"pgo-orch {}\"\n.SH NAME\n{} \\- {}\n", escaped(name), section,
                      PGO_ORCH_VERSION, escaped(page), escaped(about));
}

Roff& Roff::heading(const std::string& text) {
  text_ += ".SH " + escaped(text) + "\n";
  return *this;
}

Roff& Roff::subheading(const std::string& text) {
  text_ += ".SS " + escaped(text) + "\n";
  return *this;
}

void Roff::begin_paragraph() {
  const auto last = text_.substr(text_.rfind('\n', text_.size() - 2) + 1);
  if (!last.starts_with(".SH") && !last.starts_with(".SS")) text_ += ".PP\n";  // which begin one
}

Roff& Roff::paragraph(const std::string& text) {
  begin_paragraph();
  text_ += roff_line(roff_text(text));
  return *this;
}

Roff& Roff::entry(const std::string& term, const std::string& text) {
  std::string title;
  std::istringstream words(term);
  for (std::string word; words >> word;) {
    if (!title.empty()) title += " ";
    const bool is_placeholder = word.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != word.npos &&
                                word.find_first_of("abcdefghijklmnopqrstuvwxyz") == word.npos;
    title += (is_placeholder ? "\\fI" : "\\fB") + escaped(word) + "\\fR";
  }
  text_ += ".TP\n" + roff_line(title) + roff_line(text.empty() ? "\\&" : roff_text(text));
  return *this;
}

Roff& Roff::example(const std::string& lines) {
  begin_paragraph();
  text_ += ".RS 4\n.nf\n";
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);)
    text_ += line.empty() ? "\\&\n" : roff_line(escaped(line));
  text_ += ".fi\n.RE\n";
  return *this;
}

}  // namespace pgo_orch::orchestrator
