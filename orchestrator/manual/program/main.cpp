// pgo-orch-manual FOLDER: writes what is installed in share/.

#include <cstdio>
#include <filesystem>

#include "orchestrator/commands/completion.h"
#include "orchestrator/manual/manual.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

int main(int argc, char** argv) {
  using namespace pgo_orch;
  if (argc != 2) return std::fputs("usage: pgo-orch-manual FOLDER\n", stderr), 2;
  const std::filesystem::path folder = argv[1];
  try {
    toolchains::write_file_atomically(folder / "man/man1/pgo-orch.1", orchestrator::man_of_program());
    toolchains::write_file_atomically(folder / "man/man5/pgo.toml.5", orchestrator::man_of_config());
    for (const auto& script : orchestrator::completion_scripts())
      toolchains::write_file_atomically(folder / script.file, script.text);
  } catch (const Error& error) {
    return std::fprintf(stderr, "pgo-orch-manual: %s\n", error.what()), 1;
  }
  return 0;
}
