#pragma once
// Puts the files of corpora where workloads find them.

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/config/config.h"
#include "orchestrator/store/layout.h"
#include "report/progress.h"
#include "report/results.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

/// Copies the files of all corpora that workloads name into the state folder, so that workloads see these
/// files and no others, and can write there; what an earlier run left is brought up to date. Repositories are
/// fetched into `checkouts`, unless they are there. Proves first that workloads train and are judged with
/// different files. Errors: what content_of, demand_apart and git say.
std::vector<report::Corpus> prepare_corpora(const Config& config, const Layout& layout,
                                            const std::filesystem::path& checkouts,
                                            toolchains::Runner& runner, report::Progress& progress);

/// "corpus 'train': 12 files, 30.2 KiB of https://... at ..."
std::string describe(const report::Corpus& corpus);

}  // namespace pgo_orch::orchestrator
