#include <doctest/doctest.h>

#include "orchestrator/commands/history_text.h"

using namespace pgo_orch::orchestrator;

namespace {

using Numbers = std::vector<std::optional<double>>;

}  // namespace

TEST_CASE("a sparkline goes from the lowest to the highest block") {
  CHECK(sparkline(Numbers{0, 1, 2, 3, 4, 5, 6, 7}, {}, 0) == "▁▂▃▄▅▆▇█");
  CHECK(sparkline(Numbers{-3, -10, -3}, {}, 0) == "█▁█");
}

TEST_CASE("a sparkline shows noise as noise, gaps as gaps, and where numbers stop being comparable") {
  CHECK(sparkline(Numbers{0, 0.1, 0}, {}, 0) == "▁█▁");
  CHECK(sparkline(Numbers{0, 0.1, 0}, {}, 1) == "▄▅▄");
  CHECK(sparkline(Numbers{0, std::nullopt, 7}, {}, 0) == "▁ █");
  CHECK(sparkline(Numbers{0, 7, 7}, {1}, 0) == "▁|██");
  CHECK(sparkline(Numbers{2, 2}, {}, 0) == "▄▄");
  CHECK(sparkline({}, {}, 0).empty());
  CHECK(sparkline(Numbers{std::nullopt}, {}, 0).empty());
}

TEST_CASE("a long sparkline is its end") {
  CHECK(sparkline(Numbers{9, 9, 0, 7}, {2}, 0, 2) == "▁█");
}
