#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "test.h"

using namespace pgo_orch::cli;
using nlohmann::json;

namespace {

const std::string three_variants = fib + R"(
[[variant]]
name = "fat"
lto = "fat"

[[variant]]
name = "pgo"
pgo = true
)";

struct Interrupted : Test {
  Interrupted() { file("pgo.toml", three_variants).file("fib.rs", "print 1"); }

  /// Starts a run, waits until something stays where it is, and sends the signal.
  Result run_and_signal(int number, const Words& arguments = {"run"}) const {
    auto running = start(arguments);
    wait_until_held();
    running.signal(number);
    auto result = running.wait();
    CHECK(!anybody_held_lives());
    return result;
  }

  Result resume(const Words& more = {}) const {
    let_go();
    forget_calls();
    Words arguments{"run", "--resume"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  /// The wall times, in nanoseconds, of the complete rounds in the journal of the latest run: by contender.
  std::map<std::string, std::vector<long>> journal_times() const {
    std::map<std::string, std::vector<long>> times;
    std::ifstream lines(path(".pgo-orch/latest/journal.jsonl"));
    for (std::string text; std::getline(lines, text);) {
      const auto line = json::parse(text, nullptr, false);
      if (!line.is_object() || line.at("event") != "round") continue;
      for (const auto& [contender, sample] : line.at("samples").items())
        times[contender.substr(0, contender.find('@'))].push_back(sample.at(0));
    }
    return times;
  }

  /// Whether the result's times begin with those.
  bool keeps(const std::map<std::string, std::vector<long>>& before) const {
    for (const auto& series : results().at("benchmarks").at(0).at("results")) {
      const auto& kept = before.at(series.at("variant"));
      const auto& times = series.at("times");
      if (times.size() < kept.size()) return false;
      for (std::size_t i = 0; i < kept.size(); ++i) {
        if (std::abs(times.at(i).get<double>() * 1e9 - static_cast<double>(kept[i])) > 1) return false;
      }
    }
    return true;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Interrupted,
                  "Ctrl-C during a build ends all its processes, says what there is, and can be resumed") {
  hold("build", "variants/fat/");
  const auto result = run_and_signal(SIGINT);
  CHECK(result.code == 130);
  CHECK(results().at("run").at("interrupted") == true);
  CHECK(reason("baseline") == "ok: ");
  CHECK(row("fat").at("status") != "ok");
  CHECK(row("pgo").at("status") == "skipped");
  CHECK(result.out.find("baseline") != std::string::npos);
  CHECK(result.out.find("nterrupted") != std::string::npos);
  CHECK((result.out + result.err).find("--resume") != std::string::npos);

  const auto resumed = resume();
  CHECK(resumed.code == 0);
  CHECK(resumed.err.find("note: resuming run ") != std::string::npos);
  CHECK(results().at("run").at("interrupted") == false);
  for (const char* name : {"baseline", "fat", "pgo"}) CHECK(reason(name) == "ok: ");
}

TEST_CASE_FIXTURE(Interrupted,
                  "Ctrl-C during training can be resumed, and does not train the rest of it on less") {
  hold("train", "0");
  CHECK(run_and_signal(SIGINT).code == 130);
  CHECK(row("pgo").at("status") != "ok");
  CHECK(resume().code == 0);
  CHECK(reason("pgo") == "ok: ");
  const auto steps = story();
  CHECK(std::ranges::count(steps, "train pgo") == 1);
}

TEST_CASE_FIXTURE(Interrupted, "Ctrl-C during the check of the baseline is no failure of it") {
  hold("check", "0");
  const auto result = run_and_signal(SIGINT);
  CHECK(result.code == 130);
  CHECK(row("baseline").at("status") != "wrong-output");
  CHECK(resume().code == 0);
}

TEST_CASE_FIXTURE(
    Interrupted,
    "Ctrl-C while measuring keeps the rounds that were complete, and --resume goes on with them") {
  hold("measure", "10");  // the warm-up is 3 runs, so two rounds are complete
  CHECK(run_and_signal(SIGINT).code == 130);
  const auto before = journal_times();
  CHECK(before.size() == 3);
  CHECK(before.begin()->second.size() == 2);
  CHECK(keeps(before));
  CHECK(results().at("benchmarks").at(0).at("rounds") == 2);

  CHECK(resume().code == 0);
  CHECK(keeps(before));
  CHECK(results().at("benchmarks").at(0).at("rounds").get<int>() > 2);
}

TEST_CASE_FIXTURE(Interrupted, "what was built before is neither built nor trained again by --resume") {
  hold("measure", "4");
  CHECK(run_and_signal(SIGINT).code == 130);
  CHECK(resume().code == 0);
  const auto steps = story();
  CHECK(std::ranges::count(steps, "train pgo") == 0);
  for (const auto& variant : results().at("variants")) CHECK(variant.at("build").at("stored") == true);
}

TEST_CASE_FIXTURE(Interrupted, "SIGTERM is exit code 143") {
  hold("build", "variants/fat/");
  CHECK(run_and_signal(SIGTERM).code == 143);
  CHECK(resume().code == 0);
}

TEST_CASE_FIXTURE(Interrupted, "after SIGKILL no process is left, and --resume goes on") {
  hold("build", "variants/fat/");
  CHECK(run_and_signal(SIGKILL).code == -SIGKILL);
  CHECK(resume().code == 0);
  for (const char* name : {"baseline", "fat", "pgo"}) CHECK(reason(name) == "ok: ");
}

TEST_CASE_FIXTURE(Interrupted, "after SIGKILL while measuring, --resume keeps the complete rounds") {
  hold("measure", "10");
  CHECK(run_and_signal(SIGKILL).code == -SIGKILL);
  const auto before = journal_times();
  CHECK(before.begin()->second.size() == 2);
  CHECK(resume().code == 0);
  CHECK(keeps(before));
}

TEST_CASE_FIXTURE(Interrupted, "lines of a journal that do not read are left out, which is said") {
  hold("measure", "10");
  CHECK(run_and_signal(SIGKILL).code == -SIGKILL);
  const auto before = journal_times();
  std::ofstream(path(".pgo-orch/latest/journal.jsonl"), std::ios::app)
      << R"({"event":"left"})" << "\n"
      << R"({"event":5})" << "\n"
      << R"({"event":"round","workload":"work","round":3,"samples":{"x":[1]}})" << "\n"
      << std::string(100'000, '[') << std::string(100'000, ']') << "\n";
  const auto resumed = resume();
  CHECK(resumed.code == 0);
  CHECK(resumed.err.find("4 lines of its journal cannot be read and are left out") != std::string::npos);
  CHECK(keeps(before));
}

TEST_CASE_FIXTURE(Interrupted, "a journal whose last line was cut is resumed all the same") {
  hold("measure", "10");
  CHECK(run_and_signal(SIGKILL).code == -SIGKILL);
  std::ofstream(path(".pgo-orch/latest/journal.jsonl"), std::ios::app) << R"({"event":"round","workl)";
  CHECK(resume().code == 0);
  // and again, with what the resumed run wrote behind the cut line
  CHECK(reason("pgo") == "ok: ");
}

TEST_CASE_FIXTURE(Interrupted, "samples of other code than before are not mixed in") {
  hold("measure", "10");
  CHECK(run_and_signal(SIGINT).code == 130);
  const auto before = journal_times();
  file("fib.rs", "print 1\nif bad print 2\n");
  const auto resumed = resume();
  CHECK(resumed.code == 0);
  CHECK(!keeps(before));
  CHECK(resumed.err.find(
            "fib: times of the earlier run are not used: the code, the inputs or the variants changed") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(Interrupted, "with keep = bin a resumed run takes up what was built") {
  file("pgo.toml", with_build_keys(three_variants, "keep = \"bin\"")).hold("measure", "4");
  CHECK(run_and_signal(SIGINT).code == 130);
  CHECK(resume().code == 0);
  CHECK(builds().empty());
}

TEST_CASE_FIXTURE(Interrupted, "a finished run is not resumed") {
  CHECK(run({"run"}).code == 0);
  const auto result = run({"run", "--resume"});
  CHECK(result.code == 2);
  CHECK(
      normal(result.err) ==
      "error: run WHEN is finished, so it cannot be resumed. `pgo-orch report` shows it again, --resume with "
      "--max-time measures longer, and a new run without --resume repeats only what changed\n");
}

TEST_CASE_FIXTURE(Interrupted, "a run is not resumed with another pgo.toml or selection") {
  hold("build", "variants/fat/");
  CHECK(run_and_signal(SIGINT).code == 130);
  const auto refused =
      "error: run WHEN cannot be resumed: pgo.toml, its folder or the selection changed. Start a new run "
      "without --resume; what did not change is not built again\n";
  const auto other = resume({"--variant", "fat"});
  CHECK(other.code == 2);
  CHECK(normal(other.err) == refused);
  file("pgo.toml", three_variants + "\n");
  CHECK(normal(resume().err) == refused);
}

TEST_CASE_FIXTURE(Interrupted, "without a run there is nothing to resume") {
  const auto result = run({"run", "--resume"});
  CHECK(result.code == 2);
  CHECK(normal(result.err) ==
        "error: there is no run to resume in PROJECT/.pgo-orch; start one without --resume\n");
}

TEST_CASE_FIXTURE(Interrupted, "a second run at the same time is refused, and harms nothing") {
  hold("build", "variants/fat/");
  auto first = start({"run", "--no-measure"});
  wait_until_held();
  const auto second = run({"run", "--no-measure"});
  CHECK(second.code == 2);
  CHECK(normal(second.err) ==
        "error: PROJECT/.pgo-orch/lock is locked by process N: another run is at work there; wait for it, or "
        "use another --state-dir\n");
  const auto elsewhere =
      run({"run", "--no-measure", "--variant", "baseline", "--state-dir", outside("other").string()});
  CHECK(elsewhere.code == 0);
  first.signal(SIGINT);
  CHECK(first.wait().code == 130);
  CHECK(resume({"--no-measure"}).code == 0);
}

TEST_CASE_FIXTURE(Interrupted, "an insisting user need not wait for a child that ignores SIGTERM") {
  tool("cargo", R"(. "${0%/*}/common.sh"
log cargo "$@"
case $1 in
  fetch) echo > Cargo.lock ;;
  build)
    trap '' TERM INT
    echo $$ >> "$TOY_DIR/held"
    for i in 1 2 3 4 5 6 7 8 9 10; do sleep 10; done
    ;;
esac)");
  auto running = start({"run", "--no-measure"});
  wait_until_held();
  running.signal(SIGINT);
  running.signal(SIGINT);
  CHECK(running.wait().code == 130);
  CHECK(!anybody_held_lives());
}

TEST_CASE_FIXTURE(Interrupted,
                  "a finished run is measured on with --resume --max-time, from the samples it has") {
  CHECK(run({"run"}).code == 0);
  const auto before = journal_times();
  const auto refused = run({"run", "--resume"});
  CHECK(refused.code == 2);
  CHECK(refused.err.find("--resume with --max-time measures longer") != std::string::npos);
  CHECK(run({"run", "--resume", "--max-time", "400ms"}).code == 0);
  CHECK(keeps(before));
  CHECK(journal_times().at("baseline").size() > before.at("baseline").size());
  CHECK(normal(run({"run", "--max-time", "soon"}).err) ==
        "error: --max-time soon: give a time, e.g. 30s or 5m\n");
}

TEST_CASE_FIXTURE(Interrupted, "who dropped out while measuring is still failed after --resume") {
  file("pgo.toml", three_variants + "[[variant]]\nname = \"bad\"\ncfg = [\"bad\"]\n");
  file("fib.rs", "print 1\nif bad if measured exit 7");
  hold("measure", "9");  // the warm-up is 4 runs, in which `bad` fails; a round is 3
  CHECK(run_and_signal(SIGINT).code == 130);
  CHECK(reason("bad") == "failed: measure fib: warm-up: exit code 7");
  CHECK(journal_times().begin()->second.size() == 1);
  CHECK(resume().code == 1);
  CHECK(reason("bad") == "failed: measure fib: warm-up: exit code 7");
  CHECK(results().at("benchmarks").at(0).at("rounds").get<int>() > 1);
}

TEST_CASE_FIXTURE(Interrupted, "--resume adds nothing to workloads that were measured to their end") {
  std::string toml = three_variants + "[[workload]]\nname = \"other\"\nargs = [\"2\"]\n";
  toml.replace(toml.find("20ms"), 4, "400ms");
  file("pgo.toml", toml);
  file("fib.rs", "print 1\nif arg:2 if measured sleep 1");
  auto running = start({"run"});
  // The second workload has begun: the first is done.
  CHECK(soon([&] {
    return std::filesystem::exists(path(".pgo-orch/latest/journal.jsonl")) &&
           read(".pgo-orch/latest/journal.jsonl").find("\"workload\":\"other\"") != std::string::npos;
  }));
  running.signal(SIGKILL);
  running.wait();
  const auto rounds_of = [&](const std::string& workload) {
    std::ifstream lines(path(".pgo-orch/latest/journal.jsonl"));
    int count = 0;
    for (std::string line; std::getline(lines, line);)
      count += line.find("\"event\":\"round\"") != std::string::npos &&
               line.find("\"workload\":\"" + workload + "\"") != std::string::npos;
    return count;
  };
  const int before = rounds_of("fib");
  CHECK(before > 0);
  CHECK(resume().code == 0);
  CHECK(rounds_of("fib") == before);
  CHECK(results().at("benchmarks").at(0).at("rounds") == before);
  CHECK(results().at("benchmarks").at(1).at("rounds").get<int>() > 0);
}
