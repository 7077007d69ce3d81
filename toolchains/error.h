#pragma once
// The one exception of the program: something that the user must fix.

#include <stdexcept>
#include <string>

namespace pgo_orch {

/// Exit codes of the program, as its users rely on them.
enum class Exit : int {
  ok = 0,
  failed = 1,        ///< a variant failed, printed something wrong, missed a goal or got slower than allowed
  usage = 2,         ///< wrong usage or configuration
  tool = 3,          ///< a tool that is needed is missing or does not fit
  interrupted = 130  ///< SIGINT; SIGTERM ends with 143
};

/// What the user must fix. The text is lower case and says what, where and what next; `main` puts
/// "error: " first.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& text, Exit code = Exit::usage) : std::runtime_error(text), code_(code) {}
  Exit code() const noexcept { return code_; }

 private:
  Exit code_;
};

}  // namespace pgo_orch
