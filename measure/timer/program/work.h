#pragma once
// Something to be timed: `pgo-orch-timer --work N`.

namespace pgo_orch::timer {

/// Does what programs do: takes fresh memory, fills it, jumps about in it and branches on what is there.
/// About a microsecond for each `unit`, always the same instructions. The result depends on all of it.
unsigned long work(unsigned long units);

}  // namespace pgo_orch::timer
