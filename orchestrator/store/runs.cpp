#include "orchestrator/store/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "orchestrator/store/journal.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view form = "dddd-dd-ddTdd-dd-ddZ";  // d: a digit

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

/// Of runs that began in the same second: 1, 2 and so on. 0: it is not an id.
int number_in(std::string_view id) {
  if (id.size() < form.size()) return 0;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] == 'd' ? !is_digit(id[i]) : id[i] != form[i]) return 0;
  id.remove_prefix(form.size());
  if (id.empty()) return 1;
  int number = 0;
  const auto [end, failed] = std::from_chars(id.data() + 1, id.data() + id.size(), number);
  const bool fits = id.front() == '-' && failed == std::errc() && end == id.data() + id.size();
  return fits && number > 1 ? number : 0;
}

}  // namespace

bool is_run_id(const std::string& name) {
  return number_in(name) > 0;
}

std::string start_of(const std::string& id) {
  if (!is_run_id(id)) return "";
  std::string time = id.substr(0, form.size());
  time[13] = time[16] = ':';
  return time;
}

std::vector<std::string> runs_of(const Layout& layout) {
  std::vector<std::string> ids;
  std::error_code missing;
  if (!fs::exists(layout.runs(), missing)) return ids;
  const fs::directory_iterator entries(layout.runs(), missing);
  if (missing)
    throw Error(fmt::format("cannot read {}: {}", layout.runs().string(), missing.message()), Exit::failed);
  for (const auto& entry : entries) {
    std::error_code gone;
    if (auto id = entry.path().filename().string();
        is_run_id(id) && entry.symlink_status(gone).type() == fs::file_type::directory)
      ids.push_back(std::move(id));
  }
  std::ranges::sort(ids, {}, [](const std::string& id) { return std::pair(start_of(id), number_in(id)); });
  return ids;
}

std::string latest_run(const Layout& layout) {
  std::error_code missing;
  const fs::path to = fs::read_symlink(layout.latest(), missing);
  const auto id = to.filename().string();
  return !missing && to == fs::path("runs") / id && is_run_id(id) ? id : "";
}

std::string find_run(const Layout& layout, const std::string& word) {
  auto ids = runs_of(layout);
  std::erase_if(ids, [&](const std::string& id) {
    std::error_code missing;
    return !fs::exists(layout.run(id) / "results.json", missing);
  });
  const std::size_t back = word == "latest" ? 1 : word == "previous" ? 2 : 0;
  if (back > 0 && ids.size() >= back) return ids[ids.size() - back];
  std::vector<std::string> found;
  for (const auto& id : ids)
    if (id == word)
      return id;
    else if (id.starts_with(word))
      found.push_back(id);
  if (found.size() == 1) return found.front();
  if (found.empty())
    throw Error(fmt::format("no run '{}' with results in {}; `pgo-orch list` shows them", word,
                            layout.state.string()));
  throw Error(fmt::format("'{}' is the beginning of {} runs, {} and {} among them: write more of it", word,
                          found.size(), found.front(), found.back()));
}

bool is_finished(const Layout& layout, const std::string& id) {
  const fs::path folder = layout.run(id);
  bool ended = false;
  JsonLines(folder / "journal.jsonl").for_each([&](const nlohmann::json& line) {
    ended = ended || line.value("event", "") == "end";
  });
  return ended && fs::exists(folder / "results.json");
}

}  // namespace pgo_orch::orchestrator
