#pragma once
// [[corpus]]: the files that workloads train and are judged with, under a name.

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "pgo/workload.h"
#include "toolchains/words.h"

namespace pgo_orch::orchestrator {

/// What a corpus is for: no workload that trains may use the files that others are judged by.
enum class Split { train, held_out };
constexpr auto words_of(Split) {
  using enum Split;
  return std::to_array<Word<Split>>({{train, "train"}, {held_out, "held-out"}});
}

struct Corpus {
  std::string name;
  std::string git;                    ///< address of a repository; empty: the files are in `folder`
  std::string commit;                 ///< its full id
  std::vector<std::string> folders;   ///< of the repository; empty: all
  std::filesystem::path folder;       ///< absolute
  std::vector<std::string> files;     ///< patterns (glob.h), those behind a "!" leave out; empty: all
  std::optional<std::string> sha256;  ///< of what `files` picks (see content_of)
  std::optional<Split> split;
  std::optional<double> share;  ///< of contents, as a fraction, that are for training; with `split`
};

/// Calls `use` with all texts of a workload in which {corpus.NAME} may be written.
void for_each_corpus_text(pgo::Workload& workload, const auto& use) {
  const auto path = [&](std::filesystem::path& value) {
    std::string text = value.string();
    use(text);
    value = text;
  };
  for (auto* words : {&workload.args, &workload.command})
    for (auto& word : *words) use(word);
  for (auto* list : {&workload.steps, &workload.setup, &workload.prepare})
    for (auto& words : *list)
      for (auto& word : words) use(word);
  for (auto& [name, value] : workload.env) use(value);
  path(workload.cwd);
  if (workload.stdin_file) path(*workload.stdin_file);
  if (workload.expect.stdout_file) path(*workload.expect.stdout_file);
}

/// The NAMEs of {corpus.NAME} and {corpus.NAME.args} in a workload, each once, in alphabetical order.
std::vector<std::string> corpora_named_in(pgo::Workload workload);

}  // namespace pgo_orch::orchestrator
