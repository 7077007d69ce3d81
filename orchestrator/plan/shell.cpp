#include <fmt/format.h>

#include <sstream>

#include "orchestrator/plan/renderings.h"
#include "orchestrator/plan/shell_corpora.h"
#include "orchestrator/plan/shell_places.h"
#include "orchestrator/plan/shell_profiles.h"
#include "orchestrator/plan/shell_shims.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// A script in the making: its commands, and where things are.
class Script {
 public:
  Script(const Planner& planner, const VariantPlan* plan) : planner_(planner), plan_(plan), at_(planner) {}

  const ShellPlaces& at() const { return at_; }

  /// In a subshell: folder and environment end with the command.
  std::string run(const std::string& words, const fs::path& cwd, const toolchains::EnvironmentChanges& env,
                  const std::string& redirection = "") const {
    std::string lines = "(\n";
    if (env.contains(toolchains::all_others)) lines += unset_others();
    for (const auto& [name, value] : env) {
      if (name == "CARGO_ENCODED_RUSTFLAGS")
        lines += export_flags(*value);
      else if (name != toolchains::all_others && is_wanted(name))
        lines += value ? fmt::format("  export {}={}\n", name, value_of(name, *value))
                       : fmt::format("  unset {}\n", name);
    }
    return lines + fmt::format("  cd {}\n  {}{}\n)\n", at_.word(cwd), words, redirection);
  }

  std::string commands(const std::vector<std::vector<std::string>>& list, const fs::path& cwd,
                       const toolchains::EnvironmentChanges& env) const {
    std::string text;
    for (const auto& argv : list) text += run(at_.words(argv), cwd, env);
    return text;
  }

 private:
  /// But for what this script itself reads, should it be exported.
  static std::string unset_others() {
    return fmt::format(
        "  for name in $(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do\n"
        "    case $name in {}|PGO_*|CARGO|RUSTC) ;; *) unset \"$name\" ;; esac\n  done\n",
        fmt::join(toolchains::kept_variables, "|"));
  }

  /// How cargo speaks, and which toolchain it is, is for whoever runs the script, unless pgo.toml names one.
  bool is_wanted(const std::string& name) const {
    if (name == "RUSTUP_TOOLCHAIN" || name == "RUSTC")
      return plan_ && (plan_->settings.toolchain || planner_.config().project.toolchain);
    return !name.starts_with("CARGO_TERM_");
  }

  std::string value_of(const std::string& name, const std::string& value) const {
    // Behind the folder of shims comes the PATH of this machine.
    if (name == "PATH") return at_.word(value.substr(0, value.find(':'))) + ":\"$PATH\"";
    return at_.word(value);
  }

  /// One flag on each line, joined by the byte that separates them for cargo.
  std::string export_flags(const std::string& encoded) const {
    if (encoded.empty()) return "  export CARGO_ENCODED_RUSTFLAGS=\n";
    std::string text = "  CARGO_ENCODED_RUSTFLAGS=$(printf '\\037%s'";
    std::istringstream flags(encoded);
    for (std::string flag; std::getline(flags, flag, '\x1f');) text += " \\\n    " + at_.word(flag);
    return text + ")\n  export CARGO_ENCODED_RUSTFLAGS=\"${CARGO_ENCODED_RUSTFLAGS#?}\"\n";
  }

  const Planner& planner_;
  const VariantPlan* plan_;
  ShellPlaces at_;
};

constexpr const char* libraries = "libraries";  ///< beside executables

class StepScript {
 public:
  StepScript(const Planner& planner, const VariantPlan& plan)
      : planner_(planner),
        plan_(plan),
        script_(planner, &plan),
        at_(script_.at()),
        bin_(planner.layout().variant(plan.name) / "bin") {}

  std::string operator()(const pgo::BuildStep& step) const {
    const auto command = pgo::quiet_command(step);
    std::string text =
        pin_names(step, at_) + script_.run(cargo_words(command.argv), command.cwd, command.env);
    const fs::path folder = step.stage == pgo::Stage::instrumented ? step.output_dir : bin_;
    text += fmt::format("mkdir -p {}\n", at_.word(folder));
    for (const auto& program : step.programs) {
      const fs::path built = step.cargo_output_dir / (program.is_example ? "examples" : "") / program.name;
      text += fmt::format("cp -f {} {}\n", at_.word(built), at_.word(folder / program.name));
    }
    // What build scripts made, and crates of the kind dylib.
    return text + fmt::format(
                      "rm -rf {0}\nfind {1} {2} -name '*.so' -o -name '*.so.*' 2>/dev/null | while read -r "
                      "library; do\n"
                      "  mkdir -p {0}\n  cp -f \"$library\" {0}\ndone\n",
                      at_.word(folder / libraries), at_.word(step.cargo_output_dir / "build"),
                      at_.word(step.cargo_output_dir / "deps"));
  }

