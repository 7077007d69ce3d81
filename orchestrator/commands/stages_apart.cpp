#include "orchestrator/commands/stages_apart.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/build/corpora.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/build/sources.h"
#include "orchestrator/build/step_result.h"
#include "orchestrator/commands/showing_runner.h"
#include "orchestrator/stages/stages.h"
#include "orchestrator/store/journal.h"
#include "report/humanize.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

bool is_trained(const fs::path& archive, const Layout& layout) {
  const toolchains::TempDir unpacked("part", layout.scratch());
  bool trained = false;
  problem_in([&] { trained = read_part(archive, unpacked.path()).progressed == Progressed::trained; });
  return trained;  // false for a file that is not an archive
}

Layout state_of(const RunOptions& options) {
  const fs::path root = fs::absolute(options.file).lexically_normal().parent_path();
  return layout_at(options.state_dir.empty() ? root / ".pgo-orch" : options.state_dir);
}

report::Progress progress_for(const RunOptions& options) {
  return report::Progress(stderr, report::options_for(stderr, options.color_err, options.verbosity));
}

/// The chosen variants that train.
std::vector<std::size_t> variants_to_train(const Config& config, const RunOptions& options) {
  auto chosen = choose_variants(config, options.selection.variants);
  std::erase_if(chosen, [&](std::size_t index) {
    const auto& pgo = config.variants->at(index).settings.pgo;
    return !pgo || !pgo->profile.empty();
  });
  if (chosen.empty())
    throw Error(
        fmt::format("{}: none of the chosen variants trains: write pgo = true in one", config.file.string()));
  return chosen;
}

/// "wrote part.pgoz: 'pgo' instrumented, 1.2 MiB"
std::string summary_of(const Part& part, const RunOptions& options, const std::string& next) {
  const auto& archive = options.archive;
  const std::string file = options.file == "pgo.toml" ? "" : options.file.string() + " ";
  std::vector<std::string> names;
  for (const auto& name : part.variant_names()) names.push_back(fmt::format("'{}'", name));
  return fmt::format("wrote {}: {} {}, {}\nnext: pgo-orch run {}--stage {} --archive {}\n", archive.string(),
                     fmt::join(names, ", "), to_word(part.progressed),
                     report::human(Bytes{fs::file_size(archive)}), file, next, archive.string());
}

/// On a machine that only trains there may be no pgo.toml: the archive's is of the same folder.
Config config_for_training(const RunOptions& options, const Part& part) {
  std::error_code missing;
  return fs::exists(options.file, missing)
             ? load_config(options.file, NamedFiles::may_be_missing)
             : parse_config(part.pgo_toml, options.file, NamedFiles::may_be_missing);
}

}  // namespace

int instrument_apart(const RunOptions& options) {
  // What workloads read may be where they train, and only there.
  const Config config = load_config(options.file, NamedFiles::may_be_missing);
  const auto variants = variants_to_train(config, options);
  const Layout layout = state_of(options);
  const toolchains::Heeding heeding;
  const auto lock = lock_state_folder(layout);
  if (is_trained(options.archive, layout))
    throw Error(fmt::format("{} was trained already: remove it first, or name another file",
                            options.archive.string()));
  auto progress = progress_for(options);
  ShowingRunner runner(progress);
  run_project_prepare(config, layout, runner);
  Machine machine(runner, project_folder(config), layout.tools());
  const Planner planner(config, layout, machine, variants);
  std::vector<VariantPlan> plans;
  for (const auto index : variants) {
    plans.push_back(planner.plan(index));
    if (const auto& missing = plans.back().missing)
      throw Error(fmt::format("variant '{}': {}", plans.back().name, describe(*missing)), Exit::tool);
    if (options.fresh) fs::remove_all(layout.variant(plans.back().name));
  }
  Layout aside = layout;
  aside.state = layout.scratch() / "instrument";
  toolchains::make_folders(aside.runs());
  auto journal = Journal::begin(aside, new_run_id(aside), "", 0);
  SourceWatch sources(planner);
  const auto part = instrument(plans, {planner, runner, progress, journal, sources, false}, options.archive);
  progress.finish();
  clear_scratch(layout);
  fmt::print("{}", summary_of(part, options, "train"));
  return static_cast<int>(Exit::ok);
}

int train_apart(const RunOptions& options) {
  const Layout layout = state_of(options);
  const toolchains::Heeding heeding;
  const auto lock = lock_state_folder(layout);
  const toolchains::TempDir unpacked("part", layout.scratch());  // it may be large
  const auto part = read_part(options.archive, unpacked.path());
  const Config config = config_for_training(options, part);
  demand_same(part, options.archive, config, Sources::those_there);
  auto progress = progress_for(options);
  ShowingRunner runner(progress);
  run_project_prepare(config, layout, runner);
  prepare_corpora(config, layout, layout.checkouts(), runner, progress);
  std::string said;
  const auto trained =
      train(part, unpacked.path(), {config, layout, runner, progress}, options.archive, said);
  progress.finish();
  clear_scratch(layout);
  fmt::print("{}{}", said.empty() ? "" : said + "\n", summary_of(trained, options, "optimize"));
  return static_cast<int>(Exit::ok);
}

}  // namespace pgo_orch::orchestrator
