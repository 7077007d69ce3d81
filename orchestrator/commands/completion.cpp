#include "orchestrator/commands/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>

#include "orchestrator/commands/command_line.h"
#include "orchestrator/config/keys.h"
#include "orchestrator/store/runs.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t most_names = 1000;  // a matrix may have millions

std::string without_tilde(const std::string& file) {
  const auto home = toolchains::variable("HOME");
  return home && file.starts_with("~/") ? *home + file.substr(1) : file;
}

/// The option that this word is, without its value; null: none of the command's.
const Option* option_in(const Command& command, const std::string& word) {
  for (const auto& option : command.options) {
    const std::string names = option.names, name = long_name(option);
    const auto comma = names.find(',');
    const bool is_short = comma != names.npos && word == "-" + names.substr(comma + 1);
    if (is_short || word.substr(0, word.find('=')) == name) return &option;
  }
  return nullptr;
}

/// What the words of a line before (and behind) the current one are.
struct Parsed {
  Texts files;                   ///< before the current one, without a name
  std::set<std::string> given;   ///< options
  const Option* open = nullptr;  ///< the current word is its value
  bool only_files = false;       ///< behind "--"
  fs::path config = "pgo.toml";
  Arguments arguments;  ///< only --state-dir
};

void take_config(const std::string& word, Parsed& parsed) {
  const auto file = without_tilde(word);
  std::error_code missing;
  if (parsed.config == "pgo.toml" && (word.ends_with(".toml") || fs::is_directory(file, missing)))
    parsed.config = file;
}

/// What an option before or behind the current word says of it.
void take_option(const Option& option, const std::string& value, Parsed& parsed) {
  if (std::string_view(option.names) == "state-dir") parsed.arguments.options["state-dir"] = {value};
}

Parsed parse_line(const Command& command, const Line& line) {
  Parsed parsed;
  const Option* open = nullptr;
  for (std::size_t i = 1; i < line.words.size(); ++i) {
    const auto& word = line.words[i];
    if (i == line.at) {
      parsed.open = std::exchange(open, nullptr);
    } else if (open) {
      take_option(*open, word, parsed);
      open = nullptr;
    } else if (word == "--" && i < line.at) {
      parsed.only_files = true;
    } else if (word.starts_with("-") && word.size() > 1 && !parsed.only_files) {
      const Option* option = option_in(command, word);
      if (option && !option->repeatable) parsed.given.insert(long_name(*option));
      const auto equals = word.find('=');
      if (option && equals != word.npos) take_option(*option, word.substr(equals + 1), parsed);
      if (option && *option->value && equals == word.npos) open = option;
    } else {
      if (i < line.at) parsed.files.push_back(word);
      take_config(word, parsed);
    }
  }
  return parsed;
}

