#include "toolchains/rustc.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/text.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

Captured ask(Runner& runner, const Rustc& rust, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), rust.rustc.string());
  return capture(runner, {.argv = std::move(arguments), .env = rust.env});
}

/// rustc's word for a `target_feature="NAME"` line; "" for other lines.
std::string feature_in(const std::string& cfg) {
  constexpr std::string_view prefix = "target_feature=\"";
  return cfg.starts_with(prefix) ? cfg.substr(prefix.size(), cfg.size() - prefix.size() - 1) : "";
}

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

}  // namespace pgo_orch::toolchains
