#include "orchestrator/plan/planner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/config/find.h"
#include "orchestrator/plan/saved_profile.h"
#include "profiles/build_environment.h"
#include "profiles/cargo_profile.h"
#include "profiles/flags.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using toolchains::Missing;
using toolchains::Rustc;

namespace {

Rustc project_rust(const Config& config, Machine& machine) {
  const auto& rust = machine.rust(config.project.toolchain.value_or(""));
  if (!rust) throw Error(describe(rust.missing()), Exit::tool);
  return *rust;
}

/// All that cargo will read or is given. Where cargo runs is the first folder whose .cargo counts: the
/// variants of a source project see what lies above all of them, and are given what lies above pgo.toml; a
/// shadow's files are those of the tree it mirrors.
std::vector<profiles::ConfigFile> user_configs(const Config& config, const Layout& layout,
                                               const ResolvedProject& project) {
  const bool is_source = config.project.kind == ProjectKind::source;
  auto files = find_cargo_configs(is_source ? layout.state / "variants" : project_folder(config),
                                  current_environment());
  const auto append = [&](std::vector<profiles::ConfigFile> more) {
    files.insert(files.end(), more.begin(), more.end());
  };
  if (is_source) {
    for (const auto& file : project.outer_configs) append({{file, toolchains::read_file(file)}});
  }
  append(configs_in_arguments(config.project.cargo_args, project_folder(config)));
  return files;
}

/// Whether the variant asks for a linker of its own.
bool links_otherwise(const profiles::Settings& settings) {
  return settings.linker || settings.linker_driver || settings.crt_static || settings.relocation_model;
}

std::vector<std::string> package_arguments(const Config& config, const ResolvedProject& project,
                                           const profiles::Settings& settings) {
  std::vector<std::string> arguments;
  for (const auto& package : project.packages) arguments.insert(arguments.end(), {"-p", package});
  std::vector<std::string> features = config.project.features;
  features.insert(features.end(), settings.features.begin(), settings.features.end());
  if (!features.empty())
    arguments.insert(arguments.end(), {"--features", fmt::format("{}", fmt::join(features, ","))});
  if (!settings.default_features.value_or(config.project.default_features))
    arguments.emplace_back("--no-default-features");
  const auto& own = config.project.cargo_args;
  arguments.insert(arguments.end(), own.begin(), own.end());
  // Even a lock file that is current is rewritten if cargo would format it otherwise.
  const bool in_place =
      config.project.kind == ProjectKind::manifest && project.shadow.empty() && !settings.patch;
  if (in_place && !contains(own, "--locked") && !contains(own, "--frozen"))
    arguments.emplace_back("--locked");
  return arguments;
}

}  // namespace

toolchains::LinkRequest link_request(const profiles::Settings& settings, const std::string& target) {
  return {.target = target,
          .linker = settings.linker.value_or("default"),
          .driver = settings.linker_driver.value_or(""),
          .crt_static = settings.crt_static.value_or(false),
          .relocation_model = settings.relocation_model.value_or(""),
          .flags = {}};
}

Planner::Planner(const Config& config, Layout layout, Machine& machine,
                 const std::vector<std::size_t>& variants)
    : config_(config),
      layout_(std::move(layout)),
      rust_(project_rust(config, machine)),
      project_(resolve_project(config, layout_, machine, rust_)),
      strip_(machine.llvm_tool(rust_, "llvm-strip")) {
  user_ =
      std::make_unique<profiles::UserConfig>(user_configs(config, layout_, project_), current_environment());
  std::vector<std::string> programs;
  for (const auto& program : project_.programs) programs.push_back(program.name);
  workloads_ = resolved_workloads(config_, programs, layout_);
  for (const std::size_t index : variants) {
    const Needs needs = needs_of(config.variants->at(index));
    for (const auto& command : c_compilers_of(config.variants->at(index).settings))
      if (const auto& major = machine.clang_major(command); !major.empty()) clangs_.emplace(command, major);
    if (std::string key = needs.key(); !found_.contains(key))
      found_.emplace(std::move(key), machine.find(needs));
  }
  if (config.release.split_debug)
    llvm_tools_.emplace("llvm-objcopy", machine.llvm_tool(rust_, "llvm-objcopy"));
  if (config.questions.inspections.empty()) return;
  for (const char* name : {"llvm-objdump", "llvm-dwarfdump"})
    llvm_tools_.emplace(name, machine.llvm_tool(rust_, name));
}

Needs Planner::needs_of(const Variant& variant) const {
  const auto& settings = variant.settings;
  Needs needs;
  needs.toolchain = settings.toolchain.value_or(config_.project.toolchain.value_or(""));
  needs.target = target_of(settings);
  const auto request = link_request(settings, needs.target);
  if (links_otherwise(settings)) needs.link = request;
  if (config_.measure.layout_check && config_.project.kind != ProjectKind::command) {
    needs.other_orders = request;
    needs.other_orders->linker = "lld";
  }
  needs.native_cpu = settings.target_cpu == "native";
  needs.profile = settings.pgo.has_value();
  needs.instrument = settings.pgo && settings.pgo->profile.empty();
  needs.clang = settings.pgo && config_.project.kind == ProjectKind::command;
  return needs;
}

