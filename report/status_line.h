#pragma once
// Lines that stay, and one line below them that is redrawn. Not for several threads at once: Progress locks.

#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>

#include "toolchains/units.h"

namespace pgo_orch::report {

class StatusLine {
 public:
  /// Text that is wider than `width` is clipped when it is redrawn. Without `redraw`, draw() does nothing.
  StatusLine(std::FILE* out, bool redraw, std::size_t width) : out_(out), redraw_(redraw), width_(width) {}

  bool redraws() const { return redraw_; }
  bool paused() const { return paused_; }

  void print(const std::string& line);                  ///< stays; without its newline
  void draw(const std::string& text, Nanoseconds now);  ///< unless it was drawn less than 100 ms ago
  void pause() { paused_ = true; }                      ///< nothing is written until resume(); lines wait
  void resume();
  void finish();  ///< removes the redrawn line, prints what waits

 private:
  void clear();
  void write(const std::string& text);

  std::FILE* out_;
  bool redraw_;
  std::size_t width_;
  bool paused_ = false;
  std::string waiting_;  ///< lines to print after the pause
  std::string drawn_;    ///< as it stands on the terminal
  std::optional<Nanoseconds> drawn_at_;
};

}  // namespace pgo_orch::report
