#include "pgo/pinning.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "toolchains/files.h"
#include "toolchains/process_runner.h"

using namespace pgo_orch;
using namespace pgo_orch::pgo;

namespace {

SavedCrate library(const std::string& package, const std::string& version, const std::string& metadata) {
  return {package, version, package, "lib", metadata};
}

/// "dep 1.0.1=m1 app 0.2.0=m2": today's version of each pinned package with its metadata.
std::string pinned(const Pins& pins) {
  std::string text;
  for (const auto& pin : pins.pins)
    text += fmt::format("{}{} {}={}", text.empty() ? "" : ", ", pin.saved.package, pin.version,
                        pin.saved.metadata);
  return text;
}

/// What rustc is called with behind the script; its words but the program's own.
std::string behind(const std::string& script, const std::string& package, const std::string& version,
                   const std::vector<std::string>& words, const std::string& wrapper = "") {
  const toolchains::TempDir folder;
  const auto file = folder.path() / "wrapper";
  toolchains::write_file_atomically(file, script);
  toolchains::ProcessRunner runner;
  toolchains::Command command{.argv = {"sh", file.string(), "printf", "%s|"}};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  command.env = {{"CARGO_PKG_NAME", package}, {"CARGO_PKG_VERSION", version}};
  if (!wrapper.empty()) command.env["PGO_ORCH_WRAPPER"] = wrapper;
  const auto said = toolchains::capture(runner, command);
  CHECK(said.ok());
  CHECK(said.err == "");
  return said.out;
}

}  // namespace

TEST_CASE("packages of a Cargo.lock, of any version of its format") {
  CHECK(locked_packages(
            "# made by cargo\nversion = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.2.3\"\nsource = "
            "\"registry\"\n\n[[package]]\r\nname = \"b-c\"\r\nversion = \"0.1.0-rc.1+x\"\r\n\n"
            "[metadata]\nname = \"no\"\n[[patch.unused]]\nname = \"nor\"\nversion = \"1.0.0\"\n") ==
        std::vector<LockedPackage>{{"a", "1.2.3"}, {"b-c", "0.1.0-rc.1+x"}});
  CHECK(locked_packages("").empty());
  CHECK(locked_packages("[[package]]\nname = \"a\"").empty());
}

TEST_CASE("a package of another version keeps its names") {
  const auto pins = pins_of({library("app", "0.1.0", "m1"), library("dep", "1.0.0", "m2")},
                            {{"app", "0.2.0"}, {"dep", "2.4.1"}, {"other", "1.0.0"}});
  CHECK(pinned(pins) == "app 0.2.0=m1, dep 2.4.1=m2");
  CHECK(pins.renamed == std::vector<std::string>{"app 0.1.0 -> 0.2.0", "dep 1.0.0 -> 2.4.1"});
  CHECK(pins.unmatched.empty());
}

TEST_CASE("two versions of one package in a tree are told apart by what they are compatible with") {
  const std::vector<SavedCrate> saved{library("r", "0.7.3", "m7"), library("r", "0.8.5", "m8"),
                                      library("r", "1.2.0", "m1")};
  CHECK(pinned(pins_of(saved, {{"r", "0.8.6"}, {"r", "0.7.3"}, {"r", "1.9.0"}})) ==
        "r 0.7.3=m7, r 0.8.6=m8, r 1.9.0=m1");
  // The one that is left goes with the one that is left.
  CHECK(pinned(pins_of(saved, {{"r", "0.8.5"}, {"r", "0.7.9"}, {"r", "2.0.0"}})) ==
        "r 0.7.9=m7, r 0.8.5=m8, r 2.0.0=m1");
  CHECK(pinned(pins_of({saved[0]}, {{"r", "0.9.0"}})) == "r 0.9.0=m7");
}

TEST_CASE("no two packages of today get the names of one, and what is ambiguous gets none") {
  const std::vector<SavedCrate> one{library("r", "0.7.3", "m7")};
  CHECK(pinned(pins_of(one, {{"r", "0.7.4"}, {"r", "0.8.0"}})) == "r 0.7.4=m7");
  CHECK(pinned(pins_of(one, {{"r", "0.8.0"}, {"r", "0.9.0"}})) == "");
  CHECK(pinned(pins_of(one, {{"r", "0.7.3"}, {"r", "0.7.3"}})) == "");  // from two sources
  const auto gone = pins_of(one, {{"x", "1.0.0"}});
  CHECK(gone.pins.empty());
  CHECK(gone.unmatched == std::vector<std::string>{"r 0.7.3"});
}

TEST_CASE("all crates of a package are pinned, its library and programs apart") {
  const auto pins = pins_of({{"app", "0.1.0", "app", "bin", "m1"}, {"app", "0.1.0", "app", "lib", "m2"}},
                            {{"app", "0.1.1"}});
  CHECK(pinned(pins) == "app 0.1.1=m1, app 0.1.1=m2");
  CHECK(pins.renamed.size() == 1);
}

TEST_CASE("the script gives rustc the metadata of the training and leaves all else alone") {
  const auto script = pinning_script({{{"app", "0.1.0", "app", "bin", "m1"}, "0.2.0"},
                                      {{"app", "0.1.0", "app", "lib", "m2"}, "0.2.0"},
                                      {{"it's", "1.0.0", "its", "lib", "m3"}, "1.0.0"}},
                                     true);
  const auto call = [](const std::string& crate, const std::string& type) {
    return std::vector<std::string>{"--crate-name",
                                    crate,
                                    "--crate-type",
                                    type,
                                    "-C",
                                    "opt-level=3",
                                    "-C",
                                    "metadata=m0",
                                    "--cfg",
                                    "feature=\"a b\"",
                                    "-C",
                                    "extra-filename=-m0",
                                    "--target",
                                    "t",
                                    "-Cmetadata=users"};
  };
  const auto with = [](const std::string& crate, const std::string& type, const std::string& metadata) {
    return fmt::format(
        "--crate-name|{}|--crate-type|{}|-C|opt-level=3|-C|metadata={}|--cfg|feature=\"a b\"|-C|"
        "extra-filename=-m0|--target|t|-Cmetadata=users|",
        crate, type, metadata);
  };
  CHECK(behind(script, "app", "0.2.0", call("app", "bin")) == with("app", "bin", "m1"));
  CHECK(behind(script, "app", "0.2.0", call("app", "lib")) == with("app", "lib", "m2"));
  CHECK(behind(script, "it's", "1.0.0", call("its", "rlib")) == with("its", "rlib", "m3"));
  CHECK(behind(script, "app", "0.2.1", call("app", "bin")) == with("app", "bin", "m0"));
  CHECK(behind(script, "other", "0.2.0", call("app", "bin")) == with("app", "bin", "m0"));
  CHECK(behind(script, "app", "0.2.0", {"-vV"}) == "-vV|");
}

TEST_CASE("what runs on the host keeps its names where cargo is given a target") {
  const std::vector<Pin> pins{{library("dep", "1.0.0", "m1"), "1.0.0"}};
  const std::vector<std::string> words{"--crate-name", "dep", "--crate-type", "lib", "-C", "metadata=m0"};
  CHECK(behind(pinning_script(pins, true), "dep", "1.0.0", words).ends_with("metadata=m0|"));
  CHECK(behind(pinning_script(pins, false), "dep", "1.0.0", words).ends_with("metadata=m1|"));
}

TEST_CASE("another wrapper may follow the script") {
  const auto said = behind(pinning_script({}, true), "a", "1.0.0", {"x"}, "echo");
  CHECK(said == "printf %s| x\n");
}
