#include <doctest/doctest.h>

#include <algorithm>

#include "pgo/lookups.h"
#include "pgo_recipe_fixture.h"
#include "profiles_golden.h"

using namespace pgo_orch;
using namespace pgo_orch::pgo;
using namespace pgo_orch::pgo::test;

namespace {

Recipe feedback_recipe() {
  Recipe recipe = small_recipe();
  recipe.settings.pgo = profiles::Pgo{.train = {}, .min_coverage = 0.05, .profile = "", .keep_raw = true};
  recipe.training = {workload("fib35", "fib"), workload("primes", "other")};
  recipe.training[1].weight = 3;
  recipe.training[1].env = {{"LLVM_PROFILE_FILE", "/mine"}, {"A", "workload"}};
  recipe.settings.run_env = {{"A", "variant"}};
  recipe.programs = {{"fib", false}, {"other", true}};
  recipe.package_args = {"-p", "fib", "--features", "a b"};
  recipe.jobs = 3;
  recipe.linker_driver = "clang";
  return recipe;
}

std::string text_of(const std::vector<GeneratedFile>& files) {
  std::string text;
  for (const auto& file : files) text += "==== " + file.path.string() + "\n" + file.text;
  return text;
}

std::string names(const std::vector<Step>& steps) {
  std::string text;
  for (const auto& step : steps) text += (text.empty() ? "" : ", ") + describe(step);
  return text;
}

/// Of a variant without feedback: at most stripping follows.
const BuildStep& only_build(const std::vector<Step>& steps) {
  REQUIRE(steps.size() <= 2);
  return std::get<BuildStep>(steps[0]);
}

}  // namespace

TEST_CASE("a plain variant is one build, and stripped where it asks for that") {
  golden::check("pgo/steps.plain.txt", text_of(steps_of(small_recipe())));
}

TEST_CASE("a feedback variant builds, trains each workload, merges, builds again, proves and strips") {
  golden::check("pgo/steps.feedback.txt", text_of(steps_of(feedback_recipe())));
}

TEST_CASE("a saved profile needs neither instrumentation nor training, and has no units to compare") {
  Recipe recipe = feedback_recipe();
  recipe.settings.pgo->profile = "/saved/a b.profdata";
  const auto steps = steps_of(recipe);
  CHECK(names(steps) == "optimized build, prove, strip");
  const auto& build = std::get<BuildStep>(steps[0]);
  CHECK(build.flags[build.flags.size() - 3].text == "-Cprofile-use=/saved/a b.profdata");
  CHECK(build.flags[build.flags.size() - 2].text == trace_lookups);
  CHECK(build.command.env.at("RUSTC_WRAPPER") == "");
  // What only pgo-orch wants is not in what one builds by hand, nor in the script of a plan.
  for (const auto& command : {shipped_command(build), quiet_command(build)})
    CHECK(command.env.at("CARGO_ENCODED_RUSTFLAGS")->find("trace") == std::string::npos);
  const auto& prove = std::get<ProveStep>(steps[1]);
  CHECK(prove.profile == "/saved/a b.profdata");
  CHECK(prove.instrumented_units.empty());
}

TEST_CASE("a saved profile that tells its names has them pinned, in the optimized build only") {
  Recipe recipe = feedback_recipe();
  recipe.pinning = {.profile = "/saved.profdata", .lock = "/w/Cargo.lock", .script = "/s/rustc-pinned"};
  recipe.settings.pgo->profile = "/saved.profdata";
  const auto pinned = steps_of(recipe);
  CHECK(std::get<BuildStep>(pinned.front()).command.env.at("RUSTC_WRAPPER") == "/s/rustc-pinned");
  const auto files = files_of(recipe, std::nullopt);
  CHECK(files.back().text.find("rustc-wrapper = \"/s/rustc-pinned\"\n") != std::string::npos);
  recipe.settings.pgo->profile.clear();
  for (const auto& step : steps_of(recipe))
    if (const auto* trained = std::get_if<BuildStep>(&step); trained && trained->stage == Stage::instrumented)
      CHECK(trained->command.env.at("RUSTC_WRAPPER") == "");
}

