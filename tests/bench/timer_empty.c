/* Does nothing, or as many steps as its argument says. */
#include <stdlib.h>

int main(int argc, char** argv) {
  volatile long left = argc > 1 ? atol(argv[1]) : 0;
  while (left > 0) left = left - 1;
  return 0;
}
