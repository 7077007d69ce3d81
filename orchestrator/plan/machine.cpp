#include "orchestrator/plan/machine.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>
#include <sstream>

#include "toolchains/process_runner.h"

namespace pgo_orch::orchestrator {

using namespace toolchains;

namespace {

/// The value for a key, made at the first time it is asked for.
template <class Map, class Make>
const auto& remembered(Map& map, const std::string& key, const Make& make) {
  const auto found = map.find(key);
  return found != map.end() ? found->second : map.emplace(key, make()).first->second;
}

std::string key_of(const Rustc& rust, const std::string& rest) {
  return rust.rustc.string() + '\n' + rest;
}

std::string key_of(const LinkRequest& request) {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.target, request.linker, request.driver,
                     request.crt_static, request.relocation_model, fmt::join(request.flags, "\n"));
}

}  // namespace

Machine::Machine(Runner& runner, std::filesystem::path cwd, std::filesystem::path tools)
    : runner_(runner), cwd_(std::move(cwd)), tools_(std::move(tools)) {}

const Probe<Rustc>& Machine::rust(const std::string& toolchain) {
  return remembered(rusts_, toolchain, [&] { return find_rust(runner_, toolchain, cwd_); });
}

const Probe<Tool>& Machine::llvm_tool(const Rustc& rust, const std::string& name) {
  return remembered(llvm_tools_, key_of(rust, name),
                    [&] { return find_llvm_tool(runner_, name, rust.llvm_major, rust); });
}

const Probe<LinkerFound>& Machine::linker(const Rustc& rust, const LinkRequest& request) {
  return remembered(linkers_, key_of(rust, key_of(request)),
                    [&] { return probe_link(runner_, rust, request, tools_); });
}

std::string Needs::key() const {
  const auto text = [](const std::optional<LinkRequest>& request) {
    return request ? key_of(*request) : std::string();
  };
  return fmt::format("{}\n{}\n{}\n{}\n{} {} {} {}", toolchain, target, text(link), text(other_orders),
                     native_cpu, profile, instrument, clang);
}

Found Machine::find(const Needs& needs) {
  Found found;
  found.rust = rust(needs.toolchain);
  if (!found.rust) return found;
  const Rustc& rust = *found.rust;
  const std::string& target = needs.target;
  found.target =
      remembered(answers_, key_of(rust, "target " + target), [&] { return target_installed(rust, target); });
  if (!found.target) return found;
  if (needs.link) {
    found.linker = linker(rust, *needs.link);
    if (!found.linker) return found;
  }
  if (needs.other_orders) found.lld = linker(rust, *needs.other_orders);
  if (needs.native_cpu)
    found.native_cpu = remembered(cpus_, key_of(rust, ""), [&] { return native_cpu(runner_, rust); });
  if (needs.profile) {
    found.profdata = llvm_tool(rust, "llvm-profdata");
    if (!found.profdata) return found;
    if (needs.instrument)
      found.profiler_runtime = remembered(answers_, key_of(rust, "profiler " + target),
                                          [&] { return has_profiler_runtime(runner_, rust, target); });
  }
  if (needs.clang) {
    found.clang = llvm_tool(rust, "clang");
    if (found.clang)
      found.clang_profiles = remembered(answers_, "clang " + found.clang->path.string(),
                                        [&] { return clang_has_profiles(runner_, *found.clang); });
  }
  found.cfgs = remembered(cfgs_, key_of(rust, target), [&] { return cfg_set(runner_, rust, target); });
  return found;
}

const std::string& Machine::clang_major(const std::string& command) {
  return remembered(clangs_, command, [&] {
    std::istringstream words(command);
    Command ask{.argv = {std::istream_iterator<std::string>(words), {}}, .cwd = cwd_};
    if (ask.argv.empty()) return std::string();
    ask.argv.emplace_back("--version");
    const std::string said = ask_tool(runner_, ask).out, before = "clang version ";
    const auto at = said.find(before);
    if (at == std::string::npos) return std::string();
    const auto begin = at + before.size();
    return said.substr(begin, said.find_first_not_of("0123456789", begin) - begin);
  });
}

}  // namespace pgo_orch::orchestrator
