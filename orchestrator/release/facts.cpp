#include "orchestrator/release/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>

#include "orchestrator/build/saved_profile.h"
#include "orchestrator/config/find.h"
#include "orchestrator/plan/renderings.h"
#include "orchestrator/plan/saved_profile.h"
#include "orchestrator/plan/workloads.h"
#include "orchestrator/release/command_tools.h"
#include "pgo/recipe.h"
#include "toolchains/clock.h"
#include "toolchains/error.h"
#include "toolchains/hash.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace {

/// The variant's, and those of the manifest and of cargo's configuration that it leaves alone. The values of
/// environment variables may be tokens.
std::vector<report::Setting> public_settings(const VariantPlan& plan, const Planner& planner) {
  auto shown = view_settings(plan.settings);
  for (const auto& [key, value] : settings_in_force(plan, planner))
    if (!find_by(shown, &report::Setting::key, key)) shown.push_back({key, value});
  std::erase_if(shown, [](const auto& setting) { return setting.key == "env" || setting.key == "run-env"; });
  return shown;
}

/// A manifest names no folder of this machine.
std::string without_folders(std::string text, const Layout& layout, const Config& config) {
  for (const auto& [word, folder] :
       {std::pair{"{state}", layout.alias}, {"{state}", layout.state}, {"{root}", config.root}})
    text = pgo::replace_placeholder(text, folder.string(), word);
  return text;
}

/// What the CPU must have, as the variant or the user's own flags ask for it.
void note_cpu(const VariantPlan& plan, Manifest& manifest) {
  if (plan.settings.target_cpu) manifest.cpu = *plan.settings.target_cpu;
  manifest.cpu_features = plan.settings.target_features;
  constexpr std::string_view features = "-Ctarget-feature=";
  for (const auto& flag : profiles::join_options(plan.flags)) {
    if (const auto option = profiles::key_of(flag.text); option.key == "target-cpu")
      manifest.cpu = option.value;
    if (!flag.text.starts_with(features)) continue;
    std::istringstream list(flag.text.substr(features.size()));
    for (std::string feature; std::getline(list, feature, ',');)
      if (feature.find("crt-static") == std::string::npos && !contains(manifest.cpu_features, feature))
        manifest.cpu_features.push_back(feature);
  }
}

}  // namespace

std::optional<std::int64_t> source_date_epoch() {
  const auto epoch = toolchains::variable("SOURCE_DATE_EPOCH").value_or("");
  if (epoch.empty()) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(epoch.data(), epoch.data() + epoch.size(), seconds);
  constexpr std::int64_t year_10000 = 253'402'300'800;
  if (failed == std::errc() && end == epoch.data() + epoch.size() && seconds >= 0 && seconds < year_10000)
    return seconds;
  throw Error(fmt::format("SOURCE_DATE_EPOCH={}: it must be a time in seconds since 1970", epoch));
}

std::int64_t time_of_members(const toolchains::GitState& source) {
  if (const auto epoch = source_date_epoch()) return *epoch;
  constexpr std::int64_t year_1980 = 315'532'800;
  return source.committed > 0 ? source.committed : year_1980;
}

Manifest manifest_of(const VariantPlan& plan, const report::VariantResult& row, const ReleaseOrder& order,
                     const Config& config, const Workshop& workshop) {
  const auto& planner = workshop.planner;
  Manifest manifest;
  manifest.tool_version = PGO_ORCH_VERSION;
  manifest.released = toolchains::timestamp(source_date_epoch());
  const auto& project = planner.project();
  manifest.project.name = config.project.name;
  if (manifest.project.name.empty()) manifest.project.name = project.packages.front();
  manifest.project.name = manifest.project.name.substr(0, manifest.project.name.find('@'));
  manifest.project.version = project.version;
  manifest.project.revision = order.source.revision;
  manifest.project.clean = order.source.clean;
  manifest.variant = order.variant.name;
  manifest.target = plan.target;
  manifest.portable = plan.portable;
  note_cpu(plan, manifest);
  manifest.settings = public_settings(plan, planner);
  for (std::size_t i = 0; i < row.rustflags.size(); ++i)
    if (row.flag_origins[i] != pgo::kept_for_proof)
      manifest.flags.push_back({row.rustflags[i], row.flag_origins[i]});
  for (const auto& [name, version] : order.tools) manifest.tools[name] = version;
  note_called_tools(plan, workshop.runner, manifest);
  for (auto& setting : manifest.settings)
    setting.value = without_folders(setting.value, planner.layout(), config);
  for (auto& flag : manifest.flags) flag.flag = without_folders(flag.flag, planner.layout(), config);
  manifest.corpora = order.corpora;
  if (plan.index == 0) manifest.effects = order.effects;
  return manifest;
}

ManifestPgo pgo_of(const VariantPlan& plan, const report::VariantResult& row, const Workshop& workshop) {
  ManifestPgo pgo;
  const auto& proved = *row.pgo;
  pgo.profile_sha256 = proved.sha256;
  pgo.saved = !plan.settings.pgo->profile.empty();
  for (const auto& trained : proved.workloads)
    if (const auto* written = find_by(workshop.planner.config().workloads, &Workload::name, trained.name))
      pgo.workloads.push_back({trained.name, toolchains::Sha256()
                                                 .field(digest_of_commands(*written))
                                                 .field(workshop.sources.digest_of_inputs(*written))
                                                 .hex()});
  if (pgo.saved)
    if (const auto training = provenance_of(profile_for(plan.settings.pgo->profile, plan.target)))
      for (const auto& trained : training->workloads) pgo.workloads.push_back({trained.name, trained.key});
  pgo.basis = proved.basis;
  pgo.functions_in_profile = proved.functions_in_profile;
  pgo.functions_matched = proved.functions_matched;
  pgo.functions_missing = proved.functions_missing;
  pgo.coverage = proved.coverage;
  if (proved.hot_counts) pgo.hot_counts = proved.hot_counts->by_hash;
  pgo.remarks = proved.remarks;
  return pgo;
}

std::vector<std::string> untrained_programs(const Planner& planner) {
  const auto& programs = planner.project().programs;
  std::set<std::string> trained;
  for (const auto& workload : planner.workloads()) {
    if (!workload.trains()) continue;
    if (workload.is_driven()) return {};  // it may run any of them
    trained.insert(workload.program.empty() ? programs.front().name : workload.program);
  }
  std::vector<std::string> untrained;
  for (const auto& program : programs)
    if (!trained.contains(program.name)) untrained.push_back(program.name);
  return untrained;
}

}  // namespace pgo_orch::orchestrator
