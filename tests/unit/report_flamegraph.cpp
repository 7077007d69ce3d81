#include <doctest/doctest.h>

#include "report/flamegraph.h"

using namespace pgo_orch;
using measure::Stacks;

namespace {

Stacks stacks_of(std::map<std::string, std::uint64_t> counts, std::uint64_t runs, double per_second) {
  return {.counts = std::move(counts),
          .unit = "samples",
          .source = "perf cpu-clock",
          .per_second = per_second,
          .runs = runs};
}

}  // namespace

TEST_CASE("a flame graph says what was counted, by what and in how many runs") {
  const auto graph = report::flame_graph(stacks_of({{"[p];a", 1000}, {"[p];b", 234}}, 12, 997), "fib35");
  CHECK(graph.title == "fib35");
  CHECK(graph.subtitle == "1,234 samples by perf cpu-clock in 12 runs");
  CHECK(graph.unit == "samples");
  CHECK(graph.folded == "[p];a 1000\n[p];b 234\n");
  CHECK(report::describe(stacks_of({{"a", 7}}, 1, 997)) == "7 samples by perf cpu-clock");
  CHECK(report::describe({.counts = {{"a", 1234567}}, .unit = "instructions", .source = "callgrind"}) ==
        "1,234,567 instructions by callgrind");
}

TEST_CASE("a differential flame graph compares as many looks with as many") {
  const auto graph = report::differential_flame_graph(stacks_of({{"a", 100}, {"b", 11}}, 2, 1000),
                                                      stacks_of({{"a", 20}, {"c", 5}}, 1, 500), "pgo");
  CHECK(graph.folded == "a 25 20\nb 3 0\nc 0 5\n");
  CHECK(graph.subtitle ==
        "red: more than the baseline, blue: less; 25 samples by perf cpu-clock, "
        "baseline 111 samples by perf cpu-clock in 2 runs");
}

TEST_CASE("samples can't be compared with instructions") {
  const Stacks samples = stacks_of({{"a", 2}}, 1, 997);
  const Stacks instructions{.counts = {{"a", 9}}, .unit = "instructions", .source = "callgrind"};
  CHECK(report::comparable(samples, samples));
  CHECK(report::comparable(samples, instructions).reason ==
        "9 instructions by callgrind can't be compared with 2 samples by perf cpu-clock");
}

TEST_CASE("the command that draws is deterministic and names what it counts") {
  const auto command = report::draw_command(
      {.path = "/bin/inferno-flamegraph"},
      {.title = "fib 35", .subtitle = "7 samples", .unit = "samples", .folded = ""}, "a.folded", "a.svg");
  CHECK(to_shell(command) ==
        "/bin/inferno-flamegraph --quiet --deterministic --title 'fib 35' --subtitle '7 samples' "
        "--countname samples a.folded > a.svg");
}
