#include <fmt/format.h>

#include <sstream>

#include "orchestrator/plan/renderings.h"
#include "pgo/shim_contract.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using toolchains::shell_quote;

namespace {

std::string word(const fs::path& path) {
  return shell_quote(path.string());
}

/// The text of a here-document must not contain its own end.
std::string write_file(const pgo::GeneratedFile& file) {
  std::string end = "END_OF_FILE";
  while (file.text.find(end) != std::string::npos) end += "_";
  return fmt::format("mkdir -p {}\ncat >{} <<'{}'\n{}{}{}\n", word(file.path.parent_path()), word(file.path),
                     end, file.text, file.text.ends_with('\n') ? "" : "\n", end);
}

/// One flag on each line, joined by the byte that separates them for cargo.
std::string export_flags(const std::string& encoded) {
  if (encoded.empty()) return "  export CARGO_ENCODED_RUSTFLAGS=\n";
  std::string text = "  CARGO_ENCODED_RUSTFLAGS=$(printf '\\037%s'";
  std::istringstream flags(encoded);
  for (std::string flag; std::getline(flags, flag, '\x1f');) text += " \\\n    " + shell_quote(flag);
  return text + ")\n  export CARGO_ENCODED_RUSTFLAGS=\"${CARGO_ENCODED_RUSTFLAGS#?}\"\n";
}

/// In a subshell: folder and environment end with the command.
std::string run(const toolchains::Command& command, const std::string& redirection) {
  std::string lines = "(\n";
  for (const auto& [name, value] : command.env) {
    if (name == "CARGO_ENCODED_RUSTFLAGS")
      lines += export_flags(*value);
    else
      lines += value ? fmt::format("  export {}={}\n", name, shell_quote(*value))
                     : fmt::format("  unset {}\n", name);
  }
  return lines + fmt::format("  cd {}\n  {}{}\n)\n", word(command.cwd),
                             toolchains::to_shell({.argv = command.argv}), redirection);
}

std::string commands(const std::vector<std::vector<std::string>>& list, const fs::path& cwd,
                     const std::map<std::string, std::string>& env) {
  std::string text;
  for (const auto& argv : list) {
    toolchains::Command command;
    command.argv = argv;
    command.cwd = cwd;
    command.env.insert(env.begin(), env.end());
    text += run(command, "");
  }
  return text;
}

std::string words(const std::vector<profiles::Flag>& flags) {
  std::string text;
  for (const auto& flag : flags) text += " " + shell_quote(flag.text);
  return text;
}

/// "clang++-22" of "clang-22", "g++" of "gcc" or "cc".
std::string cxx_counterpart(const std::string& cc) {
  const fs::path path(cc);
  std::string name = path.filename().string();
  if (name.starts_with("clang"))
    name.insert(5, "++");
  else if (const auto at = name.rfind("cc"); at != std::string::npos)
    name.replace(at, 2, name == "cc" ? "c++" : "++");
  return (path.parent_path() / name).string();
}

/// A script instead of each shim: it calls the next tool of its name on the PATH, with the flags, except
/// those that the command has as words.
std::string write_shims(const pgo::CommandStep& step) {
  const auto script = [&](const std::string& name, const std::string& lines) {
    return write_file({step.shims / name,
                       "#!/bin/sh\nPATH=${PATH#*:}  # this folder is the first of it\n" + lines}) +
           fmt::format("chmod +x {}\n", word(step.shims / name));
  };
  const auto with = [&](const std::string& name, const std::string& tool, const std::string& arguments) {
    return script(name, fmt::format("case \" $* \" in\n*' -vV '*|*' --version '*) exec {0} \"$@\" ;;\nesac\n"
                                    "exec {0} \"$@\"{1}\n",
                                    tool, arguments));
  };
  const auto given = [&](const char* variable, const std::vector<profiles::Flag>& flags) {
    return step.command.env.contains(variable) ? words(flags) : "";
  };
  // A run left links there: writing to one would overwrite its target.
  std::string text = fmt::format("rm -rf {}\n", word(step.shims));
  text += script("cargo", fmt::format("export CARGO_ENCODED_RUSTFLAGS=\"${}\"\nexec cargo \"$@\"\n",
                                      shim::cargo_rustflags_variable));
  const std::string rust = given(shim::rustflags_variable, step.flags);
  if (!rust.empty()) text += with("rustc", "rustc", rust);
  const std::string c =
      given(shim::cflags_variable, step.c_flags) + given(shim::ldflags_variable, step.link_flags);
  const auto stand_in = step.command.env.find(shim::cc_variable);
  const bool stands_in = stand_in != step.command.env.end();
  if (c.empty() && !stands_in) return text;
  const std::string cc = stands_in ? shell_quote(*stand_in->second) : "";
  const std::string cxx = stands_in ? shell_quote(cxx_counterpart(*stand_in->second)) : "";
  for (const char* name : {"cc", "gcc", "clang"}) text += with(name, stands_in ? cc : name, c);
  for (const char* name : {"c++", "g++", "clang++"}) text += with(name, stands_in ? cxx : name, c);
  return text;
}

class StepScript {
 public:
  explicit StepScript(const fs::path& bin) : bin_(bin) {}

  std::string operator()(const pgo::BuildStep& step) const {
    std::string text = run(pgo::shipped_command(step), "");
    const fs::path folder = step.stage == pgo::Stage::instrumented ? step.output_dir : bin_;
    text += fmt::format("mkdir -p {}\n", word(folder));
    for (const auto& program : step.programs) {
      const fs::path built = step.cargo_output_dir / (program.is_example ? "examples" : "") / program.name;
      text += fmt::format("cp -f {} {}\n", word(built), word(folder / program.name));
    }
    return text;
  }

