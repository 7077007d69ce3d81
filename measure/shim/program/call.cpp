#include "measure/shim/program/call.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "pgo/shim_contract.h"

namespace pgo_orch::shim {

namespace {

/// Cargo sets NUM_JOBS for build scripts, and CARGO_CRATE_NAME for compilers.
bool by_build_script() {
  return getenv("NUM_JOBS") != nullptr && getenv("OUT_DIR") != nullptr &&
         getenv("CARGO_CRATE_NAME") == nullptr;
}

bool only_asks_for_version(const Arguments& arguments) {
  for (const auto& argument : arguments)
    if (argument.starts_with("--print")) return false;
  return true;
}

void prepare_rustc(Call& call, Arguments& arguments, bool as_wrapper) {
  auto all = expanded(arguments, Quoting::lines);
  // A RUSTC_WORKSPACE_WRAPPER is called with the compiler's path as its first argument.
  if (as_wrapper && !all.empty() && base_name(all[0]) == "rustc") all.erase(all.begin());
  call.kind = read_rustc_arguments(all, call.facts);
  const bool version = call.kind == Kind::query && only_asks_for_version(all);
  if (!as_wrapper && !is_on(in_cargo_variable) && !version)
    append_options(arguments, split_flags(getenv(rustflags_variable)));
  call.passes = is_on(passes_variable) && call.kind == Kind::compile && !call.probe;
  if (!call.passes) return;
  append_options(arguments, {"-Ztime-passes", "-Ztime-passes-format=json"});
  call.environment.set("RUSTC_BOOTSTRAP", "1");
}

bool has_its_flags(const Parent& above) {
  const auto family = family_of(above.tool);
  return family == Family::c || family == Family::cxx;
}

void prepare_cc(Call& call, Arguments& arguments) {
  call.kind = read_cc_arguments(expanded(arguments, Quoting::gnu), call.facts);
  const auto above = parent();
  if (above.tool == "rustc" || call.kind == Kind::query || has_its_flags(above)) return;
  append_options(arguments, split_flags(getenv(cflags_variable)));
  if (call.kind == Kind::link || call.facts.links)
    append_options(arguments, split_flags(getenv(ldflags_variable)));
}

/// As cargo's variables spell it; empty: none is named.
std::string asked_profile(const Arguments& arguments) {
  constexpr std::string_view option = "--profile";
  std::string profile;
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    if (arguments[i] == option && i + 1 < arguments.size()) profile = arguments[i + 1];
    if (arguments[i].starts_with("--profile=")) profile = arguments[i].substr(option.size() + 1);
  }
  for (char& letter : profile)
    letter = letter == '-' ? '_' : static_cast<char>(toupper(static_cast<unsigned char>(letter)));
  return profile;
}

void set_profile(const std::string& profile, Environment& environment) {
  for (const auto& key : split_flags(getenv(cargo_profile_variable)))
    environment.set("CARGO_PROFILE_" + profile + "_" + key,
                    variable(("CARGO_PROFILE_RELEASE_" + key).c_str()));
}

void prepare_cargo(Call& call, const Arguments& arguments) {
  if (const char* flags = getenv(cargo_rustflags_variable))
    call.environment.set("CARGO_ENCODED_RUSTFLAGS", flags);
  if (const auto profile = asked_profile(arguments); !profile.empty()) set_profile(profile, call.environment);
  call.environment.set(in_cargo_variable, "1");
  char own[4096];
  const ssize_t size = readlink("/proc/self/exe", own, sizeof own);
  if (size > 0) call.environment.set("RUSTC_WRAPPER", {own, static_cast<std::size_t>(size)});
}

/// The variant's compiler, if it replaces this name.
std::string stand_in(const std::string& name) {
  const auto compiler = std::string(variable(cc_variable));
  if (compiler.empty() || parent().tool == "rustc" || has_its_flags(parent())) return name;
  if (name == "cc" || name == "gcc" || name == "clang") return compiler;
  if (name == "c++" || name == "g++" || name == "clang++") return cxx_counterpart(compiler);
  return name;
}

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

constexpr std::size_t max_changes = 24;  // reserved, so that pointers into the strings stay

}  // namespace

Parent parent() {
  const auto text = variable(parent_variable);
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  return {text.substr(0, colon), atoi(text.data() + colon + 1)};
}

Call make_call(const std::string& name, Arguments arguments, bool as_wrapper) {
  Call call;
  const auto base = std::string(base_name(name));
  call.tool = base;
  // RUSTC may be any compiler driver (clippy-driver, a path): what cargo wraps counts as rustc.
  call.family = as_wrapper ? Family::rustc : family_of(base);
  if (call.family == Family::rustc) call.tool = "rustc";
  call.probe = by_build_script();
  if (call.family == Family::rustc) prepare_rustc(call, arguments, as_wrapper);
  if (call.family == Family::cargo) prepare_cargo(call, arguments);
  if (call.family == Family::c || call.family == Family::cxx) prepare_cc(call, arguments);
  if (call.family == Family::linker) call.kind = Kind::link;
  auto program = find_tool(stand_in(name));
  if (program.empty()) return call;
  call.environment.set(parent_variable, call.tool + ":" + std::to_string(getpid()));
  call.argv.push_back(std::move(program));
  for (auto& argument : arguments) call.argv.push_back(std::move(argument));
  return call;
}

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
