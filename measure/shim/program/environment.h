#pragma once
// The tool's environment: the shim's own, with changes.

#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::shim {

class Environment {
 public:
  /// This process's own.
  Environment();
  void set(std::string_view name, std::string_view value);
  /// For execve, as long as the object lives unchanged.
  char* const* pointers();

 private:
  std::vector<char*> entries_;
  std::vector<std::string> own_;
};

/// Is the variable "1"?
bool is_on(const char* variable);

/// Empty if it is not set.
std::string_view variable(const char* name);

}  // namespace pgo_orch::shim
