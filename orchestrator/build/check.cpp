#include "orchestrator/build/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/build/entrant.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/build/row.h"
#include "orchestrator/build/variant_build.h"
#include "orchestrator/config/find.h"
#include "orchestrator/config/texts.h"
#include "pgo/recipe.h"
#include "report/humanize.h"
#include "report/text.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::VariantResult;

namespace {

/// A first run that may be slow for more than noise.
constexpr Nanoseconds slow_first = std::chrono::milliseconds(100);
constexpr int many_times = 4;

/// The baseline runs that often, and so much longer a run may take, before its output counts as steady.
constexpr int settling_runs = 5;
constexpr Nanoseconds settling_time = std::chrono::seconds(1);

/// What the dynamic loader (of glibc or musl) said last, if it ended the program.
std::string loader_message(const fs::path& log) {
  const auto lines = tail_of(log, 3);
  for (const auto& line : lines)
    for (const char* part :
         {"error while loading shared libraries: ", "symbol lookup error: ", "Error loading shared library "})
      if (const auto at = line.find(part); at != std::string::npos) return line.substr(at);
  return "";
}

std::string how_to_go_on(const Workload& workload, const toolchains::Outcome& outcome) {
  if (outcome.end == toolchains::End::timed_out && workload.expect.settles)
    return ": allow more, e.g. --timeout 5m, or give it less to do";
  if (outcome.end == toolchains::End::timed_out)
    return fmt::format(": raise '{}' in [[workload]], or give it less to do",
                       workload.measured() ? "timeout" : "train-timeout");
  if (outcome.end == toolchains::End::signalled && workload.expect.exit_codes.contain(128 + outcome.signal))
    return fmt::format(
        ": a shell reports that as {}, but a program that a signal ends has no exit code. Use an input after "
        "which it exits",
        128 + outcome.signal);
  return "";
}

/// What to do if the baseline's second run went wrong.
std::string why_not_again(const Workload& workload, bool ended_otherwise) {
  const std::string where = workload.expect.settles ? " of the pgo.toml that `pgo-orch init` writes" : "";
  if (ended_otherwise)
    return fmt::format(
        ". Its first run was right: if that left something behind, remove it with 'prepare' in "
        "[[workload]]{}",
        where);
  return ". These are two runs of the baseline itself, so no variant can be compared with it: if only the "
         "order of lines differs, say expect = { stdout-sorted = true }; if it prints times or the like, "
         "expect = { stdout-any = true } or a stdout-matches";
}

}  // namespace

bool is_compared_with_baseline(const Workload& workload) {
  return workload.measured() && !says_output(workload.expect) && !workload.expect.stdout_any;
}

std::string what_is_checked(const Workload& workload, const std::string& reference) {
  if (is_compared_with_baseline(workload)) return "prints the same as " + reference;
  if (says_output(workload.expect)) return "prints what 'expect' says";
  return fmt::format("ends with exit code {}; its output is not compared", workload.expect.exit_codes.text());
}

std::string set_by_cargo_run(const Planner& planner) {
  std::vector<std::string> names;
  if (planner.config().project.kind != ProjectKind::command)
    for (const auto& [name, configured] : planner.user().configured_variables()) names.push_back(name);
  if (names.empty()) return "";
  return fmt::format(
      ". `cargo run` would also set {}, by [env] of cargo's configuration: a shipped program has to do "
      "without; for runs here, set it in the workload's 'env'",
      report::join_words(names));
}

Checker::Checker(const Layout& layout, std::vector<Workload> workloads, toolchains::Runner& runner,
                 std::string hint)
    : layout_(layout), workloads_(std::move(workloads)), runner_(runner), hint_(std::move(hint)) {}

