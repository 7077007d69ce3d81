#include "orchestrator/start/first_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "profiles/generated.h"
#include "report/humanize.h"
#include "report/text.h"

namespace pgo_orch::orchestrator {

using measure::Compared;
using profiles::toml_string;

namespace {

constexpr std::size_t comment_width = 96;
constexpr std::size_t comment_column = 34;

/// `key = value`, and what it means in the same column everywhere.
std::string line(const std::string& code, const std::string& comment = "") {
  if (comment.empty()) return code + "\n";
  return fmt::format("{:<{}}# {}\n", code, code.size() < comment_column ? comment_column : code.size() + 1,
                     comment);
}

/// Names of files may hold anything, line breaks included.
std::string comment(const std::string& text) {
  std::string lines;
  for (const auto& part : report::wrap(report::printable(text), comment_width)) lines += "# " + part + "\n";
  return lines;
}

std::string array_of(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  for (const auto& word : words) quoted.push_back(toml_string(word));
  return fmt::format("[{}]", fmt::join(quoted, ", "));
}

std::string expectation(const FirstWorkload& workload) {
  std::vector<std::string> keys;
  if (workload.exit_code != 0) keys.push_back(fmt::format("exit-code = {}", workload.exit_code));
  if (workload.compared == Compared::sorted) keys.emplace_back("stdout-sorted = true");
  if (workload.compared == Compared::exit_code) keys.emplace_back("stdout-any = true");
  return keys.empty() ? "" : line(fmt::format("expect = {{ {} }}", fmt::join(keys, ", ")));
}

std::string why(pgo::Role role) {
  switch (role) {
    case pgo::Role::train:
      return "trains the profile: take what users do most";
    case pgo::Role::measure:
      return "is timed: take other input than the one that trains";
    default:
      return "trains the profile and is timed: PGO looks its best on what it was trained with";
  }
}

std::string workload_table(const FirstWorkload& workload, const std::string& cwd) {
  std::string text = line("[[workload]]", why(workload.role));
  text += line("name = " + toml_string(workload.name));
  if (workload.role != pgo::Role::both) text += line(fmt::format("role = \"{}\"", to_word(workload.role)));
  if (!workload.args.empty()) text += line("args = " + array_of(workload.args));
  if (!workload.stdin_file.empty()) text += line("stdin = " + toml_string(workload.stdin_file));
  if (!cwd.empty()) text += line("cwd = " + toml_string(cwd));
  if (!workload.timeout.empty()) text += line("timeout = " + toml_string(workload.timeout));
  return text + expectation(workload) + "\n";
}

/// What else could have been chosen.
std::string others(const ProjectFacts& facts) {
  std::vector<std::string> bins, examples;
  for (const auto& program : facts.programs)
    if (program.name != facts.program.name) (program.is_example ? examples : bins).push_back(program.name);
  std::string text;
  if (!bins.empty()) text += comment("other programs: " + report::join_words(bins));
  if (!examples.empty()) text += comment("examples: " + report::join_words(examples));
  if (!facts.benches.empty()) text += comment("benches: " + report::join_words(facts.benches));
  return text;
}

std::string project_table(const ProjectFacts& facts, const FirstFile& file) {
  const auto& program = facts.program;
  std::string text = "[project]\n" + line("manifest = \"Cargo.toml\"");
  if (facts.names_package) text += line("package = " + toml_string(program.package));
  text += line(fmt::format("{} = {}", program.is_example ? "example" : "bin", toml_string(program.name)));
  auto features = file.features;
  features.insert(features.end(), program.features.begin(), program.features.end());
  if (!features.empty()) text += line("features = " + array_of(features));
  if (file.profile != "release") text += line("profile = " + toml_string(file.profile));
  text += others(facts);
  if (!facts.in_force.empty()) {
    text +=
        "#\n" +
        comment("Your settings, which every variant keeps (other profiles only if [project] names them):");
    for (const auto& fact : facts.in_force) text += comment("- " + fact);
  }
  return text + "\n";
}

std::string inputs(const ProjectFacts& facts) {
  if (facts.inputs.empty()) return "";
  std::string text = comment("Files here that could be inputs, largest first:");
  for (const auto& [path, size] : facts.inputs)
    text += "#   " + report::printable(path.string()) + fmt::format("  ({})\n", report::human(size));
  return text + "\n";
}

constexpr const char* variants = R"([[variant]]
name = "baseline"                 # what `cargo build` gives with the profile above

[[variant]]
name = "tuned"
opt-level = 3
lto = "fat"                       # "thin" builds faster
codegen-units = 1
# panic = "abort"                 # smaller; but no panic can be caught, and threads take the process along
# strip = true                    # smaller
# target-cpu = "native"           # only for machines like this one

[[variant]]
name = "pgo"
inherits = "tuned"
pgo = true                        # instrument, train, merge, rebuild, and prove that the profile was used
)";

}  // namespace

std::string first_pgo_toml(const ProjectFacts& facts, const FirstFile& file) {
  std::string text = comment("Which way of building " + facts.program.name + " is the best?");
  text += line("#   pgo-orch run                    builds the variants below, checks and times them");
  text += line("#   pgo-orch release                makes the release with the best one");
  text += line("#   pgo-orch schema                 lets editors complete keys and show what they mean");
  text += "\n" + project_table(facts, file);
  if (file.placeholders)
    text += comment("Replace the arguments below: they only make the program start.") + "\n";
  if (file.placeholders) text += inputs(facts);
  for (const auto& workload : file.workloads) text += workload_table(workload, file.cwd);
  return text + variants;
}

}  // namespace pgo_orch::orchestrator
