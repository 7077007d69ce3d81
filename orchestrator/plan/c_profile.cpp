// The planner's half that is about C and C++: what compiles them, and whether they are in the profile.

#include <fmt/format.h>

#include "measure/helpers.h"
#include "orchestrator/plan/planner.h"
#include "profiles/build_environment.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

std::vector<std::string> Planner::c_compilers_of(const profiles::Settings& settings) const {
  return profiles::c_compilers(user_->seen_by_build_scripts(settings.env));
}

/// The cc crate gave rustc's flags for profiles to clang, which writes and reads the format of its own LLVM,
/// until 1.8 (rust-lang/cc-rs#2003). Nothing is given in its place: CFLAGS would also be for C of build
/// scripts.
void Planner::plan_profile_of_c(const Found& found, pgo::Recipe& recipe, VariantPlan& plan) const {
  const auto major = std::to_string(found.rust->llvm_major);
  std::string clang, why;
  for (const auto& command : c_compilers_of(plan.settings)) {
    const auto known = clangs_.find(command);
    if (known == clangs_.end()) continue;
    clang = command;
    if (known->second != major)
      why = fmt::format("{} has LLVM {}, and rustc has LLVM {}", command, known->second, major);
  }
  if (plan.settings.pgo && plan.settings.pgo->c_profile == profiles::CProfile::off && !clang.empty())
    why = "c-profile = \"off\" says so";
  recipe.keeps_c_out = !why.empty();
  if (clang.empty() || !plan.settings.pgo || config_.project.kind == ProjectKind::command) return;
  plan.remarks.push_back(
      why.empty()
          ? fmt::format(
                "C and C++ that build scripts compile by {}, whose LLVM is that of rustc, take part in "
                "the profile where the cc crate is older than 1.8; c-profile = \"off\" in 'pgo' keeps "
                "them out",
                clang)
          : fmt::format("C and C++ that build scripts compile by clang are kept out of the profile: {}. "
                        "CFLAGS and CXXFLAGS undo what the cc crate makes of rustc's flags",
                        why));
}

pgo::BuildCommand Planner::build_command(const Variant& variant, const Found& found,
                                         const pgo::Recipe& recipe, VariantPlan& plan) const {
  pgo::BuildCommand command;
  command.argv = variant.settings.command.empty() ? config_.project.command : variant.settings.command;
  for (auto& word : command.argv) word = pgo::replace_placeholder(word, "{root}", config_.root);
  command.cwd = config_.root;
  command.shim = measure::find_helper(fs::read_symlink("/proc/self/exe"), "pgo-orch-shim");
  command.path = found.rust->rustc.parent_path().string() + ":" + toolchains::variable("PATH").value_or("");
  command.cc = variant.settings.linker_driver.value_or("");
  command.cargo_flags = recipe.flags;
  if (!variant.settings.pgo) return command;
  if (variant.settings.pgo->c_profile == profiles::CProfile::off) {
    command.no_clang = "C and C++ are built without pgo: c-profile = \"off\" says so";
    plan.remarks.push_back(command.no_clang);
    return command;
  }
  const auto& clang = found.clang;
  if (clang && found.clang_profiles) {
    command.clang = clang->path.string();
    plan.remarks.push_back(fmt::format(
        "C and C++ are compiled by {} ({}) in this variant, whose profile format is that of rustc's LLVM",
        clang->path.string(), clang->version));
  } else {
    command.no_clang = fmt::format("C and C++ are built without pgo: {}",
                                   clang ? found.clang_profiles.reason : describe(clang.missing()));
    plan.remarks.push_back(command.no_clang);
  }
  return command;
}

}  // namespace pgo_orch::orchestrator
