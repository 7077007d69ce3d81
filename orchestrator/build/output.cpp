#include "orchestrator/build/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "orchestrator/config/texts.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

std::string sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(std::move(line));
  std::ranges::sort(lines);
  std::string joined;
  for (const auto& line : lines) joined += line + '\n';
  return joined;
}

/// The beginning of a line, in which control characters can be distinguished.
std::string shorten(const std::string& line) {
  std::string text;
  for (const char c : line.substr(0, 60)) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte < 0x20 || byte == 0x7f ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return line.size() > 60 ? text + "..." : text;
}

/// The first line in which two texts differ, as a sentence. They may be larger than memory.
std::string first_difference(std::istream& a, std::istream& b) {
  std::string line_a, line_b;
  for (int number = 1;; ++number) {
    const bool more_a = static_cast<bool>(std::getline(a, line_a));
    const bool more_b = static_cast<bool>(std::getline(b, line_b));
    if (!more_a && !more_b) return "they differ only in the newline at the end";
    if (!more_a) return fmt::format("line {} is not expected: \"{}\"", number, shorten(line_b));
    if (!more_b) return fmt::format("it ends before line {}, \"{}\"", number, shorten(line_a));
    if (line_a != line_b) {
      return fmt::format("line {} is \"{}\", expected \"{}\"", number, shorten(line_b), shorten(line_a));
    }
  }
}

/// What is expected of standard output: a file, or the text itself.
struct Expected {
  const fs::path* file = nullptr;
  std::string text;
  std::string sha256;
};

std::optional<std::string> compare(const Expected& expected, const Observed& observed) {
  if (observed.sha256 == expected.sha256) return std::nullopt;
  std::ifstream found(observed.file, std::ios::binary);
  if (!expected.file) {
    std::istringstream text(expected.text);
    return first_difference(text, found);
  }
  std::ifstream file(*expected.file, std::ios::binary);
  return first_difference(file, found);
}

std::optional<std::string> compare_sorted(const Expected& expected, const Observed& observed) {
  std::istringstream a(sorted_lines(expected.file ? toolchains::read_file(*expected.file) : expected.text));
  std::istringstream b(sorted_lines(toolchains::read_file(observed.file)));
  if (a.view() == b.view()) return std::nullopt;
  return first_difference(a, b);
}

}  // namespace

bool says_output(const pgo::Expectation& expect) {
  return expect.stdout_text || expect.stdout_file || expect.stdout_sha256 || expect.stdout_matches;
}

std::optional<std::string> difference(const pgo::Expectation& expect, const Observed& observed,
                                      const Observed* baseline) {
  if (expect.stdout_any) return std::nullopt;
  const auto text = [&] {
    const std::string found = toolchains::read_file(observed.file);
    return expect.stdout_sorted ? sorted_lines(found) : found;
  };
  if (expect.stdout_sha256) {
    const std::string own = expect.stdout_sorted ? toolchains::sha256(text()) : observed.sha256;
    if (own == *expect.stdout_sha256) return std::nullopt;
    return fmt::format("its SHA-256 is {}, expected {}", own, *expect.stdout_sha256);
  }
  if (expect.stdout_matches) {
    if (regex_found(*expect.stdout_matches, text())) return std::nullopt;
    return fmt::format("it does not match \"{}\"", *expect.stdout_matches);
  }
  Expected expected;
  if (expect.stdout_text) {
    expected = {nullptr, *expect.stdout_text, toolchains::sha256(*expect.stdout_text)};
  } else if (expect.stdout_file) {
    expected = {&*expect.stdout_file, "", toolchains::sha256_of_file(*expect.stdout_file)};
  } else if (baseline) {
    expected = {&baseline->file, "", baseline->sha256};
  } else {
    return std::nullopt;  // the baseline's own first run
  }
  return expect.stdout_sorted ? compare_sorted(expected, observed) : compare(expected, observed);
}

}  // namespace pgo_orch::orchestrator
