// Reads a command line of rustc.

#include <algorithm>
#include <iterator>

#include "measure/shim/program/call.h"

namespace pgo_orch::shim {
namespace {

/// Options whose value may be the next argument (rustc_session's config.rs).
// clang-format off
constexpr std::string_view with_value[] = {
    "--cfg", "--check-cfg", "-L", "-l", "--crate-type", "--crate-name", "--edition", "--emit", "--print",
    "-o", "--out-dir", "--explain", "--target", "-A", "--allow", "-W", "--warn", "--force-warn", "-D",
    "--deny", "-F", "--forbid", "--cap-lints", "-C", "--codegen", "--extern", "--sysroot", "-Z",
    "--error-format", "--json", "--color", "--diagnostic-width", "--remap-path-prefix",
    "--remap-path-scope", "--env-set",
};
// clang-format on

/// An option and its value in any form: --emit=link, --emit link, -Copt-level=3, -C opt-level=3.
struct Option {
  std::string_view name;  ///< empty: not an option, the value is a file
  std::string_view value;
};

/// The option at `i`, which moves on to the value if that is the next argument.
Option option_at(const Arguments& arguments, std::size_t& i) {
  const std::string_view text = arguments[i];
  if (!text.starts_with('-') || text == "-") return {"", text};
  const auto take_next = [&](std::string_view name) {
    return Option{name, i + 1 < arguments.size() ? std::string_view(arguments[++i]) : ""};
  };
  if (std::ranges::find(with_value, text) != std::end(with_value)) return take_next(text);
  if (text.starts_with("--")) {
    const auto equals = std::min(text.find('='), text.size());
    return {text.substr(0, equals), text.substr(std::min(equals + 1, text.size()))};
  }
  if (std::ranges::find(with_value, text.substr(0, 2)) != std::end(with_value))
    return {text.substr(0, 2), text.substr(2)};
  return {text, ""};
}

/// "noprelude:serde=/deps/libserde-0123.rmeta" -> "serde-0123". Empty for a crate of the sysroot,
/// named without file.
std::string unit_of_extern(std::string_view value) {
  const auto equals = value.find('=');
  if (equals == std::string_view::npos) return {};
  auto stem = base_name(value.substr(equals + 1));
  stem = stem.substr(0, stem.rfind('.'));
  if (stem.starts_with("lib")) stem.remove_prefix(3);
  return std::string(stem);
}

void read_codegen(std::string_view value, Facts& facts) {
  if (value.starts_with("metadata=")) facts.metadata = value.substr(9);
  if (value == "lto") facts.lto = "fat";
  if (value.starts_with("lto=")) facts.lto = value.substr(4);
  if (value.starts_with("extra-filename=")) facts.extra_filename = value.substr(15);
}

void read_option(const Option& option, Facts& facts) {
  const auto& [name, value] = option;
  if (name.empty() && facts.source.empty()) facts.source = value;
  if (name == "--crate-name") facts.crate = value;
  if (name == "--crate-type") facts.crate_types.emplace_back(value);
  if (name == "--emit") facts.emit = value;
  if (name == "--target") facts.target = value;
  if (name == "--test") facts.test = true;
  if (name == "-o" || (name == "--out-dir" && facts.out.empty())) facts.out = value;
  if (name == "-C" || name == "--codegen") read_codegen(value, facts);
  if (name != "--extern") return;
  if (auto unit = unit_of_extern(value); !unit.empty()) facts.externs.push_back(std::move(unit));
}

/// Whether rustc only answers and does not compile. Two things are printed while compiling.
bool is_question(const Option& option) {
  const auto& [name, value] = option;
  if (name == "--print") return !value.starts_with("link-args") && !value.starts_with("native-static-libs");
  constexpr std::string_view questions[] = {"-V", "-vV", "--version", "-h", "--help", "--explain"};
  return std::ranges::find(questions, name) != std::end(questions);
}

}  // namespace

Kind read_rustc_arguments(const Arguments& arguments, Facts& facts) {
  bool question = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto option = option_at(arguments, i);
    read_option(option, facts);
    question = question || is_question(option);
  }
  return question || facts.source.empty() ? Kind::query : Kind::compile;
}

}  // namespace pgo_orch::shim
