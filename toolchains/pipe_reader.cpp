#include "toolchains/pipe_reader.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace pgo_orch::toolchains {

PipeReader::PipeReader(Descriptor pipe, Descriptor file) : pipe_(std::move(pipe)), file_(std::move(file)) {
  if (!pipe_) return;
  stop_ = Descriptor(::eventfd(0, EFD_CLOEXEC));
  ::fcntl(pipe_.get(), F_SETFL, O_NONBLOCK);
  thread_ = std::thread([this] { read(); });
}

PipeReader::~PipeReader() {
  finish();
}

int PipeReader::finish() {
  if (!thread_.joinable()) return failed_;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof one);
  thread_.join();
  return failed_;
}

void PipeReader::read() {
  for (;;) {
    pollfd polled[] = {{pipe_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    if (::poll(polled, 2, -1) < 0) continue;
    if (!take() || polled[1].revents != 0) return;
  }
}

/// All that is there. False at the end.
bool PipeReader::take() {
  for (;;) {
    const auto moved = ::splice(pipe_.get(), nullptr, file_.get(), nullptr, 1U << 20, SPLICE_F_NONBLOCK);
    if (moved > 0 || (moved < 0 && errno == EINTR)) continue;
    if (moved < 0 && errno == EAGAIN) return true;
    if (moved < 0) {
      failed_ = errno;
      pipe_ = {};  // the program must notice
    }
    return false;
  }
}

}  // namespace pgo_orch::toolchains
