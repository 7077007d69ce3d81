#pragma once
// Inside the runner: a process between pgo-orch and each program that it runs. The program's orphans, in
// whatever session, become its children, so it knows when all have ended and can end them; also when pgo-orch
// itself is killed, because then the keeper's socket closes.

#include <sys/types.h>

#include <cstdint>

#include "toolchains/descriptor.h"

namespace pgo_orch::toolchains {

/// What a keeper says. After `failed` and `all_ended` it ends, unless it still guards.
enum class KeeperSays : std::int32_t {
  held,          ///< the process waits for `keeper_lets_go` before it becomes the program; `value`: its id
  started,       ///< `value`: the process id, which is also the number of its session
  failed,        ///< to execute it; `value`: errno
  leader_ended,  ///< `value`: its wait status
  left_running,  ///< a process that it left, and that is about to be ended; `value`: its id
  crashed,       ///< one that it left, and that a signal ended; `value`: its id
  all_ended      ///< `value`: the number of those that left the session, which are guarded
};

struct KeeperMessage {
  KeeperSays says = KeeperSays::started;
  std::int32_t value = 0;
  std::int32_t signal = 0;     ///< of `crashed`
  std::int64_t at_ns = 0;      ///< CLOCK_MONOTONIC
  std::int64_t user_ns = 0;    ///< of all that ended so far
  std::int64_t system_ns = 0;  ///< the same
  std::uint64_t peak_rss = 0;  ///< of the largest of them, in bytes
  char name[64] = {};          ///< the beginning of the command line of `left_running` and `crashed`
};

/// The next message; false: the keeper is gone.
bool receive(const Descriptor& socket, KeeperMessage& message);

/// What it is told, a byte each; the end of the file is the death of pgo-orch.
inline constexpr char keeper_terminates = 't';  ///< SIGTERM to all
inline constexpr char keeper_kills = 'k';       ///< SIGKILL until none is left
inline constexpr char keeper_lets_go = 'g';     ///< what is held begins

/// What the keeper starts, all prepared before the fork.
struct Kept {
  const char* program;
  char* const* arguments;
  char* const* environment;
  const char* cwd;             ///< empty: stays
  int in, out, err;            ///< its descriptors 0, 1 and 2; above 2
  std::uint64_t largest_file;  ///< 0: no limit
  bool held;                   ///< before it is executed
  bool ends_all;               ///< what left the session has to end, too, and is not just guarded
};

/// Called in a child after fork, in which it stays: only async-signal-safe calls, since another thread may
/// have held any lock, the allocator's too, when the process was copied.
[[noreturn]] void keep(const Kept& kept, int socket);

}  // namespace pgo_orch::toolchains