std::string Planner::target_of(const profiles::Settings& settings) const {
  if (settings.target) return *settings.target;
  if (config_.project.target) return *config_.project.target;
  const auto targets = user_->build_targets();
  if (config_.project.host_flags && !targets.empty()) {
    throw Error(
        fmt::format("{}: 'host-flags' cannot be used: {} sets the target {}, and with a target cargo does "
                    "not pass flags to build scripts; remove one of the two",
                    config_.file.string(), targets.front().origin, targets.front().value));
  }
  if (targets.size() > 1) {
    throw Error(fmt::format("{}: {} sets {} targets: choose one in [project], e.g. target = \"{}\"",
                            config_.file.string(), targets.front().origin, targets.size(),
                            targets.front().value));
  }
  return targets.empty() || targets.front().value == "host-tuple" ? rust_.host : targets.front().value;
}

SourcePlan Planner::source_plan(const Variant& variant, pgo::Recipe& recipe) const {
  SourcePlan plan;
  const auto& settings = variant.settings;
  const fs::path patched = recipe.folder.root / "patched";
  if (config_.project.kind == ProjectKind::source) {
    recipe.cargo_cwd = recipe.folder.root;
    plan.lock_file = recipe.folder.root / "Cargo.lock";
    for (const auto& [from, name] : source_files(config_, settings)) {
      plan.copies.emplace_back(from, recipe.folder.root / "src" / name);
    }
    plan.patch_folder = recipe.folder.root / "src";
  } else {
    recipe.cargo_cwd = project_.cargo_cwd;
    plan.mirrors = project_.shadow;
    if (settings.patch) {
      plan.mirrors = mirrors_of(project_, patched, true);
      recipe.cargo_cwd = mirrored(project_, config_.project.manifest.parent_path(), patched);
      plan.patch_folder = mirrored(project_, project_.workspace_root, patched);
    }
  }
  if (settings.patch) plan.patch = *settings.patch;
  return plan;
}

std::optional<Missing> Planner::add_tools(const Variant& variant, const Found& found, pgo::Recipe& recipe,
                                          VariantPlan& plan) const {
  const auto& settings = variant.settings;
  const auto build = build_words(found.rust->cargo);
  if (!build) return build.missing();
  recipe.tools.build = *build;
  recipe.tools.env = found.rust->env;
  recipe.tools.libraries = {found.rust->sysroot / "lib/rustlib" / recipe.target / "lib",
                            found.rust->sysroot / "lib"};
  if (!found.target) return Missing{found.target.reason, ""};
  std::vector<std::string> linker_flags;
  if (links_otherwise(settings)) {
    const auto& linker = found.linker;
    if (!linker) return linker.missing();
    linker_flags = linker->flags;
    if (!linker->driver.empty()) recipe.linker_driver = linker->driver;
    plan.notes.push_back(
        fmt::format("linker: {}{}", linker->version, linker->why.empty() ? "" : "; " + linker->why));
  }
  recipe.tools.strip = strip_tool(recipe.target);
  if (settings.target_cpu == "native") {
    const auto& cpu = found.native_cpu;
    plan.notes.push_back(fmt::format("target-cpu=native is {} ({})", cpu.name, fmt::join(cpu.features, " ")));
  }
  if (settings.pgo) {
    std::error_code ignored;
    const auto& saved = settings.pgo->profile;
    if (!saved.empty() && fs::exists(saved, ignored) && !fs::is_regular_file(saved, ignored))
      return Missing{fmt::format("{} is not a file", saved.string()), "name one that llvm-profdata wrote"};
    const auto& profdata = found.profdata;
    if (!profdata) return profdata.missing();
    recipe.tools.llvm_profdata = profdata->path;
    plan.notes.push_back(
        fmt::format("llvm-profdata: {} ({}; {})", profdata->path.string(), profdata->version, profdata->why));
    if (settings.pgo->profile.empty() && !found.profiler_runtime)
      return Missing{found.profiler_runtime.reason, ""};
  }
  take_users_flags(found.cfgs, recipe, plan);
  for (auto& flag : profiles::variant_flags(settings, linker_flags)) recipe.flags.push_back(std::move(flag));
  for (const auto& flag : recipe.flags) {
    if (!profiles::instruments(flag.text)) continue;
    if (settings.pgo)
      return Missing{fmt::format("pgo cannot be used together with {} ({})", flag.text, flag.origin),
                     "remove that flag"};
    plan.remarks.push_back(fmt::format(
        "{} ({}) makes other code than a release has: results are of that code", flag.text, flag.origin));
  }
  plan_stripping(recipe, plan);
  return std::nullopt;
}

