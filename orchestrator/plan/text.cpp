#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/plan/corpora.h"
#include "orchestrator/plan/renderings.h"
#include "profiles/cargo_profile.h"
#include "report/humanize.h"
#include "report/text.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

using toolchains::shell_quote;

namespace {

constexpr std::size_t columns = 100;

/// The text in lines no wider than a page, where no single word is, each indented; the first one by `first`.
std::string paragraph(const std::string& text, std::size_t first, std::size_t others) {
  std::string lines;
  for (const auto& line : report::wrap(text, columns - std::max(first, others)))
    lines += std::string(lines.empty() ? first : others, ' ') + line + "\n";
  return lines;
}

/// "project    /home/a/pgo.toml"
std::string fact(const std::string& name, const std::string& text) {
  constexpr std::size_t width = 11;
  const auto lines = paragraph(text, width, width);
  return name + std::string(width - std::min(width, name.size()), ' ') +
         lines.substr(std::min(width, lines.size()));
}

/// Flags with their origins, aligned.
std::string flag_lines(const std::vector<profiles::Flag>& flags) {
  constexpr std::size_t widest = 60;  // of flags with paths the origin is in a line of its own
  std::size_t width = 0;
  for (const auto& flag : flags)
    if (flag.text.size() <= widest) width = std::max(width, flag.text.size());
  std::string text;
  for (const auto& flag : flags)
    text += flag.text.size() <= widest ? fmt::format("    {:<{}}  {}\n", flag.text, width, flag.origin)
                                       : fmt::format("    {}\n        {}\n", flag.text, flag.origin);
  return text;
}

/// Words of a command, in lines that go on with a backslash.
std::string command_lines(const std::vector<std::string>& words) {
  constexpr std::size_t indent = 4;
  std::string text, line;
  for (const auto& word : words) {
    const bool fits = indent + 2 + line.size() + 1 + word.size() + 2 <= columns;
    if (!line.empty() && !fits) {
      text += std::string(indent + (text.empty() ? 0 : 2), ' ') + line + " \\\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return text + std::string(indent + (text.empty() ? 0 : 2), ' ') + line + "\n";
}

/// An option and its value stay on one line.
void append_argv(const std::vector<std::string>& argv, std::vector<std::string>& words) {
  bool awaits = false;
  for (const auto& word : argv) {
    const bool option = word.starts_with('-') && word.find('=') == std::string::npos;
    if (awaits && !word.starts_with('-'))
      words.back() += " " + shell_quote(word);
    else
      words.push_back(shell_quote(word));
    awaits = option;
  }
}

std::vector<std::string> words_of(const toolchains::Command& command, bool with_environment) {
  std::vector<std::string> words;
  if (!command.cwd.empty()) words = {"cd", shell_quote(command.cwd.string()), "&&"};
  if (with_environment) {
    const auto environment = toolchains::environment_words(command.env);
    words.insert(words.end(), environment.begin(), environment.end());
  }
  append_argv(command.argv, words);
  if (!command.stdin_file.empty()) words.insert(words.end(), {"<", shell_quote(command.stdin_file.string())});
  return words;
}

/// What a step runs, without the environment of builds: its relevant part is the flags, and --format json has
/// all of it.
struct StepWords {
  std::vector<std::string> operator()(const pgo::BuildStep& step) const {
    return words_of(step.command, false);
  }
  std::vector<std::string> operator()(const pgo::CommandStep& step) const {
    return words_of(step.command, false);
  }
  std::vector<std::string> operator()(const pgo::TrainStep& step) const {
    return words_of(step.command, true);
  }
  std::vector<std::string> operator()(const pgo::MergeStep& step) const {
    std::vector<std::string> words = {shell_quote(step.llvm_profdata.string()), "merge"};
    for (const auto& input : step.inputs)
      words.push_back(
          fmt::format("--weighted-input={},{}/*.profraw", input.weight, shell_quote(input.raw_dir.string())));
    words.push_back("-o " + shell_quote(step.profile.string()));
    return words;
  }
  std::vector<std::string> operator()(const pgo::ProveStep& step) const {
    return {shell_quote(step.llvm_profdata.string()), "show", "--all-functions",
            shell_quote(step.profile.string())};
  }
  std::vector<std::string> operator()(const pgo::StripStep& step) const {
    if (step.strip == "none") return {};
    std::vector<std::string> words = {shell_quote(step.tool.string()),
                                      step.strip == "symbols" ? "--strip-all" : "--strip-debug"};
    for (const auto& executable : step.executables)
      words.push_back(shell_quote((step.output_dir / executable.filename()).string()));
    return words;
  }
};

std::string step_lines(const VariantPlan& plan) {
  std::string text;
  for (const auto& step : plan.steps) {
    const auto words = std::visit(StepWords{}, step);
    if (words.empty()) continue;
    const auto* train = std::get_if<pgo::TrainStep>(&step);
    const std::string often =
        train && train->workload.runs > 1 ? fmt::format(", {} times", train->workload.runs) : "";
    text += fmt::format("    # {}{}\n", pgo::describe(step), often) + command_lines(words);
  }
  return text;
}

/// "only if compute of the baseline's run takes more than 2.000 ms"
std::string condition(const OwnedCondition& owned) {
  const Condition& condition = owned.condition;
  const auto& limit = condition.above ? condition.above : condition.below;
  std::string edge;
  if (const auto* time = std::get_if<Nanoseconds>(&*limit)) edge = report::human(*time);
  if (const auto* share = std::get_if<double>(&*limit)) edge = report::human_percent(100 * *share) + " %";
  return fmt::format("only if {} of the baseline's {}{} takes {} than {}", condition.phase,
                     to_word(condition.of),
                     condition.workload ? fmt::format(" in '{}'", *condition.workload) : "",
                     condition.above ? "more" : "less", edge);
}

/// Flags that another stage has and the final one does not.
std::string other_stages(const VariantPlan& plan) {
  std::string text;
  const auto add = [&]<class Step>(const Step& step) {
    if constexpr (requires { step.flags; }) {
      std::vector<profiles::Flag> own;
      for (const auto& flag : step.flags)
        if (std::ranges::find(plan.flags, flag) == plan.flags.end()) own.push_back(flag);
      if (!own.empty())
        text +=
            fmt::format("  rustflags of the {} instead of the last ones:\n", pgo::describe(pgo::Step(step))) +
            flag_lines(own);
    }
  };
  for (const auto& step : plan.steps) std::visit(add, step);
  return text;
}

/// What is known of each corpus: its files, or what will be fetched.
std::string corpus_facts(const Planner& planner) {
  const auto contents = known_contents(planner.config(), planner.layout());
  demand_apart(planner.config(), contents);
  std::string text;
  for (const auto& corpus : corpora_in_use(planner.config())) {
    std::string from = corpus.folder.string();
    if (!corpus.git.empty())
      from = fmt::format("{}{} at {}",
                         corpus.folders.empty() ? "" : fmt::format("{} of ", fmt::join(corpus.folders, ", ")),
                         corpus.git, corpus.commit);
    const auto content = contents.find(corpus.name);
    const std::string what =
        content == contents.end()
            ? (corpus.git.empty() ? "not made yet: " : "will fetch ")
            : fmt::format("{}, {}, SHA-256 {}, from ",
                          report::human_count(std::ssize(content->second.files), "file"),
                          report::human(content->second.size()), content->second.sha256());
    text += fact("corpus", fmt::format("'{}': {}{}", corpus.name, what, from));
  }
  return text;
}

}  // namespace

std::string plan_text_header(const Planner& planner) {
  const auto& config = planner.config();
  std::vector<std::string> programs;
  for (const auto& program : planner.project().programs) programs.push_back(program.name);
  std::string text = fact("project", config.file.string()) +
                     fact("programs", fmt::format("{}", fmt::join(programs, ", "))) +
                     fact("rustc", fmt::format("{} (LLVM {}) {}", planner.rust().version,
                                               planner.rust().llvm_version, planner.rust().rustc.string())) +
                     fact("state", planner.layout().state.string()) +
                     fact("variants", std::to_string(config.variants->size()));
  if (!planner.project().shadow.empty())
    text += fact("copy", fmt::format("{}: {}", planner.project().shadow.front().to.string(),
                                     planner.project().shadow_reason));
  if (config.project.kind != ProjectKind::command)
    for (const auto& [value, origin] :
         profiles::CargoProfile(planner.project().manifest, planner.user(), config.project.profile)
             .of_manifest())
      text += fact("default", fmt::format("{} ({})", value, origin));
  for (const auto& wish : planner.user().profile_wishes())
    text += fact("default", fmt::format("{} ({})", wish.value, wish.origin));
  if (const auto rustc = planner.user().rustc())
    text += fact("note", fmt::format("{} names the compiler, {}: cargo runs it, also to make this plan",
                                     rustc->origin, rustc->value));
  for (const auto& sentence : planner.user().overridden()) text += fact("note", sentence);
  return text + corpus_facts(planner);
}

std::string plan_text(const VariantPlan& plan, const Planner& planner) {
  std::string text = fmt::format("\n{}{}{}\n", plan.name, plan.baseline ? "  (baseline)" : "",
                                 plan.portable ? "" : "  (not portable)");
  if (plan.missing) return text + paragraph("skipped: " + describe(*plan.missing), 2, 4);
  for (const auto& owned : conditions_of(*planner.config().variants, plan.index))
    text += paragraph(condition(owned), 2, 4);
  std::vector<std::string> steps, settings;
  for (const auto& step : plan.steps) steps.push_back(pgo::describe(step));
  text += paragraph(fmt::format("steps: {}", fmt::join(steps, " -> ")), 2, 4);
  for (const auto& setting : view_settings(plan.settings))
    settings.push_back(setting.key + " = " + setting.value);
  text += paragraph(
      "settings: " + (settings.empty() ? std::string("none") : fmt::format("{}", fmt::join(settings, ", "))),
      2, 4);
  text += fmt::format("  target: {}, rustc {}\n", plan.target, plan.toolchain);
  for (const auto* list : {&plan.remarks, &plan.notes})
    for (const auto& note : *list) text += paragraph(note, 2, 4);
  text += plan.flags.empty() ? "  rustflags: none\n"
                             : "  rustflags (the last one wins):\n" + flag_lines(plan.flags);
  return text + other_stages(plan) + "  commands:\n" + step_lines(plan);
}

}  // namespace pgo_orch::orchestrator
