#include "profiles/flags.h"

#include <doctest/doctest.h>

using namespace pgo_orch;
using namespace pgo_orch::profiles;

namespace {

std::string text(const std::vector<Flag>& flags) {
  std::string lines;
  for (const auto& flag : flags) lines += flag.text + "  " + flag.origin + "\n";
  return lines;
}

std::string text(const toolchains::EnvironmentChanges& changes) {
  std::string lines;
  for (const auto& [name, value] : changes) lines += name + "=" + value.value_or("(unset)") + "\n";
  return lines;
}

/// Everything that a build command can be asked for.
Settings everything() {
  Settings settings;
  settings.opt_level = "s";
  settings.lto = "thin";
  settings.codegen_units = 4;
  settings.panic = "abort";
  settings.strip = "debuginfo";
  settings.overflow_checks = true;
  settings.debug_assertions = false;
  settings.debug = "line-tables-only";
  settings.rpath = false;
  settings.target_cpu = "x86-64-v3";
  settings.target_features = {"+avx2", "-sse4.1"};
  settings.crt_static = true;
  settings.relocation_model = "static";
  settings.cfg = {"fast", "size=\"8\""};
  return settings;
}

}  // namespace

TEST_CASE("without settings nobody is given a flag or a variable") {
  CHECK(profile_flags({}).empty());
  CHECK(c_flags({}).empty());
  CHECK(link_flags({}, {}).empty());
  CHECK(cargo_profile_environment({}).empty());
}

TEST_CASE("each key of the profile is an option of rustc") {
  CHECK(text(profile_flags(everything())) ==
        "-Copt-level=s  variant (opt-level)\n"
        "-Clto=thin  variant (lto)\n"
        "-Ccodegen-units=4  variant (codegen-units)\n"
        "-Cpanic=abort  variant (panic)\n"
        "-Cstrip=debuginfo  variant (strip)\n"
        "-Coverflow-checks=yes  variant (overflow-checks)\n"
        "-Cdebug-assertions=no  variant (debug-assertions)\n"
        "-Cdebuginfo=line-tables-only  variant (debug)\n"
        "-Crpath=no  variant (rpath)\n");
}

TEST_CASE("thin-local LTO is what rustc does by itself") {
  Settings settings;
  settings.lto = "thin-local";
  CHECK(profile_flags(settings).empty());
  CHECK(c_flags(settings).empty());
  CHECK(text(cargo_profile_environment(settings)) == "CARGO_PROFILE_RELEASE_LTO=false\n");
  settings.lto = "off";
  CHECK(text(profile_flags(settings)) == "-Clto=off  variant (lto)\n");
  CHECK(text(c_flags(settings)) == "-fno-lto  variant (lto)\n");
  settings.lto = "fat";
  CHECK(text(c_flags(settings)) == "-flto  variant (lto)\n");
}

TEST_CASE("C is given what it has words for") {
  CHECK(text(c_flags(everything())) ==
        "-Os  variant (opt-level)\n"
        "-flto  variant (lto)\n"
        "-march=x86-64-v3  variant (target-cpu)\n"
        "-mavx2  variant (target-features)\n"
        "-mno-sse4.1  variant (target-features)\n"
        "-g  variant (debug)\n"
        "-DNDEBUG  variant (debug-assertions)\n"
        "-fno-pie  variant (relocation-model)\n"
        "-Dfast  variant (cfg)\n"
        "-Dsize=\"8\"  variant (cfg)\n");
  Settings settings;
  settings.debug = "none";
  settings.debug_assertions = true;
  settings.panic = "abort";
  settings.codegen_units = 1;
  settings.relocation_model = "pic";
  CHECK(text(c_flags(settings)) ==
        "-g0  variant (debug)\n"
        "-UNDEBUG  variant (debug-assertions)\n");
}

TEST_CASE("a C linker is told how to link, what to strip, and rustc's linker arguments") {
  const std::vector<Flag> rustflags{{"-Ctarget-cpu=native", "variant (target-cpu)"},
                                    {"-Clink-arg=-fuse-ld=lld", "variant (linker)"},
                                    {"-Clink-arg=-Wl,-z,now", "variant (link-args)"}};
  CHECK(text(link_flags(everything(), rustflags)) ==
        "-static  variant (crt-static)\n"
        "-Wl,--strip-debug  variant (strip)\n"
        "-fuse-ld=lld  variant (linker)\n"
        "-Wl,-z,now  variant (link-args)\n");
  Settings settings;
  settings.crt_static = true;
  settings.strip = "symbols";
  CHECK(text(link_flags(settings, {})) == "-static-pie  variant (crt-static)\n-s  variant (strip)\n");
  settings.crt_static = false;
  settings.strip = "none";
  CHECK(link_flags(settings, {}).empty());
  settings.relocation_model = "static";
  CHECK(text(link_flags(settings, {})) == "-no-pie  variant (relocation-model)\n");
}

TEST_CASE("a cargo that the command calls has the profile in its environment") {
  CHECK(text(cargo_profile_environment(everything())) ==
        "CARGO_PROFILE_RELEASE_CODEGEN_UNITS=4\n"
        "CARGO_PROFILE_RELEASE_DEBUG=line-tables-only\n"
        "CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=false\n"
        "CARGO_PROFILE_RELEASE_LTO=thin\n"
        "CARGO_PROFILE_RELEASE_OPT_LEVEL=s\n"
        "CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS=true\n"
        "CARGO_PROFILE_RELEASE_PANIC=abort\n"
        "CARGO_PROFILE_RELEASE_RPATH=false\n"
        "CARGO_PROFILE_RELEASE_STRIP=debuginfo\n");
}
