#pragma once
// Damaged inputs for robustness tests: always the same ones, by a seed.

#include <cstddef>
#include <random>
#include <string>

namespace pgo_orch::mutations {

/// Changes, drops, doubles or cuts a few places of the text.
inline std::string damaged(std::string text, std::mt19937& random) {
  const std::string likely =
      "'\"\\`\n\t {}[]()<>:;.=,#\x01\xff"
      "aE_R0";
  const auto below = [&](std::size_t end) { return static_cast<std::size_t>(random() % (end ? end : 1)); };
  for (auto changes = 1 + below(8); changes > 0 && !text.empty(); --changes) {
    const auto at = below(text.size());
    const auto length = below(40);
    switch (below(5)) {
      case 0:
        text[at] = likely[below(likely.size())];
        break;
      case 1:
        text.insert(at, 1, likely[below(likely.size())]);
        break;
      case 2:
        text.erase(at, length);
        break;
      case 3:
        text.insert(at, text.substr(below(text.size()), length));
        break;
      default:
        if (below(8) == 0) text.resize(at);
    }
  }
  return text;
}

/// Calls `use` with `count` damaged versions of the text.
template <class Use>
void for_each_damaged(const std::string& text, int count, const Use& use) {
  std::mt19937 random(20'260'414);
  for (int i = 0; i < count; ++i) use(damaged(text, random));
}

}  // namespace pgo_orch::mutations
