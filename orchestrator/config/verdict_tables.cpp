// [[reference]], [[goal]], [[decision]], [[phase]], [[inspect]] and `only-if`: what they hold, the names that
// they refer to, and the edges they set.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "measure/build_phases/stages.h"
#include "orchestrator/config/find.h"
#include "orchestrator/config/reader.h"
#include "orchestrator/config/texts.h"

namespace pgo_orch::orchestrator {
namespace {

Strings names_at(const toml::table& document, std::string_view section, std::string_view of = "") {
  Strings names;
  for (const toml::table* table : tables_at(document, section)) {
    const std::string kind = text_at(*table, "of");
    if (of.empty() || (kind.empty() ? "run" : kind) == of) names.push_back(text_at(*table, "name"));
  }
  return names;
}

Strings joined(Strings first, const Strings& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

class Checker {
 public:
  Checker(const toml::table& document, const Config& config, Reading& reading)
      : config_(config),
        references_(names_at(document, "reference")),
        run_phases_(names_at(document, "phase", "run")),
        build_phases_(joined(measure::stage_names(), names_at(document, "phase", "build"))),
        reading_(reading) {
    for (const Workload& workload : config.workloads) workloads_.push_back(workload.name);
    for (std::size_t i = 0; config.variants && i < config.variants->size(); ++i)
      variants_.push_back(config.variants->at(i).name);
    run_phases_.insert(run_phases_.begin(), {"startup", "init", "compute", "shutdown"});
  }

  void reference(const toml::table& table) const {
    if (const auto* workloads = table["workloads"].as_array()) {
      for (const toml::node& item : *workloads) known(item, "workload", workloads_);
    }
    const std::string of = text_at(table, "of");
    if (of == "build" && !table.contains("build"))
      error(table, "of", "of = \"build\" needs the build: write build = [\"cargo\", \"build\"]");
    if (of != "build" && !table.contains("run"))
      error(table, "", "a [[reference]] needs what is run: write run = [\"{output}\"]");
    const std::string name = text_at(table, "name");
    if (contains(variants_, name)) {
      error(table, "name",
            fmt::format("a variant is named '{}' too: a reference needs a name of its own", name));
    }
  }

  void condition(const toml::table& table) const {
    one_of(table, "'only-if'", {"above", "below"});
    const bool build = text_at(table, "of") == "build";
    refer(table, "workload", workloads_);
    if (build && table.contains("workload"))
      error(table, "workload", "a build has no workload: leave it out with of = \"build\"");
    if (!build && !table.contains("workload") && config_.workloads.size() > 1) {
      error(table, "",
            fmt::format("there are several workloads: write workload = \"{}\"", workloads_.front()));
    }
    condition_phase(table, build);
    for (const char* key : {"above", "below"}) limit(table, key, Unit::time_or_share);
  }

  void goal(const toml::table& table) const {
    figure(table);
    one_of(table, "[[goal]]", {"below", "ratio"});
    if (table.contains("ratio") && !table.contains("to"))
      error(table, "ratio", "'ratio' needs what it is of: write to = \"baseline\"");
    if (table.contains("stretch-ratio") && !table.contains("ratio"))
      error(table, "stretch-ratio", "'stretch-ratio' only applies with 'ratio'");
    if (!table.contains("ratio") && table.contains("to"))
      error(table, "to", "'to' only applies with 'ratio'");
    for (const char* key : {"below", "stretch"}) limit(table, key, unit_of(table));
  }

  void decision(const toml::table& table) const {
    figure(table);
    for (const toml::table* band : tables_at(table, "bands")) {
      const bool edge = band->contains("below") || band->contains("above");
      const bool ratio = band->contains("below-ratio") || band->contains("above-ratio");
      if (edge == ratio)
        error(*band, "",
              "a band needs edges of one kind: write below, above or both, or below-ratio, above-ratio or "
              "both");
      if (ratio && !table.contains("to"))
        error(*band, "", "a ratio needs what it is of: write to = \"baseline\" in the [[decision]]");
      for (const char* key : {"below", "above"}) limit(*band, key, unit_of(table));
    }
  }

 private:
  enum class Unit { time, size, time_or_share };

  void error(const toml::table& table, std::string_view key, const std::string& text) const {
    reading_.error(table, key, text);
  }

  void known(const toml::node& node, const char* what, const Strings& names) const {
    const std::string name = node.value_or(std::string());
    if (name.empty() || contains(names, name)) return;
    reading_.error(place_of(node),
                   fmt::format("there is no {} '{}'{}", what, name, did_you_mean(name, names)));
  }

  void refer(const toml::table& table, const char* key, const Strings& names) const {
    if (const toml::node* node = table.get(key)) known(*node, key, names);
  }

  void one_of(const toml::table& table, const char* what, const Strings& keys) const {
    const auto count =
        std::ranges::count_if(keys, [&](const std::string& key) { return table.contains(key); });
    if (count != 1)
      error(table, "", fmt::format("{} needs exactly one of {}", what, quoted_list(keys, "and")));
  }

  /// What goals and decisions share: a metric, of a workload and a variant.
  void figure(const toml::table& table) const {
    const std::string metric = text_at(table, "metric");
    refer(table, "workload", workloads_);
    refer_to_variant(table);
    if (metric == "phase" && !table.contains("phase")) {
      error(table, "metric", "metric = \"phase\" needs which: write phase = \"compute\"");
    }
    if (metric == "phase") known_phase(table, joined(run_phases_, build_phases_));
    only_with(table, "phase", "phase", metric);
    only_with(table, "scenario", "build", metric);
    static const std::set<std::string> of_a_run = {"runtime",  "startup", "init",  "compute",
                                                   "shutdown", "phase",   "memory"};
    const bool run_time = of_a_run.contains(metric) && !is_build_phase(text_at(table, "phase"));
    if (run_time && std::ranges::none_of(config_.workloads, &Workload::measured)) {
      error(table, "metric",
            fmt::format("'{}' needs a run, and nothing is measured: write a [[workload]] whose role is "
                        "\"measure\" or \"both\"",
                        metric));
    }
  }

  void refer_to_variant(const toml::table& table) const {
    if (reading_.variants_incomplete) return;
    if (text_at(table, "variant") != "best") refer(table, "variant", variants_);
    if (const toml::node* to = table.get("to"))
      known(*to, "variant or reference", joined(variants_, references_));
  }

  void only_with(const toml::table& table, const char* key, const char* wanted,
                 const std::string& metric) const {
    if (!table.contains(key) || metric == wanted) return;
    error(table, key, fmt::format("'{}' only applies with metric = \"{}\"", key, wanted));
  }

  bool is_build_phase(const std::string& name) const {
    return !contains(run_phases_, name) && contains(build_phases_, name);
  }

  /// Unlike a goal, a condition may be about a part of a phase.
  void condition_phase(const toml::table& table, bool of_build) const {
    if (!of_build)
      return known_phase(table, joined(run_phases_, {"exec", "dynamic linking", "libc", "language runtime",
                                                     "exit handlers", "teardown"}));
    const std::string name = text_at(table, "phase");
    const auto names = joined(build_phases_, measure::stage_part_names());
    // A command that builds may report phases of any name. But a long one that is nearly one of ours is a
    // slip ("rustc, other").
    const bool has_others = config_.project.kind == ProjectKind::command;
    if (!has_others || (name.size() > 5 && !did_you_mean(name, names).empty())) known_phase(table, names);
  }

  void known_phase(const toml::table& table, const Strings& names) const {
    const std::string name = text_at(table, "phase");
    if (name.empty() || contains(names, name)) return;
    const std::string hint = did_you_mean(name, names);
    reading_.error(
        place_of(*table.get("phase")),
        fmt::format("there is no phase '{}'{}", name,
                    hint.empty() ? fmt::format(": it can be {}", quoted_list(names, "or")) : hint));
  }

  static Unit unit_of(const toml::table& table) {
    const std::string metric = text_at(table, "metric");
    return metric == "size" || metric == "memory" ? Unit::size : Unit::time;
  }

  void limit(const toml::table& table, const char* key, Unit unit) const {
    const std::string text = text_at(table, key);
    const bool time = parse_duration(text).has_value();
    const bool fits = unit == Unit::size ? parse_size(text).has_value()
                                         : time || (unit == Unit::time_or_share && parse_percentage(text));
    if (text.empty() || fits) return;
    error(table, key,
          fmt::format("'{}' must be {} here, not \"{}\"", key,
                      unit == Unit::size   ? "a size (\"4MiB\")"
                      : unit == Unit::time ? "a duration (\"2.10ms\")"
                                           : "a duration or a percentage",
                      text));
  }

  const Config& config_;
  Strings workloads_, variants_, references_;
  Strings run_phases_;    ///< those of every run, and groups of functions
  Strings build_phases_;  ///< the same of builds
  Reading& reading_;
};

}  // namespace

Questions read_questions(const toml::table& document, Reading& reading) {
  Questions questions;
  const auto read = [&](auto& all, const char* name, Section section) {
    for (const toml::table* table : tables_at(document, name))
      read_table(*table, title_of(*table, section), section, {&all.emplace_back()}, reading);
  };
  read(questions.references, "reference", Section::reference);
  read(questions.goals, "goal", Section::goal);
  read(questions.decisions, "decision", Section::decision);
  read(questions.groups, "phase", Section::phase);
  read(questions.inspections, "inspect", Section::inspect);
  return questions;
}

void check_verdicts(const toml::table& document, const Config& config, Reading& reading) {
  for (const char* section : {"reference", "goal", "decision", "phase"}) {
    NameRegister names;
    for (const toml::table* table : tables_at(document, section))
      names.add(section, text_at(*table, "name"), place_of(*table, "name"), reading.problems);
  }
  const Checker checker(document, config, reading);
  for (const toml::table* table : tables_at(document, "reference")) checker.reference(*table);
  for (const toml::table* table : tables_at(document, "goal")) checker.goal(*table);
  for (const toml::table* table : tables_at(document, "decision")) checker.decision(*table);
  if (config.variants && !conditions_of(*config.variants, config.variants->baseline()).empty()) {
    reading.error({static_cast<std::uint32_t>(config.variants->at(config.variants->baseline()).line), 1},
                  "conditions are about the baseline, so it cannot have an 'only-if' itself");
  }
  for (const char* section : {"variant", "matrix"}) {
    for (const toml::table* table : tables_at(document, section)) {
      if (const auto* condition = (*table)["only-if"].as_table()) checker.condition(*condition);
    }
  }
}

}  // namespace pgo_orch::orchestrator
