#pragma once
// Texts that are compared as a whole with tests/golden/NAME.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace pgo_orch::golden {

inline std::filesystem::path path_of(const std::string& name) {
  return std::filesystem::path(PGO_ORCH_SOURCE_DIR) / "tests/golden" / name;
}

inline std::string read(const std::string& name) {
  std::ifstream stream(path_of(name), std::ios::binary);
  REQUIRE_MESSAGE(stream, "cannot read ", path_of(name).string());
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Checks that the text is the file's. With UPDATE_GOLDEN set in the environment it writes the file instead.
inline void check(const std::string& name, const std::string& text) {
  const auto file = path_of(name);
  if (std::getenv("UPDATE_GOLDEN")) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  INFO("differs from ", file.string(), "; UPDATE_GOLDEN=1 writes it anew");
  CHECK(text == read(name));
}

}  // namespace pgo_orch::golden
