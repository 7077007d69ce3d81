#include "orchestrator/release/attest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/build/sources.h"
#include "orchestrator/build/step_result.h"
#include "pgo/recipe.h"
#include "report/json_values.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Json;
using nlohmann::literals::operator""_json_pointer;

namespace {

Json settings_in(const Manifest& manifest) {
  Json settings = Json::object();
  for (const auto& setting : manifest.settings) {
    auto value = Json::parse(setting.value, nullptr, false);
    settings[setting.key] = value.is_discarded() ? Json(setting.value) : std::move(value);
  }
  return settings;
}

Json dependencies_in(const Manifest& manifest, const std::string& lock_sha256) {
  Json dependencies = Json::array();
  if (!manifest.project.revision.empty())
    dependencies.push_back({{"name", "source"}, {"digest", {{"gitCommit", manifest.project.revision}}}});
  if (!lock_sha256.empty())
    dependencies.push_back({{"name", "Cargo.lock"}, {"digest", {{"sha256", lock_sha256}}}});
  for (const auto& corpus : manifest.corpora) {
    Json entry{{"name", "corpus " + corpus.name}, {"digest", {{"sha256", corpus.sha256}}}};
    if (!corpus.git.empty()) {
      entry["uri"] = (corpus.git.find("://") == std::string::npos ? "" : "git+") + corpus.git;
      entry["digest"]["gitCommit"] = corpus.commit;
    }
    dependencies.push_back(std::move(entry));
  }
  if (manifest.pgo)
    dependencies.push_back({{"name", "profile"}, {"digest", {{"sha256", manifest.pgo->profile_sha256}}}});
  return dependencies;
}

/// Those that cargo-cyclonedx wrote, by package; every member of a workspace has one.
std::map<std::string, std::string> bills_below(const fs::path& folder, const std::string& root) {
  std::map<std::string, std::string> bills;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.path().filename().string().starts_with("pgo-orch-sbom")) continue;
    const auto text = toolchains::read_file(entry.path());
    const auto json = Json::parse(text, nullptr, false);
    const auto name = "/metadata/component/name"_json_pointer;
    if (json.is_object() && json.contains(name))
      bills[json.at(name).get<std::string>()] = pgo::replace_placeholder(text, root, "/source");
  }
  return bills;
}

}  // namespace

std::string provenance_of(const Manifest& manifest, const std::string& started, const std::string& finished,
                          const std::string& lock_sha256) {
  Json subjects = Json::array();
  for (const auto& file : manifest.files)
    if (file.kind != FileKind::checksums && file.kind != FileKind::include)
      subjects.push_back({{"name", file.path}, {"digest", {{"sha256", file.sha256}}}});
  Json flags = Json::array();
  for (const auto& flag : manifest.flags) flags.push_back(flag.flag);
  Json tools = Json::object();
  for (const auto& [name, version] : manifest.tools) tools[name] = version;
  const Json statement{
      {"_type", "https://in-toto.io/Statement/v1"},
      {"subject", subjects},
      {"predicateType", "https://slsa.dev/provenance/v1"},
      {"predicate",
       {{"buildDefinition",
         {{"buildType", "urn:pgo-orch:release:1"},
          {"externalParameters",
           {{"project", manifest.project.name},
            {"version", manifest.project.version},
            {"variant", manifest.variant},
            {"target", manifest.target},
            {"settings", settings_in(manifest)}}},
          {"internalParameters", {{"rustflags", flags}, {"tools", tools}}},
          {"resolvedDependencies", dependencies_in(manifest, lock_sha256)}}},
        {"runDetails",
         {{"builder", {{"id", "urn:pgo-orch"}, {"version", {{"pgo-orch", manifest.tool_version}}}}},
          {"metadata", {{"startedOn", started}, {"finishedOn", finished}}}}}}}};
  return statement.dump(2) + "\n";
}

void demand_tool_for_bill(const Planner& planner) {
  if (planner.config().project.kind != ProjectKind::manifest)
    throw Error("'sbom' in [release] only applies to a Cargo project");
  if (!toolchains::find_executable("cargo-cyclonedx", planner.rust().env))
    throw Error("'sbom' in [release] needs cargo-cyclonedx: cargo install --locked cargo-cyclonedx",
                Exit::tool);
}

std::map<std::string, std::string> bills_of_materials(const VariantPlan& plan, const Planner& planner,
                                                      const fs::path& scratch, std::int64_t seconds,
                                                      toolchains::Runner& runner) {
  demand_tool_for_bill(planner);
  const auto copy = copy_sources(plan, planner, planner.config().project.manifest, scratch);
  toolchains::Command command;
  command.argv = {"cargo-cyclonedx",     "cyclonedx",    "--format", "json",
                  "--spec-version",      "1.5",          "--target", plan.target,
                  "--override-filename", "pgo-orch-sbom"};
  const auto& project = planner.config().project;
  if (!project.default_features) command.argv.emplace_back("--no-default-features");
  if (!project.features.empty())
    command.argv.insert(command.argv.end(),
                        {"--features", fmt::format("{}", fmt::join(project.features, ","))});
  command.cwd = copy.cwd;
  command.env = planner.rust().env;
  command.env["CARGO"] = planner.rust().cargo.string();
  command.env["SOURCE_DATE_EPOCH"] = std::to_string(seconds);  // it then has no random serial number either
  command.log_file = scratch / "cyclonedx.log";
  const auto outcome = run_logged(command, runner);
  if (!outcome.ok()) {
    const auto failed = failed_command("sbom", command, outcome);
    throw Error(
        fmt::format("no bill of materials: {}\n  {}", failed.reason, fmt::join(failed.failure.tail, "\n  ")),
        Exit::failed);
  }
  auto root = mirrored(planner.project(), planner.project().workspace_root, scratch).string();
  if (root.ends_with('/')) root.pop_back();
  const auto written = bills_below(scratch, root);
  std::map<std::string, std::string> bills;
  for (const auto& package : planner.project().packages) {
    const auto found = written.find(package.substr(0, package.find('@')));
    if (found == written.end())
      throw Error(fmt::format("no bill of materials: cargo-cyclonedx wrote none for package {}", package),
                  Exit::failed);
    bills.insert(*found);
  }
  return bills;
}

}  // namespace pgo_orch::orchestrator
