#pragma once
// What pgo-orch and its shim, pgo-orch-shim, say to each other: variables of the environment there, lines
// of JSON back.
//
// The shim is called in two ways, distinguished by the name that it is called by.
//
// As RUSTC_WRAPPER, `pgo-orch-shim RUSTC ARGUMENTS...`: it runs that rustc and logs the call. It adds no
// flags: below cargo they are in CARGO_ENCODED_RUSTFLAGS.
//
// On the PATH: links to it are in one folder that comes first there, named like the tools: rustc, cargo,
// cc, gcc, clang, c++, g++, clang++ (also with a version: clang-22), ld. It runs the next tool of that name
// on the PATH, with more arguments, and logs the call. A tool of any other name is run with its arguments
// as they are.
//
// Descriptors, standard input and output, exit code and signal of the tool are those of the shim. If the shim
// is killed, so is the tool. A log that can't be written is said once, and breaks nothing.
//
// Arguments are added behind the caller's (before a `--`), where they win over the same option given earlier.
//   rustc: rustflags, unless it is below cargo or only asked for its version. `rustc --print` gets them,
//     since what it prints depends on them.
//   cc, c++: cflags, and ldflags too if the call links. None if it is only asked about itself (--version,
//     -dump*, -print*), if rustc called it to link (what rustc's linker is to get, rustc gets as -Clink-arg),
//     or if it is below another compiler that has got them already (ccache calls the compiler by the PATH).
//
// Each call appends one line to the log, an object of
//   tool        the name that it was called by: rustc, cargo, cc, c++, clang-22, ld, ...
//   kind        compile | link | query | run (of cargo, and of tools the shim knows nothing about)
//   links       true if a compiler of C compiles and links in one call
//   pid ppid    of the tool; of the process that called the shim
//   shim_pid    of the shim
//   parent      {"tool", "shim_pid"} of the nearest shim that this call is somewhere below, if any
//   start_ns end_ns   CLOCK_MONOTONIC, right before the tool started and after it ended
//   user_ns system_ns peak_rss_bytes   as wait4(2) says, of the tool and what it waited for
//   own_ns      what the shim added: from its start to the tool's, and from its end to the line
//   exit, signal   one of them
//   argv_count
//   crate crate_types metadata lto extra_filename externs emit source out target test   see Facts in call.h;
//   an
//               extern is the `crate` + `extra_filename` of the unit that it comes from
//   package version primary   what cargo says of the package, by its environment
//   probe       true if called by a build script
//   passes      [{"pass", "seconds", "end_ns"}], if asked for
// What is empty or false is left out.

namespace pgo_orch::shim {

inline constexpr const char* program_name = "pgo-orch-shim";

/// Separates the arguments in a variable, as in cargo's own CARGO_ENCODED_RUSTFLAGS. Empty: none.
inline constexpr char separator = 0x1f;

// Given by pgo-orch.
inline constexpr const char* dir_variable = "PGO_ORCH_SHIM_DIR";  ///< the folder of links; needed on the PATH
inline constexpr const char* log_variable = "PGO_ORCH_SHIM_LOG";  ///< a file, appended to; unset: no log
inline constexpr const char* rustflags_variable = "PGO_ORCH_RUSTFLAGS";
inline constexpr const char* cflags_variable = "PGO_ORCH_CFLAGS";
inline constexpr const char* ldflags_variable = "PGO_ORCH_LDFLAGS";
/// The C compiler ("clang-22", or a path) that replaces cc, gcc and clang, and by its name for c++, g++ and
/// clang++. Not where rustc links: its linker is named by -Clinker.
inline constexpr const char* cc_variable = "PGO_ORCH_SHIM_CC";
/// What cargo called on the PATH gets as CARGO_ENCODED_RUSTFLAGS (which to cargo is before all other sources:
/// whoever sets it has put the user's own in front). Set but empty: none at all. Such a cargo also gets the
/// shim as its RUSTC_WRAPPER, in place of the user's.
inline constexpr const char* cargo_rustflags_variable = "PGO_ORCH_CARGO_RUSTFLAGS";
/// What the variant sets by CARGO_PROFILE_RELEASE_*: "OPT_LEVEL", ... A cargo on the PATH that is asked for a
/// --profile of another name gets the same for that one.
inline constexpr const char* cargo_profile_variable = "PGO_ORCH_CARGO_PROFILE";
/// "1": a rustc that compiles reports its passes. For a build of its own, since it takes RUSTC_BOOTSTRAP,
/// which rustc alone sees, and rustc 1.71; a build script's probes are compiled without, for they ask whether
/// the compiler is a nightly.
inline constexpr const char* passes_variable = "PGO_ORCH_SHIM_PASSES";
/// Where a compiler of the user's may write how long its phases took; see
/// measure/build_phases/events.h. Passed on.
inline constexpr const char* phases_variable = "PGO_ORCH_PHASES";

// Given by a shim to those below it.
inline constexpr const char* in_cargo_variable = "PGO_ORCH_SHIM_IN_CARGO";  ///< "1" below a cargo
inline constexpr const char* parent_variable = "PGO_ORCH_SHIM_PARENT";      ///< TOOL:PID of the nearest shim

/// In the folder of links: it was said that the log can't be written.
inline constexpr const char* said_file = ".log-failed";

}  // namespace pgo_orch::shim
