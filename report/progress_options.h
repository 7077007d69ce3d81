#pragma once
// How much is shown while a run works, and how.

#include <cstddef>
#include <cstdio>

namespace pgo_orch::report {

enum class Verbosity {
  quiet,  ///< errors only
  normal,
  verbose  ///< each command too; nothing is redrawn
};

struct ProgressOptions {
  bool redraw = false;  ///< `out` is a terminal that can
  bool color = false;
  Verbosity verbosity = Verbosity::normal;
  std::size_t width = 80;
  bool ticking = true;  ///< while redrawing, a thread keeps the elapsed time up to date
};

/// What suits `out`: no redrawing when it is no terminal, TERM is "dumb" or CI is set. Colour is the caller's
/// choice.
ProgressOptions options_for(std::FILE* out, bool color, Verbosity verbosity);

}  // namespace pgo_orch::report
