#include "measure/code/allocations.h"

#include <fmt/format.h>

#include <algorithm>

#include "measure/code/allocating_functions.h"
#include "toolchains/elf.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"

namespace pgo_orch::measure {

namespace fs = std::filesystem;
using toolchains::Missing;

namespace {

/// Of the processes' files, those that could be read.
std::vector<AllocatingProcess> read_processes(AllocationMethod method, const fs::path& folder) {
  std::vector<AllocatingProcess> processes;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().stem() != "log") continue;
    const std::string log = toolchains::read_file(entry.path());
    const fs::path calls = folder / ("calls" + entry.path().extension().string());
    const bool replaced = method == AllocationMethod::replaced_malloc;
    if (!replaced && !fs::exists(calls)) continue;
    if (auto process = replaced ? parse_memcheck(log) : parse_callgrind(log, toolchains::read_file(calls)))
      processes.push_back(std::move(*process));
  }
  return processes;
}

/// Valgrind 3.19 knows no AVX-512 and ends the program, by SIGILL, at the first instruction of it.
bool met_unknown_instruction(const fs::path& folder) {
  return std::ranges::any_of(fs::directory_iterator(folder), [](const auto& entry) {
    return toolchains::read_file(entry.path()).find("unhandled instruction") != std::string::npos;
  });
}

/// "prog" of "./dir/prog 10"; blanks in the program's path are escaped.
std::string program_of(std::string_view command) {
  std::string program;
  for (std::size_t i = 0; i < command.size() && command[i] != ' '; ++i) {
    if (command[i] == '\\' && i + 1 < command.size()) ++i;
    program += command[i];
  }
  return fs::path(program).filename();
}

}  // namespace

std::string_view name_of(AllocationMethod method) {
  return method == AllocationMethod::replaced_malloc ? "memcheck" : "callgrind";
}

toolchains::Probe<AllocationMethod> allocation_method(const std::string& interpreter,
                                                      const std::vector<std::string>& functions) {
  if (contains(functions, "runtime.mallocgc"))
    return Missing{"not counted: no malloc in it, Go's runtime allocates by itself", ""};
  if (std::ranges::any_of(functions, is_own_allocator)) return AllocationMethod::counted_calls;
  if (!interpreter.empty()) return AllocationMethod::replaced_malloc;
  if (functions.empty())
    return Missing{"not counted: the program is static and has no symbols to count calls by", ""};
  if (!contains(functions, "malloc") && !contains(functions, "__libc_malloc"))
    return Missing{"not counted: no malloc in it", ""};
  return AllocationMethod::counted_calls;
}

toolchains::Command allocation_command(const fs::path& valgrind, AllocationMethod method,
                                       const toolchains::Command& run, const fs::path& folder) {
  toolchains::Command command = run;
  // No ~/.valgrindrc, no VALGRIND_OPTS.
  command.argv = {valgrind.string(), "--command-line-only=yes", "--trace-children=yes"};
  const std::vector<std::string> options =
      method == AllocationMethod::replaced_malloc
          ? std::vector<std::string>{"--tool=memcheck",         "--leak-check=no",  "--undef-value-errors=no",
                                     "--keep-stacktraces=none", "--freelist-vol=0", "--run-libc-freeres=no",
                                     "--error-limit=no"}
          : std::vector<std::string>{"--tool=callgrind", "--compress-strings=no",
                                     "--callgrind-out-file=" + (folder / "calls.%p").string()};
  command.argv.insert(command.argv.end(), options.begin(), options.end());
  command.argv.push_back("--log-file=" + (folder / "log.%p").string());
  command.argv.insert(command.argv.end(), run.argv.begin(), run.argv.end());
  return command;
}

std::optional<Allocations> sum_allocations(const std::vector<AllocatingProcess>& processes,
                                           const std::string& program) {
  std::optional<Allocations> sum;
  const auto is_fork = [&](const AllocatingProcess& process) {
    return std::ranges::any_of(processes, [&](const AllocatingProcess& other) {
      return other.pid == process.parent && other.command == process.command;
    });
  };
  int forks = 0;
  for (const AllocatingProcess& process : processes) {
    if (program_of(process.command) != program) continue;
    if (is_fork(process)) {  // its counts began with its parent's
      ++forks;
    } else if (!sum) {
      sum = process.counts;
    } else {
      ++sum->processes;
      sum->count += process.counts.count;
      if (sum->frees) *sum->frees += process.counts.frees.value_or(0);
      if (sum->bytes) sum->bytes->count += process.counts.bytes.value_or(Bytes{}).count;
      for (const auto& [name, calls] : process.counts.calls) sum->calls[name] += calls;
    }
  }
  if (sum) sum->forks = forks;
  return sum;
}

AllocationResult count_allocations(toolchains::Runner& runner, const fs::path& valgrind,
                                   const fs::path& executable, const toolchains::Command& run) {
  const auto functions = toolchains::function_symbols(executable);
  const auto method = allocation_method(toolchains::elf_info(executable).interpreter, functions);
  if (!method) return {.reason = describe(method.missing())};
  const toolchains::TempDir folder("allocations");
  const auto outcome = runner.run(allocation_command(valgrind, *method, run, folder.path()));
  if (met_unknown_instruction(folder.path()))
    return {.reason = "not counted: valgrind does not know an instruction of the program (such as AVX-512)"};
  if (outcome.end != toolchains::End::exited)
    return {.reason = fmt::format("not counted: under valgrind, {}", describe(outcome))};
  AllocationResult result{
      .counts = sum_allocations(read_processes(*method, folder.path()), executable.filename().string())};
  result.exit_code = outcome.exit_code;
  if (!result.counts)
    result.reason = fmt::format("not counted: valgrind saw no process of {} end ({})",
                                executable.filename().string(), describe(outcome));
  return result;
}

}  // namespace pgo_orch::measure
