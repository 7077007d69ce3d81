#include <nlohmann/json.hpp>

#include "orchestrator/plan/corpora.h"
#include "orchestrator/plan/renderings.h"

namespace pgo_orch::orchestrator {

using nlohmann::json;

namespace {

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json flags_json(const std::vector<profiles::Flag>& flags) {
  json list = json::array();
  for (const auto& flag : flags) list.push_back({{"flag", flag.text}, {"origin", flag.origin}});
  return list;
}

json command_json(const toolchains::Command& command) {
  json env = json::object();
  for (const auto& [name, value] : command.env) env[name] = value ? json(*value) : json(nullptr);
  return {{"argv", command.argv}, {"cwd", command.cwd}, {"env", env}};
}

template <class T>
json view(const T& value) {
  return value;
}
json view(const profiles::Pgo& pgo) {
  json shown = json::object();
  if (!pgo.train.empty()) shown["train"] = pgo.train;
  if (!pgo.profile.empty()) shown["profile"] = pgo.profile;
  if (pgo.min_coverage != profiles::Pgo{}.min_coverage) shown["min-coverage"] = pgo.min_coverage;
  if (pgo.retrain_below) shown["retrain-below"] = *pgo.retrain_below;
  if (pgo.keep_raw) shown["keep-raw"] = true;
  if (pgo.leave_one_out) shown["leave-one-out"] = true;
  if (pgo.balance != profiles::Pgo{}.balance) shown["balance"] = to_word(pgo.balance);
  if (!pgo.stage_cfg.empty()) shown["stage-cfg"] = pgo.stage_cfg;
  if (pgo.c_profile != profiles::Pgo{}.c_profile) shown["c-profile"] = to_word(pgo.c_profile);
  if (pgo.hot_cutoff) shown["hot-cutoff"] = *pgo.hot_cutoff;
  return shown.empty() ? json(true) : shown;
}

template <class T>
json view(const std::optional<T>& value) {
  return view(*value);
}

struct StepJson {
  json operator()(const pgo::BuildStep& step) const {
    return {{"command", command_json(step.command)},
            {"rustflags", flags_json(step.flags)},
            {"target_dir", step.target_dir},
            {"output_dir", step.output_dir}};
  }
  json operator()(const pgo::CommandStep& step) const {
    return {{"command", command_json(step.command)},
            {"rustflags", flags_json(step.flags)},
            {"cflags", flags_json(step.c_flags)},
            {"ldflags", flags_json(step.link_flags)},
            {"output", step.output},
            {"program", step.program}};
  }
  json operator()(const pgo::TrainStep& step) const {
    return {{"workload", step.workload.name},
            {"command", command_json(step.command)},
            {"runs", step.workload.runs}};
  }
  json operator()(const pgo::MergeStep& step) const {
    json inputs = json::array();
    for (const auto& input : step.inputs) {
      inputs.push_back({{"workload", input.workload}, {"raw_dir", input.raw_dir}, {"weight", input.weight}});
    }
    return {{"tool", step.llvm_profdata}, {"inputs", inputs}, {"profile", step.profile}};
  }
  json operator()(const pgo::ProveStep& step) const {
    return {{"profile", step.profile}, {"min_coverage", step.min_coverage}};
  }
  json operator()(const pgo::StripStep& step) const {
    return {{"tool", step.tool}, {"strip", step.strip}, {"output_dir", step.output_dir}};
  }
};

}  // namespace

std::vector<report::Setting> view_settings(const profiles::Settings& settings) {
  std::vector<report::Setting> shown;
  profiles::for_each_setting([&](const char* key, profiles::Inherits, auto member) {
    if (!profiles::is_set(settings.*member)) return;
    shown.push_back({key, dump(view(settings.*member))});
  });
  return shown;
}

namespace {

/// What of a corpus is not known yet is null.
json corpora_json(const Planner& planner) {
  const auto contents = known_contents(planner.config(), planner.layout());
  demand_apart(planner.config(), contents);
  json list = json::array();
  for (const auto& corpus : corpora_in_use(planner.config())) {
    json shown{{"name", corpus.name},
               {"split", corpus.split ? json(to_word(*corpus.split)) : json(nullptr)},
               {"from", corpus.git.empty() ? corpus.folder.string() : corpus.git},
               {"folder", corpus_folder(corpus.name, planner.layout()).files()}};
    if (!corpus.git.empty()) shown.update({{"commit", corpus.commit}, {"folders", corpus.folders}});
    const auto content = contents.find(corpus.name);
    const bool known = content != contents.end();
    shown["files"] = known ? json(content->second.files.size()) : json(nullptr);
    shown["bytes"] = known ? json(content->second.size().count) : json(nullptr);
    shown["sha256"] = known ? json(content->second.sha256()) : json(nullptr);
    list.push_back(std::move(shown));
  }
  return list;
}

}  // namespace

std::string plan_json_header(const Planner& planner) {
  json programs = json::array();
  for (const auto& program : planner.project().programs) programs.push_back(program.name);
  const json header{{"schema", "pgo-orch/plan/1"},
                    {"project", planner.config().file},
                    {"programs", programs},
                    {"state", planner.layout().state},
                    {"rustc", planner.rust().version},
                    {"corpora", corpora_json(planner)}};
  std::string text = dump(header);
  text.pop_back();  // the variants follow in the same object
  return text + ",\"variants\":[\n";
}

std::string plan_json(const VariantPlan& plan, const Planner&) {
  json variant{{"name", plan.name},     {"baseline", plan.baseline},          {"portable", plan.portable},
               {"target", plan.target}, {"toolchain", plan.toolchain},        {"remarks", plan.remarks},
               {"notes", plan.notes},   {"rustflags", flags_json(plan.flags)}};
  for (const auto& setting : view_settings(plan.settings))
    variant["settings"][setting.key] = json::parse(setting.value);
  if (plan.missing) variant["skipped"] = describe(*plan.missing);
  json files = json::array();
  for (const auto& file : plan.files) files.push_back({{"path", file.path}, {"text", file.text}});
  variant["files"] = files;
  json steps = json::array();
  for (const auto& step : plan.steps) {
    json entry = std::visit(StepJson{}, step);
    entry["step"] = pgo::describe(step);
    steps.push_back(std::move(entry));
  }
  variant["steps"] = steps;
  return dump(variant);
}

}  // namespace pgo_orch::orchestrator
