#pragma once
// rustc's standard error with the times of its passes taken out.

#include <string>
#include <vector>

#include "measure/shim/program/child.h"

namespace pgo_orch::shim {

/// Passes on what is read at once and as it is, but for the lines `time: {"pass":...}` of
/// -Ztime-passes-format=json, which become passes. Only the start of a line that may become such a one is
/// held back.
class PassFilter {
 public:
  explicit PassFilter(std::vector<Pass>& passes) : passes_(passes) {}
  /// Reads once from the descriptor. False at its end.
  bool forward(int from);
  /// Passes on what was held back.
  void finish();

 private:
  void take(char c);
  void end_held_line();

  std::vector<Pass>& passes_;
  std::string out_;
  std::string held_;
  bool in_plain_line_ = false;
};

}  // namespace pgo_orch::shim
