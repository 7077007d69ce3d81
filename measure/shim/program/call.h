#pragma once
// One call of a tool: what it is to do, and what is run instead.

#include <string>
#include <string_view>

#include "measure/shim/program/arguments.h"
#include "measure/shim/program/environment.h"
#include "measure/shim/program/find_tool.h"

namespace pgo_orch::shim {

enum class Kind { compile, link, query, run };

/// What a call's arguments say that is worth a line in the log. Empty: not said.
struct Facts {
  std::string crate;           ///< --crate-name
  Arguments crate_types;       ///< --crate-type
  std::string metadata;        ///< -C metadata
  std::string extra_filename;  ///< -C extra-filename: a dash and a hash
  Arguments externs;   ///< the files' names of --extern, without "lib" and ending: crate + extra filename
  std::string emit;    ///< --emit
  std::string source;  ///< the first file to be compiled; "-": standard input
  std::string out;     ///< -o, else --out-dir
  std::string target;  ///< --target; without it the host
  bool test = false;   ///< --test
  bool links = false;  ///< a C compiler that links, too
};

/// A call, ready to be run.
struct Call {
  std::string tool;  ///< its name in the log
  Family family = Family::other;
  Kind kind = Kind::run;
  Facts facts;
  Arguments argv;       ///< argv[0] is the path of the program; empty: there is none
  bool probe = false;   ///< by a build script
  bool passes = false;  ///< rustc is to tell its passes
  Environment environment;
};

/// Who called: the nearest shim above. Empty and 0: none.
struct Parent {
  std::string_view tool;
  int shim_pid = 0;
};
Parent parent();

/// The call that `arguments` (without the name) to a tool of that name become. `as_wrapper`: by
/// RUSTC_WRAPPER.
Call make_call(const std::string& name, Arguments arguments, bool as_wrapper);

/// rustc_call.cpp, cc_call.cpp: what the arguments ask for.
Kind read_rustc_arguments(const Arguments& arguments, Facts& facts);
Kind read_cc_arguments(const Arguments& arguments, Facts& facts);

}  // namespace pgo_orch::shim