VariantPlan Planner::prepare(const Variant& variant, pgo::Recipe& recipe) const {
  VariantPlan plan{.name = variant.name, .settings = variant.settings};
  plan.portable = profiles::is_portable(variant.settings);
  plan.canonical = profiles::canonical_text(variant.settings);
  plan.target = target_of(variant.settings);

  recipe.variant = variant.name;
  recipe.settings = variant.settings;
  recipe.folder = {layout_.variant(variant.name), layout_.variant_alias(variant.name)};
  recipe.target = plan.target;
  recipe.pass_target = !config_.project.host_flags;
  recipe.profile = variant.settings.profile.value_or(config_.project.profile);
  recipe.user = user_.get();
  const bool elsewhere = config_.project.kind == ProjectKind::source || !project_.shadow.empty() ||
                         variant.settings.patch.has_value();
  if (elsewhere) recipe.outer_configs = project_.outer_configs;
  recipe.package_args = package_arguments(config_, project_, variant.settings);
  recipe.programs = project_.programs;
  recipe.packages = project_.packages;
  recipe.jobs = config_.build.jobs;
  recipe.build_timeout = config_.build.timeout;
  if (variant.settings.pgo) recipe.training = training_of(*variant.settings.pgo, workloads_);
  if (variant.left_out) {
    const auto& other = variant.left_out->variant;
    plan.left_out = recipe.left_out = variant.left_out;
    recipe.trained_in = {layout_.variant(other), layout_.variant_alias(other)};
    const auto& workload = variant.left_out->workload;
    plan.notes.push_back(fmt::format(
        "instrumented build and training runs: those of '{}', {}", other,
        workload.empty() ? fmt::format("in the balance \"{}\"", to_word(variant.settings.pgo->balance))
                         : fmt::format("without '{}'", workload)));
  }

  const Found& found = found_of(variant);
  if (!found.rust) {
    plan.missing = found.rust.missing();
    return plan;
  }
  plan.toolchain = found.rust->version;
  plan.missing = add_tools(variant, found, recipe, plan);
  plan.portable = plan.portable && std::ranges::none_of(recipe.flags, [](const auto& flag) {
                    return profiles::asks_for_native(flag.text);
                  });
  // A flag can undo a default: then it matters whether it was asked for. What a build command does by
  // itself is unknown.
  const bool is_plain_release = config_.project.kind != ProjectKind::command && recipe.profile == "release" &&
                                !project_.changes_release && user_->profile_wishes().empty() &&
                                user_->package_values("release").empty() &&
                                variant.settings.rustflags.empty() &&
                                user_->rustflags(recipe.target, found.cfgs).empty();
  if (is_plain_release)
    plan.canonical = profiles::canonical_text(profiles::without_release_defaults(variant.settings));
  plan_profile_of_c(found, recipe, plan);
  recipe.retrain = retrain_command(config_, variant);
  if (config_.project.kind == ProjectKind::command) {
    // The user's own flags are cargo's business: a compiler that calls rustc itself never sees them.
    recipe.command = build_command(variant, found, recipe, plan);
    std::erase_if(recipe.flags, [](const auto& flag) { return !flag.origin.starts_with("variant ("); });
    return plan;
  }
  plan.source = source_plan(variant, recipe);
  remark_on_packages(recipe, plan);
  plan_saved_profile(recipe, plan);
  return plan;
}

Variant Planner::variant_at(std::size_t index) const {
  auto variant = config_.variants->at(index);
  if (auto& pgo = variant.settings.pgo) pgo->profile = profile_for(pgo->profile, target_of(variant.settings));
  return variant;
}

VariantPlan Planner::plan(std::size_t index) const {
  pgo::Recipe recipe;
  VariantPlan plan = prepare(variant_at(index), recipe);
  plan.index = index;
  plan.baseline = index == config_.variants->baseline();
  if (plan.missing) return plan;
  std::optional<profiles::SourcePackage> package;
  if (config_.project.kind == ProjectKind::source) package = source_package(config_);
  if (!recipe.command) plan.files = files_of(recipe, package);
  plan.steps = steps_of(recipe);
  for (const auto& step : plan.steps)
    std::visit(
        [&](const auto& each) {
          if constexpr (requires { each.flags; }) plan.flags = each.flags;
        },
        step);
  return plan;
}

toolchains::Probe<pgo::Shuffling> Planner::shuffling(std::size_t index) const {
  const Variant variant = variant_at(index);
  if (config_.project.kind == ProjectKind::command)
    return toolchains::Missing{"what a build command links cannot be linked in another order", ""};
  pgo::Recipe recipe;
  const VariantPlan plan = prepare(variant, recipe);
  if (plan.missing) return *plan.missing;
  const auto& lld = found_of(variant).lld;
  if (!lld) return lld.missing();
  std::vector<std::string> arguments;
  constexpr std::string_view link_argument = "-Clink-arg=";
  for (const auto& flag : lld->flags)
    if (flag.starts_with(link_argument)) arguments.push_back(flag.substr(link_argument.size()));
  return shuffling_of(recipe, recipe.linker, arguments);
}

}  // namespace pgo_orch::orchestrator
