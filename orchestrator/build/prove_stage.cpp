#include "orchestrator/build/prove_stage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/build/libraries.h"
#include "orchestrator/build/symbols.h"
#include "pgo/lookups.h"
#include "pgo/proof.h"
#include "pgo/symbol.h"
#include "profiles/stripping.h"
#include "report/humanize.h"
#include "toolchains/elf.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/search_path.h"
#include "toolchains/text.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using pgo::ProveStep;
using toolchains::Command;

namespace {

constexpr double worth_a_remark = 0.01;

StepResult prove_metadata(const ProveStep& step, report::PgoResult& pgo) {
  if (step.instrumented_units.empty()) {
    pgo.basis = "names only";
    return std::nullopt;
  }
  const auto proof =
      pgo::compare_metadata(pgo::units_from_json(toolchains::read_file(step.instrumented_units)),
                            pgo::units_from_json(toolchains::read_file(step.optimized_units)));
  pgo.basis = "metadata and names";
  pgo.metadata_units = proof.units;
  if (proof.differing.empty()) return std::nullopt;
  return failed_step(
      "prove",
      fmt::format("cargo's -C metadata differs between the instrumented and the optimized build in {}: "
                  "their functions have other names in the profile, so it has no effect. The usual cause is "
                  "a build script or variable that differs between the stages",
                  fmt::join(proof.differing, ", ")));
}

/// Why no function of the executables can be looked up, where that is so.
std::string why_nothing_to_look_up(const ProveStep& step) {
  const bool any_symbols = std::ranges::any_of(step.executables, [](const fs::path& file) {
    return toolchains::elf_info(with_own_symbols(file)).has_symbols;
  });
  if (any_symbols) return "it has no function of its own left to look up";  // all is inlined into main
  const auto flag = step.optimized_units.empty()
                        ? ""
                        : pgo::units_from_json(toolchains::read_file(step.optimized_units)).linker_strips;
  return "it has no symbols: " + (flag.empty()
                                      ? std::string("what links it strips it")
                                      : fmt::format("a build script has the linker strip it ({})", flag));
}

pgo::Coverage coverage_of(const ProveStep& step, const std::set<std::string>& profile) {
  std::vector<std::string> symbols;
  for (const auto& executable : step.executables) {
    auto own = toolchains::function_symbols(with_own_symbols(executable));
    symbols.insert(symbols.end(), own.begin(), own.end());
  }
  if (step.optimized_units.empty()) return pgo::count_coverage(profile, symbols);
  const auto crates = pgo::units_from_json(toolchains::read_file(step.optimized_units)).crates();
  return pgo::count_coverage(profile, symbols, crates);
}

/// How much of a saved profile today's sources still have. That a name matches is not enough: LLVM leaves a
/// profile out whose hash differs.
StepResult judge_counts(const ProveStep& step, const std::string& shown, toolchains::Runner& runner,
                        report::PgoResult& pgo) {
  if (step.lookups.empty()) return std::nullopt;
  std::string used;
  if (!step.used.empty()) {
    if (auto failed = show_profile(step, step.used, runner, used)) return failed;
  }
  const auto log = toolchains::read_file(step.lookups);
  const auto records = pgo::profile_records(shown);
  if (pgo::has_lookups(log)) pgo.hot_counts = pgo::hot_counts(records, log, pgo::profile_records(used));
  const auto& counts = pgo.hot_counts;
  if (counts && counts->moved >= worth_a_remark)
    pgo.remarks.push_back(
        fmt::format("{} % of the hot counts in the saved profile are of functions that are in another "
                    "codegen unit now, where "
                    "LLVM does not find them: with codegen-units = 1, in training too, there is only one",
                    report::human_percent(100 * counts->moved)));
  if (counts && counts->total == 0) return std::nullopt;
  const bool is_saved = !step.retrain.empty();
  // Of one whose names are all others, the coverage says so.
  if (!step.retrain_below && (!is_saved || !counts || counts->by_name == 0)) return std::nullopt;
  if (!counts)
    return failed_step("prove",
                       "rustc did not say which functions it looks up, so 'retrain-below' cannot be judged: "
                       "leave it out",
                       step.log);
  constexpr double next_to_nothing = 0.1;
  const double least = step.retrain_below.value_or(next_to_nothing);
  if (counts->by_hash >= least) return std::nullopt;
  return failed_step(
      "prove",
      fmt::format("{} % of the hot counts in the profile {} match today's sources, less than "
                  "{} ({} %). Train it again: `{}`. Lost: {}",
                  report::human_percent(100 * counts->by_hash), step.profile.string(),
                  step.retrain_below ? "retrain-below" : "has an effect", report::human_percent(100 * least),
                  step.retrain, fmt::join(counts->missing, ", ")),
      step.log);
}

/// Nearly all functions of a profile that was trained for this very build are in it. Of C rustc says nothing.
StepResult judge_own_training(const ProveStep& step, const std::set<std::string>& profile,
                              const report::PgoResult& pgo) {
  constexpr double least = 0.5;
  const auto& counts = pgo.hot_counts;
  const bool is_saved = !step.retrain.empty();
  if (is_saved || !counts || counts->total == 0 || counts->by_hash >= least ||
      !pgo::functions_of_c(profile).empty())
    return std::nullopt;
  return failed_step(
      "prove",
      fmt::format(
          "{} % of the hot counts in the profile match the optimized build, though it was trained for it: "
          "something changes flags or sources between the two builds, such as a wrapper of cargo or rustc. "
          "Lost: {}",
          report::human_percent(100 * counts->by_hash), fmt::join(counts->missing, ", ")),
      step.log);
}

/// Under cargo C is kept out, but only from clangs that are known beforehand.
std::string remark_on_c(const ProveStep& step, const std::set<std::string>& profile) {
  const auto names = pgo::functions_of_c(profile);
  if (step.optimized_units.empty() || names.empty()) return "";
  return fmt::format(
      "the profile also has {} with {} of C (such as '{}'): Rust's own that are marked no_mangle, or C that "
      "a build script compiled with a clang it chose itself, and that is trained along",
      report::human_count(std::ssize(names), "function"), names.size() == 1 ? "a name" : "names",
      pgo::readable_name(names.front()));
}

}  // namespace

