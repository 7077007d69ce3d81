// The rules of the house: who may include whom, who spawns, who does I/O.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

/// A room may use those behind it.
const Lines rooms{"orchestrator", "report", "measure", "pgo", "profiles", "toolchains"};

/// "FILE:LINE: TEXT" of the lines in a room that match.
Lines lines_matching(const std::string& room, const std::regex& pattern) {
  Lines found;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(PGO_ORCH_SOURCE_DIR) / room)) {
    if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") continue;
    std::ifstream in(entry.path());
    int number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      const auto code = line.substr(0, line.find("//"));
      if (!std::regex_search(code, pattern)) continue;
      const auto file = entry.path().lexically_relative(PGO_ORCH_SOURCE_DIR).string();
      found.push_back(file + ":" + std::to_string(number) + ": " + line);
    }
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

TEST_CASE("a room includes only itself and the rooms behind it") {
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    for (std::size_t before = 0; before < i; ++before) {
      const std::regex includes("^#include \"" + rooms[before] + "/");
      CHECK(lines_matching(rooms[i], includes) == Lines{});
    }
  }
}

/// The sub-rooms of a room, each with those that it may use.
using SubRooms = std::map<std::string, std::set<std::string>>;

const SubRooms orchestrator{
    {"config", {}},
    {"store", {}},
    {"plan", {"config", "store"}},
    {"start", {"plan", "config", "store"}},
    {"build", {"plan", "config", "store"}},
    {"time", {"build", "plan", "config", "store"}},
    {"examine", {"time", "build", "plan", "config", "store"}},
    {"doctor", {"build", "plan", "config", "store"}},
    {"judge", {"config"}},
    {"gate", {"time", "build", "plan", "config", "store", "judge"}},
    {"confirm", {"time", "build", "plan", "config", "store", "judge"}},
    {"release", {"build", "plan", "config", "store"}},
    {"release/clock", {}},
    {"stages", {"build", "plan", "config", "store"}},
    {"commands",
     {"examine", "time", "build", "plan", "config", "store", "judge", "release", "stages", "start", "doctor",
      "gate", "confirm"}},
    {"manual", {"commands", "config"}},
    {"manual/program", {"commands", "manual"}},
    {"main", {"commands"}},
};

const SubRooms measure{
    {"", {}},  // what all of them use; see `flat`
    {"timer", {}},
    {"timer/program", {"timer"}},
    {"shim", {}},
    {"shim/program", {}},
    {"statistics", {"timer"}},
    {"rounds", {"statistics", "timer"}},
    {"run_phases", {"rounds", "statistics", "timer"}},
    {"build_phases", {}},
    {"stacks", {}},
    {"code", {}},
};

/// Files of measure that no sub-room owns.
const std::set<std::string> flat{"schema.h", "lines.h", "helpers.h", "helpers.cpp"};

std::string sub_room(const std::string& room, const std::string& file) {
  const fs::path folder = fs::path(file).parent_path();
  return folder == room ? "" : folder.lexically_relative(room).string();
}

/// Includes that no arrow allows, and files that lie outside of any sub-room.
Lines against_the_plan(const std::string& room, const SubRooms& plan) {
  Lines found;
  const std::regex include("^#include \"" + room + "/(.+)/[^/]+\"");
  for (const auto& line : lines_matching(room, std::regex("^#pragma once|^namespace pgo_orch|^int main"))) {
    const std::string file = line.substr(0, line.find(':'));
    const std::string own = sub_room(room, file);
    if (!plan.contains(own) || (own.empty() && !flat.contains(fs::path(file).filename().string())))
      found.push_back("in no sub-room: " + line);
  }
  for (const auto& line : lines_matching(room, include)) {
    const std::string own = sub_room(room, line.substr(0, line.find(':')));
    std::smatch match;
    const std::string text = line.substr(line.find("#include"));
    std::regex_search(text, match, include);
    const auto allowed = plan.find(own);
    if (match[1] != own && (allowed == plan.end() || !allowed->second.contains(match[1])))
      found.push_back(line);
  }
  return found;
}

/// The quoted includes of every file of ours.
std::map<std::string, Lines> include_graph() {
  std::map<std::string, Lines> graph;
  for (const auto& room : rooms) {
    for (const auto& line : lines_matching(room, std::regex("^#include \""))) {
      const auto begin = line.find('"') + 1;
      graph[line.substr(0, line.find(':'))].push_back(line.substr(begin, line.find('"', begin) - begin));
    }
  }
  return graph;
}

