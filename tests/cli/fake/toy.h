#pragma once
// A toy of a programming language, which the fake cargo compiles and its programs interpret, so that tests
// can have real executables that do as they are told, and need no Rust. A program is this very executable
// with the source and the flags it was "built" with in a section of its own: so other sources and flags
// are other code.
//
// A statement a line:
// - print TEXT, repeat TIMES TEXT, print-args, print-stdin, print-env NAME, print-time, print-path; complain
// TEXT: on standard error; print-turns FILE: two lines, in another order each time, which it keeps in the
// file
// - sleep MILLISECONDS, exit CODE, abort
// - beside NAME: runs the executable NAME of the same folder, and fails without it
// - leave MILLISECONDS: a child in a session of its own, which goes on for so long, then leaves its profile
// - fork-away: a copy that leaves without a profile; fork-for FILE: one that executes FILE, or leaves, too
// - kill-beside NAME: starts that executable, and kills it when it has run for a second; exec-beside NAME:
// becomes it
// - slow-at-first MILLISECONDS: sleeps, unless an earlier run left the file `cache`
// - profile none, empty, corrupt, stale, half, cold, colder, with-c or astray: what an instrumented one
// leaves instead of a right profile; profile count N: a right one that counted N more
// - error TEXT: does not compile
// - append-flag FLAG, drop-flag FLAG: cargo gives rustc one flag more, or not this one
// - changed NAME, renamed NAME: functions with this in their names have another hash, or other names
// - metadata-by-flags: -C metadata depends on rustflags, as it does for no real package
//
// Before a statement, `if CONDITION` and `unless CONDITION`: a --cfg it was built with, `instrumented`,
// `optimized`, `measured` (run by the timing helper), `arg:WORD` (an argument of the run), `env:NAME` (a
// variable is set), or `stdout:KIND` (pipe, file or null). All other lines mean nothing.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace toy {

struct Program {
  std::vector<std::string> flags;
  std::string source;

  bool has_flag(std::string_view prefix) const;
};

struct Statement {
  std::string verb;
  std::string rest;
};

/// Those whose conditions hold.
std::vector<Statement> statements(const Program& program);

/// A copy of this executable that is the program.
void write_program(const std::filesystem::path& file, const Program& program);

/// Runs the program that this executable is; none: the number below zero.
int run_program(const std::vector<std::string>& arguments);

int cargo_metadata(const std::vector<std::string>& arguments);
int cargo_build(const std::vector<std::string>& arguments);

std::string read_file(const std::filesystem::path& file);
std::string hash(std::string_view text);
/// A file in the test's folder.
std::filesystem::path in_test_folder(const char* name);

}  // namespace toy
