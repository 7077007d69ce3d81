#pragma once
// What tracing needs to know of the processor: breakpoints, registers. Every function is about a thread that
// is stopped by ptrace.

#include <sys/types.h>

#include <cstdint>

namespace pgo_orch::timer::machine {

/// Whether programs can be traced on this kind of processor.
extern const bool is_supported;

/// What is read of a thread's registers.
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

/// Puts back the code that the thread shares, or has inherited, without a change to `breakpoint`.
void clear_copy(pid_t thread, const Breakpoint& breakpoint);
bool is_in_code(pid_t thread, const Breakpoint& breakpoint);

/// Whether a thread that got SIGTRAP with this si_code and these registers has run into it.
bool was_hit(const Breakpoint& breakpoint, int code, const Registers& registers);

/// Makes it go on at the breakpoint's own instruction.
void step_back(pid_t thread, const Breakpoint& breakpoint);

/// Where the function returns to whose first instruction is next.
std::uint64_t return_address(pid_t thread, const Registers& registers);
/// Whether `registers` are those right behind that return, and not behind one of a deeper call.
bool is_stack_after_return(const Registers& at_first_instruction, const Registers& registers);

/// A breakpoint in the processor's debug registers, of this thread only; children don't inherit it. False if
/// the system has none to give. It stops the thread before the instruction.
bool watch(pid_t thread, std::uint64_t address);
void unwatch(pid_t thread);

/// Makes a thread that was stopped so stop again: the kernel let it pass the place once.
void watch_again(pid_t thread);

}  // namespace pgo_orch::timer::machine
