#include "toolchains/tree.h"

#include <fmt/format.h>

#include <map>

#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

/// What lies in a folder and is not excluded, by name.
std::map<std::string, fs::file_status> entries(const fs::path& root, const fs::path& relative,
                                               const Exclude& exclude) {
  std::map<std::string, fs::file_status> found;
  for (const auto& entry : fs::directory_iterator(root / relative)) {
    const fs::path name = entry.path().filename();
    if (!exclude || !exclude(relative / name)) found.emplace(name.string(), entry.symlink_status());
  }
  return found;
}

class Mirror {
 public:
  Mirror(const fs::path& from, const fs::path& to, const MirrorOptions& options)
      : from_(fs::canonical(from)), to_(fs::weakly_canonical(to)), files_(options.files) {
    exclude_ = [this, given = options.exclude](const fs::path& relative) {
      return from_ / relative == to_ || (given && given(relative));
    };
  }

  MirrorChanges run() {
    make_folders(to_);
    folder({});
    return changes_;
  }

 private:
  void folder(const fs::path& relative) {
    const auto wanted = entries(from_, relative, exclude_);
    for (const auto& [name, status] : entries(to_, relative, exclude_))
      if (!wanted.contains(name)) remove(relative / name);
    for (const auto& [name, status] : wanted) entry(relative / name, status.type());
  }

  void entry(const fs::path& relative, fs::file_type type) {
    if (type == fs::file_type::directory) {
      if (prepare(relative, type)) fs::create_directory(to_ / relative, from_ / relative);
      folder(relative);
    } else if (type == fs::file_type::symlink) {
      link(relative, link_target(relative));
    } else if (type == fs::file_type::regular && files_ == MirrorFiles::symlink) {
      link(relative, from_ / relative);
    } else if (type == fs::file_type::regular && (prepare(relative, type) || differs(relative))) {
      copy_file_exact(from_ / relative, to_ / relative);
      ++changes_.written;
    }
  }

  /// Makes room for an entry of this kind. True if there is none yet.
  bool prepare(const fs::path& relative, fs::file_type type) {
    const auto there = fs::symlink_status(to_ / relative).type();
    if (there == type) return false;
    if (there != fs::file_type::not_found) remove(relative);
    return true;
  }

  bool differs(const fs::path& relative) const {
    const fs::path a = from_ / relative;
    const fs::path b = to_ / relative;
    return fs::file_size(a) != fs::file_size(b) || fs::last_write_time(a) != fs::last_write_time(b) ||
           fs::status(a).permissions() != fs::status(b).permissions();
  }

  /// A relative link out of the tree would lead somewhere else from the copy, so it becomes absolute.
  fs::path link_target(const fs::path& relative) const {
    const fs::path target = fs::read_symlink(from_ / relative);
    const fs::path inside = (relative.parent_path() / target).lexically_normal();
    const bool leaves = target.is_relative() && !inside.empty() && *inside.begin() == "..";
    return leaves ? (from_ / inside).lexically_normal() : target;
  }

  void link(const fs::path& relative, const fs::path& target) {
    if (!prepare(relative, fs::file_type::symlink)) {
      if (fs::read_symlink(to_ / relative) == target) return;
      fs::remove(to_ / relative);
    }
    fs::create_symlink(target, to_ / relative);
    ++changes_.written;
  }

  void remove(const fs::path& relative) {
    fs::remove_all(to_ / relative);
    ++changes_.removed;
  }

  const fs::path from_;
  const fs::path to_;
  const MirrorFiles files_;
  Exclude exclude_;
  MirrorChanges changes_;
};

void digest_folder(const fs::path& root, const fs::path& relative, const Exclude& exclude, Sha256& digest) {
  for (const auto& [name, status] : entries(root, relative, exclude)) {
    const fs::path path = root / relative / name;
    digest.field((relative / name).string());
    digest.field(
        fmt::format("{} {:o}", static_cast<int>(status.type()), static_cast<unsigned>(status.permissions())));
    if (status.type() == fs::file_type::directory) digest_folder(root, relative / name, exclude, digest);
    if (status.type() == fs::file_type::symlink) digest.field(fs::read_symlink(path).string());
    if (status.type() == fs::file_type::regular) digest.field(sha256_of_file(path));
  }
}

/// The file system's own errors, as what the user must fix.
template <typename Action>
auto or_error(const char* what, const fs::path& root, Action action) {
  try {
    return action();
  } catch (const fs::filesystem_error& error) {
    const fs::path& where = error.path1().empty() ? root : error.path1();
    throw Error(fmt::format("cannot {} {}: {}", what, where.string(), error.code().message()), Exit::failed);
  }
}

}  // namespace

MirrorChanges mirror_tree(const fs::path& from, const fs::path& to, const MirrorOptions& options) {
  return or_error("copy", from, [&] { return Mirror(from, to, options).run(); });
}

std::string tree_digest(const fs::path& root, const Exclude& exclude) {
  return or_error("read", root, [&] {
    Sha256 digest;
    digest_folder(root, {}, exclude, digest);
    return digest.hex();
  });
}

}  // namespace pgo_orch::toolchains
