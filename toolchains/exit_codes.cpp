#include "toolchains/exit_codes.h"

#include <algorithm>
#include <cstddef>

namespace pgo_orch::toolchains {

bool ExitCodes::contain(int code) const {
  return std::ranges::find(codes_, code) != codes_.end();
}

std::string ExitCodes::text() const {
  std::string text;
  for (std::size_t i = 0; i < codes_.size(); ++i)
    text += (i == 0 ? "" : i + 1 == codes_.size() ? " or " : ", ") + std::to_string(codes_[i]);
  return text;
}

}  // namespace pgo_orch::toolchains
