#include "measure/statistics/statistics.h"

#include <doctest/doctest.h>

using namespace pgo_orch::measure;

TEST_CASE("a phase must shrink by what is missing, as a share of what it takes") {
  // (2.64 - 2.10) / (0.97 * 2.64)
  CHECK(*needed_reduction(2.64, 2.10, 0.97) == doctest::Approx(0.21087).epsilon(1e-4));
  CHECK(*needed_reduction(2.64, 2.10, 0.25) == doctest::Approx(0.81818).epsilon(1e-4));
}

TEST_CASE("a phase that takes less than what is missing cannot reach a target alone") {
  CHECK(*needed_reduction(2.0, 1.0, 0.4) == doctest::Approx(1.25));
  CHECK(!needed_reduction(2.0, 1.0, 0));
}

TEST_CASE("a target that is reached needs nothing") {
  CHECK(*needed_reduction(2.0, 2.0, 0.4) == 0);
  CHECK(*needed_reduction(2.0, 3.0, 0) == 0);
}

TEST_CASE("a phase dominates if it takes more than the limit") {
  const std::vector<Phase> phases = {{"startup", {}, 0.3}, {"compute", {}, 0.5}, {"shutdown", {}, 0.2}};
  CHECK(!dominant(phases, dominant_in_a_run));
  CHECK(*dominant(phases, dominant_in_a_build) == "compute");
  CHECK(!dominant({}, dominant_in_a_run));
}

TEST_CASE("parts are ranked by what they take") {
  const auto ranked = by_share({{"a", 0.2}, {"b", 0.5}, {"c", 0.2}});
  CHECK(ranked[0].name == "b");
  CHECK(ranked[1].name == "a");
  CHECK(ranked[2].name == "c");
}
