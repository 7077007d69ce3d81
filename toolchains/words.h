#pragma once
// Enumerations with the words that files spell them with: one table each, beside the enumeration.

#include <array>
#include <optional>
#include <string_view>

namespace pgo_orch {

/// An enumerator and how files spell it. An enumeration with a `words_of` has `to_word` and `from_word`.
template <class Enum>
struct Word {
  Enum value;
  const char* text;
};

template <class Enum>
concept Worded = requires(Enum value) { words_of(value); };

constexpr const char* to_word(Worded auto value) {
  for (const auto& word : words_of(value))
    if (word.value == value) return word.text;
  return "";
}

/// No value: this version does not know the word.
template <Worded Enum>
constexpr std::optional<Enum> from_word(std::string_view text) {
  for (const auto& word : words_of(Enum()))
    if (word.text == text) return word.value;
  return std::nullopt;
}

/// All words of an enumeration with spaces between them.
template <Worded Enum>
struct AllWords {
  static constexpr auto words = words_of(Enum());
  static constexpr auto text = [] {
    constexpr auto size = [] {
      std::size_t sum = 0;
      for (const auto& word : words) sum += std::string_view(word.text).size() + 1;
      return sum;
    }();
    std::array<char, size> joined{};
    std::size_t at = 0;
    for (const auto& word : words) {
      for (const char c : std::string_view(word.text)) joined[at++] = c;
      joined[at++] = ' ';
    }
    return joined;
  }();
};
template <Worded Enum>
inline constexpr std::string_view all_words{AllWords<Enum>::text.data(), AllWords<Enum>::text.size() - 1};

}  // namespace pgo_orch