StepResult show_profile(const ProveStep& step, const fs::path& profile, toolchains::Runner& runner,
                        std::string& shown, const std::vector<std::string>& more) {
  Command command;
  command.argv = {step.llvm_profdata.string(), "show", "--all-functions", "--counts"};
  command.argv.insert(command.argv.end(), more.begin(), more.end());
  command.argv.push_back(profile.string());
  command.log_file = step.log;
  command.stdout_file = step.log.string() + ".functions";
  const auto outcome = run_logged(command, runner);
  if (!outcome.ok()) {
    auto failed = failed_command("prove", command, outcome);
    failed.reason +=
        fmt::format(": the profile {} cannot be read: {}", profile.string(),
                    toolchains::complaint(fmt::format("{}", fmt::join(failed.failure.tail, "\n"))));
    return failed;
  }
  shown = toolchains::read_file(command.stdout_file);
  fs::remove(command.stdout_file);
  return std::nullopt;
}

StepResult execute(const ProveStep& step, toolchains::Runner& runner, report::PgoResult& pgo) {
  pgo.profdata = step.profile.string();
  pgo.sha256 = toolchains::sha256_of_file(step.profile);
  pgo.size = Bytes{fs::file_size(step.profile)};
  if (auto failed = prove_metadata(step, pgo)) return failed;
  std::string shown;
  if (auto failed = show_profile(step, step.profile, runner, shown)) return failed;
  if (auto failed = judge_counts(step, shown, runner, pgo)) return failed;
  const auto profile = pgo::profile_functions(shown);
  if (auto failed = judge_own_training(step, profile, pgo)) return failed;
  if (auto remark = remark_on_c(step, profile); !remark.empty()) pgo.remarks.push_back(std::move(remark));
  const auto coverage = coverage_of(step, profile);
  pgo.functions_called = coverage_of(step, pgo::called_functions(shown)).matched;
  pgo.functions_in_profile = coverage.in_profile;
  pgo.functions_matched = coverage.matched;
  pgo.functions_missing = coverage.missing;
  pgo.coverage = coverage.fraction();
  if (coverage.in_profile == 0)
    return failed_step("prove", "the profile has no functions: it would have no effect", step.log);
  if (coverage.matched + coverage.missing == 0) {
    // Neither proved nor refuted by its functions.
    pgo.basis += "; " + why_nothing_to_look_up(step);
    return std::nullopt;
  }
  if (pgo.coverage >= step.min_coverage) return std::nullopt;
  return failed_step("prove",
                     fmt::format("the profile fits {} of {} functions ({:.1f} %), less than min-coverage "
                                 "({:.1f} %): it would have no effect. Missing: {}",
                                 coverage.matched, coverage.matched + coverage.missing, 100 * pgo.coverage,
                                 100 * step.min_coverage, fmt::join(coverage.examples, ", ")),
                     step.log);
}

StepResult execute(const pgo::StripStep& step, toolchains::Runner& runner, std::string& instead) {
  const std::string wanted =
      step.units_file.empty()
          ? step.strip
          : profiles::stronger_strip(pgo::units_from_json(toolchains::read_file(step.units_file)).strip,
                                     step.strip_by_flags);
  toolchains::make_folders(step.output_dir);
  hand_over_libraries(step.executables.front().parent_path(), step.output_dir);
  for (const auto& executable : step.executables) {
    const fs::path result = step.output_dir / executable.filename();
    toolchains::copy_file_exact(executable, result);
    if (wanted != "symbols" && wanted != "debuginfo") continue;
    Command command;
    command.argv = {step.tool.string(), wanted == "symbols" ? "--strip-all" : "--strip-debug",
                    result.string()};
    command.log_file = step.log;
    log_command(step.log, command);
    const auto outcome = runner.run(command);
    if (outcome.ok()) continue;
    auto failed = failed_command("strip", command, outcome);
    const auto other = toolchains::find_executable("strip", {}, {});
    if (!other || *other == step.tool) return failed;
    command.argv.front() = other->string();
    log_command(step.log, command);
    if (!runner.run(command).ok()) return failed;
    instead = fmt::format("stripped by {}, since {} cannot: {}", other->string(), step.tool.string(),
                          failed.failure.tail.empty() ? failed.reason : failed.failure.tail.back());
  }
  return std::nullopt;
}

}  // namespace pgo_orch::orchestrator
