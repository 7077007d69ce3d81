#pragma once
// A hundred functions more for `profile colder`, all aliases of one; where that is written, their crate is
// `fib` too. For toy_program.cpp alone, which defines that one.
#define COLD(N)                                                                                             \
  extern "C" [[gnu::alias("_ZN3fib4work17hfedcba9876543210E"), gnu::nothrow]] int toy_cold##N(int) __asm__( \
      "tZN3fib6cold" #N "17hfedcba9876543210E")
#define TEN_COLD(N) \
  COLD(N##0);       \
  COLD(N##1);       \
  COLD(N##2);       \
  COLD(N##3);       \
  COLD(N##4);       \
  COLD(N##5);       \
  COLD(N##6);       \
  COLD(N##7);       \
  COLD(N##8);       \
  COLD(N##9)
TEN_COLD(1);
TEN_COLD(2);
TEN_COLD(3);
TEN_COLD(4);
TEN_COLD(5);
TEN_COLD(6);
TEN_COLD(7);
TEN_COLD(8);
TEN_COLD(9);
TEN_COLD(a);
