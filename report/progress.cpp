#include "report/progress.h"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "report/humanize.h"
#include "report/text.h"
#include "toolchains/search_path.h"

namespace pgo_orch::report {

namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds tick_interval = 100ms;
constexpr Nanoseconds redraw_interval = 100ms;
constexpr const char* erase_to_end = "\x1b[K";
constexpr Nanoseconds line_interval = 10s;  ///< of measuring, where nothing is redrawn

Nanoseconds steady_now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace

ProgressOptions options_for(std::FILE* out, bool color, Verbosity verbosity) {
  ProgressOptions options{.color = color, .verbosity = verbosity};
  const int descriptor = fileno(out);
  options.redraw = isatty(descriptor) == 1 && toolchains::variable("TERM") != "dumb" &&
                   toolchains::variable("CI").value_or("").empty();
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) options.width = size.ws_col;
  return options;
}

void StatusLine::print(const std::string& line) {
  if (paused_) {
    waiting_ += line + "\n";
    return;
  }
  const std::string below = drawn_;
  clear();
  write(line + "\n" + below);
  drawn_ = below;
}

void StatusLine::draw(const std::string& text, Nanoseconds now) {
  if (!redraw_ || paused_ || text.empty()) return;
  if (drawn_at_ && now - *drawn_at_ < redraw_interval) return;
  std::string line = clip(text, width_ - 1);  // the last column would make some terminals wrap
  if (line == drawn_) return;
  write("\r" + line + erase_to_end);
  drawn_ = std::move(line);
  drawn_at_ = now;
}

void StatusLine::resume() {
  paused_ = false;
  std::string lines = std::exchange(waiting_, "");
  if (lines.empty()) return;
  lines.pop_back();
  print(lines);
}

void StatusLine::finish() {
  resume();
  clear();
}

void StatusLine::clear() {
  if (!drawn_.empty()) write(std::string("\r") + erase_to_end);
  drawn_.clear();
}

/// Whole and at once, so that lines of other writers don't get in between.
void StatusLine::write(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), out_);
  std::fflush(out_);
}

Progress::Progress(std::FILE* out, const ProgressOptions& options, Clock clock)
    : options_(options),
      clock_(clock ? std::move(clock) : steady_now),
      line_(out, options.redraw && options.verbosity == Verbosity::normal, options.width),
      timeline_(clock_()) {
  if (line_.redraws() && options_.ticking)
    ticker_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
}

Progress::~Progress() {
  finish();
}

void Progress::expect(std::size_t variants, double work) {
  const std::lock_guard lock(mutex_);
  variants_ = variants;
  work_ = work > 0 ? work : static_cast<double>(variants);
}

void Progress::stage_started(std::size_t number, std::string_view variant, std::string_view stage,
                             std::function<int()> units) {
  const std::lock_guard lock(mutex_);
  active_.push_back({number, printable(variant), printable(stage), "", clock_(), std::move(units)});
  if (!began_) began_ = active_.back().started;
  event(place(active_.back()) + time_left());
}

void Progress::stage_finished(std::string_view variant) {
  const std::lock_guard lock(mutex_);
  const Active done = take(variant);
  if (done.units) units_ = std::max(units_, done.units());
  event(fmt::format("{} done in {}", place(done), human(clock_() - done.started)));
}

void Progress::stage_failed(std::string_view variant, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  const bool in_stage = find(variant) != nullptr;
  const Active failed = take(variant, ", failed");
  if (options_.verbosity == Verbosity::quiet) return;
  if (!in_stage) {
    return line_.print(fmt::format("{}: {}: {}", failed.variant, paint("failed", Tone::bad, options_.color),
                                   printable(reason)));
  }
  line_.print(fmt::format("{} {} after {}: {}", place(failed), paint("failed", Tone::bad, options_.color),
                          human(clock_() - failed.started), printable(reason)));
}

void Progress::stage_interrupted(std::string_view variant) {
  const std::lock_guard lock(mutex_);
  const Active stopped = take(variant, ", interrupted");
  event(fmt::format("{} interrupted after {}", place(stopped), human(clock_() - stopped.started)));
}

void Progress::variant_finished(double work, bool built) {
  const std::lock_guard lock(mutex_);
  ++finished_;
  if (built)
    work_done_ += work;
  else
    work_ -= work;
  if (!built) return;
  last_finished_ = clock_();
  if (!first_finished_) first_finished_ = {last_finished_, work};
}

void Progress::training(std::string_view variant, std::string_view workload) {
  const std::lock_guard lock(mutex_);
  Active* active = find(variant);
  if (!active) return;
  active->detail = fmt::format(" with '{}'", printable(workload));
  timeline_.training(active->variant, printable(workload), clock_());
  event(place(*active));
}

void Progress::measuring(std::string_view workload, int round, int rounds, std::optional<Nanoseconds> left) {
  const std::lock_guard lock(mutex_);
  const Nanoseconds now = clock_();
  timeline_.round(workload, now);
  if (!measuring_ || measuring_->workload != workload) {
    measuring_ = Measuring{std::string(workload), round, rounds, left, now, now};
    return event(describe(*measuring_));
  }
  measuring_->round = round;
  measuring_->rounds = rounds;
  measuring_->left = left;
  if (!line_.redraws() && now - measuring_->shown < line_interval) return;
  measuring_->shown = now;
  event(describe(*measuring_));
}

