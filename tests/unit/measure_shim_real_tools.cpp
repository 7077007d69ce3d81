// The shim in front of the real rustc and cargo.

#include "measure_shim_fixture.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::measure::test;
using namespace pgo_orch::toolchains;

TEST_CASE("the real rustc through the shim compiles, links and runs as without") {
  Watched w;
  w.use_real_tools();
  w.write("hello.rs", "fn main() { println!(\"hello {}\", cfg!(fast)); }");
  w.env["PGO_ORCH_RUSTFLAGS"] =
      "--cfg\x1f"
      "fast";
  w.env["PGO_ORCH_SHIM_PASSES"] = "1";
  const auto built = w.run({"rustc", "hello.rs"});
  REQUIRE(built.ok());
  CHECK(built.err == "");
  CHECK(w.run({(w.folder.path() / "hello").string()}).out == "hello true\n");
  const auto events = w.events();
  REQUIRE(events.size() == 2);
  CHECK(events[0].tool == "cc");
  CHECK(events[0].parent_tool == "rustc");
  CHECK(events[0].start >= events[1].start);
  CHECK(events[0].end <= events[1].end);
  CHECK(events[1].cpu() > Nanoseconds(0));
  CHECK(events[1].peak_rss.count > 0);
  const auto pass = std::ranges::find(events[1].passes, "type_check_crate", &RustcPass::name);
  CHECK(pass != events[1].passes.end());
}

TEST_CASE("a workspace with a dependency, a proc macro and a build script that probes is seen unit by unit") {
  Watched w;
  w.use_real_tools();
  w.write("Cargo.toml", "[workspace]\nmembers = [\"app\", \"dep\", \"mac\"]\nresolver = \"2\"\n");
  w.write("dep/Cargo.toml", "[package]\nname = \"dep\"\nversion = \"1.2.3\"\nedition = \"2021\"\n");
  w.write("dep/src/lib.rs", "pub fn two() -> u32 { 2 }\n");
  // Asks, as crates do, whether unstable features can be used: they can't, also when passes are told.
  w.write("dep/build.rs", R"(use std::{env, process::Command};
fn main() {
  let wrapper = env::var("RUSTC_WRAPPER").unwrap();
  let out = env::var("OUT_DIR").unwrap();
  std::fs::write(format!("{out}/probe.rs"), "#![feature(never_type)] pub fn f() {}").unwrap();
  let ok = Command::new(wrapper).arg(env::var("RUSTC").unwrap()).args(["--crate-type=lib", "--emit=metadata"])
    .arg("--out-dir").arg(&out).arg(format!("{out}/probe.rs")).status().unwrap().success();
  if ok { panic!("the compiler says that it is a nightly") }
}
)");
  w.write("mac/Cargo.toml",
          "[package]\nname = \"mac\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[lib]\nproc-macro = true\n");
  w.write("mac/src/lib.rs",
          "#[proc_macro]\npub fn forty(_: proc_macro::TokenStream) -> proc_macro::TokenStream { "
          "\"40u32\".parse().unwrap() }\n");
  w.write("app/Cargo.toml",
          "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\ndep = { path "
          "= \"../dep\" }\nmac = { path = \"../mac\" }\n");
  w.write("app/src/main.rs", "fn main() { println!(\"{}\", mac::forty!() + dep::two()); }\n");
  w.env["PGO_ORCH_SHIM_PASSES"] = "1";
  w.env["PGO_ORCH_CARGO_RUSTFLAGS"] = "-Copt-level=1";
  for (const auto* name : {"CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR", "RUSTFLAGS"})
    w.env[name] = std::nullopt;

  const auto built = w.run({"cargo", "build", "--offline"});
  INFO(built.err);
  REQUIRE(built.ok());
  CHECK(built.err.find("time: {") == std::string::npos);
  CHECK(w.run({(w.folder.path() / "target/debug/app").string()}).out == "42\n");
  const auto events = w.events();
  const auto& app = event_of(events, "rustc", "app");
  const auto& dep = event_of(events, "rustc", "dep");
  const auto& mac = event_of(events, "rustc", "mac");
  const auto& script = event_of(events, "rustc", "build_script_build");
  const auto& probe = event_of(events, "rustc", "", true);
  CHECK(dep.version == "1.2.3");
  CHECK(mac.crate_types == std::vector<std::string>{"proc-macro"});
  CHECK(app.externs == std::vector<std::string>{"dep" + dep.extra_filename, "mac" + mac.extra_filename});
  CHECK(app.parent_tool == "cargo");
  for (const auto* unit : {&app, &dep, &mac, &script}) CHECK_FALSE(unit->passes.empty());
  CHECK(probe.passes.empty());
  CHECK(probe.exit_code != 0);
  CHECK(probe.package == "dep");
  const auto links = std::ranges::count_if(events, [](const auto& e) { return e.kind == CallKind::link; });
  CHECK(links == 3);  // app, mac and the build script
}