Checker::Run Checker::run(const Workload& workload, ProgramRun program, const fs::path& output,
                          const fs::path& log) {
  auto& command = program.command;
  command.stdout_file = output;
  // What goes to /dev/null when it is timed must be seen here.
  command.stdout_pipe = workload.stdout_mode != pgo::StdoutMode::file;
  command.log_file = log;
  command.timeout = workload.measured() ? workload.timeout : workload.train_timeout;
  const std::string stage = "check " + workload.name;
  Run result;
  if ((result.failed = run_prepare(workload, program.executable, runner_, log))) return result;
  result.command = to_shell(command);
  result.log = log;
  log_command(log, command);
  const auto outcome = runner_.run(command);
  for (const auto& stray : outcome.strays)
    notes_.push_back(fmt::format("{}: {} when the program had ended", stage, stray));
  if (outcome.end != toolchains::End::exited) {
    result.failed = failed_command(stage, command, outcome);
    result.failed->reason += how_to_go_on(workload, outcome);
    return result;
  }
  if (!workload.expect.exit_codes.contain(outcome.exit_code)) {
    result.wrong =
        fmt::format("exit code {}, expected {}", outcome.exit_code, workload.expect.exit_codes.text());
    result.not_loaded = loader_message(log);
    if (!result.not_loaded.empty())
      result.wrong = fmt::format(
          "the loader could not start it: {}. Libraries that build scripts make are found by themselves; for "
          "others set LD_LIBRARY_PATH in the workload's 'env'",
          result.not_loaded);
  }
  result.wall = outcome.wall;
  result.observed.file = command.stdout_file;
  result.observed.sha256 = toolchains::sha256_of_file(command.stdout_file);
  return result;
}

Checker::Run Checker::run(const Workload& workload, const VariantResult& row,
                          const profiles::Settings& settings, const std::string& suffix,
                          const fs::path& programs) {
  const fs::path executable = programs / workload.program;
  return run(workload, {variant_command(workload, executable, settings), executable},
             layout_.workloads() / workload.name / (row.name + suffix),
             layout_.variant(row.name) / "check.log");
}

fs::path Checker::bin_of(const VariantResult& row) const {
  return layout_.variant(row.name) / "bin";
}

std::optional<std::string> Checker::difference(const Workload& workload, const Observed& observed) const {
  const auto baseline = baseline_.find(workload.name);
  return orchestrator::difference(workload.expect, observed,
                                  baseline == baseline_.end() ? nullptr : &baseline->second);
}

std::optional<Complaint> Checker::complaint(const Workload& workload, const Run& run) const {
  if (run.failed) return Complaint{report::Status::failed, run.failed->reason, run.failed->failure};
  auto wrong = run.wrong ? run.wrong : difference(workload, run.observed);
  if (!wrong) return std::nullopt;
  if (!run.wrong && workload.expect.settles)
    *wrong +=
        "; if that differs from run to run, say expect = { stdout-sorted = true } or { stdout-any = true } "
        "in "
        "its [[workload]] (without a pgo.toml, `pgo-orch init` writes one)";
  report::Failure failure;
  failure.stage = "check " + workload.name;
  failure.command = run.command;
  // What it printed, or why it says that it ended as it did.
  failure.log = (run.wrong ? run.log : run.observed.file).string();
  if (run.wrong) failure.tail = tail_of(run.log);
  return Complaint{report::Status::wrong_output, fmt::format("workload {}: {}", workload.name, *wrong),
                   std::move(failure)};
}

/// As it is compared here: that may have been settled.
const Workload& Checker::own(const Workload& workload) const {
  const auto* found = find_by(workloads_, &Workload::name, workload.name);
  return found ? *found : workload;
}

std::optional<Complaint> Checker::complaint(const Workload& workload, const fs::path& output) const {
  Run run;
  run.observed = {toolchains::sha256_of_file(output), output};
  return complaint(own(workload), run);
}

std::vector<report::OutputCheck> Checker::compared() const {
  using enum report::Compared;
  std::vector<report::OutputCheck> checks;
  for (const auto& workload : workloads_) {
    if (!workload.measured()) continue;
    const auto& expect = workload.expect;
    checks.push_back({workload.name, expect.stdout_any      ? exit_code
                                     : says_output(expect)  ? expected
                                     : expect.stdout_sorted ? sorted
                                                            : exactly});
  }
  return checks;
}

namespace {

/// Of a variant or a reference.
void complain(auto& row, Complaint complaint) {
  row.status = complaint.status;
  row.reason = std::move(complaint.reason);
  row.failure = std::move(complaint.failure);
}

}  // namespace

bool Checker::passes(VariantResult& row, const Workload& workload, const Run& run) const {
  auto found = complaint(workload, run);
  if (!found) return true;
  complain(row, std::move(*found));
  return false;
}

/// What an earlier run printed must not be quoted as this one's.
void Checker::begin_log(const VariantResult& row) const {
  toolchains::write_file_atomically(layout_.variant(row.name) / "check.log", "");
}

/// What keeps something from run to run is trained, and timed, in the later way only.
void Checker::note_quicker(const Workload& workload, const Run& first, const Run& again) {
  if (first.wall < slow_first || again.failed || first.wall < many_times * again.wall) return;
  notes_.push_back(fmt::format(
      "check {}: the first run took {}, the second {}. If the program keeps something from run to run (a "
      "cache), training and timing see the later way only: undo that in 'prepare'",
      workload.name, report::human(first.wall), report::human(again.wall)));
}

