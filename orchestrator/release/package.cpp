#include "orchestrator/release/package.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <glob.h>

#include <algorithm>

#include "orchestrator/build/step_result.h"
#include "orchestrator/config/find.h"
#include "orchestrator/release/guards.h"
#include "pgo/recipe.h"
#include "toolchains/archive.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// Regular files in the folder and those below it, but for what shells and globs hide (.git, .pgo-orch).
std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator entry(folder), end; entry != end; ++entry) {
    if (entry->path().filename().string().starts_with('.'))
      entry.disable_recursion_pending();
    else if (entry->is_regular_file())
      files.push_back(entry->path());
    else if (!entry->is_directory() || entry->is_symlink())
      throw Error(
          fmt::format("'include' in [release]: {} is neither a file nor a folder, nor a link to a file",
                      entry->path().string()));
  }
  return files;
}

/// What the shell's glob matches.
std::vector<fs::path> matches_of_glob(const fs::path& pattern) {
  ::glob_t matched{};
  std::vector<fs::path> found;
  if (::glob(pattern.c_str(), GLOB_BRACE, nullptr, &matched) == 0)
    for (std::size_t i = 0; i < matched.gl_pathc; ++i) found.emplace_back(matched.gl_pathv[i]);
  ::globfree(&matched);
  return found;
}

/// Whether the path, or what is left of it without its first folders, matches: what follows "**/".
bool matches_in_any_folder(fs::path path, const std::string& pattern) {
  while (!path.empty()) {
    if (::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0) return true;
    const auto first = path.begin();
    path = path.lexically_relative(*first);
    if (path == ".") break;
  }
  return false;
}

[[noreturn]] void refuse_release(const std::string& why) {
  throw Error(why, Exit::failed);
}

/// A path of a file in the release: below its folder, and not one that is taken.
fs::path place_for(const std::string& name, const fs::path& folder) {
  const fs::path path = fs::path(name).lexically_normal();
  if (path.is_absolute() || path.empty() || *path.begin() == "..")
    throw Error(fmt::format("[release]: '{}' is not a path inside the release", name));
  if (path == manifest_name || path == checksums_name || fs::exists(folder / path))
    throw Error(fmt::format("[release]: the release already has a file '{}'", name));
  return folder / path;
}

/// As sha256sum writes it.
std::string checksum_line(const ManifestFile& file) {
  return fmt::format("{}  {}\n", file.sha256, file.path);
}

void add_file_of_checksums(const fs::path& folder, const std::string& path, const std::string& text,
                           Manifest& manifest) {
  toolchains::write_file_atomically(folder / path, text);
  manifest.files.push_back(described(folder / path, path, FileKind::checksums, ""));
}

void run_and_keep(const std::vector<std::string>& words, const fs::path& to, const Config& config,
                  const std::string& name, toolchains::Runner& runner) {
  toolchains::Command command{.argv = words,
                              .cwd = config.root,
                              .stdout_file = to,
                              .stdout_pipe = true,
                              .log_file = to.parent_path() / ".generate.log",
                              .timeout = std::chrono::minutes(1)};
  const auto outcome = runner.run(command);
  const auto said = tail_of(command.log_file, 3);
  fs::remove(command.log_file);
  if (!outcome.ok())
    refuse_release(fmt::format("[release]: the command that generates '{}' failed, {}: {}\n  {}", name,
                               describe(outcome), to_shell(command), fmt::join(said, "\n  ")));
  if (fs::file_size(to) == 0)
    refuse_release(fmt::format("[release]: the command that generates '{}' prints nothing: {}", name,
                               to_shell(command)));
}

}  // namespace

std::vector<fs::path> files_matching(const fs::path& root, const std::string& pattern) {
  std::vector<fs::path> files;
  const std::string any_folder = "**/";
  if (const auto at = pattern.find(any_folder); at != std::string::npos) {
    const auto rest = pattern.substr(at + any_folder.size());
    for (const auto& folder : matches_of_glob(root / pattern.substr(0, at)))
      for (const auto& file : files_below(folder))
        if (matches_in_any_folder(file.lexically_relative(folder), rest)) files.push_back(file);
  } else {
    for (const auto& found : matches_of_glob(root / pattern)) {
      std::error_code ignored;
      if (fs::equivalent(found, root, ignored))
        throw Error(
            fmt::format("'include' in [release]: '{}' is the whole folder of pgo.toml: name what is to be "
                        "shipped",
                        pattern));
      if (fs::is_regular_file(found)) files.push_back(found);
      if (fs::is_directory(found)) std::ranges::copy(files_below(found), std::back_inserter(files));
    }
  }
  std::ranges::sort(files);
  return files;
}

