#include "measure/stacks/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ranges>
#include <unordered_map>

#include "measure/lines.h"
#include "toolchains/error.h"

namespace pgo_orch::measure {

namespace {

std::vector<std::string_view> words_of(std::string_view text, char separator) {
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(separator, begin), text.size());
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

bool is_number(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "[fib]" of the command "./fib 35".
std::string process_of(std::string_view command) {
  const auto words = words_of(command, ' ');
  if (words.empty()) return "[unknown]";
  return fmt::format("[{}]", words.front().substr(words.front().rfind('/') + 1));
}

class FileReader {
 public:
  void line(std::string_view line) {
    ++number_;
    if (line.empty() || line.front() == '#') return;
    if (line.find_first_of("0123456789+-*") == 0) return cost(line);
    const auto mark = line.find_first_of("=:");
    if (mark == std::string_view::npos) refuse(line);
    const auto key = line.substr(0, mark);
    const auto value = line.substr(std::min(line.find_first_not_of(' ', mark + 1), line.size()));
    if (line[mark] == ':') return header(key, value);
    if (key == "fn") function_ = stack(value);
    // A callee's name may be defined here, and used as "fn=(7)" later.
    if (key == "cfn") stack(value);
    if (key == "calls") is_call_ = true;
  }

  Stacks finish() {
    if (!has_events_) throw Error("not a callgrind file: it has no events");
    return std::move(stacks_);
  }

 private:
  [[noreturn]] void refuse(std::string_view line) const {
    throw Error(fmt::format("line {} of a callgrind file is not understood: {}", number_, line));
  }

  void header(std::string_view key, std::string_view value) {
    if (key == "cmd") process_ = process_of(value);
    if (key == "positions") positions_ = words_of(value, ' ').size();
    if (key != "events") return;
    const auto events = words_of(value, ' ');
    if (events.empty()) return;
    has_events_ = true;
    const auto instructions = std::ranges::find(events, "Ir");
    event_ = instructions == events.end() ? 0 : static_cast<std::size_t>(instructions - events.begin());
    stacks_.unit = instructions == events.end() ? std::string(events.front()) : "instructions";
  }

  /// POSITION... COUNT...; counts at the end that are zero are left out.
  void cost(std::string_view line) {
    // The cost of a call is counted in the called function.
    if (std::exchange(is_call_, false)) return;
    const auto words = words_of(line, ' ');
    if (words.size() <= positions_ + event_) return;
    const auto word = words[positions_ + event_];
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), count);
    if (error != std::errc() || end != word.data() + word.size() || function_.empty()) refuse(line);
    if (count > 0) stacks_.counts[function_] += count;
  }

  /// "(7) leaf'work'main" defines 7, "(7)" uses it.
  std::string stack(std::string_view value) {
    if (!value.starts_with('(')) return folded(value);
    const auto end = value.find(')');
    if (end == std::string_view::npos || !is_number(value.substr(1, end - 1))) return folded(value);
    const std::string id(value.substr(1, end - 1));
    const auto name_at = value.find_first_not_of(' ', end + 1);
    if (name_at != std::string_view::npos) return names_[id] = folded(value.substr(name_at));
    const auto known = names_.find(id);
    if (known == names_.end()) refuse(value);
    return known->second;
  }

  /// Innermost first in the file. A number after a function is the depth of its recursion.
  std::string folded(std::string_view context) {
    auto frames = words_of(context, '\'');
    std::erase_if(frames, is_number);
    std::string stack = process_;
    for (const auto& frame : std::views::reverse(frames)) {
      const bool unknown = frame == "???" || frame.starts_with("0x");
      stack += ";" + (unknown ? "[unknown]" : frame_of(std::string(frame)));
    }
    return stack;
  }

  std::size_t number_ = 0;
  std::size_t positions_ = 1;
  std::size_t event_ = 0;
  bool has_events_ = false;
  bool is_call_ = false;
  std::string process_ = "[unknown]";
  std::string function_;
  std::unordered_map<std::string, std::string> names_;
  Stacks stacks_{.counts = {}, .unit = "instructions", .source = "callgrind"};
};

}  // namespace

toolchains::Command callgrind_command(const toolchains::Program& valgrind, const toolchains::Command& program,
                                      const std::filesystem::path& folder) {
  toolchains::Command command = program;
  // A '%' in the folder's name would be expanded.
  std::string file = folder.string();
  for (auto at = file.find('%'); at != std::string::npos; at = file.find('%', at + 2)) file.insert(at, "%");
  command.argv = {valgrind.path.string(),
                  "-q",
                  "--tool=callgrind",
                  "--trace-children=yes",
                  "--demangle=no",
                  fmt::format("--separate-callers={}", callgrind_callers),
                  fmt::format("--callgrind-out-file={}/callgrind.%p", file),
                  "--"};
  command.argv.insert(command.argv.end(), program.argv.begin(), program.argv.end());
  return command;
}

Stacks parse_callgrind(std::string_view text) {
  FileReader reader;
  for (const auto line : each_line(text)) reader.line(line);
  return reader.finish();
}

}  // namespace pgo_orch::measure
