// Does an exact amount of work: bench_trials makes copies of it that differ in this number and in nothing
// else.

static const volatile unsigned long long rounds[2] = {0x70676f6f72636821ULL,
                                                      0};  // a mark to find it by, and the number

int main(void) {
  unsigned long long x = rounds[0];
  for (unsigned long long i = rounds[1]; i > 0; --i) {
    x = x * 6364136223846793005ULL + 1442695040888963407ULL;
    __asm__ volatile("" : "+r"(x));  // each step needs the one before: no compiler shortens it
  }
  return x == 42;
}