std::vector<std::string> release_words(std::vector<std::string> words, const Config& config,
                                       const fs::path& programs, const std::vector<std::string>& names,
                                       const fs::path& tmp) {
  for (auto& word : words) {
    word = pgo::replace_placeholder(word, "{exe}", programs / names.front());
    for (const auto& name : names)
      word = pgo::replace_placeholder(word, fmt::format("{{exe.{}}}", name), programs / name);
    word = pgo::replace_placeholder(word, "{tmp}", tmp);
    word = pgo::replace_placeholder(word, "{root}", config.root);
  }
  return words;
}

std::vector<std::string> add_includes(const Config& config, const std::vector<std::string>& programs,
                                      const fs::path& folder, const fs::path& tmp,
                                      toolchains::Runner& runner) {
  std::vector<std::string> added;
  for (const auto& pattern : config.release.include) {
    const auto files = files_matching(config.root, pattern);
    if (files.empty())
      throw Error(
          fmt::format("{}: 'include' in [release]: no file matches '{}'", config.file.string(), pattern));
    for (const auto& file : files) {
      auto name = file.lexically_normal().lexically_relative(config.root);
      if (name.empty() || *name.begin() == "..") name = file.filename();  // ../LICENSE
      if (contains(added, name.string())) continue;
      const fs::path to = place_for(name.string(), folder);
      toolchains::make_folders(to.parent_path());
      toolchains::copy_file_exact(file, to);
      added.push_back(name.string());
    }
  }
  for (const auto& generated : config.release.generate) {
    const fs::path to = place_for(generated.file, folder);
    toolchains::make_folders(to.parent_path());
    run_and_keep(release_words(generated.command, config, folder, programs, tmp), to, config, generated.file,
                 runner);
    added.push_back(to.lexically_relative(folder).string());
  }
  return added;
}

std::string archive_stem(const Config& config, const Manifest& manifest) {
  std::string name = config.release.name;
  const std::pair<std::string, std::string> values[] = {{"{name}", manifest.project.name},
                                                        {"{version}", manifest.project.version},
                                                        {"{target}", manifest.target},
                                                        {"{variant}", manifest.variant}};
  for (const auto& [word, value] : values) {
    if (value.empty()) name = pgo::replace_placeholder(name, "-" + word, "");
    name = pgo::replace_placeholder(name, word, value);
  }
  std::ranges::replace(name, '/', '-');
  return name;
}

void add_archives(const Config& config, const fs::path& folder, std::int64_t seconds, Manifest& manifest) {
  const std::string stem = archive_stem(config, manifest);
  const auto packed = manifest.files;
  for (const auto format : config.release.archive) {
    std::vector<toolchains::ArchiveMember> members;
    ManifestFile archive;
    archive.path = stem + "." + to_word(format);
    for (const auto& file : packed) {
      if (file.kind == FileKind::debug) continue;
      const std::string name =
          config.release.layout == ArchiveLayout::flat ? file.path : stem + "/" + file.path;
      const auto mode = fs::status(folder / file.path).permissions();
      members.push_back({name, folder / file.path, (mode & fs::perms::owner_exec) != fs::perms::none});
      archive.members[name] = file.sha256;
    }
    if (fs::exists(folder / archive.path))
      throw Error(fmt::format("[release]: the release already has a file '{}'", archive.path));
    toolchains::write_archive(folder / archive.path, format, members, seconds);
    archive.kind = FileKind::archive;
    archive.size = Bytes{fs::file_size(folder / archive.path)};
    archive.sha256 = toolchains::sha256_of_file(folder / archive.path);
    archive.target = manifest.target;
    manifest.files.push_back(std::move(archive));
  }
}

void unpack(const ManifestFile& archive, const fs::path& folder, const fs::path& to) {
  constexpr Bytes most{std::uint64_t{16} << 30};
  fs::remove_all(to);
  toolchains::make_folders(to);
  toolchains::unpack_archive(folder / archive.path, to, most);
  for (const auto& [name, sha256] : archive.members)
    if (!fs::exists(to / name) || toolchains::sha256_of_file(to / name) != sha256)
      refuse_release(fmt::format("{}: '{}' does not come out as it was packed", archive.path, name));
}

void add_checksums_of_all(const fs::path& folder, Manifest& manifest) {
  std::string lines;
  for (const auto& file : manifest.files) lines += checksum_line(file);
  add_file_of_checksums(folder, checksums_name, lines, manifest);
}

void add_checksums(const fs::path& folder, Manifest& manifest) {
  std::string lines;
  const auto files = manifest.files;
  for (const auto& file : files) {
    lines += checksum_line(file);
    if (file.kind == FileKind::archive)
      add_file_of_checksums(folder, file.path + ".sha256", checksum_line(file), manifest);
  }
  add_file_of_checksums(folder, checksums_name, lines, manifest);
}

}  // namespace pgo_orch::orchestrator
