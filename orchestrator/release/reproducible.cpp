#include "orchestrator/release/reproducible.h"

#include <elf.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "measure/helpers.h"
#include "pgo/symbol.h"
#include "report/text.h"
#include "toolchains/elf.h"
#include "toolchains/elf_file.h"
#include "toolchains/elf_parts.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/search_path.h"
#include "toolchains/text.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

void set_variable(const std::string& name, const std::optional<std::string>& value) {
  if (value)
    ::setenv(name.c_str(), value->c_str(), 1);
  else
    ::unsetenv(name.c_str());
}

fs::path home_folder() {
  return toolchains::variable("HOME").value_or("/root");
}

/// LD_PRELOAD with the clock in front of what is there. A link to it, for the list is split at spaces.
std::string with_other_date(const fs::path& folder) {
  constexpr const char* name = "pgo-orch-clock.so";
  fs::create_symlink(measure::find_helper(fs::read_symlink("/proc/self/exe"), name), folder / name);
  const auto before = toolchains::variable("LD_PRELOAD").value_or("");
  return (folder / name).string() + (before.empty() ? "" : ":" + before);
}

}  // namespace

std::string few_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 3, width = 80;  // names of generic functions fill pages
  std::vector<std::string> first;
  for (const auto& name : names)
    if (first.size() < most) first.push_back(report::clip(name, width));
  const std::string more = names.size() > most ? fmt::format(" and {} more", names.size() - most) : "";
  return fmt::format("{}{}", fmt::join(first, ", "), more);
}

namespace {

/// The functions whose code differs, by name; those that only one has are there, too.
std::vector<std::string> functions_with_other_code(const fs::path& one, const fs::path& other) {
  const auto digests = [](const fs::path& path) {
    const toolchains::ElfFile file(path);
    const auto segments = file.segments();
    std::map<std::string, std::set<std::string>> found;
    for (const auto& function : toolchains::functions_of(path))
      for (const auto& segment : segments)
        if (segment.p_type == PT_LOAD && function.address >= segment.p_vaddr &&
            function.address + function.size.count <= segment.p_vaddr + segment.p_filesz)
          found[function.name].insert(toolchains::sha256(
              file.bytes(segment.p_offset + function.address - segment.p_vaddr, function.size.count)));
    return found;
  };
  const auto a = digests(one), b = digests(other);
  std::vector<std::string> names;
  for (const auto& [name, digest] : a)
    if (const auto found = b.find(name); found == b.end() || found->second != digest)
      names.push_back(pgo::readable_name(name));
  for (const auto& [name, digest] : b)
    if (!a.contains(name)) names.push_back(pgo::readable_name(name));
  return names;
}

/// The text around a byte: what can be printed beside it, a few words at most.
std::string text_around(std::string_view bytes, std::size_t at) {
  constexpr std::size_t before = 16, behind = 32;
  const auto is_text = [&](std::size_t i) { return bytes[i] >= ' ' && bytes[i] <= '~'; };
  std::size_t begin = at, end = at;
  while (begin > 0 && at - begin < before && is_text(begin - 1)) --begin;
  while (end < bytes.size() && end - at < behind && is_text(end)) ++end;
  return end == at ? "" : std::string(bytes.substr(begin, end - begin));
}

/// Both versions of the first text that differs, such as a date; "" if the first difference is not text.
std::string text_that_differs(const fs::path& one, const fs::path& other) {
  const toolchains::ElfFile a(one), b(other);
  const auto sections_of_b = b.sections();
  for (const auto& section : a.sections()) {
    const auto same = std::ranges::find(sections_of_b, section.name, &toolchains::ElfSection::name);
    if (same == sections_of_b.end() || section.header.sh_type != SHT_PROGBITS ||
        !(section.header.sh_flags & SHF_ALLOC) || section.header.sh_flags & SHF_EXECINSTR)
      continue;
    const auto bytes = a.content(section), others = b.content(*same);
    const auto at = static_cast<std::size_t>(std::ranges::mismatch(bytes, others).in1 - bytes.begin());
    if (at == bytes.size() || at == others.size()) continue;
    const auto text = text_around(bytes, at), became = text_around(others, at);
    if (!text.empty() && !became.empty()) return fmt::format("'{}' became '{}'", text, became);
  }
  return "";
}

/// What is shown of each function, below its name: "  NAME:" and lines that are indented more. Local
/// functions of one name are one.
std::map<std::string, std::string> records_in(std::string_view shown) {
  std::map<std::string, std::string> records;
  std::string* record = nullptr;
  for (const auto& line : toolchains::lines_of(shown)) {
    const bool is_indented = line.starts_with(' ') || line.starts_with('\t');
    if (!is_indented && !records.empty()) break;  // totals, with tables of their own
    if (line.starts_with("  ") && line.ends_with(':') && line.find_first_not_of(' ') == 2)
      record = &records[line.substr(2, line.size() - 3)];
    else if (record)
      *record += line + "\n";
  }
  return records;
}

}  // namespace

