#pragma once
// Which files a corpus has, and where workloads find them. Writes nothing.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/config/config.h"
#include "orchestrator/store/layout.h"
#include "toolchains/git_checkout.h"
#include "toolchains/units.h"

namespace pgo_orch::orchestrator {

/// Where the files of a corpus lie for workloads.
struct CorpusFolder {
  std::filesystem::path root;
  std::filesystem::path files() const { return root / "files"; }           ///< {corpus.NAME}
  std::filesystem::path arguments() const { return root / "args"; }        ///< {corpus.NAME.args}
  std::filesystem::path checksums() const { return root / "SHA256SUMS"; }  ///< as sha256sum writes them
};
CorpusFolder corpus_folder(const std::string& corpus, const Layout& layout);

/// The folders of the corpora that a workload names.
std::vector<CorpusFolder> corpora_of(const Workload& workload, const Layout& layout);

/// The workload with {corpus.NAME} and {corpus.NAME.args} replaced.
Workload with_corpora(Workload workload, const Layout& layout);

/// The corpora that any workload names.
std::vector<Corpus> corpora_in_use(const Config& config);

/// The repository of a corpus that has one.
toolchains::GitCommit repository_of(const Corpus& corpus);

/// Where its files come from: its folder, or the one below `checkouts` where its repository is checked out,
/// one for each address, commit and list of folders.
std::filesystem::path source_of(const Corpus& corpus, const std::filesystem::path& checkouts);

struct CorpusFile {
  std::string path;  ///< in the corpus
  std::string sha256;
  Bytes size;
};

struct CorpusContent {
  std::filesystem::path from;     ///< where the files are read
  std::vector<CorpusFile> files;  ///< by path; not empty
  std::vector<std::string>
      left_out;  ///< links, what else is not a file, and names that lists of files cannot hold
  Bytes size() const;
  std::string sha256() const;  ///< of `checksums`
};

/// The files of a corpus whose patterns and `share` pick them from a folder. Folders of git, of cargo's
/// builds and `state` are not part of it. Errors: there are none; a pattern matches none; `sha256` is
/// another.
CorpusContent content_of(const Corpus& corpus, const std::filesystem::path& from,
                         const std::filesystem::path& state);

/// A line for each file, "SHA256  PATH", by path, as sha256sum writes and checks them. The digest of a corpus
/// is the SHA-256 of this text: it does not depend on an order, times or modes.
std::string checksums(const std::vector<CorpusFile>& files);

/// By name, those that are there: not what is still to be fetched, or made by the project's prepare.
std::map<std::string, CorpusContent> known_contents(const Config& config, const Layout& layout);

/// Error: a file that workloads train with has the same content as one that other workloads are judged by.
/// `contents`: by the name of the corpus; those that are not known yet are left out. Empty files are all the
/// same and teach nothing: they do not count.
void demand_apart(const Config& config, const std::map<std::string, CorpusContent>& contents);

}  // namespace pgo_orch::orchestrator
