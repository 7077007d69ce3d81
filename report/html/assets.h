#pragma once
// The files that a page is made of, embedded when pgo-orch is built (cmake/embed.cmake): scripts, the style
// sheet, licences. ")embedded" followed by a quotation mark must not occur in them.

#include <span>
#include <string_view>

namespace pgo_orch::report {

struct Asset {
  std::string_view name;  ///< of the file, without its folder
  std::string_view text;
};

std::span<const Asset> assets();

}  // namespace pgo_orch::report
