#pragma once
// What the timing helper and the program that drives it say to each other, over one stream socket, which is
// the helper's descriptor 0. Both are built together and run on one machine: plain structs in native byte
// order.
//
//   driver -> helper   Request, then `body_bytes` of strings, each ended by a NUL (so any other byte may
//   stand in one):
//                      executable, cwd, stdin file, stdout file, stderr file, argv[0..argc),
//                      environment[0..envc)
//                      ("NAME=value"). An empty cwd is the helper's own, an empty file is /dev/null.
//   helper -> driver   one Answer for each Request of kind `run`.
//
// A Request of kind `abort` (without a body) kills the running program's process group; the Answer then says
// `aborted`. Without a running program it means nothing: the answer was on its way already. End of file kills
// and ends the helper.

#include <cstdint>

namespace pgo_orch::timer {

/// Changes with the layout of either struct, so that a helper of another version is noticed.
inline constexpr std::uint32_t protocol_magic = 0x70676f31;

/// No kernel takes more than 6 MiB of arguments and environment (three quarters of its 8 MiB stack limit).
inline constexpr std::uint32_t max_body = 8U << 20;
inline constexpr int max_cpus = 1024;

enum class RequestKind : std::uint32_t { run = 1, abort = 2 };
/// discard: a pipe, read and thrown away
enum class Output : std::uint32_t { discard = 1, null = 2, file = 3 };

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
};

enum class AnswerKind : std::uint32_t { finished = 1, timed_out = 2, aborted = 3, failed = 4 };

// clang-format off
/// Where a run failed that could not be started.
enum class Stage : std::uint32_t { none, stdin_file, stdout_file, stderr_file, pipe, spawn, cwd, affinity, exec };
// clang-format on

struct Answer {
  std::uint32_t magic;
  AnswerKind kind;
  Stage stage;                ///< if failed
  std::int32_t error_number;  ///< if failed
  std::int32_t wait_status;   ///< as wait4(2) gave it
  std::uint32_t reserved;
  std::int64_t wall_ns;  ///< CLOCK_MONOTONIC, from right before execve to the return of wait4
  std::int64_t user_ns;  ///< of the program and the children that it waited for; so are all that follow
  std::int64_t system_ns;
  std::uint64_t peak_rss_bytes;  ///< of the largest single one; the helper's own size is its floor
  std::uint64_t minor_faults;
  std::uint64_t major_faults;
  std::uint64_t voluntary_switches;
  std::uint64_t involuntary_switches;
};

}  // namespace pgo_orch::timer
