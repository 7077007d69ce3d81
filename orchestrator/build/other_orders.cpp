#include "orchestrator/build/other_orders.h"

#include <fmt/format.h>

#include "orchestrator/build/build_stage.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

void link_in_other_orders(const pgo::Shuffling& shuffling, const Planner& planner,
                          toolchains::Runner& runner) {
  fs::remove_all(shuffling.folder);
  toolchains::make_folders(shuffling.folder);
  toolchains::write_file_atomically(shuffling.linker.path, shuffling.linker.text);
  fs::permissions(shuffling.linker.path, fs::perms::owner_all);
  StageRun took;
  const auto failed = rebuild(shuffling.build, runner, took);
  std::error_code ignored;
  fs::remove_all(shuffling.build.target_dir, ignored);
  if (failed) throw Error(failed->reason + "; see " + shuffling.build.command.log_file.string());
  for (const auto& program : planner.project().programs)
    if (!fs::exists(shuffling.executable(program.name, pgo::shuffled_orders - 1)))
      throw Error(
          fmt::format("cargo did not link '{}' with {}", program.name, shuffling.linker.path.string()));
}

}  // namespace pgo_orch::orchestrator
