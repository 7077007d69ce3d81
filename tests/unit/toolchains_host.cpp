#include <doctest/doctest.h>

#include "toolchains/files.h"
#include "toolchains/host.h"

using namespace pgo_orch::toolchains;
using Texts = std::vector<std::string>;

TEST_CASE("what others took while programs were timed is said, and nothing else") {
  const HostCounters before{.ticks = 1000, .stolen_ticks = 100, .throttled = 5};
  CHECK(disturbances(before, {.ticks = 2000, .stolen_ticks = 105, .throttled = 5}).empty());
  CHECK(disturbances(before, before).empty());
  CHECK(disturbances(before, {.ticks = 2000, .stolen_ticks = 150, .throttled = 7}) ==
        Texts{"while programs were timed, the hypervisor gave 5.0 % of the CPU time to other guests",
              "while programs were timed, the cgroup's CPU limit stopped them 2 times"});
}

TEST_CASE("what makes times unsteady is a warning, and what does not is none") {
  const TempDir root;
  const auto has = [&](const std::string& file, const std::string& line) {
    make_folders((root.path() / file).parent_path());
    write_file_atomically(root.path() / file, line + "\n");
  };
  CHECK(host_facts(root.path()).warnings.empty());
  const std::string clock = "sys/devices/system/clocksource/clocksource0/current_clocksource";
  has("proc/cpuinfo", "model name\t: Some CPU\nflags\t\t: fpu vme");
  has("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance");
  has("sys/devices/system/cpu/cpufreq/boost", "0");
  has("sys/devices/system/cpu/intel_pstate/no_turbo", "1");
  has(clock, "tsc");
  has("proc/sys/kernel/randomize_va_space", "2");
  has("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
  has("sys/fs/cgroup/cpu.max", "max 100000");
  has("proc/loadavg", "0.10 0.20 0.30 1/100 4242");
  CHECK(host_facts(root.path()).warnings.empty());
  CHECK(host_facts(root.path()).cpu == "Some CPU");

  has("proc/cpuinfo", "model name\t: Some CPU\nflags\t\t: fpu hypervisor vme");
  has("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave");
  has("sys/devices/system/cpu/cpufreq/boost", "1");
  has(clock, "hpet");
  has("proc/sys/kernel/randomize_va_space", "0");
  has("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never");
  has("sys/fs/cgroup/cpu.max", "150000 100000");
  has("proc/loadavg", "9999.5 0.20 0.30 1/100 4242");
  auto found = host_facts(root.path()).warnings;
  REQUIRE(found.size() == 8);
  CHECK(found.back().starts_with("the load was 9999.5 on "));
  found.pop_back();
  CHECK(found == Texts{"this is a virtual machine: other guests may affect every measurement",
                       "the CPU frequency governor is 'powersave', not 'performance'",
                       "CPU boost is on: the clock rate depends on temperature and on the other cores",
                       "the clock source is 'hpet': reading the time is slow",
                       "address space layout randomization is off: every run has the same memory layout",
                       "transparent huge pages are always on: whether a run gets them varies",
                       "the cgroup is limited to 1.5 CPUs"});
}

TEST_CASE("free memory is what the machine has, or what the control group leaves of it") {
  const TempDir root;
  const auto has = [&](const std::string& file, const std::string& text) {
    make_folders((root.path() / file).parent_path());
    write_file_atomically(root.path() / file, text);
  };
  const auto mib = [&] { return free_memory(root.path()).value().count >> 20; };
  CHECK(!free_memory(root.path()));
  has("proc/meminfo",
      "MemTotal:  8388608 kB\nMemAvailable:  4194304 kB\nSwapFree:  1048576 kB\nHugePages_Total: 0\n");
  CHECK(mib() == 5120);
  has("proc/self/cgroup", "0::/build/job\n");
  has("sys/fs/cgroup/build/job/memory.current", "1073741824\n");
  has("sys/fs/cgroup/build/job/memory.max", "max\n");
  CHECK(mib() == 5120);
  has("sys/fs/cgroup/build/job/memory.max", "2147483648\n");
  CHECK(mib() == 1024);
  has("sys/fs/cgroup/build/job/memory.max", "1048576\n");
  CHECK(mib() == 0);
  CHECK(free_memory().value().count > 0);
}

TEST_CASE("the counters of this machine go on") {
  const auto first = host_counters();
  CHECK(first.ticks > 0);
  CHECK(host_counters().ticks >= first.ticks);
}
