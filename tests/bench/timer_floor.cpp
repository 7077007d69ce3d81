// The floor of the timing helper: an empty static program through it, over a bare vfork, exec and wait loop,
// both in random order in one run. Prints one line of JSON; the target is a ratio of medians of at most 1.05.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "measure/timer/timer_sampler.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;

namespace {

const char* const program = EMPTY_PROGRAM;

double now_us() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::micro>(now).count();
}

struct Bare {
  double whole_us;      ///< from before vfork
  double from_exec_us;  ///< from right before execve, as the helper counts
};

Bare run_bare() {
  static volatile double exec_us;  // the vforked child writes to our memory
  const double start = now_us();
  const pid_t pid = vfork();
  if (pid == 0) {
    char* const argv[] = {const_cast<char*>(program), nullptr};
    char* const environment[] = {nullptr};
    exec_us = now_us();
    execve(program, argv, environment);
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  if (wait4(pid, &status, 0, &usage) != pid || status != 0) std::exit(1);
  const double end = now_us();
  return {end - start, end - exec_us};
}

double run_timed(Sampler& sampler, StdoutMode mode) {
  RunSpec spec;
  spec.argv = {program};
  spec.stdout_mode = mode;
  const Sample sample = sampler.run(spec);
  if (sample.end != End::exited || sample.exit_code != 0) std::exit(1);
  return std::chrono::duration<double, std::micro>(sample.wall).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Peak memory of the empty program, while this process holds 200 MB.
double peak_rss_mb(Sampler& sampler) {
  const std::vector<char> ballast(200'000'000, 'x');
  RunSpec spec;
  spec.argv = {program};
  const double mb = static_cast<double>(sampler.run(spec).peak_rss.count) / 1e6;
  return ballast.back() == 'x' ? mb : -1;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 2000;
  TimerSampler sampler(TIMER_PATH);
  std::mt19937 random(std::random_device{}());
  std::vector<double> bare, bare_from_exec, null, pipe;
  for (int round = -20; round < rounds; ++round) {
    int order[] = {0, 1, 2};
    std::shuffle(std::begin(order), std::end(order), random);
    double times[4] = {};
    for (const int which : order) {
      if (which == 0) {
        const Bare run = run_bare();
        times[0] = run.whole_us;
        times[3] = run.from_exec_us;
      } else {
        times[which] = run_timed(sampler, which == 1 ? StdoutMode::null : StdoutMode::pipe);
      }
    }
    if (round < 0) continue;  // warm-up
    bare.push_back(times[0]);
    null.push_back(times[1]);
    pipe.push_back(times[2]);
    bare_from_exec.push_back(times[3]);
  }
  std::printf(
      "{\"bench\": \"timer_floor\", \"rounds\": %d, \"ratio_null\": %.4f, \"ratio_pipe\": %.4f, "
      "\"ratio_null_from_exec\": %.4f, \"bare_us\": %.1f, \"bare_from_exec_us\": %.1f, \"null_us\": %.1f, "
      "\"pipe_us\": %.1f, \"peak_rss_mb\": %.3f}\n",
      rounds, median(null) / median(bare), median(pipe) / median(bare), median(null) / median(bare_from_exec),
      median(bare), median(bare_from_exec), median(null), median(pipe), peak_rss_mb(sampler));
}