void Progress::measured(std::string_view workload, int rounds) {
  const std::lock_guard lock(mutex_);
  const Nanoseconds now = clock_();
  const Nanoseconds started = measuring_ ? measuring_->started : now;
  timeline_.measured(now);
  measuring_.reset();
  event(fmt::format("measured '{}': {} in {}", printable(workload), human_count(rounds, "round"),
                    human_wait(now - started)));
}

void Progress::pause() {
  const std::lock_guard lock(mutex_);
  line_.pause();
}

void Progress::resume() {
  const std::lock_guard lock(mutex_);
  line_.resume();
  line_.draw(status(), clock_());
  resumed_.notify_all();
}

void Progress::command(std::string_view line) {
  const std::lock_guard lock(mutex_);
  if (options_.verbosity == Verbosity::verbose)
    line_.print(paint("$ " + printable(line), Tone::quiet, options_.color));
}

void Progress::note(std::string_view text) {
  message("note", Tone::heading, text);
}
void Progress::warning(std::string_view text) {
  message("warning", Tone::unsure, text);
}
void Progress::error(std::string_view text) {
  message("error", Tone::bad, text);
}

void Progress::finish() {
  const std::lock_guard lock(mutex_);
  active_.clear();
  measuring_.reset();
  line_.finish();
  resumed_.notify_all();
}

std::vector<Span> Progress::timeline() const {
  const std::lock_guard lock(mutex_);
  return timeline_.spans();
}

std::string Progress::place(const Active& active) const {
  const std::string number =
      variants_ > 0 && active.number > 0 ? fmt::format("[{}/{}] ", active.number, variants_) : "";
  return fmt::format("{}{}: {}{}", number, active.variant, active.stage, active.detail);
}

std::string Progress::describe(const Measuring& measuring) const {
  std::string text = fmt::format("measuring '{}': round {}", printable(measuring.workload), measuring.round);
  if (measuring.rounds > 0) text += fmt::format(" of about {}", measuring.rounds);
  text += fmt::format(", {}", human_wait(clock_() - measuring.started));
  if (measuring.left) text += fmt::format(", {} left", human_wait(*measuring.left));
  return text;
}

/// What is going on, in one line; empty: nothing.
std::string Progress::status() const {
  if (measuring_) return describe(*measuring_);
  std::string text;
  for (const Active& active : active_) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", place(active), human_wait(clock_() - active.started));
    if (const int units = active.units ? active.units() : 0; units > 0)
      text += units_ > 0 ? fmt::format(", {} of {} units", units, std::max(units, units_))
                         : fmt::format(", {}", human_count(units, "unit"));
  }
  return text.empty() ? text : text + time_left();
}

/// If the work to come takes as long as what is finished; the time that is spent on it already is taken off.
/// Known from the first variant on.
std::string Progress::time_left() const {
  if (finished_ >= variants_ || !first_finished_ || work_done_ <= 0) return "";
  const auto [first, first_work] = *first_finished_;
  const bool is_only = work_done_ <= first_work;
  const auto so_far = static_cast<double>((last_finished_ - (is_only ? *began_ : first)).count());
  const double done = is_only ? work_done_ : work_done_ - first_work;
  const auto begun = static_cast<double>((clock_() - last_finished_).count());
  const Nanoseconds left(std::llround(std::max(0.0, so_far / done * (work_ - work_done_) - begun)));
  return fmt::format(", about {} left", human_wait(left));
}

Progress::Active* Progress::find(std::string_view variant) {
  const auto found = std::ranges::find(active_, printable(variant), &Active::variant);
  return found == active_.end() ? nullptr : &*found;
}

/// Removes a stage that ended, `how` if not well. One that was never started, such as a check, began now.
Progress::Active Progress::take(std::string_view variant, const char* how) {
  const Active* found = find(variant);
  if (!found) return {0, printable(variant), "", "", clock_(), {}};
  Active active = *found;
  active.detail.clear();
  timeline_.stage(active.variant, active.stage + how, active.started, clock_());
  active_.erase(active_.begin() + (found - active_.data()));
  return active;
}

/// Something that the redrawn line shows, where there is one, and that else gets a line of its own.
void Progress::event(const std::string& line) {
  if (line_.redraws()) return line_.draw(status(), clock_());
  if (options_.verbosity != Verbosity::quiet) line_.print(line);
}

void Progress::message(std::string_view label, Tone tone, std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (options_.verbosity == Verbosity::quiet && tone != Tone::bad) return;
  line_.print(fmt::format("{} {}", paint(fmt::format("{}:", label), tone, options_.color), text));
}

/// The thread's work: the elapsed time, and what came too early to be drawn. It sleeps while paused.
void Progress::tick(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    resumed_.wait(lock, stop, [this] { return !line_.paused(); });
    line_.draw(status(), clock_());
    resumed_.wait_for(lock, stop, tick_interval, [] { return false; });
  }
}

}  // namespace pgo_orch::report
