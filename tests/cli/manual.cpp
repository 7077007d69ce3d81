// The pages that are installed beside the program.

#include "test.h"

using namespace pgo_orch::cli;

namespace {

namespace fs = std::filesystem;

fs::path share() {
  return fs::path(PGO_ORCH).parent_path() / "share";
}

}  // namespace

TEST_CASE("the build makes man pages and completions where they are installed") {
  for (const char* name :
       {"man/man1/pgo-orch.1", "man/man5/pgo.toml.5", "bash-completion/completions/pgo-orch",
        "zsh/site-functions/_pgo-orch", "fish/vendor_completions.d/pgo-orch.fish"})
    CHECK_MESSAGE(fs::file_size(share() / name) > 500, name);
  CHECK(text_of(share() / "bash-completion/completions/pgo-orch") == Test().run({"completions", "bash"}).out);
}

TEST_CASE("man pages have no mistakes that mandoc sees") {
  if (!fs::exists("/usr/bin/mandoc")) {
    MESSAGE("mandoc is not installed (scripts/setup test): man pages are not checked");
    return;
  }
  const Test test;
  for (const char* name : {"man/man1/pgo-orch.1", "man/man5/pgo.toml.5"}) {
    const auto result = test.run_program("/usr/bin/mandoc", {"-Tlint", "-Wwarning", share() / name});
    for (const auto& line :
         split(result.out, '\n'))  // they have no date: the same sources give the same bytes
      CHECK_MESSAGE((line.empty() || contains(line, "missing date")), line);
  }
}
