#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "orchestrator/stages/part.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/portable_archive.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
namespace fs = std::filesystem;

namespace {

Part sample() {
  Part part{.progressed = Progressed::trained,
            .pgo_toml = "[project]\n",
            .programs = {"fib"},
            .sources = {{"src/main.rs", std::string(64, 'a')}},
            .variants = {}};
  auto& variant = part.variants.emplace_back();
  variant.origin.variant = "pgo";
  variant.origin.settings = {{"lto", "\"fat\""}};
  variant.origin.rustc = "1.95.0";
  variant.origin.workloads = {{"fib", "key"}};
  variant.runs = {StageRun{}};
  return part;
}

class Archived {
 public:
  fs::path file() const { return dir_.path() / "part.pgoz"; }

  /// What reading the part says, after `change` made its description another one.
  std::string read(const std::function<void(nlohmann::json&)>& change, const char* without = "") const {
    write_part(file(), sample(), {});
    const toolchains::TempDir unpacked, again;
    const auto index = toolchains::read_portable(file(), "stages", unpacked.path());
    const auto name = unpacked.path() / "stages.json";
    auto json = nlohmann::json::parse(toolchains::read_file(name));
    change(json);
    toolchains::write_file_atomically(name, json.dump());
    auto members = members_of(unpacked.path(), "");
    std::erase_if(members,
                  [&](const auto& each) { return each.name == "index.json" || each.name == without; });
    toolchains::write_portable(file(), index, members);
    try {
      return read_part(file(), again.path()).variants.front().name();
    } catch (const Error& error) {
      return error.what();
    } catch (const fs::filesystem_error& error) {
      return "the file system's error";
    }
  }

 private:
  toolchains::TempDir dir_{"part"};
};

}  // namespace

TEST_CASE("what a stage hands on is read as it was written") {
  const toolchains::TempDir dir, unpacked;
  auto part = sample();
  part.variants.front().runs.front().user = Nanoseconds(5);
  part.variants.front().merged = true;
  const auto profile = dir.path() / "a profile";
  toolchains::write_file_atomically(profile, "counts");
  write_part(dir.path() / "x.pgoz", part, {{profile_in("pgo").generic_string(), profile, false}});
  const auto read = read_part(dir.path() / "x.pgoz", unpacked.path());
  CHECK(read.progressed == Progressed::trained);
  CHECK(read.pgo_toml == part.pgo_toml);
  CHECK(read.programs == part.programs);
  CHECK(read.sources.front().file == "src/main.rs");
  CHECK(read.variants.front().merged);
  CHECK(read.variants.front().runs.front().user == Nanoseconds(5));
  CHECK(read.variants.front().origin.settings == part.variants.front().origin.settings);
  CHECK(toolchains::read_file(unpacked.path() / profile_in("pgo")) == "counts");
}

TEST_CASE("a description that contradicts its archive, or names other folders, is refused") {
  const Archived archived;
  const std::string said = archived.file().string() +
                           ": its stages.json is not as `pgo-orch run --stage` writes it: make a new archive "
                           "with --stage instrument";
  CHECK(archived.read([](auto&) {}) == "pgo");
  CHECK(archived.read([](auto&) {}, "stages.json") != "pgo");
  CHECK(archived.read([](auto&) {}, "pgo.toml") != "pgo");
  for (const char* name : {"", ".", "..", "../x", "/x", "a/b"}) {
    CAPTURE(name);
    CHECK(archived.read([&](auto& json) { json["variants"][0]["origin"]["variant"] = name; }) == said);
    CHECK(archived.read([&](auto& json) { json["variants"][0]["origin"]["workloads"][0]["name"] = name; }) ==
          said);
    CHECK(archived.read([&](auto& json) { json["programs"][0] = name; }) == said);
  }
  CHECK(archived.read([](auto& json) { json["progressed"] = "shipped"; }) == said);
  CHECK(archived.read([](auto& json) { json["variants"].clear(); }) == said);
  CHECK(archived.read([](auto& json) { json["variants"][0]["runs"].clear(); }) == "pgo");
  CHECK(archived.read([](auto& json) {
    json["variants"][0]["runs"].push_back(json["variants"][0]["runs"][0]);
  }) == said);
  CHECK(archived.read([](auto& json) { json.erase("sources"); }) == said);
  CHECK(archived.read([](auto& json) { json["sources"][0]["sha256"] = "other"; }) ==
        said);  // another address
  CHECK(archived.read([](auto& json) { json["variants"][0]["origin"]["rustc"] = "1.96.0"; }) == said);
}
