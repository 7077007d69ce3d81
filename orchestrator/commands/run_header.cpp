#include "orchestrator/commands/run_header.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/humanize.h"
#include "toolchains/files.h"
#include "toolchains/host.h"

namespace pgo_orch::orchestrator {

report::Host host_here() {
  const auto facts = toolchains::host_facts();
  return {facts.cpu, facts.cores, facts.kernel, facts.virtualized, facts.warnings};
}

namespace {

/// Under a name of its own for each linker that a variant asks for: a release of it is compared with that
/// one.
void add_linker(const profiles::Settings& settings, const Planner& planner, Machine& machine,
                std::map<std::string, report::Tool>& found) {
  const std::string name = settings.linker ? fmt::format("linker {}", *settings.linker) : "linker";
  if (found.contains(name)) return;
  if (const auto& linker =
          machine.linker(planner.rust(), link_request(settings, planner.target_of(settings))))
    found[name] = {linker->version, "", linker->driver};
}

}  // namespace

std::map<std::string, report::Tool> find_tools(const Planner& planner, Machine& machine) {
  const auto& rust = planner.rust();
  std::map<std::string, report::Tool> found;
  found["rustc"] = {rust.version, rust.llvm_version, rust.rustc.string()};
  found["cargo"] = {rust.version, "", rust.cargo.string()};
  // The test link that identifies it also loads compiler and linker into the page cache before a
  // build is timed.
  const auto& variants = *planner.config().variants;
  add_linker(variants.at(variants.baseline()).settings, planner, machine, found);
  bool trains = false;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    const auto settings = variants.at(i).settings;
    trains = trains || settings.pgo.has_value();
    if (settings.linker) add_linker(settings, planner, machine, found);
  }
  if (!trains) return found;
  if (const auto& tool = machine.llvm_tool(rust, "llvm-profdata")) {
    found["llvm-profdata"] = {tool->version, tool->version, tool->path.string()};
  }
  return found;
}

std::vector<std::string> notes_on_wishes(const profiles::UserConfig& user) {
  std::vector<std::string> notes;
  for (const auto& wish : user.profile_wishes())
    notes.push_back(fmt::format("{}{} ({})", of_every_variant, wish.value, wish.origin));
  return notes;
}

report::Results run_header(const Planner& planner, std::map<std::string, report::Tool> tools,
                           const std::string& id, const std::string& started) {
  const auto& config = planner.config();
  report::Results results;
  results.tool_version = PGO_ORCH_VERSION;
  results.run = {.id = id, .started = started, .finished = {}};
  results.host = host_here();
  results.tools = std::move(tools);
  results.project.kind = to_word(config.project.kind);
  results.project.name = config.project.name;
  if (results.project.name.empty())
    results.project.name = fmt::format("{}", fmt::join(planner.project().packages, ", "));
  results.project.path = config.file.string();
  results.project.profile = config.project.profile;
  for (const auto& program : planner.project().programs) results.project.programs.push_back(program.name);
  results.baseline = config.variants->at(config.variants->baseline()).name;
  results.confidence = config.measure.confidence;
  results.precision = config.measure.precision;
  results.warnings = planner.user().overridden();
  results.notes = notes_on_wishes(planner.user());
  if (!planner.project().shadow.empty()) {
    results.notes.push_back(
        fmt::format("built in a copy of the workspace, {}, so that no Cargo.lock is written into yours: {}",
                    planner.project().shadow.front().to.string(), planner.project().shadow_reason));
  }
  return results;
}

}  // namespace pgo_orch::orchestrator
