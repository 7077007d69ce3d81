// Each version is built of its own sources, wherever git has them.

#include "lab.h"

using namespace e2e;

namespace {

/// A program whose build takes longer from one commit to the next: tags v1 and v2.
Lab& slower_to_build(Lab& lab, const std::string& metric) {
  lab.package("stepwise")
      .file("src/main.rs", "fn main() { println!(\"1\"); }\n")
      .file("build.rs", "fn main() {}\n")
      .file(".gitignore", "/target\n")
      .file("pgo.toml", R"([project]
manifest = "Cargo.toml"
[[workload]]
name = "w"
[[variant]]
name = "baseline"
[build]
runs = 3
[gate]
guard = "50%"
metrics = [")" + metric + "\"]\n")
      .commit();
  REQUIRE(lab.git({"tag", "v1"}).status == 0);
  lab.file("build.rs", "fn main() { std::thread::sleep(std::time::Duration::from_secs(3)); }\n").commit();
  REQUIRE(lab.git({"tag", "v2"}).status == 0);
  return lab;
}

}  // namespace

TEST_CASE("each version's builds are timed with its own sources") {
  Lab lab;
  slower_to_build(lab, "build");
  const auto slower = lab.orch({"gate", "v1", "v2"});
  INFO(slower.out, slower.err);
  CHECK(slower.status == 1);
  CHECK(slower.out.find("more time to build than BASE") != std::string::npos);
  const auto faster = lab.orch({"gate", "v2", "v1"});
  INFO(faster.out, faster.err);
  CHECK(faster.status == 0);
  CHECK(faster.out.find("\npass: ") != std::string::npos);
}

TEST_CASE("a shallow repository has the commits that were fetched into it") {
  Lab lab;
  slower_to_build(lab, "size");
  const auto shallow =
      lab.run({"sh", "-ec",
               "git branch old v1; git clone -q --depth=1 \"file://$PWD\" ../shallow\n"
               "git -C ../shallow fetch -q --depth=1 --no-tags origin old\n"
               "rm -rf .git; mv ../shallow/.git .git; git tag -d v1 >/dev/null 2>&1 || true\n"
               "git rev-parse FETCH_HEAD"});
  REQUIRE(shallow.status == 0);
  const auto ended = lab.orch({"gate", shallow.out.substr(0, shallow.out.find('\n')), "HEAD"});
  INFO(ended.out, ended.err);
  CHECK(ended.status == 0);
}
