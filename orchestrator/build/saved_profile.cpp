#include "orchestrator/build/saved_profile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "orchestrator/build/training_key.h"
#include "orchestrator/plan/renderings.h"
#include "orchestrator/plan/saved_profile.h"
#include "pgo/cargo_output.h"
#include "pgo/spread.h"
#include "profiles/cargo_profile.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/process_runner.h"
#include "toolchains/text.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

const pgo::ProveStep* proof_of_saved(const VariantPlan& plan) {
  if (!plan.settings.pgo || plan.settings.pgo->profile.empty()) return nullptr;
  for (const auto& step : plan.steps)
    if (const auto* prove = std::get_if<pgo::ProveStep>(&step)) return prove;
  return nullptr;
}

/// Of what llvm-profdata merge writes, and rustc takes.
constexpr std::string_view indexed_magic = "\xfflprofi\x81";

/// What is wrong with the file itself; "": nothing.
std::string problem_of_file(const pgo::ProveStep& prove, toolchains::Runner& runner) {
  const auto& file = prove.profile;
  std::error_code missing;
  const auto size = fs::file_size(file, missing);
  if (missing) return "is not there";
  if (size == 0) return "is empty, so it would have no effect";
  std::string magic(indexed_magic.size(), '\0');
  std::ifstream(file, std::ios::binary).read(magic.data(), static_cast<std::streamsize>(magic.size()));
  constexpr std::string_view raw_magic = "\x81rforpl\xff";
  if (magic == raw_magic)
    return "is a raw profile, as programs write it, which `llvm-profdata merge` has to convert";
  if (magic != indexed_magic)
    return "is not a profile that `llvm-profdata merge` wrote: it begins with other bytes";
  const auto shown =
      toolchains::capture(runner, {.argv = {prove.llvm_profdata.string(), "show", file.string()}});
  if (!shown.ok())
    return fmt::format("cannot be read by {}: {}", prove.llvm_profdata.string(),
                       toolchains::complaint(shown.err));
  if (shown.out.find("Instrumentation level: Front-end") != std::string::npos)
    return "is of a coverage or front-end build, which rustc does not optimize by: it must come from "
           "-Cprofile-generate";
  if (shown.out.find("Total functions: 0\n") != std::string::npos)
    return "has no functions, so it would have no effect";
  return "";
}

/// What it says of itself that does not fit the variant; "": all does.
std::string problem_of_origin(const pgo::Provenance& provenance, const VariantPlan& plan,
                              const fs::path& profile, const Planner& planner) {
  if (provenance.sha256 != toolchains::sha256_of_file(profile))
    return fmt::format("is not the one that {} was written for",
                       pgo::provenance_file(profile).filename().string());
  if (provenance.rustc != plan.toolchain)
    return fmt::format("was trained with rustc {}, and this is {}: functions have other names there",
                       provenance.rustc, plan.toolchain);
  if (provenance.target != plan.target)
    return fmt::format(
        "was trained for {}, and this variant is for {}, where functions have other names and "
        "other code: keep a profile for each target, as in profile = \"pgo/{{target}}.profdata\"",
        provenance.target, plan.target);
  const auto differing = pgo::differing_settings(provenance, settings_in_force(plan, planner));
  return differing.empty() ? "" : fmt::format("does not fit: {}", fmt::join(differing, "; "));
}

fs::path state_of_training(const fs::path& profile) {
  return profile.parent_path() / "trained-from.json";
}

fs::path sources_of_training(const fs::path& profile) {
  return profile.parent_path() / "sources.jsonl";
}

/// `config`: the text of its file, which is written only when it is built.
std::string key_of_build(const pgo::BuildStep& step, const std::string& config) {
  return toolchains::sha256(to_shell(step.command) + '\n' + config);
}

std::string planned_config(const VariantPlan& plan, const pgo::BuildStep& step) {
  const auto file = std::ranges::find(plan.files, step.config, &pgo::GeneratedFile::path);
  return file == plan.files.end() ? "" : file->text;
}

Training training_of_plan(const VariantPlan& plan) {
  Training training;
  for (const auto& step : plan.steps) {
    if (const auto* train = std::get_if<pgo::TrainStep>(&step)) training.workloads.push_back(*train);
    if (const auto* merge = std::get_if<pgo::MergeStep>(&step)) training.merge = *merge;
  }
  return training;
}

