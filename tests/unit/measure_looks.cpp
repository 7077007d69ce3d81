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
    CHECK(look->alpha == Approx(0.0375 * alpha));
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

TEST_CASE("the first twelve looks share nine twentieths of the error evenly, the later ones a twentieth") {
  const double first_later = 0.05 * 0.05 * 6 / (std::numbers::pi * std::numbers::pi);
  CHECK(latest_look(12, 0.05)->alpha == Approx(0.001875));
  CHECK(latest_look(1038, 0.05)->alpha == Approx(0.001875));
  CHECK(latest_look(1557, 0.05)->alpha == Approx(first_later));
  CHECK(latest_look(2336, 0.05)->alpha == Approx(first_later / 4));
}

TEST_CASE("when the time is up, all rounds count, and nearly half of the error") {
  CHECK(closing_look(50, 0.05, 1)->rounds == 50);
  CHECK(closing_look(50, 0.05, 1)->alpha == Approx(0.0225));
  CHECK(closing_look(50, 0.05, 2)->alpha == Approx(0.001875));  // that of the latest look, which is more
  CHECK(closing_look(50, 0.05, 2)->rounds == 41);
  CHECK(closing_look(50, 0.05, 0)->rounds == 41);
  CHECK(closing_look(5000, 0.05, 2)->alpha == Approx(0.00125));
  CHECK(!closing_look(6, 0.05, 1));
  CHECK(closing_look(7, 0.05, 1)->rounds == 7);
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
