#include "orchestrator/examine/flame_graphs.h"

#include <fmt/format.h>

#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

FlameGraphFiles write_flame_graph(toolchains::Runner& runner,
                                  const toolchains::Probe<toolchains::Program>& inferno,
                                  const report::FlameGraph& graph, const fs::path& stem) {
  // Not replace_extension: names may hold dots.
  FlameGraphFiles files{.folded = stem.string() + ".folded", .svg = {}, .note = ""};
  const fs::path svg = stem.string() + ".svg";
  fs::remove(svg);
  toolchains::write_file_atomically(files.folded, graph.folded);
  if (!inferno) {
    files.note =
        fmt::format("{} was not drawn: {}", files.folded.string(), toolchains::describe(inferno.missing()));
    return files;
  }
  const fs::path part = svg.string() + ".part";
  const auto command = report::draw_command(*inferno, graph, files.folded, part);
  if (const auto outcome = runner.run(command); !outcome.ok()) {
    fs::remove(part);
    files.note = fmt::format("{}: {}", to_shell(command), toolchains::describe(outcome));
    return files;
  }
  fs::rename(part, svg);
  files.svg = svg;
  return files;
}

}  // namespace pgo_orch::orchestrator