TEST_CASE("the builds of a feedback variant differ in rustflags, folders and config file alone") {
  const auto steps = steps_of(feedback_recipe());
  const auto same = [](const Step& step, const std::string& stage) {
    auto argv = std::get<BuildStep>(step).command.argv;
    for (auto& word : argv) {
      const auto at = word.find(stage);
      if (at != std::string::npos) word.replace(at, stage.size(), "STAGE");
    }
    return argv;
  };
  CHECK(same(steps.front(), "instrumented") == same(steps[4], "optimized"));
}

TEST_CASE("host flags: no --target, in no stage, and cargo's folder without the triple") {
  Recipe recipe = feedback_recipe();
  recipe.pass_target = false;
  for (const auto& step : steps_of(recipe)) {
    const auto* build = std::get_if<BuildStep>(&step);
    if (!build) continue;
    CHECK(std::ranges::find(build->command.argv, "--target") == build->command.argv.end());
    CHECK(build->cargo_output_dir == build->target_dir / "release");
  }
}

TEST_CASE("cargo's folder is the profile's, but for the built-in ones") {
  Recipe recipe = small_recipe();
  const auto folder = [&](const char* profile) {
    recipe.profile = profile;
    return only_build(steps_of(recipe))
        .cargo_output_dir.lexically_relative(recipe.folder.target_dir(Stage::plain));
  };
  CHECK(folder("release") == "x86_64-unknown-linux-gnu/release");
  CHECK(folder("bench") == "x86_64-unknown-linux-gnu/release");
  CHECK(folder("dev") == "x86_64-unknown-linux-gnu/debug");
  CHECK(folder("test") == "x86_64-unknown-linux-gnu/debug");
  CHECK(folder("dist") == "x86_64-unknown-linux-gnu/dist");
}

TEST_CASE("the environment of the toolchain goes in, the build's own wins") {
  Recipe recipe = small_recipe();
  recipe.tools.env = {{"RUSTC", "/bin/rustc"}, {"CARGO_TERM_COLOR", "always"}};
  const auto env = only_build(steps_of(recipe)).command.env;
  CHECK(env.at("RUSTC") == "/bin/rustc");
  CHECK(env.at("CARGO_TERM_COLOR") == "never");
}

TEST_CASE("the files of a source project's feedback variant") {
  const profiles::SourcePackage package{"fib", "2021", "", {{"fib", "src/fib.rs"}}};
  golden::check("pgo/files.source.txt", text_of(files_of(feedback_recipe(), package)));
}

TEST_CASE("the files of a manifest project's plain variant") {
  golden::check("pgo/files.manifest.txt", text_of(files_of(small_recipe(), std::nullopt)));
}

TEST_CASE("the command of a source project names a profile that is not release") {
  Recipe recipe = small_recipe();
  recipe.profile = "dist";
  const auto files = files_of(recipe, profiles::SourcePackage{"fib", "2021", "", {}});
  CHECK(files.back().text.find("# Build: cargo build --profile dist\n") != std::string::npos);
}

TEST_CASE("a workload runs the executable with its arguments, or its own command") {
  Workload work = workload("w", "fib");
  work.args = {"{exe}", "{other}", "a b"};
  work.stdin_file = "/p/in";
  CHECK(to_shell(workload_command(work, "/b/fib", {})) ==
        "cd /p && env -u LLVM_PROFILE_FILE /b/fib /b/fib '{other}' 'a b' < /p/in");
  work.command = {"./drive.sh", "--exe={exe}", "{exe}{exe}"};
  CHECK(to_shell(workload_command(work, "/b/fib", {{"M", "x"}})) ==
        "cd /p && env -u LLVM_PROFILE_FILE M=x ./drive.sh --exe=/b/fib /b/fib/b/fib < /p/in");
}

TEST_CASE("a placeholder is replaced everywhere, and not inside of what replaced it") {
  CHECK(replace_placeholder("", "{exe}", "/x") == "");
  CHECK(replace_placeholder("{exe}", "{exe}", "/a{exe}b") == "/a{exe}b");
  CHECK(replace_placeholder("a{exe}b{exe", "{exe}", "/x") == "a/xb{exe");
  CHECK(replace_placeholder("{tmp}", "{exe}", "/x") == "{tmp}");
}
