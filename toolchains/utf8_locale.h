#pragma once
// Names as UTF-8 for libraries that ask the locale, such as libarchive, whatever the user's is.

#include <clocale>

namespace pgo_orch::toolchains {

/// While it lives, this thread's character set is UTF-8. (C.UTF-8 is in every glibc of Debian and since 2.35
/// in all; where it is missing, names with other letters than ASCII cannot be in archives.)
class Utf8Locale {
 public:
  Utf8Locale() : own_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (own_) before_ = ::uselocale(own_);
  }
  ~Utf8Locale() {
    if (!own_) return;
    ::uselocale(before_);
    ::freelocale(own_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  ::locale_t own_;
  ::locale_t before_ = nullptr;
};

}  // namespace pgo_orch::toolchains
