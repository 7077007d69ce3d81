#include "orchestrator/plan/settings_view.h"

#include <nlohmann/json.hpp>

namespace pgo_orch::orchestrator {

namespace {

nlohmann::json view_pgo(const profiles::Pgo& pgo) {
  nlohmann::json view = nlohmann::json::object();
  if (!pgo.train.empty()) view["train"] = pgo.train;
  if (!pgo.profile.empty()) view["profile"] = pgo.profile.string();
  if (pgo.min_coverage != profiles::Pgo{}.min_coverage) view["min-coverage"] = pgo.min_coverage;
  if (pgo.keep_raw) view["keep-raw"] = true;
  return view.empty() ? nlohmann::json(true) : view;
}

}  // namespace

std::vector<report::Setting> view_settings(const profiles::Settings& settings) {
  std::vector<report::Setting> shown;
  const auto put = [&](const char* key, const nlohmann::json& value) {
    shown.push_back({key, value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)});
  };
  const auto one = [&](const char* key, const auto& value) {
    if (value) put(key, *value);
  };
  const auto many = [&](const char* key, const auto& values) {
    if (!values.empty()) put(key, values);
  };
  const auto paths = [&](const char* key, const auto& values) {
    std::vector<std::string> names;
    for (const auto& path : values) names.push_back(path.string());
    if (!names.empty()) put(key, names);
  };
  one("opt-level", settings.opt_level);
  one("lto", settings.lto);
  one("codegen-units", settings.codegen_units);
  one("panic", settings.panic);
  one("strip", settings.strip);
  one("overflow-checks", settings.overflow_checks);
  one("debug-assertions", settings.debug_assertions);
  one("debug", settings.debug);
  one("incremental", settings.incremental);
  one("rpath", settings.rpath);
  many("packages", settings.packages);
  one("profile", settings.profile);
  one("toolchain", settings.toolchain);
  one("target", settings.target);
  many("features", settings.features);
  one("default-features", settings.default_features);
  many("env", settings.env);
  many("run-env", settings.run_env);
  one("linker", settings.linker);
  one("linker-driver", settings.linker_driver);
  one("target-cpu", settings.target_cpu);
  many("target-features", settings.target_features);
  one("crt-static", settings.crt_static);
  one("relocation-model", settings.relocation_model);
  many("command", settings.command);
  many("rustflags", settings.rustflags);
  many("link-args", settings.link_args);
  many("cfg", settings.cfg);
  paths("source", settings.source);
  if (settings.patch) put("patch", settings.patch->string());
  if (settings.pgo) put("pgo", view_pgo(*settings.pgo));
  return shown;
}

}  // namespace pgo_orch::orchestrator
