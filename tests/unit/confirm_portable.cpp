// What of a workload goes to another machine.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "orchestrator/confirm/packed_run.h"
#include "orchestrator/confirm/portable_workload.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
namespace fs = std::filesystem;

namespace {

/// A workload in a folder that exists, beside another one.
class Site {
 public:
  Site() {
    toolchains::write_file_atomically(root() / "in.txt", "1");
    toolchains::write_file_atomically(dir_.path() / "beside/secret", "2");
    workload.name = "w";
    workload.program = "prog";
    workload.cwd = root();
  }

  fs::path root() const { return dir_.path() / "project"; }
  std::string beside() const { return (dir_.path() / "beside/secret").string(); }
  std::string obstacle() const {
    const auto found = obstacle_of(workload, root());
    return found ? found->reason : "";
  }

  Workload workload;

 private:
  toolchains::TempDir dir_;
};

constexpr const char* outside = "it names a path outside of the folder of pgo.toml";

}  // namespace

TEST_CASE("what lies in the project's folder is no obstacle, however it is named") {
  Site site;
  const auto root = site.root().string();
  site.workload.args = {"in.txt",
                        "--input=in.txt",
                        root + "/in.txt",
                        "--out=" + root + "/new",
                        "sub/../in.txt",
                        "/dev/null",
                        "a..b",
                        "/",
                        "/no/such/place/at/all",
                        "{corpus.c}/x",
                        "{tmp}/y"};
  site.workload.env = {{"DATA", root + ":" + root + "/in.txt"}};
  CHECK(site.obstacle().empty());
}

TEST_CASE("each way to name what lies outside of it is one") {
  for (int way = 0; way < 8; ++way) {
    Site site;
    auto& workload = site.workload;
    const auto path = site.beside();
    if (way == 0) workload.args = {path};
    if (way == 1) workload.args = {"--input=" + path};
    if (way == 2) workload.args = {"../beside/secret"};
    if (way == 3) workload.env = {{"LIST", "in.txt:" + path}};
    if (way == 4) workload.stdin_file = path;
    if (way == 5) workload.expect.stdout_file = path;
    if (way == 6) workload.cwd = fs::path(path).parent_path();
    if (way == 7) workload.args = {path + ".new"};  // the folder is there
    CAPTURE(way);
    CHECK(site.obstacle() == outside);
  }
  Site site;
  site.workload.stdin_text = "read " + site.root().string() + "/in.txt\n";
  CHECK(site.obstacle() == "its stdin-text names paths of this machine");
}

TEST_CASE("programs of the machine are one, those that are measured are not") {
  Site site;
  site.workload.command = {"sh", "-c", "{exe}"};
  CHECK(site.obstacle() == "its command starts a program of this machine");
  site.workload.command = {"{exe}", "in.txt"};
  CHECK(site.obstacle().empty());
  site.workload.command.clear();
  site.workload.steps = {{"{exe.prog}", "in.txt"}, {"rm", "x"}};
  CHECK(site.obstacle() == "its command starts a program of this machine");
  site.workload.steps.pop_back();
  CHECK(site.obstacle().empty());
  site.workload.prepare = {{"rm", "x"}};
  CHECK(site.obstacle() == "its prepare starts a program of this machine");
  site.workload.prepare = {{"{exe}", "--reset"}};
  CHECK(site.obstacle().empty());
  site.workload.setup = {{"make"}};
  CHECK(site.obstacle() == "its setup runs programs of this machine");
}

TEST_CASE("variables of a variant may not name paths") {
  Site site;
  CHECK_FALSE(obstacle_in({{"MODE", "fast"}, {"N", "1"}}, site.root()));
  const auto found = obstacle_in({{"LD_PRELOAD", site.beside()}}, site.root());
  REQUIRE(found);
  CHECK(found->reason == "its run-env names a path of this machine");
  CHECK(obstacle_in({{"DATA", site.root().string() + "/in.txt"}}, site.root()));
}

