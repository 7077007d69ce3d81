#include "orchestrator/release/verify.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "orchestrator/build/step_result.h"
#include "orchestrator/release/guards.h"
#include "orchestrator/release/out_folder.h"
#include "toolchains/archive.h"
#include "toolchains/elf.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

bool has_code(const ManifestFile& file) {
  return file.kind == FileKind::executable || file.kind == FileKind::library;
}

/// The file of the release with this content; the one with this name, if there are several.
const ManifestFile* same_bytes(const Manifest& manifest, const std::string& sha256, const std::string& name) {
  const ManifestFile* found = nullptr;
  for (const auto& file : manifest.files)
    if (file.sha256 == sha256 && (!found || fs::path(file.path).filename() == name)) found = &file;
  return found;
}

const ManifestFile* same_code(const Manifest& manifest, const std::string& code_sha256) {
  const auto found = std::ranges::find_if(
      manifest.files, [&](const auto& file) { return has_code(file) && file.code_sha256 == code_sha256; });
  return found == manifest.files.end() ? nullptr : &*found;
}

/// What a file that is not of the release seems to be meant as.
const ManifestFile* named_like(const Manifest& manifest, const std::string& name) {
  const auto found = std::ranges::find_if(
      manifest.files, [&](const auto& file) { return fs::path(file.path).filename() == name; });
  return found == manifest.files.end() ? nullptr : &*found;
}

std::string kind_of(const ManifestFile& file) {
  return file.kind == FileKind::include ? "file" : to_word(file.kind);
}

/// Why code that no file of the release has is not its code.
std::string why_other_code(const fs::path& file, const Manifest& manifest) {
  const auto* meant = named_like(manifest, file.filename().string());
  if (!meant)
    for (const auto& each : manifest.files)
      if (!meant && each.kind == FileKind::executable) meant = &each;
  const auto info = toolchains::elf_info(file);
  const std::string arch = manifest.target.substr(0, manifest.target.find('-'));
  const std::string machine = info.machine == "x86-64" ? "x86_64" : info.machine;
  if (machine != arch && !arch.starts_with(machine) && !machine.starts_with(arch))
    return fmt::format("it is built for {}, and the release for {}", info.machine, manifest.target);
  return fmt::format(
      "its code is not that of '{}', nor of any other file of the release: it was built otherwise "
      "(other sources, settings or profile), or changed",
      meant ? meant->path : "");
}

Verification refused(std::string why) {
  return {.genuine = false, .what = std::move(why), .since = {}};
}

/// What is to be said of a file of the release beside its bytes.
void tell_changes(const ManifestFile& file, const fs::path& path, Verification& found) {
  if (fs::path(file.path).filename() != path.filename()) found.since.emplace_back("it was renamed");
  if (file.kind == FileKind::executable && !may_run(path))
    found.since.emplace_back("it may not be executed any more (chmod +x)");
  if (has_set_id(path))
    found.since.emplace_back("it runs with the rights of its owner or group (set-user-ID, set-group-ID)");
}

/// Two programs that changed places.
bool is_swapped(const Manifest& manifest, const ManifestFile& file, const std::string& name) {
  return fs::path(file.path).filename() != name && named_like(manifest, name);
}

Verification verify_file(const fs::path& path, const Manifest& manifest) {
  const std::string name = path.filename().string();
  if (const auto* file = same_bytes(manifest, toolchains::sha256_of_file(path), name)) {
    if (is_swapped(manifest, *file, name))
      return refused(
          fmt::format("it has the name of another file of the release, and the bytes of '{}'", file->path));
    Verification found{.genuine = true,
                       .what = fmt::format("{} '{}', byte for byte", kind_of(*file), file->path),
                       .since = {},
                       .has_code = has_code(*file) || file->kind == FileKind::archive,
                       .file = file,
                       .has_same_bytes = true};
    tell_changes(*file, path, found);
    return found;
  }
  if (!toolchains::is_elf(path)) {
    if (const auto* meant = named_like(manifest, name))
      return refused(fmt::format("it is not the '{}' of the release: its SHA-256 is another", meant->path));
    return refused("it is not a file of the release, and not an executable");
  }
  const auto* file = same_code(manifest, toolchains::code_sha256(path));
  if (!file) return refused(why_other_code(path, manifest));
  if (is_swapped(manifest, *file, name))
    return refused(
        fmt::format("it has the name of another file of the release, and the code of '{}'", file->path));
  const auto since = toolchains::changes_since(file->parts, path);
  if (!since.alteration.empty())
    return refused(fmt::format("it has the code of '{}', but {}", file->path, since.alteration));
  Verification found{.genuine = true,
                     .what = fmt::format("{} '{}', by its code", kind_of(*file), file->path),
                     .since = since.done,
                     .has_code = true,
                     .file = file};
  tell_changes(*file, path, found);
  return found;
}

