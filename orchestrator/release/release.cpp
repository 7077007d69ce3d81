#include "orchestrator/release/release.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/build/check.h"
#include "orchestrator/build/libraries.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/build/row.h"
#include "orchestrator/build/sources.h"
#include "orchestrator/build/symbols.h"
#include "orchestrator/release/attest.h"
#include "orchestrator/release/dist_manifest.h"
#include "orchestrator/release/facts.h"
#include "orchestrator/release/guards.h"
#include "orchestrator/release/package.h"
#include "orchestrator/release/proof.h"
#include "orchestrator/release/wishes.h"
#include "toolchains/clock.h"
#include "toolchains/elf.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::VariantResult;

namespace {

/// One release, from its plans to the staged folder.
class Maker {
 public:
  Maker(const ReleaseConfig& release, const ReleaseOrder& order, const Workshop& workshop,
        const fs::path& folder)
      : release_(release),
        config_(release.config),
        order_(order),
        workshop_(workshop),
        layout_(workshop.planner.layout()),
        folder_(folder),
        runs_(runs_on(workshop.planner.target_of(release.config.variants->at(0).settings),
                      workshop.planner.rust().host)),
        checker_(workshop.planner.layout(), workshop.planner.workloads(), workshop.runner,
                 set_by_cargo_run(workshop.planner)) {
    for (const auto& program : workshop.planner.project().programs) programs_.push_back(program.name);
  }

  Manifest make() {
    auto plan = workshop_.planner.plan(0);
    if (plan.missing) throw Error(describe(*plan.missing), Exit::tool);
    for (const auto& open : demand_wishes(workshop_.planner)) workshop_.progress.warning(open);
    demand(prepare_project(workshop_.planner, plan.target, workshop_.runner), plan.name);
    demand(run_setup(workshop_.planner, workshop_.runner), plan.name);
    workshop_.sources.remember_inputs(workshop_.planner.workloads());
    auto row = build(plan);
    if (runs_) learn_what_to_print(plan, row);
    for (const auto& said : order_.notes) note(said);
    if (!order_.source.refused.empty()) note("git does not tell the revision: " + order_.source.refused);
    if (trains(config_.variants->at(plan.index)))
      for (const auto& program : untrained_programs(workshop_.planner))
        note(fmt::format("'{}' was run by no training workload: only what it shares with others was trained",
                         program));
    manifest_ = manifest_of(plan, row, order_, config_, workshop_);
    toolchains::make_folders(folder_);
    stage(plan, row);
    if (plan.settings.pgo) prove(plan, row);
    if (runs_)
      check(row, plan);
    else
      manifest_.checks.push_back(
          fmt::format("nothing was run: programs for {} do not run here", plan.target));
    demand_guards(plan);
    demand_unchanged();
    add_others();
    demand_unchanged();
    pack();
    demand_unchanged();
    toolchains::write_file_atomically(folder_ / manifest_name, to_json(manifest_));
    return manifest_;
  }

 private:
  [[noreturn]] static void refuse(const std::string& why) { throw Error(why, Exit::failed); }

  static void demand(const StepResult& failed, const std::string& variant) {
    if (failed)
      throw_failure(*failed, fmt::format("'{}' cannot be released", variant), "nothing was released");
  }

  static void demand(const VariantResult& row) {
    if (row.status != report::Status::ok) demand(failure_of(row), row.name);
  }

  void note(std::string text) {
    workshop_.progress.note(text);
    notes_.push_back(std::move(text));
  }

  /// The variant, and what [release] allows in its place.
  VariantResult build(VariantPlan& plan) {
    have_links_mapped(plan, layout_.state / "mapping");
    have_lookups_told(plan);
    auto row = build_variant(plan, 1, workshop_);
    for (int left = config_.release.retries; left > 0 && may_pass_again(row); --left) {
      workshop_.progress.note(fmt::format("{}: building once more ('retries' in [release])", plan.name));
      fs::remove_all(layout_.variant(plan.name));
      row = build_variant(plan, 1, workshop_);
    }
    const bool crashed = is_bad(row) && row.failure && row.failure->stage.starts_with("train") &&
                         row.failure->signal.has_value();
    if (crashed && release_.plain && config_.release.on_training_crash == OnTrainingCrash::plain) {
      note(fmt::format("released WITHOUT PGO, as on-training-crash = \"plain\" in [release] says: {}",
                       row.reason));
      plan = workshop_.planner.plan(*release_.plain);
      row = build_variant(plan, 1, workshop_);
    } else if (crashed) {
      row.reason += "; on-training-crash = \"plain\" in [release] would ship it without PGO";
    }
    demand(row);
    return row;
  }

  static bool is_bad(const VariantResult& row) {
    return row.status != report::Status::ok && !toolchains::interrupted();
  }

  /// A command failed, which may have been the network's fault or the machine's.
  static bool may_pass_again(const VariantResult& row) {
    return is_bad(row) && row.failure && !row.failure->command.empty();
  }

