// The keys of what is concluded from the figures: references, goals, decisions, phases, evidence about code.

#include "orchestrator/config/keys_rows.h"

namespace pgo_orch::orchestrator {

using fields::figure;
using fields::into;
using enum Type;

namespace {

/// What goals and decisions are about.
template <class Owner>
struct FigureRows {
  static constexpr KeyInfo metric =
      required({"metric", choice, R"("runtime")", "what is judged", figure<Owner, &Figure::metric>,
                measure::all_words<GoalMetric>});
  static constexpr KeyInfo phase{"phase", name, R"("parse")", "with metric = \"phase\"",
                                 figure<Owner, &Figure::phase>};
  static constexpr KeyInfo scenario{"scenario",
                                    choice,
                                    R"("full")",
                                    "with metric = \"build\"",
                                    figure<Owner, &Figure::scenario>,
                                    measure::all_words<BuildScenario>,
                                    R"("full")"};
  static constexpr KeyInfo workload{"workload", name, R"("fib35")", "default: all together",
                                    figure<Owner, &Figure::workload>};
  static constexpr KeyInfo variant{
      "variant", name,       R"("best")", "the one that is judged", figure<Owner, &Figure::variant>,
      "",        R"("best")"};
};

}  // namespace

std::span<const KeyInfo> reference_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("c")", "how the report calls it", into<&Reference::name>}),
      {"workloads", strings, R"(["fib35"])", "default: all", into<&Reference::workloads>},
      {"build", command, R"(["gcc", "-O3", "fib.c", "-o", "{output}"])", "optional", into<&Reference::build>},
      {"run", command, R"(["{output}"])", "the workload's args follow", into<&Reference::run>},
      {"of", choice, R"("run")", "build: its build is what is compared", into<&Reference::of>,
       measure::all_words<PhaseOf>, R"("run")"},
  };
  return keys;
}

std::span<const KeyInfo> goal_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("beat julia")", "how the report calls it", into<&Goal::name>}),
      FigureRows<Goal>::metric,
      FigureRows<Goal>::phase,
      FigureRows<Goal>::scenario,
      FigureRows<Goal>::workload,
      FigureRows<Goal>::variant,
      {"below", limit, R"("2.10ms")", "the target", into<&Goal::below>},
      {"ratio", factor, "0.795", "the target as a ratio to `to`", into<&Goal::ratio>},
      {"to", name, R"("baseline")", "a variant or a reference, with ratio", into<&Goal::to>},
      {"stretch", limit, R"("2.00ms")", "a harder target", into<&Goal::stretch>},
      {"stretch-ratio", factor, "0.75", "the same as a ratio to `to`", into<&Goal::stretch_ratio>},
  };
  return keys;
}

std::span<const KeyInfo> decision_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("LLVM backend")", "how the report calls it", into<&Decision::name>}),
      FigureRows<Decision>::metric,
      FigureRows<Decision>::phase,
      FigureRows<Decision>::scenario,
      FigureRows<Decision>::workload,
      FigureRows<Decision>::variant,
      {"to", name, R"("baseline")", "a variant or a reference, with ratios", into<&Decision::to>},
      required(holding(Section::band, {"bands", tables, R"([{ below = "2.10ms", conclude = "leave it" }])",
                                       "what each range of figures means"})),
  };
  return keys;
}

std::span<const KeyInfo> band_keys() {
  static constexpr KeyInfo keys[] = {
      {"below", limit, R"("2.10ms")", "an upper edge", into<&Band::below>},
      {"above", limit, R"("2.20ms")", "a lower edge", into<&Band::above>},
      {"below-ratio", factor, "0.9", "an upper edge as a ratio to `to`", into<&Band::below_ratio>},
      {"above-ratio", factor, "1.1", "a lower edge as a ratio to `to`", into<&Band::above_ratio>},
      required({"conclude", name, R"("leave it")", "what the report says then", into<&Band::conclude>}),
  };
  return keys;
}

std::span<const KeyInfo> phase_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("parse")", "how the report calls it", into<&PhaseGroup::name>}),
      {"of", choice, R"("run")", "of a run, or of the build command itself", into<&PhaseGroup::of>,
       measure::all_words<PhaseOf>, R"("run")"},
      required({"symbols", strings, R"(["fib::parse::*"])", "the functions that belong to it",
                into<&PhaseGroup::symbols>}),
  };
  return keys;
}

std::span<const KeyInfo> inspect_keys() {
  static constexpr KeyInfo keys[] = {
      {"symbols", strings, R"(["fib::fib"])", "functions to look at", into<&Inspect::symbols>},
      {"allocations", boolean, "true", "and how many allocations each workload makes",
       into<&Inspect::allocations>, "", "false"},
  };
  return keys;
}

}  // namespace pgo_orch::orchestrator
