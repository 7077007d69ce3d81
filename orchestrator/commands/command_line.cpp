#include "orchestrator/commands/command_line.h"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <boost/program_options.hpp>
#include <sstream>

#include "orchestrator/config/quantities.h"
#include "toolchains/error.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace po = boost::program_options;

namespace {

/// One command: its options, and how they become a request.
struct Command {
  const char* name;
  const char* usage;
  const char* summary;
  po::options_description (*options)();
  Request (*request)(const po::variables_map&);
};

using Names = std::vector<std::string>;

void add_common(po::options_description& options) {
  options.add_options()  //
      ("state-dir", po::value<std::string>()->value_name("DIR"),
       "where everything is kept (default: .pgo-orch beside the file)")  //
      ("color", po::value<std::string>()->default_value("auto")->value_name("WHEN"),
       "auto, always or never")  //
      ("help,h", "show this text");
}

void add_selection(po::options_description& options) {
  options.add_options()  //
      ("variant", po::value<Names>()->composing()->value_name("GLOB"),
       "only these variants (repeatable); the baseline always comes along")  //
      ("workload", po::value<Names>()->composing()->value_name("GLOB"),
       "check and measure only these (repeatable)");
}

void add_exports(po::options_description& options) {
  const auto file = [] { return po::value<std::string>()->value_name("FILE"); };
  options.add_options()                                                   //
      ("json", file(), "write results.json there; - is standard output")  //
      ("markdown", file(), "write the report as GitHub Markdown")         //
      ("csv", file(), "write all figures as CSV")                         //
      ("export-hyperfine", file(), "write the times in hyperfine's JSON");
}

bool wants_color(const po::variables_map& values, int descriptor) {
  const auto when = values["color"].as<std::string>();
  if (when != "auto" && when != "always" && when != "never") {
    throw Error(fmt::format("--color {}: it is auto, always or never", when));
  }
  if (when != "auto") return when == "always";
  const auto is = [](const char* name) { return toolchains::variable(name).value_or(""); };
  return isatty(descriptor) && is("NO_COLOR").empty() && is("TERM") != "dumb";
}

std::string text(const po::variables_map& values, const char* name) {
  return values.contains(name) ? values[name].as<std::string>() : "";
}

Names names(const po::variables_map& values, const char* name) {
  return values.contains(name) ? values[name].as<Names>() : Names{};
}

Exports exports(const po::variables_map& values) {
  return {text(values, "json"), text(values, "markdown"), text(values, "csv"),
          text(values, "export-hyperfine")};
}

std::string file(const po::variables_map& values) {
  return values["file"].as<std::string>();
}

void add_fail_if_slower(po::options_description& options) {
  options.add_options()("fail-if-slower", po::value<std::string>()->value_name("P%"),
                        "exit code 1 if a variant is shown to be slower, by about this or more");
}

/// In percent.
std::optional<double> fail_if_slower(const po::variables_map& values) {
  const auto allowed = text(values, "fail-if-slower");
  if (allowed.empty()) return std::nullopt;
  const auto fraction = parse_percentage(allowed);
  if (!fraction) throw Error(fmt::format("--fail-if-slower {}: write it as in 2%", allowed));
  return 100 * *fraction;
}

// ---- run ----

po::options_description run_options() {
  po::options_description options("Options");
  add_selection(options);
  options.add_options()                                              //
      ("no-measure", "build, train and check only")                  //
      ("quick", "measure for a fifth of max-time; no report files")  //
      ("max-time", po::value<std::string>()->value_name("TIME"),
       "measure each workload for at most so long, as in 5m; with --resume a finished run goes on")  //
      ("resume", "go on with the latest run where it was interrupted")                               //
      ("fresh", "forget what earlier runs built and trained: every build is clean and timed")        //
      ("fail-fast", "stop at the first variant that fails or prints something wrong")                //
      ("no-fail-on-goals", "exit code 0 even if a goal is missed")                                   //
      ("seed", po::value<std::uint64_t>()->value_name("N"),
       "of the random order of runs (default: random, recorded)")  //
      ("pin", po::value<std::string>()->value_name("CPU,..."),
       "bind timed programs to these CPUs, as in 1 or 0,2")                    //
      ("no-aslr", "time programs without address space layout randomization")  //
      ("against", po::value<std::string>()->value_name("FILE"),
       "then compare with an earlier run's results.json, as `compare` does");
  add_fail_if_slower(options);
  add_exports(options);
  options.add_options()                             //
      ("quiet,q", "errors only on standard error")  //
      ("verbose,v", "show each command");
  add_common(options);
  return options;
}

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
      throw Error(fmt::format("--pin {}: '{}' is no CPU that may be used here", list, word));
    found.push_back(cpu);
  }
  if (found.empty()) throw Error("--pin names no CPU: write it as in 1 or 0,2");
  return found;
}

