#include "toolchains/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <iterator>

#include "toolchains/error.h"
#include "toolchains/probe.h"

namespace pgo_orch::toolchains {

namespace {

std::string signal_text(int signal) {
  const char* name = sigdescr_np(signal);
  return fmt::format("killed by signal {} ({})", signal, name ? name : "unknown");
}

/// A backslash inside double quotes is one of the few that POSIX lets escape; elsewhere it is
/// an ordinary character.
bool escapable_in_double_quotes(char c) {
  return c == '$' || c == '`' || c == '"' || c == '\\' || c == '\n';
}

/// Cuts one line into words, a character at a time.
class WordSplitter {
 public:
  explicit WordSplitter(std::string_view line) : rest_(line) {}

  std::vector<std::string> split() {
    while (!rest_.empty()) {
      const char c = take();
      if (std::isspace(static_cast<unsigned char>(c))) {
        end_word();
      } else {
        in_word_ = true;
        add(c);
      }
    }
    end_word();
    return std::move(words_);
  }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void add(char c) {
    if (c == '\'') {
      single_quoted();
    } else if (c == '"') {
      double_quoted();
    } else if (c == '\\' && !rest_.empty()) {
      if (const char next = take(); next != '\n') word_ += next;
    } else {
      word_ += c;
    }
  }

  void single_quoted() {
    const auto end = rest_.find('\'');
    if (end == std::string_view::npos) throw Error("a single quote is not closed");
    word_ += rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
  }

  void double_quoted() {
    while (!rest_.empty()) {
      const char c = take();
      if (c == '"') return;
      const bool escapes = c == '\\' && !rest_.empty() && escapable_in_double_quotes(rest_.front());
      const char meant = escapes ? take() : c;
      if (!(escapes && meant == '\n')) word_ += meant;
    }
    throw Error("a double quote is not closed");
  }

  void end_word() {
    if (in_word_) words_.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  std::string_view rest_;
  std::vector<std::string> words_;
  std::string word_;
  bool in_word_ = false;  ///< '' is a word too
};

}  // namespace

namespace {

/// "$(printf 'a\037b')": any shell prints the byte.
std::string printf_quoted(const std::string& word) {
  std::string format;
  for (const char c : word) {
    if (c == '%' || c == '\\')
      format += {c, c};
    else if (c == '\'' || static_cast<unsigned char>(c) < 0x20)
      format += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    else
      format += c;
  }
  return "\"$(printf -- '" + format + "')\"";
}

}  // namespace

std::string describe(const Outcome& outcome) {
  switch (outcome.end) {
    case End::exited:
      return fmt::format("exit code {}", outcome.exit_code);
    case End::signalled:
      return signal_text(outcome.signal);
    case End::timed_out:
      return fmt::format("timed out after {:.3g} s", seconds(outcome.wall));
    case End::interrupted:
      return "interrupted";
    case End::not_started:
      break;
  }
  const bool ran = outcome.wall > Nanoseconds(0);
  return (ran ? "" : "not started: ") + outcome.reason;
}

std::string describe(const Missing& missing) {
  return missing.hint.empty() ? missing.what : fmt::format("{}: try `{}`", missing.what, missing.hint);
}

std::string shell_quote(const std::string& word) {
  const auto safe = [](unsigned char c) { return std::isalnum(c) || std::strchr("_@%+=:,./-", c); };
  if (!word.empty() && word.find('\0') == std::string::npos && std::ranges::all_of(word, safe)) return word;
  // What a terminal would not show is spelled out, such as the separators of CARGO_ENCODED_RUSTFLAGS.
  const auto hidden = [](unsigned char c) { return c < 0x20 && c != '\n' && c != '\t'; };
  if (std::ranges::any_of(word, hidden) && !word.ends_with('\n')) return printf_quoted(word);
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::vector<std::string> split_shell_words(std::string_view line) {
  return WordSplitter(line).split();
}

std::map<std::string, std::string> environment_with(const EnvironmentChanges& changes) {
  const bool clean = changes.contains(all_others);
  std::map<std::string, std::string> environment;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string::npos) continue;
    const std::string name = text.substr(0, equals);
    if (clean && std::ranges::find(kept_variables, name) == std::end(kept_variables)) continue;
    environment.emplace(name, text.substr(equals + 1));
  }
  for (const auto& [name, value] : changes) {
    if (value)
      environment[name] = *value;
    else
      environment.erase(name);
  }
  return environment;
}

std::vector<std::string> environment_words(const EnvironmentChanges& changes) {
  std::vector<std::string> words;
  if (changes.contains(all_others)) {
    words = {"env", "-i"};
    for (const std::string name : kept_variables)
      if (!changes.contains(name)) words.push_back(fmt::format("${{{0}+{0}=\"${0}\"}}", name));
  } else {
    for (const auto& [name, value] : changes) {
      if (value) continue;
      if (words.empty()) words.emplace_back("env");
      words.insert(words.end(), {"-u", name});
    }
  }
  for (const auto& [name, value] : changes)
    if (value) words.push_back(fmt::format("{}={}", name, shell_quote(*value)));
  return words;
}

std::string to_shell(const Command& command) {
  std::string line;
  if (!command.cwd.empty()) line += fmt::format("cd {} && ", shell_quote(command.cwd.string()));
  for (const auto& word : environment_words(command.env)) line += word + " ";
  for (std::size_t i = 0; i < command.argv.size(); ++i) line += (i ? " " : "") + shell_quote(command.argv[i]);
  if (!command.stdin_file.empty()) line += " < " + shell_quote(command.stdin_file.string());
  if (!command.stdout_file.empty()) line += " > " + shell_quote(command.stdout_file.string());
  return line;
}

}  // namespace pgo_orch::toolchains