/// The first circle that is found from here, as a path; empty: there is none.
Lines circle_from(const std::string& file, const std::map<std::string, Lines>& graph, Lines& path,
                  std::set<std::string>& done) {
  if (const auto again = std::ranges::find(path, file); again != path.end()) return {again, path.end()};
  if (done.contains(file) || !graph.contains(file)) return {};
  path.push_back(file);
  for (const auto& next : graph.at(file))
    if (auto circle = circle_from(next, graph, path, done); !circle.empty()) return circle;
  path.pop_back();
  done.insert(file);
  return {};
}

TEST_CASE("a sub-room includes only itself and those that the plan allows, and every file lies in one") {
  CHECK(against_the_plan("orchestrator", orchestrator) == Lines{});
  CHECK(against_the_plan("measure", measure) == Lines{});
}

TEST_CASE("includes form no circle") {
  const auto graph = include_graph();
  std::set<std::string> done;
  for (const auto& [file, includes] : graph) {
    Lines path;
    CHECK(circle_from(file, graph, path, done) == Lines{});
  }
}

TEST_CASE("no file is over 350 lines, no function over 60") {
  Lines folders = rooms;
  folders.emplace_back("tests");
  for (const auto& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(PGO_ORCH_SOURCE_DIR) / folder)) {
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") continue;
      std::ifstream in(entry.path());
      int number = 0, begin = 0;
      Lines long_functions;
      for (std::string line; std::getline(in, line);) {
        ++number;
        // A definition begins at the margin or, as a member, two columns in; clang-format closes it there.
        static const std::regex opens("^(  )?[A-Za-z~].*\\) (const )?(override )?\\{$"), closes("^(  )?\\}$");
        if (std::regex_match(line, opens)) begin = number;
        if (begin > 0 && std::regex_match(line, closes)) {
          if (number - begin > 60) long_functions.push_back(std::to_string(begin) + ": " + line);
          begin = 0;
        }
      }
      INFO(entry.path().string());
      CHECK(number <= 350);
      if (folder != "tests") CHECK(long_functions == Lines{});  // tests may list many values in a row
    }
  }
}

TEST_CASE("headers of ours are included by room and name") {
  const std::regex bare("^#include \"[^/\"]+\"|^#include \"\\.\\.?/");
  for (const auto& room : rooms) {
    auto found = lines_matching(room, bare);
    CHECK(found == Lines{});
  }
}

TEST_CASE("only toolchains and the timing helper start processes") {
  const std::regex spawns("\\b(v?fork|posix_spawnp?|exec[vl][pe]*|popen|system)\\s*\\(|\\bclone3?\\(");
  for (const auto& room : rooms) {
    if (room == "toolchains") continue;
    auto found = lines_matching(room, spawns);
    std::erase_if(found, [](const auto& line) { return line.starts_with("measure/"); });
    CHECK(found == Lines{});
  }
}

TEST_CASE("profiles turns text into text: no files, no clocks, no environment") {
  CHECK(lines_matching("profiles", std::regex("<fstream>|<cstdio>|<unistd.h>|<iostream>|<cstdlib>")) ==
        Lines{});
  CHECK(lines_matching("profiles",
                       std::regex("toolchains/(files|process_runner|file_lock|tree|interrupt)\\.h")) ==
        Lines{});
  CHECK(lines_matching("profiles", std::regex("\\b(exists|is_regular_file|is_directory|directory_iterator|"
                                              "create_director|remove_all|rename|copy_file|canonical|getenv|"
                                              "read_file|write_file\\w*|current_path|absolute)\\s*\\(")) ==
        Lines{});
}

TEST_CASE("pgo makes steps and runs none of them") {
  CHECK(lines_matching("pgo", std::regex("<fstream>|<unistd.h>|<iostream>")) == Lines{});
  CHECK(lines_matching("pgo", std::regex("Runner|toolchains/(files|process_runner|file_lock|tree)\\.h")) ==
        Lines{});
}

TEST_CASE("report computes and prints, and reads no file but what it is given") {
  CHECK(lines_matching("report", std::regex("toolchains/(files|process_runner|rustc|cargo)\\.h")) == Lines{});
}
