// Everything about x86-64 (Intel SDM volume 3, chapter 18: debug registers; volume 2: INT3).

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

#include "measure/timer/program/machine.h"

namespace pgo_orch::timer::machine {

namespace {

constexpr unsigned char int3 = 0xcc;
constexpr long enable_register_0 = 1;  // DR7: local enable of DR0; type 0 is "executed", length 0 one byte
constexpr std::uint64_t resume_flag = 1 << 16;

bool peek(pid_t thread, std::uint64_t address, std::uint64_t& word) {
  errno = 0;
  word = static_cast<std::uint64_t>(ptrace(PTRACE_PEEKTEXT, thread, address, nullptr));
  return errno == 0;
}

/// The lowest byte of a word is the one at its address.
bool put(pid_t thread, std::uint64_t address, unsigned char byte) {
  std::uint64_t word = 0;
  if (!peek(thread, address, word)) return false;
  return ptrace(PTRACE_POKETEXT, thread, address, (word & ~std::uint64_t{0xff}) | byte) == 0;
}

bool put_register(pid_t thread, std::size_t offset, std::uint64_t value) {
  return ptrace(PTRACE_POKEUSER, thread, offset, value) == 0;
}

std::size_t debug_register(std::size_t number) {
  return offsetof(user, u_debugreg) + number * sizeof(user{}.u_debugreg[0]);
}

}  // namespace

bool read_registers(pid_t thread, Registers& registers) {
  user_regs_struct all;
  if (ptrace(PTRACE_GETREGS, thread, nullptr, &all) != 0) return false;
  registers = {.instruction = all.rip, .stack = all.rsp, .in_thread_exit = all.orig_rax == SYS_exit};
  return true;
}

void set(pid_t thread, Breakpoint& breakpoint) {
  std::uint64_t word = 0;
  if (breakpoint.is_set || !peek(thread, breakpoint.address, word)) return;
  breakpoint.original = static_cast<unsigned char>(word);
  breakpoint.is_set = put(thread, breakpoint.address, int3);
}

void clear(pid_t thread, Breakpoint& breakpoint) {
  clear_copy(thread, breakpoint);
  breakpoint.is_set = false;
}

void clear_copy(pid_t thread, const Breakpoint& breakpoint) {
  if (breakpoint.is_set) put(thread, breakpoint.address, breakpoint.original);
}

bool is_in_code(pid_t thread, const Breakpoint& breakpoint) {
  std::uint64_t word = 0;
  return peek(thread, breakpoint.address, word) && static_cast<unsigned char>(word) == int3;
}

/// The kernel says SI_KERNEL for INT3. A SIGTRAP sent by a process has another code.
bool was_hit(const Breakpoint& breakpoint, int code, const Registers& registers) {
  return breakpoint.is_set && code == SI_KERNEL && registers.instruction == breakpoint.address + 1;
}

void step_back(pid_t thread, const Breakpoint& breakpoint) {
  put_register(thread, offsetof(user, regs.rip), breakpoint.address);
}

std::uint64_t return_address(pid_t thread, const Registers& registers) {
  std::uint64_t address = 0;
  return peek(thread, registers.stack, address) ? address : 0;
}

bool is_stack_after_return(const Registers& at_first_instruction, const Registers& registers) {
  return registers.stack == at_first_instruction.stack + sizeof(std::uint64_t);
}

bool watch(pid_t thread, std::uint64_t address) {
  return put_register(thread, debug_register(0), address) &&
         put_register(thread, debug_register(7), enable_register_0);
}

void unwatch(pid_t thread) {
  put_register(thread, debug_register(7), 0);
}

void watch_again(pid_t thread) {
  const std::size_t flags = offsetof(user, regs.eflags);
  const long value = ptrace(PTRACE_PEEKUSER, thread, flags, nullptr);
  put_register(thread, flags, static_cast<std::uint64_t>(value) & ~resume_flag);
}

}  // namespace pgo_orch::timer::machine
