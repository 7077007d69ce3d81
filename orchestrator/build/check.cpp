#include "orchestrator/build/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "orchestrator/build/entrant.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/build/row.h"
#include "orchestrator/build/variant_build.h"
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

std::string sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(std::move(line));
  std::ranges::sort(lines);
  std::string joined;
  for (const auto& line : lines) joined += line + '\n';
  return joined;
}

/// A first run that may be slow for more than noise.
constexpr Nanoseconds slow_first = std::chrono::milliseconds(100);
constexpr int many_times = 4;

/// What the dynamic loader (of glibc or musl) said last, if it ended the program.
std::string loader_message(const fs::path& log) {
  const auto lines = tail_of(log, 3);
  for (const auto& line : lines)
    for (const char* part :
         {"error while loading shared libraries: ", "symbol lookup error: ", "Error loading shared library "})
      if (const auto at = line.find(part); at != std::string::npos) return line.substr(at);
  return "";
}

bool has_own_text(const pgo::Expectation& expect) {
  return expect.stdout_text || expect.stdout_file || expect.stdout_sha256 || expect.stdout_matches;
}

/// The beginning of a line, in which control characters can be distinguished.
std::string shorten(const std::string& line) {
  std::string text;
  for (const char c : line.substr(0, 60)) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte < 0x20 || byte == 0x7f ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return line.size() > 60 ? text + "..." : text;
}

/// The first line in which two texts differ, as a sentence. They may be larger than memory.
std::string first_difference(std::istream& a, std::istream& b) {
  std::string line_a, line_b;
  for (int number = 1;; ++number) {
    const bool more_a = static_cast<bool>(std::getline(a, line_a));
    const bool more_b = static_cast<bool>(std::getline(b, line_b));
    if (!more_a && !more_b) return "they differ only in the newline at the end";
    if (!more_a) return fmt::format("line {} is not expected: \"{}\"", number, shorten(line_b));
    if (!more_b) return fmt::format("it ends before line {}, \"{}\"", number, shorten(line_a));
    if (line_a != line_b) {
      return fmt::format("line {} is \"{}\", expected \"{}\"", number, shorten(line_b), shorten(line_a));
    }
  }
}

/// What is expected of standard output: a file, or the text itself.
struct Expected {
  const fs::path* file = nullptr;
  std::string text;
  std::string sha256;
};

std::optional<std::string> compare(const Expected& expected, const Observed& observed) {
  if (observed.sha256 == expected.sha256) return std::nullopt;
  std::ifstream found(observed.file, std::ios::binary);
  if (!expected.file) {
    std::istringstream text(expected.text);
    return first_difference(text, found);
  }
  std::ifstream file(*expected.file, std::ios::binary);
  return first_difference(file, found);
}

std::optional<std::string> compare_sorted(const Expected& expected, const Observed& observed) {
  std::istringstream a(sorted_lines(expected.file ? toolchains::read_file(*expected.file) : expected.text));
  std::istringstream b(sorted_lines(toolchains::read_file(observed.file)));
  if (a.view() == b.view()) return std::nullopt;
  return first_difference(a, b);
}

std::string how_to_go_on(const Workload& workload, const toolchains::Outcome& outcome) {
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

}  // namespace

bool is_compared_with_baseline(const Workload& workload) {
  return workload.measured() && !has_own_text(workload.expect) && !workload.expect.stdout_any;
}

std::string what_is_checked(const Workload& workload, const std::string& reference) {
  if (is_compared_with_baseline(workload)) return "prints the same as " + reference;
  if (has_own_text(workload.expect)) return "prints what 'expect' says";
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
  const auto& expect = workload.expect;
  if (expect.stdout_any) return std::nullopt;
  const auto text = [&] {
    const std::string found = toolchains::read_file(observed.file);
    return expect.stdout_sorted ? sorted_lines(found) : found;
  };
  if (expect.stdout_sha256) {
    const std::string own = expect.stdout_sorted ? toolchains::sha256(text()) : observed.sha256;
    if (own == *expect.stdout_sha256) return std::nullopt;
    return fmt::format("its SHA-256 is {}, expected {}", own, *expect.stdout_sha256);
  }
  if (expect.stdout_matches) {
    if (regex_found(*expect.stdout_matches, text())) return std::nullopt;
    return fmt::format("it does not match \"{}\"", *expect.stdout_matches);
  }
  Expected expected;
  const auto baseline = baseline_.find(workload.name);
  if (expect.stdout_text) {
    expected = {nullptr, *expect.stdout_text, toolchains::sha256(*expect.stdout_text)};
  } else if (expect.stdout_file) {
    expected = {&*expect.stdout_file, "", toolchains::sha256_of_file(*expect.stdout_file)};
  } else if (baseline != baseline_.end()) {
    expected = {&baseline->second.file, "", baseline->second.sha256};
  } else {
    return std::nullopt;  // the baseline's own first run
  }
  return expect.stdout_sorted ? compare_sorted(expected, observed) : compare(expected, observed);
}

std::optional<Complaint> Checker::complaint(const Workload& workload, const Run& run) const {
  if (run.failed) return Complaint{report::Status::failed, run.failed->reason, run.failed->failure};
  const auto wrong = run.wrong ? run.wrong : difference(workload, run.observed);
  if (!wrong) return std::nullopt;
  report::Failure failure;
  failure.stage = "check " + workload.name;
  failure.command = run.command;
  // What it printed, or why it says that it ended as it did.
  failure.log = (run.wrong ? run.log : run.observed.file).string();
  if (run.wrong) failure.tail = tail_of(run.log);
  return Complaint{report::Status::wrong_output, fmt::format("workload {}: {}", workload.name, *wrong),
                   std::move(failure)};
}

std::optional<Complaint> Checker::complaint(const Workload& workload, const fs::path& output) const {
  Run run;
  run.observed = {toolchains::sha256_of_file(output), output};
  return complaint(workload, run);
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

void Checker::check_baseline(VariantResult& row, const profiles::Settings& settings) {
  begin_log(row);
  for (const auto& workload : workloads_) {
    const auto first = run(workload, row, settings, ".out", bin_of(row));
    if (!passes(row, workload, first)) {
      if (first.wrong && first.not_loaded.empty())
        row.reason += "; if that is right, say expect = { exit-code = N }" + hint_;
      return;
    }
    baseline_runs_.emplace_back(workload.name, first.wall);
    const bool compared = is_compared_with_baseline(workload);
    if (!compared) fs::remove(first.observed.file);  // it may have gigabytes; nothing is compared with it
    if (!compared && first.wall < slow_first) continue;
    if (compared) baseline_[workload.name] = first.observed;
    const auto again = run(workload, row, settings, ".again", bin_of(row));
    note_quicker(workload, first, again);
    if (passes(row, workload, again)) {
      fs::remove(again.observed.file);
      continue;
    }
    if (row.status == report::Status::wrong_output && compared) {
      row.reason +=
          ". These are two runs of the baseline itself, so no variant can be compared with it: if only the "
          "order of lines differs, say expect = { stdout-sorted = true }; if it prints times or the like, "
          "expect = { stdout-any = true } or a stdout-matches";
    }
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
