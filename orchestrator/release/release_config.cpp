#include "orchestrator/release/release_config.h"

#include <algorithm>

#include "orchestrator/build/check.h"

namespace pgo_orch::orchestrator {

namespace {

bool asks_for_pgo(const Variant& variant) {
  return variant.settings.pgo.has_value();
}

}  // namespace

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
  ReleaseConfig release{config, {}, {}};
  std::vector<Variant> variants{variant};
  variants.front().baseline = true;
  const auto& demanded = config.release;
  const bool may_be_plain = demanded.max_growth || demanded.on_training_crash == OnTrainingCrash::plain;
  if (asks_for_pgo(variant) && may_be_plain) {
    release.plain = variants.size();
    auto& plain = variants.emplace_back(variant);
    plain.name += ".plain";
    plain.baseline = false;
    plain.settings.pgo.reset();
  }
  const auto baseline = config.variants->at(config.variants->baseline());
  if (!trains(variant) && variant.name != baseline.name &&
      std::ranges::any_of(config.workloads, is_compared_with_baseline)) {
    release.baseline = variants.size();
    variants.push_back(baseline);
    variants.back().baseline = false;
  }
  const std::size_t count = variants.size();
  release.config.variants = std::make_shared<Variants>(
      count, 0, [all = std::move(variants)](std::size_t index) { return all[index]; });
  release.config.questions = {};
  release.config.build.keep = Keep::all;
  release.config.build.parallel = 1;
  return release;
}

}  // namespace pgo_orch::orchestrator
