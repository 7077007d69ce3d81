// How often a gate is wrong, and how often it finds a loss: trials of real programs whose difference is
// known, measured as `pgo-orch gate` does it, and the rules of judges that projects wrote themselves on the
// same samples, and hyperfine with Welch's test on the same programs. Each gate is kept in a file, a line
// each, so that trials go on where they ended. Usage: bench_gate_trials [--file FILE] [--gates N] [--only
// TEXT] [--minutes N] [--hyperfine PATH]

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "orchestrator/gate/rounds.h"
#include "orchestrator/judge/gate_verdict.h"
#include "tests/bench/answers.h"
#include "tests/bench/public_judges.h"
#include "tests/bench/spin_programs.h"
#include "toolchains/process_runner.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using namespace pgo_orch::bench;
using measure::GateMetric;
using measure::GateOutcome;
using nlohmann::json;

namespace {

const std::vector<double> milliseconds{2, 4, 8, 12, 20, 30};
constexpr GateMetric metrics[] = {GateMetric::wall, GateMetric::cpu};

/// A gate of these programs with a guard of 0, so that any loss is one too much.
constexpr const char* pgo_toml = R"(
[project]
name = "spin"
command = ["cc", "{output}"]
[[workload]]
name = "w"
[[variant]]
name = "baseline"
[measure]
floor = "1ns"
[gate]
guard = "0%"
)";

measure::Claim claim_of_gate() {
  return gate_claim(0.99, milliseconds.size() * std::size(metrics));
}

std::vector<std::int64_t> nanoseconds_of(const measure::Series& series, GateMetric metric) {
  std::vector<std::int64_t> times;
  for (const auto& sample : series.samples)
    times.push_back((metric == GateMetric::cpu ? sample.user + sample.system : sample.wall).count());
  return times;
}

json to_json(const measure::Measured& measured) {
  json found{{"closing", measured.ends.closing()}, {"outcomes", json::object()}};
  for (const auto metric : metrics)
    found["outcomes"][to_word(metric)] =
        to_word(judge_timed(measured, 1, metric, {}, claim_of_gate()).outcome);
  for (const auto& [name, place] : {std::pair{"base", base_place}, {"head", head_place}})
    for (const auto metric : metrics)
      found[fmt::format("{}_{}", name, to_word(metric))] = nanoseconds_of(measured.series[place], metric);
  return found;
}

measure::Series series_of(const json& found, const char* name) {
  measure::Series series;
  const auto wall = found.at(fmt::format("{}_wall", name)).get<std::vector<std::int64_t>>();
  const auto cpu = found.at(fmt::format("{}_cpu", name)).get<std::vector<std::int64_t>>();
  for (std::size_t i = 0; i < wall.size(); ++i) {
    measure::Sample sample;
    sample.end = toolchains::End::exited;
    sample.exit_code = 0;
    sample.wall = Nanoseconds(wall[i]);
    sample.user = Nanoseconds(cpu[i]);
    series.rounds.push_back(static_cast<int>(i) + 1);
    series.samples.push_back(sample);
  }
  return series;
}

measure::Measured from_json(const json& found) {
  measure::Measured measured;
  measured.series = {series_of(found, "base"), series_of(found, "head")};
  measured.rounds = static_cast<int>(measured.series.front().rounds.size());
  measured.ends.count = found.at("closing").get<int>();
  measured.ends.is_up = measured.ends.count > 0;
  return measured;
}

bool fails(const measure::Measured& measured, GateMetric metric) {
  return judge_timed(measured, 1, metric, {}, claim_of_gate()).outcome == GateOutcome::fail;
}

/// How many gates of a kind raised an alarm, by each rule.
struct Alarms {
  int gates = 0;
  int wall_once = 0, cpu_once = 0;  ///< without a second measurement
  int wall = 0, cpu = 0;            ///< with it
  int medians = 0, medians_alone = 0, welch = 0, bootstrap = 0;
};

class Trials {
 public:
  Trials(fs::path file, fs::path folder)
      : file_(std::move(file)),
        folder_(std::move(folder)),
        programs_(folder_ / "programs"),
        config_(parse_config(pgo_toml, folder_ / "pgo.toml")),
        layout_(layout_at(folder_ / "state")),
        progress_(stderr, {.verbosity = report::Verbosity::quiet}),
        work_{config_, layout_, layout_, "", true, runner_, progress_} {
    create_state_folder(layout_);
    if (std::ifstream in(file_); in)
      for (std::string line; std::getline(in, line);)
        if (const auto gate = json::parse(line, nullptr, false); gate.is_object()) kept_.push_back(gate);
  }

  /// Gates of programs against themselves, each workload for three seconds.
  void same(Neighbours neighbours, int gates) {
    const std::string kind = fmt::format("A/A, {}", describe(neighbours));
    go(kind, gates, neighbours, [&](json& gate, std::uint64_t seed) {
      for (std::size_t i = 0; i < milliseconds.size(); ++i)
        gate["workloads"].push_back(measured_of(milliseconds[i], 0, std::chrono::seconds(3), seed * 31 + i));
    });
  }

