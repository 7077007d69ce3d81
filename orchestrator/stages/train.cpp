#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/build/check.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/build/sources.h"
#include "orchestrator/build/training.h"
#include "orchestrator/build/training_key.h"
#include "orchestrator/plan/workloads.h"
#include "orchestrator/stages/failure.h"
#include "orchestrator/stages/stages.h"
#include "pgo/feedback.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/llvm_tools.h"
#include "toolchains/text.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// In a run these write where the compiler said, which is a folder of another machine here.
constexpr const char* clears_environment =
    "Where the stages of a run are apart, processes that are started with a cleared environment must be "
    "given LLVM_PROFILE_FILE";

/// The variants of one archive, one after the other.
class Site {
 public:
  Site(const Part& part, const fs::path& folder, const TrainingSite& site, std::string& said)
      : part_(part),
        folder_(folder),
        site_(site),
        said_(said),
        workloads_(resolved_workloads(site.config, part.programs, site.layout)),
        checker_(site.layout, workloads_, site.runner) {}

  Part train(std::vector<toolchains::ArchiveMember>& members) {
    Part trained = part_;
    trained.progressed = Progressed::trained;
    for (const auto& file : workload_files(workloads_)) toolchains::write_if_different(file.path, file.text);
    demand_passed(run_setup(trained_by_any(), site_.config, site_.layout, site_.runner), "setup");
    site_.progress.expect(trained.variants.size(), static_cast<double>(trained.variants.size()));
    std::size_t number = 0;
    for (auto& variant : trained.variants) {
      site_.progress.stage_started(++number, variant.name(), "train", {});
      train(variant, members);
      site_.progress.stage_finished(variant.name());
      site_.progress.variant_finished(1, true);
    }
    return trained;
  }

  /// What the archive has now.
  void clean_up() const {
    for (const auto& training : trainings_) forget_runs(training);
  }

 private:
  profiles::Settings settings_of(const std::string& name) const {
    if (const auto variant = variant_named(site_.config, name)) return variant->settings;
    throw Error(fmt::format("{} has no variant '{}' any more", site_.config.file.string(), name));
  }

  std::vector<Workload> trained_by_any() const {
    std::vector<Workload> all;
    for (const auto& variant : part_.variants)
      for (const auto& workload : training_of(*settings_of(variant.name()).pgo, workloads_))
        if (std::ranges::find(all, workload.name, &Workload::name) == all.end()) all.push_back(workload);
    return all;
  }

  /// Without one the machine that optimizes merges.
  fs::path llvm_profdata(const std::string& llvm) {
    const auto tool =
        toolchains::find_llvm_tool(site_.runner, "llvm-profdata", toolchains::major_of(llvm), {});
    if (tool) return tool->path;
    said_ = fmt::format("{}: the raw profiles are packed, and merged where the archive is used",
                        tool.missing().what);
    return {};
  }

  Training training_of_variant(const PartVariant& variant) {
    pgo::Recipe recipe;
    recipe.variant = variant.name();
    recipe.settings = settings_of(variant.name());
    recipe.folder = {site_.layout.variant(variant.name()), site_.layout.variant_alias(variant.name())};
    recipe.tools.llvm_profdata = llvm_profdata(variant.origin.llvm);
    recipe.training = training_of(*recipe.settings.pgo, workloads_);
    Training training;
    for (auto& step : pgo::training_steps(recipe)) {
      if (auto* each = std::get_if<pgo::TrainStep>(&step)) {
        each->hint = clears_environment;
        training.workloads.push_back(std::move(*each));
      }
      if (auto* merge = std::get_if<pgo::MergeStep>(&step)) training.merge = std::move(*merge);
    }
    training.check = [this](const Workload& workload, const fs::path& output) -> StepResult {
      const auto wrong = checker_.complaint(workload, output);
      return wrong ? failed_step("train " + workload.name, wrong->reason, output) : StepResult();
    };
    return training;
  }

  /// The programs of this archive, and nothing else.
  fs::path install(const std::string& name) const {
    const fs::path to = site_.layout.variant(name) / "instrumented";
    fs::remove_all(to);
    toolchains::make_folders(to);
    const fs::path from = folder_ / instrumented_in(name);
    for (const auto& program : part_.programs)
      if (!fs::is_regular_file(from / program))
        throw Error(fmt::format("the archive has no instrumented '{}' of '{}'", program, name), Exit::failed);
    for (const auto& member : members_of(from, "")) {
      toolchains::make_folders((to / member.name).parent_path());
      toolchains::copy_file_exact(member.file, to / member.name);
    }
    return to;
  }

  void train(PartVariant& variant, std::vector<toolchains::ArchiveMember>& members) {
    const auto& training = trainings_.emplace_back(training_of_variant(variant));
    const fs::path programs = install(variant.name());
    const auto begin = [&](const std::string& workload) {
      site_.progress.training(variant.name(), workload);
    };
    Trained trained;
    demand_passed(
        attempt("train", [&] { return run_workloads(training, programs, site_.runner, begin, trained); }),
        variant.name());
    const auto digest = programs_digest(programs);
    for (const auto& step : training.workloads)
      variant.origin.workloads.push_back({step.workload.name, workload_key(step, digest)});
    for (const auto& workload : trained.workloads)
      for (const auto& remark : workload.remarks)
        site_.progress.note(fmt::format("{}: train {}: {}", variant.name(), workload.name, remark));
    variant.merged = !training.merge.llvm_profdata.empty();
    // Times differ from training to training, and with them the archive.
    if (!variant.merged && training.merge.balance == profiles::Balance::time) variant.runs = trained.runs;
    if (!variant.merged) return pack_raw(training, variant.name(), members);
    demand_passed(attempt("merge", [&] { return merge_workloads(training, site_.runner, trained); }),
                  variant.name());
    members.push_back({profile_in(variant.name()).generic_string(), training.merge.profile, false});
  }

  /// Names with process numbers would make other bytes of the same profiles.
  static void pack_raw(const Training& training, const std::string& variant,
                       std::vector<toolchains::ArchiveMember>& members) {
    for (const auto& step : training.workloads) {
      std::vector<std::pair<std::string, fs::path>> by_content;
      for (const auto& member : members_of(step.raw_dir, ""))
        if (member.file.extension() == ".profraw")
          by_content.emplace_back(toolchains::sha256_of_file(member.file), member.file);
      std::ranges::sort(by_content);
      int number = 0;
      for (const auto& [sha256, file] : by_content) {
        const auto name = raw_in(variant, step.workload.name) / fmt::format("{:05}.profraw", ++number);
        members.push_back({name.generic_string(), file, false});
      }
    }
  }

  const Part& part_;
  const fs::path& folder_;
  const TrainingSite& site_;
  std::string& said_;
  std::vector<Workload> workloads_;
  Checker checker_;
  std::vector<Training> trainings_;
};

}  // namespace

Part train(const Part& part, const fs::path& folder, const TrainingSite& site, const fs::path& archive,
           std::string& said) {
  if (part.progressed != Progressed::instrumented)
    throw Error(
        fmt::format("{} is trained already: go on with --stage optimize, or make a new one with "
                    "--stage instrument",
                    archive.string()));
  std::vector<toolchains::ArchiveMember> members;
  Site trainer(part, folder, site, said);
  const auto trained = trainer.train(members);
  write_part(archive, trained, std::move(members));
  trainer.clean_up();
  return trained;
}

}  // namespace pgo_orch::orchestrator
