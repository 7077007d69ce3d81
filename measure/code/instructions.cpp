#include "measure/code/instructions.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "measure/lines.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/profilers.h"
#include "toolchains/search_path.h"

namespace pgo_orch::measure {

namespace fs = std::filesystem;
using toolchains::Command;

namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failed == std::errc() && end != text.data() ? std::optional(number) : std::nullopt;
}

Command with_perf(const fs::path& perf, const Command& program, const fs::path& file) {
  Command command = program;
  command.argv = {perf.string(), "stat", "-x,", "-e", "instructions:u", "-o", file.string(), "--"};
  command.argv.insert(command.argv.end(), program.argv.begin(), program.argv.end());
  return command;
}

/// A '%' in the folder's name would be expanded.
std::string literal(const fs::path& folder) {
  std::string text;
  for (const char c : folder.string()) text += c == '%' ? "%%" : std::string(1, c);
  return text;
}

Command with_callgrind(const fs::path& valgrind, const Command& program, const fs::path& folder) {
  Command command = program;
  command.argv = {valgrind.string(),
                  "-q",
                  "--tool=callgrind",
                  "--trace-children=yes",
                  fmt::format("--callgrind-out-file={}/callgrind.%p", literal(folder)),
                  "--"};
  command.argv.insert(command.argv.end(), program.argv.begin(), program.argv.end());
  constexpr int slower = 100;
  command.timeout *= slower;
  return command;
}

std::uint64_t sum_of_files(const fs::path& folder) {
  std::uint64_t sum = 0;
  bool any = false;
  for (const auto& entry : fs::directory_iterator(folder)) {
    sum += callgrind_total(toolchains::read_file(entry.path()));
    any = true;
  }
  if (!any) throw Error("valgrind left no count");
  return sum;
}

}  // namespace

toolchains::Probe<InstructionCounter> find_instruction_counter(toolchains::Runner& runner) {
  InstructionCounter counter;
  if (const auto perf = toolchains::find_executable("perf")) {
    const toolchains::TempDir folder("counting");
    const fs::path file = folder.path() / "count";
    const auto outcome = runner.run(with_perf(*perf, {.argv = {"true"}}, file));
    std::error_code missing;
    if (outcome.ok() && fs::exists(file, missing) && perf_count(toolchains::read_file(file))) {
      counter.perf = *perf;
      return counter;
    }
  }
  const auto valgrind = toolchains::find_valgrind(runner);
  if (!valgrind)
    return toolchains::Missing{
        "nothing that counts instructions: the processor's counters cannot be read by "
        "perf here, and valgrind was not found",
        "apt-get install valgrind"};
  counter.valgrind = valgrind->path;
  return counter;
}

std::uint64_t count_instructions(const InstructionCounter& counter, const Command& command,
                                 const toolchains::ExitCodes& expected, const fs::path& scratch,
                                 toolchains::Runner& runner) {
  const toolchains::TempDir folder("counting", scratch);
  const fs::path file = folder.path() / "count";
  const auto outcome =
      runner.run(counter.perf.empty() ? with_callgrind(counter.valgrind, command, folder.path())
                                      : with_perf(counter.perf, command, file));
  if (outcome.end == toolchains::End::interrupted) throw Error("interrupted", Exit::interrupted);
  if (outcome.end != toolchains::End::exited || !expected.contain(outcome.exit_code))
    throw Error(fmt::format("{} while {} counted its instructions", describe(outcome), counter.name()),
                Exit::failed);
  if (counter.perf.empty()) return sum_of_files(folder.path());
  const auto count = perf_count(toolchains::read_file(file));
  if (!count) throw Error("perf left no count of instructions", Exit::failed);
  return *count;
}

std::uint64_t callgrind_total(std::string_view text) {
  for (const auto line : each_line(text))
    for (const std::string_view key : {"summary: ", "totals: "})
      if (line.starts_with(key))
        if (const auto number = number_in(line.substr(key.size()))) return *number;
  throw Error("a file of callgrind has no total");
}

std::optional<std::uint64_t> perf_count(std::string_view text) {
  for (const auto line : each_line(text))
    if (line.find("instructions") != std::string_view::npos) return number_in(line);
  return std::nullopt;
}

}  // namespace pgo_orch::measure
