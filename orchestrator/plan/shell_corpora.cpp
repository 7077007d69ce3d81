#include "orchestrator/plan/shell_corpora.h"

#include <fmt/format.h>

#include <cmath>

#include "orchestrator/config/glob.h"
#include "orchestrator/plan/corpora.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// list_files FOLDER: those that may be in a corpus. copy_corpus FROM TO: makes one of the files on standard
/// input, which is as sha256sum writes it.
constexpr const char* corpus_functions = R"(list_files() {
  (
    cd "$1"
    find . -mindepth 1 -type d \( -name .git -o -name .pgo-orch -o -samefile "$PGO_STATE" \
      -o -exec test -e '{}/CACHEDIR.TAG' \; \) -prune \
      -o -type f ! -path '*[[:cntrl:]]*' ! -path '*\\*' -print | sed 's|^\./||'
  )
}
copy_corpus() {
  rm -rf "$2"
  mkdir -p "$2/files"
  cat >"$2/SHA256SUMS"
  [ -s "$2/SHA256SUMS" ] || { echo "error: the corpus ${2##*/} has no files" >&2; exit 1; }
  while IFS= read -r line; do
    name=${line#*  }
    case $name in */*) mkdir -p "$2/files/${name%/*}" ;; esac
    cp -p "$1/$name" "$2/files/$name"
    printf '%s\n' "$2/files/$name"
  done <"$2/SHA256SUMS" >"$2/args"
}
)";

/// `| grep ...` for the patterns that leave out, or those that pick.
std::string filter(const Corpus& corpus, bool leaves_out) {
  std::string text;
  for (const auto& pattern : corpus.files)
    if (pattern.starts_with('!') == leaves_out)
      text +=
          " -e " + toolchains::shell_quote(glob_regex(std::string_view(pattern).substr(leaves_out ? 1 : 0)));
  return text.empty() ? "" : fmt::format(" | grep -E{}{}", leaves_out ? " -v" : "", text);
}

/// Only those in these folders of a repository: others may be checked out, too.
std::string folders_filter(const Corpus& corpus) {
  std::string text;
  for (const auto& folder : corpus.folders)
    text += " -e " + toolchains::shell_quote(glob_regex(folder + "/**"));
  return text.empty() ? "" : " | grep -E" + text;
}

/// The first eight digits of a digest say on which side of `share` a content is, as in content_of.
std::string share_filter(const Corpus& corpus) {
  if (!corpus.share) return "";
  const auto edge = static_cast<std::uint64_t>(std::ceil(*corpus.share * 0x1p32));
  return fmt::format(" | awk '(substr($1, 1, 8) < \"{:08x}\") == {}'", edge,
                     corpus.split == Split::train ? 1 : 0);
}

std::string fetch_script(const Corpus& corpus, const fs::path& folder, const ShellPlaces& at) {
  const fs::path fresh = folder.string() + ".new";
  const auto commands = toolchains::checkout_commands(repository_of(corpus), fresh);
  std::string text = fmt::format("if [ ! -d {} ]; then (\n", at.word(folder));
  for (const auto& [name, value] : commands.front().env)
    text += value ? fmt::format("  export {}={}\n", name, toolchains::shell_quote(*value))
                  : fmt::format("  unset {}\n", name);
  text += fmt::format("  rm -rf {}\n  mkdir -p {}\n", at.word(fresh), at.word(fresh.parent_path()));
  for (const auto& command : commands)
    text += fmt::format("  cd {}\n  {}\n", at.word(command.cwd), at.words(command.argv));
  return text + fmt::format("  [ \"$(git rev-parse HEAD)\" = {} ]\n  mv {} {}\n) fi\n", corpus.commit,
                            at.word(fresh), at.word(folder));
}

}  // namespace

std::string corpora_script(const Planner& planner, const ShellPlaces& at) {
  const auto corpora = corpora_in_use(planner.config());
  if (corpora.empty()) return "";
  std::string text = corpus_functions;
  for (const auto& corpus : corpora) {
    const fs::path from = source_of(corpus, planner.layout().checkouts());
    const auto to = corpus_folder(corpus.name, planner.layout());
    text += fmt::format("# corpus {}\n", corpus.name);
    if (!corpus.git.empty()) text += fetch_script(corpus, from, at);
    const std::string all = at.word(to.root.string() + ".all");
    text += fmt::format(
        "mkdir -p {0}\nlist_files {1}{2}{3}{4} | LC_ALL=C sort |\n"
        "  (cd {1} && tr '\\n' '\\0' | xargs -0 -r sha256sum --) >{5}\n",
        at.word(to.root.parent_path()), at.word(from), folders_filter(corpus), filter(corpus, false),
        filter(corpus, true), all);
    if (corpus.sha256) text += fmt::format("echo {}'  '{} | sha256sum -c --quiet\n", *corpus.sha256, all);
    text += fmt::format("cat {}{} | copy_corpus {} {}\nrm {}\n", all, share_filter(corpus), at.word(from),
                        at.word(to.root), all);
  }
  return text;
}

}  // namespace pgo_orch::orchestrator
