#include "orchestrator/store/json_lines.h"

#include <fstream>
#include <sstream>

#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

using nlohmann::json;

namespace {

bool lacks_its_end(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in || in.tellg() <= 0) return false;
  in.seekg(-1, std::ios::end);
  return in.get() != '\n';
}

}  // namespace

void JsonLines::append(const json& object) const {
  const std::string line = object.dump(-1, ' ', false, json::error_handler_t::replace);
  toolchains::append_line(file_, lacks_its_end(file_) ? "\n" + line : line);
}

std::vector<json> JsonLines::read() const {
  std::vector<json> objects;
  if (!exists()) return objects;
  std::istringstream lines(toolchains::read_file(file_));
  for (std::string line; std::getline(lines, line);)
    if (auto object = json::parse(line, nullptr, false); object.is_object())
      objects.push_back(std::move(object));
  return objects;
}

}  // namespace pgo_orch::orchestrator
