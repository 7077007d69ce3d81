#include "orchestrator/commands/saved_profile_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/build/saved_profile.h"
#include "toolchains/clock.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/process_runner.h"
#include "toolchains/text.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

std::string answer_of_git(const std::vector<std::string>& words, const fs::path& folder,
                          toolchains::Runner& runner) {
  std::vector<std::string> argv{"git"};
  argv.insert(argv.end(), words.begin(), words.end());
  const auto said = toolchains::ask_tool(runner, {.argv = argv, .cwd = folder});
  return said.ok() ? std::string(toolchains::trimmed(said.out)) : "";
}

void merge_sparse(const pgo::MergeStep& merge, const fs::path& file, toolchains::Runner& runner) {
  const auto merged = toolchains::capture(runner, {.argv = {merge.llvm_profdata.string(), "merge", "--sparse",
                                                            merge.profile.string(), "-o", file.string()}});
  if (!merged.ok())
    throw Error(fmt::format("{} cannot merge {} into {}: {}", merge.llvm_profdata.string(),
                            merge.profile.string(), file.string(), toolchains::complaint(merged.err)),
                Exit::failed);
}

const pgo::MergeStep& merge_of(const VariantPlan& plan) {
  for (const auto& step : plan.steps)
    if (const auto* merge = std::get_if<pgo::MergeStep>(&step)) return *merge;
  throw Error(fmt::format("variant '{}' does not train", plan.name));
}

}  // namespace

void check_saved_file(const fs::path& file) {
  std::error_code ignored;
  if (file.extension() == ".toml" || file.extension() == ".json")
    throw Error(fmt::format("{} does not look like the name of a profile: name it e.g. pgo/release.profdata",
                            file.string()));
  if (!fs::exists(file, ignored)) return;
  constexpr std::string_view magic = "\xfflprofi\x81";
  if (!fs::is_regular_file(file, ignored) ||
      (fs::file_size(file, ignored) > 0 && !toolchains::read_file(file).starts_with(magic)))
    throw Error(fmt::format("{} is there and is not a profile: choose another name", file.string()));
}

pgo::Provenance write_saved_profile(const fs::path& file, const VariantPlan& plan, const Planner& planner,
                                    toolchains::Runner& runner) {
  const auto& merge = merge_of(plan);
  const toolchains::TempDir folder("saving", planner.layout().scratch());
  const fs::path fresh = folder.path() / "sparse.profdata";
  merge_sparse(merge, fresh, runner);
  auto provenance = origin_of_training(plan, planner);
  provenance.workloads = trained_workloads(plan);
  provenance.sha256 = toolchains::sha256_of_file(fresh);
  provenance.saved = toolchains::timestamp();
  for (const auto& record : records_of(fresh, merge.llvm_profdata, runner)) {
    ++provenance.functions;
    provenance.counts += record.count;
  }
  const auto& root = planner.config().root;
  provenance.revision = answer_of_git({"rev-parse", "HEAD"}, root, runner);
  provenance.modified =
      !provenance.revision.empty() &&
      !answer_of_git({"status", "--porcelain", "--untracked-files=no"}, root, runner).empty();
  toolchains::make_folders(fs::absolute(file).parent_path());
  toolchains::copy_file_exact(fresh, file);
  toolchains::write_file_atomically(pgo::provenance_file(file), pgo::to_json(provenance));
  return provenance;
}

std::vector<pgo::ProfileRecord> records_of(const fs::path& profile, const fs::path& llvm_profdata,
                                           toolchains::Runner& runner) {
  const auto shown = toolchains::capture(
      runner, {.argv = {llvm_profdata.string(), "show", "--all-functions", "--counts", profile.string()}});
  if (!shown.ok())
    throw Error(fmt::format("{} cannot be read: {}", profile.string(), toolchains::complaint(shown.err)),
                Exit::failed);
  return pgo::profile_records(shown.out);
}

pgo::BuildStep instrumented_as_saved(pgo::BuildStep step, std::optional<pgo::Pinning> pinning) {
  const fs::path folder = step.units_file.parent_path() / "check";
  pgo::in_target_folder(step.command, folder / "target");
  step.target_dir = folder / "target";
  step.cargo_output_dir = folder / "target";
  step.output_dir = folder / "instrumented";
  step.units_file = folder / "instrumented.units.json";
  step.command.stdout_file = folder / "instrumented.jsonl";
  step.command.log_file = folder / "instrumented.log";
  step.flags.push_back({pgo::trace_lookups, "rustc says which functions it instruments; changes no code"});
  step.command.env["CARGO_ENCODED_RUSTFLAGS"] = profiles::encode(step.flags);
  step.pinning = std::move(pinning);
  if (step.pinning) {
    step.pinning->script = folder / step.pinning->script.filename();
    step.command.env["RUSTC_WRAPPER"] = step.pinning->script.string();
  }
  return step;
}

}  // namespace pgo_orch::orchestrator
