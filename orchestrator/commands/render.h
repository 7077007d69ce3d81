#pragma once
// `pgo-orch report`: a finished run again, in any format.

#include <filesystem>

#include "orchestrator/commands/outputs.h"

namespace pgo_orch::orchestrator {

struct RenderOptions {
  std::filesystem::path file = "pgo.toml";  ///< or a results.json, or a run's folder
  std::filesystem::path state_dir;
  std::string run;  ///< id; empty: the latest
  Exports exports;
  bool color_out = false;
};

/// Errors: there is no such run, it has no results.
int render(const RenderOptions& options);

}  // namespace pgo_orch::orchestrator
