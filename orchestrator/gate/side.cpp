#include "orchestrator/gate/side.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/config/find.h"
#include "orchestrator/plan/project.h"
#include "orchestrator/plan/workloads.h"
#include "toolchains/error.h"
#include "toolchains/git.h"
#include "toolchains/git_checkout.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

fs::path without_links(const fs::path& path) {
  std::error_code missing;
  const auto real = fs::weakly_canonical(path, missing);
  return missing ? path : real;
}

fs::path common_folder(const fs::path& a, const fs::path& b) {
  fs::path common;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end() && *i == *j; ++i, ++j) common /= *i;
  return common;
}

std::string text_in(const fs::path& file) {
  std::error_code missing;
  return fs::is_regular_file(file, missing) ? toolchains::read_file(file) : "";
}

bool is_workspace(const std::string& manifest) {
  return manifest.find("[workspace") != std::string::npos;
}

/// Files of the user's tree that cargo or rustup would read for a checkout that lies in it, though the
/// commit has others: whatever they say is not the version's. `text_at`: of a file in the commit, by its
/// path.
std::vector<fs::path> files_that_leak(const fs::path& top, const fs::path& state,
                                      const std::function<std::string(const fs::path&)>& text_at) {
  std::vector<fs::path> leaks;
  for (fs::path folder = state.parent_path(); toolchains::lies_in(folder, top) || folder == top;
       folder = folder.parent_path()) {
    const auto own = [&](const char* name) {
      return text_at((folder.lexically_relative(top) / name).lexically_normal());
    };
    for (const char* name : {".cargo/config", ".cargo/config.toml"})
      if (const auto text = text_in(folder / name); !text.empty() && text != own(name))
        leaks.push_back(folder / name);
    for (const char* name : {"rust-toolchain", "rust-toolchain.toml"})
      if (!text_in(folder / name).empty() && own(name).empty()) leaks.push_back(folder / name);
    if (is_workspace(text_in(folder / "Cargo.toml")) && !is_workspace(own("Cargo.toml")))
      leaks.push_back(folder / "Cargo.toml");
    if (folder == top || !folder.has_relative_path()) break;
  }
  return leaks;
}

/// What pgo.toml says is built.
std::vector<fs::path> sources_of(const Project& project) {
  if (project.kind == ProjectKind::source) return project.source;
  if (project.kind == ProjectKind::manifest) return {project.manifest};
  return {};
}

}  // namespace

SideFinder::SideFinder(const Config& config, const Layout& layout, toolchains::Runner& runner)
    : config_(config),
      layout_(layout),
      runner_(runner),
      root_(without_links(config.root)),
      project_(without_links(project_folder(config))),
      top_(toolchains::git_top(runner, project_folder(config))) {}

std::pair<Side, Side> SideFinder::built(const std::string& base, const std::string& head) {
  const auto side_of = [&](const char* name, const std::string& given) {
    std::error_code missing;
    Side side{.name = name, .given = given};
    return fs::is_directory(given, missing) ? in_folder(std::move(side)) : of_revision(std::move(side));
  };
  auto first = side_of(base_name, base), second = side_of(head_name, head);
  if (leaks_into(first) || leaks_into(second)) apart_ = std::make_unique<toolchains::TempDir>("gate");
  for (auto* side : {&first, &second})
    if (!side->revision.empty()) place(*side);
  return {std::move(first), std::move(second)};
}

Side SideFinder::of_revision(Side side) {
  if (top_.empty())
    throw Error(fmt::format(
        "'{}' is not a folder, and {} is not in a git repository that could know it as a revision: name two "
        "folders, or give --base-exe and --head-exe",
        side.given, project_.string()));
  side.revision = toolchains::commit_named(runner_, project_, side.given);
  side.repository = top_;
  return side;
}

bool SideFinder::leaks_into(const Side& side) {
  const auto text_at = [&](const fs::path& path) {
    return toolchains::file_in_commit(runner_, top_, side.revision, path);
  };
  return !side.revision.empty() && !files_that_leak(top_, without_links(layout_.state), text_at).empty();
}

