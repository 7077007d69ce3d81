#include "toolchains/interrupt.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <string_view>

namespace pgo_orch::toolchains {

namespace {

std::atomic<int> first_signal{0};
std::atomic<int> times{0};
std::atomic<int> heeding{0};
// Open from the start, so that a signal handler need not make it.
const int interrupt_event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

static_assert(std::atomic<int>::is_always_lock_free, "used in a signal handler");

void handle(int signal) {
  constexpr int patience = 2;
  if (heeding == 0 || times >= patience) {
    constexpr std::string_view text = "error: interrupted\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    ::_exit(128 + signal);
  }
  raise_interrupt(signal);
}

void install(int signal) {
  struct sigaction old{};
  ::sigaction(signal, nullptr, &old);
  if (old.sa_handler == SIG_IGN) return;  // as nohup, or a shell's background job, wants it
  struct sigaction action{};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

void install_interrupt_handlers() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) install(signal);
}

Heeding::Heeding() {
  ++heeding;
}
Heeding::~Heeding() {
  --heeding;
}

int interrupted() {
  return first_signal.load();
}

int interrupt_count() {
  return times.load();
}

int interrupt_descriptor() {
  return interrupt_event;
}

void raise_interrupt(int signal) {
  const int saved = errno;
  int none = 0;
  first_signal.compare_exchange_strong(none, signal);
  times.fetch_add(1);
  const std::uint64_t one = 1;
  // It can fail only when the counter is full, and then it is readable already.
  [[maybe_unused]] const auto written = ::write(interrupt_event, &one, sizeof one);
  errno = saved;
}

void clear_interrupt() {
  std::uint64_t value = 0;
  [[maybe_unused]] const auto got = ::read(interrupt_event, &value, sizeof value);
  first_signal = 0;
  times = 0;
}

}  // namespace pgo_orch::toolchains
