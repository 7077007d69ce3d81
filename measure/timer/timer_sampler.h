#pragma once
// The real sampler: drives the timing helper, pgo-orch-timer.

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "measure/timer/sampler.h"

namespace pgo_orch::timer {
struct Answer;
}

namespace pgo_orch::measure {

/// Measures with a helper process, which is started at the first run, and again if it died. One run
/// at a time.
///
/// The helper has its own session, so Ctrl-C reaches this process only. `stop_fd` stops measuring, from any
/// thread or a signal handler: once it is readable (it is polled, never read) the running program's whole
/// process group is killed, and this and every later run is `End::interrupted`.
class TimerSampler final : public Sampler, public Tracer {
 public:
  explicit TimerSampler(std::filesystem::path timer, int stop_fd = -1);
  ~TimerSampler() override;
  TimerSampler(const TimerSampler&) = delete;
  TimerSampler& operator=(const TimerSampler&) = delete;

  /// Throws Error if the helper cannot be started, dies twice in one run, or if `spec` contains a NUL.
  Sample run(const RunSpec& spec) override;

  /// Throws the same. The helper is the same, so that both ways of running a program differ in
  /// the stops only.
  Trace trace(const RunSpec& spec, const toolchains::Landmarks& landmarks) override;

  /// Whether traced runs may use the processor's debug registers (default: yes). Without them new threads and
  /// processes are followed until main returns.
  void allow_debug_registers(bool allowed) { debug_registers_ = allowed; }

  /// The helper's process id; -1 before the first run.
  pid_t helper() const { return helper_; }

 private:
  void start_helper();
  void end_helper();
  template <typename Ask>
  auto with_helper(const Ask& ask);
  std::optional<timer::Answer> ask(const std::string& request);
  std::optional<Trace> ask_to_trace(const std::string& request, const RunSpec& spec);
  bool stop_requested() const;
  bool wait_for_answer_or_stop() const;

  std::filesystem::path timer_;
  int stop_fd_;
  bool debug_registers_ = true;
  pid_t helper_ = -1;
  int socket_ = -1;
};

}  // namespace pgo_orch::measure
