#include "pgo/cargo_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "profiles/flags.h"
#include "toolchains/command.h"

namespace pgo_orch::pgo {
namespace {

template <class Visit>
void for_each_line(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// Whether a line that is quoted for a shell ends outside of quotes.
bool quotes_closed(std::string_view line) {
  char open = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && open != '\'') {
      ++i;
    } else if (open ? line[i] == open : line[i] == '\'' || line[i] == '"') {
      open = open ? 0 : line[i];
    }
  }
  return open == 0;
}

/// The text between "Running `" and the closing "`" at the end of a line; a quoted word may hold both
/// newlines and backquotes.
std::vector<std::string_view> running_lines(std::string_view log) {
  constexpr std::string_view opening = "     Running `";
  std::vector<std::string_view> lines;
  for (std::size_t at = log.find(opening); at != std::string_view::npos; at = log.find(opening, at)) {
    at += opening.size();
    // A build script's own program is printed unquoted, whatever its folder is called: never read on
    // into the next.
    const auto limit = std::min(log.find(opening, at), log.size());
    auto end = log.find("`\n", at);
    while (end < limit && !quotes_closed(log.substr(at, end - at))) end = log.find("`\n", end + 1);
    if (end >= limit) continue;
    lines.push_back(log.substr(at, end - at));
    at = end;
  }
  return lines;
}

std::string value_behind(const std::vector<std::string>& words, std::string_view option) {
  const auto found = std::ranges::find(words, option);
  return found == words.end() || found + 1 == words.end() ? "" : *(found + 1);
}

/// The option's values, however it is written: `--crate-type a --crate-type b`.
std::vector<std::string> values_behind(const std::vector<std::string>& words, std::string_view option) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == option) values.push_back(words[i + 1]);
  }
  return values;
}

std::vector<std::string> joined_flags(const std::vector<std::string>& words) {
  std::vector<profiles::Flag> flags;
  for (const auto& word : words) flags.push_back({word, ""});
  std::vector<std::string> texts;
  for (const auto& flag : profiles::join_options(flags)) texts.push_back(profiles::spelling(flag.text));
  return texts;
}

RustcCall to_call(const std::vector<std::string>& words) {
  RustcCall call;
  call.crate_name = value_behind(words, "--crate-name");
  call.crate_type = fmt::format("{}", fmt::join(values_behind(words, "--crate-type"), ","));
  call.target = value_behind(words, "--target");
  // In front of cargo's own -C metadata; behind it are those of build scripts and of the user's rustflags.
  const auto own_end =
      std::ranges::find_if(words, [](const auto& word) { return word.starts_with("metadata="); });
  for (const auto& cfg : values_behind({words.begin(), own_end}, "--cfg")) {
    if (cfg.starts_with("feature=")) call.features.push_back(cfg.substr(8));
  }
  // Behind --crate-name NAME --edition=YEAR; the file need not end in .rs.
  for (std::size_t i = 2; i < words.size() && call.source.empty(); ++i) {
    if (!words[i].starts_with("-")) call.source = words[i];
  }
  for (const auto& flag : joined_flags(words)) {
    // The first: the user's rustflags, which may have one too, come behind cargo's own.
    if (flag.starts_with("-Cmetadata=") && call.metadata.empty()) call.metadata = flag.substr(11);
    call.flags.push_back(flag);
  }
  return call;
}

/// "" where the message has no text; cargo writes null for an executable that there is not.
std::string text_at(const nlohmann::json& message, const char* pointer) {
  const nlohmann::json::json_pointer place(pointer);
  if (!message.contains(place)) return "";
  const auto& value = message.at(place);
  return value.is_string() ? value.get<std::string>() : "";
}

/// Name and version in a package id: "registry+https://...#anyhow@1.0.86", "path+file:///folder/app#0.1.0"
/// (the name is the folder's), and before cargo 1.77 "anyhow 1.0.86 (registry+https://...)".
std::pair<std::string, std::string> package_of(const std::string& id) {
  const auto hash = id.rfind('#');
  if (hash == std::string::npos) {
    const auto space = id.find(' ');
    if (space == std::string::npos) return {};
    return {id.substr(0, space), id.substr(space + 1, id.find(' ', space + 1) - space - 1)};
  }
  const std::string rest = id.substr(hash + 1);
  if (const auto at = rest.find('@'); at != std::string::npos)
    return {rest.substr(0, at), rest.substr(at + 1)};
  std::string folder = id.substr(0, std::min(id.find('?'), hash));
  if (folder.ends_with('/')) folder.pop_back();
  return {folder.substr(folder.rfind('/') + 1), rest};
}

}  // namespace

