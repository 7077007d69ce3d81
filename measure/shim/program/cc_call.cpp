// Reads a command line of gcc or clang.

#include <algorithm>
#include <iterator>

#include "measure/shim/program/call.h"

namespace pgo_orch::shim {
namespace {

/// Options whose value is the next argument, if nothing follows the letter.
constexpr std::string_view with_value[] = {
    "-o",       "-x",       "-I",          "-L",        "-l",        "-D",          "-U",
    "-include", "-isystem", "-idirafter",  "-iquote",   "-imacros",  "-isysroot",   "--sysroot",
    "-MF",      "-MT",      "-MQ",         "-T",        "-u",        "-z",          "-arch",
    "-target",  "--target", "--param",     "-Xlinker",  "-Xclang",   "-Xassembler", "-Xpreprocessor",
    "-mllvm",   "-B",       "-e",          "-aux-info", "-dumpbase", "-dumpdir",    "-G",
    "-A",       "-iprefix", "-iwithprefix"};

bool is_in(std::string_view text, const auto& list) {
  return std::ranges::find(list, text) != std::end(list);
}

bool has_ending(std::string_view file, const auto& endings) {
  const auto name = base_name(file);
  const auto dot = name.rfind('.');
  return dot != std::string_view::npos && is_in(name.substr(dot + 1), endings);
}

/// gcc(1), "Overall options": what is compiled or assembled; all else is given to the linker.
bool is_source(std::string_view file) {
  constexpr std::string_view endings[] = {"c",   "i",   "ii",  "m",   "mi", "mm",   "h",   "cc", "cp",
                                          "cxx", "cpp", "CPP", "c++", "C",  "hh",   "hpp", "s",  "S",
                                          "sx",  "f",   "f90", "ll",  "bc", "cppm", "ixx", "cu"};
  return file == "-" || has_ending(file, endings);
}

struct Seen {
  bool question = false;
  bool no_link = false;
  bool any_file = false;
  bool any_source = false;
  bool language = false;  ///< -x: a file of any name is a source
};

void read_flag(std::string_view text, Seen& seen) {
  constexpr std::string_view questions[] = {"--version",     "--help", "-###",
                                            "--target-help", "-V",     "-qversion"};
  constexpr std::string_view stages[] = {"-c", "-S", "-E", "-M", "-MM", "-fsyntax-only", "--precompile"};
  if (is_in(text, questions) || text.starts_with("-dump") || text.starts_with("-print") ||
      text.starts_with("--print") || text.starts_with("--help="))
    seen.question = true;
  if (is_in(text, stages)) seen.no_link = true;
  if (text.starts_with("-x")) seen.language = text != "-xnone";
}

void read_file(std::string_view text, Seen& seen, Facts& facts) {
  seen.any_file = true;
  if (!is_source(text) && !seen.language) return;
  seen.any_source = true;
  if (facts.source.empty()) facts.source = text;
}

}  // namespace

Kind read_cc_arguments(const Arguments& arguments, Facts& facts) {
  Seen seen;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view text = arguments[i];
    if (!text.starts_with('-') || text == "-") {
      read_file(text, seen, facts);
      continue;
    }
    read_flag(text, seen);
    if (text.starts_with("-o") && text.size() > 2) facts.out = text.substr(2);
    if (text.starts_with("--target=")) facts.target = text.substr(9);
    if (!is_in(text, with_value) || i + 1 == arguments.size()) continue;
    const std::string_view value = arguments[++i];
    if (text == "-o") facts.out = value;
    if (text == "-x") seen.language = value != "none";
    if (text == "-target" || text == "--target") facts.target = value;
    if (text == "-l" || text == "-Xlinker") seen.any_file = true;
  }
  if (seen.question || !seen.any_file) return Kind::query;
  if (!seen.any_source && !seen.no_link) return Kind::link;
  facts.links = !seen.no_link;
  return Kind::compile;
}

}  // namespace pgo_orch::shim
