#include "orchestrator/confirm/portable_workload.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "orchestrator/config/texts.h"
#include "report/json_values.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

using PortableJson = nlohmann::json;
constexpr const char* root_word = "{root}";

bool starts_measured_program(const std::vector<std::string>& command) {
  if (command.empty()) return false;
  const auto& first = command.front();
  return first == "{exe}" || (first.starts_with("{exe.") && first.ends_with('}'));
}

/// Programs of this machine that it starts.
std::optional<Obstacle> foreign_program(const Workload& workload) {
  if (!workload.setup.empty())
    return Obstacle{"its setup runs programs of this machine", workload.setup.front().front()};
  for (const auto& command : workload.commands())
    if (!starts_measured_program(command))
      return Obstacle{"its command starts a program of this machine", command.front()};
  for (const auto& command : workload.prepare)
    if (!starts_measured_program(command))
      return Obstacle{"its prepare starts a program of this machine", command.front()};
  return std::nullopt;
}

/// Parts of a word that may be paths: all of it, what is behind a "=", and the places of a list.
std::vector<std::string> parts_of(const std::string& word) {
  std::vector<std::string> parts{word};
  std::string part;
  for (const char c : word + ":") {
    if (c != ':' && c != '=' && c != ',') {
      part += c;
      continue;
    }
    parts.push_back(std::exchange(part, ""));
  }
  return parts;
}

bool is_outside(const std::string& part, const fs::path& cwd, const fs::path& root) {
  constexpr std::size_t longest_path = 4096;
  if (part.empty() || part.size() > longest_path) return false;
  std::error_code missing;
  const fs::path path = (cwd / part).lexically_normal();
  if (toolchains::lies_in(path, root)) return false;
  if (!part.starts_with('/')) return part.find("..") != std::string::npos && fs::exists(path, missing);
  if (path == "/" || toolchains::lies_in(path, "/dev")) return false;
  const fs::path above = path.parent_path();
  return fs::exists(path, missing) || (above != "/" && fs::exists(above, missing));
}

/// The first word that names something outside of the folder; "": none does.
std::string word_outside(const std::vector<std::string>& words, const fs::path& cwd, const fs::path& root) {
  for (const auto& word : words)
    for (const auto& part : parts_of(word))
      if (is_outside(part, cwd, root)) return word;
  return "";
}

bool is_in_corpus(const fs::path& path) {
  return path.string().starts_with("{corpus.");
}

std::vector<fs::path*> paths_of(Workload& workload) {
  std::vector<fs::path*> paths{&workload.cwd};
  if (workload.stdin_file) paths.push_back(&*workload.stdin_file);
  if (workload.expect.stdout_file) paths.push_back(&*workload.expect.stdout_file);
  return paths;
}

/// All texts that a run has, but its standard input.
std::vector<std::string*> words_of_workload(Workload& workload) {
  std::vector<std::string*> words;
  const auto add = [&](std::vector<std::string>& more) {
    for (auto& word : more) words.push_back(&word);
  };
  add(workload.args);
  add(workload.command);
  for (auto* list : {&workload.steps, &workload.prepare})
    for (auto& command : *list) add(command);
  for (auto& [name, value] : workload.env) words.push_back(&value);
  return words;
}

/// The folder's path, where a word has it, becomes {root}.
std::string without_root(std::string word, const std::string& root) {
  for (auto at = word.find(root); at != std::string::npos; at = word.find(root, at + 1)) {
    const auto behind = at + root.size();
    if (behind == word.size() || word[behind] == '/') word.replace(at, root.size(), root_word);
  }
  return word;
}

PortableJson json_of(const pgo::Expectation& expect) {
  return {{"exit_codes", expect.exit_codes.all()},
          {"stdout", expect.stdout_text},
          {"stdout_file",
           expect.stdout_file ? PortableJson(expect.stdout_file->generic_string()) : PortableJson()},
          {"stdout_sha256", expect.stdout_sha256},
          {"stdout_matches", expect.stdout_matches},
          {"stdout_sorted", expect.stdout_sorted},
          {"stdout_any", expect.stdout_any}};
}

using Text = std::optional<std::string>;

std::optional<fs::path> path_in(const PortableJson& json, const char* name) {
  const auto text = json.at(name).get<Text>();
  return text ? std::optional<fs::path>(*text) : std::nullopt;
}

pgo::Expectation expectation_from(const PortableJson& json) {
  pgo::Expectation expect;
  expect.exit_codes = toolchains::ExitCodes(json.at("exit_codes").get<std::vector<int>>());
  expect.stdout_text = json.at("stdout").get<Text>();
  expect.stdout_file = path_in(json, "stdout_file");
  expect.stdout_sha256 = json.at("stdout_sha256").get<Text>();
  expect.stdout_matches = json.at("stdout_matches").get<Text>();
  expect.stdout_sorted = json.at("stdout_sorted");
  expect.stdout_any = json.at("stdout_any");
  return expect;
}