  std::string operator()(const pgo::CommandStep& step) const {
    std::string text = write_shims(step);
    text += fmt::format("rm -rf {0} {1}\nmkdir -p {0} {1} {2}\n", word(step.output.parent_path()),
                        word(step.scratch), word(step.program.parent_path()));
    const fs::path program =
        step.stage == pgo::Stage::instrumented ? step.program : bin_ / step.program.filename();
    return text + run(step.command, "") +
           fmt::format("mkdir -p {}\ncp -f {} {}\n", word(program.parent_path()), word(step.output),
                       word(program));
  }

  std::string operator()(const pgo::TrainStep& step) const {
    std::string text = fmt::format("rm -rf {0}\nmkdir -p {0}\n", word(step.raw_dir));
    std::string redirection =
        step.command.stdin_file.empty() ? " </dev/null" : " <" + word(step.command.stdin_file);
    redirection += " >/dev/null";
    if (step.workload.expect.exit_code != 0)
      redirection += fmt::format(" || [ $? -eq {} ]", step.workload.expect.exit_code);
    text += commands(step.workload.prepare, step.workload.cwd, step.workload.env);
    for (int i = 0; i < step.workload.runs; ++i) text += run(step.command, redirection);
    return text;
  }

  std::string operator()(const pgo::MergeStep& step) const {
    std::string text = "set --\n";
    for (const auto& input : step.inputs) {
      text += fmt::format("for raw in {}/*.profraw; do set -- \"$@\" \"--weighted-input={},$raw\"; done\n",
                          word(input.raw_dir), input.weight);
    }
    const std::string fresh = word(step.profile.string() + ".new"), profile = word(step.profile);
    return text +
           fmt::format("{0} merge \"$@\" -o {1}\nif cmp -s {1} {2}; then rm {1}; else mv -f {1} {2}; fi\n",
                       word(step.llvm_profdata), fresh, profile);
  }

  std::string operator()(const pgo::ProveStep&) const { return ""; }

  /// Cargo strips its programs itself, when linking.
  std::string operator()(const pgo::StripStep& step) const {
    if (step.strip != "symbols" && step.strip != "debuginfo") return "";
    std::string text;
    for (const auto& executable : step.executables)
      text += fmt::format("{} {} {}\n", word(step.tool),
                          step.strip == "symbols" ? "--strip-all" : "--strip-debug",
                          word(bin_ / executable.filename()));
    return text;
  }

 private:
  fs::path bin_;
};

std::string copy_tree(const Mirror& mirror) {
  return fmt::format(
      "rm -rf {0}\nmkdir -p {0}\n(cd {1} && tar -c --exclude=./target --exclude=.git --exclude=.pgo-orch .) "
      "| tar -x -C {0}\n",
      word(mirror.to), word(mirror.from));
}

std::string prepare_source(const VariantPlan& plan) {
  std::string text;
  for (const auto& [from, to] : plan.source.copies) {
    text += fmt::format("mkdir -p {}\ncp -f {} {}\n", word(to.parent_path()), word(from), word(to));
  }
  if (!plan.source.patch.empty()) {
    for (const auto& mirror : plan.source.mirrors) text += copy_tree(mirror);
    text +=
        fmt::format("(cd {} && GIT_CEILING_DIRECTORIES={} git apply {})\n", word(plan.source.patch_folder),
                    word(plan.source.patch_folder.parent_path()), word(plan.source.patch));
  }
  return text;
}

}  // namespace

std::string plan_shell_header(const Planner& planner) {
  std::string text = fmt::format(
      "#!/bin/sh\n# The builds of {}, without pgo-orch: each variant's executables end in its folder's "
      "bin/.\n"
      "# Generated by pgo-orch {}. Measuring, checking and the proof of the profiles are left out.\nset "
      "-eu\n\n",
      planner.config().file.string(), PGO_ORCH_VERSION);
  const auto& layout = planner.layout();
  text += write_file({layout.state / ".gitignore", "*\n"});  // by which pgo-orch recognizes its folder
  for (const auto& file : planner.workload_files()) text += write_file(file);
  text += fmt::format("mkdir -p {}\n", word(layout.scratch()));
  if (layout.alias != layout.state) {
    text += fmt::format("[ -L {0} ] || ln -s {1} {0}\n", word(layout.alias), word(layout.state));
  }
  std::vector<std::vector<std::string>> prepare;
  for (const auto& argv : planner.config().project.prepare)
    prepare.push_back(replace_folders(argv, planner.config(), planner.layout()));
  text += commands(prepare, planner.config().root, {});
  for (const auto& mirror : planner.project().shadow) text += copy_tree(mirror);
  for (const auto& workload : planner.workloads())
    text += commands(workload.setup, workload.cwd, workload.env);
  return text;
}

std::string plan_shell(const VariantPlan& plan, const Planner& planner) {
  std::string text = fmt::format("\n# ---- {} ----\n", plan.name);
  if (plan.missing) return text + fmt::format("# skipped: {}\n", describe(*plan.missing));
  for (const auto& file : plan.files) text += write_file(file);
  text += prepare_source(plan);
  const StepScript script(planner.layout().variant(plan.name) / "bin");
  for (const auto& step : plan.steps) {
    const std::string lines = std::visit(script, step);
    if (!lines.empty()) text += fmt::format("# {}\n{}", pgo::describe(step), lines);
  }
  return text;
}

}  // namespace pgo_orch::orchestrator
