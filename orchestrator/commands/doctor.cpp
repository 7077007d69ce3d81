// `pgo-orch doctor`: what this machine has, what it lacks, and how small a difference it can show.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "measure/helpers.h"
#include "measure/timer/timer_sampler.h"
#include "orchestrator/commands/command.h"
#include "orchestrator/commands/run.h"
#include "orchestrator/commands/showing_runner.h"
#include "orchestrator/doctor/findings.h"
#include "orchestrator/doctor/noise.h"
#include "orchestrator/judge/standings.h"
#include "orchestrator/start/facts.h"
#include "report/humanize.h"
#include "report/table.h"
#include "report/text.h"
#include "toolchains/cargo.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/host.h"
#include "toolchains/interrupt.h"
#include "toolchains/landmarks.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

namespace {

constexpr Nanoseconds usual_time = std::chrono::seconds(10);
constexpr std::size_t width = 80;
constexpr const char* project_group = "This project";

struct Diagnosis {
  toolchains::HostFacts host;
  FindingList findings;
  std::optional<Noise> noise;
  Exit exit = Exit::ok;
};

/// Where the time of runs goes is seen by ptrace.
Finding find_ptrace(measure::Tracer& tracer, const fs::path& timer) {
  const measure::RunSpec spec{.executable = timer, .argv = {timer.string(), "--version"}, .cwd = "/"};
  const auto trace = tracer.trace(spec, toolchains::find_landmarks(timer));
  const char* use = "phases of runs: startup, init, compute, shutdown";
  if (trace.unavailable.empty()) return {"Permissions", "ptrace", Fitness::ok, "allowed", use};
  return {"Permissions", "ptrace", Fitness::warning, trace.unavailable, use};
}

/// The project's own needs. A pgo.toml that cannot be planned is a finding, too: the rest is worth showing.
void examine_project(const fs::path& file, const Arguments& given, Machine& machine, Diagnosis& diagnosis) {
  FindingList needs;
  try {
    const Config config = load_config(file);
    const Layout layout = layout_of(given, config.root);
    std::vector<std::size_t> all(config.variants->size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    needs = find_needs(Planner(config, layout, machine, all));
    if (lacks_anything(needs)) diagnosis.exit = Exit::tool;
  } catch (const Error& error) {
    diagnosis.exit = error.code();
    const auto fitness = fs::exists(file) ? Fitness::wrong : Fitness::missing;
    needs = {{project_group, file.filename().string(), fitness, error.what()}};
  }
  diagnosis.findings.insert(diagnosis.findings.end(), needs.begin(), needs.end());
}

/// What `try` and `init` would find in a folder without pgo.toml. Nothing if it is not in a Cargo project or
/// cargo is not installed.
FindingList find_start(const fs::path& folder, Machine& machine) {
  fs::path root;
  try {
    root = find_package_folder(folder);
  } catch (const Error&) {
    return {};
  }
  const auto& rust = machine.rust("");
  if (!rust) return {};
  const fs::path manifest = root / "Cargo.toml";
  const std::string name = manifest.lexically_proximate(folder).string();
  Fitness otherwise = Fitness::wrong;  // until cargo has read it; several programs are not wrong
  try {
    toolchains::query_workspace(machine.runner(), *rust, manifest);
    otherwise = Fitness::warning;
    const auto facts = find_project(root, {}, machine);
    return {{project_group, name, Fitness::ok,
             fmt::format("pgo-orch try -- ARGUMENTS compares builds of {}", facts.program.name)}};
  } catch (const Error& error) {
    return {{project_group, name, otherwise, error.what()}};
  }
}

/// Those about one variant in one workload, with the defaults.
Claims default_claims() {
  return {claim_about(measure::Quantity::wall, {}, {}), claim_about(measure::Quantity::cpu, {}, {})};
}

// ---- as text ----

std::string mark(Fitness fitness, bool color) {
  const auto tone = fitness == Fitness::ok        ? report::Tone::good
                    : fitness == Fitness::warning ? report::Tone::unsure
                                                  : report::Tone::bad;
  return report::paint(fmt::format("{:<7}", to_word(fitness)), tone, color);
}

std::string hanging(const std::string& text, std::size_t indent) {
  std::string lines;
  for (const auto& line : report::wrap(report::printable(text), width - indent))
    lines += (lines.empty() ? "" : std::string(indent, ' ')) + line + "\n";
  return lines;
}

std::string text_of(const Finding& finding, bool color) {
  constexpr std::size_t column = 28;
  const std::string at(column, ' ');
  std::string text = fmt::format("  {}  {:<17}", mark(finding.fitness, color), finding.name);
  text += finding.name.size() > 17 ? "\n" + at : "";
  text +=
      hanging(finding.why.empty() ? finding.text : fmt::format("{} ({})", finding.text, finding.why), column);
  if (!finding.hint.empty()) text += at + "install: " + finding.hint + "\n";
  return text;
}

/// A forecast is not good to a hundredth of a second.
std::string text_of(const TimeNeeded& time) {
  const auto whole = [](Nanoseconds each) { return std::chrono::ceil<std::chrono::seconds>(each).count(); };
  const auto late =
      time.by_four_in_five
          ? fmt::format("{} s", whole(*time.by_four_in_five))
          : fmt::format("over {} min", std::chrono::ceil<std::chrono::minutes>(longest_forecast).count());
  if (!time.by_one_in_five) return late;
  const auto soon = whole(*time.by_one_in_five);
  if (!time.by_four_in_five) return fmt::format("{} s to {}", soon, late);
  return soon == whole(*time.by_four_in_five) ? late : fmt::format("{} to {}", soon, late);
}

std::string text_of(const Noise& noise) {
  if (!noise.failure.empty()) return "  could not be measured: " + noise.failure + "\n";
  std::string text =
      "  " +
      hanging(fmt::format("Two copies of a program that runs for {} were timed in {} rounds. If the machine "
                          "stays as it was, this is what three of five measurements need to show "
                          "that another is",
                          report::human(noise.program), noise.rounds),
              2);
  for (const auto& forecast : noise.forecasts)
    text += fmt::format("    {:g} % slower: {} by run time, {} by CPU time\n", 100 * forecast.effect,
                        text_of(forecast.by_wall_time), text_of(forecast.by_cpu_time));
  const auto& hardest = noise.forecasts.back();
  const auto &by_cpu = hardest.by_cpu_time.by_four_in_five, &by_wall = hardest.by_wall_time.by_four_in_five;
  if (by_cpu && (!by_wall || *by_cpu * 2 < *by_wall))
    text += "  " + hanging(
                       "Other work on this machine disturbs run times: compare CPU times (they are in "
                       "every report), or measure when it is quiet.",
                       2);
  for (const auto& disturbance : noise.disturbances) text += "  " + hanging(disturbance, 2);
  return text;
}

std::string text_of(const Diagnosis& diagnosis, bool color) {
  std::string text;
  const char* group = "";
  for (const auto& finding : diagnosis.findings) {
    if (std::string_view(group) != finding.group)
      text += (text.empty() ? "" : "\n") + report::paint(finding.group, report::Tone::heading, color) + "\n";
    group = finding.group;
    text += text_of(finding, color);
  }
  const auto& host = diagnosis.host;
  text += "\n" + report::paint("This machine", report::Tone::heading, color) + "\n";
  text +=
      "  " +
      hanging(fmt::format("{}, {}, {}", host.cpu, report::human_count(host.cores, "core"), host.kernel), 2);
  for (const auto& warning : host.warnings) text += "  " + hanging(warning, 2);
  if (diagnosis.noise) text += text_of(*diagnosis.noise);
  return text;
}

// ---- as JSON ----

ordered_json json_of(const std::optional<Nanoseconds>& time) {
  return time ? ordered_json(std::chrono::duration<double>(*time).count()) : ordered_json(nullptr);
}

ordered_json json_of(const TimeNeeded& time) {
  return {{"one_in_five", json_of(time.by_one_in_five)}, {"four_in_five", json_of(time.by_four_in_five)}};
}

ordered_json json_of(const Noise& noise) {
  ordered_json json{{"program_s", json_of(noise.program)}, {"rounds", noise.rounds}};
  json["noise_floor_pct"] = noise.floor_pct ? ordered_json(*noise.floor_pct) : ordered_json(nullptr);
  json["forecasts"] = ordered_json::array();
  for (const auto& forecast : noise.forecasts)
    json["forecasts"].push_back({{"effect_pct", 100 * forecast.effect},
                                 {"by_run_time_s", json_of(forecast.by_wall_time)},
                                 {"by_cpu_time_s", json_of(forecast.by_cpu_time)}});
  json["disturbances"] = noise.disturbances;
  json["failure"] = noise.failure;
  return json;
}

ordered_json json_of(const Diagnosis& diagnosis) {
  ordered_json findings = ordered_json::array();
  for (const auto& finding : diagnosis.findings)
    findings.push_back({{"group", finding.group},
                        {"name", finding.name},
                        {"status", to_word(finding.fitness)},
                        {"text", finding.text},
                        {"why", finding.why},
                        {"install", finding.hint}});
  const auto& host = diagnosis.host;
  ordered_json json{{"schema", "pgo-orch/doctor/1"}, {"version", PGO_ORCH_VERSION}};
  json["host"] = {{"cpu", host.cpu},
                  {"cores", host.cores},
                  {"kernel", host.kernel},
                  {"virtualized", host.virtualized},
                  {"warnings", host.warnings}};
  json["findings"] = findings;
  json["noise"] = diagnosis.noise ? json_of(*diagnosis.noise) : ordered_json(nullptr);
  return json;
}

int doctor(const Arguments& given) {
  const bool color = wants_color(given, STDOUT_FILENO);
  refuse_together(given, "no-measure", "max-time");
  const auto time = time_of(given, "max-time").value_or(usual_time);
  const toolchains::Heeding heeding;
  report::Progress progress(
      stderr, report::options_for(stderr, wants_color(given, STDERR_FILENO), report::Verbosity::normal));
  ShowingRunner runner(progress);
  const fs::path own = fs::read_symlink("/proc/self/exe");
  const fs::path timer = measure::find_helper(own, "pgo-orch-timer");
  const fs::path file = fs::absolute(given.file());
  std::error_code missing;
  const bool has_project = !given.files.empty() || fs::exists(file, missing);
  // Test links and copies: not in the state folder, which there may be none of.
  const toolchains::TempDir scratch;
  Machine machine(runner, file.parent_path(), scratch.path() / "tools");
  measure::TimerSampler sampler(timer, toolchains::interrupt_descriptor());

  Diagnosis diagnosis;
  diagnosis.host = toolchains::host_facts();
  diagnosis.findings = find_tools_of(machine, own);
  diagnosis.findings.push_back(find_ptrace(sampler, timer));
  for (const auto& finding : find_room(layout_of(given, file.parent_path())))
    diagnosis.findings.push_back(finding);
  if (has_project)
    examine_project(file, given, machine, diagnosis);
  else
    for (const auto& finding : find_start(file.parent_path(), machine)) diagnosis.findings.push_back(finding);
  if (!given.has("no-measure")) {
    progress.note(fmt::format("timing two copies of a program for {}", report::human(time)));
    diagnosis.noise = measure_noise(sampler, timer, scratch.path(), time, default_claims());
  }
  progress.finish();
  if (given.has("json"))
    fmt::print("{}\n", json_of(diagnosis).dump(2, ' ', false, ordered_json::error_handler_t::replace));
  else
    fmt::print("{}", text_of(diagnosis, color));
  return static_cast<int>(diagnosis.exit);
}

}  // namespace

Command doctor_command() {
  return {.name = "doctor",
          .usage = "doctor [pgo.toml] [options]",
          .summary = "show tools, what is missing, and how well this machine measures",
          .options = Options{{"no-measure", "", group::what, "look for tools only"},
                             {"max-time", "TIME", group::measuring,
                              "how long to time two copies of a program (default: 10s)"},
                             {"json", "", group::output, "print everything as JSON"}} +
                     general_options(),
          .execute = doctor};
}

}  // namespace pgo_orch::orchestrator
