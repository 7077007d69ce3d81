#include <doctest/doctest.h>

#include "toolchains/host.h"

using namespace pgo_orch::toolchains;
using Texts = std::vector<std::string>;

TEST_CASE("what others took while programs were timed is said, and nothing else") {
  const HostCounters before{.ticks = 1000, .stolen_ticks = 100, .throttled = 5};
  CHECK(disturbances(before, {.ticks = 2000, .stolen_ticks = 105, .throttled = 5}).empty());
  CHECK(disturbances(before, before).empty());
  CHECK(disturbances(before, {.ticks = 2000, .stolen_ticks = 150, .throttled = 7}) ==
        Texts{"while programs were timed, the hypervisor gave 5.0 % of the CPUs' time to others",
              "while programs were timed, the control group's CPU limit stopped them 2 times"});
}

TEST_CASE("the counters of this machine go on") {
  const auto first = host_counters();
  CHECK(first.ticks > 0);
  CHECK(host_counters().ticks >= first.ticks);
}
