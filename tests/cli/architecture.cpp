// The rules of the house: who may include whom, who spawns, who does I/O.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
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

TEST_CASE("headers of ours are included by room and name") {
  const std::regex bare("^#include \"[^/\"]+\"|^#include \"\\.\\.?/");
  for (const auto& room : rooms) {
    auto found = lines_matching(room, bare);
    CHECK(found == Lines{});
  }
}

TEST_CASE("only toolchains uses Boost.Process") {
  const std::regex process("boost/process|boost::process");
  for (const auto& room : rooms) {
    if (room != "toolchains") CHECK(lines_matching(room, process) == Lines{});
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
