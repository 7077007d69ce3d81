// [[corpus]], and what workloads say of corpora.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "orchestrator/config/each.h"
#include "orchestrator/config/find.h"
#include "orchestrator/config/glob.h"
#include "orchestrator/config/reader.h"
#include "orchestrator/config/texts.h"

namespace pgo_orch::orchestrator {
namespace {

constexpr std::string_view corpus_opening = "{corpus.";
constexpr std::string_view args_ending = ".args";

bool is_hex(const std::string& text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// "" : nothing is wrong with it.
std::string problem_of_address(const std::string& address) {
  const auto scheme = address.substr(0, address.find("://"));
  const auto rest = address.substr(std::min(address.size(), scheme.size() + 3));
  const auto user = rest.substr(0, rest.find('/'));
  // USER@HOST:PATH, which git takes for ssh.
  const bool is_short = scheme == address && address.find('@') != std::string::npos &&
                        address.find('@') < address.find(':') && address.find(':') != std::string::npos;
  if (address.starts_with('-') || (!is_short && scheme != "https" && scheme != "ssh" && scheme != "file"))
    return "must be an address that begins with https://, ssh:// or file://";
  if (!is_short && user.find('@') != std::string::npos &&
      user.substr(0, user.find('@')).find(':') != std::string::npos)
    return "must not hold a password: it would be published in manifest.json";
  if (scheme == "https" && user.find('@') != std::string::npos)
    return "must not hold a user or token: it would be published in manifest.json";
  return "";
}

struct CorpusCheck {
  const toml::table& table;
  Corpus& corpus;
  Reading& reading;

  void check() const {
    check_source();
    check_patterns();
    if (corpus.name.ends_with(args_ending))
      error("name", fmt::format("'{}' cannot end with \"{}\": {{corpus.NAME.args}} is a list of files",
                                corpus.name, args_ending));
    if (corpus.sha256 && !is_hex(*corpus.sha256, 64))
      error("sha256",
            "'sha256' must be 64 hexadecimal digits; a wrong one makes `pgo-orch plan` say the right one");
    if (corpus.share && (*corpus.share <= 0 || *corpus.share >= 1))
      error("share", "'share' must be over 0% and under 100%: write share = \"80%\"");
    if (corpus.share && !corpus.split)
      error("share",
            "'share' only applies with 'split', which says what the files are for: write split = \"train\"");
  }

 private:
  void error(std::string_view key, const std::string& text) const { reading.error(table, key, text); }

  void check_source() const {
    if (table.contains("git") && table.contains("folder"))
      error("folder",
            "'git' and 'folder' cannot be used together: name folders of the repository in 'folders'");
    for (const char* key : {"commit", "folders"})
      if (table.contains(key) && !table.contains("git"))
        error(key, fmt::format("'{}' only applies with 'git'", key));
    if (!table.contains("git") && !table.contains("folder") && !table.contains("files"))
      error("", fmt::format("{} does not say where its files are: write git, folder or files",
                            title_of(table, Section::corpus)));
    if (!table.contains("git")) return;
    if (const auto problem = problem_of_address(corpus.git); !problem.empty())
      error("git", fmt::format("'git' {}", problem));
    const auto written = corpus.commit;
    std::ranges::transform(corpus.commit, corpus.commit.begin(),
                           [](unsigned char letter) { return std::tolower(letter); });
    if (!is_hex(corpus.commit, 40))
      error("commit", fmt::format("'git' needs a whole commit id, 40 hexadecimal digits{}: take it from `git "
                                  "ls-remote` or `git rev-parse`, since branches and tags change",
                                  written.empty() ? ", in 'commit'" : ", not '" + written + "'"));
    for (auto& folder : corpus.folders) check_folder(folder);
  }

  void check_folder(std::string& folder) const {
    const auto path = std::filesystem::path(folder).lexically_normal();
    if (!is_word(folder) || path.is_absolute() || path == "." || *path.begin() == ".." ||
        folder.find_first_of("*?[\\\n") != std::string::npos)
      return error("folders",
                   fmt::format("'{}' is not a folder of the repository: write folders = [\"src\"]; "
                               "patterns belong in 'files'",
                               folder));
    folder = path.string();
    while (folder.ends_with('/')) folder.pop_back();
  }

  static bool is_word(const std::string& text) {
    return !text.empty() && text.find('\0') == std::string::npos;
  }

  void check_patterns() const {
    bool any_taken = corpus.files.empty() && !table.contains("files");
    for (const auto& pattern : corpus.files) {
      const bool leaves_out = pattern.starts_with('!');
      any_taken = any_taken || !leaves_out || table.contains("folder") || table.contains("git");
      if (glob_regex(std::string_view(pattern).substr(leaves_out ? 1 : 0)).empty())
        error("files", fmt::format("'{}' is not a pattern of files in the corpus: write files = {}", pattern,
                                   find_key(Section::corpus, "files")->example));
    }
    if (!any_taken) error("files", "'files' picks nothing: write files = [\"**/*.py\"]");
  }
};

/// "'a' and 'b'", or that there is none.
std::string there_are(const Strings& names) {
  return names.empty() ? "there is no [[corpus]]" : fmt::format("there is {}", quoted_list(names, "and"));
}

}  // namespace

std::vector<std::string> corpora_named_in(Workload workload) {
  std::set<std::string> names;
  for_each_corpus_text(workload, [&](const std::string& text) {
    for (auto at = text.find(corpus_opening); at != std::string::npos;
         at = text.find(corpus_opening, at + 1)) {
      const auto begin = at + corpus_opening.size();
      const auto end = text.find('}', begin);
      if (end == std::string::npos) return;
      auto name = text.substr(begin, end - begin);
      if (name.ends_with(args_ending)) name.resize(name.size() - args_ending.size());
      names.insert(std::move(name));
    }
  });
  return {names.begin(), names.end()};
}

std::vector<Corpus> read_corpora(toml::table& document, Reading& reading) {
  std::vector<Corpus> corpora;
  NameRegister names;
  const auto read = [&](const toml::table& table) {
    Corpus& corpus = corpora.emplace_back();
    corpus.folder = reading.root;
    read_table(table, title_of(table, Section::corpus), Section::corpus, {&corpus}, reading);
    const Place place = place_of(table, "name");
    check_name("corpus", corpus.name, place, reading.problems);
    names.add("corpus", corpus.name, place, reading.problems);
    CorpusCheck{table, corpus, reading}.check();
  };
  for (auto* table : tables_at(document, "corpus")) for_each_version(*table, reading, [&] { read(*table); });
  return corpora;
}

void check_corpora_of(const toml::table& table, const Workload& workload, const std::vector<Corpus>& corpora,
                      Reading& reading) {
  Strings known;
  for (const auto& corpus : corpora) known.push_back(corpus.name);
  for (const auto& name : corpora_named_in(workload)) {
    const auto* corpus = find_by(corpora, &Corpus::name, name);
    if (!corpus) {
      const auto hint = did_you_mean(name, known);
      reading.error(place_of(table),
                    fmt::format("{{corpus.{}}} in workload '{}' is not a corpus{}", name, workload.name,
                                hint.empty() ? ": " + there_are(known) : hint));
    } else if (corpus->split == Split::held_out && workload.trains()) {
      reading.error(
          table, "role",
          fmt::format("workload '{}' trains with corpus '{}', whose split is \"held-out\": write role "
                      "= \"measure\", or take another corpus",
                      workload.name, name));
    } else if (corpus->split == Split::train && workload.measured()) {
      reading.error(table, "role",
                    fmt::format("workload '{}' is measured with corpus '{}', whose split is \"train\": write "
                                "role = \"train\", or take another corpus",
                                workload.name, name));
    }
  }
}

}  // namespace pgo_orch::orchestrator