/// Compares as much as is the same in both runs of the baseline.
void Checker::settle(Workload& workload, const Observed& again) {
  if (!difference(workload, again)) return;
  workload.expect.stdout_sorted = true;
  if (!difference(workload, again)) {
    notes_.push_back(fmt::format(
        "{}: the order of its lines differs from run to run, so they are sorted before they are compared",
        workload.name));
    return;
  }
  workload.expect.stdout_sorted = false;
  workload.expect.stdout_any = true;
  notes_.push_back(fmt::format(
      "{}: its output differs from run to run, so it is not compared: only the exit code is", workload.name));
}

/// They are timed in another folder, too.
fs::path Checker::copy_of_programs(const VariantResult& row) const {
  const fs::path copy = layout_.scratch() / "checked-elsewhere";
  std::error_code ignored;
  fs::remove_all(copy, ignored);
  fs::create_directories(copy.parent_path());
  fs::copy(bin_of(row), copy, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  return copy;
}

void Checker::check_baseline(VariantResult& row, const profiles::Settings& settings) {
  begin_log(row);
  for (auto& workload : workloads_) {
    const auto first = run(workload, row, settings, ".out", bin_of(row));
    if (!passes(row, workload, first)) {
      if (first.wrong && first.not_loaded.empty())
        row.reason += (workload.expect.settles ? "; if that is right, add --exit-code N"
                                               : "; if that is right, say expect = { exit-code = N }") +
                      hint_;
      return;
    }
    baseline_runs_.emplace_back(workload.name, first.wall);
    const bool compared = is_compared_with_baseline(workload);
    if (!compared) fs::remove(first.observed.file);  // it may have gigabytes; nothing is compared with it
    if (!compared && first.wall < slow_first) continue;
    if (compared) baseline_[workload.name] = first.observed;
    auto again = run(workload, row, settings, ".again", bin_of(row));
    note_quicker(workload, first, again);
    if (compared && workload.expect.settles) {
      // Threads may print in the same order by chance, and a program may print its own path.
      const fs::path copy = copy_of_programs(row);
      const int more_runs = first.wall < settling_time ? settling_runs - 1 : 1;
      for (int n = 0; n < more_runs && !complaint(workload, again); ++n)
        again = run(workload, row, settings, ".again", copy);
      if (!again.failed && !again.wrong) settle(workload, again.observed);
    }
    if (passes(row, workload, again)) {
      fs::remove(again.observed.file);
      continue;
    }
    if (row.status == report::Status::wrong_output && compared)
      row.reason += why_not_again(workload, again.wrong.has_value());
    return;
  }
}

void Checker::check(VariantResult& row, const profiles::Settings& settings) {
  check(row, settings, bin_of(row));
}

void Checker::learn(VariantResult& row, const profiles::Settings& settings, const fs::path& programs,
                    const fs::path& profiles) {
  begin_log(row);
  for (auto workload : workloads_) {
    if (!is_compared_with_baseline(workload)) continue;
    if (!profiles.empty()) workload.env["LLVM_PROFILE_FILE"] = (profiles / "%m_%p.profraw").string();
    workload.timeout = std::max(workload.timeout, workload.train_timeout);
    const auto learnt = run(workload, row, settings, ".expected", programs);
    if (!passes(row, workload, learnt)) return;
    baseline_[workload.name] = learnt.observed;
  }
}

void Checker::check(VariantResult& row, const profiles::Settings& settings, const fs::path& programs) {
  begin_log(row);
  for (const auto& workload : workloads_) {
    const auto result = run(workload, row, settings, ".out", programs);
    if (!passes(row, workload, result)) return;  // its output stays, for inspection
    std::error_code ignored;
    fs::remove(result.observed.file, ignored);
  }
}

void Checker::check(report::ReferenceResult& row, const RunOf& run_of, const fs::path& log) {
  toolchains::write_file_atomically(log, "");
  for (const auto& workload : workloads_) {
    if (!workload.measured()) continue;
    auto program = run_of(workload);
    if (!program) continue;
    const auto result = run(workload, std::move(*program), log.parent_path() / (workload.name + ".out"), log);
    if (auto found = complaint(workload, result)) return complain(row, std::move(*found));
    std::error_code ignored;
    fs::remove(result.observed.file, ignored);
  }
}

}  // namespace pgo_orch::orchestrator
