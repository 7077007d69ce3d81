#include "orchestrator/commands/render.h"

#include <fmt/format.h>

#include "orchestrator/commands/outputs.h"
#include "orchestrator/store/layout.h"
#include "report/results_json.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

fs::path results_file(const RenderOptions& options) {
  if (options.file.extension() == ".json") return options.file;
  if (fs::exists(options.file / "results.json")) return options.file / "results.json";
  const fs::path root = fs::absolute(options.file).parent_path();
  const Layout layout = layout_at(options.state_dir.empty() ? root / ".pgo-orch" : options.state_dir);
  return (options.run.empty() ? layout.latest() : layout.run(options.run)) / "results.json";
}

}  // namespace

int render(const RenderOptions& options) {
  check_exports(options.exports);
  const fs::path file = results_file(options);
  if (!fs::exists(file)) {
    throw Error(fmt::format(
        "there is no {}: no run has finished there; start one with `pgo-orch run`, or name a results.json",
        file.string()));
  }
  const auto results = report::parse_results(toolchains::read_file(file), file.string());
  write_exports(results, options.exports);
  if (!options.exports.any_on_stdout()) print_table(results, options.color_out);
  return 0;
}

}  // namespace pgo_orch::orchestrator
