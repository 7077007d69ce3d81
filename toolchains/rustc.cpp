#include "toolchains/rustc.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"
#include "toolchains/text.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

Captured ask(Runner& runner, const Rustc& rust, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), rust.rustc.string());
  return ask_tool(runner, {.argv = std::move(arguments), .env = rust.env});
}

/// rustc's word for a `target_feature="NAME"` line; "" for other lines.
std::string feature_in(const std::string& cfg) {
  constexpr std::string_view prefix = "target_feature=\"";
  return cfg.starts_with(prefix) ? cfg.substr(prefix.size(), cfg.size() - prefix.size() - 1) : "";
}

constexpr const char* install_rust = "curl -sSf https://sh.rustup.rs | sh";

/// One search for a toolchain, seen from a folder.
class Search {
 public:
  Search(Runner& runner, fs::path cwd) : runner_(runner), cwd_(std::move(cwd)) {}

  Probe<Rustc> in_folder(const fs::path& given) {
    const fs::path folder = fs::absolute(cwd_ / given);
    for (const fs::path& bin : {folder / "bin", folder}) {
      if (!is_executable(bin / "rustc")) continue;
      rust_.rustc = bin / "rustc";
      rust_.env = {{"RUSTC", rust_.rustc.string()}};
      if (is_executable(bin / "cargo")) {
        rust_.cargo = bin / "cargo";
      } else if (auto missing = find(rust_.cargo, "CARGO", "cargo")) {
        return *missing;
      }
      return described();
    }
    return Missing{fmt::format("no rustc in {} or {}/bin", folder.string(), folder.string()), ""};
  }

  Probe<Rustc> by_name(const std::string& toolchain) {
    rustup_ = find_executable("rustup", {}, cwd_);
    if (!rustup_) return Missing{fmt::format("toolchain '{}' needs rustup", toolchain), install_rust};
    // The name was asked for, so it goes before a RUSTC of the environment.
    rust_.env = {{"RUSTUP_TOOLCHAIN", toolchain}, {"RUSTC", std::nullopt}};
    return from_rustup();
  }

  Probe<Rustc> of_environment() {
    if (auto missing = find(rust_.rustc, "RUSTC", "rustc")) return *missing;
    if (auto missing = find(rust_.cargo, "CARGO", "cargo")) return *missing;
    for (const fs::path& program : {rust_.rustc, rust_.cargo})
      if (is_proxy(program)) rustup_ = program.parent_path() / "rustup";
    return rustup_ ? from_rustup() : described();
  }

 private:
  /// Looks up a program that a variable may name instead.
  std::optional<Missing> find(fs::path& program, const char* name_in, const char* name) {
    const auto named = variable(name_in);
    const auto found = find_executable(named.value_or(name), {}, cwd_);
    if (found) program = fs::absolute(*found);
    if (found) return std::nullopt;
    if (named) return Missing{fmt::format("{}={} does not name a program", name_in, *named), ""};
    return Missing{fmt::format("no {} on the PATH", name), install_rust};
  }

  /// rustup's rustc and cargo are links to, or copies of, rustup itself beside them.
  static bool is_proxy(const fs::path& program) {
    std::error_code error;
    return fs::equivalent(program, program.parent_path() / "rustup", error) && !error;
  }

  Captured ask(const fs::path& program, const std::vector<std::string>& arguments) {
    Command command{.argv = {program.string()}, .cwd = cwd_, .env = rust_.env};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.env["RUSTUP_AUTO_INSTALL"] = "0";  // a search installs nothing
    command.env["RUST_BACKTRACE"] = std::nullopt;
    return ask_tool(runner_, command);
  }

  Probe<Rustc> from_rustup() {
    const Captured active = ask(*rustup_, {"show", "active-toolchain"});
    const std::string name = active.out.substr(0, active.out.find_first_of(" \n"));
    if (!active.ok() || name.empty()) return rustup_says(active);
    rust_.rustup_toolchain = name;
    rust_.env["RUSTUP_TOOLCHAIN"] = name;
    for (auto [program, file] : {std::pair("rustc", &rust_.rustc), std::pair("cargo", &rust_.cargo)}) {
      if (!file->empty() && !is_proxy(*file)) continue;  // RUSTC or CARGO names another one
      const Captured which = ask(*rustup_, {"which", program});
      if (!which.ok()) return rustup_says(which);
      *file = trimmed(which.out);
    }
    return described();
  }

  /// What rustup says of a toolchain that a file chooses: "override toolchain '1.90.0' is not installed:
  /// ...".
  static std::string not_installed(const std::string& said) {
    constexpr std::string_view before = "toolchain '", behind = "' is not installed";
    const auto end = said.find(behind);
    const auto begin = said.rfind(before, end);
    if (end == said.npos || begin == said.npos) return "";
    return said.substr(begin + before.size(), end - begin - before.size());
  }

