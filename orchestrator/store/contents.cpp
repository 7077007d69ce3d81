#include "orchestrator/store/contents.h"

#include <fnmatch.h>

#include <algorithm>
#include <span>
#include <string>

#include "orchestrator/store/runs.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// Files and folders with such a name are ours.
struct Known {
  const char* pattern;  ///< of fnmatch
  Taken kind;
  enum Type { file, folder } type;
};

constexpr Known in_state_folder[] = {
    {"release", Taken::release, Known::folder},
    {"release-again", Taken::release, Known::folder},
    {"gate", Taken::gate, Known::folder},
    {"confirm", Taken::other, Known::folder},
    {"try", Taken::trial, Known::folder},
    {"incremental", Taken::target_folders, Known::folder},
    {"workloads", Taken::other, Known::folder},
    {"corpora", Taken::other, Known::folder},
    {"source", Taken::other, Known::folder},
    {"git", Taken::other, Known::folder},
    {"shadow", Taken::other, Known::folder},
    {"tools", Taken::other, Known::folder},
    {"scratch", Taken::other, Known::folder},
    {"tmp", Taken::other, Known::folder},
    {"archived", Taken::profiles, Known::folder},
    {"locks", Taken::other, Known::folder},
    {"*.log", Taken::other, Known::file},
    {"history.jsonl", Taken::history, Known::file},
    {"build-rounds.jsonl", Taken::other, Known::file},
    {"build-scenarios.jsonl", Taken::other, Known::file},
};

constexpr Known in_variant[] = {
    {"target", Taken::target_folders, Known::folder},
    {"target-*", Taken::target_folders, Known::folder},
    {"tmp", Taken::target_folders, Known::folder},
    {"check", Taken::target_folders, Known::folder},  // of `profile status --check-profile`
    {"bin", Taken::executables, Known::folder},
    {"linked", Taken::executables, Known::folder},
    {"instrumented", Taken::executables, Known::folder},
    {"shuffled", Taken::executables, Known::folder},
    {"symbols", Taken::executables, Known::folder},
    {"output", Taken::executables, Known::folder},
    {"profiles", Taken::profiles, Known::folder},
    {"src", Taken::other, Known::folder},
    {"patched", Taken::other, Known::folder},
    {"patching*", Taken::other, Known::folder},
    {"shims", Taken::other, Known::folder},
    {"shims-*", Taken::other, Known::folder},
    {".cargo", Taken::other, Known::folder},
    {"Cargo.toml", Taken::other, Known::file},
    {"Cargo.lock", Taken::other, Known::file},
    {"config.*.toml", Taken::other, Known::file},
    {"rustc-pinned", Taken::other, Known::file},
    {"*-linker", Taken::other, Known::file},
    {"*.link.map", Taken::other, Known::file},
    {"*.log", Taken::other, Known::file},
    {"*.out", Taken::other, Known::file},
    {"*.json", Taken::other, Known::file},
    {"*.jsonl", Taken::other, Known::file},
};

constexpr Known in_reference[] = {
    {"tmp", Taken::target_folders, Known::folder}, {"bin", Taken::executables, Known::folder},
    {"shims*", Taken::other, Known::folder},       {"*.log", Taken::other, Known::file},
    {"*.out", Taken::other, Known::file},          {"*.json", Taken::other, Known::file},
    {"*.jsonl", Taken::other, Known::file},
};

constexpr Known in_run[] = {
    {"*.json", Taken::runs, Known::file},        {"*.jsonl", Taken::runs, Known::file},
    {"report.*", Taken::runs, Known::file},      {"*.log", Taken::runs, Known::file},
    {"flamegraphs", Taken::runs, Known::folder},
};

/// Each folder in the first is like the second says.
struct KnownList {
  const char* folder;
  std::span<const Known> inside;
};
constexpr KnownList lists[] = {{"variants", in_variant}, {"references", in_reference}};

/// What makes it a state folder; `latest.new` is what a killed run leaves.
constexpr const char* own_files[] = {".gitignore", "lock", "latest", "latest.new", "applied.json"};

class Collector {
 public:
  explicit Collector(const Layout& layout) : layout_(layout) {}

  Contents collect() {
    for_each(layout_.state, [&](const fs::directory_entry& entry) { look_at(entry); });
    return std::move(found_);
  }

 private:
  static void for_each(const fs::path& folder, const auto& look) {
    std::error_code unreadable;
    std::vector<fs::directory_entry> entries;
    for (const auto& entry : fs::directory_iterator(folder, unreadable)) entries.push_back(entry);
    std::ranges::sort(entries);
    for (const auto& entry : entries) look(entry);
  }

  static bool is_folder(const fs::directory_entry& entry) {
    std::error_code gone;
    return entry.symlink_status(gone).type() == fs::file_type::directory;
  }

