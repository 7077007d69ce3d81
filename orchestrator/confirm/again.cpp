#include "orchestrator/confirm/again.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "orchestrator/build/artifacts.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/config/find.h"
#include "orchestrator/confirm/portable_workload.h"
#include "orchestrator/plan/corpora.h"
#include "orchestrator/plan/workloads.h"
#include "orchestrator/time/contender.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using measure::Quantity;
using report::ClaimKind;
using report::VariantResult;

namespace {

/// The files behind {corpus.NAME.args}, whose lists have paths of this machine.
void write_lists_of_corpora(const Layout& layout) {
  const fs::path all = layout.state / corpora_folder;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(all, missing)) {
    const auto folder = corpus_folder(entry.path().filename().string(), layout);
    std::vector<std::string> files;
    for (const auto& file : fs::recursive_directory_iterator(folder.files()))
      if (file.is_regular_file()) files.push_back(file.path().string());
    std::ranges::sort(files);
    std::string lines;
    for (const auto& file : files) lines += file + "\n";
    toolchains::write_file_atomically(folder.arguments(), lines);
  }
}

/// A race of one workload. The copy of the baseline runs in every round: whether a machine lets two copies of
/// one program differ is what a claim has to be confirmed against.
class Again {
 public:
  Again(const Unpacked& unpacked, const Workload& workload, const AgainClock& clock, const ConfirmWork& work)
      : unpacked_(unpacked),
        workload_(workload),
        clock_(clock),
        work_(work),
        scratch_(work.layout.scratch() / "measure") {}

  measure::Measured time(const std::vector<std::string>& variants) {
    toolchains::make_folders(scratch_);
    const auto& baseline = *unpacked_.rows.variant(unpacked_.rows.baseline);
    add(baseline, unpacked_.rows.id(baseline));
    for (const auto& name : variants) {
      const auto& row = *unpacked_.rows.variant(name);
      add(row, unpacked_.rows.id(row));
    }
    add(baseline, measure::control_id);
    auto rules = rules_for(variants);
    work_.progress.measuring(workload_.name, 1, 0, std::nullopt);
    work_.progress.pause();
    auto measured = measure::race(contenders_, clock_.sampler, options(), rules);
    work_.progress.resume();
    work_.progress.measured(workload_.name, measured.rounds);
    if (measured.interrupted || toolchains::interrupted())
      throw Error("interrupted: nothing was judged", Exit::interrupted);
    return measured;
  }

 private:
  void add(const VariantResult& row, measure::ContenderId id) {
    FinishedProgram program{.name = id == measure::control_id ? measure::control_name : row.name,
                            .id = id,
                            .executable = work_.layout.variant(row.name) / "bin" / workload_.program,
                            .checked = {},
                            .settings = unpacked_.settings_of(row.name),
                            .logs = work_.layout.variant(row.name),
                            .checker = clock_.checker};
    for (const auto& artifact : row.artifacts) {
      program.checked.push_back({artifact.path, artifact.sha256});
      for (const auto& library : artifact.libraries)
        program.checked.push_back({library.path, library.sha256});
    }
    contenders_.push_back(contender_of(workload_, program, scratch_, work_.runner));
  }

  /// Each claim is a question, and when all have an answer more rounds would change nothing.
  measure::RaceRules rules_for(const std::vector<std::string>& variants) const {
    measure::RaceRules rules{.claim = clock_.claim, .baseline = 0, .control = contenders_.size() - 1};
    rules.drop = false;
    rules.only_thresholds = true;
    for (const auto& claim : clock_.claims) {
      const auto place = std::ranges::find(variants, claim.first.variant);
      if (place == variants.end() || claim.first.workload.value_or(workload_.name) != workload_.name)
        continue;
      const bool of_cpu = claim.first.metric == report::Metric::cpu;
      measure::Threshold threshold{.of = 1 + static_cast<std::size_t>(place - variants.begin()),
                                   .to = rules.baseline,
                                   .quantity = of_cpu ? Quantity::cpu : Quantity::wall};
      ask(claim, threshold, rules.thresholds);
      ask_copy(claim, threshold, *rules.control, rules.thresholds);
    }
    return rules;
  }

  double margin() const { return 100 * unpacked_.config.measure.precision; }

  void ask(const report::ClaimedTwice& claim, measure::Threshold about,
           std::vector<measure::Threshold>& thresholds) const {
    if (claim.kind == ClaimKind::over_guard) {
      const auto guard = guard_of(unpacked_.config, workload_.name, claim.first.metric);
      about.at = 100 * guard.fraction.value_or(0);
      about.floor = seconds(guard.floor);
    }
    if (claim.kind == ClaimKind::equivalent) {
      about.at = -margin();
      thresholds.push_back(about);
      about.at = margin();
    }
    thresholds.push_back(about);
  }