  std::string operator()(const pgo::CommandStep& step) const {
    std::string text = write_shims(step, at_);
    text += fmt::format("rm -rf {0} {1}\nmkdir -p {0} {1} {2}\n", at_.word(step.output.parent_path()),
                        at_.word(step.scratch), at_.word(step.program.parent_path()));
    const fs::path program =
        step.stage == pgo::Stage::instrumented ? step.program : bin_ / step.program.filename();
    return text + script_.run(at_.words(step.command.argv), step.command.cwd, step.command.env) +
           fmt::format("mkdir -p {}\ncp -f {} {}\n", at_.word(program.parent_path()), at_.word(step.output),
                       at_.word(program));
  }

  std::string operator()(const pgo::TrainStep& step) const {
    const std::string raw = at_.word(step.raw_dir), stray = at_.word(step.stray_dir);
    std::string text = fmt::format("rm -rf {0} {1}\nmkdir -p {0}\n", raw, stray);
    const std::string input =
        step.command.stdin_file.empty() ? " </dev/null" : " <" + at_.word(step.command.stdin_file);
    const std::string run = run_of(step, input);
    const auto prepare =
        script_.commands(step.workload.prepare, step.workload.cwd, pgo::environment_of(step.workload, {}));
    const std::string beside = at_.word(step.executable.parent_path() / libraries);
    const std::string path =
        fmt::format("export LD_LIBRARY_PATH={}\"${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\"\n  ", beside);
    for (int i = 0; i < step.workload.runs; ++i)
      text += prepare + script_.run(path + as_expected(step.workload, run, step.raw_dir), step.command.cwd,
                                    step.command.env);
    // Of processes without the environment: the instrumented code's own choice of a folder.
    return text + fmt::format(
                      "for raw in {}/*.profraw; do\n  [ ! -e \"$raw\" ] || mv \"$raw\" "
                      "{}/stray-\"${{raw##*/}}\"\ndone\n",
                      stray, raw);
  }

  /// Its steps, if it has any, are spelled out.
  std::string run_of(const pgo::TrainStep& step, const std::string& input) const {
    if (step.workload.steps.empty()) return at_.words(step.command.argv) + input;
    std::vector<std::string> lines;
    for (const auto& command : pgo::commands_of(step.workload, step.executable))
      lines.push_back(at_.words(command) + input);
    return fmt::format("( {} )", pgo::in_sequence(lines, step.workload.expect.exit_codes));
  }

  /// Sends standard output where the workload does: a program may do less if it goes to /dev/null.
  std::string as_expected(const Workload& workload, const std::string& run, const fs::path& scratch) const {
    const auto& codes = workload.expect.exit_codes.all();
    const std::string is_expected =
        codes.size() == 1 ? fmt::format("[ \"$code\" = {} ]", codes.front())
                          : fmt::format("case $code in {}) ;; *) false ;; esac", fmt::join(codes, "|"));
    if (workload.stdout_mode == pgo::StdoutMode::pipe)
      return fmt::format(
          "code=$({{ {{ {} 3>&- && echo 0 >&3 || echo $? >&3; }} | cat >/dev/null; }} 3>&1)\n  {}", run,
          is_expected);
    const bool to_file = workload.stdout_mode == pgo::StdoutMode::file;
    const std::string out = to_file ? at_.word(scratch / "stdout") : "/dev/null";
    if (codes == std::vector{0}) return fmt::format("{} >{}", run, out);
    return fmt::format("code=0\n  {} >{} || code=$?\n  {}", run, out, is_expected);
  }

