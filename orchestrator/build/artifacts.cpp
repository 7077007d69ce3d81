#include "orchestrator/build/artifacts.h"

#include "orchestrator/build/libraries.h"
#include "toolchains/elf.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// What decides whether two programs do the same: their code, and the libraries beside them.
std::string code_with(const std::vector<report::Library>& libraries, const fs::path& program) {
  auto code =
      toolchains::is_elf(program) ? toolchains::code_sha256(program) : toolchains::sha256_of_file(program);
  if (libraries.empty()) return code;
  toolchains::Sha256 digest;
  digest.field(code);
  for (const auto& library : libraries) digest.field(library.sha256);
  return digest.hex();
}

}  // namespace

std::vector<report::Artifact> artifacts_in(const fs::path& folder, const std::vector<std::string>& programs) {
  std::vector<report::Library> libraries;
  for (const auto& library : libraries_beside(folder))
    libraries.push_back({library.string(), toolchains::sha256_of_file(library)});
  std::vector<report::Artifact> artifacts;
  for (const auto& name : programs) {
    const fs::path file = folder / name;
    artifacts.push_back({name, file.string(), Bytes{fs::file_size(file)},
                         toolchains::is_elf(file) ? toolchains::elf_info(file).text : Bytes{},
                         toolchains::sha256_of_file(file), code_with(libraries, file), libraries});
  }
  return artifacts;
}

}  // namespace pgo_orch::orchestrator
