#pragma once
// An open file descriptor, closed at the end of its life.

#include <filesystem>

namespace pgo_orch::toolchains {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  /// Opens close-on-exec, never as 0, 1 or 2. Throws std::system_error: "PATH: no such file or directory".
  static Descriptor open(const std::filesystem::path& file, int flags, unsigned mode = 0666);
  Descriptor duplicate() const;  ///< as the member above

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

}  // namespace pgo_orch::toolchains
