#include "orchestrator/release/proof.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/build/prove_stage.h"
#include "orchestrator/build/symbols.h"
#include "pgo/cargo_output.h"
#include "pgo/placement.h"
#include "report/humanize.h"
#include "toolchains/elf.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

template <class Step>
const Step* step_of(const VariantPlan& plan, pgo::Stage stage) {
  for (const auto& step : plan.steps)
    if (const auto* build = std::get_if<Step>(&step); build && build->stage == stage) return build;
  return nullptr;
}

const pgo::ProveStep& prove_step_of(const VariantPlan& plan) {
  for (const auto& step : plan.steps)
    if (const auto* prove = std::get_if<pgo::ProveStep>(&step)) return *prove;
  throw std::logic_error("a plan without a proof");
}

/// What compilers were told to read: of a saved profile a copy, whose functions are spread over units.
fs::path profile_in(const std::vector<profiles::Flag>& flags) {
  constexpr std::string_view option = "-Cprofile-use=";
  for (const auto& flag : flags)
    if (flag.text.starts_with(option)) return flag.text.substr(option.size());
  throw std::logic_error("an optimized build without a profile");
}

/// What the final stage made, with its symbols.
struct Linked {
  fs::path profile;
  fs::path folder;
  std::vector<std::string> programs;
};

Linked linked_by(const VariantPlan& plan) {
  Linked linked;
  if (const auto* build = step_of<pgo::BuildStep>(plan, pgo::Stage::optimized)) {
    linked = {profile_in(build->flags), build->output_dir, {}};
    for (const auto& program : build->programs) linked.programs.push_back(program.name);
  } else if (const auto* command = step_of<pgo::CommandStep>(plan, pgo::Stage::optimized)) {
    linked = {
        profile_in(command->flags), command->program.parent_path(), {command->program.filename().string()}};
  }
  return linked;
}

/// A command links where it likes, so its map has a place of ours.
fs::path map_of(const pgo::CommandStep& step) {
  return step.calls.parent_path() / fmt::format("{}.link.map", pgo::name_of(step.stage));
}

/// As cargo has rustc call it: the last flag that names one, else what is configured.
std::string linker_of(const pgo::BuildStep& build) {
  std::string linker = build.linker;
  for (const auto& flag : build.flags) {
    const auto option = profiles::key_of(flag.text);
    if (option.key == "linker") linker = option.value;
  }
  return linker;
}

[[noreturn]] void refuse(const std::string& why) {
  throw Error(why, Exit::failed);
}

/// The maps that were written for programs of this name: cargo calls them NAME-HASH, dashes as underscores.
std::vector<fs::path> maps_of(const pgo::BuildStep& build, const std::string& program) {
  std::string crate = program;
  std::ranges::replace(crate, '-', '_');
  std::vector<fs::path> maps;
  for (const char* folder : {"deps", "examples"}) {
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(build.cargo_output_dir / folder, missing)) {
      const auto name = entry.path().filename().string();
      const bool is_its = name.starts_with(crate + "-") || name.starts_with(program + "-");
      if (is_its && name.ends_with(".map")) maps.push_back(entry.path());
    }
  }
  return maps;
}

}  // namespace

namespace {

void have_link_mapped(pgo::BuildStep& build, const std::string& target, const fs::path& folder) {
  const std::string linker = linker_of(build);
  const auto found = toolchains::find_executable(linker, build.command.env, build.command.cwd);
  if (!found) throw Error(fmt::format("the linker '{}' is not on the PATH", linker), Exit::tool);
  const auto script = pgo::mapping_linker(folder / pgo::name_of(build.stage), *found, build.target_dir);
  toolchains::write_file_atomically(script.path, script.text);
  fs::permissions(script.path, fs::perms::owner_exec, fs::perm_options::add);
  // A name on the PATH stays that name: a linker that cargo is told would silence rustc's own choice of lld.
  if (linker.find('/') != std::string::npos) return link_by(build, target, script.path);
  const auto path = toolchains::variable("PATH", build.command.env).value_or("");
  build.command.env["PATH"] = script.path.parent_path().string() + ":" + path;
}

}  // namespace

void have_links_mapped(VariantPlan& plan, const fs::path& folder) {
  if (!plan.settings.pgo) return;
  for (auto& step : plan.steps)
    if (auto* build = std::get_if<pgo::BuildStep>(&step))
      have_link_mapped(*build, plan.target, folder);
    else if (auto* command = std::get_if<pgo::CommandStep>(&step))
      map_link(*command, map_of(*command));
}

void have_lookups_told(VariantPlan& plan) {
  fs::path log;
  for (auto& step : plan.steps) {
    const auto tell = [&](auto* build) {
      if (!build || build->stage != pgo::Stage::optimized) return;
      tell_lookups(*build);
      log = build->command.log_file;
    };
    tell(std::get_if<pgo::BuildStep>(&step));
    tell(std::get_if<pgo::CommandStep>(&step));
    if (auto* prove = std::get_if<pgo::ProveStep>(&step)) prove->lookups = log;
  }
}