TEST_CASE("a portable workload has no path of the machine, and comes back in another place") {
  Site site;
  auto& workload = site.workload;
  const auto root = site.root().string();
  workload.args = {root + "/in.txt", "-o=" + root + "/out", root, root + "2/x"};
  workload.env = {{"DATA", root + "/a:" + root + "/b"}};
  workload.stdin_file = site.root() / "in.txt";
  workload.expect.stdout_file = site.root() / "expected/w";
  workload.expect.settles = true;
  workload.expect.exit_codes = toolchains::ExitCodes({0, 3});
  workload.cwd = site.root() / "sub";
  workload.timeout = std::chrono::milliseconds(1500);
  workload.weight = 7;
  workload.guard = 0.25;
  workload.floor = std::chrono::microseconds(3);
  workload.unset = {"HOME"};
  const auto portable = made_portable(workload, site.root(), measure::Compared::sorted);
  const auto json = json_of_workload(portable);
  CHECK(json.dump().find(root + "/") == std::string::npos);
  CHECK(portable.args == std::vector<std::string>{"{root}/in.txt", "-o={root}/out", "{root}", root + "2/x"});
  CHECK(portable.env.at("DATA") == "{root}/a:{root}/b");
  auto read = workload_from_json(json);
  CHECK(read == portable);
  CHECK(read.expect.stdout_sorted);
  CHECK_FALSE(read.expect.settles);
  read = placed(read, "/elsewhere");
  CHECK(read.cwd == "/elsewhere/sub");
  CHECK(*read.stdin_file == "/elsewhere/in.txt");
  CHECK(*read.expect.stdout_file == "/elsewhere/expected/w");
  const auto of_exit_code = made_portable(workload, site.root(), measure::Compared::exit_code);
  CHECK(of_exit_code.expect.stdout_any);
}

TEST_CASE("a workload that an archive may not have is refused") {
  Site site;
  const auto json = json_of_workload(made_portable(site.workload, site.root(), measure::Compared::exactly));
  CHECK(workload_from_json(json).name == "w");
  const std::pair<const char*, nlohmann::json> wrong[] = {
      {"name", "../w"},          {"program", "bin/prog"},
      {"program", ".."},         {"cwd", "/"},
      {"cwd", "a/../../b"},      {"stdin", "/etc/passwd"},
      {"command", {"sh", "-c"}}, {"steps", {{"{exe}"}, {"rm"}}},
      {"prepare", {{"rm"}}},     {"args", {"{corpus.../../x.args}"}},
      {"timeout_s", "1"},        {"stdout_mode", "other"}};
  for (const auto& [key, value] : wrong) {
    auto changed = json;
    changed[key] = value;
    CAPTURE(key);
    CHECK_THROWS(workload_from_json(changed));
  }
}

TEST_CASE("the same artifacts give the same bytes, and a description that contradicts itself is refused") {
  const toolchains::TempDir dir, unpacked, again;
  toolchains::write_file_atomically(dir.path() / "prog", "program");
  PackedRun packed;
  packed.run = "2026-11-23T07-04-25Z";
  packed.baseline = "baseline";
  packed.programs = {"prog"};
  packed.variants = {{"baseline", {{"MODE", "x"}}, {{"prog", std::string(64, 'a')}}}};
  packed.left_out = {{"driven", "its setup runs programs of this machine"}};
  packed.measure.cpu_guard = 0.5;
  const std::vector<toolchains::ArchiveMember> members{
      {"variants/baseline/bin/prog", dir.path() / "prog", true}};
  write_packed_run(dir.path() / "a.pgoz", packed, members);
  write_packed_run(dir.path() / "b.pgoz", packed, members);
  CHECK(toolchains::read_file(dir.path() / "a.pgoz") == toolchains::read_file(dir.path() / "b.pgoz"));
  const auto read = read_packed_run(dir.path() / "a.pgoz", unpacked.path());
  CHECK(read.variants.front().files == packed.variants.front().files);
  CHECK(read.variants.front().run_env == packed.variants.front().run_env);
  CHECK(read.measure == packed.measure);
  CHECK(read.left_out.front().workload == "driven");
  CHECK(toolchains::read_file(unpacked.path() / programs_in("baseline") / "prog") == "program");
  packed.baseline = "other";
  write_packed_run(dir.path() / "c.pgoz", packed, members);
  CHECK_THROWS_WITH_AS(read_packed_run(dir.path() / "c.pgoz", again.path()),
                       doctest::Contains("is not as `pgo-orch run --pack` writes it"), Error);
}
