#include "orchestrator/release/wishes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <set>

#include "orchestrator/build/saved_profile.h"
#include "orchestrator/release/attest.h"
#include "orchestrator/release/package.h"
#include "orchestrator/release/release_config.h"
#include "toolchains/error.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

class Wishes {
 public:
  explicit Wishes(const Planner& planner) : planner_(planner), release_(planner.config().release) {
    for (const auto& program : planner.project().programs) programs_.push_back(program.name);
  }

  std::vector<std::string> judge() {
    for (const auto& words : release_.smoke) demand_command("smoke", words);
    std::set<std::string> places = taken();
    for (const auto& generated : release_.generate) {
      demand_command("generate", generated.command);
      demand_inside(generated.file);
      demand_runs(generated);
      if (!places.insert(fs::path(generated.file).lexically_normal()).second)
        refuse("generate", fmt::format("the release has another file '{}'", generated.file));
    }
    demand_name();
    demand_glibc();
    for (const auto& glob : release_.forbid_libs)
      if (glob.find('[') != std::string::npos && glob.find(']') == std::string::npos)
        refuse("forbid-libs", fmt::format("'{}' matches nothing: close the bracket", glob));
    if (std::set(release_.archive.begin(), release_.archive.end()).size() < release_.archive.size())
      refuse("archive", "a format is there twice");
    if (release_.sbom) demand_tool_for_bill(planner_);
    if (release_.split_debug) demand_own_symbols();
    std::vector<std::string> open;
    for (const auto& pattern : release_.include)
      if (files_matching(planner_.config().root, pattern).empty())
        open.push_back(
            fmt::format("'include' in [release]: no file matches '{}', unless the build makes one", pattern));
    return open;
  }

 private:
  [[noreturn]] void refuse(const std::string& key, const std::string& why) const {
    throw Error(fmt::format("{}: '{}' in [release]: {}", planner_.config().file.string(), key, why));
  }

  void demand_command(const std::string& key, const std::vector<std::string>& words) const {
    const auto replaced = release_words(words, planner_.config(), "/", programs_, "/");
    for (const auto& word : replaced)
      if (const auto at = word.find("{exe"); at != std::string::npos)
        refuse(key, fmt::format("{} is not a program of the release: write {{exe}}, or {{exe.NAME}} with {}",
                                word.substr(at, word.find('}', at) + 1 - at), fmt::join(programs_, ", ")));
    const auto& program = replaced.front();
    if (!words.front().starts_with('{') && program.find('/') != std::string::npos &&
        !toolchains::is_executable(planner_.config().root / program))
      refuse(key, fmt::format("program not found: {}", (planner_.config().root / program).string()));
    if (program.find('/') == std::string::npos && !toolchains::find_executable(program))
      refuse(key, fmt::format(
                      "no program '{}' is on the PATH: install it, or write {{exe}} for the released program",
                      program));
  }

  void demand_runs(const GeneratedInclude& generated) const {
    const auto target = planner_.target_of(planner_.config().variants->at(0).settings);
    const bool uses_program = std::ranges::any_of(
        generated.command, [](const std::string& word) { return word.find("{exe") != std::string::npos; });
    if (uses_program && !runs_on(target, planner_.rust().host))
      refuse("generate",
             fmt::format("'{}' is made by the program, which does not run here if it is built for {}: "
                         "put it into the repository and name it in 'include'",
                         generated.file, target));
  }

  /// Names that a generated file cannot have.
  std::set<std::string> taken() const {
    std::set<std::string> names{manifest_name, checksums_name};
    names.insert(programs_.begin(), programs_.end());
    for (const auto& pattern : release_.include)
      for (const auto& file : files_matching(planner_.config().root, pattern))
        names.insert(file.lexically_normal().lexically_relative(planner_.config().root));
    return names;
  }

  void demand_glibc() const {
    const auto target = planner_.target_of(planner_.config().variants->at(0).settings);
    const auto& allowed = release_.glibc;
    if (!allowed.empty() && !allowed.contains("") && !allowed.contains(target) &&
        target.find("-linux-gnu") != std::string::npos)
      refuse("glibc", fmt::format("it says nothing of {}: add that target", target));
  }

  /// Else they would be in files of rustc's, which are not shipped.
  void demand_own_symbols() const {
    const auto settings = settings_in_force(planner_.plan(0), planner_);
    const auto split = settings.find("split-debuginfo");
    if (split != settings.end() && split->second != "\"off\"")
      refuse("split-debug",
             fmt::format("the executable has to have the symbols first: instead of split-debuginfo = {} "
                         "write \"off\" in Cargo.toml",
                         split->second));
  }

  void demand_inside(const std::string& file) const {
    const auto path = fs::path(file).lexically_normal();
    if (path.is_absolute() || path.empty() || *path.begin() == "..")
      refuse("generate", fmt::format("'{}' is not a path inside the release", file));
  }

  void demand_name() const {
    static const std::regex word(R"(\{[^}]*\})");
    const auto& name = release_.name;
    if (std::ranges::any_of(name, [](unsigned char letter) { return std::iscntrl(letter); }))
      refuse("name", "it has a control character: archives have this name");
    for (std::sregex_iterator match(name.begin(), name.end(), word), end; match != end; ++match)
      if (const auto found = match->str();
          found != "{name}" && found != "{version}" && found != "{target}" && found != "{variant}")
        refuse(
            "name",
            fmt::format("{} means nothing here: there are {{name}}, {{version}}, {{target}} and {{variant}}",
                        found));
  }

  const Planner& planner_;
  const Release& release_;
  std::vector<std::string> programs_;
};

}  // namespace

std::vector<std::string> demand_wishes(const Planner& planner) {
  return Wishes(planner).judge();
}

}  // namespace pgo_orch::orchestrator
