#include "toolchains/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace pgo_orch::toolchains {

Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Descriptor Descriptor::open(const std::filesystem::path& file, int flags, unsigned mode) {
  Descriptor opened(::open(file.c_str(), flags | O_CLOEXEC, mode));
  if (!opened) throw std::system_error(errno, std::generic_category(), file.string());
  // Our own standard streams may be closed; a child's dup2 onto the same number would keep it close-on-exec.
  return opened.get() > STDERR_FILENO ? std::move(opened) : opened.duplicate();
}

Descriptor Descriptor::duplicate() const {
  Descriptor copy(::fcntl(fd_, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!copy) throw std::system_error(errno, std::generic_category(), "dup");
  return copy;
}

}  // namespace pgo_orch::toolchains