  void look_at(const fs::directory_entry& entry) {
    const auto name = entry.path().filename();
    if (std::ranges::find(own_files, name) != std::end(own_files)) return;
    if (name == "runs" && is_folder(entry))
      return for_each(entry.path(), [&](const auto& run) { add_run(run); });
    const auto* list = std::ranges::find(lists, name, &KnownList::folder);
    if (list == std::end(lists) || !is_folder(entry)) return sort_in(entry, in_state_folder);
    for_each(entry.path(), [&](const fs::directory_entry& named) {
      if (!is_folder(named)) return found_.foreign.push_back(named.path());
      for_each(named.path(), [&](const auto& inside) { sort_in(inside, list->inside); });
    });
  }

  void add_run(const fs::directory_entry& entry) {
    if (!is_folder(entry) || !is_run_id(entry.path().filename().string()))
      return found_.foreign.push_back(entry.path());
    for_each(entry.path(), [&](const auto& inside) {
      if (!known_as(inside, in_run)) found_.foreign.push_back(inside.path());
    });
    add(entry.path(), Taken::runs);
  }

  /// Null: none of them.
  static const Known* known_as(const fs::directory_entry& entry, std::span<const Known> known) {
    std::error_code gone;
    const auto type = entry.symlink_status(gone).type();
    std::string name = entry.path().filename().string();
    if (name.ends_with(".tmp")) name.erase(name.size() - 4);  // not yet renamed when its writer was killed
    const auto row = std::ranges::find_if(known, [&](const Known& each) {
      const bool fits =
          type == (each.type == Known::file ? fs::file_type::regular : fs::file_type::directory);
      return fits && ::fnmatch(each.pattern, name.c_str(), 0) == 0;
    });
    return row == known.end() ? nullptr : &*row;
  }

  void sort_in(const fs::directory_entry& entry, std::span<const Known> known) {
    std::error_code gone;
    if (const auto* row = known_as(entry, known)) return add(entry.path(), row->kind);
    if (entry.symlink_status(gone).type() != fs::file_type::not_found) found_.foreign.push_back(entry.path());
  }

  void add(const fs::path& path, Taken kind) {
    found_.parts.push_back({path, kind, toolchains::size_of_tree(path)});
  }

  const Layout& layout_;
  Contents found_;
};

}  // namespace

Contents contents_of(const Layout& layout) {
  return Collector(layout).collect();
}

void remove_part(const StatePart& part, const std::vector<fs::path>& foreign, std::error_code& failed) {
  const auto is_inside = [&](const fs::path& path) { return toolchains::lies_in(path, part.path); };
  if (std::ranges::none_of(foreign, is_inside)) {
    fs::remove_all(part.path, failed);
    return;
  }
  std::vector<fs::path> inside;
  for (const auto& entry : fs::directory_iterator(part.path, failed))
    if (std::ranges::find(foreign, entry.path()) == foreign.end()) inside.push_back(entry.path());
  for (const auto& path : inside)
    if (!failed) fs::remove_all(path, failed);
}

Bytes size_of(const std::vector<StatePart>& parts) {
  Bytes sum;
  for (const auto& part : parts) sum.count += part.size.count;
  return sum;
}

Bytes size_of(const std::vector<StatePart>& parts, Taken kind) {
  Bytes sum;
  for (const auto& part : parts)
    if (part.kind == kind) sum.count += part.size.count;
  return sum;
}

void remove_if_empty(const Layout& layout) {
  std::error_code not_empty;
  for (const auto& list : lists) {
    const fs::path folder = layout.state / list.folder;
    if (fs::is_symlink(folder, not_empty)) continue;
    std::vector<fs::path> inside;
    for (const auto& entry : fs::directory_iterator(folder, not_empty))
      if (entry.is_directory(not_empty) && !entry.is_symlink(not_empty)) inside.push_back(entry.path());
    for (const auto& path : inside) fs::remove(path, not_empty);
    fs::remove(folder, not_empty);
  }
  if (!fs::is_symlink(layout.runs(), not_empty)) fs::remove(layout.runs(), not_empty);
  for (const auto& entry : fs::directory_iterator(layout.state, not_empty)) {
    const auto name = entry.path().filename();
    if (name == layout.applied().filename() || std::ranges::find(own_files, name) == std::end(own_files))
      return;
  }
  if (layout.alias != layout.state && fs::is_symlink(layout.alias, not_empty))
    fs::remove(layout.alias, not_empty);
  // the lock last: who waits for it looks whether it is still there
  for (const char* name : {"latest", "latest.new", "lock", ".gitignore"})
    fs::remove(layout.state / name, not_empty);
  // a link to another disk is the user's
  if (!fs::is_symlink(layout.state, not_empty)) fs::remove(layout.state, not_empty);
}

}  // namespace pgo_orch::orchestrator
