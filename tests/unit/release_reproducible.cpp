#include "orchestrator/release/reproducible.h"

#include <doctest/doctest.h>

#include <string>

using namespace pgo_orch::orchestrator;
using Texts = std::vector<std::string>;

namespace {

/// As llvm-profdata 22 shows it with --all-functions --counts --ic-targets --memop-sizes.
std::string shown(const std::string& count, const std::string& size) {
  return "Counters:\n"
         "  _ZN4demo4copy17h0123456789abcdefE:\n"
         "    Hash: 0x0a4d0ad3efffffff\n"
         "    Counters: 1\n"
         "    Block counts: [7]\n"
         "    Memory Intrinsic Size Results:\n"
         "\t[  0,   " +
         size +
         ",         14 ] (100.00%)\n"
         "  demo.rs;_ZN4demo4loop17h0123456789abcdefE:\n"
         "    Hash: 0x07df0bf88bf070d5\n"
         "    Block counts: [" +
         count +
         "]\n"
         "Instrumentation level: IR\n"
         "Total functions: 2\n"
         "Statistics for indirect call sites profile:\n"
         "  Value sites histogram:\n"
         "\t" +
         count + ", 1\n";
}

}  // namespace

TEST_CASE("functions are told apart by what training counted, and by the sizes that it saw them copy") {
  CHECK(functions_that_differ(shown("3", "33"), shown("3", "33")).empty());
  CHECK(functions_that_differ(shown("3", "33"), shown("3", "65")) == Texts{"demo::copy"});
  CHECK(functions_that_differ(shown("3", "33"), shown("4", "33")).size() == 1);
  CHECK(functions_that_differ(shown("3", "33"), shown("4", "65")).size() == 2);
  CHECK(functions_that_differ(shown("3", "33"), "").size() == 2);
  CHECK(functions_that_differ("", shown("3", "33")).size() == 2);
}
