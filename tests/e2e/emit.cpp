// Pipelines that `emit` prints: accepted by the linter of their forge where there is one, and their own
// commands run.

#include <doctest/doctest.h>

#include <sstream>

#include "../workflow_steps.h"
#include "e2e/two_programs.h"

using namespace e2e;

namespace {

const std::string target = "x86_64-unknown-linux-gnu";
const std::string archive = "chains-0.1.0-" + target + ".tar.gz";

/// A package to release, pgo-orch on the PATH, and a hook that signs. What a forge would run is logged
/// instead.
struct Pipeline : Lab {
  Pipeline() {
    two_programs_in(*this).file("pgo.toml",
                                two_programs + "variant = \"pgo\"\ntargets = [\"" + target + "\"]\n");
    script("ci/sign.sh", "find \"$1\" -name '*.tar.gz' -exec sh -c 'echo signed > \"$1.asc\"' sh {} \\;");
    for (const char* tool : {"gh", "curl", "release-cli"})
      script(std::string("fakes/") + tool, "echo " + std::string(tool) + " \"$@\" >> \"$FORGE_LOG\"");
    tools_from(fs::path(PGO_ORCH_PROGRAM).parent_path())
        .tools_from(root() / "fakes")
        .set("FORGE_LOG", (root() / "forge.log").string())
        .set("TARGET", target);
  }

  std::string emitted(const std::string& kind) const {
    const auto ended = orch({"emit", kind});
    CHECK_MESSAGE(ended.status == 0, ended.err);
    return ended.out;
  }
  void shell(const std::string& commands) const {
    const auto ended = run({"sh", "-e", "-c", commands});
    CHECK_MESSAGE(ended.status == 0, (commands + "\n" + ended.out + ended.err));
  }
  std::string forge_log() const { return read(root() / "forge.log"); }
};

/// The commands of all `script:` lists of a GitLab pipeline, in order.
std::vector<std::string> gitlab_commands(const std::string& yaml) {
  std::vector<std::string> commands;
  std::istringstream stream(yaml);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("    - ") && !line.starts_with("    - if: "))
      commands.push_back(line == "    - |" ? "" : line.substr(6));
    else if (line.starts_with("      ") && !commands.empty())
      commands.back() += line + "\n";
  }
  return commands;
}

}  // namespace

TEST_CASE_FIXTURE(Pipeline, "the pipeline for GitHub is accepted by actionlint") {
  const fs::path actionlint = fs::path(PGO_ORCH_SOURCE_DIR) / "build/tools/bin/actionlint";
  if (!fs::exists(actionlint)) {
    MESSAGE("skipped: there is no ", actionlint.string(), ", which `scripts/setup test` makes");
    return;
  }
  file("release.yml", emitted("github-actions"));
  auto ended = run({actionlint.string(), "-shellcheck=", "release.yml"});
  CHECK_MESSAGE(ended.status == 0, ended.out);
  file("release.yml", emitted("github-actions") + "    needs: nothing\n");
  CHECK(run({actionlint.string(), "-shellcheck=", "release.yml"}).status != 0);
}

TEST_CASE_FIXTURE(Pipeline, "the steps of the pipeline for GitHub build, sign, check and publish") {
  set("TAG", "v1");
  int ran = 0;
  for (const auto& step : pgo_orch::tests::workflow_steps(emitted("github-actions"))) {
    if (step.run.empty() || contains(step.run, "apt-get") || contains(step.run, "git clone")) continue;
    if (contains(step.run, "all/*/") &&
        !fs::exists(root() / "all")) {  // another job, which got what was uploaded
      fs::create_directory(root() / "all");
      fs::rename(root() / "dist", root() / "all" / ("dist-" + target));
    }
    shell(step.run);
    ++ran;
  }
  CHECK(ran == 5);
  const auto said = forge_log();
  CHECK(contains(said, "gh release create v1 --draft"));
  CHECK(contains(said, "gh release upload v1 files/" + archive + " files/" + archive + ".asc"));
  CHECK(contains(said, "files/manifest-" + target + ".json\ngh release edit v1 --draft=false\n"));
}

TEST_CASE_FIXTURE(Pipeline,
                  "the jobs of the pipeline for GitLab build, sign, check and publish what was packed") {
  set("CI_COMMIT_TAG", "v1")
      .set("CI_API_V4_URL", "https://forge")
      .set("CI_PROJECT_ID", "7")
      .set("CI_JOB_TOKEN", "t");
  script("fakes/apk", "");
  commit();
  int ran = 0;
  for (const auto& command : gitlab_commands(emitted("gitlab-ci"))) {
    if (contains(command, "apt-get") || contains(command, "/opt/pgo-orch")) continue;
    shell(command);
    ++ran;
  }
  CHECK(ran == 8);
  const auto said = forge_log();
  const std::string packages = "https://forge/projects/7/packages/generic/release/v1/";
  const auto address = packages + archive;
  CHECK(contains(said, "--upload-file dist/" + target + "/" + archive + " " + address + "\n"));
  CHECK(contains(said, "/manifest.json " + packages + "manifest-" + target + ".json\n"));
  CHECK(contains(said,
                 "release-cli create --name v1 --tag-name v1 --description v1 --assets-link "
                 "{\"name\":\"" +
                     archive + "\",\"url\":\"" + address + "\"}"));
}

TEST_CASE_FIXTURE(Pipeline, "the shell script and the makefile check all targets, and run again") {
  const std::string musl = "x86_64-unknown-linux-musl";
  const bool has_musl =
      run({"sh", "-c", "ls \"$(rustc --print target-libdir --target " + musl + ")\"/libstd-*.rlib"}).status ==
      0;
  if (has_musl)
    file("pgo.toml", two_programs + "variant = \"pgo\"\ntargets = [\"" + target + "\", \"" + musl + "\"]\n");
  file("release.sh", emitted("sh")).file("release.mk", emitted("makefile"));
  shell("sh release.sh");
  shell("make -f release.mk release verify");
  CHECK(fs::exists(root() / "dist/SHA256SUMS"));
  CHECK(contains(read(root() / "dist/SHA256SUMS"), has_musl ? "  " + musl + "/chains\n" : "  chains\n"));
}