  Missing rustup_says(const Captured& captured) const {
    const auto asked = rust_.env.find("RUSTUP_TOOLCHAIN");
    std::string name = asked == rust_.env.end() ? "" : asked->second.value_or("");
    if (name.empty()) name = not_installed(captured.err);
    if (!name.empty() && captured.err.find("not installed") != std::string::npos)
      return {fmt::format("toolchain '{}' is not installed", name), "rustup toolchain install " + name};
    return {"rustup: " + (captured.err.empty() ? describe(captured.outcome) : complaint(captured.err)), ""};
  }

  Probe<Rustc> described() {
    const Captured version = ask(rust_.rustc, {"-vV"});
    rust_.verbose = version.out;
    rust_.version = value_after(version.out, "release:");
    rust_.host = value_after(version.out, "host:");
    if (!version.ok() || rust_.version.empty())
      return Missing{fmt::format("{} -vV: {}", rust_.rustc.string(),
                                 version.ok() ? "it prints no release" : describe(version.outcome)),
                     ""};
    rust_.llvm_version = value_after(version.out, "LLVM version:");
    rust_.llvm_major = major_of(rust_.llvm_version);
    rust_.sysroot = trimmed(ask(rust_.rustc, {"--print", "sysroot"}).out);
    rust_.target_libdir = trimmed(ask(rust_.rustc, {"--print", "target-libdir"}).out);
    return rust_;
  }

  Runner& runner_;
  const fs::path cwd_;
  std::optional<fs::path> rustup_;
  Rustc rust_;
};

}  // namespace

std::set<std::string> cfg_set(Runner& runner, const Rustc& rust, const std::string& target,
                              const std::vector<std::string>& flags) {
  std::vector<std::string> arguments = {"--print", "cfg"};
  if (!target.empty()) arguments.insert(arguments.end(), {"--target", target});
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  const Captured captured = ask(runner, rust, arguments);
  if (!captured.ok())
    throw Error(
        fmt::format("rustc does not accept '{}': {}", fmt::join(flags, " "), complaint(captured.err)));
  const auto lines = lines_of(captured.out);
  return {lines.begin(), lines.end()};
}

NativeCpu native_cpu(Runner& runner, const Rustc& rust) {
  NativeCpu cpu;
  const std::string cpus = ask(runner, rust, {"--print", "target-cpus"}).out;
  constexpr std::string_view mark = "(currently ";
  if (const auto begin = cpus.find(mark); begin != std::string::npos) {
    const std::string rest = cpus.substr(begin + mark.size());
    cpu.name = rest.substr(0, rest.find(')'));
  }
  const auto usual = cfg_set(runner, rust, "");
  for (const std::string& cfg : cfg_set(runner, rust, "", {"-Ctarget-cpu=native"}))
    if (!usual.contains(cfg) && !feature_in(cfg).empty()) cpu.features.push_back(feature_in(cfg));
  return cpu;
}

Answer has_profiler_runtime(Runner& runner, const Rustc& rust, const std::string& target) {
  const TempDir folder("profiler");
  // An empty library: the runtime is looked for before any code is generated, and nothing is linked.
  std::vector<std::string> arguments = {"-",
                                        "--crate-name=probe",
                                        "--crate-type=lib",
                                        "--emit=metadata",
                                        "-Cprofile-generate",
                                        "--out-dir=" + folder.path().string()};
  if (!target.empty()) arguments.push_back("--target=" + target);
  const Captured captured = ask(runner, rust, arguments);
  if (captured.ok()) return {.yes = true, .reason = ""};
  const std::string said = complaint(captured.err);
  return {.yes = false,
          .reason = fmt::format("{} can't instrument: {}", rust.rustc.string(),
                                said.empty() ? describe(captured.outcome) : said)};
}

Answer target_installed(const Rustc& rust, const std::string& target) {
  const fs::path libraries = rust.sysroot / "lib/rustlib" / target / "lib";
  std::error_code error;
  for (fs::directory_iterator entry(libraries, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().filename().string().starts_with("libcore-")) return {.yes = true, .reason = ""};
  const std::string missing = fmt::format("the standard library of {} is not installed", target);
  if (rust.rustup_toolchain.empty()) return {.yes = false, .reason = missing};
  const auto hint = fmt::format("rustup target add {} --toolchain {}", target, rust.rustup_toolchain);
  return {.yes = false, .reason = describe(Missing{missing, hint})};
}

Probe<Rustc> find_rust(Runner& runner, const std::string& toolchain, const fs::path& cwd) {
  Search search(runner, cwd);
  if (toolchain.empty()) return search.of_environment();
  return toolchain.find('/') == std::string::npos ? search.by_name(toolchain) : search.in_folder(toolchain);
}

}  // namespace pgo_orch::toolchains
