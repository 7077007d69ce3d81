#pragma once
// Copies of executables that differ in nothing but their content: identical programs in different files
// differ lastingly (by 2.85 % in one pair), so every program gets a fresh copy under equal conditions every
// few rounds.

#include <filesystem>
#include <string>
#include <vector>

#include "measure/rounds/rounds.h"

namespace pgo_orch::measure {

/// Below a scratch folder: `scratch/copies/000/name`, `scratch/copies/001/name`, ...: the same file name in
/// sibling folders with names of the same length. What lies beside an executable lies beside its copy.
class FairCopies {
 public:
  /// An empty executable, for what is not a file of ours, has no copy. Refers to the contenders.
  FairCopies(const std::filesystem::path& scratch, std::string file_name,
             const std::vector<Contender>& contenders);
  ~FairCopies();
  FairCopies(const FairCopies&) = delete;
  FairCopies& operator=(const FairCopies&) = delete;

  /// Removes all copies and makes new ones: the k-th of `order` is copied k-th, into folder k. Throws Error
  /// if it cannot, but for a contender that was checked, whose file is gone.
  void renew(const std::vector<int>& order);

  /// The current copy of executable `index`; empty if it has none.
  const std::filesystem::path& operator[](int index) const {
    return copies_[static_cast<std::size_t>(index)];
  }

  /// Why the copy of `index`, or what lies beside it, is not what was checked; "": it is.
  std::string replaced(int index) const;

 private:
  void copy(const Contender& contender, const std::filesystem::path& to) const;

  const std::vector<Contender>& contenders_;
  std::filesystem::path folder_;
  std::string file_name_;
  std::vector<std::filesystem::path> copies_;
  std::vector<std::string> missing_;  ///< why a checked file could not be copied; "": it was
};

}  // namespace pgo_orch::measure
