// `pgo-orch gate`: is one version of the program worse than another?

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include "measure/helpers.h"
#include "measure/timer/timer_sampler.h"
#include "orchestrator/commands/choice.h"
#include "orchestrator/commands/command.h"
#include "orchestrator/commands/history_record.h"
#include "orchestrator/commands/run.h"
#include "orchestrator/commands/run_header.h"
#include "orchestrator/commands/showing_runner.h"
#include "orchestrator/config/find.h"
#include "orchestrator/gate/gate.h"
#include "orchestrator/gate/rounds.h"
#include "orchestrator/store/journal.h"
#include "toolchains/clock.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

struct GateOptions {
  fs::path file = "pgo.toml";
  std::vector<std::string> versions;  ///< revisions or folders, the old one first
  fs::path base_exe, head_exe;
  std::string variant;  ///< empty: as [release] says
  bool pgo = true;
  bool strict = false;
  bool held_out_only = false;
  std::optional<Nanoseconds> max_time;
};

/// "gate main", "gate main HEAD", "gate ../old . pgo.toml"
GateOptions gate_options(const Arguments& given) {
  GateOptions options;
  for (const auto& word : given.files)
    if (word.ends_with(".toml"))
      options.file = word;
    else
      options.versions.push_back(word);
  options.base_exe = given.text("base-exe");
  options.head_exe = given.text("head-exe");
  options.variant = given.text("variant");
  options.pgo = !given.has("no-pgo");
  options.strict = given.has("strict");
  options.held_out_only = given.has("held-out-only");
  options.max_time = time_of(given, "max-time");
  if (options.base_exe.empty() != options.head_exe.empty())
    throw Error("--base-exe and --head-exe belong together: give both");
  const bool finished = !options.base_exe.empty();
  if (finished && !options.versions.empty())
    throw Error(fmt::format("'{}' and --base-exe cannot be used together: executables are not built",
                            options.versions.front()));
  for (const char* option : {"variant", "no-pgo"})
    if (finished && given.has(option))
      throw Error(fmt::format("--{} says how to build, and --base-exe and --head-exe are built: leave it out",
                              option));
  if (!finished && options.versions.empty())
    throw Error("gate needs the old version: pgo-orch gate BASE HEAD, two revisions or folders");
  if (options.versions.size() > 2)
    throw Error(fmt::format("gate compares two versions, and '{}' is a third", options.versions[2]));
  if (options.versions.size() == 1) options.versions.emplace_back("HEAD");
  return options;
}

std::vector<std::pair<std::string, fs::path>> outputs_of_gate(const Arguments& given) {
  return outputs_of(given, {"json", "markdown", "junit"});
}

std::string rendered(const report::GateReport& report, const std::string& format) {
  return format == "json"       ? to_json_text(report)
         : format == "markdown" ? to_markdown(report)
                                : to_junit(report);
}

const char* variable(const char* name) {
  const char* value = std::getenv(name);
  return value && *value ? value : nullptr;
}

/// A step of GitHub Actions shows the summary on its page.
void append_summary(const report::GateReport& report) {
  const char* file = variable("GITHUB_STEP_SUMMARY");
  if (!file) return;
  std::ofstream out(file, std::ios::app);
  out << to_markdown(report) << "\n";
  if (!out.flush()) throw Error(fmt::format("cannot write to {}", file));
}

void publish(const report::GateReport& report, const Arguments& given, bool color) {
  bool is_printed = false;
  for (const auto& [format, file] : outputs_of_gate(given)) {
    is_printed = is_printed || is_stdout(file);
    write_text(file, rendered(report, format));
  }
  const char* actions = variable("GITHUB_ACTIONS");
  const bool on_github = actions && std::string_view(actions) == "true";
  if (!is_printed) print_text((on_github ? to_github_annotations(report) : "") + to_text(report, color));
  if (on_github) append_summary(report);
}

/// The variant by which both are built.
std::string variant_for(const GateOptions& options, const Config& config, const Layout& layout,
                        report::Progress& progress) {
  auto wanted = options.variant.empty() ? config.release.variant : options.variant;
  if (wanted == "best" && config.variants->size() == 1) wanted = config.variants->at(0).name;
  if (std::error_code missing; wanted == "best" && !fs::exists(layout.latest() / "results.json", missing))
    throw Error(
        fmt::format("no run in {} says which variant is best: name one with --variant or as "
                    "`variant` in [release], or start `pgo-orch run`",
                    layout.state.string()));
  const auto choice = choose(config, {wanted, {}, true}, layout);
  if (!choice.said.empty()) progress.note(choice.said);
  return config.variants->at(choice.index).name;
}

