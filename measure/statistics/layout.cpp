#include "measure/statistics/layout.h"

#include <algorithm>

#include "measure/statistics/differences.h"
#include "measure/statistics/statistics.h"

namespace pgo_orch::measure {

int layouts_that_agree(const std::vector<LayoutPair>& layouts, double effect) {
  return static_cast<int>(std::ranges::count_if(layouts, [&](const LayoutPair& layout) {
    std::vector<double> values;
    for (const auto& [round, difference] : differences(layout.baseline, layout.variant))
      values.push_back(difference.value);
    return !values.empty() && median(values) * effect > 0;
  }));
}

}  // namespace pgo_orch::measure
