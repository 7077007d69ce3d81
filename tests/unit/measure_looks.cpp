#include <doctest/doctest.h>

#include <numbers>
#include <string>

#include "measure/statistics/intervals.h"
#include "measure/statistics/verdict.h"

using namespace pgo_orch::measure;
using doctest::Approx;

TEST_CASE("looks are at rounds that grow by a half each time") {
  std::string numbers;
  for (int rounds = 0; rounds < 1000;) numbers += std::to_string(rounds = next_look(rounds)) + " ";
  CHECK(numbers == "8 12 18 27 41 61 92 137 206 308 462 692 1038 ");
}

TEST_CASE("no look comes before the first one at which a claim is possible") {
  for (const double alpha : {0.2, 0.05, 0.01, 0.05 / 14, 0.05 / 1000}) {
    CAPTURE(alpha);
    const int first = first_look(alpha);
    CHECK(!latest_look(first - 1, alpha));
    const auto look = latest_look(first, alpha);
    REQUIRE(look);
    CHECK(look->rounds == first);
    CHECK(look->alpha == Approx(0.06 * alpha));
    CHECK(critical_signed_rank(first, look->alpha / 2));
    CHECK((first == 8 || !critical_signed_rank(first * 2 / 3, look->alpha / 2)));
  }
}

TEST_CASE("between two looks the earlier one holds") {
  const double alpha = 0.05;
  CHECK(latest_look(17, alpha)->rounds == 12);
  CHECK(latest_look(18, alpha)->rounds == 18);
  CHECK(latest_look(1000, alpha)->rounds == 692);
}

TEST_CASE("the first fifteen looks share nine tenths of the error evenly, the later ones the rest") {
  CHECK(latest_look(12, 0.05)->alpha == Approx(0.003));
  CHECK(latest_look(3503, 0.05)->alpha == Approx(0.003));
  CHECK(latest_look(5255, 0.05)->alpha == Approx(0.005 * 6 / (std::numbers::pi * std::numbers::pi)));
  CHECK(latest_look(7883, 0.05)->alpha == Approx(0.005 * 6 / (4 * std::numbers::pi * std::numbers::pi)));
}

TEST_CASE("the error ledger: all looks together spend no more than the claim may err") {
  for (const double alpha : {0.05, 0.05 / 7, 0.01}) {
    double spent = 0;
    for (int rounds = first_look(alpha); rounds < 1'000'000'000; rounds = next_look(rounds))
      spent += latest_look(rounds, alpha)->alpha;
    CHECK(spent <= alpha);
    CHECK(spent > 0.99 * alpha);
  }
}