fs::path cargo_home() {
  const auto own = toolchains::variable("CARGO_HOME").value_or("");
  return own.empty() ? home_folder() / ".cargo" : fs::path(own);
}

Variant with_folders_remapped(Variant variant, const FolderNames& folders) {
  std::string c_flags;
  for (const auto& [folder, name] : folders) {
    variant.settings.rustflags.push_back(fmt::format("--remap-path-prefix={}={}", folder.string(), name));
    if (folder.string().find(' ') == std::string::npos)
      c_flags += fmt::format(" -ffile-prefix-map={}={}", folder.string(), name);
  }
  for (const char* variable : {"CFLAGS", "CXXFLAGS"}) {
    const auto own = variant.settings.env.find(variable);
    const auto before =
        own != variant.settings.env.end() ? own->second : toolchains::variable(variable).value_or("");
    variant.settings.env[variable] = (before.empty() ? c_flags.substr(1) : before + c_flags);
  }
  return variant;
}

OtherWorld::OtherWorld(const fs::path& folder) {
  const fs::path home = folder / "home";
  toolchains::make_folders(home);
  const auto rustup = toolchains::variable("RUSTUP_HOME");
  const toolchains::EnvironmentChanges changes{
      {"CARGO_HOME", cargo_home().string()},
      {"RUSTUP_HOME", rustup ? *rustup : (home_folder() / ".rustup").string()},
      {"HOME", home.string()},
      {"LD_PRELOAD", with_other_date(folder)},
      {"TZ", "Pacific/Chatham"},
      {"LC_ALL", "C.UTF-8"},
      {"LANG", "tr_TR.UTF-8"}};
  for (const auto& [name, value] : changes) {
    before_[name] = toolchains::variable(name);
    set_variable(name, value);
  }
  umask_ = ::umask(027);
}

OtherWorld::~OtherWorld() {
  for (const auto& [name, value] : before_) set_variable(name, value);
  ::umask(umask_);
}

const char* OtherWorld::what_differs() {
  return "another folder of the sources and of the build, another HOME, umask, time zone, locale, date and "
         "number of jobs";
}

std::string difference_of(const fs::path& one, const fs::path& other) {
  if (toolchains::sha256_of_file(one) == toolchains::sha256_of_file(other)) return "";
  if (!toolchains::is_elf(one) || !toolchains::is_elf(other)) {
    const auto bytes = toolchains::read_file(one), others = toolchains::read_file(other);
    return fmt::format("differs from byte {} on", std::ranges::mismatch(bytes, others).in1 - bytes.begin());
  }
  const auto a = toolchains::elf_parts(one), b = toolchains::elf_parts(other);
  std::vector<std::string> sections;
  for (const auto& [name, digest] : a.sections)
    if (const auto found = b.sections.find(name); found == b.sections.end() || found->second != digest)
      sections.push_back(name);
  for (const auto& [name, digest] : b.sections)
    if (!a.sections.contains(name)) sections.push_back(name);
  std::string text = sections.empty() ? "its headers differ" : "sections " + few_of(sections) + " differ";
  if (const auto names = functions_with_other_code(one, other); !names.empty())
    text += "; so does the code of " + few_of(names);
  if (const auto texts = text_that_differs(one, other); !texts.empty()) text += "; " + texts;
  return text;
}

std::vector<std::string> functions_that_differ(std::string_view one, std::string_view other) {
  const auto a = records_in(one), b = records_in(other);
  std::vector<std::string> names;
  for (const auto& [function, record] : a)
    if (const auto found = b.find(function); found == b.end() || found->second != record)
      names.push_back(pgo::readable_name(function));
  for (const auto& [function, record] : b)
    if (!a.contains(function)) names.push_back(pgo::readable_name(function));
  return names;
}

}  // namespace pgo_orch::orchestrator
