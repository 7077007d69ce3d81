// What the processor's instructions say of main; apart from the tracer's own file, which lives in the helper.

#include <cstring>

#include "toolchains/landmarks.h"

namespace pgo_orch::toolchains {
namespace {

/// glibc's sysdeps/x86_64/start.S: 13 instructions, of which the call is the last but one.
constexpr std::size_t start_bytes = 64;
constexpr std::size_t load_bytes = 7;  ///< REX.W, opcode, ModRM, four bytes

/// The instruction that follows the load is the call of __libc_start_main.
bool is_call(std::string_view code) {
  return code.starts_with("\xe8") || code.starts_with("\x67\xe8") || code.starts_with("\xff\x15");
}

}  // namespace

std::optional<LoadedMain> main_loaded_by_start_x86_64(std::string_view code, std::uint64_t address) {
  code = code.substr(0, start_bytes);
  for (std::size_t at = 0; at + load_bytes < code.size(); ++at) {
    const std::string_view load = code.substr(at);
    if (!is_call(load.substr(load_bytes))) continue;
    std::int32_t number = 0;
    std::memcpy(&number, &load[3], sizeof number);
    const auto relative = address + at + load_bytes + static_cast<std::uint64_t>(std::int64_t{number});
    if (load.starts_with("\x48\x8d\x3d")) return LoadedMain{.address = relative};
    if (load.starts_with("\x48\x8b\x3d")) return LoadedMain{.address = relative, .is_slot = true};
    if (load.starts_with("\x48\xc7\xc7"))
      return LoadedMain{.address = static_cast<std::uint64_t>(std::int64_t{number})};
  }
  return std::nullopt;
}

}  // namespace pgo_orch::toolchains