/// Names of a pgo.toml; none of one that is missing or wrong.
std::optional<Config> config_of(const Parsed& parsed) {
  try {
    return load_config(parsed.config);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void add_variants(const Parsed& parsed, Candidates& found) {
  const auto config = config_of(parsed);
  if (!config) return;
  for (std::size_t i = 0; i < std::min(config->variants->size(), most_names); ++i)
    found.words.push_back({config->variants->at(i).name, "variant"});
}

void add_workloads(const Parsed& parsed, Candidates& found) {
  const auto config = config_of(parsed);
  if (!config) return;
  for (const auto& workload : config->workloads) found.words.push_back({workload.name, "workload"});
}

void add_runs(const Parsed& parsed, Candidates& found) {
  const auto layout = layout_of(parsed.arguments, folder_of(parsed.config));
  Texts runs;
  try {
    runs = runs_of(layout);
  } catch (const std::exception&) {
    return;  // it cannot be read: nothing to offer
  }
  std::ranges::reverse(runs);
  for (auto& id : runs) found.words.push_back({std::move(id), "run"});
  for (const char* word : {"latest", "previous"}) found.words.push_back({word, "run"});
}

/// Of the usage: a word to be written literally.
bool is_literal(const std::string& meant) {
  return std::ranges::all_of(meant, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

/// What a place in the usage, or the value of an option, is called there.
void add_meant(const std::string& meant, const Parsed& parsed, Candidates& found) {
  if (meant == "VARIANT") return add_variants(parsed, found);
  if (meant == "RUN") return add_runs(parsed, found);
  if (meant == "DIR" && !found.files) found.folders = true;
  const bool is_file =
      meant == "FILE" || meant == "ARCHIVE" || meant == "RESULTS" || meant.find('.') != meant.npos;
  found.files = found.files || is_file;
  if (is_literal(meant)) found.words.push_back({meant, ""});
}

void add_values(const Option& option, const Parsed& parsed, Candidates& found) {
  const std::string_view name = option.names;
  for (const auto& word : words_of(option.choices)) found.words.push_back({word, ""});
  if (!found.words.empty()) return;
  if (name == "variant") return add_variants(parsed, found);
  if (name == "workload") return add_workloads(parsed, found);
  if (name == "run") return add_runs(parsed, found);
  add_meant(option.value, parsed, found);
}

Texts split_at(const std::string& text, char separator) {
  Texts parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// "[VARIANT|best]" is one that may be left out.
struct Place {
  Texts meant;
  bool optional = false;
};

/// The places behind the command in one line of its usage, such as "apply VARIANT|best [pgo.toml] [options]".
std::vector<Place> places_in(std::string usage, const std::string& command) {
  usage = usage.substr(usage.find(command) + command.size());
  for (auto bar = usage.find(" | "); bar != usage.npos; bar = usage.find(" | ")) usage.replace(bar, 3, "|");
  std::vector<Place> places;
  std::istringstream words(usage);
  for (std::string word; words >> word;) {
    if (word == "[options]") continue;
    const bool optional = word.starts_with('[');
    places.push_back({split_at(optional ? word.substr(1, word.size() - 2) : word, '|'), optional});
  }
  return places;
}

void add_files(const Command& command, const Parsed& parsed, Candidates& found) {
  if (command.passes_words) {
    found.files = parsed.only_files;
    if (!parsed.only_files) found.words.push_back({"--", "the program's own arguments follow"});
    return;
  }
  for (const auto& line : split_at(command.usage, '\n')) {
    const auto places = places_in(line, command.name);
    std::size_t place = parsed.files.size();
    if (place >= places.size()) continue;
    const auto& first = places.front().meant;
    const bool is_other =  // as `profile save` where `profile status` is on the line
        place > 0 && first.size() == 1 && is_literal(first.front()) && first.front() != parsed.files.front();
    if (is_other) continue;
    for (bool more = true; more && place < places.size(); ++place) {
      for (const auto& meant : places[place].meant) add_meant(meant, parsed, found);
      more = places[place].optional;
    }
  }
}

/// The value of "--variant=pg": the option included.
void add_attached(const Command& command, const std::string& word, const Parsed& parsed, Candidates& found) {
  const Option* option = option_in(command, word);
  if (!option || !*option->value) return;
  add_values(*option, parsed, found);
  for (auto& candidate : found.words) candidate.text = word.substr(0, word.find('=') + 1) + candidate.text;
}

Candidates first_words(const std::vector<Command>& commands, const std::string& word) {
  Candidates found;
  if (word.starts_with('-'))
    found.words = {{"--help", "show the commands"}, {"--version", "show the version"}};
  else
    for (const auto& command : commands) found.words.push_back({command.name, command.summary});
  return found;
}

}  // namespace

Candidates complete(const std::vector<Command>& commands, const Line& line) {
  const std::string word = line.at < line.words.size() ? line.words[line.at] : "";
  if (line.at == 0) return first_words(commands, word);
  const auto command = std::ranges::find(commands, line.words.front(), &Command::name);
  Candidates found;
  if (command == commands.end()) return found;
  Line whole = line;
  if (whole.at >= whole.words.size()) whole.words.resize(whole.at + 1);
  const Parsed parsed = parse_line(*command, whole);
  if (parsed.open) {
    add_values(*parsed.open, parsed, found);
  } else if (!parsed.only_files && word.starts_with("--") && word.find('=') != word.npos) {
    add_attached(*command, word, parsed, found);
  } else if (!parsed.only_files && word.starts_with('-')) {
    for (const auto& option : command->options)
      if (!parsed.given.contains(long_name(option))) found.words.push_back({long_name(option), option.text});
  } else {
    add_files(*command, parsed, found);
  }
  return found;
}

namespace {

/// A word as the shell will have it: without quotes and backslashes. Variables stay as they are.
std::string unquoted(const std::string& word) {
  std::string text;
  char quote = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    const bool escapes = c == '\\' && quote != '\'' && i + 1 < word.size();
    if (escapes)
      text += word[++i];
    else if (quote ? c == quote : c == '\'' || c == '"')
      quote = quote ? 0 : c;
    else
      text += c;
  }
  return text;
}

bool is_break(const std::string& word) {
  return !word.empty() && word.find_first_not_of("=:") == word.npos;
}

void print_answer(const Candidates& found, const std::string& current, const std::string& prefix) {
  std::string text;
  for (const auto& [word, about] : found.words) {
    if (!word.starts_with(current)) continue;
    text += word.substr(prefix.size()) + (about.empty() ? "" : "\t" + about) + "\n";
  }
  if (found.files) text += ":files\n";
  if (found.folders) text += ":folders\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace

Line line_of_bash(const std::vector<std::string>& words, std::size_t at, std::string& prefix) {
  Line line;
  bool joins = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (line.words.empty() || !(joins || is_break(words[i]))) line.words.emplace_back();
    if (i == at) {
      line.at = line.words.size() - 1;
      prefix = line.words.back() + (is_break(words[i]) ? words[i] : "");
    }
    line.words.back() += unquoted(words[i]);
    joins = is_break(words[i]);
  }
  if (at >= words.size()) line.at = line.words.size();
  return line;
}

int answer_shell(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) return 0;
  Line line{{arguments.begin() + 2, arguments.end()}, 0};
  const auto& at = arguments[1];
  if (std::from_chars(at.data(), at.data() + at.size(), line.at).ec != std::errc() || line.at > 10000)
    return 0;
  std::string prefix, current;
  const bool is_bash = arguments.front() == "bash";
  if (is_bash) {
    line = line_of_bash(line.words, line.at, prefix);
    current = line.at < line.words.size() ? line.words[line.at] : "";
  }
  try {
    print_answer(complete(commands(), line), current, prefix);
  } catch (const std::exception&) {
    return 0;  // a broken state folder, say: nothing can be completed
  }
  return 0;
}

}  // namespace pgo_orch::orchestrator
