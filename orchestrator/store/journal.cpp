#include "orchestrator/store/journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "report/results_json.h"
#include "toolchains/clock.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

fs::path file_of(const fs::path& folder) {
  return folder / "journal.jsonl";
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
  return found != all.end()
             ? *found
             : all.emplace_back(measure::Series{.name = name, .rounds = {}, .samples = {}, .failure = {}});
}

void read_round(const json& line, Unfinished& unfinished) {
  auto& all = unfinished.measurements[line.at("workload").get<std::string>()];
  for (const auto& [key, sample] : line.at("samples").items()) {
    auto& series = series_of(all, key);
    series.rounds.push_back(line.at("round").get<int>());
    series.samples.push_back(sample_from(sample));
  }
}

void read_leaving(const json& line, Unfinished& unfinished) {
  auto& all = unfinished.measurements[line.at("workload").get<std::string>()];
  auto& series = series_of(all, line.at("contender").get<std::string>());
  series.lost = line.at("lost").get<bool>();
  series.failure = line.at("failure").get<std::string>();
}

}  // namespace

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

Journal Journal::begin(const Layout& layout, const std::string& id, const std::string& fingerprint,
                       std::uint64_t seed) {
  Journal journal(layout.run(id), id);
  toolchains::make_folders(journal.folder_);
  toolchains::append_line(file_of(journal.folder_), json{{"event", "begin"},
                                                         {"id", id},
                                                         {"started", toolchains::timestamp()},
                                                         {"fingerprint", fingerprint},
                                                         {"seed", seed},
                                                         {"version", PGO_ORCH_VERSION}}
                                                        .dump());
  const fs::path link = layout.state / "latest.new";
  fs::remove(link);
  fs::create_directory_symlink(fs::path("runs") / id, link);
  fs::rename(link, layout.latest());
  return journal;
}

std::pair<Journal, Unfinished> Journal::resume(const Layout& layout, const std::string& fingerprint,
                                               Finished what_if_finished) {
  std::error_code missing;
  const fs::path folder = fs::canonical(layout.latest(), missing);
  if (missing || !fs::exists(file_of(folder))) {
    throw Error(
        fmt::format("there is no run to resume in {}; start one without --resume", layout.state.string()));
  }
  Unfinished unfinished;
  std::string asked;
  bool finished = false;
  std::istringstream lines(toolchains::read_file(file_of(folder)));
  for (std::string text; std::getline(lines, text);) {
    const auto line = json::parse(text, nullptr, false);
    if (!line.is_object()) continue;  // the last line of a killed run may be cut
    const std::string event = line.value("event", "");
    if (event == "begin") {
      unfinished.id = line.value("id", "");
      unfinished.started = line.value("started", "");
      unfinished.seed = line.value("seed", std::uint64_t{});
      asked = line.value("fingerprint", "");
    } else if (event == "variant") {
      auto row = report::variant_from_json(line.at("row").dump());
      unfinished.variants[row.name] = std::move(row);
    } else if (event == "restart" || event == "discard") {
      unfinished.measurements.erase(line.value("workload", ""));
      unfinished.measured.erase(line.value("workload", ""));
      if (event == "restart") unfinished.restarted.insert(line.value("workload", ""));
    } else if (event == "measured") {
      unfinished.measured.insert(line.value("workload", ""));
    } else if (event == "round") {
      read_round(line, unfinished);
    } else if (event == "left") {
      read_leaving(line, unfinished);
    } else if (event == "end") {
      finished = true;
    }
  }
  if (finished && what_if_finished == Finished::is_refused) {
    throw Error(fmt::format(
        "run {} is finished: there is nothing to resume. `pgo-orch report` shows it again; --resume with "
        "--max-time measures longer; a new run without --resume redoes only what changed",
        unfinished.id));
  }
  if (asked != fingerprint) {
    throw Error(fmt::format(
        "run {} was asked for something else: pgo.toml, its folder or the selection changed. Start a "
        "new run without --resume; what did not change is not built again",
        unfinished.id));
  }
  return {Journal(folder, unfinished.id), std::move(unfinished)};
}

std::vector<measure::Series> usable(const std::vector<measure::Series>& had,
                                    const std::map<std::string, std::string>& code,
                                    const std::set<std::string>& references) {
  std::vector<measure::Series> found, beside;
  for (const auto& [variant, hash] : code) {
    const auto series = std::ranges::find(had, contender_key(variant, hash), &measure::Series::name);
    if (references.contains(variant)) {
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
  toolchains::append_line(
      file_of(folder_),
      json{{"event", "stage"}, {"variant", variant}, {"stage", stage}, {"finished", toolchains::timestamp()}}
          .dump());
}

void Journal::variant_finished(const report::VariantResult& row) {
  toolchains::append_line(file_of(folder_),
                          R"({"event":"variant","row":)" + report::variant_to_json(row) + "}");
}

void Journal::round_finished(const std::string& workload, const measure::Progress& progress,
                             const std::map<std::string, std::string>& code) {
  json samples = json::object();
  for (const auto& series : progress.so_far.series) {
    if (series.rounds.empty() || series.rounds.back() != progress.round) continue;
    samples[contender_key(series.name, code.at(series.name))] = to_json(series.samples.back());
  }
  toolchains::append_line(
      file_of(folder_),
      json{{"event", "round"}, {"workload", workload}, {"round", progress.round}, {"samples", samples}}
          .dump());
}

void Journal::contender_left(const std::string& workload, const measure::Series& series,
                             const std::string& code) {
  toolchains::append_line(file_of(folder_), json{{"event", "left"},
                                                 {"workload", workload},
                                                 {"contender", contender_key(series.name, code)},
                                                 {"lost", series.lost},
                                                 {"failure", series.failure}}
                                                .dump());
}

void Journal::workload_restarted(const std::string& workload) {
  toolchains::append_line(file_of(folder_), json{{"event", "restart"}, {"workload", workload}}.dump());
}

void Journal::workload_discarded(const std::string& workload) {
  toolchains::append_line(file_of(folder_), json{{"event", "discard"}, {"workload", workload}}.dump());
}

void Journal::workload_measured(const std::string& workload) {
  toolchains::append_line(file_of(folder_), json{{"event", "measured"}, {"workload", workload}}.dump());
}

void Journal::end() {
  toolchains::append_line(file_of(folder_), R"({"event":"end"})");
}

}  // namespace pgo_orch::orchestrator
