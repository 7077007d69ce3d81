#include "report/timeline.h"

#include <algorithm>

namespace pgo_orch::report {

void Timeline::stage(std::string_view name, std::string_view stage, Nanoseconds from, Nanoseconds to) {
  end(SpanKind::training, name, to);
  spans_.push_back({SpanKind::stage, std::string(name), std::string(stage), from - begin_, to - from, {}});
}

void Timeline::training(std::string_view name, std::string_view workload, Nanoseconds at) {
  end(SpanKind::training, name, at);
  open_.push_back(spans_.size());
  spans_.push_back({SpanKind::training, std::string(name), std::string(workload), at - begin_, {}, {}});
}

void Timeline::round(std::string_view workload, Nanoseconds at) {
  const auto open = std::ranges::find_if(open_, [&](std::size_t index) {
    return spans_[index].kind == SpanKind::rounds && spans_[index].name == workload;
  });
  if (open != open_.end()) return spans_[*open].rounds.push_back(at - begin_);
  measured(at);
  open_.push_back(spans_.size());
  spans_.push_back({SpanKind::rounds, std::string(workload), "", at - begin_, {}, {}});
}

void Timeline::measured(Nanoseconds at) {
  for (const std::size_t index : std::vector<std::size_t>(open_))
    if (spans_[index].kind == SpanKind::rounds) end(SpanKind::rounds, spans_[index].name, at);
}

void Timeline::end(SpanKind kind, std::string_view name, Nanoseconds at) {
  const auto found = std::ranges::find_if(
      open_, [&](std::size_t index) { return spans_[index].kind == kind && spans_[index].name == name; });
  if (found == open_.end()) return;
  spans_[*found].wall = at - begin_ - spans_[*found].start;
  open_.erase(found);
}

}  // namespace pgo_orch::report
