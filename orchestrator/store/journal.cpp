#include "orchestrator/store/journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "report/results_json.h"
#include "toolchains/clock.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/text.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

bool lacks_its_end(const fs::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in || in.tellg() <= 0) return false;
  in.seekg(-1, std::ios::end);
  return in.get() != '\n';
}

json to_json(const measure::Sample& sample) {
  json fields{sample.wall.count(), sample.user.count(), sample.system.count(), sample.peak_rss.count,
              sample.exit_code};
  if (sample.capped) fields.push_back("capped");
  return fields;
}

measure::Sample sample_from(const json& json) {
  measure::Sample sample;
  sample.end = toolchains::End::exited;
  sample.wall = Nanoseconds(json.at(0).get<std::int64_t>());
  sample.user = Nanoseconds(json.at(1).get<std::int64_t>());
  sample.system = Nanoseconds(json.at(2).get<std::int64_t>());
  sample.peak_rss = Bytes{json.at(3).get<std::uint64_t>()};
  sample.exit_code = json.at(4).get<int>();
  sample.capped = json.size() > 5;
  if (sample.capped) sample.end = toolchains::End::timed_out;
  return sample;
}

measure::Series& series_of(std::vector<measure::Series>& all, const std::string& name) {
  const auto found = std::ranges::find(all, name, &measure::Series::name);
  return found != all.end() ? *found : all.emplace_back(measure::Series{.name = name});
}

void read_round(const json& line, std::vector<measure::Series>& all) {
  const int round = line.at("round").get<int>();
  std::map<std::string, measure::Sample> samples;  // all of them, or none
  for (const auto& [key, sample] : line.at("samples").items()) samples.emplace(key, sample_from(sample));
  for (const auto& [key, sample] : samples) {
    auto& series = series_of(all, key);
    series.rounds.push_back(round);
    series.samples.push_back(sample);
  }
}

/// What the lines of a journal tell, in their order.
struct History {
  Unfinished unfinished;
  std::string fingerprint;
  bool finished = false;
  std::set<std::string> without_room;  ///< workloads
};

void take_up(const json& line, History& history) {
  auto& unfinished = history.unfinished;
  const std::string event = line.value("event", "");
  const std::string workload = line.value("workload", "");
  if (event == "begin") {
    unfinished.id = line.value("id", "");
    unfinished.started = line.value("started", "");
    unfinished.seed = line.value("seed", std::uint64_t{});
    history.fingerprint = line.value("fingerprint", "");
  } else if (event == "variant") {
    auto row = report::from_json_line<report::VariantResult>(line.at("row").dump());
    unfinished.variants[row.name] = std::move(row);
  } else if (event == "restart" || event == "discard") {
    unfinished.measurements.erase(workload);
    unfinished.measured.erase(workload);
    history.without_room.erase(workload);
    if (event == "restart") unfinished.restarted.insert(workload);
  } else if (event == "measured") {
    const int ends = line.value("ends", 0);
    unfinished.measured[workload] = {ends, line.value("up", ends > 0)};
  } else if (event == "round") {
    read_round(line, unfinished.measurements[workload]);
  } else if (event == "left") {
    auto& series = series_of(unfinished.measurements[workload], line.at("contender").get<std::string>());
    series.lost = line.at("lost").get<bool>();
    series.failure = line.at("failure").get<std::string>();
    if (line.value("no_room", false)) history.without_room.insert(workload);
  } else if (event == "end") {
    history.finished = true;
  }
}

}  // namespace

void JsonLines::append(const json& object) const {
  const std::string line = object.dump(-1, ' ', false, json::error_handler_t::replace);
  toolchains::append_line(file_, lacks_its_end(file_) ? "\n" + line : line);
}

int JsonLines::for_each(const std::function<void(const json&)>& take) const {
  if (!exists()) return 0;
  int unread = 0;
  std::istringstream lines(toolchains::read_file(file_));
  for (std::string line; std::getline(lines, line);) try {
      const auto object = toolchains::is_nested_too_deep(line) ? json() : json::parse(line, nullptr, false);
      if (object.is_object())
        take(object);
      else
        ++unread;
    } catch (const json::exception&) {
      ++unread;
    } catch (const Error&) {
      ++unread;
    }
  return unread;
}

std::string contender_key(const std::string& name, const std::string& code) {
  return name + "@" + code;
}

std::string new_run_id(const Layout& layout) {
  std::string base = toolchains::timestamp();
  std::ranges::replace(base, ':', '-');
  std::string id = base;
  for (int number = 2; fs::exists(layout.run(id)); ++number) id = fmt::format("{}-{}", base, number);
  return id;
}

Journal::Journal(const fs::path& folder, std::string id)
    : folder_(folder), id_(std::move(id)), lines_(folder / "journal.jsonl") {}