namespace {

/// cargo's command lines would not tell of a wrapper that drops a flag; rustc's own list of files does.
std::int64_t crates_with_profile(const pgo::BuildStep& build) {
  const fs::path profile = profile_in(build.flags);
  std::int64_t with = 0;
  std::vector<std::string> without;
  for (const char* folder : {"deps", "examples"}) {
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(build.cargo_output_dir / folder, missing)) {
      if (entry.path().extension() != ".d") continue;
      const auto sources = pgo::parse_dep_info(toolchains::read_file(entry.path()));
      const bool named = std::ranges::any_of(
          sources, [&](const std::string& source) { return fs::path(source) == profile; });
      const auto name = entry.path().stem().string();
      named ? void(++with) : without.push_back(name.substr(0, name.rfind('-')));
    }
  }
  std::ranges::sort(without);
  if (!without.empty())
    refuse(
        fmt::format("rustc did not read the profile for {}, as its own list of what it read shows: "
                    "something between cargo and rustc, such as a wrapper (RUSTC, build.rustc), drops "
                    "-Cprofile-use",
                    fmt::join(without, ", ")));
  if (with == 0)
    refuse(
        fmt::format("there is no list of what rustc read (*.d) in {}, so it is not known whether it read "
                    "the profile",
                    (build.cargo_output_dir / "deps").string()));
  return with;
}

/// Compilers that a command calls leave no such list, but say which functions they look up.
void demand_lookups(const pgo::CommandStep& build, const ManifestPgo& found) {
  if (!found.hot_counts)
    refuse(fmt::format(
        "no compiler said that it looked any function up in the profile: something between the "
        "command and them, such as a wrapper, drops -fprofile-use or -Cprofile-use, or keeps what "
        "they print from {}",
        build.command.log_file.string()));
  if (*found.hot_counts == 0)
    refuse("the compilers looked up no function that the profile has with the same hash");
}

}  // namespace

void prove_reading(const VariantPlan& plan, ManifestPgo& found) {
  if (const auto* build = step_of<pgo::BuildStep>(plan, pgo::Stage::optimized))
    found.crates_with_profile = crates_with_profile(*build);
  else
    demand_lookups(*step_of<pgo::CommandStep>(plan, pgo::Stage::optimized), found);
}

namespace {

using Map = std::map<std::string, pgo::PlacedCode>;

std::vector<Map> read_maps(const VariantPlan& plan, pgo::Stage stage, const std::string& program) {
  std::vector<fs::path> files;
  if (const auto* build = step_of<pgo::BuildStep>(plan, stage)) files = maps_of(*build, program);
  if (const auto* command = step_of<pgo::CommandStep>(plan, stage)) files = {map_of(*command)};
  std::vector<Map> maps;
  for (const auto& file : files)
    if (fs::exists(file)) maps.push_back(pgo::parse_link_map(toolchains::read_file(file)));
  return maps;
}

pgo::Placement placement_of(const VariantPlan& plan, const fs::path& linked,
                            const std::map<std::string, pgo::Heat>& heat) {
  const auto program = linked.filename().string();
  const auto functions = toolchains::functions_of(with_own_symbols(linked));
  const auto sources = read_maps(plan, pgo::Stage::instrumented, program);
  pgo::Placement best;
  for (const auto& map : read_maps(plan, pgo::Stage::optimized, program)) {
    const auto placement =
        compare_placement(map, heat, functions, sources.empty() ? nullptr : &sources.front());
    if (placement.fits() || best.functions + best.elsewhere == 0) best = placement;
  }
  return best;
}

}  // namespace

namespace {

/// Often the profile is of other code, such as that of another target.
std::string matched_in(const ManifestPgo& found) {
  if (!found.hot_counts) return "";
  return fmt::format("; {} % of the profile's counts are of functions that compilers found in it",
                     report::human_percent(100 * *found.hot_counts));
}

}  // namespace

void prove_code(const VariantPlan& plan, const fs::path& shipped, toolchains::Runner& runner,
                ManifestPgo& found) {
  const auto made = linked_by(plan);
  std::string shown;
  if (const auto failed = show_profile(prove_step_of(plan), made.profile, runner, shown))
    refuse(failed->reason);
  const auto heat = pgo::heat_in_profile(pgo::profile_records(shown));
  std::vector<std::string> silent;
  for (const auto& program : made.programs) {
    const fs::path linked = made.folder / program;
    if (toolchains::code_sha256(shipped / program) != toolchains::code_sha256(linked))
      refuse(fmt::format("{}: its code is not what was linked with the profile and proved, {}",
                         (shipped / program).string(), linked.string()));
    const auto placement = placement_of(plan, linked, heat);
    if (!placement.fits())
      refuse(
          fmt::format("{}: the linker wrote no map that fits it ({} functions found, {} elsewhere), so its "
                      "code cannot show that the profile was used{}",
                      program, placement.functions, placement.elsewhere,
                      step_of<pgo::CommandStep>(plan, pgo::Stage::optimized)
                          ? ": the build command must link it by cc, clang or rustc, without -s, and link "
                            "nothing after it"
                          : ""));
    if (placement.says_nothing())
      silent.push_back(program);
    else if (!placement.shows_profile())
      refuse(
          fmt::format("{}: its code was compiled without the profile: of {} functions that are hot in the "
                      "profile none is in a section of hot code, and of {} cold ones {} in one of cold code",
                      program, placement.hot, placement.cold, placement.cold_marked));
    found.hot_functions += placement.hot;
    found.hot_marked += placement.hot_marked;
    found.cold_functions += placement.cold;
    found.cold_marked += placement.cold_marked;
  }
  if (silent.size() == made.programs.size())
    refuse(
        fmt::format("{}: too few functions are hot or cold for the code to show that the profile was used{}",
                    fmt::join(silent, ", "), matched_in(found)));
  for (const auto& program : silent)
    found.remarks.push_back(fmt::format(
        "{}: too few of its functions are hot or cold for its own code to show the profile", program));
}

}  // namespace pgo_orch::orchestrator
