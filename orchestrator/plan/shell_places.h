#pragma once
// Paths and tools of a script that runs on other machines, too: what lies in the project or in the state
// folder is named by variables.

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/plan/planner.h"

namespace pgo_orch::orchestrator {

class ShellPlaces {
 public:
  explicit ShellPlaces(const Planner& planner);

  /// Sets the variables: each may be given, and has a default that does not name this machine.
  std::string definitions() const;

  /// One word for the shell, such as -Cprofile-use="$PGO_STATE"/variants/pgo/profiles/merged.profdata.
  std::string word(const std::string& text) const;
  std::string word(const std::filesystem::path& path) const { return word(path.string()); }
  std::string words(const std::vector<std::string>& argv) const;

  /// Commands that write the file.
  std::string write_file(const pgo::GeneratedFile& file) const;

 private:
  std::string environment() const;
  /// A text with places where variables stand for folders: literal, variable, literal, ...
  using Pieces = std::vector<std::pair<std::string, std::string>>;
  Pieces pieces_of(const std::string& text) const;

  const Planner& planner_;
  std::vector<std::pair<std::string, std::string>> folders_;  ///< path -> expansion, the longest path first
};

}  // namespace pgo_orch::orchestrator
