#include "orchestrator/plan/corpora.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "orchestrator/config/find.h"
#include "orchestrator/config/glob.h"
#include "pgo/recipe.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

std::string corpus_title(const Corpus& corpus) {
  return fmt::format("corpus '{}'", corpus.name);
}

/// In a list of files, a line each, as sha256sum and shells read it.
bool is_odd_in_lists(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f || byte == '\\';
}

/// What git has in place of a file in LFS (git-lfs' docs/spec.md).
bool is_lfs_pointer(const fs::directory_entry& file) {
  constexpr std::uintmax_t most = 1024;
  return file.file_size() < most &&
         toolchains::read_file(file.path()).starts_with("version https://git-lfs.github.com/spec/");
}

/// A pattern of `files`, and whether it matched anything.
struct Pattern {
  std::string text;
  Glob glob;
  bool leaves_out;
  bool used = false;
};

/// The files below a folder that a corpus may have.
class Picker {
 public:
  Picker(const Corpus& corpus, const fs::path& from, const fs::path& state)
      : corpus_(corpus), from_(from), state_(state) {
    for (const auto& pattern : corpus.files) {
      const bool leaves_out = pattern.starts_with('!');
      patterns_.push_back({pattern, Glob(std::string_view(pattern).substr(leaves_out ? 1 : 0)), leaves_out});
    }
    takes_all_ = std::ranges::all_of(patterns_, &Pattern::leaves_out);
  }

  CorpusContent pick() {
    for (const auto& folder : corpus_.folders) {
      if (!fs::is_directory(fs::symlink_status(from_ / folder)))
        throw Error(fmt::format("{}: {} has no folder '{}' at {}: correct 'folders'", corpus_title(corpus_),
                                corpus_.git, folder, corpus_.commit));
      walk(folder);
    }
    if (corpus_.folders.empty()) walk({});
    for (const auto& pattern : patterns_)
      if (!pattern.used && !pattern.leaves_out)
        throw Error(
            fmt::format("{}: 'files': nothing in {} matches \"{}\"; all below a folder is \"FOLDER/**\"",
                        corpus_title(corpus_), from_.string(), pattern.text));
    std::ranges::sort(content_.files, {}, &CorpusFile::path);
    content_.from = from_;
    return std::move(content_);
  }

 private:
  void walk(const fs::path& relative) {
    for (const auto& entry : fs::directory_iterator(from_ / relative)) {
      const fs::path path = relative / entry.path().filename();
      const auto type = entry.symlink_status().type();
      if (type == fs::file_type::directory) {
        if (!is_made(entry.path()) && may_hold(path.string() + "/")) walk(path);
      } else if (takes(path.string())) {
        const bool is_odd =
            type != fs::file_type::regular || std::ranges::any_of(path.string(), is_odd_in_lists);
        if (is_odd)
          content_.left_out.push_back(path.string());
        else if (!corpus_.git.empty() && is_lfs_pointer(entry))
          throw Error(
              fmt::format("{}: {} lies in Git LFS, which is not fetched: leave it out by files = [\"!{}\"]",
                          corpus_title(corpus_), path.string(), path.string()));
        else
          content_.files.push_back(
              {path.string(), toolchains::sha256_of_file(entry.path()), Bytes{entry.file_size()}});
      }
    }
  }

  /// Whether a pattern may match something below a folder: by what it begins with, up to its first
  /// placeholder.
  bool may_hold(const std::string& folder) const {
    return takes_all_ || std::ranges::any_of(patterns_, [&](const Pattern& pattern) {
             const auto fixed = pattern.text.substr(0, pattern.text.find_first_of("*?[\\"));
             return !pattern.leaves_out && (fixed.starts_with(folder) || folder.starts_with(fixed));
           });
  }

  bool is_made(const fs::path& folder) const {
    const auto name = folder.filename();
    std::error_code ignored;
    return name == ".git" || name == ".pgo-orch" || folder == state_ ||
           fs::exists(folder / "CACHEDIR.TAG", ignored);
  }

  bool takes(const std::string& path) {
    bool taken = takes_all_, left_out = false;
    for (auto& pattern : patterns_) {
      if (!pattern.glob.matches(path)) continue;
      pattern.used = true;
      (pattern.leaves_out ? left_out : taken) = true;
    }
    return taken && !left_out;
  }

  const Corpus& corpus_;
  const fs::path& from_;
  const fs::path& state_;
  std::vector<Pattern> patterns_;
  bool takes_all_;
  CorpusContent content_;
};

/// Whether a content is for training: an equal one always falls on the same side.
bool is_for_training(const std::string& sha256, double share) {
  return static_cast<double>(std::stoul(sha256.substr(0, 8), nullptr, 16)) < share * 0x1p32;
}

void demand_any(const Corpus& corpus, const CorpusContent& content, const char* why) {
  if (!content.files.empty()) return;
  std::string odd;
  if (!content.left_out.empty())
    odd = fmt::format("; links and the like do not count, such as {}", content.left_out.front());
  throw Error(
      fmt::format("{}: no file of {} is in it{}{}", corpus_title(corpus), content.from.string(), why, odd));
}