/// Each member must be one of the release, and all executables must be there.
Verification verify_members(const fs::path& folder, const Manifest& manifest) {
  Verification found{.genuine = true, .what = "the files of the release", .since = {}};
  std::set<std::string> seen;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto type = entry.symlink_status().type();
    if (type == fs::file_type::directory) continue;
    const auto name = entry.path().lexically_relative(folder).string();
    if (type != fs::file_type::regular) return refused(fmt::format("'{}' is not a regular file", name));
    const auto member = verify_file(entry.path(), manifest);
    if (!member.genuine) return refused(fmt::format("'{}': {}", name, member.what));
    seen.insert(member.file->path);
    for (const auto& done : member.since) found.since.push_back(fmt::format("'{}': {}", name, done));
    found.has_code = found.has_code || member.has_code;
  }
  std::vector<std::string> missing;
  for (const auto& file : manifest.files)
    if (has_code(file) && !seen.contains(file.path)) missing.push_back(file.path);
  if (!missing.empty()) return refused(fmt::format("it lacks {}", fmt::join(missing, ", ")));
  for (const auto& file : manifest.files)
    if (file.kind == FileKind::include && !seen.contains(file.path))
      found.since.push_back(fmt::format("'{}' was left out", file.path));
  return found;
}

Verification verify_archive(const fs::path& path, const Manifest& manifest) {
  if (same_bytes(manifest, toolchains::sha256_of_file(path), path.filename().string()))
    return verify_file(path, manifest);
  const toolchains::TempDir unpacked("pgo-orch-verify");
  constexpr Bytes most{std::uint64_t{16} << 30};
  if (const auto problem = problem_in([&] { toolchains::unpack_archive(path, unpacked.path(), most); }))
    return refused(problem->starts_with(path.string() + ": ") ? problem->substr(path.string().size() + 2)
                                                              : *problem);
  auto found = verify_members(unpacked.path(), manifest);
  if (!found.genuine) return found;
  found.what = "an archive with the files of the release";
  found.since.emplace(found.since.begin(), "it was packed again");
  return found;
}

/// Every file, none missing and none beside them.
Verification verify_folder(const fs::path& folder, const Manifest& manifest) {
  if (const auto foreign = foreign_content(folder); !foreign.empty()) return refused(foreign);
  Verification found{.genuine = true, .what = "the whole release", .since = {}, .has_code = true};
  bool has_all_bytes = true;
  for (const auto& file : manifest.files) {
    const auto path = folder / file.path;
    if (!fs::exists(fs::symlink_status(path))) return refused(fmt::format("'{}' is missing", file.path));
    if (!fs::is_regular_file(fs::symlink_status(path)))
      return refused(
          fmt::format("'{}' is not a regular file any more: a link or a folder is in its place", file.path));
    const auto member = verify_file(path, manifest);
    if (!member.genuine)
      return refused(fmt::format("'{}' is not what was released: {}", file.path, member.what));
    if (member.file->sha256 != file.sha256)
      return refused(fmt::format("'{}' is another file of the release, '{}'", file.path, member.file->path));
    has_all_bytes = has_all_bytes && member.has_same_bytes;
    for (const auto& done : member.since) found.since.push_back(fmt::format("'{}': {}", file.path, done));
  }
  if (has_all_bytes) found.what += ", byte for byte";
  return found;
}

}  // namespace

Verification verify(const fs::path& what, const Manifest& manifest) {
  Verification found;
  const auto problem = problem_in([&] {
    if (fs::is_directory(what) && !fs::exists(what / manifest_name))
      found = verify_members(what, manifest);  // what was unpacked from an archive
    else if (fs::is_directory(what))
      found = verify_folder(what, manifest);
    else if (!toolchains::is_elf(what) && toolchains::is_archive(what))
      found = verify_archive(what, manifest);
    else
      found = verify_file(what, manifest);
  });
  return problem ? refused(*problem) : found;
}

}  // namespace pgo_orch::orchestrator
