#include "orchestrator/commands/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/program_options.hpp>

#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace po = boost::program_options;

// Each has a file of its name; analyze is a run, too, and beside it.
Command run_command();
Command plan_command();
Command analyze_command();
Command report_command();
Command compare_command();

const std::vector<Command>& commands() {
  static const std::vector<Command> all{run_command(), plan_command(), analyze_command(), report_command(),
                                        compare_command()};
  return all;
}

namespace {

using Names = std::vector<std::string>;

po::options_description to_boost(const Command& command) {
  po::options_description described;
  for (const auto& option : command.options) {
    if (!*option.value)
      described.add_options()(option.names, "");
    else if (option.repeatable)
      described.add_options()(option.names, po::value<Names>()->composing(), "");
    else
      described.add_options()(option.names, po::value<std::string>(), "");
  }
  described.add_options()("files", po::value<Names>(), "");
  return described;
}

Arguments parse(const Command& command, const Names& words) {
  const auto described = to_boost(command);
  po::positional_options_description positional;
  positional.add("files", command.most_files);
  po::variables_map values;
  try {
    using namespace po::command_line_style;
    const int style = unix_style & ~allow_guessing;
    po::store(po::command_line_parser(words).options(described).positional(positional).style(style).run(),
              values);
  } catch (const po::error& error) {
    throw Error(fmt::format("{}: {}; see pgo-orch {} --help", command.name, error.what(), command.name));
  }
  Arguments arguments;
  for (const auto& [name, value] : values) {
    const auto* several = boost::any_cast<Names>(&value.value());
    (name == "files" ? arguments.files : arguments.options[name]) =
        several ? *several : Names{value.as<std::string>()};
  }
  return arguments;
}

}  // namespace

int execute(const Names& words) {
  Names names;
  for (const auto& command : commands()) names.emplace_back(command.name);
  const auto choices = fmt::format("choose from {}; see pgo-orch --help", fmt::join(names, ", "));
  if (words.empty()) throw Error("no command given: " + choices);
  const std::string& first = words.front();
  const auto print = [](const std::string& text) {
    fmt::print("{}", text);
    return static_cast<int>(Exit::ok);
  };
  if (first == "--help" || first == "-h" || first == "help") return print(general_help(commands()));
  if (first == "--version" || first == "-V") return print("pgo-orch " PGO_ORCH_VERSION "\n");
  for (const auto& command : commands()) {
    if (first != command.name) continue;
    const auto arguments = parse(command, {words.begin() + 1, words.end()});
    return arguments.has("help") ? print(help_of(command)) : command.execute(arguments);
  }
  throw Error(fmt::format("there is no command '{}': {}", first, choices));
}

}  // namespace pgo_orch::orchestrator