/// "a/x.py = b/y.py, ..."
std::string few_pairs(const std::vector<std::string>& pairs) {
  constexpr std::size_t most = 5;
  const auto shown =
      std::vector(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(std::min(most, pairs.size())));
  return fmt::format("{}{}", fmt::join(shown, ", "),
                     pairs.size() > most ? fmt::format(" and {} more", pairs.size() - most) : "");
}

}  // namespace

CorpusFolder corpus_folder(const std::string& corpus, const Layout& layout) {
  return {layout.state / "corpora" / corpus};
}

std::vector<CorpusFolder> corpora_of(const Workload& workload, const Layout& layout) {
  std::vector<CorpusFolder> folders;
  for (const auto& name : corpora_named_in(workload)) folders.push_back(corpus_folder(name, layout));
  return folders;
}

Workload with_corpora(Workload workload, const Layout& layout) {
  for (const auto& name : corpora_named_in(workload)) {
    const auto folder = corpus_folder(name, layout);
    for_each_corpus_text(workload, [&](std::string& text) {
      text = pgo::replace_placeholder(text, "{corpus." + name + ".args}", folder.arguments());
      text = pgo::replace_placeholder(text, "{corpus." + name + "}", folder.files());
    });
  }
  return workload;
}

std::vector<Corpus> corpora_in_use(const Config& config) {
  std::set<std::string> names;
  for (const auto& workload : config.workloads)
    for (const auto& name : corpora_named_in(workload)) names.insert(name);
  std::vector<Corpus> used;
  for (const auto& corpus : config.corpora)
    if (names.contains(corpus.name)) used.push_back(corpus);
  return used;
}

toolchains::GitCommit repository_of(const Corpus& corpus) {
  return {corpus.git, corpus.commit, corpus.folders};
}

fs::path source_of(const Corpus& corpus, const fs::path& checkouts) {
  if (corpus.git.empty()) return corpus.folder;
  toolchains::Sha256 digest;
  digest.field(corpus.git).field(corpus.commit);
  for (const auto& folder : corpus.folders) digest.field(folder);
  return checkouts / digest.hex().substr(0, 16);
}

Bytes CorpusContent::size() const {
  Bytes sum;
  for (const auto& file : files) sum.count += file.size.count;
  return sum;
}

std::string CorpusContent::sha256() const {
  return toolchains::sha256(checksums(files));
}

CorpusContent content_of(const Corpus& corpus, const fs::path& from, const fs::path& state) try {
  auto content = Picker(corpus, from, state).pick();
  demand_any(corpus, content, "");
  if (const auto digest = content.sha256(); corpus.sha256 && *corpus.sha256 != digest)
    throw Error(
        fmt::format("{}: the SHA-256 of its files is not the one in pgo.toml: if they are what they should "
                    "be, write sha256 = \"{}\"",
                    corpus_title(corpus), digest));
  if (corpus.share) {
    std::erase_if(content.files, [&](const CorpusFile& file) {
      return is_for_training(file.sha256, *corpus.share) != (corpus.split == Split::train);
    });
    demand_any(corpus, content, ": all are on the other side of 'share'");
  }
  return content;
} catch (const fs::filesystem_error& error) {
  throw Error(fmt::format("{}: {}", corpus_title(corpus), toolchains::describe(error)));
}

std::string checksums(const std::vector<CorpusFile>& files) {
  std::string text;
  for (const auto& file : files) text += file.sha256 + "  " + file.path + "\n";
  return text;
}

std::map<std::string, CorpusContent> known_contents(const Config& config, const Layout& layout) {
  std::map<std::string, CorpusContent> contents;
  for (const auto& corpus : corpora_in_use(config)) {
    const fs::path from = source_of(corpus, layout.checkouts());
    std::error_code missing;
    const bool may_be_made = corpus.git.empty() && !config.project.prepare.empty();
    if (!may_be_made && fs::is_directory(from, missing))
      contents[corpus.name] = content_of(corpus, from, layout.state);
  }
  return contents;
}

void demand_apart(const Config& config, const std::map<std::string, CorpusContent>& contents) {
  std::set<std::string> trained, judged;
  for (const auto& workload : config.workloads)
    for (const auto& name : corpora_named_in(workload)) (workload.trains() ? trained : judged).insert(name);
  std::map<std::string, std::string> known;  // content -> "corpus/path"
  for (const auto& name : trained)
    if (const auto found = contents.find(name); found != contents.end())
      for (const auto& file : found->second.files)
        if (file.size.count > 0) known.emplace(file.sha256, name + "/" + file.path);
  std::vector<std::string> shared;
  for (const auto& name : judged)
    if (const auto found = contents.find(name); found != contents.end())
      for (const auto& file : found->second.files)
        if (const auto same = known.find(file.sha256); same != known.end())
          shared.push_back(fmt::format("{} = {}/{}", same->second, name, file.path));
  if (shared.empty()) return;
  throw Error(
      fmt::format("{}: workloads with role = \"measure\" have {} in common with those that train, so they "
                  "would flatter PGO (CORPUS/FILE): {}. Leave them out of one side by a pattern in 'files', "
                  "e.g. \"!**/x.py\", "
                  ""
                  "or split one corpus with 'split' and 'share'",
                  config.file.string(),
                  shared.size() == 1 ? "a file" : fmt::format("{} files", shared.size()), few_pairs(shared)));
}

}  // namespace pgo_orch::orchestrator
