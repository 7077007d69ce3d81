// `pgo-orch release`: makes the files that are shipped.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "orchestrator/build/prepare.h"
#include "orchestrator/build/row.h"
#include "orchestrator/commands/command.h"
#include "orchestrator/commands/compare.h"
#include "orchestrator/commands/private_values.h"
#include "orchestrator/commands/run.h"
#include "orchestrator/commands/run_header.h"
#include "orchestrator/commands/showing_runner.h"
#include "orchestrator/config/find.h"
#include "orchestrator/release/release.h"
#include "orchestrator/store/journal.h"
#include "report/humanize.h"
#include "report/text.h"
#include "toolchains/error.h"
#include "toolchains/file_lock.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Results;
using report::VariantResult;

namespace {

struct ReleaseOptions {
  fs::path file;
  fs::path state_dir;
  std::string variant;  ///< empty: as [release] says
  fs::path out;
  fs::path results;  ///< empty: the latest run's
  bool measure = false;
  bool allow_native = false;
  bool split_debug = false;
  report::Verbosity verbosity = report::Verbosity::normal;
  bool color_err = false;
};

/// A variant of pgo.toml, and the run that says it is the best.
struct Choice {
  Variant variant;
  std::optional<Results> results;
};

Variant variant_named(const Config& config, const std::string& name) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < config.variants->size(); ++i) {
    auto variant = config.variants->at(i);
    if (variant.name == name) return variant;
    names.push_back(variant.name);
  }
  throw Error(
      fmt::format("there is no variant '{}' in {}; `pgo-orch plan` lists them", name, config.file.string()));
}

/// The portable one that gains most among those shown to be faster; the baseline if none is.
std::string best_portable(const Results& results) {
  const bool single = results.benchmarks.size() == 1;
  std::string best = results.baseline;
  double most = 0;
  for (const auto& claim : results.comparisons) {
    const auto* row = results.variant(claim.variant);
    const bool is_combined = single || !claim.workload;
    if (!row || !row->portable || claim.metric != report::Metric::runtime || !is_combined) continue;
    if (claim.verdict != report::Verdict::faster || !claim.effect || *claim.effect >= most) continue;
    best = claim.variant;
    most = *claim.effect;
  }
  return best;
}

std::string best_of(const Results& results, const ReleaseOptions& options, report::Progress& progress) {
  if (results.run.interrupted)
    throw Error(
        fmt::format("run {} was interrupted, so it has no best variant: finish it with `pgo-orch run "
                    "--resume`, or name a variant",
                    results.run.id));
  if (!results.recommended)
    throw Error(fmt::format("run {} recommends no variant: {}. Name the one to release", results.run.id,
                            results.recommendation));
  const auto* row = results.variant(*results.recommended);
  if (!row || row->portable || options.allow_native) return *results.recommended;
  const auto portable = best_portable(results);
  progress.note(
      fmt::format("'{}' is recommended, but built for this CPU: releasing '{}', the best portable variant "
                  "(--allow-native releases the other)",
                  *results.recommended, portable));
  return portable;
}

constexpr const char* what_then = "Run `pgo-orch run` again, add --measure, or name the variant to release";

/// The sources as the run recorded them, against those of today.
void demand_same_sources(const Results& results, const Layout& layout) {
  const JsonLines record(layout.run(results.run.id) / "sources.jsonl");
  if (!record.exists())
    throw Error(
        fmt::format("run {} left no record of its sources in {}, so it is not known whether it was of "
                    "today's. {}",
                    results.run.id, layout.state.string(), what_then));
  std::string changed;
  const int unread = record.for_each([&](const nlohmann::json& line) {
    const fs::path file = line.at("file").get<std::string>();
    std::error_code missing;
    const bool is_same = line.value("written", false) ||
                         (fs::is_regular_file(file, missing) &&
                          toolchains::sha256_of_file(file) == line.at("sha256").get<std::string>());
    if (!is_same && changed.empty()) changed = file.string();
  });
  if (unread > 0)
    throw Error(
        fmt::format("the record of the sources of run {} cannot be read. {}", results.run.id, what_then));
  if (!changed.empty())
    throw Error(fmt::format("{} changed since run {}, which recommends the variant. {}", changed,
                            results.run.id, what_then));
}

