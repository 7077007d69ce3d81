#include "measure/shim/program/environment.h"

#include <stdlib.h>
#include <unistd.h>

namespace pgo_orch::shim {
namespace {

constexpr std::size_t max_changes = 8;  // reserved, so that pointers into the strings stay

}  // namespace

Environment::Environment() {
  own_.reserve(max_changes);
  for (char** entry = environ; *entry != nullptr; ++entry) entries_.push_back(*entry);
}

void Environment::set(std::string_view name, std::string_view value) {
  own_.push_back(std::string(name) + "=" + std::string(value));
  std::erase_if(entries_, [&](const char* entry) {
    const std::string_view text = entry;
    return text.size() > name.size() && text[name.size()] == '=' && text.starts_with(name);
  });
}

char* const* Environment::pointers() {
  for (auto& entry : own_) entries_.push_back(entry.data());
  entries_.push_back(nullptr);
  return entries_.data();
}

bool is_on(const char* name) {
  return variable(name) == "1";
}

std::string_view variable(const char* name) {
  const char* value = getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace pgo_orch::shim
