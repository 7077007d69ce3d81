// Documents, followed to the letter: their files are written, their commands are run, in their order.

#include <fmt/format.h>

#include <regex>

#include "lab.h"

using namespace e2e;

namespace {

struct Block {
  std::string language;
  std::string file;  ///< behind the language; empty: none
  std::string text;
};

std::vector<Block> blocks_of(const std::string& document) {
  std::vector<Block> blocks;
  const std::regex fence("```([a-z]+) ?([^\n]*)\n([^]*?)```");
  for (std::sregex_iterator at(document.begin(), document.end(), fence), end; at != end; ++at)
    blocks.push_back({(*at)[1], (*at)[2], (*at)[3]});
  return blocks;
}

void put_on_path(Lab& lab) {
  lab.tools_from(fs::path(PGO_ORCH_PROGRAM).parent_path());
}

/// The folder in which the last command ended.
fs::path follow(Lab& lab, const char* document, int commands_in_it) {
  put_on_path(lab);
  fs::path where = lab.root();
  int commands = 0;
  for (const auto& block : blocks_of(read(fs::path(PGO_ORCH_SOURCE_DIR) / document))) {
    if (!block.file.empty()) {
      lab.file(where.lexically_relative(lab.root()) / block.file, block.text);
      continue;
    }
    if (block.language != "sh") continue;
    const auto ended =
        lab.run_in(where, {"sh", "-ec", block.text + "\npwd >" + (lab.root() / "pwd").string()});
    CHECK_MESSAGE(ended.status == 0, block.text, ended.out, ended.err);
    const auto now = read(lab.root() / "pwd");
    where = now.substr(0, now.find('\n'));
    ++commands;
  }
  CHECK(commands == commands_in_it);
  return where;
}

}  // namespace

TEST_CASE("a release from nothing works as docs/releases.md says") {
  Lab lab;
  CHECK(fs::exists(follow(lab, "docs/releases.md", 7) / "dist/wordcount"));
}

TEST_CASE("the tutorial leads from nothing to a release") {
  Lab lab;
  const auto where = follow(lab, "docs/tutorial.md", 8);
  CHECK(fs::exists(where / "dist/frequency"));
  CHECK(read(where / "report.md").find("small") != std::string::npos);
}

TEST_CASE("the README's commands work in a project such as it describes") {
  Lab lab;
  put_on_path(lab);
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += fmt::format("word{} of {}\n", i * 7919 % 10007, i % 101);
  lab.file("Cargo.toml", "[package]\nname = \"myprog\"\nversion = \"0.1.0\"\nedition = \"2021\"\n")
      .file("src/main.rs", R"(
use std::collections::HashMap;
fn main() {
    let file = std::env::args().nth(2).expect("--count FILE");
    let text = std::fs::read_to_string(file).unwrap();
    let mut words: HashMap<&str, usize> = HashMap::new();
    for word in text.split_whitespace() {
        *words.entry(word).or_default() += 1;
    }
    println!("{}", words.len());
}
)")
      .file("big.txt", text)
      .file("data/big.txt", text)
      .file("data/typical.txt", text.substr(0, text.size() / 2))
      .file("data/small.txt", text.substr(0, text.size() / 4))
      .commit();
  REQUIRE(lab.git({"branch", "-M", "main"}).status == 0);
  int commands = 0;
  for (const auto& block : blocks_of(read(fs::path(PGO_ORCH_SOURCE_DIR) / "README.md"))) {
    if (block.language == "toml" && block.text.find("manifest = ") != std::string::npos)
      lab.file("pgo.toml", block.text);
    if (block.language != "sh" || block.text.starts_with("make ")) continue;
    const auto ended = lab.run({"sh", "-exc", block.text});
    CHECK_MESSAGE(ended.status == 0, block.text, ended.out, ended.err);
    ++commands;
  }
  CHECK(commands == 6);
  for (const char* made : {"r.md", "release.sh", "dist/myprog", ".pgo-orch/try/pgo.toml"})
    CHECK_MESSAGE(fs::exists(lab.root() / made), made);
}

TEST_CASE("editors and shells are set up as docs/editors-and-shells.md says") {
  Lab lab;
  lab.file("pgo.toml", "[project]\nsource = \"a.rs\"\n[[variant]]\nname = \"baseline\"\n")
      .file("a.rs", "fn main() {}\n");
  lab.set("HOME", lab.root());
  const auto where = follow(lab, "docs/editors-and-shells.md", 2);
  CHECK(read(where / "pgo.toml").starts_with("#:schema ./pgo.schema.json\n"));
  CHECK(fs::exists(where / ".zfunc/_pgo-orch"));
}

TEST_CASE("the documents are a book in which all links lead somewhere") {
  Lab lab;
  lab.tools_from(PGO_ORCH_SOURCE_DIR "/build/tools/bin");
  const auto built =
      lab.run({"mdbook", "build", PGO_ORCH_SOURCE_DIR "/docs", "--dest-dir", lab.root() / "book"});
  CHECK_MESSAGE(built.status == 0, built.out, built.err);
  CHECK(fs::exists(lab.root() / "book/html/tutorial.html"));
}
