// Preloaded (ld.so(8), LD_PRELOAD): the calendar is 400 days ahead, so that a date that gets into a program
// differs in its day, month and year. Clocks that measure, and the times of files, stay as they are: cargo
// and make compare those.
//
// Not in cargo and rustup themselves: they check certificates, and cargo removes crates from its home that it
// did not use for months (the Cargo Book, "Automatic garbage collection").

#include <errno.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstring>

namespace {

constexpr time_t ahead = time_t{400} * 24 * 60 * 60;  // seconds

bool starts_with(const char* text, const char* start) {
  return std::strncmp(text, start, std::strlen(start)) == 0;
}

time_t shift() {
  const char* program = program_invocation_short_name;
  return starts_with(program, "cargo") || starts_with(program, "rustup") ? 0 : ahead;
}

}  // namespace

extern "C" {

// By the system call: the C library's own function is the one that this replaces.
int clock_gettime(clockid_t clock_id, timespec* tp) noexcept {
  if (::syscall(SYS_clock_gettime, clock_id, tp) != 0) return -1;
  if (clock_id == CLOCK_REALTIME || clock_id == CLOCK_REALTIME_COARSE || clock_id == CLOCK_TAI)
    tp->tv_sec += shift();
  return 0;
}

int gettimeofday(timeval* tv, void*) noexcept {
  timespec precise{};
  if (clock_gettime(CLOCK_REALTIME, &precise) != 0) return -1;
  *tv = {.tv_sec = precise.tv_sec, .tv_usec = precise.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* timer) noexcept {
  timespec precise{};
  if (clock_gettime(CLOCK_REALTIME, &precise) != 0) return -1;
  if (timer) *timer = precise.tv_sec;
  return precise.tv_sec;
}

int timespec_get(timespec* ts, int base) noexcept {
  return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, ts) == 0 ? base : 0;
}
}
