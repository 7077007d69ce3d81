// What is saved, and which saved profiles are refused.

#include "saved_profiles.h"

#include <sstream>

using namespace e2e;

namespace {

/// Nothing was built for any variant.
bool nothing_was_built(const Lab& lab) {
  for (const auto& name : lab.files(".pgo-orch"))
    if (name.ends_with(".jsonl") && name.starts_with("variants/")) return false;
  return true;
}

}  // namespace
TEST_CASE("save takes the latest training only while sources, settings and inputs are those of today") {
  Lab lab;
  lab.file("dep/src/lib.rs", lib).file("src/main.rs", program);
  lab.file("pgo.toml", package_project + with_pgo);
  set_versions(lab, "0.1.0", "1.0.0");
  const auto save = [&] { return lab.orch({"profile", "save", profile}); };
  const auto refused = [&](const std::string& why) {
    const auto ended = save();
    CAPTURE(why);
    CAPTURE(ended.err);
    CHECK(ended.status != 0);
    CHECK(contains(ended.err, why + ". Run `pgo-orch run` first, or add --train"));
  };
  refused("no run has trained it yet");
  CHECK(!fs::exists(lab.root() / profile));
  check_all_ok(lab.built());
  lab.commit();
  REQUIRE(save().status == 0);
  const Json beside = Json::parse(read(lab.root() / "pgo/release.profdata.json"));
  CHECK(beside.at("variant") == "pgo");
  CHECK(beside.at("rustc") == row(lab.built(), "pgo").at("toolchain"));
  CHECK(beside.at("crates").size() == 2);
  CHECK(beside.at("workloads").at(0).at("name") == "chains");
  CHECK(beside.at("functions") > 3);
  CHECK(beside.at("revision").at("modified") == false);
  CHECK(contains(lab.git({"rev-parse", "HEAD"}).out, beside.at("revision").at("git").get<std::string>()));

  replace_in(lab, "dep/src/lib.rs", "length += 1;", "length += 2;");
  refused("sources have changed since it was trained");
  lab.file("dep/src/lib.rs", lib);
  REQUIRE(save().status == 0);
  lab.file("pgo.toml", package_project + with_pgo + "lto = \"fat\"\n");
  refused("settings, flags or tools are not those that it was trained with");
  lab.file("pgo.toml",
           project_of("manifest = \"Cargo.toml\"", "name = \"chains\"\nargs = [\"4000\"]") + with_pgo);
  refused("inputs of the training have changed");
}

TEST_CASE("the commands of the guide on profiles in a repository do what it says") {
  const std::string guide = read(fs::path(PGO_ORCH_SOURCE_DIR) / "docs/pgo-guide.md");
  const auto begin = guide.find("## A profile in the repository\n"), end = guide.find("\n## ", begin + 1);
  REQUIRE(begin != std::string::npos);
  std::istringstream lines(guide.substr(begin, end - begin));
  const std::string tuned = package_project + "[[variant]]\nname = \"tuned\"\ncodegen-units = 1\n";
  Lab lab;
  lab.file("dep/src/lib.rs", lib).file("src/main.rs", program);
  lab.file("pgo.toml", tuned + "[[variant]]\nname = \"pgo\"\ninherits = \"tuned\"\npgo = true\n");
  set_versions(lab, "0.1.0", "1.0.0");
  int ran = 0;
  std::string block, toml;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      if (block == "toml") lab.file("pgo.toml", tuned + toml);
      block = block.empty() ? line.substr(3) : "";
    } else if (block == "toml") {
      toml += line + "\n";
    } else if (block == "sh") {
      CAPTURE(line);
      auto words = pgo_orch::toolchains::split_shell_words(line);
      REQUIRE(words.front() == "pgo-orch");
      words.erase(words.begin());
      const auto ended = lab.orch(words);
      CAPTURE(ended.err);
      CHECK(ended.status == 0);
      ++ran;
    }
  }
  CHECK(ran == 4);
  CHECK(fs::exists(lab.root() / "pgo/release.profdata.json"));
  CHECK(contains(lab.orch({"profile", "status"}).out, "100 % by name and hash"));
}

TEST_CASE("a profile that cannot have an effect is refused, with its reason, before anything is built") {
  Lab lab;
  train_and_save(lab);
  const fs::path file = lab.root() / profile, beside = lab.root() / "pgo/release.profdata.json";
  const std::string good = read(file), origin = read(beside);
  const auto reason = [&] {
    fs::remove_all(lab.state());
    const auto ended = lab.orch({"run", "--no-measure"});
    CHECK(ended.status == 2);
    CHECK(nothing_was_built(lab));
    CHECK(contains(ended.err, "variant 'pgo': the profile " + file.string()));
    CHECK(contains(ended.err, "pgo-orch profile save pgo/release.profdata pgo.toml --variant pgo --train"));
    return ended.err;
  };
  const auto damaged = [&](const std::string& text) {
    lab.file(profile, text);
    return reason();
  };
  CHECK(contains(damaged(""), "is empty"));
  CHECK(contains(damaged("random bytes, not of LLVM"), "is not a profile that `llvm-profdata merge` wrote"));
  CHECK(contains(damaged(good.substr(0, good.size() / 2)), "cannot be read by "));
  CHECK(contains(damaged(std::string("\x81rforpl\xff", 8) + good), "is a raw profile"));
  std::string other_format = good;
  other_format[8] = 99;  // the version of the format
  CHECK(contains(damaged(other_format), "unsupported instrumentation profile format version"));
  fs::remove(file);
  CHECK(contains(reason(), "is not there"));

  const auto from_elsewhere = [&](const std::string& from, const std::string& to) {
    lab.file(profile, good).file("pgo/release.profdata.json", origin);
    replace_in(lab, "pgo/release.profdata.json", from, to);
    return reason();
  };
  CHECK(contains(from_elsewhere("\"x86_64-", "\"riscv64gc-"), "was trained for riscv64gc-"));
  CHECK(contains(from_elsewhere("\"rustc\": \"1.", "\"rustc\": \"0."), "was trained with rustc 0."));
  CHECK(contains(from_elsewhere("\"sha256\": \"", "\"sha256\": \"0"),
                 "is not the one that release.profdata.json"));
  CHECK(contains(from_elsewhere("\"settings\": {}", "\"settings\": {\"lto\": \"fat\"}"),
                 "it was trained with lto = \"fat\", and this variant has no lto"));
  lab.file("pgo/release.profdata.json", origin.substr(0, 100));
  fs::remove_all(lab.state());
  const auto ended = lab.orch({"run", "--no-measure"});
  CHECK(ended.status == 2);
  CHECK(contains(ended.err, "it is not a record that `pgo-orch profile save` wrote"));
}
