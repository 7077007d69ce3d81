// [[workload]].

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/config/each.h"
#include "orchestrator/config/find.h"
#include "orchestrator/config/reader.h"
#include "orchestrator/config/texts.h"
#include "pgo/recipe.h"

namespace pgo_orch::orchestrator {
namespace {

/// A workload with its table, for the places of messages.
struct WorkloadCheck {
  const toml::table& table;
  Workload& workload;
  Reading& reading;

  void check_program(const std::vector<std::string>& known) const {
    if (known.empty()) return;
    if (workload.program.empty() && known.size() == 1) workload.program = known.front();
    if (workload.program.empty()) {
      error("", fmt::format("{} must say which program it runs: write program = \"{}\" (there are {})",
                            title_of(table, Section::workload), known.front(), quoted_list(known, "and")));
    } else if (!contains(known, workload.program)) {
      const std::string hint = did_you_mean(workload.program, known);
      error("program",
            fmt::format("the project has no program '{}'{}", workload.program,
                        hint.empty() ? fmt::format(": it has {}", quoted_list(known, "and")) : hint));
    }
  }

  void check_environment() const {
    for (const auto& name : workload.unset) {
      if (name.empty() || name.find('=') != std::string::npos)
        error("unset", fmt::format("'{}' cannot be the name of an environment variable", name));
      else if (workload.env.contains(name))
        error("unset", fmt::format("'{}' is also set in 'env': remove it from one of the two", name));
    }
  }

  void check_commands(const std::vector<std::string>& known) const {
    if (table.contains("stdin") && table.contains("stdin-text"))
      error("stdin-text", "'stdin' and 'stdin-text' cannot be used together: a file, or the text itself");
    if (!workload.command.empty() && !names_program(workload.command))
      error("command", "'command' never runs the program: write {exe} where the program belongs");
    if (table.contains("steps") && std::ranges::none_of(workload.steps, names_program))
      error("steps", "'steps' never run the program: write {exe} where the program belongs");
    if (!workload.args.empty() && workload.is_driven())
      error(
          "args",
          fmt::format("'args' and '{0}' cannot be used together: put the arguments behind {{exe}} in the {0}",
                      workload.command.empty() ? "steps" : "command"));
    if (!workload.command.empty() && !workload.steps.empty())
      error("steps", "'steps' and 'command' cannot be used together: make the command one of the steps");
    for (const auto& list : {workload.commands(), workload.prepare})
      for (const auto& words : list) check_programs(words, known);
    if (std::ranges::any_of(workload.setup, names_program))
      error("setup", "'setup' runs once, before there is a program: {exe} works in 'prepare'");
  }

 private:
  void error(std::string_view key, const std::string& text) const { reading.error(table, key, text); }

  static bool names_program(const Strings& command) {
    return !pgo::programs_named_in(command).empty() ||
           std::ranges::any_of(
               command, [](const std::string& word) { return word.find("{exe}") != std::string::npos; });
  }

  void check_programs(const Strings& words, const std::vector<std::string>& known) const {
    for (const auto& name : pgo::programs_named_in(words))
      if (!known.empty() && workload.is_driven() && !contains(known, name))
        error(workload.steps.empty() ? "command" : "steps",
              fmt::format("{{exe.{}}}: the project has no such program: it has {}", name,
                          quoted_list(known, "and")));
  }
};

void check_texts(const toml::table& table, pgo::Expectation& expect, Reading& reading) {
  if (auto& digest = expect.stdout_sha256) {
    std::ranges::transform(*digest, digest->begin(),
                           [](unsigned char letter) { return std::tolower(letter); });
    if (digest->size() != 64 || digest->find_first_not_of("0123456789abcdef") != std::string::npos) {
      reading.error(table, "stdout-sha256",
                    "'stdout-sha256' must be 64 hexadecimal digits: take them from sha256sum");
    }
  }
  if (expect.stdout_matches) {
    const std::string problem = regex_error(*expect.stdout_matches);
    if (!problem.empty()) {
      reading.error(table, "stdout-matches",
                    fmt::format("'stdout-matches' is not a regular expression: {}", problem));
    }
  }
}

void check_expectation(const toml::table& table, pgo::Expectation& expect, Reading& reading) {
  Strings texts;
  for (const Entry& entry : entries_of(table)) {
    const std::string_view name = entry.name();
    if (name == "stdout" || name == "stdout-file" || name == "stdout-sha256" || name == "stdout-matches") {
      texts.emplace_back(name);
      if (texts.size() > 1) {
        reading.error(place_of(entry.key),
                      fmt::format("{} cannot be used together: keep one", quoted_list(texts, "and")));
      }
    }
  }
  if (expect.stdout_any && (!texts.empty() || expect.stdout_sorted)) {
    reading.error(table, "stdout-any",
                  fmt::format("'stdout-any' and '{}' cannot be used together",
                              texts.empty() ? "stdout-sorted" : texts.front()));
  }
  check_texts(table, expect, reading);
}

Workload read_workload(const toml::table& table, Reading reading) {
  Workload workload;
  workload.cwd = reading.root;
  reading.files_may_appear = reading.files_may_appear || table.contains("setup");
  reading.names_corpora = true;
  read_table(table, title_of(table, Section::workload), Section::workload, {&workload}, reading);
  if (const auto* expect = table["expect"].as_table()) check_expectation(*expect, workload.expect, reading);
  return workload;
}

}  // namespace

std::vector<Workload> read_workloads(toml::table& document, const Config& config, Reading& reading) {
  std::vector<Workload> workloads;
  const auto known = programs(config.project);
  NameRegister names;
  const auto read = [&](const toml::table& table) {
    Workload& workload = workloads.emplace_back(read_workload(table, reading));
    const Place place = place_of(table, "name");
    check_name("workload", workload.name, place, reading.problems);
    names.add("workload", workload.name, place, reading.problems);
    const WorkloadCheck check{table, workload, reading};
    check.check_program(known);
    check.check_environment();
    check.check_commands(known);
    check_corpora_of(table, workload, config.corpora, reading);
  };
  for (auto* table : tables_at(document, "workload"))
    for_each_version(*table, reading, [&] { read(*table); });
  return workloads;
}

Guard guard_of(const Config& config, const std::string& workload, measure::Metric metric) {
  const auto& measure = config.measure;
  const auto* own = find_by(config.workloads, &Workload::name, workload);
  const bool of_cpu = metric == measure::Metric::cpu;
  return {.fraction = of_cpu ? (own && own->cpu_guard ? own->cpu_guard : measure.cpu_guard)
                             : std::optional(own && own->guard ? *own->guard : measure.guard),
          .floor = own && own->floor ? *own->floor : measure.floor};
}

}  // namespace pgo_orch::orchestrator
