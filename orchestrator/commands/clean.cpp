// `pgo-orch clean`: removes what pgo-orch made, and nothing else.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "orchestrator/commands/state_folder.h"
#include "orchestrator/store/runs.h"
#include "toolchains/clock.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// "30d" in seconds.
std::int64_t age(const std::string& text) {
  constexpr std::int64_t hour = 3600;
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, text.data() + text.size());
  const std::int64_t factor = unit == "h"   ? hour
                              : unit == "d" ? 24 * hour
                              : unit == "w" ? 7 * (24 * hour)
                                            : 0;
  constexpr std::int64_t most = 1000L * 365 * 24 * hour;
  if (failed != std::errc() || number < 0 || factor == 0 || number > most / factor)
    throw Error(fmt::format("--older {}: give an age in hours, days or weeks, e.g. 12h, 30d or 8w", text));
  return number * factor;
}

/// What is asked to go.
class Chosen {
 public:
  Chosen(const Arguments& given, const Layout& layout)
      : all_(!given.has("older") && !given.has("target-folders")),
        target_folders_(given.has("target-folders")),
        history_(given.has("history")) {
    if (!given.has("older")) return;
    // both are ISO 8601, so their order is that of the times
    before_ = toolchains::timestamp(std::time(nullptr) - age(given.text("older")));
    const auto runs = runs_of(layout);
    const auto last = std::ranges::find_if(runs.rbegin(), runs.rend(),
                                           [&](const auto& id) { return is_finished(layout, id); });
    kept_ = {latest_run(layout), last == runs.rend() ? "" : *last};
  }

  bool all() const { return all_; }

  bool has(const StatePart& part) const {
    if (part.kind == Taken::history) return history_;
    if (all_) return true;
    if (part.kind == Taken::target_folders) return target_folders_;
    const auto id = part.path.filename().string();
    return part.kind == Taken::runs && start_of(id) < before_ && std::ranges::count(kept_, id) == 0;
  }

 private:
  bool all_, target_folders_, history_;
  std::string before_;             ///< empty: runs of any age stay
  std::vector<std::string> kept_;  ///< the latest finished run, and the one that --resume goes on with
};

/// Without its name in each line.
std::string below(const fs::path& path, const Layout& layout) {
  return path.lexically_relative(layout.state).string();
}

/// What could not be removed, a line each.
std::string remove_all(std::vector<StatePart>& parts, const Contents& found, const Layout& layout) {
  std::string problems;
  for (auto& part : parts) {
    std::error_code failed;
    remove_part(part, found.foreign, failed);
    if (failed)
      problems += fmt::format("cannot remove all of {}: {}\n", below(part.path, layout), failed.message());
    const Bytes left = toolchains::size_of_tree(part.path);
    part.size.count -= std::min(left.count, part.size.count);
  }
  return problems;
}

/// Behind the run that it led to.
void remove_dangling_link(const Layout& layout) {
  std::error_code missing;
  if (fs::is_symlink(layout.latest(), missing) && !fs::exists(layout.latest(), missing))
    fs::remove(layout.latest(), missing);
}

/// A line for each file that stays.
std::string what_stays(const Contents& found, const Chosen& chosen, const Layout& layout) {
  std::string lines;
  for (const auto& path : found.foreign)
    lines += fmt::format("left, because pgo-orch did not make it: {}\n", below(path, layout));
  for (const auto& part : found.parts)
    if (part.kind == Taken::history && !chosen.has(part))
      lines += fmt::format("left, because no run can make it again (--history removes it): {}\n",
                           below(part.path, layout));
  std::error_code missing;
  if (fs::exists(layout.applied(), missing))
    lines += fmt::format("left, because `pgo-orch apply --revert` needs it: {}\n",
                         below(layout.applied(), layout));
  return lines;
}

Error no_lock(const toolchains::Missing& missing) {
  return Error(fmt::format("{}: a run is at work there, so nothing is removed; wait for it", missing.what));
}

int clean(const Arguments& given) {
  const Layout layout = named_state_folder(given);
  const bool dry = given.has("dry-run");
  if (given.has("older")) age(given.text("older"));  // a wrong one is refused in any case
  if (!is_state_folder(layout)) {
    std::error_code missing;
    print_text(fmt::format(
        "nothing to clean: {} {}\n", layout.state.string(),
        fs::exists(layout.state, missing) ? "is not a state folder of pgo-orch" : "does not exist"));
    return static_cast<int>(Exit::ok);
  }
  std::optional<toolchains::Probe<toolchains::FileLock>> lock;
  if (!dry) lock = toolchains::FileLock::try_lock(layout.lock());
  if (lock && !*lock) throw no_lock(lock->missing());
  const Chosen chosen(given, layout);
  const auto found = contents_of(layout);
  std::vector<StatePart> parts;
  std::ranges::copy_if(found.parts, std::back_inserter(parts),
                       [&](const auto& part) { return chosen.has(part); });
  const std::string stays = chosen.all() ? what_stays(found, chosen, layout) : "";
  const std::string problems = dry ? "" : remove_all(parts, found, layout);
  if (!dry) remove_dangling_link(layout);
  if (!dry && chosen.all()) remove_if_empty(layout);
  const auto sizes =
      parts.empty() ? "nothing to remove\n" : sizes_table(parts, dry ? "would be freed" : "freed");
  print_text(fmt::format("{}\n{}{}", layout.state.string(), sizes, stays));
  if (!problems.empty()) throw Error(problems.substr(0, problems.size() - 1), Exit::failed);
  return static_cast<int>(Exit::ok);
}

}  // namespace

Command clean_command() {
  return {.name = "clean",
          .usage = "clean [pgo.toml] [options]",
          .summary = "remove what pgo-orch made in the state folder",
          .options = Options{{"older", "AGE", "What to remove",
                              "only runs older than this, e.g. 30d; the latest finished one stays"},
                             {"target-folders", "", "What to remove",
                              "only cargo's target folders, which the next run builds again"},
                             {"history", "", "What to remove",
                              "the history of results as well, which no run can make again; without this it "
                              "stays"},
                             {"dry-run", "", "What to remove", "only say what would be removed"}} +
                     state_dir_option + help_option,
          .execute = clean};
}

}  // namespace pgo_orch::orchestrator
