#include "orchestrator/commands/publish.h"

#include <cstdio>

#include "orchestrator/commands/compare.h"

namespace pgo_orch::orchestrator {

namespace {

/// What makes `report` find a run in a state folder that was named.
std::vector<std::string> asked(const RunOptions& options) {
  if (options.state_dir.empty()) return {};
  std::vector<std::string> words{"--state-dir", options.state_dir.string()};
  if (options.file != "pgo.toml") words.insert(words.begin(), options.file.string());
  return words;
}

}  // namespace

bool compare_with_earlier(const report::Results& earlier, const report::Results& results,
                          const RunOptions& options) {
  if (!any_on_stdout(options.exports)) {
    const auto text = "\n" + to_text(describe(earlier, results), options.color_out);
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }
  return options.fail_if_slower && got_slower(earlier, results, *options.fail_if_slower);
}

void publish(const report::Results& results, const RunOptions& options, const std::filesystem::path& folder) {
  write_exports(results, options.exports, folder);
  if (!any_on_stdout(options.exports))
    print_report(results, options.color_out, options.verbosity == report::Verbosity::verbose, asked(options));
}

}  // namespace pgo_orch::orchestrator
