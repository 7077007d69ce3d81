#include "orchestrator/examine/code_evidence.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "measure/code/allocations.h"
#include "measure/code/code.h"
#include "orchestrator/build/build_stage.h"
#include "orchestrator/build/command_stage.h"
#include "orchestrator/build/prepare.h"
#include "pgo/cargo_output.h"
#include "pgo/recipe.h"
#include "pgo/shim_contract.h"
#include "pgo/symbol.h"
#include "toolchains/elf.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/interrupt.h"
#include "toolchains/profilers.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// The variant's flags, but for profiles; the last of an option wins.
std::string flags_of(const std::vector<profiles::Flag>& flags) {
  std::vector<profiles::Flag> kept;
  for (const auto& flag : flags)
    if (!profiles::instruments(flag.text)) kept.push_back(flag);
  for (const char* own : {"-Copt-level=0", "-Cstrip=none"}) kept.push_back({own, "pgo-orch"});
  return profiles::encode(kept);
}

std::vector<std::string> names_in(const fs::path& executable) {
  std::vector<std::string> names;
  for (const auto& symbol : toolchains::function_symbols(executable))
    names.push_back(pgo::readable_name(symbol));
  return names;
}

using Names = std::map<std::string, std::vector<std::string>>;

Names names_of_build(const pgo::BuildStep& step, const fs::path& folder, toolchains::Runner& runner) {
  const fs::path target_dir = step.target_dir.parent_path() / "target-names";
  auto command = in_target_folder(step, target_dir);
  command.env["CARGO_ENCODED_RUSTFLAGS"] = flags_of(step.flags);
  command.stdout_file = folder / "names.jsonl";
  command.log_file = folder / "names.log";
  Names names;
  if (run_logged(command, runner).ok()) {
    for (const auto& artifact : pgo::parse_artifacts(toolchains::read_file(command.stdout_file)))
      if (!artifact.executable.empty()) names[artifact.name] = names_in(artifact.executable);
  }
  fs::remove_all(target_dir);
  return names;
}

Names names_of_build(const pgo::CommandStep& step, const fs::path& folder, toolchains::Runner& runner) {
  start_from_nothing(step);
  auto command = step.command;
  command.env[shim::rustflags_variable] = flags_of(step.flags);
  command.env[shim::cargo_rustflags_variable] = flags_of(step.cargo_flags);
  command.env[shim::cflags_variable] = "-O0";
  std::vector<profiles::Flag> link;
  for (const auto& flag : step.link_flags)
    if (flag.text != "-s" && flag.text.find("-fprofile") == std::string::npos) link.push_back(flag);
  command.env[shim::ldflags_variable] = profiles::encode(link);
  command.log_file = folder / "names.log";
  if (!run_logged(command, runner).ok() || !fs::is_regular_file(step.output)) return {};
  return {{step.program.filename().string(), names_in(step.output)}};
}

/// A build in which nothing is inlined yet knows the names of functions that no variant has any more:
/// readable, by program. Empty if the build fails.
Names names_without_optimization(const VariantPlan& plan, const Workshop& workshop) {
  const fs::path folder = workshop.planner.layout().variant(plan.name);
  return std::visit([&](const auto* step) { return names_of_build(*step, folder, workshop.runner); },
                    pgo::compile_steps(plan.steps).back());
}

/// Whether the variant may have functions that the baseline does not have.
bool has_own_source(const VariantPlan& plan) {
  const auto& own = plan.settings;
  return !own.source.empty() || own.patch || !own.command.empty();
}

class CodeEvidence {
 public:
  /// `variants`: those that are ok.
  CodeEvidence(Entrants variants, const Rows& rows, const Workshop& workshop)
      : variants_(std::move(variants)), rows_(rows), workshop_(workshop) {}

  /// Of all programs together: a pattern is about the program that has such a function.
  void inspect_code(const std::vector<std::string>& patterns) {
    const auto tool = workshop_.planner.llvm_tool("llvm-objdump");
    if (!tool) return note(fmt::format("[[inspect]]: {}", describe(tool.missing())));
    const auto dwarfdump = workshop_.planner.llvm_tool("llvm-dwarfdump");
    const fs::path dwarf = dwarfdump ? dwarfdump->path : fs::path();
    auto rows = rows_of(patterns, *tool, dwarf);
    // Functions that are inlined everywhere have names only in a build without optimization.
    if (std::ranges::any_of(patterns, [&](const auto& pattern) { return !is_known(pattern, rows); })) {
      known_ = unoptimized_names();
      rows = rows_of(patterns, *tool, dwarf);
    }
    std::set<std::string> said;
    for (auto& row : rows) {
      if (row.state != measure::CodeState::unknown)
        findings_.inspected.push_back(std::move(row));
      else if (!is_known(row.pattern, rows) && said.insert(row.pattern).second)
        note_unknown(row);
    }
  }

  void count_allocations(const std::vector<Workload>& workloads) {
    const auto valgrind = toolchains::find_valgrind(workshop_.runner);
    for (const auto& workload : workloads) {
      if (!workload.measured()) continue;
      std::map<EntrantId, report::AllocationCount> counts;  // of the same code once
      for (const auto& variant : variants_) {
        if (toolchains::interrupted()) return;
        if (is_copy(variant)) continue;
        auto& count = counts[variant.id];
        if (valgrind)
          count = count_of(workload, variant, valgrind->path);
        else
          count.reason = describe(valgrind.missing());
      }
      for (const auto& variant : variants_) {
        auto count = counts[rows_.id(rows_.original(rows_.variants[variant.id]))];
        count.workload = workload.name;
        count.variant = variant.name;
        findings_.allocations.push_back(std::move(count));
      }
    }
  }