  /// What the instrumented program prints, or the baseline does.
  void learn_what_to_print(const VariantPlan& plan, const VariantResult& built) {
    if (std::ranges::none_of(workshop_.planner.workloads(), is_compared_with_baseline)) return;
    VariantResult row = built;
    if (trains(config_.variants->at(plan.index))) {
      const fs::path profiles = layout_.scratch() / "profiles";
      checker_.learn(row, plan.settings, instrumented_of(plan), profiles);
      demand(row);
      reference_ = "the instrumented program";
    } else if (release_.baseline) {
      const auto baseline = workshop_.planner.plan(*release_.baseline);
      row = build_variant(baseline, 2, workshop_);
      demand(row);
      checker_.learn(row, baseline.settings, layout_.variant(baseline.name) / "bin", {});
      demand(row);
      reference_ = fmt::format("the baseline '{}'", baseline.name);
    } else {
      checker_.learn(row, plan.settings, layout_.variant(plan.name) / "bin", {});
      demand(row);
      reference_ = "in another run";
      if (plan.settings.pgo) note_self_comparison();
    }
  }

  void note_self_comparison() {
    for (const auto& workload : workshop_.planner.workloads())
      if (is_compared_with_baseline(workload))
        note(
            fmt::format("workload '{}' has no 'expect', so its output was only compared with another run of "
                        "the same program",
                        workload.name));
  }

  fs::path instrumented_of(const VariantPlan& plan) const {
    return layout_.variant(plan.name) / "instrumented";
  }

  /// Copies what is shipped; from here on only these bytes count.
  void stage(const VariantPlan& plan, const VariantResult& row) {
    const fs::path bin = layout_.variant(plan.name) / "bin";
    const std::string ending = plan.target.find("windows") != std::string::npos ? ".exe"
                               : plan.target.starts_with("wasm")                ? ".wasm"
                                                                                : "";
    for (const auto& program : programs_) {
      const std::string name = program + ending;
      const fs::path file = folder_ / name;
      toolchains::copy_file_exact(bin / program, file);
      if (config_.release.split_debug && toolchains::is_elf(file)) split_debug(plan, name);
      manifest_.files.push_back(described(file, name, FileKind::executable, plan.target));
    }
    if (row.artifacts.empty()) return;
    for (const auto& library : row.artifacts.front().libraries) {
      const fs::path from = library.path;
      toolchains::copy_file_exact(from, folder_ / from.filename());
      manifest_.files.push_back(
          described(folder_ / from.filename(), from.filename().string(), FileKind::library, plan.target));
      note(fmt::format("{} is shipped beside the executables, which find it by LD_LIBRARY_PATH only",
                       from.filename().string()));
    }
  }

  /// The symbols of the linked program, which debuggers find by the name that is left in the executable.
  void split_debug(const VariantPlan& plan, const std::string& name) {
    const fs::path linked = with_own_symbols(linked_of(plan) / name);
    const fs::path debug = folder_ / (name + ".debug");
    const auto& objcopy = workshop_.planner.llvm_tool("llvm-objcopy");
    if (!objcopy) throw Error("split-debug: " + describe(objcopy.missing()), Exit::tool);
    const auto run = [&](std::vector<std::string> words) {
      words.insert(words.begin(), objcopy->path.string());
      const toolchains::Command command{.argv = std::move(words),
                                        .cwd = folder_,
                                        .log_file = layout_.variant(plan.name) / "split-debug.log"};
      const auto outcome = run_logged(command, workshop_.runner);
      if (!outcome.ok()) demand(failed_command("split debug symbols", command, outcome), plan.name);
    };
    run({"--only-keep-debug", linked.string(), debug.string()});
    run({"--strip-all", "--add-gnu-debuglink=" + debug.filename().string(), (folder_ / name).string()});
    manifest_.files.push_back(described(debug, debug.filename().string(), FileKind::debug, plan.target));
  }

  fs::path linked_of(const VariantPlan& plan) const {
    const fs::path linked = layout_.variant(plan.name) / "linked";
    return fs::exists(linked) ? linked : layout_.variant(plan.name) / "bin";
  }

  void prove(const VariantPlan& plan, const VariantResult& row) {
    auto pgo = pgo_of(plan, row, workshop_);
    const std::string not_proved =
        fmt::format("'{}' is not released, since its PGO is not proved: ", plan.name);
    std::vector<std::string> problems;
    if (auto problem = problem_in([&] { prove_reading(plan, pgo); })) problems.push_back(*problem);
    if (auto problem = problem_in([&] { prove_code(plan, folder_, workshop_.runner, pgo); }))
      problems.push_back(*problem);
    if (!problems.empty()) refuse(not_proved + fmt::format("{}", fmt::join(problems, ". And ")));
    manifest_.pgo = std::move(pgo);
  }

