#include "orchestrator/build/source_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>

#include "orchestrator/build/digests.h"
#include "orchestrator/config/find.h"
#include "orchestrator/plan/workloads.h"
#include "orchestrator/store/journal.h"
#include "pgo/cargo_output.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/text.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// What cargo says that the executables of a build were made of, sources that build scripts wrote there
/// apart.
std::set<fs::path> files_of_build(const pgo::BuildStep& step, const fs::path& state) {
  std::set<fs::path> files;
  std::vector<std::string> names;
  std::error_code missing;
  for (const auto& program : step.programs) {
    const fs::path info =
        step.cargo_output_dir / (program.is_example ? "examples" : "") / (program.name + ".d");
    if (!fs::exists(info, missing)) continue;
    for (auto& name : pgo::parse_dep_info(toolchains::read_file(info))) names.push_back(std::move(name));
  }
  // A build script may name folders. Paths are relative to "/", if to anything (build.dep-info-basedir).
  for (auto& file : named_files(names, "/", state))
    if (!toolchains::lies_in(file, step.target_dir)) files.insert(file);
  return files;
}

/// The user's file of which one in the state folder was made; else the file itself.
fs::path original(const fs::path& file, const VariantPlan& plan, const ResolvedProject& project) {
  for (const auto& [from, to] : plan.source.copies)
    if (file == to) return from;
  for (const auto* mirrors : {&plan.source.mirrors, &project.shadow})
    for (const auto& mirror : *mirrors)
      if (toolchains::lies_in(file, mirror.to))
        return (mirror.from / file.lexically_relative(mirror.to)).lexically_normal();
  return file;
}

/// Variables that rustc says the sources read; without those that cargo sets.
std::set<std::string> variables_of_build(const pgo::BuildStep& step) {
  constexpr std::string_view before = "# env-dep:";
  std::set<std::string> names;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(step.cargo_output_dir / "deps", missing)) {
    if (entry.path().extension() != ".d") continue;
    for (const auto& line : toolchains::lines_of(toolchains::read_file(entry.path())))
      if (line.starts_with(before) && !line.starts_with("# env-dep:CARGO") &&
          !line.starts_with("# env-dep:OUT_DIR"))
        names.insert(line.substr(before.size(), line.find('=') - before.size()));
  }
  return names;
}

/// Of the package that a source file belongs to; empty: of none.
fs::path manifest_above(const fs::path& file) {
  std::error_code missing;
  for (fs::path folder = file.parent_path(); folder.has_relative_path(); folder = folder.parent_path())
    if (fs::exists(folder / "Cargo.toml", missing)) return folder / "Cargo.toml";
  return {};
}

constexpr const char* what_next = "Leave the sources alone while variants are built, and run again";

std::string unknown_content(const fs::path& file, const std::string& variant) {
  return fmt::format("{} was written while '{}' was built, so it is unknown what it was built of. {}",
                     file.string(), variant, what_next);
}

}  // namespace

std::set<fs::path> named_files(const std::vector<std::string>& words, const fs::path& cwd,
                               const fs::path& state) {
  std::set<fs::path> files;
  const auto add = [&](const std::string& name) {
    std::error_code ignored;
    if (name.empty() || name.size() > PATH_MAX) return;
    const fs::path path = (cwd / name).lexically_normal();
    if (fs::is_regular_file(path, ignored)) files.insert(path);
    if (!fs::is_directory(path, ignored)) return;
    constexpr std::size_t most = 50'000;
    std::set<fs::path> below;
    for (auto entry = fs::recursive_directory_iterator(path, ignored);
         !ignored && entry != fs::end(entry) && below.size() < most; entry.increment(ignored)) {
      const auto entry_name = entry->path().filename();
      const bool is_made = entry_name == ".pgo-orch" || entry_name == ".git" || entry->path() == state ||
                           fs::exists(entry->path() / "CACHEDIR.TAG", ignored);
      if (is_made && entry->is_directory(ignored)) entry.disable_recursion_pending();
      if (entry->is_regular_file(ignored)) below.insert(entry->path());
    }
    if (below.size() < most) files.merge(below);
  };
  for (const auto& word : words) {
    add(word);
    if (const auto equals = word.find('='); equals != std::string::npos) add(word.substr(equals + 1));
  }
  return files;
}

SourceWatch::SourceWatch(const Planner& planner) : planner_(planner) {}

/// Of packages that are compiled, as far as they are known before.
std::set<fs::path> SourceWatch::folders_with_manifests() const {
  const auto& project = planner_.project();
  std::set<fs::path> folders(project.path_packages.begin(), project.path_packages.end());
  folders.insert(project.workspace_root);
  folders.insert(planner_.config().project.manifest.parent_path());
  folders.erase(fs::path());
  return folders;
}

