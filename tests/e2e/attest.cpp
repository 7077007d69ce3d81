// Provenance and bill of materials, as the packages of those who publish their schemas read them.

#include "lab.h"

using namespace e2e;

namespace {

/// Installed by `scripts/setup test`.
fs::path build_tools() {
  return fs::path(PGO_ORCH_SOURCE_DIR) / "build/tools";
}

}  // namespace

TEST_CASE("provenance and bill of materials are what their published schemas say") {
  const auto python = build_tools() / "python/bin/python";
  const bool has_tools = fs::exists(python) && fs::exists(build_tools() / "bin/cargo-cyclonedx");
  if (!has_tools) {
    MESSAGE("skipped: `scripts/setup test` installs what validates them");
    return;
  }
  Lab lab;
  lab.tools_from(build_tools() / "bin");
  lab.package("chains", "[dependencies]\nsteps = { path = \"steps\" }\n")
      .file("steps/Cargo.toml", package("steps"))
      .file("steps/src/lib.rs", "pub fn one() -> u64 { 1 }\n")
      .file("src/main.rs", chains)
      .file("pgo.toml", project_of("manifest = \"Cargo.toml\"") +
                            "[[variant]]\nname = \"pgo\"\npgo = true\n[release]\nvariant = \"pgo\"\n"
                            "provenance = true\nsbom = true\n");
  CHECK(lab.run({"cargo", "generate-lockfile", "--offline"}).status == 0);
  lab.commit();
  const auto released = lab.orch({"release", "-q"});
  REQUIRE_MESSAGE(released.status == 0, released.err);
  const auto valid = [&](const std::string& provenance, const std::string& bill) {
    return lab.run({python.string(), PGO_ORCH_SOURCE_DIR "/tests/e2e/validate.py", provenance, bill})
               .status == 0;
  };
  CHECK(valid("dist/provenance.intoto.json", "dist/chains.cdx.json"));

  const auto provenance = Json::parse(read(lab.root() / "dist/provenance.intoto.json"));
  const auto manifest = Json::parse(read(lab.root() / "dist/manifest.json"));
  const auto bill = Json::parse(read(lab.root() / "dist/chains.cdx.json"));
  const auto& subject = provenance.at("subject").at(0);
  CHECK(subject.at("name") == manifest.at("files").at(0).at("path"));
  CHECK(subject.at("digest").at("sha256") == manifest.at("files").at(0).at("sha256"));
  CHECK(bill.at("components").dump().find("\"steps\"") != std::string::npos);
  CHECK(!contains(bill.dump() + provenance.dump(), lab.root().string()));

  // Whoever validates does look.
  auto unknown = provenance;
  unknown["predicate"]["buildDefinition"]["flavour"] = "mild";
  lab.file("unknown.json", unknown.dump());
  CHECK(!valid("unknown.json", "dist/chains.cdx.json"));
  auto wrong = bill;
  wrong["components"][0].erase("name");
  lab.file("wrong.json", wrong.dump());
  CHECK(!valid("dist/provenance.intoto.json", "wrong.json"));
}
