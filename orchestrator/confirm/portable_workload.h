#pragma once
// A workload that runs on any machine: it names no path, starts no program but those that it measures, and
// finds its files where an archive is unpacked.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "measure/schema.h"
#include "orchestrator/config/config.h"

namespace pgo_orch::orchestrator {

/// Why something would not run on another machine.
struct Obstacle {
  std::string reason;  ///< without a path of this machine
  std::string what;    ///< the word that it is about, which may be one

  std::string text() const { return what.empty() ? reason : reason + ": " + what; }
};

/// No value: it would. `written`: as pgo.toml has it; `root`: the folder of pgo.toml.
std::optional<Obstacle> obstacle_of(const Workload& written, const std::filesystem::path& root);
/// The same of variables that a variant's program runs with.
std::optional<Obstacle> obstacle_in(const std::map<std::string, std::string>& variables,
                                    const std::filesystem::path& root);

/// A workload without an obstacle: its paths are relative to `root`, which its words call {root}, and its
/// output is compared as it was settled. Its setup and its training are left out.
Workload made_portable(Workload workload, const std::filesystem::path& root, measure::Compared compared);

/// The same with its paths below `inputs`.
Workload placed(Workload portable, const std::filesystem::path& inputs);

/// Whether a path of an archive stays in the folder that it is unpacked in.
bool stays_inside(const std::filesystem::path& path);

nlohmann::json json_of_workload(const Workload& portable);
/// Throws if it is not as json_of_workload writes it, or starts what it may not.
Workload workload_from_json(const nlohmann::json& json);

}  // namespace pgo_orch::orchestrator
