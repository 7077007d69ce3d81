#include "measure/statistics/series.h"

#include <doctest/doctest.h>

using namespace pgo_orch;
using namespace pgo_orch::measure;

namespace {

Series of(const std::vector<int>& microseconds) {
  Series series;
  for (const int us : microseconds) {
    Sample sample;
    sample.wall = std::chrono::microseconds(us);
    series.rounds.push_back(static_cast<int>(series.rounds.size()) + 1);
    series.samples.push_back(sample);
  }
  return series;
}

}  // namespace

TEST_CASE("layouts agree with an effect when their median difference has its sign") {
  const std::vector<LayoutPair> layouts = {{of({100, 100, 100}), of({98, 98, 150})},
                                           {of({100, 100, 100}), of({101, 102, 50})},
                                           {of({100, 100, 100}), of({100, 100, 100})},
                                           {of({}), of({})}};
  CHECK(layouts_that_agree(layouts, -1.5) == 1);
  CHECK(layouts_that_agree(layouts, 1.5) == 1);
  CHECK(layouts_that_agree({}, 1) == 0);
}