/// Both at the same path, one after the other: it becomes part of symbols' names, and with them of the order
/// of code.
void SideFinder::place(Side& side) const {
  const fs::path folder = (apart_ ? apart_->path() : layout_.gate()) / "sources";
  const fs::path above =
      toolchains::lies_in(root_, top_) || root_ == top_ ? top_ : common_folder(root_, top_);
  side.checkout = (folder / top_.lexically_relative(above)).lexically_normal();
  if (side.checkout.filename().empty()) side.checkout = side.checkout.parent_path();
  side.sources = side.checkout;
  side.file = (folder / root_.lexically_relative(above) / config_.file.filename()).lexically_normal();
}

Side SideFinder::in_folder(Side side) const {
  const fs::path folder = without_links(side.given);
  std::vector<fs::path> places{folder};
  if (!top_.empty() && toolchains::lies_in(root_, top_))
    places.push_back(folder / root_.lexically_relative(top_));
  const auto sources = sources_of(config_.project);
  const fs::path mark = sources.empty() ? fs::path(config_.file.filename())
                                        : without_links(sources.front()).lexically_relative(root_);
  for (const auto& place : places) {
    std::error_code missing;
    if (!fs::exists(place / mark, missing)) continue;
    side.sources = folder;
    side.file = (place / config_.file.filename()).lexically_normal();
    if (!toolchains::lies_in(place / mark, folder) && !sources.empty()) continue;
    return side;
  }
  throw Error(fmt::format("{} has no {}, which {} builds: name the counterpart of {}", side.given,
                          mark.string(), config_.file.string(), config_.root.string()));
}

Side SideFinder::finished(const std::string& name, const fs::path& given) {
  std::error_code missing;
  if (!fs::is_directory(given, missing) && !fs::is_regular_file(given, missing))
    throw Error(
        fmt::format("{} ({}): there is no such file, nor a folder of executables", name, given.string()));
  return {.name = name, .given = given.string(), .revision = {}, .programs = fs::absolute(given)};
}

void check_out(const Side& side, toolchains::Runner& runner) {
  if (side.revision.empty()) return;
  toolchains::check_out({side.repository.string(), side.revision, {}, true}, side.checkout, runner);
}

namespace {

/// A file that belongs to the version if it is there; else the user's.
void prefer_own(fs::path& own, const fs::path& users) {
  std::error_code missing;
  if (!fs::exists(own, missing) && fs::exists(users, missing)) own = users;
}

Variant variant_of(const Config& own, const Config& user, const std::string& name, bool pgo) {
  for (std::size_t i = 0; i < own.variants->size(); ++i) {
    auto variant = own.variants->at(i);
    if (variant.name != name) continue;
    const auto users = user.variants->at(i).settings;
    auto& settings = variant.settings;
    if (!pgo) settings.pgo.reset();
    if (settings.pgo && users.pgo && !users.pgo->profile.empty())
      prefer_own(settings.pgo->profile, users.pgo->profile);
    if (settings.patch && users.patch) prefer_own(*settings.patch, *users.patch);
    return variant;
  }
  throw Error(fmt::format("there is no variant '{}' in {}", name, user.file.string()));
}

}  // namespace

Config config_of(const Side& side, const Config& user, const std::string& variant, bool pgo) {
  Config config = parse_config(user.text, side.file, NamedFiles::may_be_missing);
  for (const auto& source : sources_of(config.project))
    if (!toolchains::lies_in(source, side.sources))
      throw Error(
          fmt::format("{}: {} would be the same for {} and any other version: name it relative to the file",
                      user.file.string(), source.string(), side.given));
  config.measure.layout_check = true;  // other builds have their code in another order
  config.corpora = user.corpora;
  config.workloads.clear();
  for (const auto& workload : user.workloads) config.workloads.push_back(with_root(workload, user.root));
  auto chosen = variant_of(config, user, variant, pgo);
  return with_variants(std::move(config), {std::move(chosen)});
}

}  // namespace pgo_orch::orchestrator
