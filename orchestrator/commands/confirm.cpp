// `pgo-orch confirm`: are the claims of a run also true here?

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <random>

#include "measure/helpers.h"
#include "measure/timer/timer_sampler.h"
#include "orchestrator/commands/command.h"
#include "orchestrator/commands/compare.h"
#include "orchestrator/commands/run.h"
#include "orchestrator/commands/run_header.h"
#include "orchestrator/commands/showing_runner.h"
#include "orchestrator/confirm/confirm.h"
#include "orchestrator/store/journal.h"
#include "toolchains/clock.h"
#include "toolchains/error.h"
#include "toolchains/host.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

ConfirmOrder confirm_order(const Arguments& given) {
  if (given.files.empty())
    throw Error(
        "confirm needs the archive that `pgo-orch run --pack` wrote: pgo-orch confirm ARCHIVE --with "
        "RESULTS");
  if (!given.has("with"))
    throw Error(
        fmt::format("confirm needs the results of the run that wrote {0}: pgo-orch confirm {0} --with "
                    "RESULTS, its results.json or the folder that has it",
                    given.files.front()));
  ConfirmOrder order{.archive = given.files.front(), .named = given.text("with")};
  order.max_time = time_of(given, "max-time");
  order.seed = std::random_device{}();
  return order;
}

std::vector<std::pair<std::string, fs::path>> outputs_of_confirm(const Arguments& given) {
  return outputs_of(given, {"json", "markdown"});
}

void publish_confirmation(const report::ConfirmReport& report, const Arguments& given) {
  bool is_printed = false;
  for (const auto& [format, file] : outputs_of_confirm(given)) {
    is_printed = is_printed || is_stdout(file);
    write_text(file, format == "json" ? to_json_text(report) : to_markdown(report));
  }
  if (!is_printed) print_text(to_text(report, wants_color(given, STDOUT_FILENO)));
}

int confirm_here(const Arguments& given) {
  auto order = confirm_order(given);
  check_output_files(outputs_of_confirm(given));
  order.results = load_results(order.named);
  const Layout layout = layout_of(given, fs::current_path());
  const toolchains::Heeding heeding;
  const auto lock = lock_state_folder(layout);
  report::Progress progress(
      stderr, report::options_for(stderr, wants_color(given, STDERR_FILENO), verbosity_of(given)));
  ShowingRunner runner(progress);
  const Layout own = layout_at(layout.confirm());
  measure::TimerSampler timer(measure::find_helper(fs::read_symlink("/proc/self/exe"), "pgo-orch-timer"),
                              toolchains::interrupt_descriptor());
  report::RunInfo run{.id = new_run_id(layout), .started = toolchains::timestamp(), .command = "confirm"};
  const auto before = toolchains::host_counters();
  auto report = confirm(order, {own, runner, progress}, timer);
  run.finished = toolchains::timestamp();
  report.run = std::move(run);
  report.tool_version = PGO_ORCH_VERSION;
  report.host = host_here();
  for (auto& disturbance : toolchains::disturbances(before, toolchains::host_counters()))
    report.host.warnings.push_back(std::move(disturbance));
  progress.finish();
  publish_confirmation(report, given);
  const bool all_ran =
      std::ranges::all_of(report.claims, [](const auto& each) { return each.reason.empty(); });
  if (all_ran) fs::remove_all(own.state);  // else what programs printed stays, for inspection
  return static_cast<int>(report.outcome() == report::Joined::contradicted ? Exit::failed : Exit::ok);
}

}  // namespace

Command confirm_command() {
  return {
      .name = "confirm",
      .usage = "confirm ARCHIVE --with RESULTS [options]",
      .summary = "measure a run's programs again, and say which claims hold",
      .options = Options{{"with", "RESULTS", group::what,
                          "whose claims: results.json of the run that packed the archive, or its folder"},
                         {"max-time", "TIME", group::measuring,
                          "time limit for each workload, e.g. 5m (default: that of the run)"},
                         {"json", "FILE", group::output, "write the claims as JSON; - is standard output"},
                         {"markdown", "FILE", group::output, "write them as GitHub Markdown"}} +
                 verbosity_options + general_options(),
      .most_files = 1,
      .execute = confirm_here};
}

}  // namespace pgo_orch::orchestrator
