#pragma once
// The keys of [[corpus]].

#include "orchestrator/config/keys_rows.h"

namespace pgo_orch::orchestrator {

using fields::into;
using enum Type;

inline constexpr KeyInfo corpus_keys[] = {
    required({"name", name, R"("train")",
              "For {corpus.NAME}, the folder of its files, and {corpus.NAME.args}, a list of them, one path "
              "a line.",
              into<&Corpus::name>}),
    {"each", string_lists, R"({ split = ["train", "held-out"] })",
     "Several corpora, one for each value: {each.KEY} is replaced in all strings, and the name ends with the "
     "value."},
    {"git", name, R"("https://github.com/psf/black")", "A repository to fetch, by https, ssh or file.",
     into<&Corpus::git>},
    {"commit", name, R"("8a737e727ac5ab2f1d4cf5876720ed276dc8dc4b")", "The full id of its commit.",
     into<&Corpus::commit>},
    {"folders", strings, R"(["src"])", "Only these folders of the repository. Default: all.",
     into<&Corpus::folders>},
    {"folder", folder, R"("corpus")", "A folder instead of a repository. Default: that of pgo.toml.",
     into<&Corpus::folder>},
    {"files", strings, R"(["**/*.py", "!**/tests/**"])",
     "Patterns of the files to take; with ! in front, to leave out. Default: all.", into<&Corpus::files>},
    {"sha256", name, R"("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")",
     "Of the list that sha256sum makes of the files that `files` picks, by path.", into<&Corpus::sha256>},
    {"split", choice, R"("train")", "What it may be used for: training, or judging.", into<&Corpus::split>,
     all_words<Split>},
    {"share", percentage, R"("80%")",
     "This share of all contents is for training; a corpus with the other `split` has the rest.",
     into<&Corpus::share>},
};

}  // namespace pgo_orch::orchestrator
