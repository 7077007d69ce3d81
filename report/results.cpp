#include "report/results.h"

namespace pgo_orch::report {

const char* to_word(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::failed:
      return "failed";
    case Status::skipped:
      return "skipped";
    case Status::wrong_output:
      return "wrong-output";
  }
  return "";
}

const char* to_word(Metric metric) {
  switch (metric) {
    case Metric::runtime:
      return "runtime";
    case Metric::build:
      return "build";
    case Metric::size:
      return "size";
    case Metric::memory:
      return "memory";
  }
  return "";
}

}  // namespace pgo_orch::report
