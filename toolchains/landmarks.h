#pragma once
// Where a run of an executable passes from one phase to the next, as addresses in its file.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace pgo_orch::toolchains {

struct Landmarks {
  std::uint64_t entry = 0;                 ///< the first instruction of the file's own
  std::optional<std::uint64_t> main;       ///< C's
  std::optional<std::uint64_t> user_main;  ///< the language's; the same as main in C and C++
  std::string main_basis;      ///< how main was found: "symbol", "_start" (what it hands to libc), or ""
  std::string user_main_name;  ///< the symbol, mangled as it is; "" if not known
  std::string why_no_user_main;
  bool is_dynamic = false;    ///< has a dynamic linker
  bool moving_stack = false;  ///< Go's runtime may move the stack of its main.main
  std::string machine;        ///< as ElfInfo's

  bool operator==(const Landmarks&) const = default;
};

/// Tells the symbol of the language's main: mangled names are a matter of those who know the language.
using IsUserMain = std::function<bool(const std::string& symbol)>;

/// Looks into the symbols of the executable, or else of its twin: the same link, not stripped. A twin of
/// other code is not believed, saying so in `why_no_user_main`. Without symbols main is what _start loads for
/// libc (x86-64). Without `is_user_main`, or where main has no mangled namesake, the user's main is main, and
/// in a Go program "main.main".
/// Throws Error if a file is not an ELF file.
Landmarks find_landmarks(const std::filesystem::path& executable,
                         const std::filesystem::path& twin_with_symbols = {},
                         const IsUserMain& is_user_main = {});

/// What glibc's _start hands to __libc_start_main in rdi: `lea disp(%rip),%rdi`, `mov $imm,%rdi`, or
/// `mov disp(%rip),%rdi`, whose address is that of a slot: then `is_slot`. `code` begins at `address`.
struct LoadedMain {
  std::uint64_t address = 0;
  bool is_slot = false;
};
std::optional<LoadedMain> main_loaded_by_start_x86_64(std::string_view code, std::uint64_t address);

}  // namespace pgo_orch::toolchains
