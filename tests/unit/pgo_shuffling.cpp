#include "pgo/shuffling.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include "pgo_recipe_fixture.h"
#include "profiles/build_environment.h"
#include "toolchains/files.h"

using namespace pgo_orch;
using namespace pgo_orch::pgo;
namespace fs = std::filesystem;

namespace {

std::string word_behind(const BuildStep& step, const std::string& word) {
  const auto& argv = step.command.argv;
  const auto found = std::find(argv.rbegin(), argv.rend(), word);
  return found == argv.rend() || found == argv.rbegin() ? "" : *(found - 1);
}

}  // namespace

TEST_CASE("a shuffled build is the final stage in another folder, by another linker and nothing else") {
  auto recipe = test::small_recipe();
  const auto steps = steps_of(recipe);
  const auto& plain = std::get<BuildStep>(steps.front());
  const auto shuffling = shuffling_of(recipe, "cc", {"-fuse-ld=lld"});
  CHECK(shuffling.build.target_dir == recipe.folder.alias / "target-shuffled");
  CHECK(word_behind(shuffling.build, "--target-dir") == shuffling.build.target_dir.string());
  CHECK(word_behind(shuffling.build, "--config") ==
        "target." + recipe.target + ".linker=\"" + shuffling.linker.path.string() + "\"");
  CHECK(shuffling.build.command.env.at("CARGO_ENCODED_RUSTFLAGS") ==
        plain.command.env.at("CARGO_ENCODED_RUSTFLAGS"));
  CHECK(shuffling.build.config == plain.config);
  const auto& argv = shuffling.build.command.argv;
  CHECK(std::ranges::find(argv, profiles::build_folder(shuffling.build.target_dir)) != argv.end());
  for (const auto& word : argv) CHECK(word.find(plain.target_dir.string()) == std::string::npos);
  CHECK(shuffling.build.units_file != plain.units_file);
  CHECK(shuffling.executable("fib", 0) == shuffling.folder / "fib.1");
}

TEST_CASE("the shuffling linker links programs anew in five orders, and everything else once") {
  const toolchains::TempDir folder;
  auto recipe = test::small_recipe();
  recipe.folder = {folder.path() / "it's here", folder.path() / "it's here"};
  recipe.programs = {{.name = "my-app"}};
  const fs::path driver = folder.path() / "driver";
  const fs::path log = folder.path() / "log";
  toolchains::write_file_atomically(driver, "#!/bin/sh\necho \"$*\" >> '" + log.string() + "'\n");
  fs::permissions(driver, fs::perms::owner_all);
  const auto shuffling = shuffling_of(recipe, driver.string(), {"-fuse-ld=lld"});
  toolchains::make_folders(shuffling.folder);
  toolchains::write_file_atomically(shuffling.linker.path, shuffling.linker.text);
  const auto link = [&](const std::string& words) {
    toolchains::write_file_atomically(log, "");
    REQUIRE(std::system(("/bin/sh " + toolchains::shell_quote(shuffling.linker.path.string()) + " " + words)
                            .c_str()) == 0);
    return toolchains::read_file(log);
  };
  CHECK(link("a.o -o deps/libmacro-1.so") == "a.o -o deps/libmacro-1.so\n");
  CHECK(link("a.o -o build/build_script_build-1") == "a.o -o build/build_script_build-1\n");
  std::string expected = "a.o -o deps/my_app-1 b.o\n";
  for (const std::string order : {"1", "2", "3", "4", "5"}) {
    expected +=
        "a.o -o deps/my_app-1 b.o -fuse-ld=lld -Wl,--no-call-graph-profile-sort "
        "-Wl,--shuffle-sections=.text*=" +
        order + " -Wl,--shuffle-sections=.rodata*=" + order + " -o " + shuffling.folder.string() +
        "/my-app." + order + "\n";
  }
  CHECK(link("a.o -o deps/my_app-1 b.o") == expected);
}
