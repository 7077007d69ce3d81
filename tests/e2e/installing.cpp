// What `make install` and the packages put where, and whether it works there.

#include "lab.h"

using namespace e2e;

namespace {

/// The first example of the README, run by an installed program.
void check_installed(Lab& lab, const fs::path& prefix) {
  for (const char* file :
       {"bin/pgo-orch", "libexec/pgo-orch/pgo-orch-timer", "libexec/pgo-orch/pgo-orch-shim",
        "libexec/pgo-orch/pgo-orch-clock.so", "share/man/man1/pgo-orch.1", "share/man/man5/pgo.toml.5",
        "share/bash-completion/completions/pgo-orch", "share/zsh/site-functions/_pgo-orch",
        "share/fish/vendor_completions.d/pgo-orch.fish", "share/doc/pgo-orch/README.md"})
    CHECK_MESSAGE(fs::exists(prefix / file), file);
  CHECK(fs::read_symlink(prefix / "bin/cargo-pgo-orch") == "pgo-orch");
  fs::create_directories(lab.root() / "fib");
  for (const char* file : {"fib.rs", "pgo.toml"})
    fs::copy_file(fs::path(PGO_ORCH_SOURCE_DIR) / "examples/fib" / file, lab.root() / "fib" / file);
  lab.tools_from(prefix / "bin");
  const auto ran = lab.run({"cargo", "pgo-orch", "run", "fib/pgo.toml", "--max-time", "200ms"});
  CHECK_MESSAGE(ran.status == 0, ran.out, ran.err);
  CHECK(ran.out.find("vs baseline") != std::string::npos);
}

}  // namespace

TEST_CASE("make install puts everything below DESTDIR and PREFIX, and the program works there") {
  Lab lab;
  lab.set("DESTDIR", (lab.root() / "stage").string());
  const auto ended = lab.run({"cmake", "--install", PGO_ORCH_BUILD_DIR, "--prefix", "/opt/tools"});
  REQUIRE_MESSAGE(ended.status == 0, ended.out, ended.err);
  check_installed(lab, lab.root() / "stage/opt/tools");
}

TEST_CASE("the .deb names what it needs, and the program in it works") {
  Lab lab;
  const auto packed = lab.run({"cpack", "--config", PGO_ORCH_BUILD_DIR "/CPackConfig.cmake", "-G", "DEB",
                               "-B", lab.root() / "packages"});
  REQUIRE_MESSAGE(packed.status == 0, packed.out, packed.err);
  fs::path package;
  for (const auto& entry : fs::directory_iterator(lab.root() / "packages"))
    if (entry.path().extension() == ".deb") package = entry.path();
  const auto needs = lab.run({"dpkg-deb", "--field", package, "Depends"}).out;
  for (const char* library : {"libc6", "libarchive13", "libelf1", "libssl3"})
    CHECK_MESSAGE(needs.find(library) != std::string::npos, library, needs);
  REQUIRE(lab.run({"dpkg-deb", "--extract", package, lab.root() / "root"}).status == 0);
  check_installed(lab, lab.root() / "root/usr");
}

TEST_CASE("the tar.gz has a program that needs no shared library, and it works") {
  Lab lab;
  fs::path package;
  for (const auto& entry : fs::directory_iterator(fs::path(PGO_ORCH_SOURCE_DIR) / "build"))
    if (entry.path().string().ends_with("-linux.tar.gz")) package = entry.path();
  REQUIRE_MESSAGE(!package.empty(), "`make package` makes it");
  fs::create_directories(lab.root() / "unpacked");
  const auto unpacked =
      lab.run({"tar", "-xzf", package, "-C", lab.root() / "unpacked", "--strip-components", "1"});
  REQUIRE_MESSAGE(unpacked.status == 0, unpacked.err);
  for (const char* program : {"bin/pgo-orch", "libexec/pgo-orch/pgo-orch-timer"}) {
    const auto headers = lab.run({"readelf", "-dl", lab.root() / "unpacked" / program}).out;
    CHECK(headers.find("LOAD") != std::string::npos);
    CHECK_MESSAGE(headers.find("NEEDED") == std::string::npos, headers);
    CHECK_MESSAGE(headers.find("INTERP") == std::string::npos, headers);
  }
  check_installed(lab, lab.root() / "unpacked");
}

TEST_CASE("a build for another processor is refused, with what to do") {
  Lab lab;
  const auto ended = lab.run({"cmake", "-S", PGO_ORCH_SOURCE_DIR, "-B", lab.root() / "arm",
                              "-DCMAKE_SYSTEM_NAME=Linux", "-DCMAKE_SYSTEM_PROCESSOR=aarch64"});
  CHECK(ended.status != 0);
  CHECK_MESSAGE(ended.err.find("not for Linux on aarch64") != std::string::npos, ended.err);
}