  std::string operator()(const pgo::MergeStep& step) const {
    const bool is_balanced = step.balance == profiles::Balance::counts && step.inputs.size() > 1;
    std::string text = find_profdata() + (is_balanced ? count_inputs(step, at_) : "") + "set --\n";
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      const auto& input = step.inputs[i];
      const std::string weight =
          is_balanced ? fmt::format("$((total_{0} > 0 ? ({1} * most + total_{0} / 2) / total_{0} : {1}))", i,
                                    input.weight)
                      : std::to_string(input.weight);
      text += fmt::format("for raw in {}/*.profraw; do set -- \"$@\" \"--weighted-input={},$raw\"; done\n",
                          at_.word(input.raw_dir), weight);
    }
    if (step.balance == profiles::Balance::time && step.inputs.size() > 1)
      text = "# balance = \"time\" is not measured here: the weights are those of pgo.toml.\n" + text;
    if (!step.trained_by.empty())
      text = fmt::format("mkdir -p {}\n", at_.word(step.profile.parent_path())) + text;
    const std::string fresh = at_.word(step.profile.string() + ".new"), profile = at_.word(step.profile);
    return text + fmt::format(
                      "\"$profdata\" merge \"$@\" -o {0}\n"
                      "if cmp -s {0} {1}; then rm {0}; else mv -f {0} {1}; fi\n",
                      fresh, profile);
  }

  std::string operator()(const pgo::ProveStep&) const { return ""; }

  /// As a run does it, so that the file is the same.
  std::string operator()(const pgo::StripStep& step) const {
    if (step.strip == "none") return "";
    const bool is_llvms = step.tool.filename().string().find("llvm-strip") != std::string::npos;
    std::string text = fmt::format("LLVM_STRIP=${{LLVM_STRIP:-{}}}\n",
                                   is_llvms ? "$(llvm_tool llvm-strip)" : at_.word(step.tool));
    for (const auto& executable : step.executables)
      text += fmt::format("\"$LLVM_STRIP\" {0} {1} || strip {0} {1}\n",
                          step.strip == "symbols" ? "--strip-all" : "--strip-debug",
                          at_.word(step.output_dir / executable.filename()));
    return text;
  }

 private:
  /// `$CARGO` is that of whoever runs the script, unless [project] names another program.
  std::string cargo_words(const std::vector<std::string>& argv) const {
    const auto& named = planner_.config().project.cargo;
    const bool is_cargo = named.empty() || named.front() == "cargo";
    const std::vector<std::string> rest(argv.begin() + 1, argv.end());
    return (is_cargo ? "\"$CARGO\"" : toolchains::shell_quote(named.front())) + " " + at_.words(rest);
  }

  /// A variant's own toolchain may have another LLVM.
  std::string find_profdata() const {
    if (!plan_.settings.toolchain)
      return "LLVM_PROFDATA=${LLVM_PROFDATA:-$(llvm_tool llvm-profdata merge)}\nprofdata=$LLVM_PROFDATA\n";
    std::string exports;
    for (const auto& step : plan_.steps)
      if (const auto* build = std::get_if<pgo::BuildStep>(&step); build && exports.empty())
        for (const char* name : {"RUSTUP_TOOLCHAIN", "RUSTC"})
          if (const auto set = build->command.env.find(name); set != build->command.env.end() && set->second)
            exports += fmt::format("export {}={}; ", name, at_.word(*set->second));
    return fmt::format("profdata=$({}llvm_tool llvm-profdata merge)\n", exports);
  }

  const Planner& planner_;
  const VariantPlan& plan_;
  Script script_;
  const ShellPlaces& at_;
  fs::path bin_;
};

std::string copy_tree(const Mirror& mirror, const ShellPlaces& at) {
  return fmt::format(
      "rm -rf {0}\nmkdir -p {0}\n(cd {1} && tar -c --exclude=./target --exclude=.git --exclude=.pgo-orch .) "
      "| tar -x -C {0}\n",
      at.word(mirror.to), at.word(mirror.from));
}

std::string prepare_source(const VariantPlan& plan, const ShellPlaces& at) {
  std::string text;
  for (const auto& [from, to] : plan.source.copies) {
    text += fmt::format("mkdir -p {}\ncp -f {} {}\n", at.word(to.parent_path()), at.word(from), at.word(to));
  }
  if (!plan.source.patch.empty()) {
    for (const auto& mirror : plan.source.mirrors) text += copy_tree(mirror, at);
    text +=
        fmt::format("(cd {} && GIT_CEILING_DIRECTORIES={} git apply {})\n", at.word(plan.source.patch_folder),
                    at.word(plan.source.patch_folder.parent_path()), at.word(plan.source.patch));
  }
  return text;
}

