// `pgo-orch history`: how effects went from run to run, and where they changed.

#include "orchestrator/store/history.h"

#include <fmt/format.h>
#include <unistd.h>

#include "orchestrator/commands/command.h"
#include "orchestrator/commands/history_json.h"
#include "orchestrator/commands/history_text.h"
#include "orchestrator/commands/outputs.h"
#include "orchestrator/commands/state_folder.h"
#include "report/humanize.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

constexpr const char* group_shown = "What to show";

/// The one that was named, or that of the state folder.
fs::path history_file(const Arguments& given) {
  if (!given.has("history")) return named_state_folder(given).history();
  for (const auto& [what, is_given] :
       {std::pair{"a pgo.toml", !given.files.empty()}, std::pair{"--state-dir", given.has("state-dir")}})
    if (is_given)
      throw Error(fmt::format(
          "--history names the file itself, so {} has no effect: leave one of the two out", what));
  fs::path file = given.text("history");
  if (!fs::exists(file))
    throw Error(fmt::format("{0} was not found: `pgo-orch run --history {0}` begins it", file.string()));
  return file;
}

Error nothing_in(const fs::path& file, int unread) {
  if (unread > 0)
    return Error(fmt::format("{}: {} cannot be read, and there is nothing else", file.string(),
                             report::human_count(unread, "line")));
  return Error(fmt::format(
      "nothing is recorded yet in {}: every `pgo-orch run` that times a variant adds to it", file.string()));
}

Error nothing_chosen(const RecordedHistory& history) {
  std::string names;
  for (const auto& build : history.entries.back().builds) names += (names.empty() ? "" : ", ") + build.name;
  return Error(fmt::format("nothing in the history has these names; the latest run has variants {}", names));
}

int show_history(const Arguments& given) {
  const bool color = wants_color(given, STDOUT_FILENO);
  if (given.has("json")) check_output_files({{"json", given.text("json")}});
  const fs::path file = history_file(given);
  const auto history = read_history(file);
  if (history.entries.empty()) throw nothing_in(file, history.unread);
  const auto pasts = pasts_of(history, {given.all("variant"), given.all("workload")});
  if (pasts.empty()) throw nothing_chosen(history);
  if (history.unread > 0)
    fmt::print(stderr, "note: {}: {} cannot be read and {} left out\n", file.string(),
               report::human_count(history.unread, "line"), history.unread == 1 ? "is" : "are");
  if (given.has("json")) write_text(given.text("json"), to_json_text(pasts, history.unread));
  if (!given.has("json") || !is_stdout(given.text("json"))) print_text(to_text(pasts, color));
  return static_cast<int>(Exit::ok);
}

}  // namespace

Command history_command() {
  return {
      .name = "history",
      .usage = "history [pgo.toml] [options]",
      .summary = "show how effects changed from run to run",
      .options = Options{{"history", "FILE", group_shown, "a file that `run --history FILE` adds to"},
                         {"variant", "GLOB", group_shown, "only these variants (repeatable)", true},
                         {"workload", "GLOB", group_shown, "only these workloads (repeatable)", true},
                         {"json", "FILE", group::output, "write the series as JSON; - is standard output"}} +
                 general_options(),
      .execute = show_history};
}

}  // namespace pgo_orch::orchestrator
