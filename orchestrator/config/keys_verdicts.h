#pragma once
// The keys of what is concluded from the figures: references, goals, decisions, phases, evidence about code.

#include "orchestrator/config/keys_rows.h"

namespace pgo_orch::orchestrator {

using fields::into;
using enum Type;

inline constexpr KeyInfo reference_keys[] = {
    required({"name", name, R"("c")", into<&Reference::name>}),           // how the report calls it
    {"workloads", strings, R"(["fib35"])", into<&Reference::workloads>},  // default: all
    {"build", command, R"(["gcc", "-O3", "fib.c", "-o", "{output}"])", into<&Reference::build>},
    {"run", command, R"(["{output}"])", into<&Reference::run>},  // the workload's args follow
    // build: its build is what is compared
    {"of", choice, R"("run")", into<&Reference::of>, all_words<PhaseOf>},
};

/// What goals and decisions are about.
template <class Owner>
constexpr auto figure_rows(std::string_view name_example) {
  return std::to_array<KeyInfo>({
      required({"name", name, name_example, into<&Figure::name, Owner>}),
      required({"metric", choice, R"("runtime")", into<&Figure::metric, Owner>, all_words<GoalMetric>}),
      {"phase", name, R"("parse")", into<&Figure::phase, Owner>},  // with metric = "phase"
      // with metric = "build"
      {"scenario", choice, R"("full")", into<&Figure::scenario, Owner>, all_words<BuildScenario>},
      {"workload", name, R"("fib35")", into<&Figure::workload, Owner>},  // default: all together
      {"variant", name, R"("best")", into<&Figure::variant, Owner>},     // the one that is judged
  });
}

inline constexpr auto goal_keys =
    joined(figure_rows<Goal>(R"("beat julia")"),
           std::to_array<KeyInfo>({
               {"below", limit, R"("2.10ms")", into<&Goal::below>},  // the target
               {"ratio", factor, "0.795", into<&Goal::ratio>},       // the target as a ratio to `to`
               {"to", name, R"("baseline")", into<&Goal::to>},       // a variant or a reference, with ratio
               {"stretch", limit, R"("2.00ms")", into<&Goal::stretch>},        // a harder target
               {"stretch-ratio", factor, "0.75", into<&Goal::stretch_ratio>},  // the same as a ratio to `to`
           }));

inline constexpr auto decision_keys =
    joined(figure_rows<Decision>(R"("LLVM backend")"),
           std::to_array<KeyInfo>({
               {"to", name, R"("baseline")", into<&Decision::to>},  // a variant or a reference, with ratios
               // what each range of figures means
               required(holding<&Decision::bands>(
                   Section::band, {"bands", tables, R"([{ below = "2.10ms", conclude = "leave it" }])"})),
           }));

inline constexpr KeyInfo band_keys[] = {
    {"below", limit, R"("2.10ms")", into<&Band::below>},       // an upper edge
    {"above", limit, R"("2.20ms")", into<&Band::above>},       // a lower edge
    {"below-ratio", factor, "0.9", into<&Band::below_ratio>},  // an upper edge as a ratio to `to`
    {"above-ratio", factor, "1.1", into<&Band::above_ratio>},  // a lower edge as a ratio to `to`
    required({"conclude", name, R"("leave it")", into<&Band::conclude>}),
};

inline constexpr KeyInfo phase_keys[] = {
    required({"name", name, R"("parse")", into<&PhaseGroup::name>}),  // how the report calls it
    // of a run, or of the build command itself
    {"of", choice, R"("run")", into<&PhaseGroup::of>, all_words<PhaseOf>},
    required({"symbols", strings, R"(["fib::parse::*"])", into<&PhaseGroup::symbols>}),
};

inline constexpr KeyInfo inspect_keys[] = {
    {"symbols", strings, R"(["fib::fib"])", into<&Inspect::symbols>},  // functions to look at
    // and how many allocations each workload makes
    {"allocations", boolean, "true", into<&Inspect::allocations>},
};

}  // namespace pgo_orch::orchestrator
