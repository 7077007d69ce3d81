#include <algorithm>
#include <array>
#include <string_view>

#include "orchestrator/config/find.h"
#include "orchestrator/start/facts.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_looked_at = 50'000;  // a monorepo is not read to its end
constexpr std::uint64_t smallest = 1024;        // bytes: less keeps no program busy

constexpr std::array<std::string_view, 19> folders_of_data{
    "test",    "tests",   "testdata",  "test_data",  "test-data", "testing",  "fixtures",
    "fixture", "data",    "samples",   "sample",     "example",   "examples", "corpus",
    "bench",   "benches", "benchmark", "benchmarks", "inputs"};

constexpr std::array<std::string_view, 7> not_inputs{".rs",     ".toml",   ".lock", ".snap",
                                                     ".stdout", ".stderr", ".py"};

bool is_left_out(const fs::path& folder) {
  const auto name = folder.filename().string();
  return name.starts_with(".") || name == "target" || name == "node_modules" || name == "vendor";
}

bool lies_among_data(const fs::path& relative) {
  return std::ranges::any_of(relative.parent_path(), [](const fs::path& folder) {
    return contains(folders_of_data, std::string_view(folder.native()));
  });
}

}  // namespace

std::vector<InputFact> find_inputs(const fs::path& root, std::size_t most) {
  std::vector<InputFact> found;
  std::error_code error;
  fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error);
  for (std::size_t seen = 0; !error && at != fs::recursive_directory_iterator() && seen < most_looked_at;
       at.increment(error), ++seen) {
    const auto& entry = *at;
    std::error_code gone;
    if (entry.is_directory(gone)) {
      if (is_left_out(entry.path())) at.disable_recursion_pending();
      continue;
    }
    const auto relative = entry.path().lexically_relative(root);
    if (entry.is_symlink(gone) || !entry.is_regular_file(gone) || !lies_among_data(relative) ||
        relative.filename().string().starts_with(".") ||
        contains(not_inputs, std::string_view(relative.extension().native())))
      continue;
    if (const auto size = entry.file_size(gone); !gone && size >= smallest)
      found.push_back({relative, Bytes{size}});
  }
  std::ranges::sort(found, [](const InputFact& a, const InputFact& b) {
    return a.size.count != b.size.count ? a.size.count > b.size.count : a.path < b.path;
  });
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace pgo_orch::orchestrator