  /// Gates in which one workload takes 3 % more; the others are as above, and not measured again.
  void different(Neighbours neighbours, int gates) {
    const std::string kind = fmt::format("3 % more, {}", describe(neighbours));
    go(kind, gates, neighbours, [&](json& gate, std::uint64_t seed) {
      const double ms = milliseconds[seed % milliseconds.size()];
      gate["workloads"].push_back(measured_of(ms, 3, std::chrono::seconds(30), seed));
    });
  }

  /// The programs of `same`, by hyperfine: six seconds for each workload, as long as it takes by default.
  void same_by_hyperfine(const std::string& hyperfine, Neighbours neighbours, int gates) {
    const Options options{.hyperfine = hyperfine};
    go(fmt::format("hyperfine, {}", describe(neighbours)), gates, neighbours, [&](json& gate, std::uint64_t) {
      bool alarm = false;
      for (const double ms : milliseconds) {
        const auto program = programs_.taking(ms / 1000);
        const auto found = by_hyperfine(options, programs_, program, program);
        gate["workloads"].push_back({{"ms", ms}, {"effect", found.effect_pct}, {"claims", found.claims}});
        alarm = alarm || (found.claims && found.effect_pct > 0);
      }
      gate["alarm"] = alarm;
    });
  }

  void report_hyperfine(Neighbours neighbours) const {
    const std::string kind = fmt::format("hyperfine, {}", describe(neighbours));
    int gates = 0, alarms = 0;
    for (const auto& gate : kept_)
      if (gate.at("kind") == kind) ++gates, alarms += gate.at("alarm").get<bool>();
    if (gates > 0)
      fmt::print("gate, A/A, {}: hyperfine with Welch at 5 %\t{}/{}\t\n", describe(neighbours), alarms,
                 gates);
  }

  void report(const std::string& kind, const char* wall_target, const char* cpu_target) const {
    const auto alarms = alarms_in(kind);
    if (alarms.gates == 0) return;
    const auto row = [&](const char* rule, int count, const char* target) {
      fmt::print("gate, {}: {}\t{}/{}\t{}\n", kind, rule, count, alarms.gates, target);
    };
    row("by wall", alarms.wall, wall_target);
    row("by cpu", alarms.cpu, cpu_target);
    row("by wall, without the second measurement", alarms.wall_once, "");
    row("by cpu, without the second measurement", alarms.cpu_once, "");
    row("medians, 5 % and 5 ms", alarms.medians, "");
    row("medians, 5 %", alarms.medians_alone, "");
    row("Welch at 5 %", alarms.welch, "");
    row("bootstrap of medians at 95 %", alarms.bootstrap, "");
    std::fflush(stdout);
  }

  /// Under which of two equal programs a time was taken says nothing: exchanged by chance in each round, the
  /// kept times make as many gates as one likes.
  void replay(int gates) const {
    std::vector<const json*> same;
    for (const auto& gate : kept_)
      if (gate.at("kind").get<std::string>().starts_with("A/A")) same.push_back(&gate);
    if (same.empty()) return;
    std::mt19937 random(7);
    int wrong = 0;
    for (int i = 0; i < gates; ++i) {
      bool alarm = false;
      for (const auto& workload : same[static_cast<std::size_t>(i) % same.size()]->at("workloads")) {
        auto measured = from_json(workload.at("first"));
        for (std::size_t round = 0; round < measured.series[0].samples.size(); ++round)
          if (random() % 2) std::swap(measured.series[0].samples[round], measured.series[1].samples[round]);
        for (const auto metric : metrics) alarm = alarm || fails(measured, metric);
      }
      wrong += alarm;
    }
    fmt::print("gate, A/A replayed with chances of its own: alarms, once\t{}/{}\tat most 1 %\n", wrong,
               gates);
  }

 private:
  using Play = std::function<void(json& gate, std::uint64_t seed)>;

  void go(const std::string& kind, int gates, Neighbours neighbours, const Play& play) {
    int had = 0;
    for (const auto& gate : kept_) had += gate.at("kind") == kind;
    if (had >= gates) return;
    const Load load(neighbours);
    for (; had < gates && Clock::now() < until; ++had) {
      json gate{{"kind", kind}, {"workloads", json::array()}};
      play(gate, static_cast<std::uint64_t>(had) + 1);
      std::ofstream(file_, std::ios::app) << gate.dump() << "\n";
      kept_.push_back(std::move(gate));
    }
  }

