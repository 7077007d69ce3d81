#include "toolchains/linkers.h"

#include <fmt/format.h>

#include "toolchains/elf.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/linker_ways.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"
#include "toolchains/text.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

/// lld, mold and gold sign what they link, GNU ld does not. True if this is the signature of the linker's
/// kind.
bool signs_as(const std::string& linker, const std::string& signature) {
  if (linker == "lld" || linker == "rust-lld") return signature.find("LLD") != std::string::npos;
  if (linker == "mold" || linker == "gold") return signature.starts_with(linker);
  return linker != "bfd" || signature.empty();
}

/// Empty for a program of another system too.
std::string signature_of(const fs::path& program) {
  try {
    return elf_info(program).linker;
  } catch (const Error&) {
    return {};
  }
}

/// The first line of what a linker prints about itself, asked directly or through its driver.
std::string version_line(Runner& runner, const std::vector<std::string>& argv) {
  const auto lines = lines_of(capture(runner, {.argv = argv}).out);
  return lines.empty() ? "" : lines.front();
}

/// Which kind a linker that is named by its path belongs to; any other name is its own kind.
std::string kind_of(Runner& runner, const std::string& linker) {
  if (linker.find('/') == std::string::npos) return linker;
  const std::string version = version_line(runner, {linker, "--version"});
  for (const auto& [mark, kind] :
       {std::pair("LLD", "lld"), {"mold", "mold"}, {"GNU gold", "gold"}, {"GNU ld", "bfd"}})
    if (version.find(mark) != std::string::npos) return kind;
  return linker;
}

class LinkProbe {
 public:
  LinkProbe(Runner& runner, const Rustc& rust, const LinkRequest& request, const fs::path& folder)
      : runner_(runner), rust_(rust), request_(request), folder_(fs::absolute(folder)) {}

  Probe<LinkerFound> run() {
    if (!request_.target.empty() && request_.target != rust_.host)
      if (const Answer installed = target_installed(rust_, request_.target); !installed)
        return Missing{installed.reason, ""};
    const auto driver = find_driver(runner_, request_.driver, rust_);
    if (!driver) return driver.missing();
    driver_ = *driver;
    kind_ = kind_of(runner_, request_.linker);
    const auto ways = ways_to(request_, driver_, rust_, folder_);
    // The first way is the one that a user would have written: its failure explains most.
    std::optional<Missing> failure;
    for (const Way& way : ways) {
      const auto found = try_way(way);
      if (found) return found;
      if (!failure) failure = found.missing();
    }
    const std::string& linker = request_.linker;
    // Only a linker that is nowhere needs installing; one that fails needs its message read.
    const bool is_there =
        linker == "default" || linker.find('/') != std::string::npos || find_executable("ld." + linker);
    if (failure && (is_there || ways.size() > 1))
      return Missing{fmt::format("linker '{}' can't be used: {}", linker, failure->what), ""};
    const std::string where =
        linker == "rust-lld" ? fmt::format(" in rustc {} (\"lld\" is the same linker)", rust_.version) : "";
    return Missing{fmt::format("no linker '{}'{}", linker, where), linker_hint(linker, rust_)};
  }

 private:
  Probe<LinkerFound> try_way(const Way& way) {
    const TempDir output("link");
    const fs::path program = output.path() / "linked";
    write_file_atomically(output.path() / "linked.rs", "fn main() { println!(\"linked\"); }\n");
    if (!way.ld.empty()) {
      make_folders(way.ld.parent_path());
      std::error_code ignored;
      fs::create_symlink(way.linker, way.ld, ignored);  // there already: the same one
    }
    const Captured linked = capture(runner_, link_command(way, program));
    if (!linked.ok())
      return Missing{linked.err.empty() ? describe(linked.outcome) : complaint(linked.err), ""};
    if (!fs::exists(program)) return Missing{"it made no file", ""};
    const std::string signature = signature_of(program);
    if (!signs_as(kind_, signature))
      return Missing{fmt::format("it was linked by {} instead", signature.empty() ? "GNU ld" : signature),
                     ""};
    if (request_.target.empty() || request_.target == rust_.host)
      if (const Captured ran = capture(runner_, {.argv = {program.string()}}); ran.out != "linked\n")
        return Missing{"what it links does not run: " + describe(ran.outcome), ""};
    return found(way, signature);
  }

  Command link_command(const Way& way, const fs::path& program) const {
    Command command{.argv = {rust_.rustc.string(), program.string() + ".rs", "-o", program.string()},
                    .env = rust_.env};
    const auto add = [&](const std::string& flag) { command.argv.push_back(flag); };
    if (!request_.target.empty()) add("--target=" + request_.target);
    if (request_.crt_static) add("-Ctarget-feature=+crt-static");
    if (!request_.relocation_model.empty()) add("-Crelocation-model=" + request_.relocation_model);
    if (!driver_.program.empty()) add("-Clinker=" + driver_.program);
    for (const std::string& flag : request_.flags) add(flag);
    for (const std::string& flag : way.flags) add(flag);
    return command;
  }

  LinkerFound found(const Way& way, const std::string& signature) {
    LinkerFound result{
        .driver = driver_.program, .flags = way.flags, .version = signature, .why = driver_.why};
    if (!way.why.empty()) result.why += (result.why.empty() ? "" : "; ") + way.why;
    if (signature.empty()) result.version = unsigned_version(way);
    return result;
  }

  /// GNU ld, or another one that leaves no trace: the driver is asked, with the arguments that it gets from
  /// rustc.
  std::string unsigned_version(const Way& way) {
    std::vector<std::string> argv = {driver_.program.empty() ? "cc" : driver_.program, "-Wl,--version"};
    constexpr std::string_view link_argument = "-Clink-arg=";
    for (const std::string& flag : way.flags)
      if (flag.starts_with(link_argument)) argv.push_back(flag.substr(link_argument.size()));
    return version_line(runner_, argv);
  }

  Runner& runner_;
  const Rustc& rust_;
  const LinkRequest& request_;
  const fs::path folder_;
  Driver driver_;
  std::string kind_;  ///< "lld", "bfd", ..., also for a path
};

}  // namespace

Probe<LinkerFound> probe_link(Runner& runner, const Rustc& rust, const LinkRequest& request,
                              const fs::path& folder) {
  return LinkProbe(runner, rust, request, folder).run();
}

}  // namespace pgo_orch::toolchains
