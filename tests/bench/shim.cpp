// What the shim costs. Prints one line of JSON each:
//   bench_shim start [ROUNDS]          an empty static program by the shim and directly, in random order
//   bench_shim build FOLDER [ROUNDS]   clean release builds of the package there with rustc and the linker
//   watched and
//                                      not, by turns; the target is that the shims' own time is at most 1 %
//                                      of the wall
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "measure/build_phases/build_phases.h"
#include "measure/helpers.h"
#include "measure/timer/timer_sampler.h"
#include "pgo/shim_contract.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::toolchains;
namespace fs = std::filesystem;

namespace {

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double run_us(Sampler& sampler, const RunSpec& spec) {
  const Sample sample = sampler.run(spec);
  if (sample.end != measure::End::exited || sample.exit_code != 0) std::exit(1);
  return std::chrono::duration<double, std::micro>(sample.wall).count();
}

void bench_start(int rounds) {
  const TempDir folder;
  TimerSampler sampler(TIMER_PATH);
  RunSpec direct;
  direct.argv = {EMPTY_PROGRAM};
  direct.stdout_mode = StdoutMode::null;
  RunSpec shimmed = direct;
  shimmed.argv = {SHIM_PATH, EMPTY_PROGRAM};
  shimmed.env = {{shim::log_variable, folder.path() / "log"}};
  std::mt19937 random(std::random_device{}());
  std::vector<double> by_shim, directly;
  for (int round = -20; round < rounds; ++round) {
    const bool shim_first = (random() & 1U) != 0;
    const double first = run_us(sampler, shim_first ? shimmed : direct);
    const double second = run_us(sampler, shim_first ? direct : shimmed);
    if (round < 0) continue;  // warm-up
    by_shim.push_back(shim_first ? first : second);
    directly.push_back(shim_first ? second : first);
  }
  std::vector<double> own;
  for (const auto& event : parse_build_log(read_file(folder.path() / "log")).events)
    own.push_back(std::chrono::duration<double, std::micro>(event.own).count());
  std::printf(
      "{\"bench\": \"shim_start\", \"rounds\": %d, \"more_us\": %.1f, \"direct_us\": %.1f, \"own_us\": "
      "%.1f}\n",
      rounds, median(by_shim) - median(directly), median(directly), median(own));
}

Nanoseconds now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

struct Build {
  double wall_s = 0;
  double own_share = 0;
  std::size_t calls = 0;
};

Build build(const fs::path& package, bool watched) {
  const TempDir folder;
  const auto links = folder.path() / "links", log = folder.path() / "log";
  Command command;
  command.argv = {
      "cargo", "build", "--release", "--offline", "--quiet", "--target-dir", folder.path() / "target"};
  command.cwd = package;
  if (watched) {
    link_shim(links, SHIM_PATH);
    command.env = {{shim::dir_variable, links},
                   {shim::log_variable, log},
                   {"RUSTC_WRAPPER", SHIM_PATH},
                   {"PATH", links.string() + ":" + variable("PATH").value_or("/usr/bin:/bin")}};
  }
  ProcessRunner runner;
  const auto start = now();
  const auto got = capture(runner, command);
  const auto end = now();
  if (!got.ok()) {
    std::fprintf(stderr, "bench_shim: %s\n%s", to_shell(command).c_str(), got.err.c_str());
    std::exit(1);
  }
  if (!watched) return {seconds(end - start)};
  const auto events = parse_build_log(read_file(log)).events;
  const auto phases = build_phases_of(events, {.start = start, .end = end, .cores = 1});
  return {seconds(phases.wall), phases.wrappers_share, events.size()};
}

void bench_build(const fs::path& package, int rounds) {
  std::vector<double> watched, plain, shares;
  std::size_t calls = 0;
  for (int round = 0; round < rounds; ++round) {
    for (const bool with : {round % 2 == 0, round % 2 != 0}) {
      const auto built = build(package, with);
      (with ? watched : plain).push_back(built.wall_s);
      if (!with) continue;
      shares.push_back(built.own_share);
      calls = built.calls;
    }
  }
  std::printf(
      "{\"bench\": \"shim_build\", \"rounds\": %d, \"calls\": %zu, \"own_share\": %.5f, \"wall_ratio\": "
      "%.4f, \"plain_s\": %.3f}\n",
      rounds, calls, median(shares), median(watched) / median(plain), median(plain));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "start") {
    bench_start(argc > 2 ? std::atoi(argv[2]) : 2000);
  } else if (what == "build" && argc > 2) {
    bench_build(argv[2], argc > 3 ? std::atoi(argv[3]) : 3);
  } else {
    std::fprintf(stderr, "usage: bench_shim start [ROUNDS] | build FOLDER [ROUNDS]\n");
    return 2;
  }
}