void demand_same_tools(const Results& results, const std::map<std::string, report::Tool>& tools) {
  for (const auto& [name, before] : results.tools) {
    const auto now = tools.find(name);
    if (now != tools.end() && now->second.version != before.version)
      throw Error(fmt::format("{} is {} now, and was {} in run {}, which recommends the variant. {}", name,
                              now->second.version, before.version, results.run.id, what_then));
  }
}

void demand_same_settings(const Results& results, const VariantPlan& plan, const Config& config) {
  const auto* before = results.variant(plan.name);
  Results now;
  now.variants.push_back(planned_row(plan));
  now = without_private_values(now, config);
  const auto& row = now.variants.front();
  if (before && before->settings == row.settings && before->target == row.target) return;
  throw Error(fmt::format("'{}' has other settings in {} than in run {}, which recommends it. {}", plan.name,
                          config.file.string(), results.run.id, what_then));
}

Choice choose(const Config& config, const ReleaseOptions& options, const Layout& layout,
              report::Progress& progress) {
  const std::string name = options.variant.empty() ? config.release.variant : options.variant;
  const bool wants_best = name == "best";
  if (!wants_best && options.results.empty()) return {variant_named(config, name), {}};
  const fs::path file = options.results.empty() ? layout.latest() / "results.json" : options.results;
  std::error_code missing;
  if (options.results.empty() && !fs::exists(file, missing))
    throw Error(
        fmt::format("no run has measured which variant is the best: run `pgo-orch run`, add --measure, "
                    "or name the variant to release"));
  auto results = load_results(file);
  const auto chosen = wants_best ? best_of(results, options, progress) : name;
  return {variant_named(config, chosen), std::move(results)};
}

std::vector<ManifestEffect> effects_in(const Results& results, const std::string& variant) {
  std::vector<ManifestEffect> effects;
  for (const auto& claim : results.comparisons) {
    if (claim.variant != variant || claim.metric != report::Metric::runtime || !claim.effect ||
        claim.to != results.baseline)
      continue;
    effects.push_back({claim.to, claim.workload.value_or(""), *claim.effect, claim.lo, claim.hi,
                       claim.confidence, results.run.id, results.host.cpu});
  }
  return effects;
}

/// What a person wants to know of it.
std::string summary_of(const Manifest& manifest, const fs::path& folder) {
  std::string text =
      fmt::format("released '{}' for {} in {}\n", manifest.variant, manifest.target, folder.string());
  std::size_t width = 0;
  for (const auto& file : manifest.files) width = std::max(width, file.path.size());
  for (const auto& file : manifest.files)
    if (file.kind != FileKind::checksums)
      text += fmt::format("  {}  {}\n", report::pad_right(file.path, width), report::human(file.size));
  if (const auto& pgo = manifest.pgo) {
    text += fmt::format(
        "PGO is proved in these bytes: rustc read the profile for {}, and of the functions in the code {} of "
        "{} "
        "hot ones and {} of {} cold ones are marked so\n",
        report::human_count(pgo->crates_with_profile, "crate"), pgo->hot_marked, pgo->hot_functions,
        pgo->cold_marked, pgo->cold_functions);
  }
  for (const auto& effect : manifest.effects)
    if (effect.workload.empty() || manifest.effects.size() == 1)
      text +=
          fmt::format("measured in run {}: {} % of run time against '{}'\n", effect.run,
                      report::human_signed_percent(effect.effect_pct, effect.effect_pct), effect.baseline);
  if (!manifest.portable) text += "not portable: built for this CPU\n";
  return text;
}

