// Files that must not be shipped, as others learnt it in public: each is refused with its reason, and the
// release that is there stays.

#include <doctest/doctest.h>

#include <fstream>

#include "e2e/lab.h"

using namespace e2e;

namespace {

struct Refusing : Lab {
  Refusing() {
    package("chains").file("src/main.rs", chains).file("pgo.toml", with_release(""));
    CHECK(orch({"release", "pgo", "-q"}).status == 0);
    before_ = read(root() / "dist/manifest.json");
  }

  static std::string with_release(const std::string& keys, const std::string& pgo = "pgo = true") {
    return project_of("manifest = \"Cargo.toml\"") + "[[variant]]\nname = \"pgo\"\n" + pgo + "\n[release]\n" +
           keys;
  }
  void refused(int status, const std::string& reason, const std::string& variant = "pgo") const {
    const auto ended = orch({"release", variant, "-q"});
    CHECK(ended.status == status);
    CHECK_MESSAGE(contains(ended.err, reason), ended.err);
    CHECK(read(root() / "dist/manifest.json") == before_);
    CHECK(orch({"verify", "dist"}).status == 0);
  }

 private:
  std::string before_;
};

}  // namespace

TEST_CASE_FIXTURE(Refusing, "a file that a later step overwrites is not shipped") {
  // As a smoke test did that had cargo build once more.
  file("pgo.toml",
       with_release(
           R"(smoke = [["sh", "-c", "cargo build -q --release --target-dir t && cp t/release/chains {exe}"]])"
           "\n"));
  refused(1, "chains changed after it was proved");
}

TEST_CASE_FIXTURE(Refusing, "a saved profile that is broken is not used") {
  const auto with_profile = with_release("", "pgo = { profile = \"saved.profdata\" }");
  file("pgo.toml", with_profile);
  for (const std::string broken : {"", "random bytes that are no profile at all", "\xfflprofR\x81"}) {
    file("saved.profdata", broken);
    refused(1, "saved.profdata");
  }
}

TEST_CASE_FIXTURE(Refusing,
                  "a saved profile is released from, also after a new version, and not without its names") {
  // cargo puts the version and --target into -C metadata, and so into every symbol.
  CHECK(orch({"run", "--no-measure", "-q"}).status == 0);
  CHECK(orch({"profile", "save", "saved.profdata", "--variant", "pgo"}).status == 0);
  auto manifest = read(root() / "Cargo.toml");
  manifest.replace(manifest.find("0.1.0"), 5, "0.2.0");
  file("Cargo.toml", manifest);
  CHECK(run({"cargo", "update", "-q", "-w", "--offline"}).status == 0);
  const auto text = with_release("", "pgo = { profile = \"saved.profdata\" }");
  file("pgo.toml", text);
  const auto ended = orch({"release", "pgo", "-q"});
  CHECK_MESSAGE(ended.status == 0, ended.err);
  const auto pgo = Json::parse(read(root() / "dist/manifest.json")).at("pgo");
  CHECK(pgo.at("saved_profile") == true);
  CHECK(pgo.at("hot_functions_marked") > 0);
  CHECK(fs::exists(root() / "dist/chains-0.2.0-x86_64-unknown-linux-gnu.tar.gz"));

  fs::remove(root() / "saved.profdata.json");  // which tells the names that it has
  const auto nameless = orch({"release", "pgo", "-q"});
  CHECK(nameless.status == 1);
  CHECK_MESSAGE(contains(nameless.err, "it would have no effect"), nameless.err);
}

TEST_CASE_FIXTURE(Refusing, "a static C library that RUSTFLAGS silenced is missed") {
  file(".cargo/config.toml", "[build]\nrustflags = [\"-Ctarget-feature=+crt-static\"]\n");
  file("pgo.toml", with_release("forbid-libs = [\"libc.so*\"]\n"));
  set("RUSTFLAGS", "-Cforce-frame-pointers=yes");
  refused(1, "it needs the shared library libc.so.6, which 'forbid-libs' (libc.so*) in [release] forbids");
}

TEST_CASE_FIXTURE(Refusing, "a glibc that is too new is read from the file") {
  file("pgo.toml", with_release("glibc = \"2.17\"\n"));
  refused(1, "and 'glibc' in [release] allows 2.17");
}

TEST_CASE_FIXTURE(Refusing, "growth and lost hardening are seen") {
  // What only the final stage has: a megabyte that nobody needs, and a stack that is open.
  file("blob.c", "char blob[1 << 20] = {1};\n");
  CHECK(run({"cc", "-c", "blob.c"}).status == 0);
  script("rustc-more", R"(for word; do case $word in -Cprofile-use=*) set -- "$@" $MORE ;; esac; done
exec "$REAL_RUSTC" "$@")");
  const auto real = run({"sh", "-c", "rustup which rustc 2>/dev/null || command -v rustc"}).out;
  set("REAL_RUSTC", real.substr(0, real.find('\n'))).set("RUSTC", (root() / "rustc-more").string());
  set("MORE", "-Clink-arg=" + (root() / "blob.o").string() + " -Clink-arg=-Wl,-u,blob");
  file("pgo.toml", with_release("max-growth = \"50%\"\n"));
  refused(1, "% more than the plain build's ");
  set("MORE", "-Clink-arg=-Wl,-z,execstack");
  file("pgo.toml", with_release(""));
  refused(1, "its stack is executable, unlike the plain build");
}

TEST_CASE_FIXTURE(Refusing,
                  "an instrumented program that crashes stops the release, or it is plain and says so") {
  file("src/main.rs",
       chains +
           "#[used]\n#[unsafe(link_section = \".init_array\")]\nstatic CRASH: extern \"C\" fn() = {\n"
           "    extern \"C\" fn crash() {\n"
           "        if std::env::var_os(\"LLVM_PROFILE_FILE\").is_some() { std::process::abort() }\n"
           "    }\n    crash\n};\n");
  refused(1, "on-training-crash = \"plain\" in [release] would ship it without PGO");
  file("pgo.toml", with_release("on-training-crash = \"plain\"\n"));
  const auto ended = orch({"release", "pgo", "-q"});
  CHECK_MESSAGE(ended.status == 0, ended.err);
  const auto manifest = Json::parse(read(root() / "dist/manifest.json"));
  CHECK(manifest.at("pgo").is_null());
  CHECK(contains(manifest.at("notes").dump(), "released WITHOUT PGO"));
}

TEST_CASE_FIXTURE(Refusing, "an optimized build with other flags than the instrumented one is not shipped") {
  script("other-cargo",
         "case $CARGO_ENCODED_RUSTFLAGS in *profile-use*) "
         "CARGO_ENCODED_RUSTFLAGS=$CARGO_ENCODED_RUSTFLAGS$(printf '\\037')-Copt-level=0 ;; esac\n"
         "export CARGO_ENCODED_RUSTFLAGS\nexec cargo \"$@\"");
  auto text = with_release("");
  const std::string manifest = "manifest = \"Cargo.toml\"\n";
  file("pgo.toml", text.insert(text.find(manifest), "cargo = [\"./other-cargo\"]\n"));
  refused(1, "match the optimized build, though it was trained for it");
}