std::vector<CargoArtifact> parse_artifacts(std::string_view json_lines) {
  std::vector<CargoArtifact> artifacts;
  for_each_line(json_lines, [&](std::string_view line) {
    if (!line.starts_with("{")) return;
    const auto message = nlohmann::json::parse(line, nullptr, false);
    if (text_at(message, "/reason") != "compiler-artifact") return;
    // With --tests a bin is built once more, as a harness of the same name.
    const nlohmann::json::json_pointer test("/profile/test");
    if (message.contains(test) && message.at(test) == true) return;
    std::vector<std::string> features;
    if (const auto named = message.find("features"); named != message.end() && named->is_array())
      for (const auto& feature : *named)
        if (feature.is_string()) features.push_back(feature.get<std::string>());
    auto [package, version] = package_of(text_at(message, "/package_id"));
    artifacts.push_back({.name = text_at(message, "/target/name"),
                         .kind = text_at(message, "/target/kind/0"),
                         .source = text_at(message, "/target/src_path"),
                         .executable = text_at(message, "/executable"),
                         .fresh = message.contains("fresh") && message["fresh"] == true,
                         .package = std::move(package),
                         .version = std::move(version),
                         .features = std::move(features)});
  });
  return artifacts;
}

std::vector<std::filesystem::path> parse_library_folders(std::string_view json_lines) {
  std::vector<std::filesystem::path> folders;
  for_each_line(json_lines, [&](std::string_view line) {
    if (!line.starts_with("{")) return;
    const auto message = nlohmann::json::parse(line, nullptr, false);
    if (text_at(message, "/reason") != "build-script-executed" || !message.contains("linked_paths")) return;
    for (const auto& path : message.at("linked_paths")) {
      if (!path.is_string()) continue;
      auto folder = path.get<std::string>();
      for (const std::string_view kind : {"native=", "dependency=", "crate=", "framework=", "all="})
        if (folder.starts_with(kind)) folder = folder.substr(kind.size());
      folders.emplace_back(folder);
    }
  });
  return folders;
}

std::vector<std::string> parse_dep_info(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  const auto colon = text.find(": ");
  if (colon == std::string_view::npos) return {};
  std::vector<std::string> files(1);
  for (std::size_t i = colon + 2; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ' ';
    if (text[i] == ' ')
      files.emplace_back();
    else
      files.back() += text[i += escaped];
  }
  std::erase(files, "");
  return files;
}

std::vector<RustcCall> parse_rustc_calls(std::string_view log) {
  std::vector<RustcCall> calls;
  for (const auto line : running_lines(log)) {
    std::vector<std::string> words = toolchains::split_shell_words(line);
    const auto name = std::ranges::find(words, "--crate-name");
    if (name == words.end()) continue;  // a build script being run
    words.erase(words.begin(), name);
    calls.push_back(to_call(words));
  }
  return calls;
}

namespace {

/// "warning: mix@0.1.0: using release.profdata": cargo passes on what a build script says.
bool is_of_build_script(std::string_view warning) {
  const auto colon = warning.find(": ", std::string_view("warning: ").size());
  const auto at = warning.substr(0, colon).find('@');
  return colon != std::string_view::npos && at != std::string_view::npos && at + 1 < warning.size() &&
         warning[at + 1] >= '0' && warning[at + 1] <= '9' &&
         warning.substr(0, colon).find_first_of(" /", std::string_view("warning: ").size()) ==
             std::string_view::npos;
}

}  // namespace

ProfileWarnings count_profile_warnings(std::string_view log) {
  ProfileWarnings warnings;
  for_each_line(log, [&](std::string_view line) {
    if (!line.starts_with("warning: ") || is_of_build_script(line)) return;
    const auto has = [&](std::string_view text) { return line.find(text) != std::string_view::npos; };
    if (has("no profile data available"))
      ++warnings.missing;
    else if (has("control flow change") || has("hash mismatch"))
      ++warnings.mismatched;
    else if (has(".profdata") || has("instrumentation profile"))
      ++warnings.other;
  });
  return warnings;
}

}  // namespace pgo_orch::pgo
