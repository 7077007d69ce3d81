#pragma once
// What trials are made of: programs whose difference is known, and a machine that is busy
// with something else.

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "measure/rounds/rounds.h"
#include "measure/statistics/statistics.h"
#include "measure/timer/timer_sampler.h"

namespace pgo_orch::bench {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using measure::Contender;
using measure::RunSpec;

enum class Neighbours { none, duty_cycles, compilers };

inline const char* describe(Neighbours neighbours) {
  return neighbours == Neighbours::none          ? "quiet"
         : neighbours == Neighbours::duty_cycles ? "beside a load"
                                                 : "beside two compilers";
}

/// Two neighbours, for as long as this lives: busy and idle by turns, or compiling the same file again and
/// again.
class Load {
 public:
  explicit Load(Neighbours neighbours) {
    for (unsigned i = 0; neighbours != Neighbours::none && i < 2; ++i) {
      const pid_t child = fork();
      if (child == 0) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (neighbours == Neighbours::compilers) compile();
        alternate(i);
      }
      setpgid(child, child);
      children_.push_back(child);
    }
  }
  ~Load() {
    for (const pid_t child : children_) kill(-child, SIGKILL);
    for (const pid_t child : children_) waitpid(child, nullptr, 0);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

 private:
  [[noreturn]] static void compile() {
    const char* const once =
        "echo '#include <regex>\n#include <map>\nint main() { return "
        "std::regex_match(\"a\", std::regex(\"b*\")); }' | c++ -O2 -x c++ -c -o /dev/null -";
    for (;;)
      if (std::system(once) != 0) _exit(1);
  }
  [[noreturn]] static void alternate(unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> duration(50, 300);
    for (;;) {
      const auto until = Clock::now() + std::chrono::milliseconds(duration(random));
      while (Clock::now() < until) {
      }
      usleep(static_cast<useconds_t>(1000 * duration(random)));
    }
  }
  std::vector<pid_t> children_;
};

/// Copies of one program that differ in the number of its loops only.
class Programs {
 public:
  explicit Programs(fs::path folder) : folder_(std::move(folder)), sampler_(TIMER_PATH) {
    fs::create_directories(folder_);
    startup_ = median_seconds(0);
    const unsigned long long many = 4'000'000;
    per_loop_ = (median_seconds(many) - startup_) / static_cast<double>(many);
  }

  /// A program that takes `seconds` in all, start and end included.
  fs::path taking(double seconds) {
    return with_loops(static_cast<unsigned long long>(std::max(0.0, (seconds - startup_) / per_loop_)));
  }

  measure::TimerSampler& sampler() { return sampler_; }
  const fs::path& folder() const { return folder_; }

 private:
  fs::path with_loops(unsigned long long loops) {
    std::ifstream in(SPIN_PROGRAM, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    const unsigned long long mark[2] = {0x70676f6f72636821ULL, 0};
    const auto at = bytes.find(std::string(reinterpret_cast<const char*>(mark), sizeof mark));
    if (at == std::string::npos) throw std::runtime_error("the mark is not in the program");
    std::memcpy(&bytes[at + sizeof mark[0]], &loops, sizeof loops);
    const fs::path file = folder_ / fmt::format("spin-{:012}", loops);
    std::ofstream(file, std::ios::binary) << bytes;
    fs::permissions(file, fs::perms::owner_all);
    return file;
  }

  double median_seconds(unsigned long long loops) {
    RunSpec spec;
    spec.executable = with_loops(loops);
    spec.argv = {"spin"};
    std::vector<double> times;
    for (int i = 0; i < 101; ++i) times.push_back(seconds(sampler_.run(spec).wall));
    return measure::median(times);
  }

  fs::path folder_;
  measure::TimerSampler sampler_;
  double startup_ = 0;
  double per_loop_ = 0;
};

inline Contender contender(const std::string& name, const fs::path& program) {
  const auto run = [](const fs::path& copy) {
    RunSpec spec;
    spec.executable = copy;
    spec.argv = {"spin"};
    return spec;
  };
  return {.name = name, .executable = program, .run = run};
}

}  // namespace pgo_orch::bench