/// What cargo reads beside the sources.
void SourceWatch::add_manifests(Places& files) const {
  const auto& project = planner_.project();
  const auto add = [&](const fs::path& file, const fs::path& read) {
    std::error_code ignored;
    if (fs::is_regular_file(read, ignored)) files.emplace(file, read);
  };
  for (const auto& config : find_cargo_configs(project_folder(planner_.config()), current_environment()))
    add(config.path, config.path);
  for (const auto& folder : folders_with_manifests()) {
    const bool in_place = project.shadow.empty();
    for (const char* name : {"Cargo.toml", "Cargo.lock", "rust-toolchain", "rust-toolchain.toml"})
      if (in_place || name == std::string_view("Cargo.toml"))
        add(folder / name,
            in_place ? folder / name : mirrored(project, folder / name, planner_.layout().shadow()));
  }
}

/// Build scripts need not tell cargo what they compile, and build commands tell nobody. A workload may write
/// such files, too.
void SourceWatch::look_at_undeclared(const std::vector<fs::path>& folders, bool with_rust) {
  static const std::set<std::string> kinds{".c",     ".cc",  ".cpp", ".cxx",     ".h",   ".hh", ".hpp",
                                           ".hxx",   ".inc", ".s",   ".S",       ".asm", ".m",  ".mm",
                                           ".proto", ".y",   ".l",   ".lalrpop", ".pest"};
  std::vector<std::string> names;
  for (const auto& folder : folders) names.push_back(folder.string());
  const std::scoped_lock guard(mutex_);
  for (const auto& file : named_files(names, "/", planner_.layout().state)) {
    const auto kind = file.extension().string();
    if (!kinds.contains(kind) && !(with_rust && kind == ".rs")) continue;
    const auto [known, is_new] = undeclared_.try_emplace(file, file);
    if (!is_new && !known->second.is_same()) changed_undeclared_.insert(file);
  }
}

SourceWatch::Look SourceWatch::look(const VariantPlan& plan, const pgo::BuildStep& step, Time began) {
  Places files;
  if (planner_.project().has_build_script) {
    auto folders = planner_.project().path_packages;
    folders.push_back(planner_.project().workspace_root);
    look_at_undeclared(folders, false);
  }
  for (const auto& file : files_of_build(step, planner_.layout().state)) {
    const fs::path from = original(file, plan, planner_.project());
    // What a patch changes is meant to be another.
    const fs::path& read = plan.source.patch.empty() ? file : from;
    files.emplace(from, read);
    if (planner_.config().project.kind != ProjectKind::manifest) continue;
    const fs::path manifest = manifest_above(read);
    if (!manifest.empty()) files.emplace(original(manifest, plan, planner_.project()), manifest);
  }
  add_manifests(files);
  {
    const std::scoped_lock guard(mutex_);
    read_by_sources_.merge(variables_of_build(step));
  }
  return compare(plan, files, planner_.project().has_build_script, began);
}

SourceWatch::Look SourceWatch::look(const VariantPlan& plan, const pgo::CommandStep& step, Time began) {
  Places files;
  const auto add = [&](const std::string& name) {
    const fs::path file = (step.command.cwd / name).lexically_normal();
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored) && !toolchains::lies_in(file, planner_.layout().state))
      files.emplace(file, file);
  };
  for (const auto& word : step.command.argv) add(word);
  JsonLines(step.calls).for_each([&](const nlohmann::json& call) { add(call.value("source", "")); });
  look_at_undeclared({step.command.cwd}, true);
  return compare(plan, files, true, began);
}

SourceWatch::Look SourceWatch::compare(const VariantPlan& plan, const Places& files, bool has_build_script,
                                       Time began) {
  const std::scoped_lock guard(mutex_);
  Look found;
  for (const auto& [file, read] : files) {
    const auto known = sources_.find(file);
    if (known == sources_.end()) {
      toolchains::KnownFile content(read);
      const bool written = content.was_written_since(began);
      sources_.emplace(file, Source{std::move(content), plan.name, written});
      if (written && !has_build_script) return {.problem = unknown_content(file, plan.name), .written = {}};
      if (written) found.written.push_back(file);
      continue;
    }
    auto& source = known->second;
    toolchains::KnownFile now(read, &source.content);
    if (now.sha256() == source.content.sha256()) continue;
    const bool generated = has_build_script && source.written && now.was_written_since(began);
    if (!generated)
      return {.problem = fmt::format("{} is not what '{}' was built of: it changed during the run. {}",
                                     file.string(), source.variant, what_next),
              .written = {}};
    source.content = std::move(now);
  }
  return found;
}

std::string SourceWatch::confirm(const std::vector<fs::path>& written, bool all_fresh, Time began) {
  const std::scoped_lock guard(mutex_);
  for (const auto& file : written) {
    auto& source = sources_.at(file);
    toolchains::KnownFile now(source.content.file());
    if (!all_fresh && !now.was_written_since(began)) return unknown_content(file, source.variant);
    source.content = std::move(now);
  }
  return "";
}

