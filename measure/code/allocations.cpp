#include "measure/code/allocations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <string>

#include "measure/lines.h"
#include "toolchains/elf.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"
#include "toolchains/text.h"

namespace pgo_orch::measure {

namespace fs = std::filesystem;
using toolchains::Missing;

namespace {

constexpr std::array allocating{"malloc",         "calloc",         "realloc",        "reallocarray",
                                "memalign",       "aligned_alloc",  "valloc",         "pvalloc",
                                "posix_memalign", "mallocx",        "rallocx",        "zalloc",
                                "malloc_aligned", "zalloc_aligned", "realloc_aligned"};

/// Of allocators that Rust programs link under names of their own: tikv-jemallocator's and mimalloc's.
constexpr std::array own_prefixes{"_rjem_", "mi_"};

/// snmalloc's functions for Rust.
constexpr std::array own_names{"sn_rust_alloc", "sn_rust_alloc_zeroed", "sn_rust_realloc"};

bool cut_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool contains(const auto& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// The name of an allocating function as libc has it: "malloc" of "malloc", "__libc_malloc",
/// "_rjem_malloc" (tikv-jemallocator); "malloc_aligned" of "mi_malloc_aligned" (mimalloc); "sn_rust_alloc"
/// (snmalloc). "" of others.
std::string allocating_name(std::string_view function) {
  function = function.substr(0, function.find('\''));  // callgrind calls the second level of a recursion f'2
  if (contains(own_names, function)) return std::string(function);
  if (!cut_prefix(function, "__libc_"))
    for (const char* prefix : own_prefixes)
      if (cut_prefix(function, prefix)) break;
  return contains(allocating, function) ? std::string(function) : "";
}

/// Whether the function belongs to an allocator that a program links under its own names, instead of malloc.
bool is_own_allocator(std::string_view function) {
  const bool prefixed =
      std::ranges::any_of(own_prefixes, [&](const char* prefix) { return function.starts_with(prefix); });
  return contains(own_names, function) || (prefixed && !allocating_name(function).empty());
}

/// 1234 of "1,234 allocs"; digits may be grouped.
std::optional<std::uint64_t> number(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c == ',') continue;
    if (c < '0' || c > '9') break;
    digits += c;
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc{}) return std::nullopt;
  return value;
}

/// The number before a word: 1234 for " allocs" in "heap usage: 1,234 allocs, ...".
std::optional<std::uint64_t> number_before(std::string_view text, std::string_view word) {
  const auto end = text.find(word);
  if (end == std::string_view::npos) return std::nullopt;
  const auto blank = text.rfind(' ', end == 0 ? 0 : end - 1);
  return number(text.substr(blank == std::string_view::npos ? 0 : blank + 1));
}

/// The text of "==123== text"; "" of lines of another form.
std::string said(const std::string& line) {
  const auto mark = line.find("== ");
  return line.starts_with("==") && mark != std::string::npos
             ? std::string(toolchains::trimmed(std::string_view(line).substr(mark + 3)))
             : "";
}

/// The beginning of every tool's log.
AllocatingProcess parse_header(const std::vector<std::string>& log) {
  constexpr std::string_view command = "Command: ", parent = "Parent PID: ";
  AllocatingProcess process;
  for (const std::string& line : log) {
    const std::string text = said(line);
    if (text.starts_with(command)) {
      process.command = text.substr(command.size());
      process.pid = static_cast<long>(number(std::string_view(line).substr(2)).value_or(0));
    }
    if (text.starts_with(parent))
      process.parent = static_cast<long>(number(text.substr(parent.size())).value_or(0));
  }
  return process;
}

/// The processes whose files can be read.
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

/// Valgrind 3.19 does not know AVX-512: it ends the program with SIGILL at the first such instruction.
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

/// `run` under valgrind, children too; each process leaves a file in `folder`. The program's own output and
/// exit code stay.
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

}  // namespace

std::optional<AllocatingProcess> parse_memcheck(std::string_view log) {
  const auto lines = toolchains::lines_of(log);
  for (const std::string& line : lines) {
    const std::string text = said(line);
    if (!text.starts_with("total heap usage: ")) continue;
    const auto count = number_before(text, " allocs");
    const auto frees = number_before(text, " frees");
    const auto bytes = number_before(text, " bytes allocated");
    if (!count || !frees || !bytes) return std::nullopt;
    AllocatingProcess process = parse_header(lines);
    process.counts = {.count = *count, .frees = frees, .bytes = Bytes{*bytes}};
    return process;
  }
  return std::nullopt;
}

std::optional<AllocatingProcess> parse_callgrind(std::string_view log, std::string_view file) {
  AllocatingProcess process = parse_header(toolchains::lines_of(log));
  process.counts.method = AllocationMethod::counted_calls;
  bool within = false;  // an allocating function's own calls are not the program's
  bool ended = false;
  std::string callee;
  for (const auto line : each_line(file)) {
    if (line.starts_with("totals:")) ended = true;
    if (line.starts_with("fn=")) within = !allocating_name(line.substr(3)).empty();
    if (line.starts_with("cfn=")) callee = allocating_name(line.substr(4));
    if (!line.starts_with("calls=") || within || callee.empty()) continue;
    const auto calls = number(line.substr(6)).value_or(0);
    process.counts.calls[callee] += calls;
    process.counts.count += calls;
  }
  return ended ? std::optional(process) : std::nullopt;
}

std::string_view name_of(AllocationMethod method) {
  return method == AllocationMethod::replaced_malloc ? "memcheck" : "callgrind";
}

toolchains::Probe<AllocationMethod> allocation_method(const std::string& interpreter,
                                                      const std::vector<std::string>& functions) {
  if (contains(functions, "runtime.mallocgc"))
    return Missing{"not counted: Go's runtime does not use malloc", ""};
  if (std::ranges::any_of(functions, is_own_allocator)) return AllocationMethod::counted_calls;
  if (!interpreter.empty()) return AllocationMethod::replaced_malloc;
  if (functions.empty()) return Missing{"not counted: the program is static and has no symbols", ""};
  if (!contains(functions, "malloc") && !contains(functions, "__libc_malloc"))
    return Missing{"not counted: the program does not use malloc", ""};
  return AllocationMethod::counted_calls;
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
    if (is_fork(process)) {  // its counts include its parent's
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
