#include "orchestrator/release/out_folder.h"

#include <fmt/format.h>

#include <set>

#include "orchestrator/build/step_result.h"
#include "orchestrator/release/manifest.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/folder_swap.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// Of a file of the release, as a hook that signs leaves it there.
bool is_signature(const std::string& name, const std::set<std::string>& files) {
  for (const std::string_view ending : {".asc", ".sig", ".minisig", ".sigstore", ".sigstore.json"})
    if (name.ends_with(ending) && files.contains(name.substr(0, name.size() - ending.size()))) return true;
  return false;
}

}  // namespace

std::string foreign_content(const fs::path& folder) {
  std::error_code missing;
  if (!fs::exists(fs::symlink_status(folder, missing))) return "";
  if (!fs::is_directory(fs::symlink_status(folder, missing))) return "it is not a folder";
  if (fs::is_empty(folder, missing)) return "";
  std::set<std::string> known{manifest_name};
  Manifest manifest;
  if (!fs::exists(folder / manifest_name)) return fmt::format("it has no {} of a release", manifest_name);
  if (const auto problem = problem_in([&] { manifest = load_manifest(folder / manifest_name); }))
    return fmt::format("it is of no release that can be read ({})", *problem);
  for (const auto& file : manifest.files) known.insert(file.path);
  for (const auto& entry : fs::recursive_directory_iterator(folder, missing)) {
    const auto name = entry.path().lexically_relative(folder).string();
    if (!entry.is_directory() && !known.contains(name) && !is_signature(name, known))
      return fmt::format("it has a file that is not of the release, {}", name);
  }
  return "";
}

OutFolder::OutFolder(const fs::path& folder) : folder_(fs::absolute(folder).lexically_normal()) {
  if (!folder_.has_filename()) folder_ = folder_.parent_path();
  if (folder_.has_filename()) folder_ = fs::weakly_canonical(folder_.parent_path()) / folder_.filename();
  const fs::path parent = folder_.parent_path();
  staged_ = parent / fmt::format(".{}.new", folder_.filename().string());
  std::error_code missing;
  if (fs::is_symlink(folder_, missing))
    throw Error(
        fmt::format("{} is a link, and would be replaced by a folder: give --out the folder itself, {}",
                    folder_.string(), fs::weakly_canonical(folder_).string()));
  if (const auto foreign = foreign_content(folder_); !foreign.empty())
    throw Error(fmt::format("{}: {}, so it is not replaced. Choose another folder with --out",
                            folder_.string(), foreign));
  toolchains::make_folders(parent);
  lock_ = toolchains::FileLock::try_lock_folder(parent);
  if (!lock_)
    throw Error(
        fmt::format("another release is being made in {}: wait for it, or name another place with --out",
                    parent.string()));
  if (const auto why = toolchains::why_no_exchange(parent); !why.empty())
    throw Error(fmt::format(
        "{}: its file system cannot exchange two folders in one step ({}), so a release could be left half "
        "written there. Choose a folder on another file system with --out",
        folder_.string(), why));
  std::error_code ignored;
  fs::remove_all(staged_, ignored);
}

OutFolder::~OutFolder() {
  std::error_code ignored;
  fs::remove_all(staged_, ignored);
}

void OutFolder::begin() {
  fs::remove_all(staged_);
  toolchains::make_folders(staged_);
}

void OutFolder::publish() {
  toolchains::sync_tree(staged_);
  if (const auto foreign = foreign_content(folder_); !foreign.empty())
    throw Error(fmt::format("{}: {}: it was put there while the release was made. Nothing was replaced",
                            folder_.string(), foreign));
  toolchains::swap_in(staged_, folder_);
}

}  // namespace pgo_orch::orchestrator
