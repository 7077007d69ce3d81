#include "measure/shim/program/passes.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace pgo_orch::shim {
namespace {

constexpr std::string_view start_of_line = "time: {";

/// What follows `"name":`, a string without its quotes. rustc writes these lines with names that need no
/// escapes and no spaces (rustc_data_structures, profiling.rs: print_time_passes_entry).
std::string_view field(std::string_view line, std::string_view name) {
  const auto key = "\"" + std::string(name) + "\":";
  const auto at = line.find(key);
  if (at == std::string_view::npos) return {};
  auto value = line.substr(at + key.size());
  if (value.starts_with('"')) return value.substr(1, value.find('"', 1) - 1);
  return value.substr(0, value.find_first_of(",}"));
}

bool read_pass(std::string_view line, Pass& pass) {
  const auto seconds = std::string(field(line, "time"));
  pass.name = field(line, "pass");
  char* end = nullptr;
  pass.seconds = strtod(seconds.c_str(), &end);
  return !pass.name.empty() && !seconds.empty() && *end == '\0';
}

/// Standard error may be non-blocking, if our caller made it so.
void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = write(2, text.data(), text.size());
    if (done > 0) text.remove_prefix(static_cast<std::size_t>(done));
    if (done >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) return;
    pollfd writable{2, POLLOUT, 0};
    poll(&writable, 1, -1);
  }
}

}  // namespace

void PassFilter::end_held_line() {
  Pass pass;
  if (read_pass(held_, pass)) {
    pass.end_ns = now_ns();
    passes_.push_back(std::move(pass));
  } else {
    out_ += held_;
  }
  held_.clear();
}

void PassFilter::take(char c) {
  if (in_plain_line_) {
    out_ += c;
    in_plain_line_ = c != '\n';
    return;
  }
  held_ += c;
  const auto compared = std::min(held_.size(), start_of_line.size());
  if (held_.compare(0, compared, start_of_line, 0, compared) != 0) {
    out_ += std::exchange(held_, {});
    in_plain_line_ = c != '\n';
  } else if (c == '\n') {
    end_held_line();
  }
}

bool PassFilter::forward(int from) {
  char buffer[16 * 1024];
  const ssize_t got = read(from, buffer, sizeof buffer);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  for (ssize_t i = 0; i < got; ++i) take(buffer[i]);
  write_all(std::exchange(out_, {}));
  return got > 0;
}

void PassFilter::finish() {
  write_all(std::exchange(held_, {}));
}

}  // namespace pgo_orch::shim
