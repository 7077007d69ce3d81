#pragma once
// The exit codes that a program may end with.

#include <string>
#include <utility>
#include <vector>

namespace pgo_orch::toolchains {

class ExitCodes {
 public:
  ExitCodes() = default;
  ExitCodes(int code) : codes_{code} {}  // NOLINT(google-explicit-constructor): mostly there is one
  explicit ExitCodes(std::vector<int> codes) : codes_(std::move(codes)) {}

  bool contain(int code) const;
  const std::vector<int>& all() const { return codes_; }
  /// "0", "0 or 1", "0, 1 or 3"
  std::string text() const;
  bool operator==(const ExitCodes&) const = default;

 private:
  std::vector<int> codes_{0};
};

}  // namespace pgo_orch::toolchains