/// What an archive may not have.
void demand_portable(Workload workload) {
  const auto names = corpora_named_in(workload);
  const bool is_named_safely = is_safe_name(workload.name) && !workload.program.empty() &&
                               workload.program.find('/') == std::string::npos && workload.program != ".." &&
                               std::ranges::all_of(names, is_safe_name);
  if (!is_named_safely || foreign_program(workload)) throw Error("workload");
  for (const auto* path : paths_of(workload))
    if (!is_in_corpus(*path) && !stays_inside(*path)) throw Error("path");
}

}  // namespace

bool stays_inside(const fs::path& path) {
  return !path.is_absolute() && std::ranges::find(path, fs::path("..")) == path.end();
}

std::optional<Obstacle> obstacle_of(const Workload& written, const fs::path& root) {
  if (auto found = foreign_program(written)) return found;
  Workload workload = written;
  for (const auto* path : paths_of(workload))
    if (!is_in_corpus(*path) && !toolchains::lies_in(*path, root))
      return Obstacle{"it names a path outside of the folder of pgo.toml", path->string()};
  std::vector<std::string> words;
  for (const auto* word : words_of_workload(workload)) words.push_back(*word);
  if (const auto word = word_outside(words, workload.cwd, root); !word.empty())
    return Obstacle{"it names a path outside of the folder of pgo.toml", word};
  if (workload.stdin_text && workload.stdin_text->find(root.string() + "/") != std::string::npos)
    return Obstacle{"its stdin-text names paths of this machine", ""};
  return std::nullopt;
}

std::optional<Obstacle> obstacle_in(const std::map<std::string, std::string>& variables,
                                    const fs::path& root) {
  for (const auto& [name, value] : variables)
    for (const auto& part : parts_of(value))
      if (is_outside(part, "/", "/dev") || part.starts_with(root.string() + "/"))
        return Obstacle{"its run-env names a path of this machine", name + "=" + value};
  return std::nullopt;
}

Workload made_portable(Workload workload, const fs::path& root, measure::Compared compared) {
  for (auto* path : paths_of(workload))
    if (!is_in_corpus(*path)) *path = path->lexically_relative(root);
  if (workload.stdin_text) workload.stdin_file.reset();
  for (auto* word : words_of_workload(workload)) *word = without_root(*word, root.string());
  workload.setup.clear();
  workload.corpora.clear();
  workload.role = pgo::Role::measure;
  auto& expect = workload.expect;
  expect.settles = false;
  if (compared == measure::Compared::sorted) expect.stdout_sorted = true;
  if (compared == measure::Compared::exit_code) expect.stdout_any = true;
  return workload;
}

Workload placed(Workload portable, const fs::path& inputs) {
  for (auto* path : paths_of(portable))
    if (!is_in_corpus(*path)) *path = (inputs / *path).lexically_normal();
  return portable;
}

PortableJson json_of_workload(const Workload& portable) {
  return {
      {"name", portable.name},
      {"program", portable.program},
      {"args", portable.args},
      {"command", portable.command},
      {"steps", portable.steps},
      {"prepare", portable.prepare},
      {"stdin", portable.stdin_file ? PortableJson(portable.stdin_file->generic_string()) : PortableJson()},
      {"stdin_text", portable.stdin_text},
      {"env", portable.env},
      {"unset", portable.unset},
      {"clean_env", portable.clean_env},
      {"cwd", portable.cwd.generic_string()},
      {"weight", portable.weight},
      {"timeout_s", portable.timeout},
      {"stdout_mode", portable.stdout_mode},
      {"expect", json_of(portable.expect)},
      {"guard", portable.guard},
      {"cpu_guard", portable.cpu_guard},
      {"floor_s", portable.floor}};
}

Workload workload_from_json(const PortableJson& json) {
  using Commands = std::vector<std::vector<std::string>>;
  Workload workload;
  workload.name = json.at("name");
  workload.program = json.at("program");
  workload.args = json.at("args").get<std::vector<std::string>>();
  workload.command = json.at("command").get<std::vector<std::string>>();
  workload.steps = json.at("steps").get<Commands>();
  workload.prepare = json.at("prepare").get<Commands>();
  workload.stdin_file = path_in(json, "stdin");
  workload.stdin_text = json.at("stdin_text").get<Text>();
  workload.env = json.at("env").get<std::map<std::string, std::string>>();
  workload.unset = json.at("unset").get<std::vector<std::string>>();
  workload.clean_env = json.at("clean_env");
  workload.cwd = json.at("cwd").get<std::string>();
  workload.role = pgo::Role::measure;
  workload.weight = json.at("weight");
  workload.timeout = json.at("timeout_s").get<Nanoseconds>();
  workload.stdout_mode = json.at("stdout_mode").get<pgo::StdoutMode>();
  workload.expect = expectation_from(json.at("expect"));
  workload.guard = json.at("guard").get<std::optional<double>>();
  workload.cpu_guard = json.at("cpu_guard").get<std::optional<double>>();
  workload.floor = json.at("floor_s").get<std::optional<Nanoseconds>>();
  demand_portable(workload);
  return workload;
}

}  // namespace pgo_orch::orchestrator