void set_verbosity(const po::variables_map& values, RunOptions& options) {
  if (values.contains("quiet")) options.verbosity = report::Verbosity::quiet;
  if (values.contains("verbose")) options.verbosity = report::Verbosity::verbose;
  options.color_out = wants_color(values, STDOUT_FILENO);
  options.color_err = wants_color(values, STDERR_FILENO);
  if (values.contains("quiet") && values.contains("verbose"))
    throw Error("--quiet and --verbose contradict each other: choose one");
}

Request run_request(const po::variables_map& values) {
  RunOptions options;
  options.file = file(values);
  options.state_dir = text(values, "state-dir");
  options.selection = {names(values, "variant"), names(values, "workload")};
  options.measure = !values.contains("no-measure");
  options.quick = values.contains("quick");
  options.resume = values.contains("resume");
  if (values.contains("max-time")) {
    options.max_time = parse_duration(text(values, "max-time"));
    if (!options.max_time)
      throw Error(fmt::format("--max-time {}: write it as in 30s or 5m", text(values, "max-time")));
  }
  options.fresh = values.contains("fresh");
  options.fail_fast = values.contains("fail-fast");
  options.fail_on_goals = !values.contains("no-fail-on-goals");
  if (values.contains("seed")) options.seed = values["seed"].as<std::uint64_t>();
  if (values.contains("pin")) options.cpus = cpus(text(values, "pin"));
  options.fixed_layout = values.contains("no-aslr");
  options.exports = exports(values);
  options.against = text(values, "against");
  options.fail_if_slower = fail_if_slower(values);
  if (options.fail_if_slower && options.against.empty())
    throw Error("--fail-if-slower needs --against FILE: slower than what?");
  set_verbosity(values, options);
  if (options.resume && options.seed)
    throw Error("--resume goes on with the seed of the run it resumes: leave --seed out");
  if (options.resume && options.fresh) throw Error("--resume and --fresh contradict each other: choose one");
  return options;
}

// ---- analyze ----

po::options_description analyze_options() {
  po::options_description options("Options");
  options.add_options()("variant", po::value<Names>()->composing()->value_name("GLOB"),
                        "look into these as well (repeatable); default: the baseline alone");
  options.add_options()("workload", po::value<Names>()->composing()->value_name("GLOB"),
                        "run only these (repeatable)")  //
      ("fresh", "forget what earlier runs built");
  add_exports(options);
  options.add_options()                             //
      ("quiet,q", "errors only on standard error")  //
      ("verbose,v", "show each command");
  add_common(options);
  return options;
}

Request analyze_request(const po::variables_map& values) {
  RunOptions options;
  options.file = file(values);
  options.state_dir = text(values, "state-dir");
  options.analyze = true;
  options.measure = false;
  options.selection = {names(values, "variant"), names(values, "workload")};
  options.fresh = values.contains("fresh");
  options.exports = exports(values);
  set_verbosity(values, options);
  return options;
}

// ---- plan ----

po::options_description plan_options() {
  po::options_description options("Options");
  options.add_options()("variant", po::value<Names>()->composing()->value_name("GLOB"),
                        "only these variants (repeatable); the baseline always comes along");
  options.add_options()             //
      ("json", "the plan as JSON")  //
      ("format", po::value<std::string>()->value_name("FORMAT"),
       "text (default), json, or sh: a script that does the same builds without pgo-orch");
  add_common(options);
  return options;
}

Request plan_request(const po::variables_map& values) {
  PlanOptions options;
  options.file = file(values);
  options.state_dir = text(values, "state-dir");
  options.selection = {names(values, "variant"), {}};
  const std::string asked = text(values, "format");
  if (values.contains("json") && !asked.empty() && asked != "json")
    throw Error(fmt::format("--json and --format {} contradict each other: choose one", asked));
  const std::string format = values.contains("json") ? "json" : asked;
  if (format == "json")
    options.format = PlanFormat::json;
  else if (format == "sh")
    options.format = PlanFormat::shell;
  else if (!format.empty() && format != "text")
    throw Error(fmt::format("--format {}: it is text, json or sh", format));
  return options;
}

