#include "toolchains/llvm_tools.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"
#include "toolchains/text.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

bool is_bolt(const std::string& name) {
  return name.find("bolt") != std::string::npos || name == "merge-fdata";
}

/// LLVM_PROFDATA for "llvm-profdata".
std::string variable_name(std::string name) {
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
  return name;
}

std::string install_hint(const std::string& name, int major, const Rustc& rust) {
  if (name == "clang") return fmt::format("apt-get install clang-{}", major);
  if (is_bolt(name)) return fmt::format("apt-get install bolt-{}", major);  // rustup's llvm-tools lack it
  if (rust.rustup_toolchain.empty()) return fmt::format("apt-get install llvm-{}", major);
  return fmt::format("rustup component add llvm-tools --toolchain {}", rust.rustup_toolchain);
}

/// A place to look at, and how it is called.
struct Place {
  fs::path program;
  std::string why;
};

/// The places where a tool of the right major is expected, best first.
std::vector<Place> expected_places(const std::string& name, int major, const Rustc& rust) {
  const std::string suffixed = fmt::format("{}-{}", name, major);
  std::vector<Place> places;
  if (!rust.target_libdir.empty())
    places.push_back({(rust.target_libdir / ".." / "bin" / name).lexically_normal(), "rustup's llvm-tools"});
  for (const fs::path& program : all_on_path(suffixed))
    places.push_back({program, suffixed + " on the PATH"});
  const fs::path folder = fmt::format("/usr/lib/llvm-{}/bin", major);
  places.push_back({folder / name, "in " + folder.string()});
  return places;
}

Probe<Tool> from_variable(Runner& runner, const std::string& name, const std::string& value, int major) {
  const std::string what = fmt::format("{}={}", variable_name(name), value);
  const auto program = find_executable(value);
  if (!program) return Missing{what + " does not name a program", ""};
  const auto tool = ask_llvm_tool(runner, name, *program);
  if (!tool) return tool;
  if (tool->major != major)
    return Missing{fmt::format("{} is of LLVM {}, but rustc's LLVM is {}", what, tool->version, major), ""};
  Tool found = *tool;
  found.why = what;
  return found;
}

}  // namespace

Probe<Tool> ask_llvm_tool(Runner& runner, const std::string& name, const fs::path& program) {
  Command command{.argv = {program.string()}};
  if (name == "llvm-profdata") command.argv.emplace_back("merge");  // its plain --version fails in LLVM 14
  command.argv.emplace_back("--version");
  const Captured captured = ask_tool(runner, command);
  if (!captured.ok())
    return Missing{fmt::format("{}: {}", to_shell(command), describe(captured.outcome)), ""};
  const std::string version =
      version_after(captured.out, name == "clang" ? "clang version " : "LLVM version ");
  if (version.empty()) return Missing{fmt::format("`{}` prints no LLVM version", to_shell(command)), ""};
  return Tool{.path = program, .version = version, .major = major_of(version), .why = ""};
}

Probe<Tool> find_llvm_tool(Runner& runner, const std::string& name, int major, const Rustc& rust) {
  if (const auto value = variable(variable_name(name)); value && !value->empty())
    return from_variable(runner, name, *value, major);

  std::string passed_over;
  const auto try_place = [&](const Place& place) -> std::optional<Tool> {
    if (!is_executable(place.program)) return std::nullopt;
    const auto tool = ask_llvm_tool(runner, name, place.program);
    if (tool && tool->major == major) {
      Tool found = *tool;
      found.why = place.why + passed_over;
      return found;
    }
    passed_over += tool ? fmt::format("; {} is of LLVM {}, skipped", place.program.string(), tool->major)
                        : fmt::format("; skipped {}", tool.missing().what);
    return std::nullopt;
  };

  for (const Place& place : expected_places(name, major, rust))
    if (const auto tool = try_place(place)) return *tool;
  for (const fs::path& program : all_on_path(name))
    if (const auto tool = try_place({program, name + " on the PATH"})) return *tool;
  return Missing{fmt::format("no {} of LLVM {}{}", name, major, passed_over),
                 install_hint(name, major, rust)};
}

Answer clang_has_profiles(Runner& runner, const Tool& clang) {
  const TempDir folder("clang");
  write_file_atomically(folder.path() / "empty.c", "int main(void) { return 0; }\n");
  const Captured captured = ask_tool(
      runner,
      {.argv = {clang.path.string(), "-fprofile-generate", "empty.c", "-o", "empty"}, .cwd = folder.path()});
  if (captured.ok()) return {.yes = true, .reason = ""};
  return {.yes = false,
          .reason = fmt::format(
              "{} cannot link a program that writes a profile (apt-get install libclang-rt-{}-dev)",
              clang.path.string(), clang.major)};
}

}  // namespace pgo_orch::toolchains
