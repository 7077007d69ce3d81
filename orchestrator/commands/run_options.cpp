#include "orchestrator/commands/run_options.h"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <charconv>
#include <sstream>

#include "orchestrator/commands/command.h"
#include "orchestrator/commands/run.h"
#include "orchestrator/config/texts.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace {

/// "0,2" as numbers of CPUs that this process may use.
std::vector<int> cpus(const std::string& list) {
  cpu_set_t usable;
  CPU_ZERO(&usable);
  sched_getaffinity(0, sizeof usable, &usable);
  std::vector<int> found;
  std::istringstream stream(list);
  for (std::string word; std::getline(stream, word, ',');) {
    const bool is_number =
        !word.empty() && word.size() < 5 && word.find_first_not_of("0123456789") == std::string::npos;
    const int cpu = is_number ? std::stoi(word) : -1;
    if (cpu < 0 || cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, &usable))
      throw Error(fmt::format("--pin {}: '{}' is not a CPU available to this process", list, word));
    found.push_back(cpu);
  }
  if (found.empty()) throw Error("--pin: give the numbers of CPUs, e.g. 1 or 0,2");
  return found;
}

std::uint64_t seed(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size())
    throw Error(fmt::format("--seed {}: give a whole number", text));
  return number;
}

}  // namespace

std::optional<Nanoseconds> time_of(const Arguments& given, const char* option) {
  if (!given.has(option)) return std::nullopt;
  const auto time = parse_duration(given.text(option));
  if (!time) throw Error(fmt::format("--{} {}: give a time, e.g. 30s or 5m", option, given.text(option)));
  return time;
}

RunOptions shared_run_options(const Arguments& given) {
  RunOptions options;
  options.file = given.file();
  options.state_dir = given.text("state-dir");
  options.selection = {given.all("variant"), given.all("workload")};
  options.fresh = given.has("fresh");
  options.exports = exports_of(given);
  options.verbosity = verbosity_of(given);
  options.color_out = wants_color(given, STDOUT_FILENO);
  options.color_err = wants_color(given, STDERR_FILENO);
  return options;
}

namespace {

/// What neither instruments nor trains has no say in these.
void refuse_without_programs(const Arguments& given) {
  for (const char* option :
       {"workload", "no-measure", "resume", "fail-fast", "quick", "max-time", "total-time", "seed", "pin",
        "no-aslr", "against", "no-fail-on-goals", "fail-if-slower", "history", "pack"})
    if (given.has(option))
      throw Error(fmt::format("--{} only applies to whole runs and --stage optimize", option));
  for (const auto& format : report::formats())
    if (given.has(format.option))
      throw Error(fmt::format("--{} only applies to whole runs and --stage optimize", format.option));
}

void read_stage(const Arguments& given, RunOptions& options) {
  if (!given.has("stage")) {
    if (given.has("archive")) throw Error("--archive needs --stage instrument, train or optimize");
    return;
  }
  const auto word = given.text("stage");
  const auto stage = from_word<RunStage>(word);
  if (!stage || stage == RunStage::all)
    throw Error(fmt::format("--stage {}: there is instrument, train and optimize", word));
  options.stage = *stage;
  options.archive = given.text("archive");
  if (options.archive.empty())
    throw Error(
        fmt::format("--stage {} needs --archive FILE, the file that goes from one stage to the next: "
                    "name it e.g. part.pgoz",
                    word));
  if (options.archive.extension() != ".pgoz")
    throw Error(fmt::format("--archive {}: the name has to end with .pgoz: {}.pgoz", options.archive.string(),
                            options.archive.string()));
  if (*stage != RunStage::optimize) refuse_without_programs(given);
  if (*stage == RunStage::train && given.has("variant"))
    throw Error("--variant applies to --stage instrument: all variants in the archive are trained");
}

void read_pack(const Arguments& given, RunOptions& options) {
  options.pack = given.text("pack");
  if (options.pack.empty()) return;
  if (options.pack.extension() != ".pgoz")
    throw Error(fmt::format("--pack {0}: the name has to end with .pgoz: {0}.pgoz", options.pack.string()));
  if (options.pack.lexically_normal() == options.archive.lexically_normal())
    throw Error(fmt::format("--pack and --archive both name {}: give two files", options.pack.string()));
}

RunOptions run_options(const Arguments& given) {
  refuse_together(given, "resume", "fresh");
  // These are about run times, and there are none.
  for (const char* option :
       {"max-time", "pin", "no-aslr", "against", "history", "export-hyperfine", "export-hyperfine-2", "pack"})
    refuse_together(given, "no-measure", option);
  RunOptions options = shared_run_options(given);
  read_stage(given, options);
  read_pack(given, options);
  options.measure = !given.has("no-measure");
  options.quick = given.has("quick");
  options.resume = given.has("resume");
  options.fail_fast = given.has("fail-fast");
  options.fail_on_goals = !given.has("no-fail-on-goals");
  options.fixed_layout = given.has("no-aslr");
  options.against = given.text("against");
  options.history = given.text("history");
  options.fail_if_slower = fail_if_slower(given);
  options.max_time = time_of(given, "max-time");
  options.total_time = time_of(given, "total-time");
  if (given.has("seed")) options.seed = seed(given.text("seed"));
  if (given.has("pin")) options.cpus = cpus(given.text("pin"));
  if (options.fail_if_slower && options.against.empty())
    throw Error("--fail-if-slower needs --against FILE: slower than what?");
  if (options.resume && options.seed)
    throw Error("--resume uses the seed of the run it resumes: leave out --seed");
  return options;
}

RunOptions analyze_options(const Arguments& given) {
  RunOptions options = shared_run_options(given);
  options.analyze = true;
  options.command = "analyze";
  options.measure = false;
  return options;
}

}  // namespace

