#include "orchestrator/commands/choose_best.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "orchestrator/commands/private_values.h"
#include "orchestrator/config/diagnostics.h"
#include "orchestrator/plan/renderings.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace {

std::optional<std::size_t> index_of(const Config& config, const std::string& name) {
  for (std::size_t i = 0; i < config.variants->size(); ++i)
    if (config.variants->at(i).name == name) return i;
  return std::nullopt;
}

/// By key; JSON.
std::map<std::string, nlohmann::json> by_key(const std::vector<report::Setting>& settings) {
  std::map<std::string, nlohmann::json> found;
  for (const auto& setting : settings)
    found[setting.key] = nlohmann::json::parse(setting.value, nullptr, false);
  return found;
}

/// As results have them: without values that are private.
std::vector<report::Setting> shown_settings(const Config& config, const Variant& variant) {
  report::Results results;
  results.variants.emplace_back().settings = view_settings(variant.settings);
  return without_private_values(results, config).variants.front().settings;
}

/// Of those that were not distinguishable from the best, a portable one; null: there is none.
const report::VariantResult* portable_tie(const report::Results& results) {
  const auto ties = results.best.runtime.find("");
  if (ties == results.best.runtime.end()) return nullptr;
  for (const auto& name : ties->second)
    if (const auto* row = results.variant(name); row && row->portable) return row;
  return nullptr;
}

const report::VariantResult& recommended_row(const report::Results& results, const std::string& where,
                                             bool allow_native) {
  const auto* row = results.recommended ? results.variant(*results.recommended) : nullptr;
  if (!row)
    throw Error(fmt::format(
        "{}: that run recommends no variant: {}", where,
        results.recommendation.empty() ? "it measured nothing; name the variant" : results.recommendation));
  if (row->portable || allow_native) return *row;
  if (const auto* portable = portable_tie(results)) return *portable;
  throw Error(
      fmt::format("{}: '{}' is recommended, but it is not portable: built for this CPU. Add "
                  "--allow-native, or name another variant",
                  where, row->name));
}

}  // namespace

std::size_t choose_best(const Config& config, const report::Results& results, const std::string& where,
                        bool allow_native) {
  const auto& row = recommended_row(results, where, allow_native);
  const auto index = index_of(config, row.name);
  if (!index)
    throw Error(fmt::format("{} recommends '{}', which is not in {} any more: run `pgo-orch run` again",
                            where, row.name, config.file.string()));
  if (by_key(row.settings) != by_key(shown_settings(config, config.variants->at(*index))))
    throw Error(fmt::format("{} has other settings for '{}' than {} has now: run `pgo-orch run` again", where,
                            row.name, config.file.string()));
  return *index;
}

std::size_t find_variant(const Config& config, const std::string& name) {
  if (const auto index = index_of(config, name)) return *index;
  std::vector<std::string> known{"best"};
  constexpr std::size_t most = 1000;
  for (std::size_t i = 0; i < std::min(config.variants->size(), most); ++i)
    known.push_back(config.variants->at(i).name);
  throw Error(fmt::format("there is no variant '{}' in {}{}; `pgo-orch plan` lists them", name,
                          config.file.string(), did_you_mean(name, known)));
}

}  // namespace pgo_orch::orchestrator
