#include "toolchains/host.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>

#include <fstream>

namespace pgo_orch::toolchains {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

/// The value behind "key : " in /proc/cpuinfo, of the first CPU.
std::string cpuinfo(const fs::path& root, const std::string& key) {
  std::ifstream stream(root / "proc/cpuinfo");
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with(key)) continue;
    const auto colon = line.find(": ");
    return colon == std::string::npos ? "" : line.substr(colon + 2);
  }
  return "";
}

/// The value behind "key:" in /proc/meminfo, which has it in KiB.
std::optional<Bytes> meminfo(const fs::path& root, const std::string& key) {
  std::ifstream stream(root / "proc/meminfo");
  std::string name, unit;
  for (std::uint64_t kib = 0; stream >> name >> kib; std::getline(stream, unit))
    if (name == key + ":") return Bytes{kib * 1024};
  return std::nullopt;
}

/// What the process's control group may still take (cgroup v2, Documentation/admin-guide/cgroup-v2.rst).
std::optional<Bytes> left_in_group(const fs::path& root) {
  const auto line = first_line(root / "proc/self/cgroup");  // "0::/path"
  if (!line.starts_with("0::/")) return std::nullopt;
  const fs::path group = root / "sys/fs/cgroup" / line.substr(4);
  std::uint64_t most = 0, taken = 0;
  const bool is_limited = static_cast<bool>(std::ifstream(group / "memory.max") >> most);
  if (!is_limited || !(std::ifstream(group / "memory.current") >> taken)) return std::nullopt;
  return Bytes{most > taken ? most - taken : 0};
}

/// The value behind a key in a file of "key value" lines; zero if there is none.
std::uint64_t counter(const char* file, const std::string& key) {
  std::ifstream stream(file);
  std::string name;
  std::uint64_t value = 0;
  while (stream >> name >> value)
    if (name == key) return value;
  return 0;
}

int usable_cores() {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  return sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 0;
}

/// What the clock rate depends on, beside the program.
std::vector<std::string> frequency_warnings(const fs::path& root) {
  std::vector<std::string> warnings;
  const fs::path cpus = root / "sys/devices/system/cpu";
  const std::string governor = first_line(cpus / "cpu0/cpufreq/scaling_governor");
  if (!governor.empty() && governor != "performance")
    warnings.push_back(fmt::format("the CPU frequency governor is '{}', not 'performance'", governor));
  if (first_line(cpus / "cpufreq/boost") == "1" || first_line(cpus / "intel_pstate/no_turbo") == "0")
    warnings.emplace_back("CPU boost is on: the clock rate depends on temperature and on the other cores");
  return warnings;
}

std::vector<std::string> memory_warnings(const fs::path& root) {
  std::vector<std::string> warnings;
  if (first_line(root / "proc/sys/kernel/randomize_va_space") == "0")
    warnings.emplace_back("address space layout randomization is off: every run has the same memory layout");
  const std::string pages = first_line(root / "sys/kernel/mm/transparent_hugepage/enabled");
  if (pages.find("[always]") != std::string::npos)
    warnings.emplace_back("transparent huge pages are always on: whether a run gets them varies");
  return warnings;
}

std::vector<std::string> load_warnings(const fs::path& root, int cores) {
  std::vector<std::string> warnings;
  std::ifstream quota(root / "sys/fs/cgroup/cpu.max");  // "150000 100000", or "max 100000"
  double allowed = 0, period = 0;
  if (quota >> allowed >> period && period > 0)
    warnings.push_back(fmt::format("the cgroup is limited to {:.3g} CPUs", allowed / period));
  double load = 0;
  if (std::ifstream(root / "proc/loadavg") >> load && cores > 0 && load > 0.5 * cores)
    warnings.push_back(fmt::format("the load was {:.1f} on {} cores when the run began", load, cores));
  return warnings;
}

std::vector<std::string> clock_warnings(const fs::path& root) {
  const std::string clock =
      first_line(root / "sys/devices/system/clocksource/clocksource0/current_clocksource");
  if (clock.empty() || clock == "tsc" || clock == "kvm-clock" || clock == "arch_sys_counter") return {};
  return {fmt::format("the clock source is '{}': reading the time is slow", clock)};
}

}  // namespace

HostFacts host_facts(const fs::path& root) {
  HostFacts facts;
  facts.cpu = cpuinfo(root, "model name");
  facts.cores = usable_cores();
  utsname name{};
  if (uname(&name) == 0) facts.kernel = fmt::format("{} {}", name.sysname, name.release);
  facts.virtualized = (" " + cpuinfo(root, "flags") + " ").find(" hypervisor ") != std::string::npos;
  if (facts.virtualized)
    facts.warnings.emplace_back("this is a virtual machine: other guests may affect every measurement");
  for (const auto& warnings : {frequency_warnings(root), clock_warnings(root), memory_warnings(root),
                               load_warnings(root, facts.cores)})
    facts.warnings.insert(facts.warnings.end(), warnings.begin(), warnings.end());
  return facts;
}

std::optional<Bytes> free_memory(const fs::path& root) {
  auto free = meminfo(root, "MemAvailable");
  if (!free) return std::nullopt;
  free->count += meminfo(root, "SwapFree").value_or(Bytes{}).count;
  const auto left = left_in_group(root);
  return left && left->count < free->count ? left : free;
}

HostCounters host_counters() {
  HostCounters counters;
  std::ifstream stream("/proc/stat");
  std::string name;
  stream >> name;  // "cpu": user nice system idle iowait irq softirq steal ...
  for (int field = 0; field < 8; ++field) {
    std::uint64_t ticks = 0;
    if (!(stream >> ticks)) break;
    counters.ticks += ticks;
    if (field == 7) counters.stolen_ticks = ticks;
  }
  counters.throttled = counter("/sys/fs/cgroup/cpu.stat", "nr_throttled");
  return counters;
}

std::vector<std::string> disturbances(const HostCounters& before, const HostCounters& after) {
  std::vector<std::string> found;
  const auto ticks = static_cast<double>(after.ticks - before.ticks);
  const double stolen =
      ticks > 0 ? 100 * static_cast<double>(after.stolen_ticks - before.stolen_ticks) / ticks : 0;
  if (stolen >= 1)
    found.push_back(fmt::format(
        "while programs were timed, the hypervisor gave {:.1f} % of the CPU time to other guests", stolen));
  if (after.throttled > before.throttled) {
    found.push_back(fmt::format("while programs were timed, the cgroup's CPU limit stopped them {} times",
                                after.throttled - before.throttled));
  }
  return found;
}

}  // namespace pgo_orch::toolchains
