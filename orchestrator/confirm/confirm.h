#pragma once
// Are the claims of a run also true here? Its artifacts, measured again.

#include <cstdint>
#include <filesystem>
#include <optional>

#include "measure/timer/sampler.h"
#include "orchestrator/store/layout.h"
#include "report/confirm.h"
#include "report/progress.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

struct ConfirmOrder {
  std::filesystem::path archive;
  std::filesystem::path named;          ///< the results, as the user named them
  report::Results results;              ///< whose claims are judged
  std::optional<Nanoseconds> max_time;  ///< of one workload; none: what the run had
  std::uint64_t seed = 0;
};

struct ConfirmWork {
  const Layout& layout;  ///< of the confirmation itself: emptied, then unpacked into
  toolchains::Runner& runner;
  report::Progress& progress;
};

/// Unpacks, checks each program's output, times them in the same rounds, and judges each claim again. What
/// does not do here what it did there leaves its claims not confirmed, with the reason. Throws Error if the
/// archive is of other artifacts than the results, the run claims nothing, or (Exit::tool) nothing at all can
/// be run here. `run` and `host` of the report are not set.
report::ConfirmReport confirm(const ConfirmOrder& order, const ConfirmWork& work, measure::Sampler& sampler);

}  // namespace pgo_orch::orchestrator
