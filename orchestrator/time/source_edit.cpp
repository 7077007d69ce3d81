#include "orchestrator/time/source_edit.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/plan/project.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

EditedText apply_edit(const SourceEdit& edit, std::string_view text) {
  EditedText edited;
  std::size_t from = 0;
  const auto next = [&] { return edit.replace.empty() ? std::string::npos : text.find(edit.replace, from); };
  for (std::size_t at = next(); at != std::string::npos; at = next()) {
    edited.text += text.substr(from, at - from);
    edited.text += edit.with;
    from = at + edit.replace.size();
    ++edited.places;
  }
  edited.text += text.substr(from);
  return edited;
}

fs::path edited_file(const Config& config) {
  return (project_folder(config) / config.build.patch->file).lexically_normal();
}

int check_source_edit(const Config& config) {
  const auto& scenarios = config.build.scenarios;
  const bool asked = std::ranges::find(scenarios, BuildScenario::incr_patched) != scenarios.end();
  if (!asked || !config.build.patch) return 0;
  const auto& edit = *config.build.patch;
  const fs::path file = edited_file(config);
  if (!fs::is_regular_file(file)) {
    throw Error(fmt::format("{}: [build] patch: there is no file {}; 'file' is relative to {}",
                            config.file.string(), file.string(), project_folder(config).string()));
  }
  const auto edited = apply_edit(edit, toolchains::read_file(file));
  if (edited.places == 0) {
    throw Error(
        fmt::format("{}: [build] patch: {} does not contain \"{}\"; 'replace' must match its text exactly",
                    config.file.string(), file.string(), edit.replace));
  }
  if (edit.replace == edit.with) {
    throw Error(fmt::format("{}: [build] patch: 'replace' and 'with' are the same: that changes nothing",
                            config.file.string()));
  }
  return edited.places;
}

}  // namespace pgo_orch::orchestrator
