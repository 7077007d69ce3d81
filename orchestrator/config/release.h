#pragma once
// [release]: how the files are made that are shipped.

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "toolchains/archive.h"
#include "toolchains/words.h"

namespace pgo_orch::orchestrator {

/// What becomes of the hardening of the plain build (PIE, RELRO, NX, stack protector): it must still be
/// there, or nobody looks.
enum class HardeningRule { keep, any };
constexpr auto words_of(HardeningRule) {
  using enum HardeningRule;
  return std::to_array<Word<HardeningRule>>({{keep, "keep"}, {any, "any"}});
}

/// Where files lie in an archive: below a folder of the archive's name, or at its top.
enum class ArchiveLayout { folder, flat };
constexpr auto words_of(ArchiveLayout) {
  using enum ArchiveLayout;
  return std::to_array<Word<ArchiveLayout>>({{folder, "folder"}, {flat, "flat"}});
}

/// When an instrumented program crashes in training: no release, or one without PGO that says so.
enum class OnTrainingCrash { fail, plain };
constexpr auto words_of(OnTrainingCrash) {
  using enum OnTrainingCrash;
  return std::to_array<Word<OnTrainingCrash>>({{fail, "fail"}, {plain, "plain"}});
}

/// What becomes of PGO for a target whose programs cannot be run here, so not trained: they are built without
/// it, with the variant's saved profile, or not at all.
enum class Unrunnable { plain, saved_profile, refuse };
constexpr auto words_of(Unrunnable) {
  using enum Unrunnable;
  return std::to_array<Word<Unrunnable>>(
      {{plain, "plain"}, {saved_profile, "saved-profile"}, {refuse, "refuse"}});
}

/// A file that a command prints.
struct GeneratedInclude {
  std::string file;                  ///< its path in the release
  std::vector<std::string> command;  ///< {exe} is the program that is shipped
  bool operator==(const GeneratedInclude&) const = default;
};

struct Release {
  std::string variant = "best";
  std::vector<std::string> targets;  ///< triples; empty: the variant's own
  Unrunnable unrunnable = Unrunnable::refuse;
  std::string name = "{name}-{version}-{target}";  ///< of archives, without the ending
  std::vector<std::vector<std::string>> smoke;     ///< commands that must succeed with what is shipped
  /// The highest version that may be needed, by target; "": of any.
  std::map<std::string, std::string> glibc;
  std::vector<std::string> forbid_libs;  ///< globs of shared libraries that may not be needed
  std::optional<double> max_growth;      ///< fraction, over the same build without PGO
  HardeningRule hardening = HardeningRule::keep;
  std::vector<std::string> include;  ///< globs of files beside pgo.toml
  std::vector<GeneratedInclude> generate;
  std::vector<toolchains::ArchiveFormat> archive{toolchains::ArchiveFormat::tar_gz};
  ArchiveLayout layout = ArchiveLayout::folder;
  bool split_debug = false;
  bool provenance = false;  ///< an in-toto Statement
  bool sbom = false;        ///< a CycloneDX document
  int retries = 0;          ///< of the whole build
  OnTrainingCrash on_training_crash = OnTrainingCrash::fail;
  bool operator==(const Release&) const = default;
};

}  // namespace pgo_orch::orchestrator
