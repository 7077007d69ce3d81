// The generated files are the proof: cargo by hand builds the same code from them.

#include "lab.h"
#include "toolchains/elf.h"

using namespace e2e;

namespace {

/// `cargo build --release` in the variant's folder, as its Cargo.toml says.
std::string code_by_hand(const Lab& lab, const Json& results, const std::string& variant,
                         const std::string& program, bool host_folder = false) {
  const auto ended = lab.run_in(lab.variant(variant), {"cargo", "build", "--release"});
  CAPTURE(ended.err);
  REQUIRE(ended.status == 0);
  const fs::path folder = lab.variant(variant) / "target" /
                          (host_folder ? "" : row(results, variant).at("target").get<std::string>()) /
                          "release";
  return pgo_orch::toolchains::code_sha256(folder / program);
}

const std::string ladder = chains_project + R"(
[[variant]]
name = "tuned"
opt-level = 3
codegen-units = 1
panic = "abort"
strip = true
overflow-checks = false
[[variant]]
name = "native"
inherits = "tuned"
linker = "lld"
linker-driver = "clang"
target-cpu = "native"
[[variant]]
name = "static"
inherits = "native"
crt-static = true
[[variant]]
name = "pgo"
inherits = "static"
pgo = true
[[variant]]
name = "fat"
inherits = "tuned"
lto = "fat"
)";

}  // namespace

TEST_CASE("cargo build by hand in a variant's folder gives the same code") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", ladder);
  const Json results = lab.built();
  check_all_ok(results);
  for (const std::string variant : {"baseline", "tuned", "native", "static", "pgo", "fat"}) {
    CAPTURE(variant);
    CHECK(code_by_hand(lab, results, variant, "chains") == code(results, variant));
  }
  // Each step changed the code: or else equal hashes would say nothing.
  for (const std::string variant : {"tuned", "native", "static", "pgo", "fat"}) {
    CHECK(code(results, variant) != code(results, "baseline"));
    CHECK(row(results, variant).at("identical_to").is_null());
  }
}

TEST_CASE("cargo build by hand gives the same code with settings of all kinds") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"(
[[variant]]
name = "flags"
opt-level = "s"
lto = "off"
debug = "line-tables-only"
strip = "none"
incremental = false
rpath = true
overflow-checks = true
debug-assertions = true
target-features = ["+sse4.2", "+popcnt"]
relocation-model = "static"
rustflags = ["-C", "force-frame-pointers=yes", "--cfg=word"]
link-args = ["-Wl,-z,now"]
cfg = ["fast", "key=\"a value\""]
[[variant]]
name = "pgo"
lto = "thin"
strip = "debuginfo"
pgo = true
)");
  const Json results = lab.built();
  check_all_ok(results);
  for (const std::string variant : {"flags", "pgo"}) {
    CAPTURE(variant);
    CHECK(code_by_hand(lab, results, variant, "chains") == code(results, variant));
  }
  check_proved(results, "pgo");
}

TEST_CASE("cargo build by hand gives the same code without --target") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", R"([project]
source = "chains.rs"
host-flags = true
[[workload]]
name = "chains"
args = ["3000"]
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
lto = "fat"
pgo = true
)");
  const Json results = lab.built();
  check_all_ok(results);
  check_proved(results, "pgo");
  for (const std::string variant : {"baseline", "pgo"}) {
    CAPTURE(variant);
    CHECK(code_by_hand(lab, results, variant, "chains", true) == code(results, variant));
  }
}
