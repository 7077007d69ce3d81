#pragma once
// Rounds of programs whose samples are scripted.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "measure/rounds/rounds.h"

namespace pgo_orch::measure::test {

namespace fs = std::filesystem;

inline Sample took(Nanoseconds wall) {
  Sample sample;
  sample.end = End::exited;
  sample.exit_code = 0;
  sample.wall = wall;
  return sample;
}

/// Answers scripted samples, and remembers what was asked. Its clock goes on by what the runs took.
class ScriptedSampler : public Sampler {
 public:
  using Script = std::function<Sample(const RunSpec&)>;
  explicit ScriptedSampler(Script script) : script_(std::move(script)) {}

  Sample run(const RunSpec& spec) override {
    asked.push_back(spec);
    const Sample sample = script_(spec);
    clock_ += sample.wall;
    return sample;
  }

  std::string names(std::size_t from, std::size_t count) const {
    std::string result;
    for (std::size_t i = from; i < from + count; ++i) result += asked.at(i).argv.at(0);
    return result;
  }

  Nanoseconds now() const override { return clock_; }

  std::vector<RunSpec> asked;

 private:
  Nanoseconds clock_{};
  Script script_;
};

inline Contender contender(const std::string& name, const fs::path& executable = {}) {
  const auto run = [name](const fs::path& copy) {
    RunSpec spec;
    spec.executable = copy;
    spec.argv = {name};
    return spec;
  };
  return {.name = name, .executable = executable, .run = run};
}

struct Scratch {
  Scratch() {
    std::string name = fs::temp_directory_path() / "pgo-orch-rounds-XXXXXX";
    path = mkdtemp(name.data());
  }
  ~Scratch() { fs::remove_all(path); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  fs::path path;
};

/// `rounds` rounds whatever they take.
inline RoundsOptions exactly(int rounds, const Scratch& scratch) {
  RoundsOptions options;
  options.scratch = scratch.path;
  options.budget = {.time = std::chrono::hours(1), .min_rounds = rounds, .max_rounds = rounds};
  options.seed = 42;
  return options;
}

inline std::string sorted(std::string text) {
  std::ranges::sort(text);
  return text;
}

}  // namespace pgo_orch::measure::test
