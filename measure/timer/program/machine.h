#pragma once
// What tracing needs from the processor: breakpoints, registers. Every thread here is stopped by ptrace.

#include <sys/types.h>

#include <cstdint>

namespace pgo_orch::timer::machine {

/// The registers of a thread that matter here.
struct Registers {
  std::uint64_t instruction = 0;  ///< address of the next one
  std::uint64_t stack = 0;
  bool in_thread_exit = false;  ///< in the system call that ends this thread only
};
bool read_registers(pid_t thread, Registers& registers);

/// A breakpoint in the code. Every thread and every forked child runs into it.
struct Breakpoint {
  std::uint64_t address = 0;
  unsigned char original = 0;
  bool is_set = false;
};
void set(pid_t thread, Breakpoint& breakpoint);
void clear(pid_t thread, Breakpoint& breakpoint);

/// Restores the code that the thread shares or inherited, without changing `breakpoint`.
void clear_copy(pid_t thread, const Breakpoint& breakpoint);
bool is_in_code(pid_t thread, const Breakpoint& breakpoint);

/// Whether a thread with SIGTRAP, this si_code and these registers ran into it.
bool was_hit(const Breakpoint& breakpoint, int code, const Registers& registers);

/// Makes the thread continue at the breakpoint's instruction.
void step_back(pid_t thread, const Breakpoint& breakpoint);

/// The return address of the function whose first instruction is next.
std::uint64_t return_address(pid_t thread, const Registers& registers);
/// Whether `registers` are those right after that return, and not after one of a deeper call.
bool is_stack_after_return(const Registers& at_first_instruction, const Registers& registers);

/// A breakpoint in the processor's debug registers, for this thread only; children don't inherit it. False if
/// the system refuses it. It stops the thread before the instruction.
bool watch(pid_t thread, std::uint64_t address);
void unwatch(pid_t thread);

/// Makes a thread that was stopped by it stop again: the kernel lets it pass the place once.
void watch_again(pid_t thread);

}  // namespace pgo_orch::timer::machine