Journal Journal::begin(const Layout& layout, const std::string& id, const std::string& fingerprint,
                       std::uint64_t seed) {
  Journal journal(layout.run(id), id);
  toolchains::make_folders(journal.folder_);
  journal.lines_.append({{"event", "begin"},
                         {"id", id},
                         {"started", toolchains::timestamp()},
                         {"fingerprint", fingerprint},
                         {"seed", seed},
                         {"version", PGO_ORCH_VERSION}});
  const fs::path link = layout.state / "latest.new";
  fs::remove(link);
  fs::create_directory_symlink(fs::path("runs") / id, link);
  fs::rename(link, layout.latest());
  return journal;
}

std::pair<Journal, Unfinished> Journal::resume(const Layout& layout, const std::string& fingerprint,
                                               Finished what_if_finished) {
  std::error_code missing;
  const fs::path latest = fs::read_symlink(layout.latest(), missing);
  Journal journal(layout.state / latest, "");
  if (!missing && (latest.parent_path() != "runs" || latest.filename() == ".."))
    throw Error(
        fmt::format("{} leads to {}, which is not a run of this folder: remove it, and start a run "
                    "without --resume",
                    layout.latest().string(), latest.string()));
  if (missing || !journal.lines_.exists()) {
    throw Error(
        fmt::format("there is no run to resume in {}; start one without --resume", layout.state.string()));
  }
  History history;
  const int unread = journal.lines_.for_each([&](const json& line) { take_up(line, history); });
  history.unfinished.unread = unread;
  for (const auto& workload : history.without_room) {
    history.unfinished.measurements.erase(workload);
    history.unfinished.measured.erase(workload);
  }
  auto& unfinished = history.unfinished;
  if (history.finished && what_if_finished == Finished::is_refused) {
    throw Error(
        fmt::format("run {} is finished, so it cannot be resumed. `pgo-orch report` shows it again, --resume "
                    "with --max-time "
                    "measures longer, and a new run without --resume repeats only what changed",
                    unfinished.id));
  }
  if (history.fingerprint != fingerprint) {
    throw Error(fmt::format(
        "run {} cannot be resumed: pgo.toml, its folder or the selection changed. Start a new run without "
        "--resume; what did not change is not built again",
        unfinished.id));
  }
  journal.id_ = unfinished.id;
  return {std::move(journal), std::move(unfinished)};
}

std::vector<measure::Series> usable(const std::vector<measure::Series>& had,
                                    const std::map<std::string, std::string>& code,
                                    const std::set<std::string>& others) {
  std::vector<measure::Series> found, beside;
  for (const auto& [variant, hash] : code) {
    const auto series = std::ranges::find(had, contender_key(variant, hash), &measure::Series::name);
    if (others.contains(variant)) {
      if (series == had.end()) continue;
      beside.push_back(*series);
      beside.back().name = variant;
      continue;
    }
    if (series == had.end()) return {};
    found.push_back(*series);
    found.back().name = variant;
  }
  if (found.empty()) return found;
  const auto longest =
      std::ranges::max(found, {}, [](const auto& series) { return series.rounds.size(); }).rounds;
  for (auto& series : found) {
    const bool left = series.lost || !series.failure.empty();
    if (!std::equal(series.rounds.begin(), series.rounds.end(), longest.begin())) return {};
    if (!left && series.rounds.size() < longest.size()) return {};
  }
  std::ranges::move(beside, std::back_inserter(found));
  return found;
}

void Journal::stage_finished(const std::string& variant, const std::string& stage) {
  lines_.append(
      {{"event", "stage"}, {"variant", variant}, {"stage", stage}, {"finished", toolchains::timestamp()}});
}

void Journal::variant_finished(const report::VariantResult& row) {
  lines_.append({{"event", "variant"}, {"row", json::parse(report::to_json_line(row))}});
}

void Journal::round_finished(const std::string& workload, const measure::Progress& progress,
                             const std::map<std::string, std::string>& code) {
  json samples = json::object();
  for (const auto& series : progress.so_far.series) {
    if (series.rounds.empty() || series.rounds.back() != progress.round) continue;
    samples[contender_key(series.name, code.at(series.name))] = to_json(series.samples.back());
  }
  lines_.append(
      {{"event", "round"}, {"workload", workload}, {"round", progress.round}, {"samples", samples}});
}

void Journal::contender_left(const std::string& workload, const measure::Series& series,
                             const std::string& code, bool no_room) {
  lines_.append({{"event", "left"},
                 {"workload", workload},
                 {"contender", contender_key(series.name, code)},
                 {"lost", series.lost},
                 {"failure", series.failure},
                 {"no_room", no_room || toolchains::says_no_room(series.failure)}});
}

void Journal::workload_restarted(const std::string& workload) {
  lines_.append({{"event", "restart"}, {"workload", workload}});
}

void Journal::workload_discarded(const std::string& workload) {
  lines_.append({{"event", "discard"}, {"workload", workload}});
}

void Journal::workload_measured(const std::string& workload, measure::Ends ends) {
  lines_.append({{"event", "measured"}, {"workload", workload}, {"ends", ends.count}, {"up", ends.is_up}});
}

void Journal::end() {
  lines_.append({{"event", "end"}});
}

}  // namespace pgo_orch::orchestrator