Command run_command() {
  return {
      .name = "run",
      .usage = "run [pgo.toml] [options]",
      .summary = "build every variant, check it, time it, and say which is faster",
      .options =
          Options{
              {"variant", "GLOB", group::what, "only these variants and the baseline (repeatable)", true},
              {"workload", "GLOB", group::what, "check and measure only these workloads (repeatable)", true},
              {"no-measure", "", group::what, "build, train and check only"},
              {"stage", "STAGE", group::what,
               "only one part: instrument builds what trains, train runs it, optimize does the rest; each "
               "may be on another machine",
               false, "instrument train optimize"},
              {"archive", "FILE", group::what, "the .pgoz file that goes from one stage to the next"},
              {"resume", "", group::what, "continue the latest run where it was interrupted"},
              {"fresh", "", group::what,
               "forget what earlier runs built and trained: every build is clean and timed"},
              {"fail-fast", "", group::what, "stop at the first variant that fails or prints wrong output"},
              {"quick", "", group::measuring, "measure for a fifth of max-time; write no report files"},
              {"max-time", "TIME", group::measuring,
               "time limit for each workload, e.g. 5m; with --resume it may continue a finished run"},
              {"total-time", "TIME", group::measuring,
               "time limit for the whole run: when two thirds of it are over, no more builds begin"},
              {"seed", "N", group::measuring,
               "seed for the order of runs (default: random; recorded in the results)"},
              {"pin", "CPU,...", group::measuring, "bind timed programs to these CPUs, e.g. 1 or 0,2"},
              {"no-aslr", "", group::measuring, "time programs without address space layout randomization"},
              {"against", "FILE", group::output,
               "also compare with an earlier run's results.json, as `compare` does"},
              {"history", "FILE", group::output,
               "add the result to the history in this file, to be committed, instead of the one in the state "
               "folder"},
              {"pack", "FILE", group::output,
               "also write a .pgoz file of the executables and inputs, for `confirm`"},
              {"no-fail-on-goals", "", group::exit_code, "exit with 0 even if a goal is missed"}} +
          fail_if_slower_option + export_options + verbosity_options + general_options(),
      .execute = [](const Arguments& given) { return run(run_options(given)); }};
}

Command analyze_command() {
  Options exports = export_options;
  std::erase_if(exports, [](const Option& option) {  // nothing is timed
    return std::string_view(option.names).starts_with("export-hyperfine");
  });
  return {.name = "analyze",
          .usage = "analyze [pgo.toml] [options]",
          .summary = "show where the time goes, and what faster phases would save",
          .options = Options{{"variant", "GLOB", group::what,
                              "analyze these as well (repeatable; default: only the baseline)", true},
                             {"workload", "GLOB", group::what, "run only these workloads (repeatable)", true},
                             {"fresh", "", group::what, "forget what earlier runs built"}} +
                     exports + verbosity_options + general_options(),
          .execute = [](const Arguments& given) { return run(analyze_options(given)); }};
}

}  // namespace pgo_orch::orchestrator
