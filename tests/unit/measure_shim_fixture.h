#pragma once
// The shim, as it is built, in front of tools.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "measure/build_phases/events.h"
#include "measure/helpers.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"

namespace pgo_orch::measure::test {

using namespace toolchains;
namespace fs = std::filesystem;

/// The build puts the shim above the folder of the test program.
inline fs::path shim_path() {
  return fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "pgo-orch-shim";
}

inline const std::string print_arguments = R"(for a; do printf '%s\n' "$a"; done)";

/// A folder of links to the shim, and behind it one of tools that are scripts.
struct Watched {
  TempDir folder;
  fs::path links = folder.path() / "links";
  fs::path tools = folder.path() / "tools";
  fs::path log = folder.path() / "log";
  EnvironmentChanges env{{"PGO_ORCH_SHIM_DIR", links.string()},
                         {"PGO_ORCH_SHIM_LOG", log.string()},
                         {"PATH", links.string() + ":" + tools.string() + ":/usr/bin:/bin"}};

  Watched() { link_shim(links, shim_path()); }

  fs::path tool(const std::string& name, const std::string& body) const {
    write_file_atomically(tools / name, "#!/bin/sh\n" + body + "\n");
    fs::permissions(tools / name, fs::perms::owner_all);
    return tools / name;
  }
  Captured run(std::vector<std::string> argv) const {
    ProcessRunner runner;
    Command command;
    if (argv[0].find('/') == std::string::npos) argv[0] = links / argv[0];
    command.argv = std::move(argv);
    command.cwd = folder.path();
    command.env = env;
    return capture(runner, command);
  }
  std::vector<BuildEvent> events() const {
    const auto parsed = parse_build_log(read_file(log));
    CHECK(parsed.notes == std::vector<std::string>{});
    return parsed.events;
  }
  /// The PATH with the links in front of the real tools.
  void use_real_tools() { env["PATH"] = links.string() + ":" + variable("PATH").value_or("/usr/bin:/bin"); }
  fs::path write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder.path() / name).parent_path());
    write_file_atomically(folder.path() / name, text);
    return folder.path() / name;
  }
};

inline const BuildEvent& event_of(const std::vector<BuildEvent>& events, const std::string& tool,
                                  const std::string& crate, bool probe = false) {
  const auto found = std::ranges::find_if(events, [&](const BuildEvent& event) {
    return event.tool == tool && event.crate == crate && event.kind != CallKind::query &&
           event.probe == probe;
  });
  REQUIRE(found != events.end());
  return *found;
}

}  // namespace pgo_orch::measure::test
