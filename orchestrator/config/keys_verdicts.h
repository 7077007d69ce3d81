#pragma once
// The keys of what is concluded from the figures: references, goals, decisions, phases, evidence about code.

#include "orchestrator/config/keys_rows.h"

namespace pgo_orch::orchestrator {

using fields::into;
using enum Type;

inline constexpr KeyInfo reference_keys[] = {
    required({"name", name, R"("c")", "How the report calls it.", into<&Reference::name>}),
    {"workloads", strings, R"(["fib35"])", "Default: all.", into<&Reference::workloads>},
    {"build", command, R"(["gcc", "-O3", "fib.c", "-o", "{output}"])",
     "Builds it; {output} is where the program must appear.", into<&Reference::build>},
    {"run", command, R"(["{output}"])", "Runs it; the workload's arguments follow.", into<&Reference::run>},
    by_default(R"("run")", {"of", choice, R"("run")", "What is compared: its run, or its build.",
                            into<&Reference::of>, all_words<PhaseOf>}),
};

/// What goals and decisions are about.
template <class Owner>
constexpr auto figure_rows(std::string_view name_example) {
  return std::to_array<KeyInfo>({
      required({"name", name, name_example, "How the report calls it.", into<&Figure::name, Owner>}),
      required({"metric", choice, R"("runtime")", "What is judged.", into<&Figure::metric, Owner>,
                all_words<GoalMetric>}),
      {"phase", name, R"("parse")", "With metric = \"phase\".", into<&Figure::phase, Owner>},
      by_default(R"("full")", {"scenario", choice, R"("full")", "With metric = \"build\".",
                               into<&Figure::scenario, Owner>, all_words<BuildScenario>}),
      {"workload", name, R"("fib35")", "Default: all together.", into<&Figure::workload, Owner>},
      by_default(R"("best")",
                 {"variant", name, R"("best")", "The one that is judged.", into<&Figure::variant, Owner>}),
  });
}

inline constexpr auto goal_keys =
    joined(figure_rows<Goal>(R"("beat julia")"),
           std::to_array<KeyInfo>({
               {"below", limit, R"("2.10ms")", "The target.", into<&Goal::below>},
               {"ratio", factor, "0.795", "The target as a ratio to `to`.", into<&Goal::ratio>},
               {"to", name, R"("baseline")", "A variant or a reference, with `ratio`.", into<&Goal::to>},
               {"stretch", limit, R"("2.00ms")", "A harder target.", into<&Goal::stretch>},
               {"stretch-ratio", factor, "0.75", "The same as a ratio to `to`.", into<&Goal::stretch_ratio>},
           }));

inline constexpr auto decision_keys =
    joined(figure_rows<Decision>(R"("LLVM backend")"),
           std::to_array<KeyInfo>({
               {"to", name, R"("baseline")", "A variant or a reference, with ratios.", into<&Decision::to>},
               required(holding<&Decision::bands>(
                   Section::band, {"bands", tables, R"([{ below = "2.10ms", conclude = "leave it" }])",
                                   "What each range of figures means."})),
           }));

inline constexpr KeyInfo band_keys[] = {
    {"below", limit, R"("2.10ms")", "An upper edge.", into<&Band::below>},
    {"above", limit, R"("2.20ms")", "A lower edge.", into<&Band::above>},
    {"below-ratio", factor, "0.9", "An upper edge as a ratio to `to`.", into<&Band::below_ratio>},
    {"above-ratio", factor, "1.1", "A lower edge as a ratio to `to`.", into<&Band::above_ratio>},
    required({"conclude", name, R"("leave it")", "What is concluded from a figure in this range.",
              into<&Band::conclude>}),
};

inline constexpr KeyInfo phase_keys[] = {
    required({"name", name, R"("parse")", "How the report calls it.", into<&PhaseGroup::name>}),
    by_default(R"("run")", {"of", choice, R"("run")", "Of a run, or of the build command itself.",
                            into<&PhaseGroup::of>, all_words<PhaseOf>}),
    required({"symbols", strings, R"(["fib::parse::*"])", "Patterns of functions whose time is added up.",
              into<&PhaseGroup::symbols>}),
};

inline constexpr KeyInfo inspect_keys[] = {
    {"symbols", strings, R"(["fib::fib"])", "Functions to look at.", into<&Inspect::symbols>},
    by_default("false",
               {"allocations", boolean, "true", "Also count how many allocations each workload makes.",
                into<&Inspect::allocations>}),
};

}  // namespace pgo_orch::orchestrator
