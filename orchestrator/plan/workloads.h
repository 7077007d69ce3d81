#pragma once
// Workloads of pgo.toml for a project whose programs are known.

#include <string>
#include <vector>

#include "orchestrator/config/config.h"
#include "orchestrator/store/layout.h"
#include "pgo/recipe.h"

namespace pgo_orch::orchestrator {

/// With their program, folders and standard input filled in. Error: one runs a program that there is not.
std::vector<Workload> resolved_workloads(const Config& config, const std::vector<std::string>& programs,
                                         const Layout& layout);

/// The workload with {root} replaced in all its words.
Workload with_root(Workload workload, const std::filesystem::path& root);

/// Those of them that train a variant.
std::vector<Workload> training_of(const profiles::Pgo& pgo, const std::vector<Workload>& workloads);

/// stdin-text of workloads, to be written before anything runs.
std::vector<pgo::GeneratedFile> workload_files(const std::vector<Workload>& workloads);

/// Of what one run does, as pgo.toml says it: the same in any folder. SHA-256, hexadecimal.
std::string digest_of_commands(const Workload& written);

/// A command's words with {root} and {tmp} replaced.
std::vector<std::string> replace_folders(std::vector<std::string> words, const Config& config,
                                         const Layout& layout);

}  // namespace pgo_orch::orchestrator
