#include "orchestrator/commands/unchanged.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "orchestrator/build/digests.h"
#include "orchestrator/commands/run_header.h"
#include "orchestrator/config/find.h"
#include "orchestrator/plan/workloads.h"
#include "orchestrator/store/journal.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Results;

namespace {

Error no_longer_best(const std::string& what) {
  return Error(what +
               ". Run `pgo-orch run` again, or name the variant (`pgo-orch release --measure` runs first)");
}

/// What SourceWatch kept of the run, against what is there.
class Record {
 public:
  Record(const JsonLines& lines, const Today& today) : today_(today) {
    unread_ = lines.for_each([&](const nlohmann::json& line) {
      if (line.contains("root"))
        root_ = line.at("root").get<std::string>();
      else
        lines_.push_back(line);
    });
  }
  bool is_whole() const { return unread_ == 0; }

  /// What differs first, such as "PROJECT/src/main.rs"; "": nothing does.
  std::string difference() const {
    auto new_variables = variables_for_c();
    std::set<std::string> workloads;
    for (const auto& line : lines_) {
      std::string changed;
      if (line.contains("variable"))
        changed = changed_variable(line, new_variables);
      else if (line.contains("commands"))
        changed = changed_workload(line, workloads);
      else if (line.contains("project"))
        changed =
            line.at("project") == digest_of_project(today_.planner.config()) ? "" : "[project] in pgo.toml";
      else
        changed = changed_file(line);
      if (!changed.empty()) return changed;
    }
    for (const auto& workload : today_.planner.config().workloads)
      if (!workloads.contains(workload.name)) return fmt::format("workload '{}'", workload.name);
    return new_variables.empty() ? "" : "the variable " + *new_variables.begin();
  }

 private:
  /// Where a file of the run is now: the project may have been moved or copied.
  fs::path today(const std::string& name) const {
    const fs::path file = name;
    const bool is_of_project = !root_.empty() && toolchains::lies_in(file, root_);
    return is_of_project ? today_.planner.config().root / file.lexically_relative(root_) : file;
  }

  std::string changed_file(const nlohmann::json& line) const {
    const auto file = today(line.at("file").get<std::string>());
    const bool is_input = line.contains("workload");
    if (is_input && (file == today_.planner.config().file || toolchains::lies_in(file, today_.out)))
      return "";
    std::error_code missing;
    const bool is_there = fs::is_regular_file(file, missing);
    if (line.contains("absent")) return is_there ? file.string() : "";
    if (line.value("written", false) ||
        (is_there && toolchains::sha256_of_file(file) == line.at("sha256").get<std::string>()))
      return "";
    return is_input ? fmt::format("{}, an input of workload '{}',", file.string(),
                                  line.at("workload").get<std::string>())
                    : file.string();
  }

  static std::string changed_variable(const nlohmann::json& line, std::set<std::string>& unknown) {
    const auto name = line.at("variable").get<std::string>();
    unknown.erase(name);
    return digest_of_variable(name) == line.at("value_sha256").get<std::string>() ? ""
                                                                                  : "the variable " + name;
  }

  std::string changed_workload(const nlohmann::json& line, std::set<std::string>& seen) const {
    const auto name = line.at("workload").get<std::string>();
    seen.insert(name);
    const auto* now = find_by(today_.planner.config().workloads, &Workload::name, name);
    return now && digest_of_commands(*now) == line.at("commands").get<std::string>()
               ? ""
               : fmt::format("workload '{}'", name);
  }

