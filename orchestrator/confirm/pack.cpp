#include "orchestrator/confirm/pack.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "orchestrator/config/find.h"
#include "orchestrator/confirm/packed_run.h"
#include "orchestrator/confirm/portable_workload.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/portable_archive.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::VariantResult;

namespace {

bool is_executable(const fs::path& file) {
  return (fs::status(file).permissions() & fs::perms::owner_exec) != fs::perms::none;
}

std::string left_out_text(const std::string& workload, const Obstacle& obstacle) {
  return fmt::format("workload '{}': {}", workload, obstacle.text());
}

/// Collects the members of one archive.
class Packer {
 public:
  Packer(const report::Results& results, const PackingSite& site)
      : results_(results), site_(site), config_(site.planner.config()) {}

  Packing pack(const fs::path& archive) {
    packed_.run = results_.run.id;
    packed_.project = results_.project.name;
    packed_.measure = config_.measure;
    for (const auto& program : site_.planner.project().programs) packed_.programs.push_back(program.name);
    const auto& baseline = results_.original(*results_.variant(results_.baseline));
    packed_.baseline = baseline.name;
    for (const auto& row : results_.variants)
      if (row.status == report::Status::ok && &results_.original(row) == &row && !row.artifacts.empty())
        add(row);
    for (const auto& benchmark : results_.benchmarks) add_workload(benchmark.workload);
    if (packed_.workloads.empty() || !packed_.variant(packed_.baseline))
      throw Error("nothing was packed: no workload that can run on another machine was timed", Exit::failed);
    packed_.folders.assign(folders_.begin(), folders_.end());
    for (const auto& [name, file] : files_) members_.push_back({name, file, is_executable(file)});
    demand_limits();
    write_packed_run(archive, packed_, std::move(members_));
    packing_.variants = packed_.variants.size();
    packing_.workloads = packed_.workloads.size();
    return std::move(packing_);
  }

 private:
  void add(const VariantResult& row) {
    std::vector<toolchains::CheckedFile> checked;
    for (const auto& artifact : row.artifacts) {
      checked.push_back({artifact.path, artifact.sha256});
      for (const auto& library : artifact.libraries) checked.push_back({library.path, library.sha256});
    }
    if (const auto problem = toolchains::replaced(checked); !problem.empty())
      throw Error("nothing was packed: " + problem, Exit::failed);
    const auto* plan = find_by(site_.plans, &VariantPlan::name, row.name);
    packed_.variants.push_back({row.name, plan->settings.run_env, files_of_row(row)});
    const fs::path from = fs::path(row.artifacts.front().path).parent_path();
    for (const auto& file : packed_.variants.back().files)
      members_.push_back({(programs_in(row.name) / file.name).generic_string(), from / file.name, true});
  }

  void add_workload(const std::string& name) {
    const auto& written = *find_by(config_.workloads, &Workload::name, name);
    const auto& resolved = *find_by(site_.planner.workloads(), &Workload::name, name);
    if (const auto obstacle = obstacle_of(written, config_.root)) {
      packed_.left_out.push_back({name, obstacle->reason});
      packing_.left_out.push_back(left_out_text(name, *obstacle));
      return;
    }
    if (const auto changed = site_.sources.changed_input(resolved); !changed.empty())
      throw Error("nothing was packed: " + changed, Exit::failed);
    for (const auto& file : site_.sources.inputs(resolved)) add_input(file);
    if (resolved.expect.stdout_file) add_input(*resolved.expect.stdout_file);
    for (const auto& words : resolved.commands())
      for (const auto& word : words) add_folder(resolved.cwd / word);
    add_folder(resolved.cwd);
    auto portable = made_portable(written, config_.root, compared_by(name));
    portable.program = resolved.program;
    packed_.workloads.push_back(std::move(portable));
  }

  measure::Compared compared_by(const std::string& workload) const {
    const auto* check = find_by(results_.outputs, &report::OutputCheck::workload, workload);
    return check ? check->compared : measure::Compared::exactly;
  }

  /// Of a corpus, or below the folder of pgo.toml; anything else is made where it is unpacked.
  void add_input(const fs::path& file) {
    const auto& state = site_.planner.layout().state;
    if (toolchains::lies_in(file, state)) {
      const fs::path relative = file.lexically_relative(state);
      const std::vector<fs::path> parts(relative.begin(), relative.end());
      if (parts.size() > 3 && parts[0] == corpora_folder && parts[2] == "files")
        files_[relative.generic_string()] = file;
    } else if (toolchains::lies_in(file, config_.root)) {
      files_[(fs::path(inputs_folder) / file.lexically_relative(config_.root)).generic_string()] = file;
    }
  }

  /// A folder that a word names, or one in which it names a file: a program may write there.
  void add_folder(const fs::path& named) {
    std::error_code missing;
    for (const auto& path : {named.lexically_normal(), named.lexically_normal().parent_path()})
      if (toolchains::lies_in(path, config_.root) && path != config_.root &&
          !toolchains::lies_in(path, site_.planner.layout().state) && fs::is_directory(path, missing))
        folders_.insert(path.lexically_relative(config_.root).generic_string());
  }

  /// What would be refused where it is read.
  void demand_limits() const {
    const toolchains::PortableLimits limits;
    std::uint64_t size = 0;
    for (const auto& member : members_) size += fs::file_size(member.file);
    if (members_.size() + 1 > limits.members || size > limits.all.count)
      throw Error(fmt::format("nothing was packed: the workloads read {} files of {} bytes in all, more than "
                              "an archive may have ({} and {})",
                              members_.size(), size, limits.members, limits.all.count),
                  Exit::failed);
  }

  const report::Results& results_;
  const PackingSite& site_;
  const Config& config_;
  PackedRun packed_;
  Packing packing_;
  std::map<std::string, fs::path> files_;  ///< inputs, by their names in the archive
  std::set<std::string> folders_;
  std::vector<toolchains::ArchiveMember> members_;
};

}  // namespace

void demand_portable_run(const PackingSite& site, const std::vector<Workload>& workloads) {
  const auto& config = site.planner.config();
  for (const auto& plan : site.plans)
    if (const auto obstacle = obstacle_in(plan.settings.run_env, config.root))
      throw Error(
          fmt::format("--pack: variant '{}': {}: choose others by --variant", plan.name, obstacle->text()));
  std::vector<std::string> reasons;
  for (const auto& workload : workloads) {
    if (!workload.measured()) continue;
    const auto obstacle =
        obstacle_of(*find_by(config.workloads, &Workload::name, workload.name), config.root);
    if (!obstacle) return;
    reasons.push_back(left_out_text(workload.name, *obstacle));
  }
  if (reasons.empty()) throw Error("--pack: no workload is measured");
  throw Error(fmt::format("--pack: no workload would run on another machine: {}", fmt::join(reasons, "; ")));
}

Packing pack_run(const report::Results& results, const PackingSite& site, const fs::path& archive) {
  const auto* baseline = results.variant(results.baseline);
  if (!baseline || baseline->status != report::Status::ok || results.benchmarks.empty())
    throw Error("nothing was packed: nothing was timed", Exit::failed);
  return Packer(results, site).pack(archive);
}

}  // namespace pgo_orch::orchestrator
