#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/build/merging.h"
#include "orchestrator/build/training.h"
#include "orchestrator/stages/failure.h"
#include "orchestrator/stages/stages.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

struct Optimizing {
  const fs::path& archive;
  const Config& config;
  const Layout& layout;
  Machine& machine;
};

fs::path profile_of(const std::string& variant, const Layout& layout) {
  return layout.profiles_of_archives() / (variant + ".profdata");
}

/// Merges the raw profiles that the training side could not merge.
fs::path merged(const PartVariant& variant, const fs::path& unpacked, const Optimizing& at) {
  const fs::path profile = unpacked / profile_in(variant.name());
  if (variant.merged) return profile;
  const auto settings = variant_named(at.config, variant.name())->settings;
  const auto& rust = at.machine.rust(settings.toolchain.value_or(at.config.project.toolchain.value_or("")));
  if (!rust) throw Error(describe(rust.missing()), Exit::tool);
  const auto& tool = at.machine.llvm_tool(*rust, "llvm-profdata");
  if (!tool) throw Error(describe(tool.missing()), Exit::tool);
  Training training;
  training.merge = {.llvm_profdata = tool->path,
                    .inputs = {},
                    .profile = profile,
                    .log = at.layout.state / "merge.log",
                    .keep_raw = false,
                    .balance = settings.pgo->balance};
  Trained trained{.runs = variant.runs, .workloads = {}, .merging = {}};
  trained.runs.resize(variant.origin.workloads.size());
  for (const auto& [name, key] : variant.origin.workloads) {
    const auto workload = std::ranges::find(at.config.workloads, name, &Workload::name);
    if (workload == at.config.workloads.end())
      throw Error(fmt::format("{} has no workload '{}' any more", at.config.file.string(), name));
    training.merge.inputs.push_back({name, unpacked / raw_in(variant.name(), name), workload->weight});
    trained.workloads.push_back({.name = name});
    const auto merge = [&] {
      return merge_raw(training.merge, training.merge.inputs.back(), at.machine.runner(), trained.merging);
    };
    demand_passed(attempt("merge", merge), variant.name());
  }
  demand_passed(merge_workloads(training, at.machine.runner(), trained), variant.name());
  return profile;
}

/// Puts the profile and what is known of it where the build finds them. Unchanged ones keep their time.
void install_profile(const PartVariant& variant, const fs::path& unpacked, const Optimizing& at) {
  const fs::path profile = merged(variant, unpacked, at);
  if (!fs::is_regular_file(profile))
    throw Error(fmt::format("{}: it has no profile of '{}'", at.archive.string(), variant.name()),
                Exit::failed);
  auto origin = variant.origin;
  origin.sha256 = toolchains::sha256_of_file(profile);
  origin.same_sources = true;
  const fs::path to = profile_of(variant.name(), at.layout);
  toolchains::write_if_different(to, toolchains::read_file(profile));
  toolchains::write_if_different(pgo::provenance_file(to), pgo::to_json(origin));
}

}  // namespace

Config with_profiles_of(const fs::path& archive, const Config& config, const Layout& layout,
                        Machine& machine) {
  const toolchains::TempDir unpacked("part", layout.scratch());
  const auto part = read_part(archive, unpacked.path());
  if (part.progressed != Progressed::trained)
    throw Error(fmt::format("{} was not trained yet: `pgo-orch run {} --stage train --archive {}` does that",
                            archive.string(), config.file.filename().string(), archive.string()));
  demand_same(part, archive, config, Sources::all);
  const Optimizing at{archive, config, layout, machine};
  for (const auto& variant : part.variants) install_profile(variant, unpacked.path(), at);
  Config used = config;
  used.archive = archive;
  const auto variants = config.variants;
  const auto names = part.variant_names();
  used.variants = std::make_shared<const Variants>(
      variants->size(), variants->baseline(), [variants, names, layout](std::size_t index) {
        auto variant = variants->at(index);
        if (std::ranges::find(names, variant.name) != names.end())
          variant.settings.pgo->profile = profile_of(variant.name, layout);
        return variant;
      });
  return used;
}

void demand_in_archive(const Config& config, const std::vector<std::size_t>& variants) {
  if (config.archive.empty()) return;
  for (const auto index : variants) {
    const auto variant = config.variants->at(index);
    if (variant.settings.pgo && variant.settings.pgo->profile.empty())
      throw Error(fmt::format("variant '{}' is not in {}: instrument it too, or leave it out", variant.name,
                              config.archive.string()));
  }
}

}  // namespace pgo_orch::orchestrator