/// The saved profile with functions that are local to a codegen unit in all of them. An unchanged one keeps
/// its time, so that cargo finds fresh what was built with it.
StepResult prepare_used(const pgo::Pinning& pinning, toolchains::Runner& runner) {
  const auto saved = toolchains::read_file(pinning.profile);
  const auto provenance = provenance_of(pinning.profile);
  if (provenance && (provenance->same_sources || pgo::has_one_unit(*provenance))) {
    toolchains::write_if_different(pinning.used, saved);  // all functions are where they were
    return std::nullopt;
  }
  const toolchains::TempDir folder("used", pinning.used.parent_path());
  const fs::path text = folder.path() / "text", fresh = folder.path() / "fresh";
  const auto merge = [&](std::vector<std::string> words) -> StepResult {
    words.insert(words.begin(), {pinning.llvm_profdata.string(), "merge"});
    const toolchains::Command command{.argv = words, .log_file = folder.path() / "log"};
    const auto outcome = run_logged(command, runner);
    return outcome.ok() ? StepResult() : failed_build("optimized build", command, outcome);
  };
  if (auto failed = merge({"--text", pinning.profile.string(), "-o", text.string()})) return failed;
  auto used = std::optional<std::string>();
  if (const auto spread = pgo::spread_over_units(toolchains::read_file(text))) {
    toolchains::write_file_atomically(text, *spread);
    if (auto failed = merge({"--sparse", text.string(), "-o", fresh.string()})) return failed;
    used = pgo::with_summary_of(saved, toolchains::read_file(fresh));
  }
  toolchains::write_if_different(pinning.used, used.value_or(saved));
  return std::nullopt;
}

/// The crates and rustflags of the instrumented build. None of a build command: cargo gives nothing a name.
void note_crates(const VariantPlan& plan, pgo::Provenance& provenance) {
  const auto* build = instrumented_build(plan);
  if (!build) return;
  std::error_code missing;
  if (fs::exists(build->units_file, missing) && fs::exists(build->command.stdout_file, missing))
    provenance.crates =
        pgo::crates_of(pgo::units_from_json(toolchains::read_file(build->units_file)),
                       pgo::parse_artifacts(toolchains::read_file(build->command.stdout_file)));
  if (provenance.crates.empty())
    throw Error(
        fmt::format(
            "{} does not say which packages were trained, so the profile would not outlive their next "
            "version: remove {} and build it again",
            build->command.stdout_file.string(), build->target_dir.string()),
        Exit::failed);
  for (const auto& flag : build->flags)
    if (!flag.text.starts_with("-Cprofile-generate")) provenance.flags.push_back(flag.text);
}

/// As view_settings shows values: `3`, `true`, `"abort"`.
std::string as_json(const std::string& value) {
  return nlohmann::json::accept(value) ? value : nlohmann::json(value).dump();
}

}  // namespace

std::string problem_of_saved_profile(const VariantPlan& plan, const Planner& planner,
                                     toolchains::Runner& runner) {
  const auto* prove = proof_of_saved(plan);
  if (!prove) return "";
  auto problem = problem_of_file(*prove, runner);
  if (problem.empty()) {
    if (const auto provenance = provenance_of(prove->profile))
      problem = problem_of_origin(*provenance, plan, prove->profile, planner);
  }
  const auto& archive = planner.config().archive;
  if (!problem.empty() && !archive.empty())
    return fmt::format("the profile in {} {}. Begin again: `{}`", archive.string(), problem, prove->retrain);
  if (!problem.empty())
    return fmt::format("the profile {} {}. Train it: `{}`; or leave 'profile' out to train in every run",
                       prove->profile.string(), problem, prove->retrain);
  if (prove->retrain_below && prove->lookups.empty())
    return "'retrain-below' needs cargo: what a build command compiles does not tell which functions it "
           "looks up";
  return "";
}

StepResult prepare_pinning(const pgo::BuildStep& step, toolchains::Runner& runner,
                           std::vector<std::string>& remarks) {
  std::error_code missing;
  if (!step.pinning) {
    if (step.stage != pgo::Stage::optimized) return std::nullopt;
    const pgo::VariantFolder folder{step.units_file.parent_path(), {}};
    if (!fs::exists(folder.pinning(), missing)) return std::nullopt;
    fs::remove_all(step.target_dir);  // cargo does not know that names have changed
    fs::remove(folder.pinning());
    return std::nullopt;
  }
  const auto names = pinned_names(*step.pinning);
  if (!names)
    return failed_step(pgo::describe(pgo::Step(step)),
                       fmt::format("{} is not there, which tells the versions of packages: make it with "
                                   "`cargo generate-lockfile`",
                                   step.pinning->lock.string()));
  const auto& script = step.pinning->script;
  if (!fs::exists(script, missing) || toolchains::read_file(script) != names->script) {
    fs::remove_all(step.target_dir);
    toolchains::write_file_atomically(script, names->script);
  }
  if (auto failed = prepare_used(*step.pinning, runner)) return failed;
  fs::permissions(script, fs::perms::owner_all | fs::perms::group_read | fs::perms::others_read);
  const auto list = [](const std::vector<std::string>& all) {
    constexpr std::size_t shown = 3;
    const std::vector<std::string> first(all.begin(), all.begin() + std::min(shown, all.size()));
    return fmt::format("{}{}", fmt::join(first, ", "),
                       all.size() > shown ? fmt::format(" and {} more", all.size() - shown) : "");
  };
  if (const auto& renamed = names->pins.renamed; !renamed.empty())
    remarks.push_back(
        fmt::format("packages of another version than in the saved profile are compiled with the names "
                    "in it: {}",
                    list(renamed)));
  if (const auto& unmatched = names->pins.unmatched; !unmatched.empty())
    remarks.push_back(
        fmt::format("the saved profile knows packages that have no counterpart now: {}", list(unmatched)));
  return std::nullopt;
}

