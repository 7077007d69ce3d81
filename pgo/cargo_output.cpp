#include "pgo/cargo_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "profiles/flag.h"
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

/// The words between "Running `" and the closing "`" at the end of a line; a word may hold newlines.
std::vector<std::string_view> running_lines(std::string_view log) {
  constexpr std::string_view opening = "     Running `";
  std::vector<std::string_view> lines;
  for (std::size_t at = log.find(opening); at != std::string_view::npos; at = log.find(opening, at)) {
    at += opening.size();
    const auto end = log.find("`\n", at);
    if (end == std::string_view::npos) break;
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

RustcCall to_call(const std::vector<std::string>& words) {
  RustcCall call;
  call.crate_name = value_behind(words, "--crate-name");
  call.crate_type = fmt::format("{}", fmt::join(values_behind(words, "--crate-type"), ","));
  call.target = value_behind(words, "--target");
  for (const auto& cfg : values_behind(words, "--cfg")) {
    if (cfg.starts_with("feature=")) call.features.push_back(cfg.substr(8));
  }
  for (const auto& word : words) {
    if (word.ends_with(".rs") && !word.starts_with("-")) call.source = word;
  }
  call.flags = profiles::join_options(words);
  for (const auto& flag : call.flags) {
    if (flag.starts_with("-Cmetadata=")) call.metadata = flag.substr(11);
  }
  return call;
}

}  // namespace

std::vector<CargoArtifact> parse_artifacts(std::string_view json_lines) {
  std::vector<CargoArtifact> artifacts;
  for_each_line(json_lines, [&](std::string_view line) {
    if (!line.starts_with("{")) return;
    const auto message = nlohmann::json::parse(line, nullptr, false);
    if (message.is_discarded() || message.value("reason", "") != "compiler-artifact") return;
    CargoArtifact artifact;
    const auto& target = message.at("target");
    artifact.name = target.value("name", "");
    artifact.kind = target.at("kind").at(0).get<std::string>();
    artifact.source = target.value("src_path", "");
    if (message.contains("executable") && message["executable"].is_string()) {
      artifact.executable = message["executable"].get<std::string>();
    }
    artifact.fresh = message.value("fresh", false);
    artifacts.push_back(std::move(artifact));
  });
  return artifacts;
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

ProfileWarnings count_profile_warnings(std::string_view log) {
  ProfileWarnings warnings;
  for_each_line(log, [&](std::string_view line) {
    if (!line.starts_with("warning: ")) return;
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
