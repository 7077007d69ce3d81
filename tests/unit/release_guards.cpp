// What of a file keeps a release from being shipped.

#include "orchestrator/release/guards.h"

#include <doctest/doctest.h>

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using Texts = std::vector<std::string>;

namespace {

constexpr toolchains::Hardening hard{true, toolchains::Relro::full, true, true};

ManifestFile file_of(std::uint64_t size) {
  ManifestFile file;
  file.path = "tool";
  file.kind = FileKind::executable;
  file.size = Bytes{size};
  file.glibc = "2.34";
  file.libraries = {"libc.so.6", "libssl.so.3"};
  file.hardening = hard;
  return file;
}

}  // namespace

TEST_CASE("the profile runtime's stack protectors are not the program's") {
  auto file = file_of(1000);
  file.hardening->stack_protector = false;
  CHECK(problems_of(file, {.hardening = hard, .size = {}}, {}).size() == 1);
  CHECK(problems_of(file, {.hardening = without_runtime(hard), .size = {}}, {}).empty());
  file.hardening->pie = false;
  CHECK(problems_of(file, {.hardening = without_runtime(hard), .size = {}}, {}).size() == 1);
}

TEST_CASE("without demands a file that is as hard as the plain build has no problems") {
  CHECK(problems_of(file_of(1000), {.hardening = hard, .size = Bytes{1}}, {}).empty());
  CHECK(problems_of(file_of(1000), {}, {}).empty());
}

TEST_CASE("growth over the plain build is measured, and its limit is the last that is allowed") {
  Release demanded;
  demanded.max_growth = 0.05;
  const PlainBuild plain{.hardening = {}, .size = Bytes{100'000}};
  CHECK(problems_of(file_of(105'000), plain, demanded).empty());
  CHECK(problems_of(file_of(90'000), plain, demanded).empty());
  CHECK(problems_of(file_of(105'500), plain, demanded) ==
        Texts{"it takes 103 KiB, 5.5 % more than the plain build's 97.7 KiB; 'max-growth' in [release] "
              "allows 5 %"});
  CHECK(problems_of(file_of(200'000), {}, demanded).empty());  // there is nothing to compare with
}

TEST_CASE("a glibc that is too new, forbidden libraries and each lost protection are named") {
  Release demanded;
  demanded.glibc = {{"", "2.28"}};
  demanded.forbid_libs = {"libssl.*", "libcrypto.*"};
  auto soft = hard;
  soft.pie = soft.nx_stack = soft.stack_protector = false;
  soft.relro = toolchains::Relro::partial;
  auto file = file_of(1000);
  file.hardening = soft;
  const auto problems = problems_of(file, {.hardening = hard, .size = {}}, demanded);
  REQUIRE(problems.size() == 6);
  CHECK(problems[0].starts_with("it needs glibc 2.34, and 'glibc' in [release] allows 2.28"));
  CHECK(problems[1].starts_with("it needs the shared library libssl.so.3, which 'forbid-libs' (libssl.*)"));
  for (std::size_t i = 2; i < problems.size(); ++i)
    CHECK(problems[i].find("unlike the plain build") != std::string::npos);
  demanded.glibc = {{"", "2.34"}};
  demanded.forbid_libs.clear();
  demanded.hardening = HardeningRule::any;
  CHECK(problems_of(file, {.hardening = hard, .size = {}}, demanded).empty());
  file.glibc = "2.9";  // by number, not by letter
  demanded.glibc = {{"", "2.10"}};
  CHECK(problems_of(file, {}, demanded).empty());
}

TEST_CASE("each target may have a glibc of its own, and none is forgotten") {
  Release demanded;
  demanded.hardening = HardeningRule::any;
  demanded.glibc = {{"x86_64-unknown-linux-gnu", "2.17"}, {"aarch64-unknown-linux-gnu", "2.34"}};
  auto file = file_of(1000);
  const auto problem_for = [&](const std::string& target) {
    file.target = target;
    const auto problems = problems_of(file, {}, demanded);
    return problems.empty() ? "" : problems.front();
  };
  CHECK(problem_for("aarch64-unknown-linux-gnu") == "");
  CHECK(problem_for("x86_64-unknown-linux-gnu").find("allows 2.17") != std::string::npos);
  CHECK(problem_for("riscv64gc-unknown-linux-gnu") ==
        "it needs glibc 2.34, and 'glibc' in [release] says nothing of riscv64gc-unknown-linux-gnu: add that "
        "target");
  file.glibc.clear();
  CHECK(problem_for("x86_64-unknown-linux-musl") == "");
}

TEST_CASE("libraries of Windows are forbidden in any spelling, others as they are spelled") {
  Release demanded;
  demanded.forbid_libs = {"vcruntime*"};
  auto file = file_of(1000);
  file.libraries = {"VCRUNTIME140.dll"};
  CHECK(problems_of(file, {}, demanded).empty());
  file.target = "x86_64-pc-windows-msvc";
  REQUIRE(problems_of(file, {}, demanded).size() == 1);
}
