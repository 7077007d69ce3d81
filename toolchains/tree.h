#pragma once
// Whole folders: a copy that follows its original, and a digest to tell whether one changed.

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

namespace pgo_orch::toolchains {

/// Whether to leave out a file, or a folder with all below it. Gets the path relative to the tree's root.
using Exclude = std::function<bool(const std::filesystem::path& relative)>;

enum class MirrorFiles {
  copy,    ///< real copies, for builds that write beside their sources or ask where they are
  symlink  ///< links to the originals, absolute
};

struct MirrorOptions {
  Exclude exclude;  ///< none: everything
  MirrorFiles files = MirrorFiles::copy;
};

/// What a mirror run had to do. All zero: the copy was up to date, and nothing in it was touched.
struct MirrorChanges {
  std::size_t written = 0;
  std::size_t removed = 0;
};

/// Makes `to` the same tree as `from`: folders are made, files copied with mode and modification time (an
/// equal size and time means unchanged) or linked, symbolic links copied as they are, everything else below
/// `to` deleted. `to` may lie inside `from`: it is left out then. What is excluded is neither copied nor
/// deleted, so that a build's own files (an excluded Cargo.lock or target/) survive. Errors: a path that
/// can't be read or written.
MirrorChanges mirror_tree(const std::filesystem::path& from, const std::filesystem::path& to,
                          const MirrorOptions& options = {});

/// SHA-256 (hex) over names, kinds, modes, contents and link targets below a folder; times don't count.
std::string tree_digest(const std::filesystem::path& root, const Exclude& exclude = {});

}  // namespace pgo_orch::toolchains
