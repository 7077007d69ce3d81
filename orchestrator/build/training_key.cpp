#include "orchestrator/build/training_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>

#include "orchestrator/build/libraries.h"
#include "orchestrator/build/step_result.h"
#include "toolchains/clock.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/tree.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using pgo::TrainStep;
using toolchains::Sha256;

namespace {

void add_file(Sha256& digest, const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return;
  digest.field(file.string()).field(toolchains::sha256_of_file(file));
}

bool is_large(const fs::path& folder) {
  constexpr std::size_t most = 50'000;
  std::size_t count = 0;
  std::error_code failed;
  for (auto entry = fs::recursive_directory_iterator(folder, failed); !failed && entry != fs::end(entry);
       entry.increment(failed)) {
    if (++count > most) return true;
  }
  return static_cast<bool>(failed);
}

/// All below a folder, but what a state folder, git or cargo keep there. One that is too large to look
/// through, or can't be read, is never the same twice.
void add_folder(Sha256& digest, const fs::path& folder) {
  const auto exclude = [&](const fs::path& relative) {
    std::error_code ignored;
    return relative.filename() == ".pgo-orch" || relative.filename() == ".git" ||
           fs::exists(folder / relative / "CACHEDIR.TAG", ignored);
  };
  digest.field(folder.string())
      .field(is_large(folder) ? toolchains::timestamp() : toolchains::tree_digest(folder, exclude));
}

/// Files and folders that the words name, also behind a "=": scripts, inputs. What lies in a corpus was
/// written by a run, or is in the corpus' list.
void add_named(Sha256& digest, const std::vector<std::string>& words, const TrainStep& step) {
  const fs::path& cwd = step.command.cwd;
  const auto add = [&](const std::string& name) {
    std::error_code ignored;
    if (name.empty() || name.size() > PATH_MAX) return;
    const auto path = (cwd / name).lexically_normal();
    if (std::ranges::any_of(step.workload.corpora,
                            [&](const auto& corpus) { return toolchains::lies_in(path, corpus); }))
      return;
    if (fs::is_directory(cwd / name, ignored))
      add_folder(digest, cwd / name);
    else
      add_file(digest, cwd / name);
  };
  for (const auto& word : words) {
    add(word);
    if (const auto equals = word.find('='); equals != std::string::npos) add(word.substr(equals + 1));
  }
}

}  // namespace

std::string programs_digest(const fs::path& instrumented) {
  Sha256 digest;
  std::vector<fs::path> executables;
  for (const auto& entry : fs::directory_iterator(instrumented)) {
    // A program may write beside itself.
    const bool is_executable = (entry.status().permissions() & fs::perms::owner_exec) != fs::perms::none;
    if (entry.is_regular_file() && is_executable) executables.push_back(entry.path());
  }
  std::ranges::sort(executables);
  for (const auto& library : libraries_beside(instrumented)) executables.push_back(library);
  for (const auto& executable : executables) add_file(digest, executable);
  return digest.hex();
}

std::string workload_key(const TrainStep& step, const std::string& programs) {
  Sha256 digest;
  const auto& workload = step.workload;
  const auto& command = step.command;
  digest.field("workload/1").field(programs).field(to_shell(command)).field(command.cwd.string());
  digest.field(command.stdin_file.string()).field(std::to_string(workload.runs));
  digest.field(to_word(workload.lost_profiles));
  for (const auto* commands : {&workload.setup, &workload.prepare}) {
    for (const auto& words : *commands) {
      for (const auto& word : words) digest.field(word);
      add_named(digest, words, step);
    }
  }
  if (workload.steps.empty()) add_named(digest, command.argv, step);
  for (const auto& words : workload.steps) add_named(digest, words, step);
  for (const auto& [name, value] : workload.env) add_named(digest, {value}, step);
  if (!command.stdin_file.empty()) add_file(digest, command.stdin_file);
  for (const auto& corpus : workload.corpora) add_file(digest, corpus / "SHA256SUMS");
  return digest.hex();
}

std::string training_key(const Training& training, const std::vector<std::string>& keys) {
  Sha256 digest;
  digest.field("training/3").field(training.merge.llvm_profdata.string());
  digest.field(training.merge.keep_raw ? "keeps raw profiles" : "");
  digest.field(keys.size() > 1 ? to_word(training.merge.balance) : "");
  for (std::size_t i = 0; i < keys.size(); ++i)
    digest.field(keys[i]).field(std::to_string(training.workloads[i].workload.weight));
  return digest.hex();
}

}  // namespace pgo_orch::orchestrator
