#pragma once
// Flame graphs of a page: folded stacks as trees, small enough to embed.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/table.h"

namespace pgo_orch::report {

/// A function as called by those below it, with all that it calls.
struct Frame {
  std::string name;
  std::int64_t count = 0;
  std::int64_t before = 0;  ///< the baseline's, in a differential graph
  std::vector<Frame> calls;
};

/// The stacks of text in the form of FlameGraph::folded, below a frame "all". Lines that are none are left
/// out. Callees take at least `least` of the whole; those of a frame that take less are one frame, "12
/// smaller".
Frame frames_of_folded(std::string_view folded, bool differential, double least);

/// How many frames are in it.
std::size_t count_frames(const Frame& frame);

/// The functions that take the most themselves, and those that changed most in a differential graph.
Table hot_functions(std::string_view folded, bool differential, const std::string& title, std::size_t most);

}  // namespace pgo_orch::report
