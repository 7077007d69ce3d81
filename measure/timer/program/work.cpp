#include "measure/timer/program/work.h"

#include <sys/mman.h>

#include <cstdint>

namespace pgo_orch::timer {

namespace {

constexpr std::size_t words = std::size_t{1} << 17;  // a MiB: more than the nearest caches hold
constexpr int steps = 150;                           // of a unit

std::uint64_t next(std::uint64_t x) {  // xorshift64 (Marsaglia 2003)
  x ^= x << 13U;
  x ^= x >> 7U;
  return x ^ (x << 17U);
}

}  // namespace

unsigned long work(unsigned long units) {
  void* const pages = mmap(nullptr, words * sizeof(std::uint64_t), PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return 0;
  auto* const memory = static_cast<std::uint64_t*>(pages);
  std::uint64_t state = 88172645463325252U;
  for (std::size_t i = 0; i < words; ++i) memory[i] = state = next(state);
  std::uint64_t sum = 0;
  for (unsigned long unit = 0; unit < units; ++unit)
    for (int step = 0; step < steps; ++step) {
      std::uint64_t& word = memory[(state ^ sum) % words];
      sum += (word & 1U) != 0 ? word >> 3U : ~word;
      word = state = next(state);
    }
  munmap(pages, words * sizeof(std::uint64_t));
  return sum;
}

}  // namespace pgo_orch::timer
