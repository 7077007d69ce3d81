#include "toolchains/linker_ways.h"

#include <fmt/format.h>

#include <algorithm>

#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"
#include "toolchains/text.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

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
  return capture(runner, {.argv = {program, "--version"}}).out.find("clang") != std::string::npos;
}

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

  /// The sysroot's gcc-ld folder holds an ld.lld that stands for rust-lld.
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

}  // namespace

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

std::vector<Way> ways_to(const LinkRequest& request, const Driver& driver, const Rustc& rust,
                         const fs::path& folder) {
  return Ways(request, driver, rust, folder).to(request.linker.empty() ? "default" : request.linker);
}

std::string linker_hint(const std::string& linker, const Rustc& rust) {
  if (linker == "lld" || linker == "rust-lld") return fmt::format("apt-get install lld-{}", rust.llvm_major);
  if (linker == "bfd" || linker == "gold") return "apt-get install binutils";
  return linker == "mold" ? "apt-get install mold" : "";
}

}  // namespace pgo_orch::toolchains
