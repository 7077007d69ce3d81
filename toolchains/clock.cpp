#include "toolchains/clock.h"

#include <fmt/chrono.h>

#include <chrono>

namespace pgo_orch::toolchains {

std::string timestamp(std::optional<std::int64_t> seconds) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto time = seconds ? static_cast<std::time_t>(*seconds) : std::chrono::system_clock::to_time_t(now);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

}  // namespace pgo_orch::toolchains
