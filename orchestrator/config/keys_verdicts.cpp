// The keys of what is concluded from the figures: references, goals, decisions, phases, evidence about code.

#include "orchestrator/config/keys_fields.h"
#include "orchestrator/config/keys_tables.h"

namespace pgo_orch::orchestrator {

using fields::figure;
using fields::into;
using enum Type;

namespace {

constexpr std::string_view metrics = "runtime startup init compute shutdown phase build size memory";
constexpr std::string_view scenarios = "full incr-full incr-unchanged incr-patched";

}  // namespace

std::span<const KeyInfo> reference_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("c")", "how the report calls it", into<&Reference::name>}),
      {"workloads", strings, R"(["fib35"])", "default: all", into<&Reference::workloads>},
      {"build", command, R"(["gcc", "-O3", "fib.c", "-o", "{output}"])", "optional", into<&Reference::build>},
      {"run", command, R"(["{output}"])", "the workload's args follow", into<&Reference::run>},
      {"of", choice, R"("run")", "build: its build is what is compared", into<&Reference::of>, "run build",
       R"("run")"},
  };
  return keys;
}

std::span<const KeyInfo> goal_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("beat julia")", "how the report calls it", into<&Goal::name>}),
      required({"metric", choice, R"("runtime")", "what is judged", figure<Goal, &Figure::metric>, metrics}),
      {"phase", name, R"("parse")", "with metric = \"phase\"", figure<Goal, &Figure::phase>},
      {"scenario", choice, R"("full")", "with metric = \"build\"", figure<Goal, &Figure::scenario>, scenarios,
       R"("full")"},
      {"workload", name, R"("fib35")", "default: all together", figure<Goal, &Figure::workload>},
      {"variant", name, R"("best")", "the one that is judged", figure<Goal, &Figure::variant>, "",
       R"("best")"},
      {"below", limit, R"("2.10ms")", "the target", into<&Goal::below>},
      {"ratio", factor, "0.795", "the target as a share of `to`", into<&Goal::ratio>},
      {"to", name, R"("baseline")", "a variant or a reference, with ratio", into<&Goal::to>},
      {"stretch", limit, R"("2.00ms")", "a harder target", into<&Goal::stretch>},
      {"stretch-ratio", factor, "0.75", "the same as a share of `to`", into<&Goal::stretch_ratio>},
  };
  return keys;
}

std::span<const KeyInfo> decision_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("LLVM backend")", "how the report calls it", into<&Decision::name>}),
      required(
          {"metric", choice, R"("runtime")", "what is judged", figure<Decision, &Figure::metric>, metrics}),
      {"phase", name, R"("parse")", "with metric = \"phase\"", figure<Decision, &Figure::phase>},
      {"scenario", choice, R"("full")", "with metric = \"build\"", figure<Decision, &Figure::scenario>,
       scenarios, R"("full")"},
      {"workload", name, R"("fib35")", "default: all together", figure<Decision, &Figure::workload>},
      {"variant", name, R"("best")", "the one that is judged", figure<Decision, &Figure::variant>, "",
       R"("best")"},
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
      {"below-ratio", factor, "0.9", "an upper edge as a share of `to`", into<&Band::below_ratio>},
      {"above-ratio", factor, "1.1", "a lower edge as a share of `to`", into<&Band::above_ratio>},
      required({"conclude", name, R"("leave it")", "what the report says then", into<&Band::conclude>}),
  };
  return keys;
}

std::span<const KeyInfo> phase_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("parse")", "how the report calls it", into<&PhaseGroup::name>}),
      {"of", choice, R"("run")", "of a run, or of the build command itself", into<&PhaseGroup::of>,
       "run build", R"("run")"},
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
