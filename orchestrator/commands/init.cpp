// `pgo-orch init`: writes the pgo.toml that a project begins with.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "orchestrator/commands/command.h"
#include "orchestrator/commands/starting.h"
#include "orchestrator/config/config.h"
#include "toolchains/command.h"
#include "toolchains/descriptor.h"
#include "toolchains/error.h"
#include "toolchains/process_runner.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// Not over a file that is there, even if it appeared a moment ago.
void write_new(const fs::path& file, const std::string& text) {
  const fs::path written = fmt::format("{}.{}.tmp", file.string(), getpid());
  const auto fail = [&](const char* what) {
    const int error = errno;
    ::unlink(written.c_str());
    if (error == EEXIST) throw Error(fmt::format("{} is there already: it is left as it is", file.string()));
    throw Error(fmt::format("cannot {} {}: {}", what, file.string(), std::strerror(error)), Exit::failed);
  };
  const auto out = toolchains::Descriptor::open(written, O_WRONLY | O_CREAT | O_EXCL);
  for (std::string_view rest = text; !rest.empty();) {
    const auto count = ::write(out.get(), rest.data(), rest.size());
    if (count < 0) fail("write");
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(out.get()) != 0) fail("write");
  if (::link(written.c_str(), file.c_str()) != 0) fail("make");
  ::unlink(written.c_str());
}

/// Arguments that most programs take, for the user to replace.
FirstFile placeholders(FirstFile file) {
  file.placeholders = true;
  FirstWorkload workload = file.workloads.front();
  workload.args = {"--help"};
  file.workloads.clear();
  for (const auto& [name, role] : {std::pair{"train", pgo::Role::train}, {"held-out", pgo::Role::measure}}) {
    workload.name = name;
    workload.role = role;
    file.workloads.push_back(workload);
  }
  file.cwd.clear();
  return file;
}

bool says_how_it_runs(const Arguments& given) {
  return !given.files.empty() || given.has("stdin") || given.has("held-out") || given.has("held-out-stdin");
}

int init(const Arguments& given) {
  const fs::path root = find_package_folder(fs::current_path());
  const fs::path target = root / "pgo.toml";
  std::error_code missing;
  if (fs::exists(fs::symlink_status(target, missing)))
    throw Error(fmt::format("{} is there already: it is left as it is", target.string()));
  toolchains::ProcessRunner runner;
  Machine machine(runner, root, layout_of({}, root).tools());
  const auto wanted = wanted_program(given);
  const auto facts = find_project(root, wanted, machine);
  FirstFile file = first_file(given, wanted, root);
  const bool complete = says_how_it_runs(given);
  if (!complete) file = placeholders(std::move(file));
  const auto text = first_pgo_toml(facts, file);
  parse_config(text, target);  // what is written can be read
  write_new(target, text);
  const auto typed = target.lexically_proximate(fs::current_path()).string();
  fmt::print("{}: baseline, tuned and pgo of {}\n", typed, facts.program.name);
  if (complete)
    fmt::print("next: pgo-orch run{}\n", typed == "pgo.toml" ? "" : " " + toolchains::shell_quote(typed));
  else
    fmt::print("next: put real arguments into its two workloads, then pgo-orch run{}\n",
               typed == "pgo.toml" ? "" : " " + toolchains::shell_quote(typed));
  return static_cast<int>(Exit::ok);
}

}  // namespace

Command init_command() {
  return {.name = "init",
          .usage = "init [options] [-- ARGUMENTS]",
          .summary = "write a pgo.toml for the Cargo project here",
          .options = starting_options() + help_option,
          .most_files = -1,
          .passes_words = true,
          .execute = init};
}

}  // namespace pgo_orch::orchestrator
