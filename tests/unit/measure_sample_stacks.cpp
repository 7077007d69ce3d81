#include <doctest/doctest.h>

#include "measure/stacks/groups.h"
#include "measure/stacks/sample.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace std::chrono_literals;
using toolchains::Missing;

namespace {

const Missing no_perf{"no perf", "apt-get install linux-perf"};
const Missing no_valgrind{"no valgrind", "apt-get install valgrind"};
const Missing no_flamegraph{"no inferno-flamegraph", "cargo install --locked inferno"};

/// A C program of two functions, one of which works three times as much as the other, and which ends with 3.
struct Work {
  toolchains::TempDir folder;
  toolchains::ProcessRunner runner;
  std::filesystem::path program = folder.path() / "work";

  bool compile(const std::string& flag = "-O1") {
    toolchains::write_file_atomically(folder.path() / "work.c", R"(
      __attribute__((noinline)) unsigned lighter(unsigned n) {
        unsigned s = 0;
        for (unsigned i = 0; i < n; ++i) __asm__ volatile("" : "+r"(s));
        return s;
      }
      __attribute__((noinline)) unsigned heavier(unsigned n) { return lighter(n) + lighter(2 * n) + 1; }
      int main(int argc, char** argv) {
        unsigned n = argc > 1 ? 1000 : 10000000;
        return 3 + (int)(lighter(n) + heavier(n) - 1);
      })");
    return runner.run({.argv = {"cc", "-O1", flag, "-o", program.string(), program.string() + ".c"}}).ok();
  }
  StacksRequest request(std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.begin(), program.string());
    return {.program = {.argv = arguments}, .exit_codes = 3};
  }
  /// Compiled with this flag, which perf alone looks at; nothing where perf may not.
  std::optional<StacksFound> by_perf(const StacksRequest& request, const std::string& flag = "-O1") {
    const auto perf = toolchains::find_perf(runner);
    if (!perf) {
      MESSAGE("skipped: ", describe(perf.missing()));
      return std::nullopt;
    }
    REQUIRE(compile(flag));
    const toolchains::Profilers only{.perf = *perf, .valgrind = no_valgrind, .flamegraph = no_flamegraph};
    return sample_stacks(runner, only, request, folder.path() / "scratch");
  }
};

SamplingPlan plan(Nanoseconds time, Nanoseconds budget = 60s, std::size_t most = 200) {
  return plan_sampling({.wall = time, .cpu = time}, budget, most);
}

}  // namespace

TEST_CASE("short programs are looked at more often, in more runs, long ones less often") {
  CHECK(plan(1s).frequency == 2999);
  CHECK(plan(1s).runs == 1);
  CHECK(plan(2s).frequency == 997);
  CHECK(plan(20s).frequency == 97);
  CHECK(plan(1h).frequency == 3);
  CHECK(plan(1h).runs == 1);
  CHECK(plan(10ms).frequency == 9973);
  CHECK(plan(10ms).runs == 11);  // 1000 / (9973 * 0.010) = 10.03
  CHECK(plan(1ms).runs == 101);
  CHECK(plan(0ns).runs == 200);    // as if it were a tenth of a millisecond
  CHECK(plan(1ms, 3s).runs == 9);  // 3 / 0.301
  CHECK(plan(1ms, 3s, 1).runs == 1);
  CHECK(plan(10ms, 1ms).runs == 1);  // one is always made
}

TEST_CASE("the command is kept as it is, behind the profiler's words") {
  const toolchains::Command program{.argv = {"./fib", "35"}, .cwd = "/src", .env = {{"LC_ALL", "C"}}};
  const auto perf = record_command({.program = {.path = "/usr/bin/perf"}, .event = "cpu-clock:u"}, program,
                                   {}, "/tmp/perf.data");
  CHECK(to_shell(perf) ==
        "cd /src && LC_ALL=C /usr/bin/perf record -q --no-buildid --no-buildid-cache --no-bpf-event -e "
        "cpu-clock:u -F 997 --call-graph dwarf,16384 -o /tmp/perf.data -- ./fib 35");
  CHECK(to_shell(callgrind_command({.path = "/usr/bin/valgrind"}, program, "/tmp/50%")) ==
        "cd /src && LC_ALL=C /usr/bin/valgrind -q --tool=callgrind --trace-children=yes --demangle=no "
        "--separate-callers=32 --callgrind-out-file=/tmp/50%%/callgrind.%p -- ./fib 35");
}

