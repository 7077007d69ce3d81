#include "measure/timer/program/request_body.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <initializer_list>

namespace pgo_orch::timer {
namespace {

constexpr std::uint32_t large_bytes = 64 * 1024;

/// What we start inherits the peak of our own memory, unless it is reset (proc(5), clear_refs).
void forget_peak_memory() {
  const int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] const auto written = write(fd, "5", 1);
  close(fd);
}

}  // namespace

RequestBody::RequestBody(const Request& request)
    : request_(request), pointer_bytes_((std::size_t{request.argc} + request.envc + 2) * sizeof(char*)) {
  if (request.body_bytes == 0 || request.body_bytes > max_body) return;
  if (request.argc > request.body_bytes || request.envc > request.body_bytes) return;
  void* const pages = mmap(nullptr, size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages != MAP_FAILED) pointers_ = static_cast<char**>(pages);
}

RequestBody::~RequestBody() {
  if (pointers_ != nullptr) munmap(pointers_, size());
  if (size() > large_bytes) forget_peak_memory();
}

bool RequestBody::read(int socket) {
  if (pointers_ == nullptr) return false;
  next_ = text();
  const ssize_t got = recv(socket, next_, request_.body_bytes, MSG_WAITALL);
  if (got != static_cast<ssize_t>(request_.body_bytes) || next_[got - 1] != '\0') return false;
  for (const char** field : {&executable, &cwd, &stdin_file, &stdout_file, &stderr_file}) *field = take();
  for (std::uint32_t i = 0; i < request_.argc; ++i) argv()[i] = take();
  for (std::uint32_t i = 0; i < request_.envc; ++i) environment()[i] = take();
  return complete_;
}

/// The next string; the last byte of the text is a NUL, so strlen stays within it.
char* RequestBody::take() {
  if (next_ == text() + request_.body_bytes) complete_ = false;
  if (!complete_) return nullptr;
  char* const string = next_;
  next_ += strlen(string) + 1;
  return string;
}

char* RequestBody::text() const {
  return reinterpret_cast<char*>(pointers_) + pointer_bytes_;
}

std::size_t RequestBody::size() const {
  return pointer_bytes_ + request_.body_bytes;
}

}  // namespace pgo_orch::timer
