// The keys of what is concluded from the figures: references, goals, decisions, phases, evidence about code.

#include "orchestrator/keys_tables.h"

namespace pgo_orch::orchestrator {

using enum Type;

namespace {

constexpr std::string_view metrics = "runtime startup init compute shutdown phase build size memory";
constexpr std::string_view scenarios = "full incr-full incr-unchanged incr-patched";

}  // namespace

std::span<const KeyInfo> reference_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("c")", "how the report calls it"}),
      {"workloads", strings, R"(["fib35"])", "default: all"},
      {"build", command, R"(["gcc", "-O3", "fib.c", "-o", "{output}"])", "optional"},
      required({"run", command, R"(["{output}"])", "the workload's args follow"}),
      {"of", choice, R"("run")", "build: its build is what is compared", nullptr, "run build", R"("run")"},
  };
  return keys;
}

std::span<const KeyInfo> goal_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("beat julia")", "how the report calls it"}),
      required({"metric", choice, R"("runtime")", "what is judged", nullptr, metrics}),
      {"phase", name, R"("parse")", "with metric = \"phase\""},
      {"scenario", choice, R"("full")", "with metric = \"build\"", nullptr, scenarios, R"("full")"},
      {"workload", name, R"("fib35")", "default: all together"},
      {"variant", name, R"("best")", "the one that is judged", nullptr, "", R"("best")"},
      {"below", limit, R"("2.10ms")", "the target"},
      {"ratio", factor, "0.795", "the target as a share of `to`"},
      {"to", name, R"("baseline")", "a variant or a reference, with ratio"},
      {"stretch", limit, R"("2.00ms")", "a harder target"},
  };
  return keys;
}

std::span<const KeyInfo> decision_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("LLVM backend")", "how the report calls it"}),
      required({"metric", choice, R"("runtime")", "what is judged", nullptr, metrics}),
      {"phase", name, R"("parse")", "with metric = \"phase\""},
      {"scenario", choice, R"("full")", "with metric = \"build\"", nullptr, scenarios, R"("full")"},
      {"workload", name, R"("fib35")", "default: all together"},
      {"variant", name, R"("best")", "the one that is judged", nullptr, "", R"("best")"},
      {"to", name, R"("baseline")", "a variant or a reference, with ratios"},
      required(holding(Section::band, {"bands", tables, R"([{ below = "2.10ms", conclude = "leave it" }])",
                                       "what each range of figures means"})),
  };
  return keys;
}

std::span<const KeyInfo> band_keys() {
  static constexpr KeyInfo keys[] = {
      {"below", limit, R"("2.10ms")", "an upper edge"},
      {"above", limit, R"("2.20ms")", "a lower edge"},
      {"below-ratio", factor, "0.9", "an upper edge as a share of `to`"},
      {"above-ratio", factor, "1.1", "a lower edge as a share of `to`"},
      required({"conclude", name, R"("leave it")", "what the report says then"}),
  };
  return keys;
}

std::span<const KeyInfo> phase_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("parse")", "how the report calls it"}),
      {"of", choice, R"("run")", "of a run, or of the build command itself", nullptr, "run build",
       R"("run")"},
      required({"symbols", strings, R"(["fib::parse::*"])", "the functions that belong to it"}),
  };
  return keys;
}

std::span<const KeyInfo> inspect_keys() {
  static constexpr KeyInfo keys[] = {
      {"symbols", strings, R"(["fib::fib"])", "functions to look at"},
      {"allocations", boolean, "true", "and how many allocations each workload makes", nullptr, "", "false"},
  };
  return keys;
}

}  // namespace pgo_orch::orchestrator