  Findings take() { return std::move(findings_); }

 private:
  bool is_copy(const Entrant& variant) const { return rows_.variants[variant.id].identical_to.has_value(); }

  static bool is_known(const std::string& pattern, const std::vector<measure::InspectedFunction>& rows) {
    return std::ranges::any_of(rows, [&](const auto& row) {
      return row.pattern == pattern && row.state != measure::CodeState::unknown;
    });
  }

  std::vector<measure::InspectedFunction> rows_of(const std::vector<std::string>& patterns,
                                                  const toolchains::Tool& objdump,
                                                  const fs::path& dwarfdump) {
    std::vector<measure::InspectedFunction> rows;
    for (const auto& program : workshop_.planner.project().programs) {
      auto& codes = codes_[program.name];
      if (codes.empty()) codes = read(program.name, patterns, objdump, dwarfdump);
      const auto found = measure::inspect(patterns, codes, known_[program.name]);
      rows.insert(rows.end(), found.begin(), found.end());
    }
    return rows;
  }

  std::vector<measure::VariantCode> read(const std::string& program, const std::vector<std::string>& patterns,
                                         const toolchains::Tool& objdump, const fs::path& dwarfdump) {
    std::vector<measure::VariantCode> codes;
    for (const auto& variant : variants_) {
      if (is_copy(variant) || toolchains::interrupted()) continue;
      const auto executable = with_symbols(workshop_.planner.layout(), variant.name, program);
      const auto problem = problem_in([&] {
        codes.push_back(measure::read_code(workshop_.runner,
                                           {variant.name, executable, objdump.path, dwarfdump}, patterns));
        if (const auto other = toolchains::replaced(checked_files(variant, rows_)); !other.empty())
          throw Error(other);
      });
      if (problem) note(fmt::format("[[inspect]]: '{}': {}", variant.name, *problem));
    }
    return codes;
  }

  /// By program, of all sources that variants are built from.
  Names unoptimized_names() {
    Names names;
    for (const auto& variant : variants_) {
      if (toolchains::interrupted() || (!variant.is_baseline() && !has_own_source(*variant.plan))) continue;
      workshop_.progress.note(
          fmt::format("building {} without optimization to learn the names of its functions", variant.name));
      for (auto& [program, more] : names_without_optimization(*variant.plan, workshop_))
        names[program].insert(names[program].end(), more.begin(), more.end());
    }
    return names;
  }

  report::AllocationCount count_of(const Workload& workload, const Entrant& variant,
                                   const fs::path& valgrind) {
    const auto executable = with_symbols(workshop_.planner.layout(), variant.name, workload.program);
    const auto log = workshop_.planner.layout().state / "allocations.log";
    report::AllocationCount count;
    if (const auto failed = run_prepare(workload, executable, workshop_.runner, log)) {
      count.reason = failed->reason;
      return count;
    }
    auto command = variant_command(workload, executable, variant.plan->settings);
    if (workload.stdout_mode == pgo::StdoutMode::file)
      command.stdout_file = workshop_.planner.layout().scratch() / "counted.out";
    command.timeout = workload.train_timeout;
    measure::AllocationResult found;
    const auto problem = problem_in(
        [&] { found = measure::count_allocations(workshop_.runner, valgrind, executable, command); });
    if (problem) found.reason = *problem;
    if (auto other = toolchains::replaced(checked_files(variant, rows_)); !other.empty())
      found = {.counts = {}, .reason = std::move(other), .exit_code = -1};
    count.reason = found.reason;
    if (found.counts && !workload.expect.exit_codes.contain(found.exit_code)) {
      count.reason = fmt::format("exit code {} under valgrind", found.exit_code);
      return count;
    }
    if (!found.counts) return count;
    count.allocations = static_cast<std::int64_t>(found.counts->count);
    if (found.counts->bytes) count.bytes = static_cast<std::int64_t>(found.counts->bytes->count);
    count.method = std::string(measure::name_of(found.counts->method));
    return count;
  }

  void note_unknown(const measure::InspectedFunction& row) {
    std::string text = fmt::format("[[inspect]]: no variant has a function '{}'", row.pattern);
    if (!row.near.empty()) text += fmt::format("; similar: {}", fmt::join(row.near, ", "));
    note(text);
  }

  void note(std::string text) { findings_.notes.push_back(std::move(text)); }

  Entrants variants_;
  const Rows& rows_;
  const Workshop& workshop_;
  Findings findings_;
  std::map<std::string, std::vector<measure::VariantCode>> codes_;  ///< by program
  Names known_;                                                     ///< of functions, by program
};

}  // namespace

Findings gather_evidence(const Entrants& entrants, const Rows& rows, const std::vector<Workload>& workloads,
                         const Workshop& workshop) {
  std::vector<std::string> patterns;
  bool allocations = false;
  for (const auto& inspection : workshop.planner.config().questions.inspections) {
    patterns.insert(patterns.end(), inspection.symbols.begin(), inspection.symbols.end());
    allocations = allocations || inspection.allocations;
  }
  Entrants variants;
  for (const auto& entrant : entrants)
    if (entrant.plan && rows.variants[entrant.id].status == report::Status::ok) variants.push_back(entrant);
  if (variants.empty()) return {};
  CodeEvidence evidence(std::move(variants), rows, workshop);
  if (!patterns.empty()) evidence.inspect_code(patterns);
  if (allocations) evidence.count_allocations(workloads);
  return evidence.take();
}

}  // namespace pgo_orch::orchestrator
