#include "orchestrator/config/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace pgo_orch::orchestrator {
namespace {

bool is_letter_or_digit(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9');
}

bool is_safe(char letter) {
  return is_letter_or_digit(letter) || std::string_view("._-+").find(letter) != std::string_view::npos;
}

/// A leading '-' looks like an option, a leading '.' hides the folder.
bool may_lead(char letter) {
  return is_letter_or_digit(letter) || letter == '_';
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return text;
}

}  // namespace

bool is_safe_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_name && may_lead(name.front()) &&
         std::ranges::all_of(name, is_safe);
}

std::string safe_name(std::string_view name) {
  std::string result;
  for (const char letter : name) {
    const char safe = is_safe(letter) ? letter : '-';
    if (!result.empty() || may_lead(safe)) result += safe;
  }
  return result.empty() ? "_" : result;
}

std::string crate_name(std::string_view stem) {
  std::string result(stem);
  std::ranges::replace_if(
      result, [](char letter) { return !is_letter_or_digit(letter) && letter != '_' && letter != '-'; }, '_');
  if (result.empty() || (result.front() >= '0' && result.front() <= '9') || result.front() == '-')
    result = "_" + result;
  // These are folders of cargo's own beside the program.
  const bool taken = result == "build" || result == "deps" || result == "examples" || result == "incremental";
  return taken ? result + "_" : result;
}

void check_name(std::string_view what, const std::string& name, Place place, Diagnostics& problems) {
  if (name.empty() || is_safe_name(name)) return;
  if (name.size() > longest_name) {
    problems.error(place,
                   fmt::format("the name of this {} is longer than {} characters", what, longest_name));
  } else {
    problems.error(place,
                   fmt::format("the name '{}' of this {} becomes a folder: letters, digits, . _ - and + are "
                               "allowed, with a letter or digit in front: write \"{}\"",
                               name, what, safe_name(name)));
  }
}

const std::string* NameRegister::collides(const std::string& name) {
  const auto [entry, fresh] = seen_.emplace(lower_case(name), name);
  return fresh ? nullptr : &entry->second;
}

void NameRegister::add(std::string_view what, const std::string& name, Place place, Diagnostics& problems) {
  const std::string* other = name.empty() ? nullptr : collides(name);
  if (!other) return;
  problems.error(
      place, *other == name
                 ? fmt::format("there are two {}s named '{}'", what, name)
                 : fmt::format("the {}s '{}' and '{}' differ by case only: they would share a folder", what,
                               *other, name));
}

}  // namespace pgo_orch::orchestrator
