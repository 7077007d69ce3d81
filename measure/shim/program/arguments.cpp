// Arguments and environment of a tool.

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "measure/shim/program/call.h"
#include "pgo/shim_contract.h"

namespace pgo_orch::shim {

namespace {

constexpr int max_depth = 16;  // of response files that name themselves

bool read_whole(const char* path, std::string& text) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  char buffer[16 * 1024];
  ssize_t got = 0;
  while ((got = read(fd, buffer, sizeof buffer)) > 0) text.append(buffer, static_cast<std::size_t>(got));
  close(fd);
  return got == 0;
}

Arguments lines_of(std::string_view text) {
  Arguments lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// As libiberty's buildargv, which gcc and clang follow.
Arguments words_of(std::string_view text) {
  Arguments words;
  char quote = 0;
  bool open = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && std::string_view(" \t\n\r\f\v").find(c) != std::string_view::npos) {
      open = false;
      continue;
    }
    if (!open) words.emplace_back();
    open = true;
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      words.back() += text[++i];
    } else if (quote != 0 ? c == quote : c == '\'' || c == '"') {
      quote = quote != 0 ? '\0' : c;
    } else {
      words.back() += c;
    }
  }
  return words;
}

void expand_into(Arguments& result, const Arguments& arguments, Quoting quoting, int depth) {
  for (const auto& argument : arguments) {
    std::string text;
    if (depth == max_depth || argument.size() < 2 || argument[0] != '@' ||
        !read_whole(argument.c_str() + 1, text)) {
      result.push_back(argument);
    } else if (quoting == Quoting::gnu) {
      expand_into(result, words_of(text), quoting, depth + 1);
    } else {
      std::ranges::move(lines_of(text), std::back_inserter(result));
    }
  }
}

constexpr std::size_t max_changes = 8;  // reserved, so that pointers into the strings stay

}  // namespace

Arguments split_flags(const char* text) {
  Arguments flags;
  std::string_view rest = text != nullptr ? text : "";
  while (!rest.empty()) {
    const auto end = std::min(rest.find(separator), rest.size());
    if (end > 0) flags.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return flags;
}

Arguments expanded(const Arguments& arguments, Quoting quoting) {
  Arguments result;
  result.reserve(arguments.size());
  expand_into(result, arguments, quoting, 0);
  return result;
}

void append_options(Arguments& arguments, const Arguments& more) {
  arguments.insert(std::ranges::find(arguments, "--"), more.begin(), more.end());
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

Environment::Environment() {
  own_.reserve(max_changes);
  for (char** entry = environ; *entry != nullptr; ++entry) entries_.push_back(*entry);
}

void Environment::set(std::string_view name, std::string_view value) {
  own_.push_back(std::string(name) + "=" + std::string(value));
  std::erase_if(entries_, [&](const char* entry) {
    const std::string_view text = entry;
    return text.size() > name.size() && text[name.size()] == '=' && text.starts_with(name);
  });
}

char* const* Environment::pointers() {
  for (auto& entry : own_) entries_.push_back(entry.data());
  entries_.push_back(nullptr);
  return entries_.data();
}

bool is_on(const char* name) {
  return variable(name) == "1";
}

std::string_view variable(const char* name) {
  const char* value = getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace pgo_orch::shim
