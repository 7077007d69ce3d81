// A run's artifacts, confirmed in another folder after everything that they were built of is gone.

#include <fstream>

#include "lab.h"

using namespace e2e;

namespace {

/// Reads a list of files, and the files, and prints their sum times a factor.
constexpr const char* summing = R"(
fn number(text: &str) -> u64 { text.trim().parse().unwrap() }

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let list = std::fs::read_to_string(&args[1]).unwrap();
    let factor = number(&std::fs::read_to_string(&args[2]).unwrap());
    let mut sum: u64 = 0;
    for _ in 0..500 {
        for file in list.lines() {
            sum = sum.wrapping_mul(31).wrapping_add(number(&std::fs::read_to_string(file).unwrap()));
        }
    }
    println!("{}", sum.wrapping_mul(factor));
}
)";

constexpr const char* settings = R"([project]
source = "sum.rs"
[measure]
max-time = "200ms"
phases = false
[build]
phases = false
[[corpus]]
name = "numbers"
folder = "numbers"
[[workload]]
name = "sum"
args = ["{corpus.numbers.args}", "data/factor"]
[[workload]]
name = "by-shell"
command = ["sh", "-c", "{exe} {corpus.numbers.args} data/factor"]
[[variant]]
name = "baseline"
[[variant]]
name = "unoptimized"
opt-level = 0
)";

/// The results of a run that claims of every time that it was slower.
std::string with_claims(Json results) {
  for (auto& comparison : results.at("comparisons"))
    comparison.update({{"verdict", "slower"}, {"effect_pct", 50}, {"lo_pct", 40}, {"hi_pct", 60}});
  return results.dump();
}

}  // namespace

TEST_CASE("artifacts are confirmed in another folder when their project is gone") {
  Lab lab;
  lab.file("sum.rs", summing).file("pgo.toml", settings).file("data/factor", "3\n");
  lab.file("numbers/a", "1\n").file("numbers/deep/b", "2\n");
  const auto packed = lab.orch({"run", "--pack", "../sum.pgoz"});
  CAPTURE(packed.err);
  REQUIRE(packed.status == 0);
  CHECK(contains(packed.err,
                 "not packed: workload 'by-shell': its command starts a program of this machine: sh\n"));
  CHECK(contains(packed.err, "wrote ../sum.pgoz: 2 variants and 1 workload, "));
  const auto claims = with_claims(Json::parse(read(lab.state() / "latest/results.json")));

  Lab other("elsewhere");
  other.file("results.json", claims);
  fs::copy_file(lab.root().parent_path() / "sum.pgoz", other.root() / "sum.pgoz");
  fs::rename(lab.root(), lab.root().string() + ".gone");
  fs::create_directories(other.root() / "empty");
  other.set("PATH", (other.root() / "empty").string());
  const auto ended = other.orch({"confirm", "sum.pgoz", "--with", "results.json", "--json", "confirm.json"});
  CAPTURE(ended.err);
  CAPTURE(ended.out);
  const Json json = Json::parse(read(other.root() / "confirm.json"));
  CHECK(ended.status == (json.at("outcome") == "contradicted" ? 1 : 0));
  CHECK(json.at("recommendation_confirmed") == false);  // one of the workloads is not here
  int measured = 0;
  for (const auto& claim : json.at("claims")) {
    const bool is_here = claim.at("workload") == "sum";
    CHECK(claim.at("second").is_null() == !is_here);
    CHECK(claim.at("reason").get<std::string>().empty() == is_here);
    if (is_here) CHECK(claim.at("second").at("rounds").get<int>() >= 3);
    measured += is_here ? 1 : 0;
  }
  CHECK(measured >= 2);  // run time and CPU time
  CHECK(contains(read(other.root() / ".pgo-orch/confirm/corpora/numbers/args"),
                 (other.root() / ".pgo-orch/confirm/corpora/numbers/files/deep/b").string()));
  CHECK_FALSE(contains(read(other.root() / ".pgo-orch/confirm/artifacts.json"), lab.root().string()));
}
