// docs/releases.md, followed to the letter: its files are written, its commands are run, in their order.

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

}  // namespace

TEST_CASE("a release from nothing works as docs/releases.md says") {
  Lab lab;
  const std::string folder = fs::path(PGO_ORCH_PROGRAM).parent_path();
  lab.set("PATH", folder + ":" + std::getenv("PATH"));
  fs::path where = lab.root();
  int commands = 0;
  for (const auto& block : blocks_of(read(fs::path(PGO_ORCH_SOURCE_DIR) / "docs/releases.md"))) {
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
  CHECK(commands == 7);
  CHECK(fs::exists(where / "dist/wordcount"));
}
