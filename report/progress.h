#pragma once
// Everything that a run prints while it works goes here, to stderr: results can go to stdout.
//
// On a terminal one line is redrawn, at most ten times a second and never between pause() and resume(), where
// programs are timed. Elsewhere each event is a line. All members may be called from several threads.

#include <condition_variable>
#include <cstdio>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "report/table.h"
#include "report/timeline.h"
#include "toolchains/units.h"

namespace pgo_orch::report {

enum class Verbosity {
  quiet,  ///< errors only
  normal,
  verbose  ///< each command too; nothing is redrawn
};

struct ProgressOptions {
  bool redraw = false;  ///< `out` is a terminal that can
  bool color = false;
  Verbosity verbosity = Verbosity::normal;
  std::size_t width = 80;
  bool ticking = true;  ///< while redrawing, a thread keeps the elapsed time up to date
};

/// Options for `out`: nothing is redrawn if it is not a terminal, TERM is "dumb" or CI is set. The
/// caller chooses colour.
ProgressOptions options_for(std::FILE* out, bool color, Verbosity verbosity);

/// Lines that stay, and one line below them that is redrawn. Not for several threads at once: Progress locks.
class StatusLine {
 public:
  /// Text that is wider than `width` is clipped when it is redrawn. Without `redraw`, draw() does nothing.
  StatusLine(std::FILE* out, bool redraw, std::size_t width) : out_(out), redraw_(redraw), width_(width) {}

  bool redraws() const { return redraw_; }
  bool paused() const { return paused_; }

  void print(const std::string& line);                  ///< stays; without its newline
  void draw(const std::string& text, Nanoseconds now);  ///< unless it was drawn less than 100 ms ago
  void pause() { paused_ = true; }                      ///< nothing is written until resume(); lines wait
  void resume();
  void finish();  ///< removes the redrawn line, prints what waits

 private:
  void clear();
  void write(const std::string& text);

  std::FILE* out_;
  bool redraw_;
  std::size_t width_;
  bool paused_ = false;
  std::string waiting_;  ///< lines to print after the pause
  std::string drawn_;    ///< as shown on the terminal
  std::optional<Nanoseconds> drawn_at_;
};

class Progress {
 public:
  using Clock = std::function<Nanoseconds()>;  ///< since any fixed moment

  Progress(std::FILE* out, const ProgressOptions& options, Clock clock = {});
  ~Progress();  ///< as finish()

  /// What is to be built: the m of "variant n of m", and how much work all of them are, in any unit.
  void expect(std::size_t variants, double work = 0);

  // Of variant `number` (from 1; 0: it is none); one stage of a variant at a time, several variants at once.
  /// `units`: how many crates are compiled so far, asked while the line is redrawn; empty: unknown. They are
  /// shown as n of m once a build is finished, m being the most of all so far.
  void stage_started(std::size_t number, std::string_view variant, std::string_view stage,
                     std::function<int()> units = {});
  void stage_finished(std::string_view variant);
  void stage_failed(std::string_view variant, std::string_view reason);
  void stage_interrupted(std::string_view variant);  ///< by the user
  /// An expected variant is done, with or without success. `built` is false if it is a copy of another
  /// variant, or was skipped.
  void variant_finished(double work = 1, bool built = true);
  void training(std::string_view variant, std::string_view workload);  ///< within a stage

  /// Before round `round`; `rounds` is about how many there will be, 0: unknown. `left`: the time.
  void measuring(std::string_view workload, int round, int rounds, std::optional<Nanoseconds> left);
  void measured(std::string_view workload, int rounds);

  void pause();  ///< nothing is written until resume(); messages wait
  void resume();

  void command(std::string_view line);  ///< shown when verbose
  void note(std::string_view text);
  void warning(std::string_view text);
  void error(std::string_view text);

  void finish();  ///< removes the redrawn line, prints what waits; before anything else is printed

  std::vector<Span> timeline() const;  ///< of what it was told so far

 private:
  struct Active {
    std::size_t number;
    std::string variant;
    std::string stage;
    std::string detail;
    Nanoseconds started;
    std::function<int()> units;
  };
  struct Measuring {
    std::string workload;
    int round;
    int rounds;
    std::optional<Nanoseconds> left;
    Nanoseconds started;
    Nanoseconds shown;  ///< when it last got a line of its own
  };

  // The mutex is held where these are called.
  std::string place(const Active& active) const;
  std::string time_left() const;
  std::string describe(const Measuring& measuring) const;
  std::string status() const;
  Active* find(std::string_view variant);
  Active take(std::string_view variant, const char* how = "");
  void event(const std::string& line);
  void message(std::string_view label, Tone tone, std::string_view text);
  void tick(const std::stop_token& stop);

  ProgressOptions options_;
  Clock clock_;
  mutable std::mutex mutex_;
  std::condition_variable_any resumed_;
  StatusLine line_;
  Timeline timeline_;
  std::size_t variants_ = 0;
  std::size_t finished_ = 0;
  double work_ = 0;                   ///< of all that are built
  double work_done_ = 0;              ///< of those that are finished
  std::optional<Nanoseconds> began_;  ///< when the first stage did
  Nanoseconds last_finished_{};       ///< when the latest variant was
  /// When the first variant was, and its work: it may be built much sooner than others, so it only counts as
  /// long as it is the only one.
  std::optional<std::pair<Nanoseconds, double>> first_finished_;
  int units_ = 0;  ///< of the largest build so far
  std::vector<Active> active_;
  std::optional<Measuring> measuring_;
  std::jthread ticker_;  ///< last, so that it ends before what it uses
};

}  // namespace pgo_orch::report
