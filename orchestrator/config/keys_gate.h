#pragma once
// The keys of [gate].

#include "orchestrator/config/keys_rows.h"

namespace pgo_orch::orchestrator {

using fields::into;
using enum Type;

inline constexpr KeyInfo gate_keys[] = {
    {"guard", percentage, R"("2%")",
     "What takes more than this, and more than the floor, is a regression. Default: as in [measure].",
     into<&GateRules::guard>},
    {"floor", duration, R"("100us")", "Longer times below it are never too much. Default: as in [measure].",
     into<&GateRules::floor>},
    by_default(R"("1MiB")", {"memory-floor", size, R"("1MiB")", "The same for peak memory.",
                             into<&GateRules::memory_floor>}),
    by_default(R"("64KiB")", {"size-floor", size, R"("64KiB")", "The same for the size of executables.",
                              into<&GateRules::size_floor>}),
    by_default(R"(["wall", "cpu"])",
               {"metrics", strings, R"(["wall", "cpu", "memory"])",
                "What is compared; `instructions` are counted by the processor, else by valgrind.",
                into<&GateRules::metrics>, all_words<measure::GateMetric>}),
    by_default(R"("99%")", {"confidence", percentage, R"("99%")", "Of all claims of a gate together.",
                            into<&GateRules::confidence>}),
    {"max-time", duration, R"("60s")",
     "The longest time to measure, per workload and pair of builds. Default: as in [measure].",
     into<&GateRules::max_time>},
    by_default("false",
               {"held-out-only", boolean, "true", "Leaves out the workloads that profiles are trained with.",
                into<&GateRules::held_out_only>}),
    by_default("false",
               {"strict", boolean, "true", "What can't be told fails, too.", into<&GateRules::strict>}),
};

}  // namespace pgo_orch::orchestrator
