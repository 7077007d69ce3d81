#pragma once
// Patterns of paths, as .gitignore and shells have them.

#include <memory>
#include <string>
#include <string_view>

namespace pgo_orch::orchestrator {

/// The pattern as an extended regular expression (POSIX) of a whole relative path, which `grep -E` reads,
/// too:
/// `*` and `?` stand for characters of one name, `[a-z]` for one of them, `**/` for any folders, `/**` for
/// all below a folder. A backslash takes the next character as it is. "": it is not a pattern of relative
/// paths.
std::string glob_regex(std::string_view pattern);

class Glob {
 public:
  /// `pattern`: one that glob_regex takes.
  explicit Glob(std::string_view pattern);
  bool matches(const std::string& path) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace pgo_orch::orchestrator
