#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/build/room.h"
#include "orchestrator/doctor/findings.h"
#include "report/humanize.h"
#include "toolchains/host.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

constexpr const char* room_group = "Room";
constexpr const char* project_group = "This project";
constexpr Bytes little_disk{std::uint64_t{2} << 30};
constexpr std::size_t most_said = 20;  // variants of a matrix may all lack the same tool

Finding of_room(const char* name, std::optional<Bytes> free, std::optional<Bytes> needed, Bytes least) {
  if (!free) return {room_group, name, Fitness::warning, "how much is free is not known"};
  const auto limit = needed.value_or(least).count;
  const bool enough = free->count >= limit;
  const auto need =
      needed ? fmt::format("an instrumented build of this project may need {}", report::human(*needed))
             : "what builds need is known when one was made";
  return {room_group, name, enough ? Fitness::ok : Fitness::warning, report::human(*free) + " free", need};
}

/// The nearest folder that is there.
fs::path existing(fs::path folder) {
  std::error_code error;
  while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  return folder;
}

Finding of_variant(const VariantPlan& plan) {
  return {
      project_group,     plan.name, Fitness::missing, plan.missing->what, "this variant cannot be built here",
      plan.missing->hint};
}

}  // namespace

FindingList find_room(const Layout& layout) {
  const Need need = need_of_instrumented_build(layout);
  std::error_code unknown;
  const auto space = fs::space(existing(layout.state), unknown);
  return {of_room("memory", toolchains::free_memory(), need.memory, Bytes{}),
          of_room("disk", unknown ? std::nullopt : std::optional(Bytes{space.available}), need.disk,
                  little_disk)};
}

FindingList find_needs(const Planner& planner) {
  const Config& config = planner.config();
  FindingList found;
  std::size_t fit = 0;
  for (std::size_t i = 0; i < config.variants->size(); ++i) {
    const auto plan = planner.plan(i);
    if (!plan.missing)
      ++fit;
    else if (found.size() < most_said)
      found.push_back(of_variant(plan));
  }
  for (const auto& reference : config.questions.references)
    for (const auto* command : {&reference.build, &reference.run})
      if (!command->empty() && command->front().find('{') == std::string::npos &&
          !toolchains::find_executable(command->front(), {}, config.root))
        found.push_back({project_group, "reference " + reference.name, Fitness::missing,
                         command->front() + " is not on the PATH", "this reference is left out without it"});
  found.insert(
      found.begin(),
      {project_group, config.file.filename().string(), Fitness::ok,
       fmt::format("{} of {} can be built here", fit,
                   report::human_count(static_cast<std::int64_t>(config.variants->size()), "variant"))});
  return found;
}

bool lacks_anything(const FindingList& needs) {
  return std::ranges::any_of(needs, [](const Finding& need) { return need.fitness == Fitness::missing; });
}

}  // namespace pgo_orch::orchestrator
