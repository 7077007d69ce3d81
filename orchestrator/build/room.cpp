#include "orchestrator/build/room.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/store/build_times.h"
#include "report/humanize.h"
#include "toolchains/host.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// How much more than a plain build an instrumented one takes at most, of memory and of disk.
constexpr std::uint64_t times_plain = 2;

/// Where runs may have left plain builds: a release has a state folder inside theirs, and in it one for each
/// target.
std::vector<fs::path> states_of_runs(const Layout& layout) {
  const auto outer = layout.state.parent_path();
  return {layout.state, outer, outer.parent_path()};
}

Bytes size_of_folder(const fs::path& folder) {
  Bytes size{};
  std::error_code unreadable;
  for (fs::recursive_directory_iterator entry(folder, unreadable), end; entry != end;
       entry.increment(unreadable)) {
    if (unreadable) break;
    if (entry->is_regular_file(unreadable)) size.count += entry->file_size(unreadable);
  }
  return size;
}

void take_most(std::optional<Bytes>& most, Bytes other) {
  if (other.count > 0) most = Bytes{std::max(most.value_or(Bytes{}).count, other.count)};
}

std::string text_of(const char* what, Bytes needed, Bytes free, const char* advice) {
  return fmt::format(
      "the instrumented build may need {} of {}, {} times what a plain build took, and {} is free: {}",
      report::human(needed), what, times_plain, report::human(free), advice);
}

}  // namespace

Need need_of_instrumented_build(const Layout& layout) {
  Need plain;
  for (const auto& state : states_of_runs(layout)) {
    std::error_code missing;
    for (const auto& variant : fs::directory_iterator(state / "variants", missing)) {
      take_most(plain.memory, largest_process(variant.path() / "plain.times.json"));
      if (!plain.disk)
        take_most(plain.disk, size_of_folder(variant.path() / "target-plain"));  // all are alike
    }
    if (plain.memory || plain.disk) break;
  }
  if (plain.memory) plain.memory->count *= times_plain;
  if (plain.disk) plain.disk->count *= times_plain;
  return plain;
}

std::vector<std::string> shortages(const Need& need, std::optional<Bytes> free_memory,
                                   std::optional<Bytes> free_disk) {
  std::vector<std::string> found;
  if (need.memory && free_memory && need.memory->count > free_memory->count)
    found.push_back(text_of("memory", *need.memory, *free_memory,
                            "close other programs, or use a larger machine or lto = \"thin\""));
  if (need.disk && free_disk && need.disk->count > free_disk->count)
    found.push_back(
        text_of("disk", *need.disk, *free_disk, "make room, or use --state-dir to build elsewhere"));
  return found;
}

std::vector<std::string> shortages(const Layout& layout) {
  std::error_code unknown;
  const auto space = fs::space(layout.state, unknown);
  return shortages(need_of_instrumented_build(layout), toolchains::free_memory(),
                   unknown ? std::nullopt : std::optional(Bytes{space.available}));
}

}  // namespace pgo_orch::orchestrator
