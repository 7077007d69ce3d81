#pragma once
// The part of a request that varies in size: strings, and the pointers to them that execve wants.

#include <cstddef>

#include "measure/timer/protocol.h"

namespace pgo_orch::timer {

/// Lives in pages of its own, which are given back after the run, as our memory is the floor of theirs.
class RequestBody {
 public:
  explicit RequestBody(const Request& request);
  ~RequestBody();
  RequestBody(const RequestBody&) = delete;
  RequestBody& operator=(const RequestBody&) = delete;

  /// Takes the strings off the socket. False if they don't come, or are not what the request says.
  bool read(int socket);

  char** argv() const { return pointers_; }
  char** environment() const { return pointers_ + request_.argc + 1; }

  const char* executable = nullptr;
  const char* cwd = nullptr;
  const char* stdin_file = nullptr;
  const char* stdout_file = nullptr;
  const char* stderr_file = nullptr;

 private:
  char* take();
  char* text() const;
  std::size_t size() const;

  const Request& request_;
  std::size_t pointer_bytes_;
  char** pointers_ = nullptr;  ///< argv, null, environment, null; the text follows
  char* next_ = nullptr;
  bool complete_ = true;
};

}  // namespace pgo_orch::timer