  json measured_of(double ms, double more_pct, Nanoseconds budget, std::uint64_t seed) {
    BothBuilt both;
    Workload workload = config_.workloads.front();
    workload.name = fmt::format("{} ms", ms);
    workload.program = "spin";
    workload.cwd = folder_;
    for (const std::size_t place : {base_place, head_place}) {
      auto& built = both[place];
      built.row.name = place == base_place ? base_name : head_name;
      const fs::path bin = programs_of(built.row.name, layout_);
      built.folders = {bin};
      fs::create_directories(bin);
      const double factor = place == head_place ? 1 + more_pct / 100 : 1;
      fs::copy_file(programs_.taking(ms / 1000 * factor), bin / "spin", fs::copy_options::overwrite_existing);
      built.row.artifacts = {{.program = "spin", .path = (bin / "spin").string(), .sha256 = ""}};
      built.checked = {{toolchains::checked_file(bin / "spin")}};
    }
    const GateClock clock{programs_.sampler(), seed, budget, {std::begin(metrics), std::end(metrics)}};
    const auto first = time_both(workload, both, claim_of_gate(), clock, work_);
    json found{{"ms", ms}, {"first", to_json(first)}};
    if (std::ranges::any_of(metrics, [&](auto metric) { return fails(first, metric); })) {
      auto again = clock;
      again.seed += 1'000'003;
      found["second"] = to_json(time_both(workload, both, claim_of_gate(), again, work_));
    }
    return found;
  }

  Alarms alarms_in(const std::string& kind) const {
    Alarms alarms;
    for (const auto& gate : kept_) {
      if (gate.at("kind") != kind) continue;
      ++alarms.gates;
      Alarms one;
      for (const auto& workload : gate.at("workloads")) {
        const auto first = from_json(workload.at("first"));
        const auto failed = [&](const char* which, GateMetric metric) {
          return workload.at(which).at("outcomes").at(to_word(metric)) == to_word(GateOutcome::fail);
        };
        const auto in_both = [&](GateMetric metric) {
          return failed("first", metric) && failed("second", metric);
        };
        one.wall_once = one.wall_once || failed("first", GateMetric::wall);
        one.cpu_once = one.cpu_once || failed("first", GateMetric::cpu);
        one.wall = one.wall || in_both(GateMetric::wall);
        one.cpu = one.cpu || in_both(GateMetric::cpu);
        one.medians = one.medians || by_medians(first, 0.005);
        one.medians_alone = one.medians_alone || by_medians(first, 0);
        one.welch = one.welch || by_welch(first);
        one.bootstrap = one.bootstrap || by_bootstrap(first);
      }
      for (auto member : {&Alarms::wall_once, &Alarms::cpu_once, &Alarms::wall, &Alarms::cpu,
                          &Alarms::medians, &Alarms::medians_alone, &Alarms::welch, &Alarms::bootstrap})
        alarms.*member += one.*member;
    }
    return alarms;
  }

 public:
  Clock::time_point until = Clock::time_point::max();

 private:
  fs::path file_;
  fs::path folder_;
  Programs programs_;
  Config config_;
  Layout layout_;
  toolchains::ProcessRunner runner_;
  report::Progress progress_;
  GateWork work_;
  std::vector<json> kept_;
};

}  // namespace

int main(int argc, char** argv) {
  fs::path file = "gate-trials.jsonl";
  std::string only, hyperfine;
  int gates = 200, minutes = 0;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--file") file = argv[i + 1];
    if (name == "--gates") gates = std::atoi(argv[i + 1]);
    if (name == "--only") only = argv[i + 1];
    if (name == "--hyperfine") hyperfine = argv[i + 1];
    if (name == "--minutes") minutes = std::atoi(argv[i + 1]);
  }
  const fs::path folder = fs::temp_directory_path() / fmt::format("pgo-orch-gate-trials-{}", getpid());
  {
    Trials trials(fs::absolute(file), folder);
    if (minutes > 0) trials.until = Clock::now() + std::chrono::minutes(minutes);
    using enum Neighbours;
    for (const auto neighbours : {none, duty_cycles, compilers}) {
      const auto wanted = [&](const char* what) {
        return fmt::format("{}, {}", what, describe(neighbours)).find(only) != std::string::npos;
      };
      if (wanted("A/A")) trials.same(neighbours, (gates + 2) / 3);
      if (wanted("hyperfine") && !hyperfine.empty())
        trials.same_by_hyperfine(hyperfine, neighbours, (gates + 19) / 20);
      if (wanted("3 % more") && neighbours != compilers) trials.different(neighbours, (3 * gates + 9) / 10);
    }
    for (const auto neighbours : {none, duty_cycles, compilers}) {
      trials.report(fmt::format("A/A, {}", describe(neighbours)), "at most 5 of 200 in all", "");
      trials.report_hyperfine(neighbours);
      const bool quiet = neighbours == none;
      trials.report(fmt::format("3 % more, {}", describe(neighbours)), quiet ? "at least 95 %" : "",
                    quiet ? "" : "at least 90 %");
    }
    trials.replay(1000);
  }
  fs::remove_all(folder);
}
