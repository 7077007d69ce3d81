#include "orchestrator/commands/state_folder.h"

#include <fmt/format.h>

#include "report/humanize.h"
#include "report/table.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

Layout named_state_folder(const Arguments& given) {
  const fs::path named = fs::absolute(given.file()).lexically_normal();
  std::error_code missing;
  const bool is_folder = fs::is_directory(named, missing);
  if (!given.files.empty() && !is_folder) {
    if (!fs::exists(named, missing)) throw Error(fmt::format("{} was not found", given.files.front()));
    if (named.extension() != ".toml")
      throw Error(fmt::format("{} is neither a pgo.toml nor a folder", given.files.front()));
  }
  return layout_of(given, folder_of(named));
}

std::string sizes_table(const std::vector<StatePart>& parts, const std::string& total) {
  report::Table table;
  table.columns = {{"kind", report::Align::left, {}}, {"size", report::Align::right, {}}};
  for (const auto& [kind, word] : words_of(Taken{}))
    if (const auto size = size_of(parts, kind); size.count > 0)
      table.rows.push_back({report::Cell(word), report::Cell(report::human(size))});
  table.rows.push_back({report::Cell(total), report::Cell(report::human(size_of(parts)))});
  return to_text(table, false);
}

std::string space_taken(const Layout& layout, Keep keep) {
  constexpr std::uint64_t worth_saying = std::uint64_t{1} << 30;
  const auto parts = contents_of(layout).parts;
  const auto all = size_of(parts), targets = size_of(parts, Taken::target_folders);
  if (all.count < worth_saying) return "";
  const auto text = fmt::format("{} takes {}", layout.state.string(), report::human(all));
  if (targets.count < all.count / 4) return text + "; `pgo-orch clean` gives it back";
  return fmt::format(
      "{}, {} of it cargo's target folders. `pgo-orch clean --target-folders` removes these; the next run "
      "builds them again{}",
      text, report::human(targets),
      keep == Keep::all ? ". keep = \"bin\" in [build] does it after each build" : "");
}

}  // namespace pgo_orch::orchestrator
