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
    for (auto* words : {&workload.args, &workload.command}) *words = replace_folders(*words, config, layout);
    if (workload.is_driven())
      for (const auto& words : workload.commands())
        for (const auto& name : pgo::programs_named_in(words))
          if (!contains(programs, name))
            throw Error(
                fmt::format("{}: workload '{}': {{exe.{}}}: there is no such program; programs are {}",
                            config.file.string(), workload.name, name, fmt::join(programs, ", ")));
    for (auto* list : {&workload.steps, &workload.setup, &workload.prepare})
      for (auto& command : *list) command = replace_folders(command, config, layout);
    for (auto& [name, value] : workload.env) value = replace_folders({value}, config, layout).front();
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
