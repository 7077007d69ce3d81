#include "orchestrator/build/corpora.h"

#include <fmt/format.h>

#include <map>

#include "orchestrator/plan/corpora.h"
#include "report/humanize.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// Files, and the folders above them.
using Places = std::map<fs::path, fs::file_type>;

Places places_of(const CorpusContent& content) {
  Places places;
  for (const auto& file : content.files) {
    places[file.path] = fs::file_type::regular;
    for (auto above = fs::path(file.path).parent_path(); !above.empty(); above = above.parent_path())
      places[above] = fs::file_type::directory;
  }
  return places;
}

/// Removes all below a folder that is not one of these.
void remove_others(const fs::path& root, const fs::path& relative, const Places& kept) {
  for (const auto& entry : fs::directory_iterator(root / relative)) {
    const fs::path path = relative / entry.path().filename();
    const auto type = entry.symlink_status().type();
    const auto found = kept.find(path);
    if (found == kept.end() || found->second != type)
      fs::remove_all(entry.path());
    else if (type == fs::file_type::directory)
      remove_others(root, path, kept);
  }
}

void copy_corpus(const CorpusContent& content, const fs::path& to) {
  toolchains::make_folders(to);
  remove_others(to, {}, places_of(content));
  for (const auto& file : content.files) {
    const fs::path copy = to / file.path;
    if (fs::exists(copy) && toolchains::sha256_of_file(copy) == file.sha256) continue;
    toolchains::make_folders(copy.parent_path());
    toolchains::copy_file_exact(content.from / file.path, copy);
    if (toolchains::sha256_of_file(copy) != file.sha256)
      throw Error(fmt::format("{} changed while it was copied. Leave the corpus alone, and run again",
                              (content.from / file.path).string()),
                  Exit::failed);
  }
}

report::Corpus summary_of(const Corpus& corpus, const CorpusContent& content) {
  return {.name = corpus.name,
          .split = corpus.split ? to_word(*corpus.split) : "",
          .files = std::ssize(content.files),
          .size = content.size(),
          .sha256 = content.sha256(),
          .git = corpus.git,
          .commit = corpus.commit};
}

}  // namespace

std::vector<report::Corpus> prepare_corpora(const Config& config, const Layout& layout,
                                            const fs::path& checkouts, toolchains::Runner& runner,
                                            report::Progress& progress) {
  std::map<std::string, CorpusContent> contents;
  const auto corpora = corpora_in_use(config);
  for (const auto& corpus : corpora) {
    if (corpus.git.empty()) continue;
    const auto said = toolchains::check_out(repository_of(corpus), source_of(corpus, checkouts), runner);
    if (!said.empty()) progress.note(fmt::format("corpus '{}': {}", corpus.name, said));
  }
  for (const auto& corpus : corpora)
    contents[corpus.name] = content_of(corpus, source_of(corpus, checkouts), layout.state);
  demand_apart(config, contents);
  std::vector<report::Corpus> summaries;
  for (const auto& corpus : corpora) {
    const auto& content = contents.at(corpus.name);
    const auto folder = corpus_folder(corpus.name, layout);
    copy_corpus(content, folder.files());
    std::string arguments;
    for (const auto& file : content.files) arguments += (folder.files() / file.path).string() + "\n";
    toolchains::write_if_different(folder.arguments(), arguments);
    toolchains::write_if_different(folder.checksums(), checksums(content.files));
    if (const auto odd = std::ssize(content.left_out); odd > 0)
      progress.note(
          fmt::format("corpus '{}': {} left out, such as {}: only regular files are taken, without control "
                      "characters and backslashes in their names",
                      corpus.name, report::human_count(odd, "file"), content.left_out.front()));
    summaries.push_back(summary_of(corpus, content));
  }
  return summaries;
}

std::string describe(const report::Corpus& corpus) {
  return fmt::format("corpus '{}': {}, {}{}", corpus.name, report::human_count(corpus.files, "file"),
                     report::human(corpus.size),
                     corpus.git.empty() ? "" : fmt::format(" of {} at {}", corpus.git, corpus.commit));
}

}  // namespace pgo_orch::orchestrator
