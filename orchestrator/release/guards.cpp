#include "orchestrator/release/guards.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "orchestrator/plan/selection.h"
#include "report/humanize.h"
#include "toolchains/elf.h"
#include "toolchains/hash.h"
#include "toolchains/pe_file.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

ManifestFile described(const fs::path& file, const std::string& path, FileKind kind,
                       const std::string& target) {
  ManifestFile entry;
  entry.path = path;
  entry.kind = kind;
  entry.size = Bytes{fs::file_size(file)};
  entry.sha256 = toolchains::sha256_of_file(file);
  entry.target = target;
  if (kind != FileKind::executable && kind != FileKind::library) return entry;
  if (!toolchains::is_elf(file)) {
    entry.code_sha256 = entry.sha256;
    if (toolchains::is_pe(file)) entry.libraries = toolchains::imported_dlls(file);
    return entry;
  }
  entry.code_sha256 = toolchains::code_sha256(file);
  entry.glibc = toolchains::glibc_needed(file);
  entry.libraries = toolchains::needed_libraries(file);
  entry.hardening = toolchains::hardening_of(file);
  entry.parts = toolchains::elf_parts(file);
  return entry;
}

namespace {

/// Windows looks libraries up in any spelling.
bool is_named(const std::string& library, const std::string& glob, const std::string& target) {
  const auto spelled = [&](std::string text) {
    if (target.find("windows") != std::string::npos)
      std::ranges::transform(text, text.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return text;
  };
  return matches({spelled(glob)}, spelled(library));
}

/// "": it needs no newer glibc than is allowed for its target.
std::string problem_of_glibc(const ManifestFile& file, const Release& demanded) {
  if (demanded.glibc.empty() || file.glibc.empty()) return "";
  auto allowed = demanded.glibc.find(file.target);
  if (allowed == demanded.glibc.end()) allowed = demanded.glibc.find("");
  if (allowed == demanded.glibc.end())
    return fmt::format("it needs glibc {}, and 'glibc' in [release] says nothing of {}: add that target",
                       file.glibc, file.target);
  if (!toolchains::is_higher_version(file.glibc, allowed->second)) return "";
  return fmt::format(
      "it needs glibc {}, and 'glibc' in [release] allows {}: build on an older system, for a "
      "musl target, or raise 'glibc'",
      file.glibc, allowed->second);
}

}  // namespace

toolchains::Hardening without_runtime(toolchains::Hardening instrumented) {
  instrumented.stack_protector = false;
  return instrumented;
}

std::vector<std::string> problems_of(const ManifestFile& file, const PlainBuild& plain,
                                     const Release& demanded) {
  std::vector<std::string> problems;
  if (auto problem = problem_of_glibc(file, demanded); !problem.empty())
    problems.push_back(std::move(problem));
  for (const auto& library : file.libraries)
    for (const auto& glob : demanded.forbid_libs)
      if (is_named(library, glob, file.target))
        problems.push_back(
            fmt::format("it needs the shared library {}, which 'forbid-libs' ({}) in [release] "
                        "forbids: link it statically, or allow it",
                        library, glob));
  if (demanded.hardening == HardeningRule::keep && plain.hardening && file.hardening)
    for (const auto& lost : toolchains::lost_hardening(*plain.hardening, *file.hardening))
      problems.push_back(
          fmt::format("{}, unlike the plain build; hardening = \"any\" in [release] "
                      "would allow it",
                      lost));
  if (demanded.max_growth && plain.size) {
    const double growth = static_cast<double>(file.size.count) / static_cast<double>(plain.size->count) - 1;
    constexpr double rounding = 1e-9;
    if (growth > *demanded.max_growth + rounding)
      problems.push_back(fmt::format(
          "it takes {}, {:.1f} % more than the plain build's {}; 'max-growth' in "
          "[release] allows {:.4g} %",
          report::human(file.size), 100 * growth, report::human(*plain.size), 100 * *demanded.max_growth));
  }
  return problems;
}

bool may_run(const fs::path& file) {
  constexpr auto executable = fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
  return !toolchains::is_elf(file) || (fs::status(file).permissions() & executable) != fs::perms::none;
}

bool has_set_id(const fs::path& file) {
  return (fs::status(file).permissions() & (fs::perms::set_uid | fs::perms::set_gid)) != fs::perms::none;
}

std::string change_in(const fs::path& folder, const std::vector<ManifestFile>& files) {
  std::set<std::string> known;
  for (const auto& file : files) {
    known.insert(file.path);
    const auto path = folder / file.path;
    if (toolchains::sha256_of_file(path) != file.sha256 || has_set_id(path) ||
        (file.kind == FileKind::executable && !may_run(path)))
      return fmt::format(
          "{} changed after it was proved: what was run with it wrote to it. Nothing was released",
          file.path);
  }
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto name = entry.path().lexically_relative(folder).string();
    if (!entry.is_directory() && !known.contains(name))
      return fmt::format(
          "{} was left among the files of the release by a program that was run: have it write to {{tmp}}, "
          "or name the file in 'generate'. Nothing was released",
          name);
  }
  return "";
}

}  // namespace pgo_orch::orchestrator
