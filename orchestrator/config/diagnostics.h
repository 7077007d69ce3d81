#pragma once
// All errors of a file: the user sees them at once, in the file's order.

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::orchestrator {

/// A position in a file; both count from 1.
struct Place {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  auto operator<=>(const Place&) const = default;
};

class Diagnostics {
 public:
  /// `file` as the user gave it: it begins every line.
  explicit Diagnostics(std::string file) : file_(std::move(file)) {}

  void error(Place place, std::string text) {
    if (!is_full()) errors_.push_back({place, std::move(text)});
    ++count_;
  }

  std::size_t count() const { return count_; }
  /// Of the errors behind the first `before` only the first one at each place stays.
  void keep_one_a_place(std::size_t before);
  /// There are so many errors that further ones are only counted: a text for them is not needed.
  bool is_full() const { return errors_.size() >= 1000; }
  /// "pgo.toml:12:1: unknown key ...", in file order, each once.
  std::vector<std::string> errors() const;
  /// Throws one Error with a line for each of the first errors, if there is any.
  void throw_errors() const;

 private:
  struct Entry {
    Place place;
    std::string text;
    auto operator<=>(const Entry&) const = default;
  };

  std::string file_;
  std::vector<Entry> errors_;
  std::size_t count_ = 0;
};

/// " (did you mean 'lto'?)" for the nearest candidate, at most `most` slips of the finger away (and no more
/// than a third of the word); "" if there is none.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates,
                         std::size_t most = 3);

/// "a, b or c".
std::string listing(std::span<const std::string> words, std::string_view last = "or");

/// "'a', 'b' or 'c'".
std::string quoted_list(std::span<const std::string> words, std::string_view last = "or");

}  // namespace pgo_orch::orchestrator
