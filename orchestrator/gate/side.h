#pragma once
// The two versions that a gate compares: where their sources are, and what builds them.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "orchestrator/config/config.h"
#include "orchestrator/store/layout.h"
#include "toolchains/command.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

inline constexpr const char* base_name = "BASE";
inline constexpr const char* head_name = "HEAD";

/// One of them.
struct Side {
  std::string name;                  ///< BASE or HEAD
  std::string given;                 ///< as the user named it
  std::string revision;              ///< id of the commit; empty: a folder or a file
  std::filesystem::path programs;    ///< an executable, or a folder of them; empty: it is built
  std::filesystem::path repository;  ///< that the commit is in
  std::filesystem::path checkout;    ///< where it is checked out when it is built
  std::filesystem::path sources;     ///< what is built lies in there
  std::filesystem::path file;        ///< where the version's pgo.toml would be; the user's counts for both
};

/// From words to sides. Both versions are built by the user's pgo.toml, run on the user's inputs.
class SideFinder {
 public:
  SideFinder(const Config& config, const Layout& layout, toolchains::Runner& runner);

  /// Both as they were named: a folder if there is one of this name, else a revision of the repository that
  /// the project is in. Error: it is neither, or not of this project.
  std::pair<Side, Side> built(const std::string& base, const std::string& head);
  /// An executable, or a folder of executables. Error: it is neither.
  static Side finished(const std::string& name, const std::filesystem::path& given);

 private:
  Side of_revision(Side side);
  bool leaks_into(const Side& side);
  void place(Side& side) const;
  Side in_folder(Side side) const;

  const Config& config_;
  const Layout& layout_;
  toolchains::Runner& runner_;
  std::filesystem::path root_;     ///< of pgo.toml, without links
  std::filesystem::path project_;  ///< that what is built lies in, without links
  std::filesystem::path top_;      ///< of the repository; empty: there is none
  std::unique_ptr<toolchains::TempDir> apart_;
};

/// Has the commit's files lie there, unchanged, as git has them. Nothing for what is no commit.
void check_out(const Side& side, toolchains::Runner& runner);

/// The configuration by which a side is built: the user's, for the sources of that side. `pgo`: false leaves
/// a profile out. Error: pgo.toml names sources that would be the same for any revision.
Config config_of(const Side& side, const Config& user, const std::string& variant, bool pgo);

}  // namespace pgo_orch::orchestrator
