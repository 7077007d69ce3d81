#include "orchestrator/commands/history_record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "orchestrator/build/saved_profile.h"
#include "orchestrator/commands/outputs.h"
#include "toolchains/error.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// Whether the slash at a place begins an absolute path: behind a word's beginning, or an option like -L.
bool begins_path(std::string_view text, std::size_t slash) {
  const auto begins_word = [&](std::size_t at) {
    return at == 0 || std::string_view("\"'=: ,").find(text[at - 1]) != std::string_view::npos;
  };
  return begins_word(slash) || (slash >= 2 && text[slash - 2] == '-' && begins_word(slash - 2));
}

/// Paths of the project as they are below its folder; a text with another absolute path as a digest.
std::string without_paths(std::string text, const fs::path& root) {
  const std::string folder = root.string() + "/";
  for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder, at))
    text.erase(at, folder.size());
  for (auto at = text.find('/'); at != std::string::npos; at = text.find('/', at + 1))
    if (begins_path(text, at))
      return fmt::format("\"a path (SHA-256 {}...)\"", toolchains::sha256(text).substr(0, 8));
  return text;
}

/// Of what one run is: an effect on another workload of the same name is another effect. It is as short as
/// the digests of private values in settings are, since values of `env` are in it.
std::string digest_of(const Workload& workload, const fs::path& root) {
  toolchains::Sha256 digest;
  digest.field(workload.program);
  for (const auto& command : workload.commands()) {
    digest.field("command");
    for (const auto& word : command) digest.field(without_paths(word, root));
  }
  for (const auto& [name, value] : workload.env) digest.field("env").field(name).field(value);
  if (workload.stdin_text) digest.field("stdin").field(*workload.stdin_text);
  std::error_code missing;
  if (workload.stdin_file && fs::is_regular_file(*workload.stdin_file, missing))
    digest.field("stdin").field(toolchains::sha256_of_file(*workload.stdin_file));
  return digest.hex().substr(0, 8);
}

bool is_recorded(const report::Comparison& comparison, const report::Results& results) {
  return comparison.metric == report::Metric::runtime && comparison.to == results.baseline &&
         comparison.variant != results.baseline && !comparison.has(report::Flag::reference);
}

}  // namespace

void check_history_file(const fs::path& file) {
  if (is_stdout(file)) throw Error("--history needs a file: lines are added to it");
  if (!fs::exists(file)) return;
  if (!fs::is_regular_file(fs::symlink_status(file)))
    throw Error(fmt::format("--history {}: it is not a regular file", file.string()));
  if (::access(file.c_str(), W_OK) != 0)
    throw Error(fmt::format("--history {}: {}", file.string(), std::strerror(errno)));
  const auto history = read_history(file);
  if (history.entries.empty() && history.unread > 0)
    throw Error(fmt::format("--history {}: none of its lines is of a history, so nothing is added to it",
                            file.string()));
}

HistoryRecord::HistoryRecord(const Planner& planner, const std::vector<VariantPlan>& plans,
                             const std::vector<Workload>& workloads, toolchains::Runner& runner,
                             fs::path file)
    : root_(planner.config().root), file_(std::move(file)) {
  git_ = toolchains::git_state(runner, root_, file_);
  for (const auto& plan : plans)
    if (!plan.missing) settings_[plan.name] = settings_in_force(plan, planner);
  for (const auto& workload : workloads)
    if (workload.measured()) workloads_[workload.name] = {digest_of(workload, root_), workload.weight};
}

RecordedBuild HistoryRecord::build_of(const report::VariantResult& row) const {
  RecordedBuild build{.name = row.name, .revision = "", .target = row.target, .settings = {}, .code = {}};
  if (const auto known = settings_.find(row.name); known != settings_.end()) build.settings = known->second;
  for (const char* secret : {"env", "run-env"}) build.settings.erase(secret);
  for (const auto& setting : row.settings)
    build.settings[setting.key] = setting.value;  // private ones hidden
  std::vector<std::string>
      flags;  // also the user's own; those with paths are of the state folder, and differ
  for (const auto& flag : row.rustflags)
    if (flag.find('/') == std::string::npos) flags.push_back(flag);
  if (!flags.empty()) build.settings["flags"] = fmt::format("\"{}\"", fmt::join(flags, " "));
  for (auto& [key, value] : build.settings) value = without_paths(value, root_);
  for (const auto& artifact : row.artifacts) build.code[artifact.program] = artifact.code_sha256;
  return build;
}

