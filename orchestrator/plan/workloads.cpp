#include "orchestrator/plan/workloads.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/config/find.h"
#include "orchestrator/plan/corpora.h"
#include "toolchains/error.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

std::vector<std::string> replace_folders(std::vector<std::string> words, const Config& config,
                                         const Layout& layout) {
  for (auto& word : words) {
    word = pgo::replace_placeholder(word, "{root}", config.root);
    word = pgo::replace_placeholder(word, "{tmp}", layout.tmp());
  }
  return words;
}

namespace {

/// Calls it with all words that may have placeholders.
void change_words(Workload& workload, const std::function<void(std::string&)>& change) {
  for (auto* words : {&workload.args, &workload.command})
    for (auto& word : *words) change(word);
  for (auto* list : {&workload.steps, &workload.setup, &workload.prepare})
    for (auto& command : *list)
      for (auto& word : command) change(word);
  for (auto& [name, value] : workload.env) change(value);
}

}  // namespace

Workload with_root(Workload workload, const std::filesystem::path& root) {
  change_words(workload, [&](std::string& word) { word = pgo::replace_placeholder(word, "{root}", root); });
  return workload;
}

std::vector<Workload> resolved_workloads(const Config& config, const std::vector<std::string>& programs,
                                         const Layout& layout) {
  std::vector<Workload> workloads;
  for (const auto& written : config.workloads) {
    Workload workload = with_corpora(written, layout);
    for (const auto& corpus : corpora_of(written, layout)) workload.corpora.push_back(corpus.root);
    if (workload.program.empty() && programs.size() == 1) workload.program = programs.front();
    if (!contains(programs, workload.program)) {
      const std::string what =
          workload.program.empty()
              ? fmt::format("workload '{}' does not say which program it runs", workload.name)
              : fmt::format("workload '{}': there is no program '{}'", workload.name, workload.program);
      throw Error(
          fmt::format("{}: {}; programs are {}", config.file.string(), what, fmt::join(programs, ", ")));
    }
    change_words(workload,
                 [&](std::string& word) { word = replace_folders({word}, config, layout).front(); });
    if (workload.is_driven())
      for (const auto& words : workload.commands())
        for (const auto& name : pgo::programs_named_in(words))
          if (!contains(programs, name))
            throw Error(
                fmt::format("{}: workload '{}': {{exe.{}}}: there is no such program; programs are {}",
                            config.file.string(), workload.name, name, fmt::join(programs, ", ")));
    if (workload.stdin_text) workload.stdin_file = layout.workloads() / (workload.name + ".stdin");
    workloads.push_back(std::move(workload));
  }
  return workloads;
}

std::vector<pgo::GeneratedFile> workload_files(const std::vector<Workload>& workloads) {
  std::vector<pgo::GeneratedFile> files;
  for (const auto& workload : workloads) {
    if (workload.stdin_text) files.push_back({*workload.stdin_file, *workload.stdin_text});
  }
  return files;
}

std::vector<Workload> training_of(const profiles::Pgo& pgo, const std::vector<Workload>& workloads) {
  std::vector<Workload> training;
  for (const auto& workload : workloads) {
    if (pgo.train.empty() ? workload.trains() : contains(pgo.train, workload.name))
      training.push_back(workload);
  }
  return training;
}

std::string digest_of_commands(const Workload& written) {
  toolchains::Sha256 digest;
  for (const auto& words : written.commands()) {
    for (const auto& word : words) digest.field(word);
    digest.field("");
  }
  for (const auto& [name, value] : written.env) digest.field(name).field(value);
  return digest.field(written.stdin_text.value_or("")).hex();
}

}  // namespace pgo_orch::orchestrator
