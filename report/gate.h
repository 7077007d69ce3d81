#pragma once
// What a gate found: two versions of a program, compared in the same rounds, and how that is shown.

#include <optional>
#include <string>
#include <vector>

#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

using measure::GateMetric;
using measure::GateOutcome;

inline constexpr const char* gate_schema = "pgo-orch/gate/1";

/// The reason of a comparison that needs no times.
inline constexpr const char* same_code = "the same code";

// Why a claim is open though an interval says more; the report explains them.
inline constexpr const char* layout_or_training = "layout or training";
inline constexpr const char* not_shown_again = "not shown again";
inline constexpr const char* other_output = "other output";

/// The new version against the old one, by one pair of builds. Seconds, bytes or instructions.
struct PairResult {
  std::optional<double> base;  ///< the median
  std::optional<double> head;
  std::optional<Percent> effect;  ///< of what the old one takes; positive: the new one takes more
  std::optional<Percent> lo;
  std::optional<Percent> hi;
  Percent allowed = 0;  ///< beyond it is a regression
  GateOutcome outcome = GateOutcome::open;
  int rounds = 0;                          ///< 0: it is counted, not timed
  int orders = 1;                          ///< in how many orders of their code both were timed
  std::optional<int> rounds_needed;        ///< more, if it is open
  std::optional<Nanoseconds> time_needed;  ///< about how long these take
  std::string reason;                      ///< what makes the interval wider than its samples do
  bool operator==(const PairResult&) const = default;
};

/// What is said of one workload by one metric.
struct GateClaim {
  GateMetric metric = GateMetric::wall;
  std::string workload;  ///< empty: it is about the whole program
  bool trained = false;  ///< profiles are trained with the workload
  PairResult first;
  std::optional<PairResult> second;  ///< of other builds: only what failed first has one
  GateOutcome outcome = GateOutcome::open;
  std::string reason;  ///< why it is open though an interval says more
  /// What is shown: the second one where there is one.
  const PairResult& shown() const { return second ? *second : first; }
  bool operator==(const GateClaim&) const = default;
};

/// A program as it was timed first.
struct GateProgram {
  std::string program;
  std::string sha256;
  std::string code_sha256;
  Bytes size;
  bool operator==(const GateProgram&) const = default;
};

struct GateVersion {
  std::string given;     ///< as it was named: a revision, a folder or a file
  std::string revision;  ///< id of the commit; empty: not known
  std::string rustc;     ///< its version; empty: it was not built here
  std::vector<GateProgram> programs;
  bool operator==(const GateVersion&) const = default;
};

/// A workload that the new version does not do as it should.
struct GateTrouble {
  std::string workload;
  std::string reason;
  bool operator==(const GateTrouble&) const = default;
};

struct GateReport {
  std::string tool_version;
  RunInfo run;
  Host host;
  std::string project;
  std::string variant;  ///< empty: executables were given
  double confidence = 0.99;
  bool strict = false;
  GateVersion base;
  GateVersion head;
  std::vector<GateClaim> claims;  ///< the worst first
  std::vector<GateTrouble> troubles;
  std::vector<std::string> notes;
  std::string explained;  ///< the numbers behind the claim that was asked for, as lines

  /// Of the whole gate: fail if any claim fails or a workload is in trouble, else open if any claim is.
  GateOutcome outcome() const;
  /// Whether that ends a check: fail, or with `strict` anything but pass.
  bool refuses() const {
    return outcome() == GateOutcome::fail || (strict && outcome() != GateOutcome::pass);
  }
  bool operator==(const GateReport&) const = default;
};

/// Regressions, then what is open, each by what may be lost at most; then the rest.
void sort_worst_first(std::vector<GateClaim>& claims);

/// "regression: HEAD takes 5.2 % [4.1, 6.3] more run time than BASE in 'parse', and 1.0 % is allowed."
std::string sentence_of(const GateReport& report);

Table gate_table(const GateReport& report, const std::vector<GateClaim>& claims);

std::string to_text(const GateReport& report, bool color);

/// For a pull request: the answer, what did not pass, and a collapsed table of everything.
std::string to_markdown(const GateReport& report);

/// A test for each claim: open ones are skipped, or failures if the gate is strict.
std::string to_junit(const GateReport& report);

std::string to_json_text(const GateReport& report);

/// Workflow commands of GitHub Actions, a line each: an error for each regression, a warning for what is
/// open.
std::string to_github_annotations(const GateReport& report);

}  // namespace pgo_orch::report