int release_locked(Config config, const ReleaseOptions& options, const Layout& layout) {
  report::Progress progress(stderr, report::options_for(stderr, options.color_err, options.verbosity));
  ShowingRunner runner(progress);
  OutFolder out(options.out.empty() ? config.root / "dist" : options.out);
  const auto choice = choose(config, options, layout, progress);
  config.release.split_debug = config.release.split_debug || options.split_debug;
  const auto made = release_config(config, choice.variant);

  // A state folder of its own: what runs keep stays, and nothing of it is built upon.
  const Layout own = layout_at(layout.release());
  fs::remove_all(own.state);
  create_state_folder(own);
  clear_scratch(own);
  run_project_prepare(config, own, runner);
  Machine machine(runner, project_folder(config), own.tools());
  const Planner planner(made.config, own, machine, made.all());
  const auto plan = planner.plan(0);
  if (!plan.portable && !options.allow_native)
    throw Error(
        fmt::format("'{}' is built for this CPU and may not run on others: release it with "
                    "--allow-native, or name a portable variant",
                    plan.name));
  ReleaseOrder order{choice.variant, {}, {}, toolchains::git_state(runner, config.root, out.folder())};
  const auto tools = find_tools(planner, machine);
  for (const auto& [name, tool] : tools) order.tools[name] = tool.version;
  if (choice.results) {
    demand_same_tools(*choice.results, tools);
    demand_same_settings(*choice.results, plan, config);
    demand_same_sources(*choice.results, layout);
    order.effects = effects_in(*choice.results, choice.variant.name);
  }
  auto journal = Journal::begin(own, new_run_id(own), "release", 0);
  SourceWatch sources(planner);
  const Workshop workshop{planner, runner, progress, journal, sources, false};
  const auto manifest = make_release(made, order, workshop, out);
  for (const auto& file : sources.changed_sources())
    throw Error(fmt::format("{} changed while the release was made. Nothing was released", file.string()),
                Exit::failed);
  if (toolchains::interrupted()) throw Error("interrupted: nothing was released", Exit::interrupted);
  out.publish();
  progress.finish();
  fmt::print("{}", summary_of(manifest, out.folder()));
  for (const auto& plan_index : made.all()) remove_target_folders(planner.plan(plan_index));
  return static_cast<int>(Exit::ok);
}

int release(const ReleaseOptions& options) {
  Config config = load_config(options.file);
  const Layout layout = layout_at(options.state_dir.empty() ? config.root / ".pgo-orch" : options.state_dir);
  if (options.measure) {
    RunOptions run_options;
    run_options.file = options.file;
    run_options.state_dir = options.state_dir;
    run_options.verbosity = options.verbosity;
    run_options.color_err = run_options.color_out = options.color_err;
    if (const int code = run(run_options); code != static_cast<int>(Exit::ok)) return code;
  }
  check_state_folder(layout);
  const toolchains::Heeding heeding;
  create_state_folder(layout);
  const auto lock = toolchains::FileLock::try_lock(layout.lock());
  if (!lock)
    throw Error(fmt::format("{}: another run is at work there; wait for it, or use another --state-dir",
                            lock.missing().what));
  return release_locked(std::move(config), options, layout);
}

/// "release", "release VARIANT", "release pgo.toml", "release VARIANT pgo.toml": a file is what is there, or
/// ends with .toml.
void read_words(const Arguments& given, ReleaseOptions& options) {
  options.file = "pgo.toml";
  if (given.files.size() > 2) throw Error("release takes one variant and one pgo.toml");
  for (const auto& word : given.files) {
    if (word.ends_with(".toml") || word.find('/') != std::string::npos)
      options.file = word;
    else if (options.variant.empty())
      options.variant = word;
    else
      throw Error(fmt::format("release takes one variant: '{}' or '{}'?", options.variant, word));
  }
}

ReleaseOptions release_options(const Arguments& given) {
  refuse_together(given, "quiet", "verbose");
  refuse_together(given, "measure", "results");
  ReleaseOptions options;
  read_words(given, options);
  options.state_dir = given.text("state-dir");
  options.out = given.text("out");
  options.results = given.text("results");
  options.measure = given.has("measure");
  options.allow_native = given.has("allow-native");
  options.split_debug = given.has("split-debug");
  if (given.has("quiet")) options.verbosity = report::Verbosity::quiet;
  if (given.has("verbose")) options.verbosity = report::Verbosity::verbose;
  options.color_err = wants_color(given, STDERR_FILENO);
  return options;
}

}  // namespace

Command release_command() {
  return {.name = "release",
          .usage = "release [VARIANT|best] [pgo.toml] [options]",
          .summary = "build one variant from clean, prove it, check it and pack it",
          .options =
              Options{{"out", "DIR", group::what, "where the release goes (default: dist beside pgo.toml)"},
                      {"results", "FILE", group::what,
                       "take `best` from these results (default: the latest run's)"},
                      {"measure", "", group::what, "run and measure first"},
                      {"allow-native", "", group::what, "also release what is built for this CPU only"},
                      {"split-debug", "", group::what, "put debug symbols into files of their own"},
                      {"quiet,q", "", group::output, "print only errors on standard error"},
                      {"verbose,v", "", group::output, "show each command that runs"}} +
              general_options(),
          .most_files = -1,
          .execute = [](const Arguments& given) { return release(release_options(given)); }};
}

}  // namespace pgo_orch::orchestrator
