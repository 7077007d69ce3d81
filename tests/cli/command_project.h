#pragma once
// A project whose build command is a script that calls the toy rustc, or a toy cc.

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "test.h"

namespace pgo_orch::cli {

inline std::string command_project(const std::string& command) {
  return project_with("name = \"prog\"\ncommand = " + command, "w");
}

inline const std::string by_script = command_project(R"(["./compile", "prog.x", "-o", "{output}"])");

inline const std::string fat = R"(
[[variant]]
name = "fat"
opt-level = 3
lto = "fat"
panic = "abort"
target-cpu = "x86-64-v3"
rustflags = ["-Cforce-frame-pointers=yes"]
)";

inline const std::string fat_flags =
    "-Copt-level=3 -Clto=fat -Cpanic=abort -Ctarget-cpu=x86-64-v3 -Cforce-frame-pointers=yes";

/// With a compiler that is this script.
inline Test& compiler(Test& test, const std::string& body, const std::string& name = "compile") {
  test.file(name, "#!/bin/sh\n" + body + "\n").file("prog.x", "print 1");
  std::filesystem::permissions(test.path(name), std::filesystem::perms::owner_all);
  return test;
}

/// A compiler that calls rustc, with what it is called with itself.
inline Test& calls_rustc(Test& test) {
  return compiler(test, "rustc \"$@\"");
}

/// A cc that makes a program of any source.
inline Test& with_cc(Test& test) {
  return test.tool("cc", R"(. "${0%/*}/common.sh"
log cc "$@"
for word; do [ "$previous" = -o ] && out=$word; previous=$word; done
exec "$bin/toy" program "$out" "print 1")");
}

/// All calls of a tool to build something, a line each.
inline std::string builds_by(const Test& test, const std::string& tool) {
  std::string lines;
  for (const auto& call : test.calls(tool)) {
    if (!call.has("-o") || call.has("-")) continue;
    std::string line;
    for (const auto& word : call.args) line += (line.empty() ? "" : " ") + word;
    if (line.find("linked.rs") == std::string::npos && line.find("probe") == std::string::npos)
      lines += test.normal(line) + "\n";
  }
  return lines;
}

inline std::string compiled(const std::string& variant) {
  return "prog.x -o PROJECT/.pgo-orch/variants/" + variant + "/output/prog";
}

/// What is wrong with a pgo.toml that ends in this variant.
inline std::string complaint(const std::string& keys) {
  Test test;
  calls_rustc(test).file("pgo.toml", by_script + "\n[[variant]]\nname = \"v\"\n" + keys);
  const auto result = test.run({"plan"});
  CHECK(result.code == 2);
  return test.normal(result.err);
}

}  // namespace pgo_orch::cli