/// WORKLOAD/METRIC. Error: that is not one that is timed.
void check_explained(const std::string& named, const Config& config, const std::vector<std::string>& globs) {
  if (named.empty()) return;
  std::vector<std::string> names;
  for (const auto& workload : config.workloads)
    for (const auto each : config.gate.metrics)
      if (workload.measured() && matches(globs, workload.name) && is_timed(each))
        names.push_back(workload.name + "/" + to_word(each));
  if (contains(names, named)) return;
  if (names.empty())
    throw Error(
        fmt::format("--explain {}: no metric in [gate] is timed, and the others need no explanation", named));
  throw Error(fmt::format("--explain {}: name a workload and a metric that is timed: {}", named,
                          fmt::join(names, ", ")));
}

/// Exit code 1 says that the new version is worse, or does not work: whatever else goes wrong says nothing
/// about it.
report::GateReport judged(const GateOrder& order, const GateWork& work, measure::Sampler& sampler) {
  try {
    return run_gate(order, work, sampler);
  } catch (const HeadError&) {
    throw;
  } catch (const Error& error) {
    if (error.code() != Exit::failed) throw;
    throw Error(error.what());
  } catch (const fs::filesystem_error& error) {
    throw Error(toolchains::describe(error));
  } catch (const std::bad_alloc&) {
    throw Error("out of memory");
  }
}

int gate(const Arguments& given) {
  const auto options = gate_options(given);
  check_output_files(outputs_of_gate(given));
  if (given.has("history")) check_history_file(given.text("history"));
  Config config = load_config(options.file);
  config.gate.strict = config.gate.strict || options.strict;
  config.gate.held_out_only = config.gate.held_out_only || options.held_out_only;
  check_explained(given.text("explain"), config, given.all("workload"));
  const Layout layout = layout_of(given, config.root);
  const toolchains::Heeding heeding;
  const auto lock = lock_state_folder(layout);
  report::Progress progress(
      stderr, report::options_for(stderr, wants_color(given, STDERR_FILENO), verbosity_of(given)));
  ShowingRunner runner(progress);
  const Layout own = layout_at(layout.gate());
  create_state_folder(own);
  clear_scratch(own);
  SideFinder finder(config, layout, runner);
  GateOrder order{.workloads = given.all("workload"), .seed = std::random_device{}()};
  order.explain = given.text("explain");
  order.budget = options.max_time.value_or(config.gate.max_time.value_or(config.measure.max_time));
  GateWork work{config, own, layout, {}, options.pgo, runner, progress};
  report::RunInfo run{.id = new_run_id(layout), .started = toolchains::timestamp(), .command = "gate"};
  if (options.base_exe.empty()) {
    work.variant = variant_for(options, config, layout, progress);
    std::tie(order.base, order.head) = finder.built(options.versions[0], options.versions[1]);
  } else {
    order.base = SideFinder::finished(base_name, options.base_exe);
    order.head = SideFinder::finished(head_name, options.head_exe);
  }
  measure::TimerSampler timer(measure::find_helper(fs::read_symlink("/proc/self/exe"), "pgo-orch-timer"),
                              toolchains::interrupt_descriptor());
  auto report = judged(order, work, timer);
  run.finished = toolchains::timestamp();
  report.run = std::move(run);
  report.tool_version = PGO_ORCH_VERSION;
  report.host = host_here();
  report.strict = config.gate.strict;
  progress.finish();
  const fs::path history = given.has("history") ? fs::absolute(given.text("history")) : layout.history();
  if (const auto entry = entry_of(report, config); !entry.effects.empty()) append(history, entry);
  publish(report, given, wants_color(given, STDOUT_FILENO));
  return static_cast<int>(report.refuses() ? Exit::failed : Exit::ok);
}

}  // namespace

Command gate_command() {
  return {
      .name = "gate",
      .usage = "gate BASE [HEAD] [pgo.toml] [options]",
      .summary = "say whether one version of the program is worse than another",
      .options =
          Options{
              {"base-exe", "FILE", group::what, "the old version, built already; a folder if it has several"},
              {"head-exe", "FILE", group::what, "the new version, built already"},
              {"variant", "NAME", group::what, "build both by this variant (default: as [release] says)"},
              {"no-pgo", "", group::what, "build both without the variant's PGO"},
              {"workload", "GLOB", group::what, "compare only in these workloads (repeatable)", true},
              {"held-out-only", "", group::what, "leave out the workloads that profiles are trained with"},
              {"max-time", "TIME", group::measuring, "time limit for each workload, e.g. 5m"},
              {"strict", "", group::exit_code, "exit with 1 also if it can't be told"},
              {"explain", "CLAIM", group::output, "also show the numbers behind WORKLOAD/METRIC"},
              {"json", "FILE", group::output, "write the claims as JSON; - is standard output"},
              {"markdown", "FILE", group::output, "write them as GitHub Markdown"},
              {"junit", "FILE", group::output, "write them as JUnit's XML"},
              {"history", "FILE", group::output,
               "add a line to this file instead of the state folder's history"}} +
          verbosity_options + general_options(),
      .most_files = -1,
      .execute = gate};
}

}  // namespace pgo_orch::orchestrator
