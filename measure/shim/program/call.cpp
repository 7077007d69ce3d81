#include "measure/shim/program/call.h"

#include <stdlib.h>
#include <unistd.h>

#include "pgo/shim_contract.h"

namespace pgo_orch::shim {
namespace {

/// Cargo sets NUM_JOBS for build scripts, and CARGO_CRATE_NAME for compilers.
bool by_build_script() {
  return getenv("NUM_JOBS") != nullptr && getenv("OUT_DIR") != nullptr &&
         getenv("CARGO_CRATE_NAME") == nullptr;
}

bool only_asks_for_version(const Arguments& arguments) {
  for (const auto& argument : arguments)
    if (argument.starts_with("--print")) return false;
  return true;
}

void prepare_rustc(Call& call, Arguments& arguments, bool as_wrapper) {
  auto all = expanded(arguments, Quoting::lines);
  // A RUSTC_WORKSPACE_WRAPPER is called with the compiler's path as its first argument.
  if (as_wrapper && !all.empty() && base_name(all[0]) == "rustc") all.erase(all.begin());
  call.kind = read_rustc_arguments(all, call.facts);
  const bool version = call.kind == Kind::query && only_asks_for_version(all);
  if (!as_wrapper && !is_on(in_cargo_variable) && !version)
    append_options(arguments, split_flags(getenv(rustflags_variable)));
  call.passes = is_on(passes_variable) && call.kind == Kind::compile && !call.probe;
  if (!call.passes) return;
  append_options(arguments, {"-Ztime-passes", "-Ztime-passes-format=json"});
  call.environment.set("RUSTC_BOOTSTRAP", "1");
}

bool has_its_flags(const Parent& above) {
  const auto family = family_of(above.tool);
  return family == Family::c || family == Family::cxx;
}

void prepare_cc(Call& call, Arguments& arguments) {
  call.kind = read_cc_arguments(expanded(arguments, Quoting::gnu), call.facts);
  const auto above = parent();
  if (above.tool == "rustc" || call.kind == Kind::query || has_its_flags(above)) return;
  append_options(arguments, split_flags(getenv(cflags_variable)));
  if (call.kind == Kind::link || call.facts.links)
    append_options(arguments, split_flags(getenv(ldflags_variable)));
}

void prepare_cargo(Call& call) {
  if (const char* flags = getenv(cargo_rustflags_variable))
    call.environment.set("CARGO_ENCODED_RUSTFLAGS", flags);
  call.environment.set(in_cargo_variable, "1");
  char own[4096];
  const ssize_t size = readlink("/proc/self/exe", own, sizeof own);
  if (size > 0) call.environment.set("RUSTC_WRAPPER", {own, static_cast<std::size_t>(size)});
}

/// The variant's compiler, if it replaces this name.
std::string stand_in(const std::string& name) {
  const auto compiler = std::string(variable(cc_variable));
  if (compiler.empty() || parent().tool == "rustc" || has_its_flags(parent())) return name;
  if (name == "cc" || name == "gcc" || name == "clang") return compiler;
  if (name == "c++" || name == "g++" || name == "clang++") return cxx_counterpart(compiler);
  return name;
}

}  // namespace

Parent parent() {
  const auto text = variable(parent_variable);
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  return {text.substr(0, colon), atoi(text.data() + colon + 1)};
}

Call make_call(const std::string& name, Arguments arguments, bool as_wrapper) {
  Call call;
  const auto base = std::string(base_name(name));
  call.tool = base;
  // RUSTC may be any compiler driver (clippy-driver, a path): what cargo wraps counts as rustc.
  call.family = as_wrapper ? Family::rustc : family_of(base);
  if (call.family == Family::rustc) call.tool = "rustc";
  call.probe = by_build_script();
  if (call.family == Family::rustc) prepare_rustc(call, arguments, as_wrapper);
  if (call.family == Family::cargo) prepare_cargo(call);
  if (call.family == Family::c || call.family == Family::cxx) prepare_cc(call, arguments);
  if (call.family == Family::linker) call.kind = Kind::link;
  auto program = find_tool(stand_in(name));
  if (program.empty()) return call;
  call.environment.set(parent_variable, call.tool + ":" + std::to_string(getpid()));
  call.argv.push_back(std::move(program));
  for (auto& argument : arguments) call.argv.push_back(std::move(argument));
  return call;
}

}  // namespace pgo_orch::shim
