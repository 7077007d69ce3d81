// A second run redoes nothing, and what it does redo is what changed.

#include <chrono>
#include <thread>

#include "lab.h"

using namespace e2e;

namespace {

const std::string two_variants = chains_project + R"(
[[variant]]
name = "pgo"
strip = true
pgo = true
)";

}  // namespace

TEST_CASE("runs after the first redo what changed, and nothing else") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", two_variants);
  const Json first = lab.built();
  check_all_ok(first);
  std::this_thread::sleep_for(std::chrono::seconds(1));  // dates have seconds

  INFO("nothing changed: no rustc is started, and stored times have their date");
  const Json second = lab.built();
  check_all_ok(second);
  for (const std::string variant : {"baseline", "pgo"}) {
    CAPTURE(variant);
    check_fresh(lab, variant);
    const Json before = row(first, variant).at("build"), after = row(second, variant).at("build");
    CHECK(before.at("stored") == false);
    CHECK(after.at("stored") == true);
    for (const char* field :
         {"wall_s", "user_s", "system_s", "peak_rss_bytes", "measured_at", "runs", "stages"})
      CHECK(after.at(field) == before.at(field));
    CHECK(row(second, variant).at("artifacts") == row(first, variant).at("artifacts"));
  }
  CHECK(row(first, "pgo").at("pgo").at("training_reused") == false);
  CHECK(row(second, "pgo").at("pgo").at("training_reused") == true);
  CHECK(row(second, "pgo").at("pgo").at("sha256") == row(first, "pgo").at("pgo").at("sha256"));
  CHECK(row(second, "pgo").at("pgo").at("coverage") == row(first, "pgo").at("pgo").at("coverage"));

  INFO("the source changed: all is built, trained and timed again");
  std::string changed = chains;
  changed.replace(changed.find("n / 2"), 5, "n >> 1");
  changed.replace(changed.find("println!(\"{}\""), 13, "println!(\"total {}\"");
  lab.file("chains.rs", changed);
  const Json third = lab.built();
  check_all_ok(third);
  for (const std::string variant : {"baseline", "pgo"}) {
    CAPTURE(variant);
    CHECK(code(third, variant) != code(first, variant));
    CHECK(row(third, variant).at("build").at("stored") == false);
    CHECK(row(third, variant).at("build").at("measured_at") !=
          row(first, variant).at("build").at("measured_at"));
    CHECK(contains(lab.run({executable(third, variant), "9"}).out, "total "));
  }
  CHECK(row(third, "pgo").at("pgo").at("training_reused") == false);
  check_proved(third, "pgo");

  INFO("a setting changed: its variant is built");
  lab.file("pgo.toml", two_variants + "codegen-units = 1\n");
  const Json fourth = lab.built();
  check_all_ok(fourth);
  check_fresh(lab, "baseline");
  check_proved(fourth, "pgo");
  CHECK(contains(read(lab.variant("pgo") / "optimized.log"), "codegen-units=1 "));

  INFO("--fresh forgets what was built");
  const Json fifth = lab.results(0, {"--no-measure", "--fresh"});
  check_all_ok(fifth);
  CHECK(row(fifth, "pgo").at("build").at("stored") == false);
  CHECK(row(fifth, "pgo").at("pgo").at("training_reused") == false);
}

TEST_CASE("a touched source of a package is built again") {
  Lab lab;
  lab.package("chains");
  lab.file("src/main.rs", chains)
      .file("pgo.toml", "[project]\nmanifest = \"Cargo.toml\"\n[[variant]]\nname = \"baseline\"\n");
  const Json first = lab.built();
  fs::last_write_time(lab.root() / "src/main.rs", fs::file_time_type::clock::now());
  const Json second = lab.built();
  CHECK(contains(read(lab.variant("baseline") / "plain.log"), "Running `"));
  CHECK(row(second, "baseline").at("build").at("stored") == false);
  CHECK(code(second, "baseline") == code(first, "baseline"));
}

TEST_CASE("a changed training input trains again and builds only what uses it") {
  Lab lab;
  lab.file("chains.rs", R"(
#[inline(never)]
fn weigh(line: &str) -> usize {
    if line.starts_with('#') { 0 } else { line.len() }
}

fn main() {
    let lines = std::io::stdin().lines().map(Result::unwrap);
    println!("{}", lines.map(|line| weigh(&line)).sum::<usize>());
}
)");
  lab.file("in.txt", "# a\nb\n")
      .file("pgo.toml",
            project_of("source = \"chains.rs\"", "name = \"lines\"\nstdin = \"in.txt\"") + with_pgo);
  const Json first = lab.built();
  check_proved(first, "pgo");
  lab.file("in.txt", "a\nb\nc\n# d\n");
  const Json second = lab.built();
  check_proved(second, "pgo");
  CHECK(row(second, "pgo").at("pgo").at("sha256") != row(first, "pgo").at("pgo").at("sha256"));
  check_fresh(lab, "baseline");
  CHECK_FALSE(contains(read(lab.variant("pgo") / "instrumented.log"), "Running `"));
  CHECK(contains(read(lab.variant("pgo") / "optimized.log"), "Running `"));
}

TEST_CASE("clean builds are timed as often as asked for") {
  Lab lab;
  lab.file("chains.rs", chains)
      .file("pgo.toml", with_build_keys(chains_project, "runs = 3\nkeep = \"bin\"\n"));
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(row(results, "baseline").at("build").at("runs").size() == 3);
  CHECK_FALSE(fs::exists(lab.variant("baseline") / "target-plain"));
  CHECK(fs::exists(lab.variant("baseline") / "bin/chains"));
}

TEST_CASE("builds in rounds are clean builds, and leave everything fresh for the next run") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", with_build_keys(two_variants, "runs = 3\n"));
  const Json first = lab.built();
  check_all_ok(first);
  CHECK(first.at("build_rounds").at("rounds") == 3);
  CHECK(first.at("build_rounds").at("noise_floor_pct").is_number());
  for (const std::string variant : {"baseline", "pgo"}) {
    CAPTURE(variant);
    const Json build = row(first, variant).at("build");
    CHECK(build.at("runs").size() == 3);
    CHECK(build.at("stored") == false);
  }
  // Training was not done again, and counts in every round.
  double training = 0, instrumented = 0;
  const Json build = row(first, "pgo").at("build");
  for (const Json& stage : build.at("stages")) {
    if (stage.at("name") == "instrumented build") instrumented = stage.at("wall_s");
    if (!stage.at("name").get<std::string>().ends_with("build")) training += stage.at("wall_s").get<double>();
  }
  CHECK(instrumented > 0);
  CHECK(training > 0);
  for (const Json& wall : build.at("runs")) CHECK(wall.get<double>() > training);
  bool compared = false;
  for (const Json& comparison : first.at("comparisons")) {
    if (comparison.at("metric") != "build") continue;
    compared = true;
    CHECK(comparison.at("basis") == "parametric");
    CHECK(comparison.at("rounds") == 3);
    CHECK(comparison.at("lo_pct").get<double>() < comparison.at("hi_pct").get<double>());
  }
  CHECK(compared);
  const Json second = lab.built();
  check_fresh(lab, "baseline");
  check_fresh(lab, "pgo");
  CHECK(row(second, "pgo").at("build").at("runs") == row(first, "pgo").at("build").at("runs"));
  CHECK(row(second, "pgo").at("build").at("stored") == true);
  CHECK(row(second, "pgo").at("pgo").at("sha256") == row(first, "pgo").at("pgo").at("sha256"));
}
