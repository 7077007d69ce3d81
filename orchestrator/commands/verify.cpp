// `pgo-orch verify`: which file of which release this is.

#include "orchestrator/release/verify.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/commands/command.h"
#include "report/text.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

std::string origin_of(const Manifest& manifest) {
  const auto& project = manifest.project;
  std::string text = fmt::format("variant '{}' of {}", manifest.variant, project.name);
  if (!project.version.empty()) text += " " + project.version;
  text += " for " + manifest.target;
  if (!project.revision.empty())
    text += fmt::format(", revision {}{}", project.revision.substr(0, 12),
                        project.clean.value_or(true) ? "" : " with changes");
  return text + ", released " + manifest.released;
}

std::string profile_in(const Manifest& manifest) {
  if (manifest.target == several_targets) return "the manifest of each target says it";
  if (!manifest.pgo) return "no PGO";
  const auto& pgo = *manifest.pgo;
  return fmt::format(
      "PGO in effect: the profile fits {} of {} functions; in the code {} of {} hot ones and {} of "
      "{} cold ones are marked so",
      pgo.functions_matched, pgo.functions_matched + pgo.functions_missing, pgo.hot_marked, pgo.hot_functions,
      pgo.cold_marked, pgo.cold_functions);
}

int verify_given(const Arguments& given) {
  if (given.files.size() != 1)
    throw Error("verify takes one file, archive or folder; see pgo-orch verify --help");
  const fs::path what = given.files.front();
  if (!fs::exists(what)) throw Error(fmt::format("there is no {}", what.string()));
  fs::path manifest_file = given.text("manifest");
  if (manifest_file.empty())
    manifest_file = (fs::is_directory(what) ? what : what.parent_path()) / manifest_name;
  const auto manifest = load_manifest(manifest_file);
  const auto found = verify(what, manifest);
  if (!found.genuine) {
    fmt::print("{}: NOT of this release: {}\nrelease: {}\n", what.string(), found.what, origin_of(manifest));
    return static_cast<int>(Exit::failed);
  }
  fmt::print("{}: {}\n", what.string(), found.what);
  for (const auto& done : found.since) fmt::print("  since then: {}\n", done);
  fmt::print("release: {}\n", origin_of(manifest));
  if (found.has_code) fmt::print("profile: {}\n", profile_in(manifest));
  for (const auto& note : manifest.notes) fmt::print("note: {}\n", note);
  return static_cast<int>(Exit::ok);
}

}  // namespace

Command verify_command() {
  return {.name = "verify",
          .usage = "verify FILE|ARCHIVE|DIR [options]",
          .summary = "say which file of which release this is, and what was done to it",
          .options = Options{{"manifest", "FILE", group::what,
                              "manifest of the release (default: manifest.json beside the file)"}} +
                     help_option,
          .most_files = -1,
          .execute = verify_given};
}

}  // namespace pgo_orch::orchestrator
