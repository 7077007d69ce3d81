#pragma once
// One call of a tool: what it is to do, and what is run instead.

#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::shim {

using Arguments = std::vector<std::string>;

/// The parts between 0x1f; none for a null pointer or an empty text.
Arguments split_flags(const char* text);

enum class Quoting { lines, gnu };

/// The arguments with each `@FILE` replaced by its content, for reading only: the tool expands them itself.
/// lines: rustc's way, an argument on each line; gnu: as C compilers do, split at white space, with quotes
/// and backslashes, and nested. A file that cannot be read stays as it is.
Arguments expanded(const Arguments& arguments, Quoting quoting);

/// Inserts `more` at the end of `arguments`, but before a `--`.
void append_options(Arguments& arguments, const Arguments& more);

/// The last part of a path.
std::string_view base_name(std::string_view path);

class Environment {
 public:
  /// This process's own.
  Environment();
  void set(std::string_view name, std::string_view value);
  /// For execve, as long as the object lives unchanged.
  char* const* pointers();

 private:
  std::vector<char*> entries_;
  std::vector<std::string> own_;
};

/// Is the variable "1"?
bool is_on(const char* name);

/// Empty if it is not set.
std::string_view variable(const char* name);

/// The kind of a tool.
enum class Family { rustc, cargo, c, cxx, linker, other };

/// "gcc", "x86_64-linux-gnu-gcc-12", "clang-22" are C compilers; "g++-12", "clang++", "c++" of C++; "ld",
/// "ld.lld", "lld", "mold" linkers.
Family family_of(std::string_view name);

/// The next program of that name on the PATH that is neither in the folder of PGO_ORCH_SHIM_DIR nor this
/// program itself, compared by device and inode; a name with a slash is a path, which is used as it is unless
/// it is one of those. Empty if there is none.
std::string find_tool(const std::string& name);

/// The C++ compiler that belongs to a C compiler: "clang-22" -> "clang++-22",
/// "/usr/bin/gcc" -> "/usr/bin/g++".
std::string cxx_counterpart(const std::string& c_compiler);

enum class Kind { compile, link, query, run };

/// What the log says about a call's arguments. Empty: not given.
struct Facts {
  std::string crate;           ///< --crate-name
  Arguments crate_types;       ///< --crate-type
  std::string metadata;        ///< -C metadata
  std::string lto;             ///< -C lto; "fat" without a value
  std::string extra_filename;  ///< -C extra-filename: a dash and a hash
  Arguments externs;           ///< file names of --extern without "lib" and ending: crate + extra filename
  std::string emit;            ///< --emit
  std::string source;          ///< the first file to be compiled; "-": standard input
  std::string out;             ///< -o, else --out-dir
  std::string target;          ///< --target; without it the host
  bool test = false;           ///< --test
  bool links = false;          ///< a C compiler that links, too
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

/// The caller: the nearest shim above. Empty and 0: none.
struct Parent {
  std::string_view tool;
  int shim_pid = 0;
};
Parent parent();

/// What is run instead of a tool of that name with these arguments. `as_wrapper`: called as RUSTC_WRAPPER.
Call make_call(const std::string& name, Arguments arguments, bool as_wrapper);

/// What the arguments ask for.
Kind read_rustc_arguments(const Arguments& arguments, Facts& facts);
Kind read_cc_arguments(const Arguments& arguments, Facts& facts);

}  // namespace pgo_orch::shim
