#include "orchestrator/release/release_config.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/build/check.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace {

bool asks_for_pgo(const Variant& variant) {
  return variant.settings.pgo.has_value();
}

}  // namespace

std::vector<std::string> each_once(const std::vector<std::string>& targets) {
  std::vector<std::string> once;
  for (const auto& target : targets)
    if (std::ranges::find(once, target) == once.end()) once.push_back(target);
  return once;
}

bool runs_on(const std::string& target, const std::string& host) {
  const auto part = [](const std::string& triple, std::size_t number) {
    std::size_t begin = 0;
    for (; number > 0 && begin != std::string::npos; --number) begin = triple.find('-', begin) + 1;
    return triple.substr(begin, triple.find('-', begin) - begin);
  };
  return part(target, 0) == part(host, 0) && part(target, 2) == part(host, 2);
}

Variant for_target(Variant variant, const std::string& target, const std::string& host,
                   const Release& demanded, std::string& said) {
  variant.settings.target = target;
  if (runs_on(target, host) || !asks_for_pgo(variant)) return variant;
  if (demanded.unrunnable == Unrunnable::refuse)
    throw Error(
        fmt::format("'{}' cannot be trained for {}: its programs do not run here. Say unrunnable = "
                    "\"plain\" or \"saved-profile\" in [release], or leave the target out",
                    variant.name, target));
  if (demanded.unrunnable == Unrunnable::saved_profile) {
    if (target.find("linux") == std::string::npos)
      throw Error(fmt::format(
          "unrunnable = \"saved-profile\" in [release]: in files for {}, which are not ELF, it cannot be "
          "proved that a profile is in effect: say \"plain\", or leave the target out",
          target));
    if (trains(variant))
      throw Error(
          fmt::format("unrunnable = \"saved-profile\" in [release]: '{}' has no saved profile; give one by "
                      "pgo = {{ profile = \"FILE\" }}",
                      variant.name));
    return variant;
  }
  variant.settings.pgo.reset();
  said = fmt::format(
      "released WITHOUT PGO for {}, whose programs do not run here, as unrunnable = \"plain\" in "
      "[release] says",
      target);
  return variant;
}

bool is_compared_with_plain(const Config& config) {
  const auto& demanded = config.release;
  return demanded.max_growth ||
         (config.project.kind == ProjectKind::command && demanded.hardening == HardeningRule::keep);
}

bool trains(const Variant& variant) {
  return asks_for_pgo(variant) && variant.settings.pgo->profile.empty();
}

std::vector<std::size_t> ReleaseConfig::all() const {
  std::vector<std::size_t> indexes{0};
  if (plain) indexes.push_back(*plain);
  if (baseline) indexes.push_back(*baseline);
  return indexes;
}

ReleaseConfig release_config(const Config& config, const Variant& variant) {
  ReleaseConfig release;
  std::vector<Variant> variants{variant};
  const auto& demanded = config.release;
  const bool may_be_plain =
      is_compared_with_plain(config) || demanded.on_training_crash == OnTrainingCrash::plain;
  if (asks_for_pgo(variant) && may_be_plain) {
    release.plain = variants.size();
    auto& plain = variants.emplace_back(variant);
    plain.name += ".plain";
    plain.settings.pgo.reset();
  }
  const auto baseline = config.variants->at(config.variants->baseline());
  // With a saved profile a release costs about what a plain build does, which another build would double.
  if (!asks_for_pgo(variant) && variant.name != baseline.name &&
      std::ranges::any_of(config.workloads, is_compared_with_baseline)) {
    release.baseline = variants.size();
    variants.push_back(baseline);
  }
  release.config = with_variants(config, std::move(variants));
  return release;
}

}  // namespace pgo_orch::orchestrator
