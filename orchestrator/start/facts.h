#pragma once
// What cargo and the folders tell about a project that has no pgo.toml yet.

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/plan/machine.h"
#include "toolchains/cargo.h"
#include "toolchains/units.h"

namespace pgo_orch::orchestrator {

/// An executable that the project can build.
struct ProgramFact {
  std::string name;
  std::string package;
  bool is_example = false;
  std::vector<std::string> features;  ///< that it needs beside the default ones
};

/// A file that the program's tests may read, and a workload could.
struct InputFact {
  std::filesystem::path path;  ///< relative to the project's folder
  Bytes size;
};

struct ProjectFacts {
  std::filesystem::path root;  ///< the folder of the nearest Cargo.toml: pgo.toml belongs beside it
  ProgramFact
      program;  ///< the one that was asked for, that `cargo run` would take, or that is named as its package
  std::vector<ProgramFact> programs;  ///< all of them, examples last
  std::vector<std::string> benches;
  bool names_package = false;     ///< [project] must say which package it is
  std::vector<InputFact> inputs;  ///< largest first
  std::vector<std::string>
      in_force;  ///< what counts for every variant: profiles, flags, toolchain; sentences
};

/// Which program of the project, empty: what `cargo run` would take; and how cargo is to build it.
struct WantedProgram {
  std::string package;
  std::string bin;
  std::string example;
  std::vector<std::string> features;
  std::string profile = "release";
};

/// The folder of the nearest Cargo.toml, from `folder` upwards. Error: there is none.
std::filesystem::path find_package_folder(const std::filesystem::path& folder);

/// Asks cargo and looks around; writes nothing and builds nothing. Errors: no cargo; no such program, feature
/// or profile, or several programs and none chosen, with their names.
ProjectFacts find_project(const std::filesystem::path& root, const WantedProgram& wanted, Machine& machine);

/// Data among tests, benchmarks and examples: what is not source code, and not hidden, by name of the folder.
/// At most `most`, the largest.
std::vector<InputFact> find_inputs(const std::filesystem::path& root, std::size_t most);

}  // namespace pgo_orch::orchestrator
