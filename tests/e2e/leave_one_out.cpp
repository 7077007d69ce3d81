// Variants trained without one of their workloads, by the real cargo.

#include "lab.h"

using namespace e2e;

namespace {

/// Two ways through it: by numbers, or by words.
constexpr const char* two_ways = R"(
#[inline(never)]
fn chain(mut n: u64) -> u64 {
    let mut length = 1;
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        length += 1;
    }
    length
}

#[inline(never)]
fn vowels(text: &str) -> u64 {
    text.bytes().filter(|byte| b"aeiou".contains(byte)).count() as u64
}

fn main() {
    let mode = std::env::args().nth(1).unwrap();
    let total: u64 = if mode == "numbers" {
        (1..3000).map(chain).sum()
    } else {
        (0..3000).map(|n| vowels(&format!("{n} words, or more"))).sum()
    };
    println!("{total}");
}
)";

constexpr const char* other_workload = R"(
[[workload]]
name = "words"
args = ["words"]
)";

std::string config(const std::string& project) {
  return project_of(project, "name = \"numbers\"\nargs = [\"numbers\"]") + other_workload +
         "[[variant]]\nname = \"pgo\"\npgo = { leave-one-out = true }\n";
}

Json without(const Json& results, const std::string& workload) {
  for (const auto& each : results.at("held_out"))
    if (each.at("built").at("left_out").at("workload") == workload) return each;
  return {};
}

/// Built of the profile that the other workload left, which is not that of both.
void check_held_out(const Lab& lab, const Json& results) {
  check_all_ok(results);
  REQUIRE(results.at("held_out").size() == 3);
  const auto balanced = without(results, "").at("built");
  CHECK(balanced.at("name") == "pgo.balance-none");
  CHECK(balanced.at("pgo").at("workloads").size() == 2);
  const auto whole = row(results, "pgo").at("pgo");
  for (const char* workload : {"numbers", "words"}) {
    CAPTURE(workload);
    const auto built = without(results, workload).at("built");
    CHECK(built.at("status") == "ok");
    const auto pgo = built.at("pgo");
    CHECK(pgo.at("workloads").size() == 1);
    CHECK(pgo.at("basis") == "metadata and names");
    CHECK(pgo.at("metadata_units") == whole.at("metadata_units"));
    CHECK(pgo.at("functions_matched") == whole.at("functions_matched"));
    CHECK(pgo.at("functions_called") < whole.at("functions_called"));
    CHECK(pgo.at("sha256") != whole.at("sha256"));
    CHECK_FALSE(fs::exists(lab.variant(built.at("name")) / "instrumented"));
  }
}

}  // namespace

TEST_CASE("a variant trained without a workload is built of the others' profiles, and proved") {
  Lab lab;
  lab.file("two.rs", two_ways).file("pgo.toml", config("source = \"two.rs\""));
  const auto results = lab.results();
  check_held_out(lab, results);
  CHECK(results.at("comparisons").size() > 0);
  CHECK(without(results, "words").at("loss").at("to") == "pgo");
  const auto again = lab.built();
  CHECK(row(again, "pgo").at("pgo").at("training_reused") == true);
  CHECK(without(again, "words").at("built").at("status") == "ok");
}

TEST_CASE("so it is in a package") {
  Lab lab;
  lab.package("two").file("src/main.rs", two_ways).file("pgo.toml", config("manifest = \"Cargo.toml\""));
  check_held_out(lab, lab.built());
}
