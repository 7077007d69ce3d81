#include "toolchains/landmarks.h"

#include <fmt/format.h>

#include <cstring>

#include "toolchains/elf.h"
#include "toolchains/elf_file.h"

namespace pgo_orch::toolchains {

namespace {

/// Calls `visit` with name and address of each function defined in the file.
void for_each_function(const ElfFile& file,
                       const std::function<void(const char* name, std::uint64_t address)>& visit) {
  for (const ElfSection& section : file.sections()) {
    if (section.header.sh_type != SHT_SYMTAB && section.header.sh_type != SHT_DYNSYM) continue;
    Elf_Data* data = ::elf_getdata(section.scn, nullptr);
    const auto count = section.header.sh_entsize ? section.header.sh_size / section.header.sh_entsize : 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      GElf_Sym symbol;
      if (!::gelf_getsym(data, static_cast<int>(i), &symbol)) file.fail("broken symbol table");
      if (symbol.st_shndx == SHN_UNDEF || GELF_ST_TYPE(symbol.st_info) != STT_FUNC) continue;
      if (const char* name = file.string(section.header.sh_link, symbol.st_name))
        visit(name, symbol.st_value);
    }
  }
}

struct Found {
  std::optional<std::uint64_t> main;
  std::optional<std::uint64_t> go_main;
  std::optional<std::uint64_t> user_main;
  std::string user_main_name;
  bool is_go = false;
  bool has_symbols = false;
};

Found look_up(const std::filesystem::path& path, const IsUserMain& is_user_main) {
  Found found;
  for_each_function(ElfFile(path), [&](const std::string& name, std::uint64_t address) {
    found.has_symbols = true;
    if (name == "main") found.main = address;
    if (name == "main.main") found.go_main = address;
    if (name.starts_with("runtime.rt0_go")) found.is_go = true;
    if (is_user_main && !found.user_main && is_user_main(name)) {
      found.user_main = address;
      found.user_main_name = name;
    }
  });
  return found;
}

/// The loaded bytes from an address on, to the end of their segment. Empty if they are not code.
std::string_view code_at(const ElfFile& file, std::uint64_t address) {
  for (const GElf_Phdr& segment : file.segments()) {
    if (segment.p_type != PT_LOAD || !(segment.p_flags & PF_X) || address < segment.p_vaddr) continue;
    const std::uint64_t offset = address - segment.p_vaddr;
    if (offset < segment.p_filesz) return file.bytes(segment.p_offset + offset, segment.p_filesz - offset);
  }
  return {};
}

/// What the dynamic linker, or a static-pie's own start, puts into a slot: the relocation's addend.
std::optional<std::uint64_t> relocated_slot(const ElfFile& file, std::uint64_t slot) {
  for (const ElfSection& section : file.sections()) {
    if (section.header.sh_type != SHT_RELA || section.header.sh_entsize == 0) continue;
    Elf_Data* data = ::elf_getdata(section.scn, nullptr);
    const auto count = section.header.sh_size / section.header.sh_entsize;
    for (std::uint64_t i = 0; i < count; ++i) {
      GElf_Rela relocation;
      if (!::gelf_getrela(data, static_cast<int>(i), &relocation)) break;
      if (relocation.r_offset == slot && GELF_R_TYPE(relocation.r_info) == R_X86_64_RELATIVE)
        return static_cast<std::uint64_t>(relocation.r_addend);
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> main_of_start(const std::filesystem::path& path) {
  const ElfFile file(path);
  if (file.header().e_machine != EM_X86_64) return std::nullopt;
  const std::uint64_t entry = file.header().e_entry;
  const auto loaded = main_loaded_by_start_x86_64(code_at(file, entry), entry);
  if (!loaded) return std::nullopt;
  const auto main = loaded->is_slot ? relocated_slot(file, loaded->address) : loaded->address;
  return main && !code_at(file, *main).empty() ? main : std::nullopt;
}

/// The symbols of the executable, or of its twin if that is needed and can be believed.
Found look_up_both(const std::filesystem::path& executable, const std::filesystem::path& twin,
                   const IsUserMain& is_user_main, std::string& why_not) {
  Found found = look_up(executable, is_user_main);
  const bool complete = found.go_main || (found.main && (found.user_main || !is_user_main));
  if (complete || twin.empty()) return found;
  if (code_sha256(executable) == code_sha256(twin)) return look_up(twin, is_user_main);
  why_not = fmt::format("{} does not hold the same code as {}, so its symbols are not used", twin.string(),
                        executable.string());
  return found;
}

void take_main(Landmarks& landmarks, const Found& found, const std::filesystem::path& executable) {
  landmarks.main = found.main;
  if (landmarks.main)
    landmarks.main_basis = "symbol";
  else if (!found.go_main && (landmarks.main = main_of_start(executable)))
    landmarks.main_basis = "_start";
}

void take_user_main(Landmarks& landmarks, const Found& found, bool is_mangled) {
  if (found.is_go && found.go_main) {
    landmarks.user_main = found.go_main;
    landmarks.user_main_name = "main.main";
    landmarks.moving_stack = true;
  } else if (found.user_main) {
    landmarks.user_main = found.user_main;
    landmarks.user_main_name = found.user_main_name;
  } else if (!is_mangled) {
    landmarks.user_main = landmarks.main;
    if (landmarks.main) landmarks.user_main_name = "main";
    if (!landmarks.main)
      landmarks.why_no_user_main = "it has no symbols, and its start code passes no main to libc";
  } else if (landmarks.why_no_user_main.empty()) {
    landmarks.why_no_user_main = found.has_symbols && found.main
                                     ? "it has no function of that name: it was inlined"
                                     : "the executable is stripped";
  }
}

/// glibc's sysdeps/x86_64/start.S: 13 instructions, of which the call is the last but one.
constexpr std::size_t start_bytes = 64;
constexpr std::size_t load_bytes = 7;  ///< REX.W, opcode, ModRM, four bytes

/// The instruction that follows the load is the call of __libc_start_main.
bool is_call(std::string_view code) {
  return code.starts_with("\xe8") || code.starts_with("\x67\xe8") || code.starts_with("\xff\x15");
}

}  // namespace

Landmarks find_landmarks(const std::filesystem::path& executable,
                         const std::filesystem::path& twin_with_symbols, const IsUserMain& is_user_main) {
  const ElfInfo info = elf_info(executable);
  Landmarks landmarks{.entry = info.entry, .is_dynamic = !info.interpreter.empty(), .machine = info.machine};
  const Found found = look_up_both(executable, twin_with_symbols, is_user_main, landmarks.why_no_user_main);
  take_main(landmarks, found, executable);
  take_user_main(landmarks, found, static_cast<bool>(is_user_main));
  if (landmarks.user_main) landmarks.why_no_user_main.clear();
  return landmarks;
}

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