// ---- report ----

po::options_description report_options() {
  po::options_description options("Options");
  options.add_options()("run", po::value<std::string>()->value_name("ID"), "which run (default: the latest)");
  add_exports(options);
  add_common(options);
  return options;
}

Request report_request(const po::variables_map& values) {
  RenderOptions options;
  options.file = file(values);
  options.state_dir = text(values, "state-dir");
  options.run = text(values, "run");
  options.exports = exports(values);
  options.color_out = wants_color(values, STDOUT_FILENO);
  return options;
}

// ---- compare ----

po::options_description compare_options() {
  po::options_description options("Options");
  add_fail_if_slower(options);
  add_common(options);
  return options;
}

Request compare_request(const po::variables_map& values) {
  CompareOptions options;
  const auto files = values.contains("files") ? values["files"].as<Names>() : Names{};
  if (files.size() != 2)
    throw Error("compare takes two results.json, the earlier one first; see pgo-orch compare --help");
  options.before = files[0];
  options.after = files[1];
  options.fail_if_slower = fail_if_slower(values);
  options.color_out = wants_color(values, STDOUT_FILENO);
  return options;
}

constexpr Command commands[] = {
    {"run", "run [pgo.toml] [options]", "build every variant, check it, time it, and say what is faster",
     run_options, run_request},
    {"plan", "plan [pgo.toml] [options]", "show what would run; builds and runs nothing of the project",
     plan_options, plan_request},
    {"analyze", "analyze [pgo.toml] [options]",
     "where the time of runs and builds goes, and what a cut is worth", analyze_options, analyze_request},
    {"report", "report [pgo.toml | results.json] [options]", "show a finished run again, in any format",
     report_options, report_request},
    {"compare", "compare BEFORE.json AFTER.json [options]",
     "what changed between two runs, as far as it can be told", compare_options, compare_request},
};

std::string overview() {
  std::string text = "pgo-orch " PGO_ORCH_VERSION
                     ": which way of building my program is the best, by how much, and is that real?\n\n"
                     "Usage: pgo-orch COMMAND [pgo.toml] [options]\n\nCommands:\n";
  for (const auto& command : commands) text += fmt::format("  {:<9}{}\n", command.name, command.summary);
  return text +
         "\n`pgo-orch COMMAND --help` shows a command's options.\n"
         "Exit codes: 0 all well; 1 a variant failed, printed something wrong, missed a goal or got slower "
         "than allowed; 2 "
         "wrong usage or "
         "configuration;\n"
         "3 a tool is missing; 130 interrupted.\n";
}

std::string help(const Command& command) {
  std::ostringstream text;
  text << "Usage: pgo-orch " << command.usage << "\n\n" << command.summary << "\n\n" << command.options();
  return text.str();
}

Request parse(const Command& command, const Names& arguments) {
  po::options_description all = command.options();
  po::positional_options_description positional;
  if (command.request == compare_request) {
    all.add_options()("files", po::value<Names>());
    positional.add("files", -1);
  } else {
    all.add_options()("file", po::value<std::string>()->default_value("pgo.toml"));
    positional.add("file", 1);
  }
  po::variables_map values;
  try {
    using namespace po::command_line_style;
    const int style = unix_style & ~allow_guessing;
    po::store(po::command_line_parser(arguments).options(all).positional(positional).style(style).run(),
              values);
  } catch (const po::error& error) {
    throw Error(fmt::format("{}: {}; see pgo-orch {} --help", command.name, error.what(), command.name));
  }
  if (values.contains("help")) return ShowText{help(command)};
  return command.request(values);
}

}  // namespace

Request parse_command_line(const std::vector<std::string>& arguments) {
  if (arguments.empty())
    throw Error("say what to do: pgo-orch run, analyze, plan, report or compare; see pgo-orch --help");
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h" || first == "help") return ShowText{overview()};
  if (first == "--version" || first == "-V") return ShowText{"pgo-orch " PGO_ORCH_VERSION "\n"};
  for (const auto& command : commands) {
    if (first == command.name) return parse(command, {arguments.begin() + 1, arguments.end()});
  }
  throw Error(fmt::format(
      "there is no command '{}': it is run, analyze, plan, report or compare; see pgo-orch --help", first));
}

}  // namespace pgo_orch::orchestrator
