#pragma once
// A recipe with everything set, and steps as text.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>

#include "pgo/recipe.h"

namespace pgo_orch::pgo::test {

inline const profiles::UserConfig nothing_set({}, {});

inline Workload workload(const std::string& name, const std::string& program) {
  Workload work;
  work.name = name;
  work.program = program;
  work.args = {"35"};
  work.cwd = "/p";
  return work;
}

/// Of a package with one program, in folders with a space and a '%' in their names.
inline Recipe small_recipe() {
  Recipe recipe;
  recipe.variant = "fat";
  recipe.folder = {"/p/100% s/.pgo-orch/variants/fat", "/tmp/alias/fat"};
  recipe.tools = {.build = {"/bin/cargo", "build"},
                  .llvm_profdata = "/bin/llvm-profdata",
                  .strip = "/bin/llvm-strip",
                  .env = {}};
  recipe.target = "x86_64-unknown-linux-gnu";
  recipe.profile = "release";
  recipe.flags = {{"-C", "RUSTFLAGS"}, {"target-cpu=native", "RUSTFLAGS"}, {"--cfg=fast", "variant (cfg)"}};
  recipe.user = &nothing_set;
  recipe.cargo_cwd = "/p/100% s";
  recipe.programs = {{"fib", false}};
  recipe.settings.lto = "fat";
  recipe.settings.strip = "symbols";
  recipe.strip = "symbols";
  return recipe;
}

/// What a step does, a fact a line.
inline std::string text_of(const Step& step) {
  struct Show {
    std::string operator()(const BuildStep& build) const {
      std::string text = to_shell(build.command) + "\n";
      text += fmt::format("  log {}\n  config {}\n  units {}\n", build.command.log_file.string(),
                          build.config.string(), build.units_file.string());
      text += fmt::format("  from {}\n  to {}\n", build.cargo_output_dir.string(), build.output_dir.string());
      for (const auto& program : build.programs) {
        text += fmt::format("  program {}{}\n", program.name, program.is_example ? " (example)" : "");
      }
      for (const auto& flag : build.flags) text += fmt::format("  flag {}  # {}\n", flag.text, flag.origin);
      for (const auto& option : build.options)
        text += fmt::format("  option {}={}\n", option.key, option.value);
      return text;
    }
    std::string operator()(const CommandStep& build) const {
      std::string text = to_shell(build.command) + "\n";
      text += fmt::format("  log {}\n  output {}\n  program {}\n", build.command.log_file.string(),
                          build.output.string(), build.program.string());
      text += fmt::format("  tmp {}\n  shims {} -> {}\n", build.scratch.string(), build.shims.string(),
                          build.shim.string());
      for (const auto& flag : build.flags) text += fmt::format("  flag {}  # {}\n", flag.text, flag.origin);
      for (const auto& flag : build.c_flags)
        text += fmt::format("  c flag {}  # {}\n", flag.text, flag.origin);
      for (const auto& flag : build.link_flags)
        text += fmt::format("  link flag {}  # {}\n", flag.text, flag.origin);
      return text + fmt::format("  takes flags {}\n", build.takes_flags);
    }
    std::string operator()(const TrainStep& train) const {
      return fmt::format("{}\n  log {}\n  raw {}\n", to_shell(train.command), train.command.log_file.string(),
                         train.raw_dir.string());
    }
    std::string operator()(const MergeStep& merge) const {
      std::string text = fmt::format("{} -> {}\n", merge.llvm_profdata.string(), merge.profile.string());
      for (const auto& input : merge.inputs) {
        text += fmt::format("  {} of {}, weight {}\n", input.workload, input.raw_dir.string(), input.weight);
      }
      return text + fmt::format("  log {}\n  keep {}\n", merge.log.string(), merge.keep_raw);
    }
    std::string operator()(const ProveStep& prove) const {
      std::string text =
          fmt::format("{} of {}\n  units {} and {}\n", prove.llvm_profdata.string(), prove.profile.string(),
                      prove.instrumented_units.string(), prove.optimized_units.string());
      for (const auto& executable : prove.executables) text += fmt::format("  {}\n", executable.string());
      return text + fmt::format("  log {}\n  at least {}\n", prove.log.string(), prove.min_coverage);
    }
    std::string operator()(const StripStep& strip) const {
      std::string text =
          fmt::format("{} by {}{}\n", strip.tool.string(), strip.units_file.string(), " " + strip.strip);
      for (const auto& executable : strip.executables) text += fmt::format("  {}\n", executable.string());
      return text + fmt::format("  log {}\n  to {}\n", strip.log.string(), strip.output_dir.string());
    }
  };
  std::string text = std::visit(Show{}, step);
  for (auto at = text.find('\x1f'); at != std::string::npos; at = text.find('\x1f'))
    text.replace(at, 1, "<1f>");
  return "== " + describe(step) + "\n" + text;
}

inline std::string text_of(const std::vector<Step>& steps) {
  std::string text;
  for (const auto& step : steps) text += text_of(step);
  return text;
}

}  // namespace pgo_orch::pgo::test
