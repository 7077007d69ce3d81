// pgo-orch: which way of building my program is the best, by how much, and is that real?

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <new>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "orchestrator/commands/command_line.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/interrupt.h"
#include "toolchains/process_runner.h"
#include "toolchains/session.h"

namespace {

using namespace pgo_orch;

/// "pgo.toml:3:1: ..."
bool names_a_place(std::string_view line) {
  const auto is_number = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  line = line.substr(0, line.find(": "));
  for (int number = 0; number < 2; ++number) {
    const auto colon = line.rfind(':');
    if (colon == std::string_view::npos || !is_number(line.substr(colon + 1))) return false;
    line = line.substr(0, colon);
  }
  return !line.empty() && line.front() != ' ';
}

/// A configuration has one line for each of its errors; the lines of any other text belong to the first.
void print_error(const std::string& text) {
  std::istringstream lines(text);
  bool first = true;
  for (std::string line; std::getline(lines, line); first = false)
    std::fputs(fmt::format("{}{}\n", first || names_a_place(line) ? "error: " : "  ", line).c_str(), stderr);
}

/// cargo runs `cargo pgo-orch run` as `cargo-pgo-orch pgo-orch run`.
std::vector<std::string> without_cargos_word(std::vector<std::string> arguments, const char* name) {
  const bool by_cargo = name && std::filesystem::path(name).filename() == "cargo-pgo-orch";
  if (by_cargo && !arguments.empty() && arguments.front() == "pgo-orch") arguments.erase(arguments.begin());
  return arguments;
}

int execute(const std::vector<std::string>& arguments) {
  try {
    if (std::error_code gone; std::filesystem::current_path(gone).empty())
      throw Error("the current folder does not exist any more: change to another one");
    return orchestrator::execute(arguments);
  } catch (const Error& error) {
    // A probe that was interrupted looks like a missing tool; the exit code says the rest.
    print_error(toolchains::interrupted() ? "interrupted" : error.what());
    return static_cast<int>(error.code());
  } catch (const std::filesystem::filesystem_error& error) {
    print_error(toolchains::describe(error));
    return static_cast<int>(Exit::failed);
  } catch (const std::system_error& error) {
    print_error(error.what());
    return static_cast<int>(Exit::failed);
  } catch (const std::bad_alloc&) {
    print_error("out of memory");
    return static_cast<int>(Exit::failed);
  } catch (const std::exception& error) {
    print_error(fmt::format("{} (this is a bug; please report it)", error.what()));
    return static_cast<int>(Exit::failed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  toolchains::settle_in();
  toolchains::install_interrupt_handlers();
  int code = execute(without_cargos_word({argv + 1, argv + argc}, argv[0]));
  if (const int signal = toolchains::interrupted()) code = 128 + signal;
  toolchains::end_all_children();
  if (std::fflush(stdout) != 0) {
    print_error(fmt::format("cannot write to standard output: {}", std::strerror(errno)));
    return static_cast<int>(Exit::failed);
  }
  return code;
}