TEST_CASE("without perf, callgrind counts the instructions, the same in each run") {
  Work work;
  const auto valgrind = toolchains::find_valgrind(work.runner);
  if (!valgrind || !work.compile()) {
    MESSAGE("skipped: ", describe(valgrind.missing()));
    return;
  }
  const toolchains::Profilers only{.perf = no_perf, .valgrind = *valgrind, .flamegraph = no_flamegraph};
  const auto found = sample_stacks(work.runner, only, work.request({"short"}), work.folder.path() / "first");
  INFO(found.note);
  REQUIRE(found.stacks);
  CHECK(found.stacks->unit == "instructions");
  CHECK(found.stacks->source == "callgrind");
  CHECK(found.note == "no perf: try `apt-get install linux-perf`");
  std::uint64_t light = 0, heavy = 0;
  for (const auto& [stack, count] : found.stacks->counts) {
    if (stack.ends_with(";main;lighter")) light = count;
    if (stack.ends_with(";main;heavier;lighter")) heavy = count;
  }
  CHECK(light > 1000);
  CHECK(heavy > 3 * light - 100);
  CHECK(heavy < 3 * light + 100);
  const auto again = sample_stacks(work.runner, only, work.request({"short"}), work.folder.path() / "again");
  REQUIRE(again.stacks);
  const std::vector<SymbolGroup> main_only{{"main", {"main"}}};
  CHECK(attribute(*again.stacks, main_only).groups[0].share > 0);
}

TEST_CASE("where perf may sample, it finds the callers of optimized code without frame pointers") {
  Work work;
  const auto found = work.by_perf(work.request());
  if (!found) return;
  INFO(found->note);
  REQUIRE(found->stacks);
  CHECK(found->stacks->unit == "samples");
  CHECK(found->stacks->source == "perf " + toolchains::find_perf(work.runner)->event);
  CHECK(found->stacks->runs > 0);
  const auto shares = attribute(*found->stacks, {{"heavier", {"heavier"}}, {"main", {"main"}}});
  CHECK(shares.groups[0].share > 0);
  CHECK(shares.groups[1].share > 0);
}

TEST_CASE("of a stripped program it is said that its code has no names") {
  Work work;
  const auto found = work.by_perf(work.request(), "-s");
  if (!found) return;
  CHECK(found->stacks);
  CHECK(found->note.ends_with("% of the samples are in code without symbols: was the program stripped?"));
}

TEST_CASE("a run that ends otherwise than it must gives no stacks, and says so") {
  Work work;
  if (!work.compile()) return;
  const toolchains::Profilers none{.perf = no_perf, .valgrind = no_valgrind, .flamegraph = no_flamegraph};
  auto request = work.request({"short"});
  CHECK(sample_stacks(work.runner, none, request, work.folder.path() / "s").note ==
        "no perf: try `apt-get install linux-perf`; no valgrind: try `apt-get install valgrind`");
  request.exit_codes = 0;
  const auto wrong = sample_stacks(work.runner, none, request, work.folder.path() / "s");
  CHECK_FALSE(wrong.stacks);
  CHECK(wrong.note == "the run: exit code 3 instead of 0");
  request.prepare = {{.argv = {"false"}}};
  CHECK(sample_stacks(work.runner, none, request, work.folder.path() / "s").note == "false: exit code 1");
}

TEST_CASE("callgrind is not begun where it would take longer than there is time") {
  Work work;
  const toolchains::Profilers only{.perf = no_perf,
                                   .valgrind = toolchains::Program{.path = "/usr/bin/valgrind"},
                                   .flamegraph = no_flamegraph};
  auto request = work.request();
  request.cost = RunCost{.wall = 2s, .cpu = 2s};
  CHECK(
      sample_stacks(work.runner, only, request, work.folder.path() / "s").note ==
      "no perf: try `apt-get install linux-perf`; callgrind would take more than 40 s, at least 20 times as "
      "long as the program");
}

TEST_CASE("samples that add up to far less than a plain run takes are said to") {
  Work work;
  auto request = work.request();
  request.cost = RunCost{.wall = 2s, .cpu = 2s, .user = 2s};
  const auto found = work.by_perf(request);
  if (found)
    CHECK(found->note.find(" of CPU time, but a plain run took 2 s: most of it is not in this table") !=
          std::string::npos);
}
