// --trace: the Trace Event Format, which chrome://tracing and ui.perfetto.dev show.
// docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU ("Complete Events").

#include <fmt/format.h>

#include <map>

#include "report/formats.h"
#include "report/json_values.h"

namespace pgo_orch::report {

namespace {

/// Microseconds, as the format has them.
double trace_time(Nanoseconds time) {
  return static_cast<double>(time.count()) / 1000;
}

class TraceWriter {
 public:
  explicit TraceWriter(const Results& results) {
    name_track("process_name", 0, fmt::format("pgo-orch run {}", results.run.id));
    for (const auto& span : results.timeline) add(span);
  }

  std::string text() const {
    return Json{{"displayTimeUnit", "ms"}, {"traceEvents", events_}}.dump(1, ' ', false,
                                                                          Json::error_handler_t::replace) +
           "\n";
  }

 private:
  void add(const Span& span) {
    const bool is_round = span.kind == SpanKind::rounds;
    const int track = track_of((is_round ? "measure " : "build ") + span.name);
    const std::string name = is_round                          ? fmt::format("measure {}", span.name)
                             : span.kind == SpanKind::training ? fmt::format("train with {}", span.what)
                                                               : span.what;
    add_event(name, to_word(span.kind), track, span.start, span.wall);
    Nanoseconds begin = span.start;
    for (std::size_t i = 0; i < span.rounds.size(); begin = span.rounds[i++])
      add_event(fmt::format("round {}", i + 1), "round", track, begin, span.rounds[i] - begin);
  }

  void add_event(const std::string& name, const char* category, int track, Nanoseconds start,
                 Nanoseconds wall) {
    events_.push_back({{"name", name},
                       {"cat", category},
                       {"ph", "X"},
                       {"ts", trace_time(start)},
                       {"dur", trace_time(wall)},
                       {"pid", 1},
                       {"tid", track}});
  }

  /// A row of the picture: all of a variant, all of a workload.
  int track_of(const std::string& name) {
    const auto [found, is_new] = tracks_.emplace(name, static_cast<int>(tracks_.size()) + 1);
    if (is_new) name_track("thread_name", found->second, name);
    return found->second;
  }

  void name_track(const char* kind, int track, const std::string& name) {
    events_.push_back({{"name", kind}, {"ph", "M"}, {"pid", 1}, {"tid", track}, {"args", {{"name", name}}}});
  }

  Json events_ = Json::array();
  std::map<std::string, int> tracks_;
};

}  // namespace

std::string to_trace(const Results& results) {
  return TraceWriter(results).text();
}

}  // namespace pgo_orch::report
