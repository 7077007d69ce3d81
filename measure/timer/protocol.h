#pragma once
// The messages between the timing helper and the program that drives it, over one stream socket, the helper's
// descriptor 0. Both are built together and run on one machine: plain structs in native byte order.
//
//   driver -> helper   Request, then `body_bytes` of strings, each ended by a NUL: executable, cwd, stdin
//   file,
//                      stdout file, stderr file, argv[0..argc), environment[0..envc) ("NAME=value"). An empty
//                      cwd is the helper's own, an empty file is /dev/null.
//   helper -> driver   one Answer for each Request of kind `run` or `trace`, then a TraceAnswer for the
//   latter.
//
// A Request of kind `abort` (without a body) kills the running program's process group; the Answer then is
// `aborted`. Without a running program it does nothing: the answer was sent already. At the end of file the
// helper kills what it runs, and ends.

#include <cstdint>

namespace pgo_orch::timer {

/// Changes with the layout of either struct, so that a helper of another version is noticed.
inline constexpr std::uint32_t protocol_magic = 0x70676f32;

/// No kernel accepts more than 6 MiB of arguments and environment (three quarters of its 8 MiB stack limit).
inline constexpr std::uint32_t max_body = 8U << 20;
inline constexpr int max_cpus = 1024;

/// trace: a run that is stopped at landmarks, by ptrace
enum class RequestKind : std::uint32_t { run = 1, abort = 2, trace = 3 };
/// pipe: read, and written to the stdout file
enum class Output : std::uint32_t { pipe = 1, null = 2, file = 3 };

/// Where a traced run is stopped, in the order of a run. `returned` is the return of the user's main, or of
/// main if the former is not known; `exiting` comes after all exit handlers.
enum class Landmark : std::uint32_t { executed, entry, main, user_main, returned, exiting };
inline constexpr unsigned landmark_count = 6;

/// The landmarks as addresses in the executable file; 0: not known. For `trace` only.
struct TraceRequest {
  std::uint64_t entry;
  std::uint64_t main;
  std::uint64_t user_main;        ///< may be the same as main
  std::uint32_t moving_stack;     ///< 1: the runtime may move the stack of the user's main (Go)
  std::uint32_t software_return;  ///< 1: stop at the return by a breakpoint in the code, not by a register
};

struct Request {
  std::uint32_t magic;
  RequestKind kind;
  std::uint32_t body_bytes;
  std::uint32_t argc;
  std::uint32_t envc;
  Output output;
  std::uint32_t fixed_layout;  ///< 1: without address space layout randomization
  std::uint32_t reserved;
  std::int64_t timeout_ns;            ///< from the start; 0: none
  std::uint64_t cpus[max_cpus / 64];  ///< affinity mask, bit 0 of word 0 is CPU 0; all zero: the helper's own
  TraceRequest trace;
};

enum class AnswerKind : std::uint32_t { finished = 1, timed_out = 2, aborted = 3, failed = 4 };

// clang-format off
/// Where starting a run failed.
enum class Stage : std::uint32_t { none, stdin_file, stdout_file, stderr_file, pipe, spawn, cwd, affinity, exec, trace };
// clang-format on

struct Answer {
  std::uint32_t magic;
  AnswerKind kind;
  Stage stage;                ///< if failed
  std::int32_t error_number;  ///< if failed
  std::int32_t wait_status;   ///< as wait4(2) gave it
  std::uint32_t reserved;
  std::int64_t wall_ns;  ///< CLOCK_MONOTONIC, from right before execve to the return of wait4
  std::int64_t user_ns;  ///< of the program and the children it waited for, as all below
  std::int64_t system_ns;
  std::uint64_t peak_rss_bytes;  ///< of the largest single one; the helper's own size is its floor
  std::uint64_t minor_faults;
  std::uint64_t major_faults;
  std::uint64_t voluntary_switches;
  std::uint64_t involuntary_switches;
};

/// A stop at a landmark. The program was stopped at least from the first to the second stamp.
struct TraceMark {
  std::int64_t stopped_ns;  ///< CLOCK_MONOTONIC, when the helper woke up; 0: never there
  std::int64_t resumed_ns;  ///< right before it resumed the program
  std::int64_t other_ns;  ///< how long the main thread was stopped for other reasons, until the next landmark
  std::uint32_t other_stops;  ///< and how often: signals, new threads and processes
  std::uint32_t reserved;
};

/// How often a run is stopped at its entry once more, without having moved, to measure the cost of a stop: by
/// a breakpoint in the code, then by one in the debug registers, which are expensive in virtual machines.
inline constexpr unsigned repeat_count = 4;
inline constexpr unsigned watch_count = 3;

struct TraceAnswer {
  std::int64_t start_ns;  ///< CLOCK_MONOTONIC, right before execve
  std::int64_t end_ns;    ///< after wait4
  TraceMark marks[landmark_count];
  std::int64_t repeat_ns[repeat_count];  ///< from resuming the program to waking up again; 0: not seen
  std::int64_t watch_ns[watch_count];    ///< the same; 0: not seen, or debug registers are refused
  std::uint32_t stops;                   ///< of all threads
  std::uint32_t execs;                   ///< over 1: it became another program
  std::uint32_t watched_return;          ///< 1: the return of main was awaited by a debug register
  std::uint32_t reserved;
};

}  // namespace pgo_orch::timer
