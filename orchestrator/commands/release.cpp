// `pgo-orch release`: makes the files that are shipped.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "orchestrator/build/corpora.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/build/step_result.h"
#include "orchestrator/commands/choice.h"
#include "orchestrator/commands/command.h"
#include "orchestrator/commands/run.h"
#include "orchestrator/commands/run_header.h"
#include "orchestrator/commands/showing_runner.h"
#include "orchestrator/commands/unchanged.h"
#include "orchestrator/config/find.h"
#include "orchestrator/release/out_folder.h"
#include "orchestrator/release/package.h"
#include "orchestrator/release/release.h"
#include "orchestrator/release/second_build.h"
#include "orchestrator/release/summary.h"
#include "orchestrator/stages/stages.h"
#include "orchestrator/store/journal.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Results;

namespace {

struct ReleaseOptions {
  fs::path file;
  fs::path state_dir;
  std::string variant;  ///< empty: as [release] says
  fs::path out;
  fs::path results;                  ///< empty: the latest run's
  fs::path archive;                  ///< that trained profiles come from; empty: none
  std::vector<std::string> targets;  ///< empty: as [release] says
  bool measure = false;
  bool allow_native = false;
  bool accept_open = false;
  bool split_debug = false;
  bool reproducible = false;
  bool dist_manifest = false;
  report::Verbosity verbosity = report::Verbosity::normal;
  bool color_err = false;
};

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

/// Plans and makes it in a state folder of its own: what runs keep stays, and nothing of it is built upon.
class Releasing {
 public:
  Releasing(Config config, const ReleaseOptions& options, const Layout& layout)
      : config_(std::move(config)),
        options_(options),
        layout_(layout),
        progress_(stderr, report::options_for(stderr, options.color_err, options.verbosity)),
        runner_(progress_),
        out_(options.out.empty() ? config_.root / "dist" : options.out) {
    if (!options.targets.empty()) config_.release.targets = options.targets;
    config_.release.split_debug = config_.release.split_debug || options.split_debug;
  }

  int run() {
    if (!options_.archive.empty()) take_profiles();
    const auto choice = choose(config_, asked(), layout_);
    if (!choice.results) refuse_without_use(config_.variants->at(choice.index));
    demand_in_archive(config_, {choice.index});
    if (!choice.said.empty()) progress_.note(choice.said);
    const Layout own = emptied(layout_.release());
    run_project_prepare(config_, own, runner_);
    source_ = toolchains::git_state(runner_, config_.root, out_.folder());
    if (options_.reproducible) fix_time();
    out_.begin();
    const auto targets = each_once(config_.release.targets);
    std::vector<Manifest> made;
    if (targets.size() < 2) {
      made.push_back(make(choice, targets.empty() ? "" : targets.front(), own, out_.staged()));
    } else {
      for (const auto& target : targets) {
        progress_.note(target + ":");
        made.push_back(make(choice, target, emptied(own.state / target), out_.staged() / target));
      }
      auto all = of_all_targets(made);
      add_checksums_of_all(out_.staged(), all);
      toolchains::write_file_atomically(out_.staged() / manifest_name, to_json(all));
    }
    if (toolchains::interrupted()) throw Error("interrupted: nothing was released", Exit::interrupted);
    out_.publish();
    progress_.finish();
    for (const auto& manifest : made)
      fmt::print("{}",
                 summary_of(manifest, made.size() < 2 ? out_.folder() : out_.folder() / manifest.target));
    return static_cast<int>(Exit::ok);
  }

 private:
  Asked asked() const {
    return {options_.variant.empty() ? config_.release.variant : options_.variant, options_.results,
            options_.allow_native};
  }

  /// Of a variant that is named.
  void refuse_without_use(const Variant& variant) const {
    if (!options_.results.empty())
      throw Error(fmt::format(
          "--results says which variant is best, and '{}' is named: leave one of the two out", variant.name));
    if (!options_.archive.empty() && !variant.settings.pgo)
      throw Error(
          fmt::format("--archive brings a profile, and '{}' has no PGO: leave --archive out", variant.name));
  }