/// Links to linkers that were found on this machine.
std::string link_tools(const fs::path& folder, const ShellPlaces& at) {
  std::string text;
  std::error_code missing;
  for (const auto& entry : fs::recursive_directory_iterator(folder, missing))
    if (entry.is_symlink())
      text += fmt::format("mkdir -p {}\nln -sfn {} {}\n", at.word(entry.path().parent_path()),
                          at.word(fs::read_symlink(entry.path())), at.word(entry.path()));
  return text;
}

/// What a build by hand would be, on this machine, is not for a script.
pgo::GeneratedFile without_machine(pgo::GeneratedFile file) {
  std::istringstream lines(file.text);
  std::string kept;
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("# Build: ")) kept += line + "\n";
  file.text = std::move(kept);
  return file;
}

/// A package of its own needs all of them; others are built in their own tree, with one file for each stage.
bool is_needed(const pgo::GeneratedFile& file, const Planner& planner) {
  const bool of_stage =
      file.path.filename().string().starts_with("config.") && file.path.parent_path().filename() != ".cargo";
  return of_stage || planner.config().project.kind == ProjectKind::source;
}

}  // namespace

std::string plan_shell_header(const Planner& planner) {
  const Script script(planner, nullptr);
  const ShellPlaces& at = script.at();
  std::string text = fmt::format(
      "#!/bin/sh\n# The builds of {}, without pgo-orch: each variant's executables end in its folder's bin/, "
      "the same\n# files as those of a run there. Generated by pgo-orch {}. Measuring, checking and the "
      "proof of "
      "the\n# profiles are left out.\nset -eu\n",
      planner.config().file.filename().string(), PGO_ORCH_VERSION);
  text += at.definitions() + "\n";
  const auto& layout = planner.layout();
  text += at.write_file({layout.state / ".gitignore", "*\n"});  // by which pgo-orch recognizes its folder
  for (const auto& file : workload_files(planner.workloads())) text += at.write_file(file);
  text += fmt::format("mkdir -p {}\n", at.word(layout.tmp()));
  if (layout.alias != layout.state) {
    text +=
        "if [ \"$PGO_ALIAS\" != \"$PGO_STATE\" ]; then\n"
        "  PGO_PRIVATE=${PGO_ALIAS%/*}\n"
        "  [ -d \"$PGO_PRIVATE\" ] || mkdir -m 700 \"$PGO_PRIVATE\"\n"
        "  [ -O \"$PGO_PRIVATE\" ] && [ ! -L \"$PGO_PRIVATE\" ] ||\n"
        "    { echo \"error: $PGO_PRIVATE is not yours: set PGO_STATE to a folder without a %\" >&2; exit 2; "
        "}\n"
        "  ln -sfn \"$PGO_STATE\" \"$PGO_ALIAS\"\n"
        "fi\n";
  }
  text += link_tools(layout.tools(), at);
  std::vector<std::vector<std::string>> prepare;
  for (const auto& argv : planner.config().project.prepare)
    prepare.push_back(replace_folders(argv, planner.config(), planner.layout()));
  text += script.commands(prepare, planner.config().root, {});
  for (const auto& mirror : planner.project().shadow) text += copy_tree(mirror, at);
  text += corpora_script(planner, at);
  for (const auto& workload : planner.workloads())
    text += script.commands(workload.setup, workload.cwd, {workload.env.begin(), workload.env.end()});
  return text;
}

std::string plan_shell(const VariantPlan& plan, const Planner& planner) {
  std::string text = fmt::format("\n# ---- {} ----\n", plan.name);
  if (plan.missing) return text + fmt::format("# skipped: {}\n", describe(*plan.missing));
  const ShellPlaces at(planner);
  for (const auto& file : plan.files)
    if (is_needed(file, planner)) text += at.write_file(without_machine(file));
  text += prepare_source(plan, at);
  const StepScript script(planner, plan);
  for (const auto& step : plan.steps) {
    const std::string lines = std::visit(script, step);
    if (!lines.empty()) text += fmt::format("# {}\n{}", pgo::describe(step), lines);
  }
  return text;
}

}  // namespace pgo_orch::orchestrator
