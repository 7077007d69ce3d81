#include "report_golden.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace pgo_orch::report {

void check_golden(const std::string& name, const std::string& text) {
  const auto file = std::filesystem::path(PGO_ORCH_SOURCE_DIR) / "tests/golden/report" / name;
  if (std::getenv("UPDATE_GOLDEN")) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  std::ifstream stream(file, std::ios::binary);
  const std::string expected{std::istreambuf_iterator<char>(stream), {}};
  INFO("differs from ", file.string(), "; UPDATE_GOLDEN=1 writes it anew");
  CHECK(text == expected);
}

}  // namespace pgo_orch::report
