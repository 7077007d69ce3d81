#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <string>

#include "measure/statistics/intervals.h"
#include "measure/statistics/verdict.h"

using namespace pgo_orch::measure;
using doctest::Approx;

namespace {

/// The sum of 1/sqrt(k), k = 1..22.
constexpr double early_weights = 8.02667;

}  // namespace

TEST_CASE("looks are at rounds that grow by a quarter each time") {
  std::string numbers;
  for (int rounds = 0; rounds < 1000;) numbers += std::to_string(rounds = next_look(rounds)) + " ";
  CHECK(numbers == "8 10 13 16 20 25 31 39 48 60 75 94 117 146 182 228 285 356 445 556 694 868 1085 ");
}

TEST_CASE("no look comes before the first one at which a claim is possible") {
  for (const double alpha : {0.2, 0.05, 0.01, 0.05 / 14, 0.05 / 1000}) {
    CAPTURE(alpha);
    const int first = first_look(alpha);
    CHECK(!latest_look(first - 1, alpha));
    const auto look = latest_look(first, alpha);
    REQUIRE(look);
    CHECK(look->rounds == first);
    CHECK(look->alpha == Approx(0.75 * alpha / early_weights));
    CHECK(critical_signed_rank(first, look->alpha / 2));
    CHECK((first == 8 || !critical_signed_rank(first * 4 / 5, look->alpha / 2)));
  }
}

TEST_CASE("between two looks the earlier one holds") {
  const double alpha = 0.05;
  CHECK(latest_look(15, alpha)->rounds == 13);
  CHECK(latest_look(16, alpha)->rounds == 16);
  CHECK(latest_look(1000, alpha)->rounds == 868);
}

TEST_CASE(
    "the first 22 looks share three quarters of the error, the earlier the more, the later ones a fortieth") {
  const double first_share = 0.75 * 0.05 / early_weights;
  const double first_later = 0.025 * 0.05 * 6 / (std::numbers::pi * std::numbers::pi);
  CHECK(latest_look(10, 0.05)->alpha == Approx(first_share));
  CHECK(latest_look(16, 0.05)->alpha == Approx(first_share / std::sqrt(3)));
  CHECK(latest_look(1085, 0.05)->alpha == Approx(first_share / std::sqrt(22)));
  CHECK(latest_look(1356, 0.05)->alpha == Approx(first_later));
  CHECK(latest_look(1695, 0.05)->alpha == Approx(first_later / 4));
}

TEST_CASE("when the time is up, all rounds count, and a fifth of the error") {
  CHECK(closing_look(50, 0.05, 1)->rounds == 50);
  CHECK(closing_look(50, 0.05, 1)->alpha == Approx(0.01));
  CHECK(closing_look(50, 0.05, 2)->alpha == Approx(0.75 * 0.05 / early_weights / std::sqrt(8)));
  CHECK(closing_look(50, 0.05, 2)->rounds == 48);  // the latest look, which has more of the error
  CHECK(closing_look(50, 0.05, 0)->rounds == 48);
  CHECK(closing_look(5000, 0.05, 2)->alpha == Approx(0.000625));
  CHECK(!closing_look(7, 0.05, 1));
  CHECK(closing_look(8, 0.05, 1)->rounds == 8);
}

TEST_CASE("the error ledger: all looks together spend no more than the claim may err") {
  for (const double alpha : {0.05, 0.05 / 7, 0.01}) {
    double spent = 0;
    for (int rounds = first_look(alpha); rounds < 1'000'000'000; rounds = next_look(rounds))
      spent += latest_look(rounds, alpha)->alpha;
    for (int ends = 1; ends <= 8; ++ends) spent += closing_look(1'000'000'000, alpha, ends)->alpha;
    CHECK(spent <= alpha);
    CHECK(spent > 0.99 * alpha);
  }
}
