#include "profiles/toml_scan.h"

#include <algorithm>

#include "profiles/toml_document.h"

namespace pgo_orch::profiles {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

class TomlScan {
 public:
  explicit TomlScan(std::string_view text) : text_(text) {
    if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
  }

  std::vector<TomlBlock> blocks() {
    std::vector<TomlBlock> all(1);
    std::vector<std::vector<std::string>> arrays;
    for (skip_filler(); at_ < text_.size(); skip_filler()) {
      if (text_[at_] != '[') {
        all.back().entries.push_back(entry());
        continue;
      }
      TomlBlock block;
      block.header.begin = at_;
      const bool is_array = text_.substr(at_, 2) == "[[";
      at_ += is_array ? 2 : 1;
      block.table = key();
      skip_blanks();
      at_ = std::min(text_.size(), at_ + (is_array ? 2 : 1));
      block.header.end = at_;
      if (is_array) arrays.push_back(block.table);
      block.repeated = std::ranges::any_of(arrays, [&](const auto& array) {
        return array.size() <= block.table.size() &&
               std::equal(array.begin(), array.end(), block.table.begin());
      });
      all.push_back(std::move(block));
    }
    return all;
  }

 private:
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_blanks() {
    while (next() == ' ' || next() == '\t') ++at_;
  }

  /// White space, line ends and comments.
  void skip_filler() {
    for (; at_ < text_.size(); ++at_) {
      if (next() == '#') at_ = behind_text(text_, at_);
      if (std::string_view(" \t\r\n").find(next()) == std::string_view::npos) return;
    }
  }

  std::string part() {
    const auto begin = at_;
    if (next() == '"' || next() == '\'') {
      at_ = behind_text(text_, at_);
      const auto quoted = text_.substr(begin, at_ - begin);
      return parse_toml("key = " + std::string(quoted), "")["key"].value_or(std::string());
    }
    at_ = std::min(text_.find_first_of(" \t.=]\r\n", at_), text_.size());
    return std::string(text_.substr(begin, at_ - begin));
  }

  /// `at_` ends behind the last part.
  std::vector<std::string> key() {
    std::vector<std::string> parts;
    for (;;) {
      skip_blanks();
      parts.push_back(part());
      const auto end = at_;
      skip_blanks();
      if (next() != '.') {
        at_ = end;
        return parts;
      }
      ++at_;
    }
  }

  TomlEntry entry() {
    TomlEntry entry;
    entry.span.begin = at_;
    entry.key = key();
    entry.span.end = at_;
    skip_blanks();
    ++at_;  // '='
    skip_blanks();
    entry.value = value();
    return entry;
  }

  TomlValue value() {
    TomlValue value;
    value.span.begin = at_;
    if (next() == '"' || next() == '\'') {
      at_ = behind_text(text_, at_);
    } else if (next() == '[') {
      value.kind = TomlValue::Kind::array;
      inside(']', [&] { value.elements.push_back(this->value()); });
    } else if (next() == '{') {
      value.kind = TomlValue::Kind::table;
      inside('}', [&] { value.entries.push_back(entry()); });
    } else {
      at_ = std::min(text_.find_first_of(",]}#\r\n", at_), text_.size());
      while (at_ > value.span.begin && (text_[at_ - 1] == ' ' || text_[at_ - 1] == '\t')) --at_;
    }
    value.span.end = at_;
    return value;
  }

  template <class Item>
  void inside(char closing, const Item& item) {
    ++at_;
    for (;;) {
      skip_filler();
      if (next() == ',') {
        ++at_;
      } else if (next() == closing || at_ >= text_.size()) {
        at_ = std::min(at_ + 1, text_.size());
        return;
      } else {
        item();
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<TomlBlock> scan_toml(std::string_view text) {
  return TomlScan(text).blocks();
}

}  // namespace pgo_orch::profiles
