#include "orchestrator/commands/variant_work.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

#include "orchestrator/build/corpora.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/build/sources.h"
#include "orchestrator/build/variant_build.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

bool has_saved_profile(const Variant& variant) {
  return variant.settings.pgo && !variant.settings.pgo->profile.empty();
}

bool is_profile_guided(const Variant& variant) {
  return variant.settings.pgo.has_value();
}

std::size_t variant_for(const Config& config, const Arguments& given, IsWanted wanted, const char* what) {
  std::vector<std::size_t> found;
  std::vector<std::string> names;
  const auto asked = given.text("variant");
  for (std::size_t i = 0; i < config.variants->size(); ++i) {
    const auto variant = config.variants->at(i);
    if (!wanted(variant)) continue;
    names.push_back(variant.name);
    if (asked.empty() || asked == variant.name) found.push_back(i);
  }
  if (found.size() == 1) return found.front();
  if (names.empty()) throw Error(fmt::format("{} has no variant {}", config.file.string(), what));
  throw Error(fmt::format("{}variants {}: {}; name one with --variant",
                          asked.empty() ? "" : fmt::format("'{}' is none of the ", asked), what,
                          fmt::join(names, ", ")));
}

namespace {

Config with_variants_changed(Config config, const std::function<void(profiles::Settings&)>& change) {
  const auto variants = config.variants;
  config.variants = std::make_shared<const Variants>(variants->size(), variants->baseline(),
                                                     [variants, change](std::size_t index) {
                                                       auto variant = variants->at(index);
                                                       change(variant.settings);
                                                       return variant;
                                                     });
  return config;
}

}  // namespace

Config that_trains(Config config) {
  return with_variants_changed(std::move(config), [](profiles::Settings& settings) {
    if (settings.pgo) settings.pgo->profile.clear();
    if (settings.pgo) settings.pgo->retrain_below.reset();
  });
}

Config for_target(Config config, const std::string& target) {
  if (target.empty()) return config;
  return with_variants_changed(std::move(config),
                               [target](profiles::Settings& settings) { settings.target = target; });
}

VariantWork::VariantWork(Config config, std::size_t index, const Arguments& given)
    : config_(std::move(config)),
      layout_(layout_of(given, config_.root)),
      lock_(locked()),
      progress_(stderr, report::options_for(
                            stderr, wants_color(given, 2),
                            given.has("quiet") ? report::Verbosity::quiet : report::Verbosity::normal)),
      machine_(runner_, project_folder(config_), layout_.tools()),
      planner_(config_, layout_, machine_, {index}),
      plan_(planner_.plan(index)),
      sources_(planner_) {
  if (plan_.missing)
    throw Error(fmt::format("variant '{}': {}", plan_.name, describe(*plan_.missing)), Exit::tool);
}

toolchains::Probe<toolchains::FileLock> VariantWork::locked() {
  auto lock = lock_state_folder(layout_);
  run_project_prepare(config_, layout_, runner_);
  return lock;
}

void VariantWork::prepare() {
  auto failed = prepare_project(planner_, plan_.target, runner_);
  const bool trains = std::ranges::any_of(
      plan_.steps, [](const auto& step) { return std::holds_alternative<pgo::TrainStep>(step); });
  if (!failed && trains) {
    prepare_corpora(config_, layout_, layout_.checkouts(), runner_, progress_);
    failed = run_setup(planner_, runner_);
  }
  demand(failed);
}

void VariantWork::demand(const StepResult& result) const {
  if (result) throw_failure(*result, fmt::format("'{}' cannot be built", plan_.name), "nothing was saved");
}

report::VariantResult VariantWork::build() {
  prepare();
  Layout aside = layout_;
  aside.state = layout_.scratch() / "variant";
  toolchains::make_folders(aside.runs());
  auto journal = Journal::begin(aside, new_run_id(aside), "", 0);
  auto row = build_variant(plan_, 1, {planner_, runner_, progress_, journal, sources_});
  progress_.finish();
  if (row.status != report::Status::ok) demand(failure_of(row));
  return row;
}

}  // namespace pgo_orch::orchestrator
