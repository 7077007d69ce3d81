#pragma once
// A program that a test started, and how it ended.

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>

#include "call.h"

namespace pgo_orch::cli {

struct Result {
  int code = -1;  ///< below zero: ended by that signal
  std::string out, err;
};

/// A pgo-orch that runs.
class Running {
 public:
  Running(pid_t pid, std::filesystem::path folder) : pid_(pid), folder_(std::move(folder)) {}
  Running(Running&& other) noexcept;
  ~Running();  ///< kills it if it was not waited for

  void signal(int number) const;
  Result wait();

 private:
  pid_t pid_;
  std::filesystem::path folder_;
};

/// How a program is started. Its output is read from the files `out` and `err` of the folder `output`.
struct Start {
  std::string program;
  Words arguments;
  Words environment;  ///< "NAME=value"
  std::filesystem::path cwd;
  int out, err;  ///< descriptors, closed here when it has them
  std::filesystem::path output;
};

Running start(const Start& start);

/// Waits for what is going to be true soon; false: it was not, for half a minute.
bool soon(const std::function<bool()>& condition);

std::string text_of(const std::filesystem::path& file);

bool contains(const std::string& text, const std::string& part);

}  // namespace pgo_orch::cli
