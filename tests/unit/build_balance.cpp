#include "orchestrator/build/balance.h"

#include <doctest/doctest.h>

using pgo_orch::orchestrator::balanced_weights;
using Weights = std::vector<std::int64_t>;

TEST_CASE("weights make all as heavy as the heaviest") {
  CHECK(balanced_weights({1, 1, 1}, {100, 50, 30}, false) == Weights{1, 2, 3});
  CHECK(balanced_weights({1, 4}, {10, 10}, false) == Weights{1, 4});
  CHECK(balanced_weights({2, 1}, {1, 1'000'000'000'000}, false) == Weights{2'000'000'000'000, 1});
}

TEST_CASE("what cost nothing keeps its weight") {
  CHECK(balanced_weights({3, 1}, {0, 5}, false) == Weights{3, 1});
  CHECK(balanced_weights({3, 1}, {0, 0}, false) == Weights{3, 1});
}

TEST_CASE("times that differ a little make the same weights") {
  CHECK(balanced_weights({1, 1}, {1000, 240}, true) == Weights{1, 4});
  CHECK(balanced_weights({1, 1}, {1000, 270}, true) == Weights{1, 4});
  CHECK(balanced_weights({5, 1}, {1000, 900}, true) == Weights{5, 1});
}
