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

const char* to_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::faster:
      return "faster";
    case Verdict::slower:
      return "slower";
    case Verdict::smaller:
      return "smaller";
    case Verdict::larger:
      return "larger";
    case Verdict::equivalent:
      return "equivalent";
    case Verdict::unresolved:
      return "unresolved";
    case Verdict::identical:
      return "identical";
    case Verdict::wrong_output:
      return "wrong-output";
    case Verdict::failed:
      return "failed";
    case Verdict::skipped:
      return "skipped";
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
