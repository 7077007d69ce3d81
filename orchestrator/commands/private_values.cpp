#include "orchestrator/commands/private_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "report/results_json.h"
#include "toolchains/command.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace {

using nlohmann::json;
using Assignments = std::set<std::pair<std::string, std::string>>;

Assignments assignments_in(const Config& config) {
  Assignments found;
  const auto take = [&](const std::map<std::string, std::string>& env) {
    found.insert(env.begin(), env.end());
  };
  for (std::size_t i = 0; i < config.variants->size(); ++i) {
    take(config.variants->at(i).settings.env);
    take(config.variants->at(i).settings.run_env);
  }
  for (const auto& workload : config.workloads) take(workload.env);
  return found;
}

/// As Command's to_shell writes them, each as a word; a longer value first, of which another may be the
/// beginning.
class Hiding {
 public:
  explicit Hiding(const Assignments& assignments) {
    for (const auto& [name, value] : assignments)
      texts_.emplace_back(fmt::format("{}={}", name, toolchains::shell_quote(value)), name + "=***");
    std::ranges::sort(texts_, std::greater{}, [](const auto& each) { return each.first.size(); });
  }

  void in(json& node) const {
    if (node.is_string()) return in_text(node.get_ref<std::string&>());
    if (!node.is_structured()) return;  // it would be its own only child
    for (auto& child : node) in(child);
  }

  static void in_settings(json& row) {
    for (const char* key : {"env", "run-env"}) {
      const auto settings = row.find("settings");
      if (settings == row.end() || !settings->contains(key)) continue;
      for (auto& value : (*settings)[key])
        if (value.is_string())
          value =
              fmt::format("*** (SHA-256 {}...)", toolchains::sha256(value.get<std::string>()).substr(0, 8));
    }
  }

 private:
  void in_text(std::string& text) const {
    for (const auto& [shown, hidden] : texts_)
      for (auto at = text.find(shown); at != std::string::npos; at = text.find(shown, at + hidden.size()))
        text.replace(at, shown.size(), hidden);
  }

  std::vector<std::pair<std::string, std::string>> texts_;
};

}  // namespace

report::Results without_private_values(const report::Results& results, const Config& config) {
  const auto assignments = assignments_in(config);
  if (assignments.empty()) return results;
  auto document = json::parse(report::to_json_text(results));
  Hiding(assignments).in(document);
  for (auto& row : document.at("variants")) Hiding::in_settings(row);
  if (const auto held_out = document.find("held_out"); held_out != document.end())
    for (auto& each : *held_out) Hiding::in_settings(each.at("built"));
  return report::parse_results(document.dump());
}

}  // namespace pgo_orch::orchestrator
