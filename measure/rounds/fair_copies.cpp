#include "measure/rounds/fair_copies.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/search_path.h"

namespace pgo_orch::measure {

namespace fs = std::filesystem;

FairCopies::FairCopies(const fs::path& scratch, std::string file_name,
                       const std::vector<Contender>& contenders)
    : contenders_(contenders),
      folder_(scratch / "copies"),
      file_name_(std::move(file_name)),
      copies_(contenders.size()),
      missing_(contenders.size()) {}

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
    const auto& contender = contenders_[index];
    if (contender.executable.empty()) continue;
    copies_[index] = folder_ / fmt::format("{:03}", place) / file_name_;
    missing_[index].clear();
    try {
      copy(contender, copies_[index]);
    } catch (const Error& failed) {
      if (contender.checked.empty()) throw;
      missing_[index] = failed.what();
    }
  }
}

/// Executables beside the program are copied as well; other files are only read, so they are linked.
void FairCopies::copy(const Contender& contender, const fs::path& to) const {
  toolchains::copy_file_exact(contender.executable, to);  // with pages of its own
  if (contender.beside.empty()) return;
  for (const auto& entry : fs::directory_iterator(contender.beside)) {
    const fs::path name = entry.path().filename();
    if (name == contender.executable.filename() || name == to.filename()) continue;
    const fs::path place = to.parent_path() / name;
    if (entry.is_regular_file() && toolchains::is_executable(entry.path()))
      toolchains::copy_file_exact(entry.path(), place);
    else
      fs::create_symlink(fs::absolute(entry.path()), place);
  }
}

std::string FairCopies::replaced(int index) const {
  const auto& contender = contenders_[static_cast<std::size_t>(index)];
  const fs::path& copy = (*this)[index];
  if (copy.empty()) return "";
  if (const auto& missing = missing_[static_cast<std::size_t>(index)]; !missing.empty()) return missing;
  for (const auto& checked : contender.checked) {
    const bool is_program = checked.file == contender.executable;
    if (!is_program && checked.file.parent_path() != contender.beside) continue;
    const fs::path place = is_program ? copy : copy.parent_path() / checked.file.filename();
    if (auto problem = toolchains::replaced(checked, place); !problem.empty()) return problem;
  }
  return "";
}

}  // namespace pgo_orch::measure
