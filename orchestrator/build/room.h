#pragma once
// Whether there is room for a build: an instrumented one takes more memory and disk than a plain one, and is
// killed, or fails at its very end, where there is too little.

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/store/layout.h"
#include "toolchains/units.h"

namespace pgo_orch::orchestrator {

/// What a build is expected to take; no value: nothing tells.
struct Need {
  std::optional<Bytes> memory;  ///< of its largest process
  std::optional<Bytes> disk;
};

/// What an instrumented build and the one after it will take, judged by plain builds of the same project,
/// which a run left in the state folder. (Memory: up to 2 times as much, say projects whose fat links were
/// killed; 1.1 times in hexyl 0.16. Disk: each of the two stages as much as a plain build.)
Need need_of_instrumented_build(const Layout& layout);

/// What there is too little of, a sentence each.
std::vector<std::string> shortages(const Need& need, std::optional<Bytes> free_memory,
                                   std::optional<Bytes> free_disk);

/// The same for the build's place on this machine.
std::vector<std::string> shortages(const Layout& layout);

}  // namespace pgo_orch::orchestrator
