#pragma once
// Answers of a search on the machine: what was found and why that one, or what is missing and
// what installs it.

#include <cassert>
#include <optional>
#include <string>
#include <utility>

namespace pgo_orch::toolchains {

/// Something that is not there, or does not fit.
struct Missing {
  std::string what;  ///< lower case: "no llvm-profdata of LLVM 22 (/usr/bin/llvm-profdata is 14)"
  std::string hint;  ///< the command that installs it: "apt-get install llvm-22"; may be empty
};

/// Either a T or the reason why there is none. Never throws for something that is merely absent.
template <typename T>
class [[nodiscard]] Probe {
 public:
  Probe(T found) : found_(std::move(found)) {}
  Probe(Missing missing) : missing_(std::move(missing)) {}

  explicit operator bool() const { return found_.has_value(); }
  const T& operator*() const {
    assert(found_ && "a probe is asked first");
    return *found_;
  }
  const T* operator->() const { return &**this; }
  const Missing& missing() const { return missing_; }  ///< empty when something was found

 private:
  std::optional<T> found_;
  Missing missing_;
};

/// Yes, or no with the reason.
struct [[nodiscard]] Answer {
  bool yes = false;
  std::string reason;  ///< of a no; may say more about a yes
  explicit operator bool() const { return yes; }
};

/// "WHAT: try `HINT`", or WHAT alone.
std::string describe(const Missing& missing);

}  // namespace pgo_orch::toolchains
