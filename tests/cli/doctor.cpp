#include <doctest/doctest.h>

#include <algorithm>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

nlohmann::json diagnosis(const Test& test, int code = 0, const Words& more = {}) {
  Words words{"doctor", "--json", "--no-measure"};
  words.insert(words.end(), more.begin(), more.end());
  const auto result = test.run(words);
  CAPTURE(result.err);
  CHECK(result.code == code);
  return nlohmann::json::parse(result.out);
}

nlohmann::json finding(const nlohmann::json& diagnosis, const std::string& name) {
  for (const auto& finding : diagnosis.at("findings"))
    if (finding.at("name") == name) return finding;
  FAIL("no finding " << name);
  return {};
}

}  // namespace

TEST_CASE("the doctor names each tool with version, path and why, and makes no state folder") {
  Test test;
  const auto found = diagnosis(test);
  CHECK(found.at("schema") == "pgo-orch/doctor/1");
  for (const char* name : {"cargo", "rustc", "LLVM", "llvm-profdata"}) {
    const auto tool = finding(found, name);
    CHECK(tool.at("status") == "ok");
    CHECK_FALSE(tool.at("text").get<std::string>().empty());
    CHECK_FALSE(tool.at("why").get<std::string>().empty());
  }
  CHECK(contains(finding(found, "llvm-profdata").at("text"), "/llvm-profdata"));
  CHECK(found.at("noise").is_null());
  CHECK_FALSE(std::filesystem::exists(test.path(".pgo-orch")));
}

TEST_CASE("the doctor removes its own temporary folder, and no other") {
  Test test;
  test.env("TMPDIR", test.outside("temporary").string());
  std::filesystem::create_directories(test.outside("temporary"));
  const auto folders = [&] {
    Words found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(test.outside("temporary")))
      found.push_back(entry.path().string());
    return found;
  };
  diagnosis(test);
  REQUIRE(folders().size() <= 2);  // what all processes of a user share
  for (const auto& entry : std::filesystem::directory_iterator(test.outside("temporary"))) {
    const auto others = entry.path() / "of another process";
    std::filesystem::create_directory(others);
    diagnosis(test);
    CHECK(std::filesystem::exists(others));
  }
}

TEST_CASE(
    "the doctor ends with 3 if the pgo.toml at hand needs what is missing, and names what installs it") {
  Test test;
  test.without("llvm-profdata-97").file("fib.rs", "print 1");
  CHECK(finding(diagnosis(test), "llvm-profdata").at("status") == "missing");  // nothing here needs it
  test.file("pgo.toml", project_with("source = \"fib.rs\"\n") + R"([[variant]]
name = "pgo"
pgo = true
)");
  const auto found = diagnosis(test, 3);
  const auto variant = finding(found, "pgo");
  CHECK(variant.at("status") == "missing");
  CHECK(contains(variant.at("install"), "llvm"));
  CHECK(finding(found, "pgo.toml").at("text") == "1 of 2 variants can be built here");
  const auto text = test.run({"doctor", "--no-measure"});
  CHECK(text.code == 3);
  CHECK(contains(text.out, "  missing  pgo "));
  CHECK(contains(text.out, "install: "));
}

TEST_CASE("the doctor shows a broken pgo.toml beside the rest, and ends as a run would") {
  Test test;
  test.file("pgo.toml", "[project]\nsourse = 1\n");
  const auto found = diagnosis(test, 2);
  CHECK(contains(finding(found, "pgo.toml").at("text"), "unknown key 'sourse'"));
  CHECK(finding(found, "pgo.toml").at("status") == "wrong");
  CHECK(finding(found, "rustc").at("status") == "ok");
  CHECK(contains(finding(diagnosis(test, 2, {"other.toml"}), "other.toml").at("text"),
                 "other.toml was not found"));
}

TEST_CASE("the doctor says what try would compare in a Cargo project without pgo.toml, or why it cannot") {
  Test test;
  CHECK_FALSE(contains(diagnosis(test).dump(), "This project"));
  test.file("Cargo.toml", "[package]\nname = \"tool\"\n").file("src/main.rs", "print 1");
  const auto fit = finding(diagnosis(test), "Cargo.toml");
  CHECK(fit.at("status") == "ok");
  CHECK(fit.at("text") == "pgo-orch try -- ARGUMENTS compares builds of tool");
  test.file("Cargo.toml", "[package]\nname = \"tool\"\n\n[[bin]]\nname = \"a\"\n\n[[bin]]\nname = \"b\"\n");
  const auto several = finding(diagnosis(test), "Cargo.toml");
  CHECK(several.at("status") == "warning");
  CHECK(contains(several.at("text"), "choose one with --bin: a, b"));
  test.file("Cargo.toml", "[package\n");
  const auto broken = finding(diagnosis(test), "Cargo.toml");
  CHECK(broken.at("status") == "wrong");
  CHECK_FALSE(broken.at("text").get<std::string>().empty());
}

TEST_CASE("the doctor names references whose program is missing") {
  Test test;
  test.file("fib.rs", "print 1").file("pgo.toml", project_with("source = \"fib.rs\"\n") + R"([[reference]]
name = "c"
build = ["no-such-cc", "fib.c", "-o", "{output}"]
run = ["{output}"]
)");
  const auto reference = finding(diagnosis(test, 3), "reference c");
  CHECK(reference.at("text") == "no-such-cc is not on the PATH");
}

TEST_CASE("the doctor without cargo says what installs it") {
  Test test;
  test.without("cargo").without("rustc");
  const auto rustc = finding(diagnosis(test), "rustc");
  CHECK(rustc.at("status") == "missing");
  CHECK_FALSE(rustc.at("install").get<std::string>().empty());
}

TEST_CASE("the doctor times two copies of a program, and forecasts how long differences take to show") {
  Test test;
  const auto result = test.run({"doctor", "--json", "--max-time", "300ms"});
  REQUIRE(result.code == 0);
  const auto noise = nlohmann::json::parse(result.out).at("noise");
  CHECK(noise.at("failure") == "");
  CHECK(noise.at("rounds") > 1);
  CHECK(noise.at("program_s") > 0);
  REQUIRE(noise.at("forecasts").size() == 2);
  const auto& easier = noise.at("forecasts").at(0);
  CHECK(easier.at("effect_pct") == 3);
  CHECK(easier.at("by_run_time_s").contains("one_in_five"));
  CHECK(easier.at("by_cpu_time_s").contains("four_in_five"));
}
