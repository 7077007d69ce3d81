#pragma once
// The keys of [[corpus]].

#include "orchestrator/config/keys_rows.h"

namespace pgo_orch::orchestrator {

using fields::into;
using enum Type;

inline constexpr KeyInfo corpus_keys[] = {
    required({"name", folder_name, R"("train")",
              "For {corpus.NAME}, its folder, and {corpus.NAME.args}, a list of its files.",
              into<&Corpus::name>}),
    {"each", string_lists, R"({ split = ["train", "held-out"] })",
     "Several corpora, one for each value, as in [[workload]]."},
    {"git", name, R"("https://github.com/psf/black")",
     "The repository that has the files (https, ssh or file).", into<&Corpus::git>},
    {"commit", commit_id, R"("8a737e727ac5ab2f1d4cf5876720ed276dc8dc4b")", "Its full id.",
     into<&Corpus::commit>},
    {"folders", strings, R"(["src"])", "Only these of the repository.", into<&Corpus::folders>},
    {"folder", folder, R"("corpus")", "The folder that has the files. Default: that of pgo.toml.",
     into<&Corpus::folder>},
    {"files", strings, R"(["**/*.py", "!**/tests/**"])",
     "Patterns of the files to take; those behind a \"!\" are left out. Default: all.", into<&Corpus::files>},
    {"sha256", sha256, R"("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")",
     "Of all files that `files` picks.", into<&Corpus::sha256>},
    {"split", choice, R"("train")", "What it may be used for.", into<&Corpus::split>, all_words<Split>},
    {"share", percentage, R"("80%")",
     "Of the contents that are for training: a corpus with the other `split` has the others.",
     into<&Corpus::share>},
};

}  // namespace pgo_orch::orchestrator