  const Today& today_;
  std::vector<nlohmann::json> lines_;
  fs::path root_;
  int unread_ = 0;
};

/// Sources, inputs and compilers of C.
void demand_same_files(const Results& results, const Today& today) {
  const JsonLines lines(today.layout.run(results.run.id) / "sources.jsonl");
  if (!lines.exists())
    throw no_longer_best(fmt::format(
        "run {} left no record of its sources in {}, so it is not known whether it was of today's",
        results.run.id, today.layout.state.string()));
  const Record record(lines, today);
  if (!record.is_whole())
    throw no_longer_best(fmt::format("the record of the sources of run {} cannot be read", results.run.id));
  if (const auto changed = record.difference(); !changed.empty())
    throw no_longer_best(
        fmt::format("{} changed since run {}, which recommends the variant", changed, results.run.id));
}

void demand_same_corpora(const Results& results, const std::vector<report::Corpus>& corpora) {
  for (const auto& corpus : corpora) {
    const auto* before = find_by(results.corpora, &report::Corpus::name, corpus.name);
    if (!before || before->sha256 != corpus.sha256)
      throw no_longer_best(
          fmt::format("corpus '{}' has other files than in run {}, which recommends the variant", corpus.name,
                      results.run.id));
  }
}

void demand_same_tools(const Results& results, const std::map<std::string, report::Tool>& tools) {
  for (const auto& [name, before] : results.tools) {
    const auto now = tools.find(name);
    if (now != tools.end() && now->second.version != before.version)
      throw no_longer_best(fmt::format("{} is {} now, and was {} in run {}, which recommends the variant",
                                       name, now->second.version, before.version, results.run.id));
  }
}

/// Profile settings in the user's environment and configuration files.
void demand_same_wishes(const Results& results, const profiles::UserConfig& user) {
  auto before = results.notes;
  std::erase_if(before, [](const std::string& note) { return !note.starts_with(of_every_variant); });
  const auto now = notes_on_wishes(user);
  if (before == now) return;
  const auto said = [](const std::vector<std::string>& notes) {
    std::string all;
    for (const auto& note : notes)
      all += (all.empty() ? "" : ", ") + note.substr(std::string_view(of_every_variant).size());
    return all.empty() ? "none" : all;
  };
  throw no_longer_best(fmt::format(
      "the environment and config files set for cargo's profiles: {}; in run {}, which recommends "
      "the variant: {}",
      said(now), results.run.id, said(before)));
}

/// Without those that name files of a state folder, which is another one in a release (the profile, a link to
/// a linker), or only make compilers tell more. They follow from the settings, which are compared, too.
std::vector<std::string> compared_flags(std::vector<std::string> flags, const std::vector<fs::path>& states) {
  std::erase_if(flags, [&](const std::string& flag) {
    return flag.starts_with("-Cllvm-args=-pgo-trace") ||
           std::ranges::any_of(
               states, [&](const fs::path& state) { return flag.find(state.string()) != std::string::npos; });
  });
  std::ranges::sort(flags);
  return flags;
}

/// What rustc is told, by the variant and by the user's environment and configuration files.
void demand_same_flags(const report::VariantResult& row, const Results& results, const Today& today) {
  std::vector<std::string> flags;
  for (const auto& flag : today.plan.flags) flags.push_back(flag.text);
  const Layout& of_release = today.planner.layout();
  const std::vector<fs::path> states{today.layout.state, today.layout.alias, of_release.state,
                                     of_release.alias};
  const auto before = compared_flags(row.rustflags, states), now = compared_flags(flags, states);
  std::vector<std::string> added, gone;
  std::ranges::set_difference(now, before, std::back_inserter(added));
  std::ranges::set_difference(before, now, std::back_inserter(gone));
  std::string differs;
  if (!added.empty()) differs += fmt::format(" with {}", fmt::join(added, " "));
  if (!gone.empty()) differs += fmt::format(" without {}", fmt::join(gone, " "));
  if (!differs.empty())
    throw no_longer_best(fmt::format("'{}' would be built{}, unlike in run {}, which recommends it", row.name,
                                     differs, results.run.id));
}

}  // namespace

void demand_unchanged(const Results& results, const Today& today) {
  demand_same_files(results, today);
  demand_same_corpora(results, today.corpora);
  const auto* measured = results.variant(today.plan.name);
  if (!measured || measured->target != today.plan.target) return;  // it was measured for another one
  demand_same_tools(results, today.tools);
  demand_same_wishes(results, today.planner.user());
  demand_same_flags(*measured, results, today);
}

}  // namespace pgo_orch::orchestrator
