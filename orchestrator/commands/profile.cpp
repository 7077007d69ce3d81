// `pgo-orch profile`: a profile that is kept with the sources.

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/build/saved_profile.h"
#include "orchestrator/commands/profile_status.h"
#include "orchestrator/commands/saved_profile_file.h"
#include "orchestrator/commands/variant_work.h"
#include "orchestrator/plan/saved_profile.h"
#include "report/humanize.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

int save(const Arguments& given, const fs::path& named, const fs::path& project) {
  const Config config = for_target(load_config(project), given.text("target"));
  const auto index = variant_for(config, given, is_profile_guided, "with pgo");
  VariantWork work(that_trains(config), index, given);
  const auto file = profile_for(named, work.plan().target);
  check_saved_file(file);
  if (std::ranges::none_of(work.plan().steps,
                           [](const auto& step) { return std::holds_alternative<pgo::TrainStep>(step); }))
    throw Error(fmt::format(
        "variant '{}' has nothing to train with: write a [[workload]] whose role is \"train\" or \"both\"",
        work.plan().name));
  if (const auto stale = why_not_current(work.plan(), work.planner()); !stale.empty()) {
    if (!given.has("train"))
      throw Error(fmt::format("'{}' has no up-to-date profile in {}: {}. {}", work.plan().name,
                              work.layout().state.string(), stale,
                              given.has("target") || has_saved_profile(config.variants->at(index))
                                  ? "Add --train"
                                  : "Run `pgo-orch run` first, or add --train"));
    work.build();
  }
  const auto saved = write_saved_profile(file, work.plan(), work.planner(), work.runner());
  clear_scratch(work.layout());
  fmt::print("saved {}: {} of {}, {}\n      {}: what it was trained from\n", file.string(),
             report::human_count(saved.functions, "function"),
             report::human_count(std::ssize(saved.crates), "crate"),
             report::human(Bytes{fs::file_size(file)}), pgo::provenance_file(file).string());
  const auto in_use = profile_for(config.variants->at(index).settings.pgo->profile, work.plan().target);
  std::error_code missing;
  if (!fs::equivalent(in_use, file, missing))
    fmt::print("commit both, and use it in a variant: pgo = {{ profile = \"{}\" }}\n",
               fs::absolute(named).lexically_relative(config.root).string());
  return static_cast<int>(Exit::ok);
}

int profile(const Arguments& given) {
  const auto& words = given.files;
  const std::string what = words.empty() ? "" : words.front();
  const auto refuse = [&](const std::string& problem) {
    return Error(fmt::format("profile: {}; see pgo-orch profile --help", problem));
  };
  const bool saves = what == "save";
  if (!saves && what != "status")
    throw refuse(what.empty() ? "say what to do: save FILE, or status"
                              : fmt::format("there is no '{}': choose save FILE or status", what));
  for (const char* option : {"check-profile", "json"})
    if (saves && given.has(option)) throw refuse(fmt::format("--{} only applies to status", option));
  if (!saves && given.has("train")) throw refuse("--train only applies to save");
  if (saves && words.size() < 2) throw refuse("save needs a file: profile save pgo/release.profdata");
  const std::size_t place = saves ? 2 : 1;
  if (words.size() > place + 1) throw refuse(fmt::format("'{}' is one word too many", words.back()));
  const fs::path project = words.size() > place ? words[place] : "pgo.toml";
  return saves ? save(given, words[1], project) : profile_status(given, project);
}

}  // namespace

Command profile_command() {
  return {
      .name = "profile",
      .usage = "profile save FILE [pgo.toml] [options]\n       pgo-orch profile status [pgo.toml] [options]",
      .summary = "keep a PGO profile with the sources, and see if it still fits",
      .options = Options{{"variant", "NAME", group::what,
                          "the variant to train, or that uses the profile (default: the only one)"},
                         {"train", "", group::what,
                          "save: build and train first if the latest training is not of today's sources"},
                         {"target", "TRIPLE", group::what, "for this target instead of the variant's"},
                         {"check-profile", "", group::what,
                          "status: compare with an instrumented build, which takes its time"},
                         {"json", "", group::output, "status: as JSON"},
                         {"quiet,q", "", group::output, "show no progress"}} +
                 general_options(),
      .most_files = 3,
      .execute = profile};
}

}  // namespace pgo_orch::orchestrator
