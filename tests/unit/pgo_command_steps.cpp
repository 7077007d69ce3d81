#include <doctest/doctest.h>

#include "pgo_recipe_fixture.h"
#include "profiles_golden.h"

using namespace pgo_orch;
using namespace pgo_orch::pgo;
using namespace pgo_orch::pgo::test;

namespace {

/// Of a compiler that calls rustc and cc.
Recipe command_recipe() {
  Recipe recipe = small_recipe();
  recipe.settings.opt_level = "3";
  recipe.settings.target_cpu = "native";
  recipe.settings.env = {{"OPTIMIZE", "yes"}};
  recipe.flags = {{"-Ctarget-cpu=native", "variant (target-cpu)"},
                  {"-Clink-arg=-fuse-ld=lld", "variant (linker)"}};
  recipe.command = BuildCommand{.argv = {"./compile", "fib.x", "-o", "{output}", "--tmp={tmp}", "{other}"},
                                .cwd = "/p",
                                .shim = "/bin/pgo-orch-shim",
                                .path = "/rust/bin:/bin",
                                .cc = "",
                                .no_clang = "",
                                .clang = "/bin/clang-22",
                                .cargo_flags = {{"--cfg=mine", "RUSTFLAGS"}}};
  return recipe;
}

const CommandStep& first_build(const std::vector<Step>& steps) {
  return std::get<CommandStep>(steps.front());
}

}  // namespace

TEST_CASE("a command is given the variant's flags by shims, and what is stripped is stripped at the end") {
  golden::check("pgo/steps.command.txt", text_of(steps_of(command_recipe())));
}

TEST_CASE("a command's feedback build instruments rustc and C, trains, and uses the profile") {
  Recipe recipe = command_recipe();
  recipe.settings.pgo = profiles::Pgo{};
  recipe.training = {workload("fib35", "fib")};
  golden::check("pgo/steps.command-feedback.txt", text_of(steps_of(recipe)));
}

TEST_CASE("flag words in a command become its arguments, and the shims then add nothing") {
  Recipe recipe = command_recipe();
  recipe.settings.strip.reset();
  recipe.strip = "none";
  recipe.command->argv = {"cc", "{cflags}", "fib.c", "--link={ldflags}", "-o", "{output}"};
  const auto steps = steps_of(recipe);
  REQUIRE(steps.size() == 1);
  const auto& build = first_build(steps);
  CHECK(build.takes_flags);
  CHECK(build.command.argv == std::vector<std::string>{"cc", "-O3", "-flto", "-march=native", "fib.c",
                                                       "--link=-fuse-ld=lld", "-o", build.output.string()});
  CHECK_FALSE(build.command.env.contains("PGO_ORCH_CFLAGS"));
  CHECK_FALSE(build.command.env.contains("PGO_ORCH_LDFLAGS"));
  CHECK(build.command.env.contains("PGO_ORCH_RUSTFLAGS"));
}

TEST_CASE("without a clang that fits, C takes no part in a feedback build, and training knows why") {
  Recipe recipe = command_recipe();
  recipe.settings.pgo = profiles::Pgo{};
  recipe.training = {workload("fib35", "fib")};
  recipe.command->clang = "";
  recipe.command->no_clang = "no clang of LLVM 22";
  const auto steps = steps_of(recipe);
  for (const auto& flag : first_build(steps).c_flags) CHECK(flag.text.find("profile") == std::string::npos);
  CHECK(std::get<TrainStep>(steps[1]).hint == "no clang of LLVM 22");
}
