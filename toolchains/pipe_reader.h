#pragma once
// Inside the runner: reads what a program writes to a pipe, so that it is never held up.

#include <thread>

#include "toolchains/descriptor.h"

namespace pgo_orch::toolchains {

class PipeReader {
 public:
  /// Writes what it reads to the file. Without a pipe it does nothing.
  PipeReader(Descriptor pipe, Descriptor file);
  /// Takes what is left, and ends, even if somebody still has the other end open. Returns the errno of a
  /// write that failed, or 0.
  int finish();
  ~PipeReader();
  PipeReader(const PipeReader&) = delete;
  PipeReader& operator=(const PipeReader&) = delete;

 private:
  void read();
  bool take();

  Descriptor pipe_, file_, stop_;
  int failed_ = 0;
  std::thread thread_;
};

}  // namespace pgo_orch::toolchains
