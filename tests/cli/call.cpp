#include "call.h"

#include <algorithm>
#include <sstream>

namespace pgo_orch::cli {

namespace {

Call parse_call(const std::string& record) {
  Call call;
  for (const auto& field : split(record, '\x1d')) {
    const auto value = field.substr(std::min(field.size(), field.find('=') + 1));
    if (field.starts_with("cwd="))
      call.cwd = value;
    else if (field.starts_with("arg="))
      call.args.push_back(value);
    else if (field.starts_with("env="))
      call.env[value.substr(0, value.find('='))] = value.substr(value.find('=') + 1);
    else
      call.tool = field;
  }
  return call;
}

}  // namespace

Words split(const std::string& text, char separator) {
  Words parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

bool Call::has(const std::string& argument) const {
  return std::ranges::find(args, argument) != args.end();
}

std::string Call::behind(const std::string& option) const {
  const auto found = std::ranges::find(args, option);
  return found == args.end() || found + 1 == args.end() ? "" : *(found + 1);
}

std::optional<std::string> Call::variable(const std::string& name) const {
  const auto found = env.find(name);
  return found == env.end() ? std::nullopt : std::optional(found->second);
}

std::string Call::flags() const {
  std::string text = variable("CARGO_ENCODED_RUSTFLAGS").value_or("(not set)");
  std::ranges::replace(text, '\x1f', ' ');
  return text;
}

std::vector<Call> calls_in(const std::string& log) {
  std::vector<Call> calls;
  for (const auto& record : split(log, '\x1e')) calls.push_back(parse_call(record));
  return calls;
}

}  // namespace pgo_orch::cli
