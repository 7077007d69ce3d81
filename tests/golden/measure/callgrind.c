__attribute__((noinline, noclone)) static unsigned leaf(unsigned n) { unsigned s = 0; for (unsigned i = 0; i < n; ++i) s = s * 3 + i; return s; }
__attribute__((noinline, noclone)) static unsigned work(unsigned n) { return leaf(n) + leaf(2 * n) + 1; }
__attribute__((noinline, noclone)) static unsigned fib(unsigned n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
__attribute__((noinline, noclone)) static unsigned parse(unsigned n) { return work(n) + fib(n) + 1; }
static volatile unsigned sink = 1;
__attribute__((force_align_arg_pointer)) void _start(void) { unsigned r = parse(8) + work(3); sink += r; __asm__ volatile("syscall" : : "a"(60), "D"(r & 0)); __builtin_unreachable(); }
