#pragma once
// The claims of a run beside what a second measurement of the same artifacts says, and how that is shown.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

inline constexpr const char* confirm_schema = "pgo-orch/confirm/1";

/// What two measurements say of one claim, the worst first.
enum class Joined { contradicted, not_confirmed, confirmed };
constexpr auto words_of(Joined) {
  using enum Joined;
  return std::to_array<Word<Joined>>(
      {{contradicted, "contradicted"}, {not_confirmed, "not-confirmed"}, {confirmed, "confirmed"}});
}

/// What a run claims of a variant against its baseline; `over_guard`: slower by more than the guard allows.
enum class ClaimKind { faster, slower, equivalent, over_guard };
constexpr auto words_of(ClaimKind) {
  using enum ClaimKind;
  return std::to_array<Word<ClaimKind>>(
      {{faster, "faster"}, {slower, "slower"}, {equivalent, "equivalent"}, {over_guard, "over-guard"}});
}

/// A claim of the run, of run time or CPU time, and what the second measurement says of the same.
struct ClaimedTwice {
  ClaimKind kind = ClaimKind::faster;
  Comparison first;                  ///< its workload has no value: of all together
  std::optional<Comparison> second;  ///< none: it was not measured, see `reason`
  Joined joined = Joined::not_confirmed;
  std::string reason;                      ///< why it could not be measured
  std::optional<Nanoseconds> time_needed;  ///< about how long it takes more until the second one can tell
  bool operator==(const ClaimedTwice&) const = default;
};

struct ConfirmReport {
  std::string tool_version;
  RunInfo run;  ///< the second measurement
  Host host;
  RunInfo first_run;  ///< whose claims these are
  Host first_host;
  std::string project;
  std::string baseline;
  double confidence = 0.95;  ///< of all claims that both make, together
  double precision = 0.01;
  std::vector<ClaimedTwice> claims;  ///< the worst first
  std::string recommendation;        ///< of the run
  bool recommends = false;           ///< every claim that it rests on is confirmed
  std::vector<std::string> notes;

  /// The worst of all claims.
  Joined outcome() const;
  bool operator==(const ConfirmReport&) const = default;
};

/// The worst first; of equals in their order.
void sort_worst_first(std::vector<ClaimedTwice>& claims);

/// "confirmed: all 3 claims hold here, too. pgo is 12.0 % faster than baseline [11.1, 12.8]. Use it."
std::string sentence_of(const ConfirmReport& report);

Table confirm_table(const ConfirmReport& report);

std::string to_text(const ConfirmReport& report, bool color);
std::string to_markdown(const ConfirmReport& report);
std::string to_json_text(const ConfirmReport& report);

}  // namespace pgo_orch::report
