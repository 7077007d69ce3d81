#include "toolchains/clock.h"

#include <fmt/chrono.h>

#include <time.h>

#include <chrono>

namespace pgo_orch::toolchains {

std::string timestamp(std::optional<std::int64_t> seconds) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto time = seconds ? static_cast<std::time_t>(*seconds) : std::chrono::system_clock::to_time_t(now);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

std::optional<std::int64_t> seconds_of(const std::string& timestamp) {
  std::tm time{};
  const char* end = ::strptime(timestamp.c_str(), "%Y-%m-%dT%H:%M:%SZ", &time);
  if (!end || *end != '\0') return std::nullopt;
  return ::timegm(&time);
}

}  // namespace pgo_orch::toolchains