const pgo::BuildStep* instrumented_build(const VariantPlan& plan) {
  for (const auto& step : plan.steps)
    if (const auto* build = std::get_if<pgo::BuildStep>(&step);
        build && build->stage == pgo::Stage::instrumented)
      return build;
  return nullptr;
}

void keep_training_state(const Training& training, const pgo::BuildStep* instrumented, SourceWatch& sources) {
  if (!instrumented) return;
  const auto& profile = training.merge.profile;
  sources.keep_in(sources_of_training(profile));
  toolchains::write_file_atomically(
      state_of_training(profile),
      nlohmann::json{{"build", key_of_build(*instrumented, toolchains::read_file(instrumented->config))}}
              .dump() +
          "\n");
}

std::string why_not_current(const VariantPlan& plan, const Planner& planner) {
  const auto training = training_of_plan(plan);
  const auto* instrumented = instrumented_build(plan);
  const auto& profile = training.merge.profile;
  std::error_code missing;
  if (!instrumented || !fs::exists(profile, missing) || !fs::exists(state_of_training(profile), missing))
    return "no run has trained it yet";
  const auto state = nlohmann::json::parse(toolchains::read_file(state_of_training(profile)), nullptr, false);
  if (!state.is_object() ||
      state.value("build", "") != key_of_build(*instrumented, planned_config(plan, *instrumented)))
    return "settings, flags or tools are not those that it was trained with";
  SourceWatch sources(planner);
  if (!sources.resume(sources_of_training(profile))) return "sources have changed since it was trained";
  if (!is_trained(training, instrumented->output_dir)) return "inputs of the training have changed";
  return "";
}

std::vector<pgo::SavedWorkload> trained_workloads(const VariantPlan& plan) {
  std::vector<pgo::SavedWorkload> workloads;
  const auto* instrumented = instrumented_build(plan);
  const auto programs = instrumented ? programs_digest(instrumented->output_dir) : "";
  for (const auto& step : training_of_plan(plan).workloads)
    workloads.push_back({step.workload.name, workload_key(step, programs)});
  return workloads;
}

pgo::Provenance origin_of_training(const VariantPlan& plan, const Planner& planner) {
  pgo::Provenance origin;
  origin.tool_version = PGO_ORCH_VERSION;
  origin.project = fmt::format("{}", fmt::join(planner.project().packages, ", "));
  origin.variant = plan.name;
  origin.settings = settings_in_force(plan, planner);
  origin.rustc = plan.toolchain;
  origin.llvm = planner.rust().llvm_version;
  origin.target = plan.target;
  note_crates(plan, origin);
  return origin;
}

std::map<std::string, std::string> settings_in_force(const VariantPlan& plan, const Planner& planner) {
  std::map<std::string, std::string> settings;
  if (planner.config().project.kind != ProjectKind::command) {
    const auto name = plan.settings.profile.value_or(planner.config().project.profile);
    const profiles::CargoProfile profile(planner.project().manifest, planner.user(), name);
    for (const auto& [key, value] : profile.values()) settings[key] = as_json(value);
    if (const auto lto = settings.find("lto"); lto != settings.end() && lto->second == "true")
      lto->second = "\"fat\"";
  }
  for (const auto& setting : view_settings(plan.settings))
    if (setting.key != "pgo") settings[setting.key] = setting.value;
  // The user's rustflags win over all of that.
  for (const auto& flag : profiles::join_options(plan.flags))
    if (const auto option = profiles::key_of(flag.text);
        option.key != "strip" && profiles::is_of_profile(option.key))
      settings[option.key] = as_json(option.value);
  return settings;
}

}  // namespace pgo_orch::orchestrator
