#include "orchestrator/plan/selection.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>

#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

bool matches(const std::vector<std::string>& globs, const std::string& name) {
  return globs.empty() || std::ranges::any_of(globs, [&](const auto& glob) {
           return fnmatch(glob.c_str(), name.c_str(), 0) == 0;
         });
}

namespace {

/// Adds the variants whose training others of the chosen ones use.
void add_trained(const Config& config, std::vector<std::size_t>& chosen) {
  std::set<std::string> wanted;
  for (const std::size_t i : chosen)
    if (const auto left_out = config.variants->at(i).left_out) wanted.insert(left_out->variant);
  if (wanted.empty()) return;
  for (std::size_t i = 0; i < config.variants->size(); ++i)
    if (wanted.contains(config.variants->at(i).name) && std::ranges::find(chosen, i) == chosen.end())
      chosen.push_back(i);
  std::ranges::sort(chosen);
}

}  // namespace

std::vector<std::size_t> choose_variants(const Config& config, const std::vector<std::string>& globs) {
  std::vector<std::size_t> chosen;
  std::vector<std::string> unmatched = globs;
  for (std::size_t i = 0; i < config.variants->size(); ++i) {
    const std::string name = config.variants->at(i).name;
    std::erase_if(unmatched, [&](const auto& glob) { return matches({glob}, name); });
    if (i == config.variants->baseline() || matches(globs, name)) chosen.push_back(i);
  }
  add_trained(config, chosen);
  if (unmatched.empty()) return chosen;
  throw Error(fmt::format("--variant {}: there is no such variant in {}; `pgo-orch plan` lists them",
                          unmatched.front(), config.file.string()));
}

std::vector<Workload> choose_workloads(const Config& config, const std::vector<Workload>& workloads,
                                       const std::vector<std::string>& globs) {
  std::vector<Workload> chosen;
  std::vector<std::string> unmatched = globs;
  for (const auto& workload : workloads) {
    std::erase_if(unmatched, [&](const auto& glob) { return matches({glob}, workload.name); });
    if (matches(globs, workload.name)) chosen.push_back(workload);
  }
  if (unmatched.empty()) return chosen;
  throw Error(
      fmt::format("--workload {}: there is no such workload in {}", unmatched.front(), config.file.string()));
}

}  // namespace pgo_orch::orchestrator