  void take_profiles() {
    run_project_prepare(config_, layout_, runner_);  // it may make sources
    Machine machine(runner_, project_folder(config_), layout_.tools());
    config_ = with_profiles_of(options_.archive, config_, layout_, machine);
  }

  static Layout emptied(const fs::path& state) {
    const Layout layout = layout_at(state);
    fs::remove_all(layout.state);
    create_state_folder(layout);
    clear_scratch(layout);
    return layout;
  }

  /// For one target; "": the variant's own.
  Manifest make(const Choice& choice, const std::string& target, const Layout& own, const fs::path& folder) {
    Machine machine(runner_, project_folder(config_), own.tools());
    const auto variant = config_.variants->at(choice.index);
    ReleaseOrder order{variant, {}, {}, source_, {}, {}, options_.dist_manifest};
    if (!target.empty()) {
      const auto& rust = machine.rust(config_.project.toolchain.value_or(""));
      if (!rust) throw Error(describe(rust.missing()), Exit::tool);
      std::string said;
      order.variant = for_target(variant, target, rust->host, config_.release, said);
      if (!said.empty()) order.notes.push_back(said);
    }
    auto made = release_config(config_, order.variant);
    auto planner = std::make_unique<Planner>(made.config, own, machine, made.all());
    warn_of_copy(planner->project());
    order.corpora = prepare_corpora(config_, own, layout_.checkouts(), runner_, progress_);
    complete(order, choice, *planner, machine);
    if (options_.reproducible) {
      made = release_config(config_, with_folders_remapped(order.variant, folders_of(*planner)));
      planner = std::make_unique<Planner>(made.config, own, machine, made.all());
    }
    auto journal = Journal::begin(own, new_run_id(own), "release", 0);
    SourceWatch sources(*planner);
    const Workshop workshop{*planner, runner_, progress_, journal, sources, false};
    auto manifest = make_release(made, order, workshop, folder);
    if (options_.reproducible) demand_reproducible(order.variant, *planner, folder, manifest);
    for (const auto& file : sources.changed_sources())
      throw Error(fmt::format("{} changed while the release was made. Nothing was released", file.string()),
                  Exit::failed);
    for (const auto index : made.all()) remove_target_folders(planner->plan(index));
    return manifest;
  }

  /// What cargo tells the build may become part of the program.
  void warn_of_copy(const ResolvedProject& project) {
    if (project.shadow.empty()) return;
    progress_.warning(fmt::format(
        "it is built in a copy of the workspace, since {}: paths that cargo gives to the build, such as "
        "CARGO_MANIFEST_DIR, name the copy. `cargo generate-lockfile` makes a lock file",
        project.shadow_reason));
  }

  /// With what is known of the tools, and of the run that chose the variant.
  void complete(ReleaseOrder& order, const Choice& choice, const Planner& planner, Machine& machine) const {
    const auto plan = planner.plan(0);
    if (!options_.allow_native) demand_portable(plan);
    const auto tools = find_tools(planner, machine);
    for (const auto& [name, tool] : tools) order.tools[name] = tool.version;
    const Today today{planner, layout_, plan, tools, order.corpora, out_.folder()};
    if (choice.results)
      demand_unchanged(*choice.results, today);
    else if (!choice.latest || problem_in([&] { demand_unchanged(*choice.latest, today); }))
      return;  // a variant that is named needs no run
    const Results& results = choice.results ? *choice.results : *choice.latest;
    demand_within_guard(results, plan.name, options_.accept_open);
    const auto* measured = results.variant(plan.name);
    if (measured && measured->target == plan.target) order.effects = effects_in(results, plan.name);
  }

  /// For build scripts that write the date.
  void fix_time() const {
    ::setenv("SOURCE_DATE_EPOCH", std::to_string(time_of_members(source_)).c_str(), 0);
  }

  /// What has the files of each target in a folder of its own, with a manifest of its own.
  static Manifest of_all_targets(const std::vector<Manifest>& made) {
    Manifest all = made.front();
    all.target = several_targets;
    all.pgo.reset();
    all.effects.clear();
    all.checks.clear();
    all.notes.clear();
    all.flags.clear();
    all.files.clear();
    for (const auto& manifest : made) {
      for (auto file : manifest.files) {
        file.path = manifest.target + "/" + file.path;
        all.files.push_back(std::move(file));
      }
      ManifestFile own;
      own.path = manifest.target + "/" + manifest_name;
      own.sha256 = toolchains::sha256(to_json(manifest));
      own.size = Bytes{to_json(manifest).size()};
      all.files.push_back(std::move(own));
    }
    return all;
  }

