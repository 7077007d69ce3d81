#include "orchestrator/plan/settings_view.h"

#include <nlohmann/json.hpp>

namespace pgo_orch::orchestrator {

namespace {

namespace fs = std::filesystem;

template <class T>
nlohmann::json view(const T& value) {
  return value;
}
nlohmann::json view(const fs::path& path) {
  return path.string();
}
nlohmann::json view(const std::vector<fs::path>& paths) {
  return std::vector<std::string>(paths.begin(), paths.end());
}
nlohmann::json view(const profiles::Pgo& pgo) {
  nlohmann::json shown = nlohmann::json::object();
  if (!pgo.train.empty()) shown["train"] = pgo.train;
  if (!pgo.profile.empty()) shown["profile"] = pgo.profile.string();
  if (pgo.min_coverage != profiles::Pgo{}.min_coverage) shown["min-coverage"] = pgo.min_coverage;
  if (pgo.keep_raw) shown["keep-raw"] = true;
  return shown.empty() ? nlohmann::json(true) : shown;
}

template <class T>
nlohmann::json view(const std::optional<T>& value) {
  return view(*value);
}

}  // namespace

std::vector<report::Setting> view_settings(const profiles::Settings& settings) {
  std::vector<report::Setting> shown;
  profiles::for_each_setting([&](const char* key, profiles::Inherits, auto member) {
    if (!profiles::is_set(settings.*member)) return;
    const auto replace = nlohmann::json::error_handler_t::replace;
    shown.push_back({key, view(settings.*member).dump(-1, ' ', false, replace)});
  });
  return shown;
}

}  // namespace pgo_orch::orchestrator
