#include "orchestrator/commands/starting.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <sstream>

#include "orchestrator/commands/run.h"
#include "toolchains/command.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

constexpr const char* of_program = "Program";
constexpr const char* of_workload = "Workload";

int exit_code(const Arguments& given) {
  if (!given.has("exit-code")) return 0;
  const std::string text = given.text("exit-code");
  int code = -1;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), code);
  if (failed != std::errc() || end != text.data() + text.size() || code < 0 || code > 255)
    throw Error(fmt::format("--exit-code {}: give a number from 0 to 255", text));
  return code;
}

std::vector<std::string> words_in(const std::string& option, const std::string& line) {
  try {
    return toolchains::split_shell_words(line);
  } catch (const Error& error) {
    throw Error(fmt::format("--{} {}: {}", option, line, error.what()));
  }
}

/// What pgo.toml can hold.
void check_text(const std::string& what, const std::string& text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());
  } catch (const nlohmann::json::type_error&) {
    throw Error(fmt::format(
        "{} is not UTF-8, which pgo.toml cannot hold: rename the file, or give other text", what));
  }
}

/// As pgo.toml names it, which lies in `root`.
std::string from_root(const std::string& option, const std::string& file, const fs::path& root) {
  if (file == "-")
    throw Error(fmt::format("--{} -: give a file: every run reads it from the beginning", option));
  const fs::path path = fs::absolute(file).lexically_normal();
  std::error_code error;
  if (!fs::exists(path, error)) throw Error(fmt::format("--{} {}: file not found", option, file));
  if (fs::is_directory(path, error))
    throw Error(fmt::format("--{} {}: is a folder, not a file", option, file));
  const fs::path relative = path.lexically_relative(root);
  const auto named = relative.empty() || *relative.begin() == ".." ? path.string() : relative.string();
  check_text(fmt::format("the path of --{}", option), named);
  return named;
}

std::vector<std::string> features(const Arguments& given) {
  std::vector<std::string> names;
  for (std::string list : given.all("features")) {
    std::ranges::replace(list, ',', ' ');
    std::istringstream words(list);
    for (std::string name; words >> name;) names.push_back(name);
  }
  return names;
}

}  // namespace

Options starting_options() {
  return {
      {"held-out", "ARGS", of_workload,
       "the arguments to time, quoted as for a shell; those behind -- then only train", false, "", true},
      {"stdin", "FILE", of_workload, "what the program reads on standard input"},
      {"held-out-stdin", "FILE", of_workload,
       "what it reads when it is timed; --stdin is then only for training"},
      {"exit-code", "N", of_workload, "the exit code that is right (default: 0)"},
      {"timeout", "TIME", of_workload, "how long a run may take (default: 1m)"},
      {"package", "NAME", of_program, "the package of the workspace"},
      {"bin", "NAME", of_program, "the program, if there are several"},
      {"example", "NAME", of_program, "an example instead of a program"},
      {"features", "LIST", of_program, "features to build with, as cargo's (repeatable)", true},
      {"profile", "NAME", of_program, "the cargo profile to start from (default: release)"},
  };
}

WantedProgram wanted_program(const Arguments& given) {
  refuse_together(given, "bin", "example");
  return {.package = given.text("package"),
          .bin = given.text("bin"),
          .example = given.text("example"),
          .features = features(given),
          .profile = given.has("profile") ? given.text("profile") : "release"};
}

FirstFile first_file(const Arguments& given, const WantedProgram& wanted, const fs::path& root) {
  FirstFile file{.profile = wanted.profile, .features = wanted.features};
  const fs::path here = fs::current_path().lexically_relative(root);
  if (here != ".") file.cwd = here.string();

  for (std::size_t i = 0; i < given.files.size(); ++i)
    check_text(fmt::format("argument {} of the program", i + 1), given.files[i]);
  FirstWorkload trained{.name = "main", .args = given.files, .exit_code = exit_code(given)};
  if (time_of(given, "timeout")) trained.timeout = given.text("timeout");
  if (given.has("stdin")) trained.stdin_file = from_root("stdin", given.text("stdin"), root);
  if (!given.has("held-out") && !given.has("held-out-stdin")) {
    file.workloads = {trained};
    return file;
  }
  FirstWorkload timed = trained;
  trained.name = "train";
  trained.role = pgo::Role::train;
  timed.name = "held-out";
  timed.role = pgo::Role::measure;
  if (given.has("held-out")) timed.args = words_in("held-out", given.text("held-out"));
  for (const auto& word : timed.args) check_text("an argument of the program", word);
  if (given.has("held-out-stdin"))
    timed.stdin_file = from_root("held-out-stdin", given.text("held-out-stdin"), root);
  if (timed.args == trained.args && timed.stdin_file == trained.stdin_file)
    throw Error("what is held out is the same as what trains: give other arguments or another file");
  file.workloads = {trained, timed};
  return file;
}

}  // namespace pgo_orch::orchestrator
