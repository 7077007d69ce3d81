#include "orchestrator/commands/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/program_options.hpp>

#include "orchestrator/commands/commit.h"
#include "orchestrator/commands/completion.h"
#include "orchestrator/config/diagnostics.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace po = boost::program_options;

// Each has a file of its name; analyze is a run, too, and beside it.
Command run_command();
Command try_command();
Command init_command();
Command doctor_command();
Command plan_command();
Command analyze_command();
Command report_command();
Command compare_command();
Command confirm_command();
Command gate_command();
Command history_command();
Command profile_command();
Command apply_command();
Command release_command();
Command verify_command();
Command emit_command();
Command list_command();
Command clean_command();
Command completions_command();
Command schema_command();

const std::vector<Command>& commands() {
  static const std::vector<Command> all{
      run_command(),     try_command(),     init_command(),    doctor_command(),      plan_command(),
      analyze_command(), report_command(),  compare_command(), confirm_command(),     gate_command(),
      history_command(), profile_command(), apply_command(),   release_command(),     verify_command(),
      emit_command(),    list_command(),    clean_command(),   completions_command(), schema_command()};
  return all;
}

namespace {

using Names = std::vector<std::string>;

/// What the arguments without a name are stored as. No option can be spelled so on a command line.
constexpr const char* files = "files=";

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
  described.add_options()(files, po::value<Names>(), "");
  return described;
}

std::string unknown_option(const std::string& given, const Command& command) {
  const std::string name = given.substr(0, given.find('='));
  Names known;
  for (const auto& option : command.options) known.push_back(long_name(option));
  return fmt::format("unknown option '{}'{}", name, did_you_mean(name, known));
}

/// With what the help calls the value.
std::string needs_value(const std::string& name, const Command& command) {
  const auto option = std::ranges::find(command.options, name, long_name);
  const std::string value = option == command.options.end() ? "VALUE" : option->value;
  return fmt::format("{0} needs a value: {0} {1}", name, value);
}

std::string wrong_use(const po::invalid_command_line_syntax& error, const Command& command) {
  const std::string name = error.get_option_name();
  return error.kind() == po::invalid_syntax::extra_parameter ? name + " takes no value"
                                                             : needs_value(name, command);
}

Error wrong_arguments(const Command& command, const std::string& what) {
  return Error(fmt::format("{0}: {1}; see pgo-orch {0} --help", command.name, what));
}

po::variables_map values_of(const Command& command, const Names& words) {
  const auto described = to_boost(command);
  po::positional_options_description positional;
  positional.add(files, command.most_files);
  const auto wrong = [&](const std::string& what) { return wrong_arguments(command, what); };
  try {
    using namespace po::command_line_style;
    const int style = unix_style & ~allow_guessing;
    po::variables_map values;
    po::store(po::command_line_parser(words).options(described).positional(positional).style(style).run(),
              values);
    return values;
  } catch (const po::unknown_option& error) {
    throw wrong(unknown_option(error.get_option_name(), command) +
                (command.passes_words ? ": write -- before the program's own arguments" : ""));
  } catch (const po::invalid_command_line_syntax& error) {
    throw wrong(wrong_use(error, command));
  } catch (const po::multiple_occurrences& error) {
    throw wrong(error.get_option_name() + " can be given only once");
  } catch (const po::too_many_positional_options_error&) {
    throw wrong(command.most_files == 1 ? "only one argument can be given" : "too many names are given");
  } catch (const po::error&) {
    throw wrong("the options cannot be understood");
  }
}

Arguments parse(const Command& command, const Names& words) {
  const auto values = values_of(command, words);
  Arguments arguments;
  for (const auto& [name, value] : values) {
    const auto* several = boost::any_cast<Names>(&value.value());
    (name == files ? arguments.files : arguments.options[name]) =
        several ? *several : Names{value.as<std::string>()};
  }
  if (!command.passes_words && std::ranges::count(arguments.files, "") > 0)
    throw wrong_arguments(command, "a name is empty");
  for (const auto& option : command.options)
    if (const auto name = long_name(option);
        *option.value && !option.may_be_empty && arguments.has(name.substr(2)))
      if (const auto given = arguments.all(name.substr(2)); std::ranges::count(given, "") > 0)
        throw wrong_arguments(command, needs_value(name, command));
  return arguments;
}

}  // namespace

int execute(const Names& arguments) {
  Names names;
  for (const auto& command : commands()) names.emplace_back(command.name);
  const auto choices = fmt::format("choose from {}; see pgo-orch --help", fmt::join(names, ", "));
  if (arguments.empty()) throw Error("no command given: " + choices);
  const std::string& first = arguments.front();
  const auto print = [](const std::string& text) {
    fmt::print("{}", text);
    return static_cast<int>(Exit::ok);
  };
  if (first == "__complete") return answer_shell({arguments.begin() + 1, arguments.end()});
  if (first == "--help" || first == "-h" || first == "help") return print(general_help(commands()));
  if (first == "--version" || first == "-V")
    return print(*commit ? fmt::format("pgo-orch {} ({})\n", PGO_ORCH_VERSION, commit)
                         : "pgo-orch " PGO_ORCH_VERSION "\n");
  for (const auto& command : commands()) {
    if (first != command.name) continue;
    const auto given = parse(command, {arguments.begin() + 1, arguments.end()});
    return given.has("help") ? print(help_of(command)) : command.execute(given);
  }
  throw Error(fmt::format("unknown command '{}': {}", first, choices));
}

}  // namespace pgo_orch::orchestrator
