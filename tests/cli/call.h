#pragma once
// What the toys wrote down: see fake/common.sh.

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pgo_orch::cli {

using Words = std::vector<std::string>;

Words split(const std::string& text, char separator);

/// One call of a toy tool, or a run of a toy program outside of measuring ("program").
struct Call {
  std::string tool, cwd;
  std::vector<std::string> args;
  std::map<std::string, std::string> env;  ///< what of the watched variables was set: see fake/common.sh

  bool has(const std::string& argument) const;
  std::string behind(const std::string& option) const;  ///< "" if it is not there
  std::optional<std::string> variable(const std::string& name) const;
  std::string flags() const;  ///< CARGO_ENCODED_RUSTFLAGS, with spaces
};

/// All calls that the log of the toys tells of.
std::vector<Call> calls_in(const std::string& log);

}  // namespace pgo_orch::cli
