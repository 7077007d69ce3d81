// pgo-orch-shim: runs a compiler in the place of the one that was called, and logs the
// call; see pgo/shim_contract.h.

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "measure/shim/program/call.h"
#include "measure/shim/program/child.h"
#include "pgo/shim_contract.h"

namespace pgo_orch::shim {
namespace {

/// The CPU time of this process before `main`: mostly its start.
std::int64_t start_up_ns() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return used.tv_sec * INT64_C(1'000'000'000) + used.tv_nsec;
}

/// Ends as the tool ended, without a core file: the tool has left its own.
int end_as(int wait_status) {
  if (!WIFSIGNALED(wait_status)) return WEXITSTATUS(wait_status);
  const int number = WTERMSIG(wait_status);
  const rlimit none{};
  setrlimit(RLIMIT_CORE, &none);
  signal(number, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
  raise(number);
  return 128 + number;
}

int run_and_log(const std::string& name, Arguments arguments, bool as_wrapper, std::int64_t begun_ns) {
  Call call = make_call(name, std::move(arguments), as_wrapper);
  if (call.argv.empty()) {
    dprintf(2, "%s: no %s on the PATH except the shim itself: install it, or add its folder\n", program_name,
            name.c_str());
    return 127;
  }
  const Run result = run(call);
  if (result.spawn_error != 0)
    dprintf(2, "%s: cannot start %s: %s\n", program_name, call.argv[0].c_str(), strerror(result.spawn_error));
  if (result.pid < 0) return 127;
  const auto own = result.start_ns - begun_ns + now_ns() - result.end_ns;
  append_to_log(event_line(call, result, own));
  return end_as(result.wait_status);
}

int main_of_shim(int argc, char** argv) {
  const auto begun_ns = now_ns() - start_up_ns();
  const auto name = argc > 0 ? std::string(base_name(argv[0])) : program_name;
  const bool as_wrapper = name == program_name;
  const int first = as_wrapper ? 2 : 1;
  if (as_wrapper && (argc < 2 || strcmp(argv[1], "--version") == 0)) {
    const auto written = dprintf(1, "%s %s\n", program_name, PGO_ORCH_VERSION);
    return argc < 2 || written < 0 ? 2 : 0;
  }
  return run_and_log(as_wrapper ? argv[1] : name, Arguments(argv + first, argv + argc), as_wrapper, begun_ns);
}

}  // namespace
}  // namespace pgo_orch::shim

int main(int argc, char** argv) {
  return pgo_orch::shim::main_of_shim(argc, argv);
}