HistoryEntry HistoryRecord::entry_of(const report::Results& results) const {
  HistoryEntry entry{
      .kind = Recorded::run,
      .run = results.run.id,
      .started = results.run.started,
      .tool = results.tool_version,
      .project = results.project.name,
      .programs = results.project.programs,
      .machine = {results.host.cpu, results.host.cores, results.host.kernel, results.host.virtualized},
      .rustc = {},
      .revision = git_.revision,
      .clean = git_.clean,
      .base = {},
      .builds = {},
      .workloads = {},
      .corpora = {},
      .effects = {}};
  if (const auto rustc = results.tools.find("rustc"); rustc != results.tools.end())
    entry.rustc = rustc->second.version;
  for (const auto& comparison : results.comparisons)
    if (is_recorded(comparison, results))
      entry.effects.push_back({measure::GateMetric::wall, comparison.variant, comparison.workload,
                               comparison.effect, comparison.lo, comparison.hi, comparison.verdict,
                               comparison.confidence, comparison.rounds});
  if (const auto* baseline = results.variant(results.baseline)) entry.base = build_of(*baseline);
  for (const auto& row : results.variants)
    if (std::ranges::count(entry.effects, row.name, &RecordedEffect::build) > 0)
      entry.builds.push_back(build_of(row));
  for (const auto& benchmark : results.benchmarks)
    if (const auto known = workloads_.find(benchmark.workload); known != workloads_.end())
      entry.workloads.insert(*known);
  for (const auto& corpus : results.corpora) entry.corpora[corpus.name] = corpus.sha256;
  return entry;
}

void HistoryRecord::append(const report::Results& results) const {
  const auto entry = entry_of(results);
  const bool any =
      std::ranges::any_of(entry.effects, [](const auto& effect) { return effect.effect.has_value(); });
  if (any) orchestrator::append(file_, entry);
}

namespace {

RecordedBuild build_of(const std::string& name, const report::GateVersion& version) {
  RecordedBuild build{.name = name, .revision = version.revision, .target = {}, .settings = {}, .code = {}};
  for (const auto& program : version.programs) build.code[program.program] = program.code_sha256;
  return build;
}

measure::Verdict verdict_of(const report::PairResult& pair, report::GateOutcome outcome) {
  using enum measure::Verdict;
  if (outcome == report::GateOutcome::fail) return slower;
  if (outcome == report::GateOutcome::open) return unresolved;
  return pair.hi && *pair.hi < 0 ? faster : equivalent;
}

}  // namespace

HistoryEntry entry_of(const report::GateReport& report, const Config& config) {
  HistoryEntry entry{
      .kind = Recorded::gate,
      .run = report.run.id,
      .started = report.run.started,
      .tool = report.tool_version,
      .project = report.project,
      .programs = {},
      .machine = {report.host.cpu, report.host.cores, report.host.kernel, report.host.virtualized},
      .rustc = report.head.rustc,
      .revision = report.head.revision,
      .clean = {},
      .base = build_of("base", report.base),
      .builds = {build_of("head", report.head)},
      .workloads = {},
      .corpora = {},
      .effects = {}};
  for (const auto& program : report.base.programs) entry.programs.push_back(program.program);
  if (!report.variant.empty()) entry.base.settings["variant"] = fmt::format("\"{}\"", report.variant);
  for (const auto& workload : config.workloads)
    if (workload.measured())
      entry.workloads[workload.name] = {digest_of(workload, config.root), workload.weight};
  for (const auto& claim : report.claims) {
    const auto& pair = claim.shown();
    const bool of_program = claim.workload.empty();
    entry.effects.push_back({claim.metric, "head", of_program ? std::nullopt : std::optional(claim.workload),
                             pair.effect, pair.lo, pair.hi, verdict_of(pair, claim.outcome),
                             report.confidence, pair.rounds});
  }
  return entry;
}

}  // namespace pgo_orch::orchestrator
