#include "measure/timer/sampler.h"

#include <cstring>

namespace pgo_orch::measure {

std::string describe(const Sample& sample) {
  switch (sample.end) {
    case End::exited:
      return "exit code " + std::to_string(sample.exit_code);
    case End::signalled:
      return "killed by signal " + std::to_string(sample.signal) + " (" + strsignal(sample.signal) + ")";
    case End::timed_out:
      return "timed out";
    case End::interrupted:
      return "interrupted";
    case End::not_started:
      return sample.reason;
  }
  return {};
}

}  // namespace pgo_orch::measure
