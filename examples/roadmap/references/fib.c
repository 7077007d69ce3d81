/* Prints the n-th Fibonacci number by plain recursion; n is the first argument, or 35. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t fib(uint32_t n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int main(int argc, char** argv) {
  printf("%llu\n", (unsigned long long)fib(argc > 1 ? (uint32_t)atoi(argv[1]) : 35));
  return 0;
}
