#include "toolchains/linkers.h"

#include <fmt/format.h>

#include <algorithm>

#include "toolchains/elf.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"
#include "toolchains/text.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

/// The driver that rustc is told to link with.
struct Driver {
  std::string program;    ///< for -Clinker=; empty: rustc's own choice
  bool is_clang = false;  ///< it then knows --ld-path, which gcc does not
  std::string why;        ///< where it was found, if it is not simply the name on the PATH
};

/// Programs of LLVM under their Debian names: rustc's own major first, then the newest.
std::vector<fs::path> llvm_programs(const std::string& name, int major) {
  std::vector<fs::path> found = all_on_path(fmt::format("{}-{}", name, major));
  std::vector<std::pair<int, fs::path>> installed;
  std::error_code error;
  for (fs::directory_iterator entry("/usr/lib", error), end; !error && entry != end; entry.increment(error)) {
    const std::string folder = entry->path().filename();
    const fs::path program = entry->path() / "bin" / name;
    if (!folder.starts_with("llvm-") || !is_executable(program)) continue;
    const int its = major_of(folder.substr(5));
    installed.emplace_back(its == major ? 0 : -its, program);
  }
  std::ranges::sort(installed);
  for (const auto& [rank, program] : installed) found.push_back(program);
  return found;
}

bool is_clang(Runner& runner, const std::string& program) {
  return ask_tool(runner, {.argv = {program, "--version"}}).out.find("clang") != std::string::npos;
}

/// Finds the driver that was asked for. "clang" means the one on the PATH, else for one of rustc's
/// LLVM under its Debian names (clang-22, /usr/lib/llvm-22/bin/clang), since both are the same program
/// to the user.
Probe<Driver> find_driver(Runner& runner, const std::string& wanted, const Rustc& rust) {
  if (wanted.empty()) return Driver{};
  if (find_executable(wanted))
    return Driver{.program = wanted, .is_clang = is_clang(runner, wanted), .why = ""};
  const bool is_llvms = wanted == "clang" || wanted == "clang++";
  if (is_llvms)
    for (const fs::path& program : llvm_programs(wanted, rust.llvm_major))
      return Driver{.program = program.string(),
                    .is_clang = true,
                    .why = fmt::format("{} is not on the PATH, so {} is used", wanted, program.string())};
  const std::string package = is_llvms ? fmt::format("clang-{}", rust.llvm_major) : wanted;
  const bool is_path = wanted.find('/') != std::string::npos;
  return Missing{fmt::format("no linker driver '{}'", wanted), is_path ? "" : "apt-get install " + package};
}

/// One set of flags that may lead to the linker that was asked for.
struct Way {
  std::vector<std::string> flags;
  std::string why;
  std::filesystem::path linker =
      {};                         ///< to be linked to from `ld`, before the flags are used; empty: nothing is
  std::filesystem::path ld = {};  ///< that link
};

/// rustc 1.90 and later link x86_64-unknown-linux-gnu with rust-lld by themselves, unless a driver is named.
/// Only there, and only to turn it off, is -Clinker-features stable.
bool lld_is_default(const LinkRequest& request, const Driver& driver, const Rustc& rust) {
  const std::string& target = request.target.empty() ? rust.host : request.target;
  const int minor = major_of(rust.version.substr(std::min(rust.version.size(), rust.version.find('.') + 1)));
  return driver.program.empty() && target == "x86_64-unknown-linux-gnu" && minor >= 90;
}

/// gcc runs the `ld` of a -B folder, whatever it really is.
fs::path link_called_ld(const fs::path& linker, const fs::path& folder) {
  return folder / ("ld-" + sha256(linker.string()).substr(0, 8)) / "ld";
}

class Ways {
 public:
  Ways(const LinkRequest& request, const Driver& driver, const Rustc& rust, const fs::path& folder)
      : driver_(driver), rust_(rust), folder_(folder) {
    if (lld_is_default(request, driver, rust)) without_lld_ = {"-Clinker-features=-lld"};
  }