  void demand_reproducible(const Variant& variant, const Planner& planner, const fs::path& folder,
                           Manifest& manifest) {
    const Layout again = emptied(layout_.state / "release-again");
    const auto difference =
        build_again(config_, variant, planner, again, layout_.checkouts(), runner_, progress_);
    if (!difference.empty())
      throw Error(
          fmt::format("'{}' is not released: a second build has other bytes.\n  {}\n  builds: {} and {}",
                      variant.name, difference, planner.layout().state.string(), again.state.string()),
          Exit::failed);
    fs::remove_all(again.state);
    manifest.checks.push_back(
        fmt::format("reproducible: a second build has the same bytes, with {}", OtherWorld::what_differs()));
    toolchains::write_file_atomically(folder / manifest_name, to_json(manifest));
  }

  Config config_;
  const ReleaseOptions& options_;
  const Layout& layout_;
  report::Progress progress_;
  ShowingRunner runner_;
  OutFolder out_;
  toolchains::GitState source_;
};

int release(const ReleaseOptions& options) {
  Config config = load_config(options.file);
  const Layout layout = layout_at(options.state_dir.empty() ? config.root / ".pgo-orch" : options.state_dir);
  if (options.measure) {
    RunOptions run_options;
    run_options.file = options.file;
    run_options.state_dir = options.state_dir;
    run_options.archive = options.archive;
    run_options.verbosity = options.verbosity;
    run_options.color_err = run_options.color_out = options.color_err;
    if (const int code = run(run_options); code != static_cast<int>(Exit::ok)) return code;
  }
  const toolchains::Heeding heeding;
  const auto lock = lock_state_folder(layout);
  return Releasing(std::move(config), options, layout).run();
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
  refuse_together(given, "measure", "results");
  ReleaseOptions options;
  read_words(given, options);
  options.state_dir = given.text("state-dir");
  options.out = given.text("out");
  options.results = given.text("results");
  options.archive = given.text("archive");
  options.targets = given.all("target");
  options.measure = given.has("measure");
  options.allow_native = given.has("allow-native");
  options.accept_open = given.has("accept-open");
  options.split_debug = given.has("split-debug");
  options.reproducible = given.has("reproducible");
  options.dist_manifest = given.has("emit-dist-manifest");
  options.verbosity = verbosity_of(given);
  options.color_err = wants_color(given, STDERR_FILENO);
  return options;
}

}  // namespace

Command release_command() {
  return {
      .name = "release",
      .usage = "release [VARIANT|best] [pgo.toml] [options]",
      .summary = "build one variant from clean, prove it, check it and pack it",
      .options =
          Options{
              {"out", "DIR", group::what, "where the release goes (default: dist beside pgo.toml)"},
              {"results", "FILE", group::what, "take `best` from these results (default: the latest run's)"},
              {"target", "TRIPLE", group::what, "for this target instead of `targets` (repeatable)", true},
              {"archive", "FILE", group::what,
               "use the profile in this .pgoz file, which `run --stage train` wrote"},
              {"measure", "", group::what, "run and measure first"},
              {"allow-native", "", group::what, "also release what is built for this CPU only"},
              {"accept-open", "", group::what,
               "also release what may be slower in a workload by more than the guard allows"},
              {"split-debug", "", group::what, "put debug symbols into files of their own"},
              {"reproducible", "", group::what,
               "build twice, elsewhere and otherwise, and release only equal bytes"},
              {"emit-dist-manifest", "", group::what, "also write dist-manifest.json, for cargo-dist"},
              {"quiet,q", "", group::output, "print only errors on standard error"},
              {"verbose,v", "", group::output, "show each command that runs"}} +
          general_options(),
      .most_files = -1,
      .execute = [](const Arguments& given) { return release(release_options(given)); }};
}

}  // namespace pgo_orch::orchestrator