  /// All workloads and the smoke test, of the staged bytes.
  void check(VariantResult row, const VariantPlan& plan) {
    checker_.check(row, plan.settings, folder_);
    demand(row);
    for (const auto& warning : checker_.take_notes()) workshop_.progress.warning(warning);
    for (const auto& workload : workshop_.planner.workloads())
      manifest_.checks.push_back(
          fmt::format("workload {}: {}", workload.name, what_is_checked(workload, reference_)));
    smoke(folder_, "");
    workshop_.sources.forget_outputs();
  }

  void smoke(const fs::path& programs, const std::string& where) {
    for (const auto& words : config_.release.smoke) {
      toolchains::Command command{.argv = release_words(words, config_, programs, programs_, layout_.tmp()),
                                  .cwd = config_.root,
                                  .log_file = layout_.state / "smoke.log",
                                  .timeout = std::chrono::minutes(1)};
      command = with_libraries(std::move(command), programs / programs_.front());
      const auto outcome = run_logged(command, workshop_.runner);
      if (!outcome.ok()) demand(failed_command("smoke test" + where, command, outcome), manifest_.variant);
      if (where.empty()) manifest_.checks.push_back(fmt::format("smoke test: {}", fmt::join(words, " ")));
    }
  }

  void demand_guards(const VariantPlan& plan) {
    std::vector<std::string> problems;
    std::optional<VariantResult> plain;
    if (is_compared_with_plain(config_) && release_.plain && plan.index == 0) {
      plain = build_variant(workshop_.planner.plan(*release_.plain), 2, workshop_);
      demand(*plain);
    }
    for (const auto& file : manifest_.files) {
      if (file.kind != FileKind::executable && file.kind != FileKind::library) continue;
      PlainBuild than;
      const fs::path instrumented = instrumented_of(plan) / file.path;
      if (fs::exists(instrumented)) than.hardening = without_runtime(toolchains::hardening_of(instrumented));
      if (plain) {
        const fs::path bin = layout_.variant(plain->name) / "bin" / file.path;
        if (fs::exists(bin)) than.size = Bytes{fs::file_size(bin)};
        if (fs::exists(bin)) than.hardening = toolchains::hardening_of(bin);
      }
      for (const auto& problem : problems_of(file, than, config_.release))
        problems.push_back(fmt::format("{}: {}", file.path, problem));
    }
    if (!problems.empty())
      refuse(fmt::format("'{}' is not released: {}", plan.name, fmt::join(problems, "\n  ")));
  }

  void add_others() {
    if (config_.release.sbom)
      for (const auto& [package, text] :
           bills_of_materials(workshop_.planner.plan(0), workshop_.planner, layout_.scratch() / "sbom",
                              time_of_members(order_.source), workshop_.runner))
        add_file(package + ".cdx.json", text);
    for (const auto& name : add_includes(config_, programs_, folder_, layout_.tmp(), workshop_.runner))
      manifest_.files.push_back(described(folder_ / name, name, FileKind::include, ""));
  }

  void add_file(const std::string& name, const std::string& text) {
    toolchains::write_file_atomically(folder_ / name, text);
    manifest_.files.push_back(described(folder_ / name, name, FileKind::include, ""));
  }

  /// Behind the archives, since it is about them.
  void add_provenance() {
    const fs::path root = workshop_.planner.project().workspace_root;
    const bool locked = !root.empty() && fs::exists(root / "Cargo.lock");
    add_file(provenance_name, provenance_of(manifest_, started_, toolchains::timestamp(source_date_epoch()),
                                            locked ? toolchains::sha256_of_file(root / "Cargo.lock") : ""));
  }

  /// What comes out of an archive is tested like what went in.
  void pack() {
    add_archives(config_, folder_, time_of_members(order_.source), manifest_);
    for (const auto& file : manifest_.files) {
      if (file.kind != FileKind::archive) continue;
      const fs::path to = layout_.scratch() / "unpacked";
      unpack(file, folder_, to);
      const bool is_flat = config_.release.layout == ArchiveLayout::flat;
      if (runs_) smoke(is_flat ? to : to / archive_stem(config_, manifest_), " of " + file.path);
      fs::remove_all(to);
    }
    if (config_.release.provenance) add_provenance();
    if (order_.dist_manifest) add_file(dist_manifest_name, dist_manifest_of(manifest_));
    add_checksums(folder_, manifest_);
    manifest_.notes = notes_;
  }

  void demand_unchanged() const {
    if (const auto problem = change_in(folder_, manifest_.files); !problem.empty()) refuse(problem);
  }

  const ReleaseConfig& release_;
  const Config& config_;
  const ReleaseOrder& order_;
  const Workshop& workshop_;
  const Layout& layout_;
  const fs::path& folder_;
  bool runs_;  ///< the programs do, here
  Checker checker_;
  std::vector<std::string> programs_;
  std::string reference_;
  std::string started_ = toolchains::timestamp(source_date_epoch());
  Manifest manifest_;
  std::vector<std::string> notes_;
};

}  // namespace

Manifest make_release(const ReleaseConfig& release, const ReleaseOrder& order, const Workshop& workshop,
                      const fs::path& folder) {
  return Maker(release, order, workshop, folder).make();
}

}  // namespace pgo_orch::orchestrator
