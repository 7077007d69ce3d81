// `pgo-orch emit`: a pipeline that makes the release.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "orchestrator/commands/command.h"
#include "orchestrator/commands/emit_texts.h"
#include "orchestrator/config/config.h"
#include "pgo/recipe.h"
#include "toolchains/command.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/rustc.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

struct Pipeline {
  const char* name;
  const char* text;
};

constexpr Pipeline pipelines[] = {{"github-actions", texts::github_actions},
                                  {"gitlab-ci", texts::gitlab_ci},
                                  {"makefile", texts::makefile},
                                  {"sh", texts::shell}};

std::string replaced_in(const std::string& text, const std::string& word, const std::string& value) {
  return pgo::replace_placeholder(text, word, value);
}

/// On a machine of its own kind a target's programs run, and train.
std::string runner_for(const std::string& target) {
  return target.starts_with("aarch64") ? "${{ vars.ARM_RUNNER || 'ubuntu-24.04-arm' }}" : "ubuntu-latest";
}

std::vector<std::string> targets_of(const Config& config) {
  if (!config.release.targets.empty()) return config.release.targets;
  if (config.project.target) return {*config.project.target};
  toolchains::ProcessRunner runner;
  const auto rust = toolchains::find_rust(runner, config.project.toolchain.value_or(""), config.root);
  return {rust ? rust->host : "x86_64-unknown-linux-gnu"};
}

/// A pipeline ships what pgo.toml names; if that is the best, it has to measure.
std::string variant_words(const Config& config) {
  return config.release.variant == "best" ? "best --measure"
                                          : toolchains::shell_quote(config.release.variant);
}

std::string pipeline_text(const Pipeline& pipeline, const Config& config, const fs::path& file) {
  std::string text = pipeline.text;
  const auto targets = targets_of(config);
  std::string rows, list;
  for (const auto& target : targets) {
    rows += replaced_in(replaced_in(texts::github_row, "@TARGET@", target), "@RUNNER@", runner_for(target));
    list += (list.empty() ? "" : ", ") + target;
  }
  if (!rows.empty()) rows.pop_back();
  text = replaced_in(text, "@MATRIX@", rows);
  text = replaced_in(text, "@TARGETS@", list);
  text = replaced_in(text, "@VARIANT@", variant_words(config));
  return replaced_in(text, "@FILE@", toolchains::shell_quote(file.string()));
}

int emit(const Arguments& given) {
  const auto choices = "choose github-actions, gitlab-ci, makefile or sh";
  if (given.files.empty()) throw Error(fmt::format("emit needs the kind of pipeline: {}", choices));
  if (given.files.size() > 2) throw Error("emit takes a kind of pipeline and one pgo.toml");
  const auto* found = std::ranges::find(pipelines, given.files.front(), &Pipeline::name);
  if (found == std::end(pipelines))
    throw Error(fmt::format("emit knows no '{}': {}", given.files.front(), choices));
  const fs::path file = given.files.size() > 1 ? given.files[1] : "pgo.toml";
  const auto text = pipeline_text(*found, load_config(file), file);
  const fs::path out = given.text("output");
  if (!out.empty()) {
    if (fs::exists(out) && !given.has("force") && toolchains::read_file(out) != text)
      throw Error(fmt::format("{} exists: --force replaces it", out.string()));
    toolchains::write_file_atomically(out, text);
  } else if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
    throw Error("cannot write to standard output");
  }
  return static_cast<int>(Exit::ok);
}

}  // namespace

Command emit_command() {
  return {.name = "emit",
          .usage = "emit github-actions|gitlab-ci|makefile|sh [pgo.toml] [options]",
          .summary = "print a pipeline that makes the release",
          .options = Options{{"output,o", "FILE", group::output, "write it there instead"},
                             {"force", "", group::output, "replace a file that differs"}} +
                     help_option,
          .most_files = -1,
          .execute = emit};
}

}  // namespace pgo_orch::orchestrator
