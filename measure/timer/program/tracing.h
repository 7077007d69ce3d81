#pragma once
// Stops a program at landmarks by ptrace(2), and records their times: one-shot breakpoints in the code, a
// debug register for the return of main, kernel events for execution and end.

#include <sys/types.h>

#include <cstdint>

#include "measure/timer/program/machine.h"
#include "measure/timer/program/spawn.h"

namespace pgo_orch::timer {

/// One traced run. Only its first thread is followed once the breakpoints in the code are used up; until then
/// new threads are too, while new processes lose the inherited breakpoints and are detached. Signals are
/// passed on and group stops kept: the program notices nothing.
class Tracing {
 public:
  Tracing(const TraceRequest& request, TraceAnswer& answer);
  ~Tracing();
  Tracing(const Tracing&) = delete;
  Tracing& operator=(const Tracing&) = delete;

  /// Starts the program under ptrace. `launch` must live until the program has ended.
  Started start(const Launch& launch);

  /// Readable when something may have stopped; -1 before the start.
  int stops_fd() const { return stops_fd_; }

  /// Handles everything that is stopped, without waiting for more.
  void handle_stops();

  void set_ends(std::int64_t start_ns, std::int64_t end_ns);

 private:
  enum class Go { on, step, listen };

  void handle(pid_t thread, unsigned event, int signal);
  Go on_event(pid_t thread, unsigned event);
  Go on_trap(pid_t thread, int& signal);
  Go on_breakpoint(pid_t thread, unsigned index, const machine::Registers& registers);
  void at_entry(pid_t thread);
  void watch_entry(pid_t thread);
  Go on_return(pid_t thread, const machine::Registers& registers, machine::Breakpoint* in_code);
  void on_execution(pid_t thread);
  void on_new_process(pid_t parent, bool has_copy);
  void on_exit(pid_t thread);

  void set_breakpoints(pid_t thread);
  void await_return(pid_t thread, const machine::Registers& registers);
  void stop_following_others(pid_t thread);
  bool is_any_set() const;
  bool is_first_stop_seen(pid_t process);
  void mark(Landmark landmark);
  TraceMark& mark_of(Landmark landmark) { return answer_.marks[static_cast<unsigned>(landmark)]; }
  void resume(pid_t thread, Go go, int signal);

  const TraceRequest& request_;
  TraceAnswer& answer_;
  pid_t program_ = -1;
  int stops_fd_ = -1;
  machine::Breakpoint breakpoints_[3];  ///< at entry, main, user main
  machine::Breakpoint return_;          ///< where debug registers are refused
  std::uint64_t return_address_ = 0;    ///< 0: not awaited
  machine::Registers at_main_;
  bool puts_return_back_ = false;  ///< after one step
  unsigned repeats_ = 0;           ///< of the stop at the entry
  unsigned watches_ = 0;           ///< the same by debug registers
  bool watches_entry_ = false;
  bool has_watch_ = true;  ///< no debug register was refused yet
  pid_t newborn_[8] = {};  ///< processes whose stop came before their parents' event

  std::int64_t woke_ns_ = 0;     ///< of the current stop
  TraceMark* latest_ = nullptr;  ///< the last landmark
  bool is_at_landmark_ = false;  ///< whether this stop is one, or its repetition
};

}  // namespace pgo_orch::timer
