#include "report/status_line.h"

#include <utility>

#include "report/text.h"

namespace pgo_orch::report {

namespace {

constexpr Nanoseconds redraw_interval = std::chrono::milliseconds(100);
constexpr const char* erase_to_end = "\x1b[K";

}  // namespace

void StatusLine::print(const std::string& line) {
  if (paused_) {
    waiting_ += line + "\n";
    return;
  }
  const std::string below = drawn_;
  clear();
  write(line + "\n" + below);
  drawn_ = below;
}

void StatusLine::draw(const std::string& text, Nanoseconds now) {
  if (!redraw_ || paused_ || text.empty()) return;
  if (drawn_at_ && now - *drawn_at_ < redraw_interval) return;
  std::string line = clip(text, width_ - 1);  // the last column would make some terminals wrap
  if (line == drawn_) return;
  write("\r" + line + erase_to_end);
  drawn_ = std::move(line);
  drawn_at_ = now;
}

void StatusLine::resume() {
  paused_ = false;
  std::string lines = std::exchange(waiting_, "");
  if (lines.empty()) return;
  lines.pop_back();
  print(lines);
}

void StatusLine::finish() {
  resume();
  clear();
}

void StatusLine::clear() {
  if (!drawn_.empty()) write(std::string("\r") + erase_to_end);
  drawn_.clear();
}

/// Whole and at once, so that lines of other writers don't get in between.
void StatusLine::write(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), out_);
  std::fflush(out_);
}

}  // namespace pgo_orch::report