  /// Whether two copies of one program differ here by as much as is claimed.
  void ask_copy(const report::ClaimedTwice& claim, measure::Threshold about, std::size_t copy,
                std::vector<measure::Threshold>& thresholds) const {
    const auto& near = claim.kind == ClaimKind::faster ? claim.first.hi : claim.first.lo;
    const bool of_difference = claim.kind != ClaimKind::equivalent && near;
    about.of = copy;
    for (const double sign : {-1, 1}) {
      about.at = sign * (of_difference ? std::abs(*near) : margin());
      thresholds.push_back(about);
    }
  }

  measure::RoundsOptions options() const {
    measure::RoundsOptions options;
    options.scratch = scratch_;
    options.file_name = workload_.program;
    options.budget.time = clock_.budget;
    options.budget.min_rounds = measure::fewest_rounds;
    options.warmup = unpacked_.config.measure.warmup;
    options.seed = clock_.seed;
    options.on_round = showing_rounds(workload_.name, work_.progress);
    return options;
  }

  const Unpacked& unpacked_;
  const Workload& workload_;
  const AgainClock& clock_;
  const ConfirmWork& work_;
  fs::path scratch_;
  std::vector<measure::Contender> contenders_;
};

}  // namespace

profiles::Settings Unpacked::settings_of(const std::string& variant) const {
  profiles::Settings settings;
  if (const auto* found = packed.variant(variant)) settings.run_env = found->run_env;
  return settings;
}

Unpacked unpack(const fs::path& archive, const ConfirmWork& work) {
  const auto& layout = work.layout;
  fs::remove_all(layout.state);
  toolchains::make_folders(layout.state);
  Unpacked unpacked{.packed = read_packed_run(archive, layout.state)};
  auto& config = unpacked.config;
  config.file = archive;
  config.root = layout.state / inputs_folder;
  config.measure = unpacked.packed.measure;
  for (const auto& workload : unpacked.packed.workloads)
    config.workloads.push_back(placed(workload, config.root));
  toolchains::make_folders(config.root);
  for (const auto& folder : unpacked.packed.folders) toolchains::make_folders(config.root / folder);
  for (const auto& folder : {layout.scratch(), layout.tmp(), layout.workloads()})
    toolchains::make_folders(folder);
  write_lists_of_corpora(layout);
  unpacked.workloads = resolved_workloads(config, unpacked.packed.programs, layout);
  for (const auto& file : workload_files(unpacked.workloads))
    toolchains::write_file_atomically(file.path, file.text);
  unpacked.rows.baseline = unpacked.packed.baseline;
  for (const auto& variant : unpacked.packed.variants) {
    VariantResult row;
    row.name = variant.name;
    for (const auto& program : unpacked.packed.programs)
      if (std::error_code missing;
          !fs::is_regular_file(layout.state / programs_in(row.name) / program, missing))
        throw Error(fmt::format("{}: it has no '{}' of '{}'", archive.string(), program, row.name),
                    Exit::failed);
    row.artifacts = artifacts_in(layout.state / programs_in(row.name), unpacked.packed.programs);
    if (files_of_row(row) != variant.files)
      throw Error(fmt::format("{}: the files of '{}' in it are not those that it names: make a new one",
                              archive.string(), row.name),
                  Exit::failed);
    unpacked.rows.variants.push_back(std::move(row));
  }
  return unpacked;
}

Unfit check_again(const Unpacked& unpacked, Checker& checker, const std::vector<std::string>& variants,
                  std::vector<std::string>& notes) {
  Unfit unfit;
  auto baseline = *unpacked.rows.variant(unpacked.rows.baseline);
  checker.check_baseline(baseline, unpacked.settings_of(baseline.name));
  if (baseline.status != report::Status::ok) return {{baseline.name, baseline.reason}};
  for (const auto& name : variants) {
    if (toolchains::interrupted()) throw Error("interrupted: nothing was judged", Exit::interrupted);
    auto row = *unpacked.rows.variant(name);
    checker.check(row, unpacked.settings_of(name));
    if (row.status != report::Status::ok) unfit[name] = row.reason;
  }
  for (auto& note : checker.take_notes()) notes.push_back(std::move(note));
  return unfit;
}

measure::Measured time_again(const Unpacked& unpacked, const Workload& workload,
                             const std::vector<std::string>& variants, const AgainClock& clock,
                             const ConfirmWork& work) {
  return Again(unpacked, workload, clock, work).time(variants);
}

}  // namespace pgo_orch::orchestrator
