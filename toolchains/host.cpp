#include "toolchains/host.h"

#include <fmt/format.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include <fstream>

namespace pgo_orch::toolchains {
namespace {

std::string first_line(const char* file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

/// The value behind "key : " in /proc/cpuinfo, of the first CPU.
std::string cpuinfo(const std::string& key) {
  std::ifstream stream("/proc/cpuinfo");
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with(key)) continue;
    const auto colon = line.find(": ");
    return colon == std::string::npos ? "" : line.substr(colon + 2);
  }
  return "";
}

int usable_cores() {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  return sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 0;
}

}  // namespace

HostFacts host_facts() {
  HostFacts facts;
  facts.cpu = cpuinfo("model name");
  facts.cores = usable_cores();
  utsname name{};
  if (uname(&name) == 0) facts.kernel = fmt::format("{} {}", name.sysname, name.release);
  facts.virtualized = (" " + cpuinfo("flags") + " ").find(" hypervisor ") != std::string::npos;

  if (facts.virtualized)
    facts.warnings.push_back("this is a virtual machine: its neighbours are part of every time");
  const std::string governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (!governor.empty() && governor != "performance") {
    facts.warnings.push_back(fmt::format("the CPU frequency governor is '{}', not 'performance'", governor));
  }
  double load = 0;
  if (getloadavg(&load, 1) == 1 && facts.cores > 0 && load > 0.5 * facts.cores) {
    facts.warnings.push_back(
        fmt::format("the load was {:.1f} on {} cores when the run began", load, facts.cores));
  }
  return facts;
}

}  // namespace pgo_orch::toolchains
