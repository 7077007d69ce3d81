#include "measure/rounds/fair_copies.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::measure {
namespace fs = std::filesystem;

FairCopies::FairCopies(const fs::path& scratch, std::string file_name, std::vector<fs::path> executables)
    : folder_(scratch / "copies"),
      file_name_(std::move(file_name)),
      executables_(std::move(executables)),
      copies_(executables_.size()) {}

FairCopies::~FairCopies() {
  std::error_code ignored;  // what is left in a scratch folder does no harm
  fs::remove_all(folder_, ignored);
}

void FairCopies::renew(const std::vector<int>& order) {
  std::error_code error;
  fs::remove_all(folder_, error);
  if (error) throw Error(fmt::format("cannot remove {}: {}", folder_.string(), error.message()));
  for (std::size_t place = 0; place < order.size(); ++place) {
    const auto index = static_cast<std::size_t>(order[place]);
    if (executables_[index].empty()) continue;
    copies_[index] = folder_ / fmt::format("{:03}", place) / file_name_;
    toolchains::copy_file_exact(executables_[index], copies_[index]);  // its pages and its place are its own
  }
}

}  // namespace pgo_orch::measure
