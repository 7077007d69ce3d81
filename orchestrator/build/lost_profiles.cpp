#include "orchestrator/build/lost_profiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "report/humanize.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

using pgo::TrainStep;

namespace {

LostProfiles of_the_ended(const TrainStep& step, const toolchains::Outcome& outcome) {
  return {outcome.strays,
          fmt::format(", so its profile is lost. Training waits for all processes up to train-timeout ({}): "
                      "let them end by themselves, or raise it",
                      report::human(step.command.timeout))};
}

LostProfiles unwritable(const TrainStep& step, std::uintmax_t said_before) {
  LostProfiles lost;
  const std::string log = toolchains::read_file(step.command.log_file).substr(said_before);
  constexpr std::string_view complaint = "LLVM Profile Error: ";
  for (auto at = log.find(complaint); at != std::string::npos; at = log.find(complaint, at + 1))
    lost.each.push_back("a profile is lost: " + log.substr(at, log.find('\n', at) - at));
  return lost;
}

bool has_profiles(const std::filesystem::path& folder) {
  std::error_code missing;
  return std::ranges::any_of(std::filesystem::directory_iterator(folder, missing),
                             [](const auto& entry) { return entry.path().extension() == ".profraw"; });
}

LostProfiles unwritten(const TrainStep& step, const toolchains::Outcome& outcome) {
  if (!has_profiles(step.raw_dir)) return {};  // that is said of the workload
  LostProfiles lost{.cause_and_remedy =
                        ", so what it did is not in the profile. A profile is written when a program ends "
                        "normally: not after a signal, abort or _exit, nor when it becomes another program "
                        "(exec). Let it end normally; if nothing of it needs training, write "
                        "lost-profiles = \"allow\" in [[workload]]"};
  if (!step.hint.empty()) lost.cause_and_remedy += ". " + step.hint;
  for (const auto& process : outcome.lost_profiles)
    lost.each.push_back(fmt::format("'{}' (process {}) wrote no profile", process.program, process.pid));
  return lost;
}

}  // namespace

LostProfiles lost_profiles(const TrainStep& step, const toolchains::Outcome& outcome,
                           std::uintmax_t said_before) {
  if (!outcome.strays.empty()) return of_the_ended(step, outcome);
  auto lost = unwritable(step, said_before);
  return lost.each.empty() ? unwritten(step, outcome) : lost;
}

std::string shortened(const std::vector<std::string>& lost) {
  return lost.size() == 1 ? lost.front() : fmt::format("{} (and {} more)", lost.front(), lost.size() - 1);
}

}  // namespace pgo_orch::orchestrator
