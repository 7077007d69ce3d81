#pragma once
// The keys of [[corpus]].

#include "orchestrator/config/keys_rows.h"

namespace pgo_orch::orchestrator {

using fields::into;
using enum Type;

inline constexpr KeyInfo corpus_keys[] = {
    required({"name", name, R"("train")", into<&Corpus::name>}),  // for {corpus.NAME} and {corpus.NAME.args}
    // several corpora, one for each value, as in [[workload]]
    {"each", string_lists, R"({ split = ["train", "held-out"] })"},
    // where the files are: a repository (https, ssh, file), or ...
    {"git", name, R"("https://github.com/psf/black")", into<&Corpus::git>},
    {"commit", name, R"("8a737e727ac5ab2f1d4cf5876720ed276dc8dc4b")", into<&Corpus::commit>},  // its full id
    {"folders", strings, R"(["src"])", into<&Corpus::folders>},  // only these of the repository
    // ... a folder, by default that of pgo.toml
    {"folder", folder, R"("corpus")", into<&Corpus::folder>},
    // patterns of the files to take, "!" in front: to leave out; default: all
    {"files", strings, R"(["**/*.py", "!**/tests/**"])", into<&Corpus::files>},
    // of all files that `files` picks
    {"sha256", name, R"("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")",
     into<&Corpus::sha256>},
    {"split", choice, R"("train")", into<&Corpus::split>, all_words<Split>},  // what it may be used for
    // of the contents that are for training: a corpus with the other `split` has the others
    {"share", percentage, R"("80%")", into<&Corpus::share>},
};

}  // namespace pgo_orch::orchestrator
