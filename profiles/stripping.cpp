#include "profiles/stripping.h"

#include <algorithm>
#include <array>
#include <sstream>

namespace pgo_orch::profiles {

namespace {

int strength(const std::string& strip) {
  return strip == "symbols" ? 2 : strip == "debuginfo" ? 1 : 0;
}

/// An argument of a linker; `-S` means something else to a compiler.
std::string stripped_by(std::string_view word, bool of_linker) {
  if (word == "-s" || word == "--strip-all" || word == "-strip-all") return "symbols";
  if (word == "--strip-debug" || word == "-strip-debug" || (of_linker && word == "-S")) return "debuginfo";
  return "none";
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream{std::string(text)};
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

constexpr std::string_view to_linker = "-Wl,";
constexpr std::string_view before_one = "-Xlinker";

/// Removes what strips, and returns what it stripped.
std::string remove_stripping(std::vector<std::string>& arguments, bool direct) {
  std::string found = "none";
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& word = arguments[i];
    if (word == before_one && i + 1 < arguments.size()) {
      const auto next = stripped_by(arguments[i + 1], true);
      found = stronger_strip(found, next);
      if (next == "none") kept.insert(kept.end(), {word, arguments[i + 1]});
      ++i;
      continue;
    }
    if (word.starts_with(to_linker)) {
      std::string rest;
      for (const auto& part : split(word.substr(to_linker.size()), ',')) {
        const auto one = stripped_by(part, true);
        found = stronger_strip(found, one);
        if (one == "none") rest += (rest.empty() ? "" : ",") + part;
      }
      if (!rest.empty()) kept.push_back(std::string(to_linker) + rest);
      continue;
    }
    const auto one = stripped_by(word, direct);
    found = stronger_strip(found, one);
    if (one == "none") kept.push_back(word);
  }
  arguments = std::move(kept);
  return found;
}

/// The option that hands arguments over, with its "="; empty: another flag.
std::string_view handing_over(const std::string& spelled) {
  for (const std::string_view option : {"-Clink-arg=", "-Clink-args=", "-Cpre-link-arg=", "-Cpre-link-args=",
                                        "-Zpre-link-arg=", "-Zpre-link-args="})
    if (spelled.starts_with(option)) return option;
  return {};
}

std::vector<std::string> handed_over(const std::string& flag) {
  const auto spelled = spelling(flag);
  const auto option = handing_over(spelled);
  if (option.empty()) return {};
  const std::string value = spelled.substr(option.size());
  return option.ends_with("args=") ? split(value, ' ') : std::vector{value};
}

}  // namespace

std::string stronger_strip(const std::string& a, const std::string& b) {
  return strength(a) >= strength(b) ? (strength(a) == 0 ? "none" : a) : b;
}

bool calls_linker_directly(const std::vector<Flag>& flags) {
  bool direct = false;
  for (const auto& flag : join_options(flags)) {
    const auto [key, value] = key_of(flag.text);
    const auto name = value.substr(value.find_last_of('/') + 1);
    if (key == "linker-flavor")
      direct = value.find("cc") == std::string::npos && value != "gcc" && value != "em";
    if (key == "linker")
      direct = name.starts_with("ld") || name.starts_with("rust-lld") || name.starts_with("lld") ||
               name == "mold" || name == "wild";
  }
  return direct;
}

SplitFlags split_off_stripping(const std::vector<Flag>& words) {
  const auto flags = join_options(words);
  const bool direct = calls_linker_directly(flags);
  SplitFlags split;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    auto arguments = handed_over(flags[i].text);
    // "-Xlinker" is a flag of its own, and the next one has its argument.
    const bool opens = arguments.size() == 1 && arguments.front() == before_one && i + 1 < flags.size();
    if (opens) {
      const auto next = handed_over(flags[i + 1].text);
      if (next.size() == 1 && stripped_by(next.front(), true) != "none") {
        split.strip = stronger_strip(split.strip, stripped_by(next.front(), true));
        split.stripping.insert(split.stripping.end(), {flags[i], flags[i + 1]});
        ++i;
        continue;
      }
    }
    const auto strip = remove_stripping(arguments, direct);
    if (opens || strip == "none") {
      split.kept.push_back(flags[i]);
      continue;
    }
    split.strip = stronger_strip(split.strip, strip);
    split.stripping.push_back(flags[i]);
    if (arguments.empty()) continue;
    const auto option = handing_over(spelling(flags[i].text));
    std::string rest(option);
    for (const auto& word : arguments) rest += (rest.size() > option.size() ? " " : "") + word;
    split.kept.push_back({rest, flags[i].origin});
  }
  return split;
}

}  // namespace pgo_orch::profiles
