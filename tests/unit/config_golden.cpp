// The errors of whole files: tests/golden/config/NAME.toml and NAME.errors. UPDATE_GOLDEN=1
// writes the latter.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "orchestrator/config/config.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace {

using namespace pgo_orch;
namespace fs = std::filesystem;

const fs::path folder = fs::path(PGO_ORCH_SOURCE_DIR) / "tests/golden/config";

std::vector<fs::path> cases() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

/// What main would print, with the golden folder taken out of the paths.
std::string errors_of(const fs::path& file) {
  std::string text;
  try {
    orchestrator::load_config(file);
  } catch (const Error& error) {
    text = std::string(error.what()) + "\n";
  }
  const std::string prefix = folder.string() + "/";
  for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
    text.erase(at, prefix.size());
  return text;
}

}  // namespace

TEST_CASE("each wrong file gives all its errors, in file order, with what to write instead") {
  CHECK(cases().size() > 10);
  for (const fs::path& file : cases()) {
    const fs::path golden = fs::path(file).replace_extension(".errors");
    CAPTURE(file.filename().string());
    const std::string errors = errors_of(file);
    if (std::getenv("UPDATE_GOLDEN")) toolchains::write_file_atomically(golden, errors);
    CHECK(errors == toolchains::read_file(golden));
  }
}
