#pragma once
// A file of JSON objects, one on each line, that outlives a program that is killed while it writes.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

namespace pgo_orch::orchestrator {

class JsonLines {
 public:
  explicit JsonLines(std::filesystem::path file) : file_(std::move(file)) {}

  bool exists() const { return std::filesystem::exists(file_); }
  /// Adds a line in a single write; ends one that a killed program left without an end first.
  void append(const nlohmann::json& object) const;
  /// The objects in their order. Lines that are not objects (cut ones) are left out; no file: none.
  std::vector<nlohmann::json> read() const;
  void remove() const { std::filesystem::remove(file_); }

 private:
  std::filesystem::path file_;
};

}  // namespace pgo_orch::orchestrator
