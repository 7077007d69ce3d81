#pragma once
// What happened when in a run: what --trace draws.

#include <string>
#include <string_view>
#include <vector>

#include "toolchains/units.h"
#include "toolchains/words.h"

namespace pgo_orch::report {

enum class SpanKind { stage, training, rounds };
constexpr auto words_of(SpanKind) {
  using enum SpanKind;
  return std::to_array<Word<SpanKind>>({{stage, "stage"}, {training, "training"}, {rounds, "rounds"}});
}

/// Times count from the start of the run, of a resumed one from that of its last part.
struct Span {
  SpanKind kind = SpanKind::stage;
  std::string name;  ///< the variant (or reference) that is built or trains; of rounds the workload
  std::string what;  ///< the stage; the workload that trains
  Nanoseconds start{};
  Nanoseconds wall{};
  std::vector<Nanoseconds> rounds;  ///< when each ended; the first begins with the warm-up
  bool operator==(const Span&) const = default;
};

/// Notes spans as a run tells of them. Times are of any clock; not for several threads at once.
class Timeline {
 public:
  explicit Timeline(Nanoseconds begin) : begin_(begin) {}

  void stage(std::string_view name, std::string_view stage, Nanoseconds from, Nanoseconds to);
  /// Ends what the variant trained with before; stage() ends the last.
  void training(std::string_view name, std::string_view workload, Nanoseconds at);
  /// The first one of a workload begins, or the one before ended.
  void round(std::string_view workload, Nanoseconds at);
  void measured(Nanoseconds at);

  const std::vector<Span>& spans() const { return spans_; }  ///< in the order in which they began or ended

 private:
  void end(SpanKind kind, std::string_view name, Nanoseconds at);

  Nanoseconds begin_;
  std::vector<Span> spans_;
  std::vector<std::size_t> open_;
};

}  // namespace pgo_orch::report
