#pragma once
// The parts of load_config, each for one kind of table. All report what is wrong and go on.

#include "orchestrator/config/config.h"
#include "orchestrator/config/reader.h"

namespace pgo_orch::orchestrator {

/// Unknown tables, [x] for [[x]], missing ones, and those that this version lacks.
void check_tables(const toml::table& document, Reading& reading);

Project read_project(const toml::table& document, Reading& reading);
std::vector<Workload> read_workloads(const toml::table& document, const Project& project, Reading& reading);
/// Null if there is no variant at all.
std::shared_ptr<const Variants> read_variants(const toml::table& document, Reading& reading);
Measure read_measure(const toml::table& document, Reading& reading);
Build read_build(const toml::table& document, Reading& reading);
Questions read_questions(const toml::table& document, Reading& reading);

/// What each variant, complete, cannot be: contradictions between its settings, and with project and
/// workloads.
void check_variants(const toml::table& document, const Config& config, Reading& reading);
/// References, goals, decisions, phases and gates, and the names they refer to.
void check_verdicts(const toml::table& document, const Config& config, Reading& reading);

/// Whether cargo has the profile without anyone writing it.
bool is_cargo_profile(std::string_view name);

/// "variant 'fat'", "[[variant]]" for one without a name, "[project]".
std::string title_of(const toml::table& table, Section section);

}  // namespace pgo_orch::orchestrator
