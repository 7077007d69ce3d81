#pragma once
// Copies of executables that differ in nothing but their content: identical programs in different files
// differ lastingly (by 2.85 % in one pair), so every program gets a copy under like conditions, anew every
// few rounds.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pgo_orch::measure {

/// Copies below a scratch folder: `scratch/copies/000/name`, `scratch/copies/001/name`, ... the same file
/// name in sibling folders with names of the same length. `copies` goes with this object.
class FairCopies {
 public:
  /// `executables` may have empty paths, for what is not a file of ours: those have no copies.
  FairCopies(const std::filesystem::path& scratch, std::string file_name,
             std::vector<std::filesystem::path> executables);
  ~FairCopies();
  FairCopies(const FairCopies&) = delete;
  FairCopies& operator=(const FairCopies&) = delete;

  /// Removes all copies and makes new ones, in this order: the k-th of `order` comes k-th and gets folder k.
  /// Throws Error if it can't.
  void renew(const std::vector<int>& order);

  /// Where executable `index` stands now; empty if it has no copy.
  const std::filesystem::path& operator[](int index) const {
    return copies_[static_cast<std::size_t>(index)];
  }

 private:
  std::filesystem::path folder_;
  std::string file_name_;
  std::vector<std::filesystem::path> executables_;
  std::vector<std::filesystem::path> copies_;
};

}  // namespace pgo_orch::measure
