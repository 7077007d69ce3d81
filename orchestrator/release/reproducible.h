#pragma once
// The same bytes from another folder of another user: what must be told to compilers, the second build, and
// what differs.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/plan/planner.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

/// The variant with the folders of this machine replaced in what compilers write into executables: rustc's
/// --remap-path-prefix, and -ffile-prefix-map for C that build scripts compile. `folders`: what becomes what;
/// the later wins.
using FolderNames = std::vector<std::pair<std::filesystem::path, std::string>>;
Variant with_folders_remapped(Variant variant, const FolderNames& folders);

/// Where cargo keeps crates: CARGO_HOME, else .cargo in the home folder.
std::filesystem::path cargo_home();

/// While it lives, this process and what it starts have another home folder, time zone, locale and umask, and
/// what it starts another date.
class OtherWorld {
 public:
  /// The folder is made where it is missing; it keeps the new home, and a link to the clock.
  explicit OtherWorld(const std::filesystem::path& folder);
  ~OtherWorld();
  OtherWorld(const OtherWorld&) = delete;
  OtherWorld& operator=(const OtherWorld&) = delete;

  /// For people: what it changes.
  static const char* what_differs();

 private:
  toolchains::EnvironmentChanges before_;
  unsigned umask_;
};

/// What differs between two builds of an executable: sections, and the functions and data in them that
/// symbols name, a few of them, and the first text. "": nothing does.
std::string difference_of(const std::filesystem::path& one, const std::filesystem::path& other);

/// Some of the names, and how many more there are.
std::string few_of(const std::vector<std::string>& names);

/// Functions that differ in what `llvm-profdata show` prints of two profiles; demangled.
std::vector<std::string> functions_that_differ(std::string_view one, std::string_view other);

}  // namespace pgo_orch::orchestrator
