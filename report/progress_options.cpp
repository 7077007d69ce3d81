#include "report/progress_options.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace pgo_orch::report {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

ProgressOptions options_for(std::FILE* out, bool color, Verbosity verbosity) {
  ProgressOptions options{.color = color, .verbosity = verbosity};
  const int descriptor = fileno(out);
  options.redraw = isatty(descriptor) == 1 && environment("TERM") != "dumb" && environment("CI").empty();
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) options.width = size.ws_col;
  return options;
}

}  // namespace pgo_orch::report