  std::vector<Way> to(const std::string& linker) {
    if (linker == "default") {
      ways_.push_back({});
    } else if (linker == "rust-lld") {
      by_own_lld();
    } else if (linker.find('/') != std::string::npos) {
      by_path(fs::absolute(linker), "");
    } else if (linker == "lld") {
      ways_.push_back({{"-Clink-arg=-fuse-ld=lld"}, without_lld_.empty() ? "" : "ld.lld, else rustc's own"});
      for (const auto& program : llvm_programs("ld.lld", rust_.llvm_major))
        by_path(program, program.string());
      by_own_lld();
    } else {
      by_name(linker);
      for (const auto& program : all_on_path(linker)) by_path(program, program.string());
    }
    return std::move(ways_);
  }

 private:
  void by_name(const std::string& linker) { add({"-Clink-arg=-fuse-ld=" + linker}, ""); }

  void by_path(const fs::path& linker, const std::string& why) {
    if (!is_executable(linker)) return;
    if (driver_.is_clang) {
      add({"-Clink-arg=--ld-path=" + linker.string()}, why);
    } else {
      const fs::path ld = link_called_ld(linker, folder_);
      add({"-Clink-arg=-B" + ld.parent_path().string()}, why);
      ways_.back().linker = linker;
      ways_.back().ld = ld;
    }
  }

  /// The sysroot's gcc-ld folder holds an ld.lld that runs rust-lld.
  void by_own_lld() {
    const fs::path own = rust_.sysroot / "lib/rustlib" / rust_.host / "bin/gcc-ld";
    if (is_executable(own / "ld.lld"))
      ways_.push_back({{"-Clink-arg=-B" + own.string(), "-Clink-arg=-fuse-ld=lld"}, "rustc's own rust-lld"});
  }

  void add(std::vector<std::string> flags, std::string why) {
    flags.insert(flags.begin(), without_lld_.begin(), without_lld_.end());
    ways_.push_back({std::move(flags), std::move(why)});
  }

  const Driver& driver_;
  const Rustc& rust_;
  const fs::path& folder_;
  std::vector<std::string> without_lld_;
  std::vector<Way> ways_;
};

/// The ways to a linker, best first: as a user would write it; then by the path of one that has another name,
/// or lies where drivers don't look. Some of them need a link called `ld` in a folder of its own below
/// `folder`: it is not made here.
std::vector<Way> ways_to(const LinkRequest& request, const Driver& driver, const Rustc& rust,
                         const fs::path& folder) {
  return Ways(request, driver, rust, folder).to(request.linker.empty() ? "default" : request.linker);
}

/// What installs the linker, if it is on none of the ways.
std::string linker_hint(const std::string& linker, const Rustc& rust) {
  if (linker == "lld" || linker == "rust-lld") return fmt::format("apt-get install lld-{}", rust.llvm_major);
  if (linker == "bfd" || linker == "gold") return "apt-get install binutils";
  return linker == "mold" ? "apt-get install mold" : "";
}

/// lld, mold and gold sign what they link, GNU ld does not. True if this is the signature of
/// the linker's kind.
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
  const auto lines = lines_of(ask_tool(runner, {.argv = argv}).out);
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
      if (fs::read_symlink(way.ld, ignored) != way.linker) {
        fs::remove(way.ld, ignored);
        fs::create_symlink(way.linker, way.ld, ignored);
      }
    }
    const Captured linked = ask_tool(runner_, link_command(way, program));
    if (!linked.ok())
      return Missing{linked.err.empty() ? describe(linked.outcome) : complaint(linked.err), ""};
    if (!fs::exists(program)) return Missing{"the link made no file", ""};
    const std::string signature = signature_of(program);
    if (!signs_as(kind_, signature))
      return Missing{fmt::format("it was linked by {} instead", signature.empty() ? "GNU ld" : signature),
                     ""};
    if (request_.target.empty() || request_.target == rust_.host)
      if (const Captured ran = ask_tool(runner_, {.argv = {program.string()}}); ran.out != "linked\n")
        return Missing{"the program it links does not run: " + describe(ran.outcome), ""};
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

  /// GNU ld, or another one that leaves no trace: the driver is asked, with the arguments that it
  /// gets from rustc.
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
