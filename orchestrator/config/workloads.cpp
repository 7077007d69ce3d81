// [[workload]].

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/config/parts.h"
#include "orchestrator/config/texts.h"

namespace pgo_orch::orchestrator {
namespace {

/// A workload with its table, for the places of messages.
struct Item {
  const toml::table& table;
  Workload& workload;
  Reading& reading;

  void error(std::string_view key, const std::string& text) const {
    reading.problems.error(place_of(table, key), text);
  }
};

void check_program(const Item& item, const std::vector<std::string>& known) {
  Workload& workload = item.workload;
  if (known.empty()) return;
  if (workload.program.empty() && known.size() == 1) workload.program = known.front();
  if (workload.program.empty()) {
    item.error(
        "", fmt::format("{} must say which program it runs: write program = \"{}\" (there are {})",
                        title_of(item.table, Section::workload), known.front(), quoted_list(known, "and")));
  } else if (std::ranges::find(known, workload.program) == known.end()) {
    const std::string hint = did_you_mean(workload.program, known);
    item.error("program",
               fmt::format("the project has no program '{}'{}", workload.program,
                           hint.empty() ? fmt::format(": it has {}", quoted_list(known, "and")) : hint));
  }
}

void check_input(const Item& item) {
  if (item.table.contains("stdin") && item.table.contains("stdin-text")) {
    item.error("stdin-text", "'stdin' and 'stdin-text' cannot be used together: a file, or the text itself");
  }
}

void check_setup(const Item& item) {
  for (const auto& command : item.workload.setup) {
    for (const auto& word : command) {
      if (word.find("{exe}") == std::string::npos) continue;
      return item.error("setup",
                        "'setup' runs once, before there is a program: {exe} has a meaning in 'prepare'");
    }
  }
}

void check_command(const Item& item) {
  const auto& command = item.workload.command;
  if (command.empty()) return;
  const bool runs_it = std::ranges::any_of(
      command, [](const std::string& word) { return word.find("{exe}") != std::string::npos; });
  if (!runs_it) item.error("command", "'command' never runs the program: write {exe} where it stands");
  if (!item.workload.args.empty()) {
    item.error("args",
               "'args' and 'command' cannot be used together: put the arguments behind {exe} in the command");
  }
}

void check_texts(const toml::table& table, pgo::Expectation& expect, Reading& reading) {
  if (expect.exit_code > 255)
    reading.problems.error(place_of(table, "exit-code"), "'exit-code' must be from 0 to 255");
  if (auto& digest = expect.stdout_sha256) {
    std::ranges::transform(*digest, digest->begin(),
                           [](unsigned char letter) { return std::tolower(letter); });
    if (digest->size() != 64 || digest->find_first_not_of("0123456789abcdef") != std::string::npos) {
      reading.problems.error(place_of(table, "stdout-sha256"),
                             "'stdout-sha256' must be 64 hexadecimal digits: take them from sha256sum");
    }
  }
  if (expect.stdout_matches) {
    const std::string problem = regex_error(*expect.stdout_matches);
    if (!problem.empty()) {
      reading.problems.error(place_of(table, "stdout-matches"),
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
        reading.problems.error(place_of(entry.key), fmt::format("{} cannot be used together: keep one",
                                                                quoted_list(texts, "and")));
      }
    }
  }
  if (expect.stdout_any && (!texts.empty() || expect.stdout_sorted)) {
    reading.problems.error(place_of(table, "stdout-any"),
                           fmt::format("'stdout-any' and '{}' cannot be used together",
                                       texts.empty() ? "stdout-sorted" : texts.front()));
  }
  check_texts(table, expect, reading);
}

Workload read_workload(const toml::table& table, Reading reading) {
  Workload workload;
  workload.cwd = reading.root;
  reading.files_may_appear = reading.files_may_appear || table.contains("setup");
  read_table(table, title_of(table, Section::workload), Section::workload, {&workload}, reading);
  if (const auto* expect = table["expect"].as_table()) check_expectation(*expect, workload.expect, reading);
  return workload;
}

}  // namespace

std::vector<Workload> read_workloads(const toml::table& document, const Project& project, Reading& reading) {
  std::vector<Workload> workloads;
  const auto known = programs(project);
  NameRegister names;
  for (const toml::table* table : tables_at(document, "workload")) {
    Workload& workload = workloads.emplace_back(read_workload(*table, reading));
    const Item item{*table, workload, reading};
    check_name("workload", workload.name, place_of(*table, "name"), reading.problems);
    names.add("workload", workload.name, place_of(*table, "name"), reading.problems);
    check_program(item, known);
    check_input(item);
    check_command(item);
    check_setup(item);
  }
  return workloads;
}

}  // namespace pgo_orch::orchestrator
