// Whatever the bytes: a Config or an Error, nothing else.

#include <random>

#include "config_fixture.h"

using namespace pgo_orch::orchestrator;
using namespace pgo_orch::orchestrator::test;

namespace {

std::string big_file() {
  return pgo_orch::toolchains::read_file(PGO_ORCH_SOURCE_DIR "/tests/golden/config/complete.toml") +
         pgo_orch::toolchains::read_file(PGO_ORCH_SOURCE_DIR "/tests/golden/config/matrix.toml");
}

/// Loads; errors of the file are fine, any other exception fails the test.
void survive(const std::string& toml) {
  const auto file = std::filesystem::path(PGO_ORCH_SOURCE_DIR) / "tests/golden/config/any.toml";
  try {
    const Config config = parse_config(toml, file);
    for (std::size_t i = 0; i < std::min<std::size_t>(config.variants->size(), 50); ++i)
      config.variants->at(i);
  } catch (const pgo_orch::Error& error) {
    const std::string place = file.string() + ":";
    const bool has_place = std::string(error.what()).starts_with(place);
    CHECK(has_place);
  }
}

std::string mutate(std::string text, std::mt19937& random) {
  static const std::string bytes = "[]{}=\"'#,.\n\r \\0123456789-+_etruefals\x00\x80\xff";
  const int changes = 1 + static_cast<int>(random() % 4);
  for (int i = 0; i < changes; ++i) {
    const std::size_t at = random() % text.size();
    const char byte = bytes[random() % bytes.size()];
    switch (random() % 4) {
      case 0:
        text[at] = byte;
        break;
      case 1:
        text.insert(at, 1, byte);
        break;
      case 2:
        text.erase(at, 1 + random() % 8);
        break;
      default:
        text.insert(at, text.substr(random() % text.size(), 1 + random() % 60));
        break;
    }
  }
  return text;
}

}  // namespace

TEST_CASE("no prefix of a file crashes the reader") {
  const std::string text = big_file();
  for (std::size_t length = 0; length <= text.size(); ++length) survive(text.substr(0, length));
}

TEST_CASE("no mutation of a file crashes the reader") {
  const std::string text = big_file();
  std::mt19937 random(20240607);
  for (int i = 0; i < 3000; ++i) survive(mutate(text, random));
}
