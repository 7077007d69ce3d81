#pragma once
// A man page as it is written: macros of man(7), and text in which nothing is one by chance.

#include <string>

namespace pgo_orch::orchestrator {

class Roff {
 public:
  /// `name` is upper case; `about` a few words, for the index.
  Roff(const std::string& name, int section, const std::string& page, const std::string& about);

  Roff& heading(const std::string& text);     ///< SH
  Roff& subheading(const std::string& text);  ///< SS
  Roff& paragraph(const std::string& text);   ///< `code` is bold
  /// A term and what it means. `term` is bold up to its first space, what comes then is a placeholder.
  Roff& entry(const std::string& term, const std::string& text);
  Roff& example(const std::string& lines);  ///< as it stands

  std::string text() const { return text_; }

 private:
  void begin_paragraph();

  std::string text_;
};

/// With no character that roff takes for something else; `code` in bold.
std::string roff_text(const std::string& text);

}  // namespace pgo_orch::orchestrator