bool SourceWatch::resume(const fs::path& record) {
  const std::scoped_lock guard(mutex_);
  const int unread = JsonLines(record).for_each([&](const nlohmann::json& line) {
    if (!line.contains("variant")) return;
    const auto file = line.at("file").get<std::string>();
    sources_.emplace(file, Source{toolchains::KnownFile(file, line.at("sha256").get<std::string>()),
                                  line.at("variant").get<std::string>(), line.value("written", false)});
  });
  if (unread == 0 && !sources_.empty() && changed().empty()) return true;
  sources_.clear();
  return false;
}

void SourceWatch::keep_in(const fs::path& record) {
  const std::scoped_lock guard(mutex_);
  std::string lines;
  const auto add = [&](const nlohmann::json& line) { lines += line.dump() + '\n'; };
  for (const auto& [file, source] : sources_)
    add({{"file", file.string()},
         {"sha256", source.content.sha256()},
         {"variant", source.variant},
         {"written", source.written}});
  for (const auto& [name, files] : inputs_) {
    if (const auto* written = find_by(planner_.config().workloads, &Workload::name, name))
      add({{"workload", name}, {"commands", digest_of_commands(*written)}});
    for (const auto& [file, content] : files)
      if (!toolchains::lies_in(file, planner_.layout().state))
        add({{"file", file.string()}, {"sha256", content.sha256()}, {"workload", name}});
  }
  add({{"root", planner_.config().root.string()}});
  for (const auto& folder : folders_with_manifests())
    if (std::error_code missing; !fs::exists(folder / "build.rs", missing))
      add({{"file", (folder / "build.rs").string()}, {"absent", true}});
  add({{"project", digest_of_project(planner_.config())}});
  auto variables = variables_for_c();
  variables.insert(read_by_sources_.begin(), read_by_sources_.end());
  for (const auto& name : variables) add({{"variable", name}, {"value_sha256", digest_of_variable(name)}});
  toolchains::write_file_atomically(record, lines);
}

std::map<fs::path, std::string> SourceWatch::digests() {
  const std::scoped_lock guard(mutex_);
  std::map<fs::path, std::string> digests;
  for (const auto& [file, source] : sources_)
    if (!source.written) digests.emplace(file, source.content.sha256());
  return digests;
}

std::vector<fs::path> SourceWatch::changed_sources() {
  const std::scoped_lock guard(mutex_);
  return changed();
}

std::set<fs::path> SourceWatch::changed_undeclared() {
  const std::scoped_lock guard(mutex_);
  return changed_undeclared_;
}

std::vector<fs::path> SourceWatch::changed() const {
  std::vector<fs::path> changed;
  for (const auto& [file, source] : sources_)
    if (!source.written && toolchains::KnownFile(file, &source.content).sha256() != source.content.sha256())
      changed.push_back(file);
  return changed;
}

void SourceWatch::remember_inputs(const std::vector<Workload>& workloads) {
  const std::scoped_lock guard(mutex_);
  for (const auto& workload : workloads) {
    std::vector<std::string> words;
    for (const auto& command : workload.commands()) words.insert(words.end(), command.begin(), command.end());
    for (const auto& [name, value] : workload.env) words.push_back(value);
    auto files = named_files(words, workload.cwd, planner_.layout().state);
    if (workload.stdin_file) files.insert(*workload.stdin_file);
    for (const auto& corpus : workload.corpora)
      files.merge(named_files({corpus.string()}, "/", planner_.layout().state));
    auto& known = inputs_[workload.name];
    for (const auto& file : files) known.emplace(file, toolchains::KnownFile(file));
  }
}

void SourceWatch::forget_outputs() {
  const std::scoped_lock guard(mutex_);
  for (auto& [workload, files] : inputs_)
    std::erase_if(files, [](const auto& input) { return !input.second.is_untouched(); });
}

std::string SourceWatch::changed_input(const Workload& workload) {
  const std::scoped_lock guard(mutex_);
  for (auto& [file, content] : inputs_[workload.name])
    if (!content.is_same())
      return fmt::format(
          "{}, an input of workload {}, changed during the run. Leave inputs alone until the run is over, "
          "and run again",
          file.string(), workload.name);
  return "";
}

std::string SourceWatch::digest_of_inputs(const Workload& workload) {
  const std::scoped_lock guard(mutex_);
  if (inputs_[workload.name].empty()) return "";
  toolchains::Sha256 digest;
  for (const auto& [file, content] : inputs_[workload.name])
    digest.field(file.lexically_proximate(planner_.config().root).string()).field(content.sha256());
  return digest.hex();
}

std::vector<fs::path> SourceWatch::inputs(const Workload& workload) {
  const std::scoped_lock guard(mutex_);
  std::vector<fs::path> files;
  for (const auto& [file, content] : inputs_[workload.name]) files.push_back(file);
  return files;
}

}  // namespace pgo_orch::orchestrator
