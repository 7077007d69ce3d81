#pragma once
// A finished run: what results.json holds (schema pgo-orch/results/1) and every report is made from.
// The field names are those of the schema; a field whose unit is in its type here has it in its name there
// (`build.wall` is "wall_s", `artifact.size` is "size_bytes"). An optional without a value is null there.

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "measure/statistics/verdict.h"
#include "pgo/lookups.h"
#include "pgo/workload.h"
#include "report/findings.h"
#include "report/timeline.h"
#include "toolchains/units.h"

namespace pgo_orch::report {

inline constexpr const char* results_schema = "pgo-orch/results/1";

/// A change in percent of what is compared with: negative is less (faster, smaller).
using Percent = double;

using measure::Basis;
using measure::Compared;
using measure::Flag;
using measure::Metric;
using measure::Status;
using measure::Verdict;

struct RunInfo {
  std::string id;
  std::string started;   ///< ISO 8601, UTC
  std::string finished;  ///< the same; empty while it runs
  bool interrupted = false;
  std::string command = "run";  ///< that made it: "run", "analyze", "try"
  bool operator==(const RunInfo&) const = default;
};

struct Host {
  std::string cpu;
  int cores = 0;
  std::string kernel;
  bool virtualized = false;
  std::vector<std::string> warnings;  ///< sources of noise
  bool operator==(const Host&) const = default;
};

/// A tool that the run used.
struct Tool {
  std::string version;
  std::string llvm;  ///< of rustc: the LLVM it was built with
  std::string path;
  bool operator==(const Tool&) const = default;
};

struct ProjectInfo {
  std::string kind;  ///< "source" | "manifest" | "command"
  std::string name;
  std::string path;     ///< pgo.toml
  std::string profile;  ///< the user's cargo profile that variants start from
  std::vector<std::string> programs;
  bool operator==(const ProjectInfo&) const = default;
};

/// Files that workloads were run with, under a name.
struct Corpus {
  std::string name;
  std::string split;  ///< "train" | "held-out" | "": it does not say
  std::int64_t files = 0;
  Bytes size;
  std::string sha256;  ///< of the list of the files with their SHA-256, as sha256sum writes it, by path
  std::string git;     ///< address; empty: not from a repository
  std::string commit;
  bool operator==(const Corpus&) const = default;
};

/// `value` is JSON text: `3`, `"fat"`, `["+avx2"]`. Text that is not JSON is taken as a plain string.
struct Setting {
  std::string key;
  std::string value;
  bool operator==(const Setting&) const = default;
};

/// The step that a variant failed in.
struct Failure {
  std::string stage;
  std::string command;      ///< as a line for a shell
  std::optional<int> exit;  ///< without exit and signal see `reason` of the variant
  std::optional<int> signal;
  std::string log;                ///< path
  std::vector<std::string> tail;  ///< the log's last lines
  bool operator==(const Failure&) const = default;
};

struct Stage {
  std::string name;
  Nanoseconds wall{};
  bool operator==(const Stage&) const = default;
};

/// Build times. Without `wall`: no build without fresh units was ever timed.
struct Build {
  std::optional<Nanoseconds> wall;    ///< median of `runs`
  std::optional<Nanoseconds> user;    ///< of the whole process tree
  std::optional<Nanoseconds> system;  ///< the same
  std::optional<Bytes> peak_rss;      ///< of the largest single process
  std::string measured_at;            ///< ISO 8601, UTC
  bool stored = false;                ///< timed by an earlier run, `measured_at`
  bool shared = false;                ///< other builds ran at the same time
  std::vector<Nanoseconds> runs;
  std::vector<Stage> stages;
  std::map<std::string, ScenarioTimes> scenarios;  ///< those beside the full one
  std::vector<Phase> phases;                       ///< of the diagnostic build, see `Results::phases`
  bool operator==(const Build&) const = default;
};

struct TrainedWorkload {
  std::string name;
  int raw_files = 0;
  Bytes raw_size;
  std::optional<std::int64_t> counts{};  ///< all that its runs counted, if it was asked for
  std::optional<std::int64_t> weight{};  ///< with which it was merged, if it was balanced
  std::vector<std::string> remarks;      ///< on profiles that are missing, where that is allowed, or may be
  bool operator==(const TrainedWorkload&) const = default;
};

/// Where the profile came from, and the proof that it was used.
struct PgoResult {
  std::string profdata;  ///< path
  std::string sha256;
  Bytes size;
  std::vector<TrainedWorkload> workloads;
  bool training_reused = false;  ///< an earlier run's profile still fits, nothing was run
  std::int64_t functions_in_profile = 0;
  std::int64_t functions_matched = 0;            ///< of the optimized program's own functions
  std::int64_t functions_missing = 0;            ///< of the same, not in the profile
  std::optional<std::int64_t> functions_called;  ///< of those matched, in any training run
  double coverage = 0;                           ///< fraction 0..1: matched / (matched + missing)
  std::string basis;                             ///< what was compared: "metadata and names", "names only"
  std::int64_t metadata_units = 0;               ///< units whose -C metadata is the same in both stages
  std::int64_t rustc_warnings = 0;               ///< about the profile, from the optimizing stage
  std::vector<std::string> remarks;              ///< on what is not in it, or should not be
  std::optional<pgo::HotCounts> hot_counts{};    ///< of a saved profile, in today's sources
  bool operator==(const PgoResult&) const = default;
};

/// A shared library of the build, as it was when the executable was checked.
struct Library {
  std::string path;
  std::string sha256;
  bool operator==(const Library&) const = default;
};

struct Artifact {
  std::string program;
  std::string path;
  Bytes size;
  Bytes text;  ///< of the executable sections
  std::string sha256;
  std::string code_sha256;           ///< of the loaded segments, build id and notes masked
  std::vector<Library> libraries{};  ///< that lie beside it
  bool operator==(const Artifact&) const = default;
};

struct VariantResult {
  std::string name;
  Status status = Status::ok;
  std::string reason;                       ///< why it is not ok
  std::optional<pgo::LeftOut> left_out{};   ///< it is one that `leave-one-out` added
  std::optional<std::string> identical_to;  ///< an earlier variant with the same settings or the same code
  bool built_once = false;                  ///< identical because the settings are: it was not built itself
  std::vector<Setting> settings;            ///< in the order of the file
  bool portable = true;
  std::string target;
  std::string toolchain;
  std::vector<std::string> rustflags;
  std::vector<std::string> flag_origins;  ///< one for each of rustflags
  std::vector<std::string> command;       ///< the final stage's
  std::optional<Failure> failure;
  std::optional<ConditionResult> condition;  ///< the one that does not hold, else the last
  std::optional<Build> build;
  std::optional<PgoResult> pgo;
  std::vector<Artifact> artifacts;
  bool operator==(const VariantResult&) const = default;
};

/// The timed runs of one variant in one workload. All lists that are not empty, `censored` apart,
/// are of the same length: one entry a run.
struct Samples {
  std::string variant;
  std::string reference;  ///< instead of `variant`
  std::string command;    ///< as a line for a shell
  std::vector<Nanoseconds> times;
  std::vector<Nanoseconds> user_times;
  std::vector<Nanoseconds> system_times;
  std::vector<int> rounds;    ///< the round of each run, from 1
  std::vector<int> censored;  ///< the rounds whose run was stopped at the cap
  std::vector<Bytes> memory;
  std::vector<std::optional<int>> exit_codes;  ///< no value: ended by a signal
  bool operator==(const Samples&) const = default;
};

/// A program in another language that does the same, or another build of it.
struct ReferenceResult {
  std::string name;
  Status status = Status::ok;
  std::string reason;  ///< why it is not ok
  PhaseOf of = PhaseOf::run;
  std::vector<std::string> command;
  std::optional<Build> build;
  std::optional<Failure> failure;
  std::vector<Artifact> artifacts;  ///< the files that it is, where these are known: path and SHA-256 only
  bool operator==(const ReferenceResult&) const = default;
};

/// A byte-identical copy of the baseline against the baseline: noise.
struct Control {
  std::optional<Percent> effect;
  std::optional<Percent> lo;
  std::optional<Percent> hi;
  bool operator==(const Control&) const = default;
};

struct Benchmark {
  std::string workload;
  std::vector<Samples> results;
  std::optional<Percent> noise_floor;  ///< from the A/A control
  int rounds = 0;
  std::optional<Control> control;      ///< of run time
  std::optional<Control> cpu_control;  ///< of CPU time
  std::optional<int> ends;             ///< its time was up, for that time (measure::Ends::closing)
  bool operator==(const Benchmark&) const = default;
};

/// Clean builds of all variants in rounds, where [build] asks for more than one.
struct BuildRounds {
  int rounds = 0;                      ///< of the baseline
  std::optional<Percent> noise_floor;  ///< from the A/A control: how much builds of the same code vary
  bool operator==(const BuildRounds&) const = default;
};

/// A variant or a reference against another. Without `lo` or `hi` the interval is open on that side.
struct Comparison {
  Metric metric = Metric::runtime;
  std::optional<std::string> workload;  ///< no value: all together
  std::string variant;
  std::string to;
  std::optional<Percent> effect;
  std::optional<Percent> lo;
  std::optional<Percent> hi;
  Verdict verdict = Verdict::unresolved;
  double confidence = 0;
  std::optional<double> error;  ///< of this comparison alone: a fraction of the run's
  int rounds = 0;
  std::optional<int> rounds_needed;        ///< more, to resolve it
  std::optional<Nanoseconds> time_needed;  ///< about how long these take
  std::optional<Basis> basis;
  bool dominated = false;  ///< dropped while racing
  std::vector<Flag> flags;
  bool has(Flag flag) const { return std::ranges::find(flags, flag) != flags.end(); }
  bool operator==(const Comparison&) const = default;
};

/// A variant trained without one of its workloads: how much of the gain is there all the same.
struct HeldOut {
  VariantResult built;                  ///< with `left_out`
  std::vector<Comparison> comparisons;  ///< with the baseline
  std::optional<Comparison> loss;       ///< with the variant, where the workload that was left out is timed
  bool operator==(const HeldOut&) const = default;
};

/// The names of the variants that are best, ties included; the workload "" is all together.
struct Best {
  std::map<std::string, std::vector<std::string>> runtime;
  std::map<std::string, std::vector<std::string>> memory;
  std::vector<std::string> build;
  std::vector<std::string> size;
  std::vector<std::string> pareto;
  bool operator==(const Best&) const = default;
};

struct OutputCheck {
  std::string workload;
  Compared compared = Compared::exactly;
  bool operator==(const OutputCheck&) const = default;
};

/// What a run compares.
struct Rows {
  std::string baseline;                 ///< the variant that all others are compared with
  std::vector<VariantResult> variants;  ///< in the order of pgo.toml
  std::vector<ReferenceResult> references;

  /// By a name that the user, or results.json, gives; null: there is none.
  const VariantResult* variant(const std::string& name) const;
  const ReferenceResult* reference(const std::string& name) const;
  /// The variant that was timed in its place, with the same code or settings; else the row itself.
  const VariantResult& original(const VariantResult& row) const;
  /// The variant whose build is also this one's, because the settings are the same; else the row itself.
  const VariantResult& built_as(const VariantResult& row) const;

  /// Series and entrants know a row by its place: the variants, then the references.
  std::size_t id(const VariantResult& row) const { return static_cast<std::size_t>(&row - variants.data()); }
  std::size_t id(const ReferenceResult& row) const {
    return variants.size() + static_cast<std::size_t>(&row - references.data());
  }
  bool operator==(const Rows&) const = default;
};

/// What the samples say.
struct Verdicts {
  std::vector<Comparison> comparisons;  ///< the variants', then the references' (with Flag::reference)
  std::optional<BuildRounds> builds;    ///< none: each build was timed once
  Best best;
  bool operator==(const Verdicts&) const = default;
};

struct Results : Rows, Verdicts {
  std::string tool_version;
  RunInfo run;
  Host host;
  std::map<std::string, Tool> tools;
  ProjectInfo project;
  std::vector<Corpus> corpora;
  std::vector<OutputCheck> outputs;  ///< of the workloads that are measured
  double confidence = 0.95;          ///< of all claims together
  double precision = 0.01;           ///< fraction: differences below it don't matter
  std::vector<Benchmark> benchmarks;
  Phases phases;
  std::vector<GroupShares> groups;
  std::vector<Amdahl> amdahl;
  std::vector<GoalResult> goals;
  std::vector<DecisionResult> decisions;
  std::vector<HeldOut> held_out;  ///< these are in no other list but benchmarks
  std::vector<InspectedFunction> inspected;
  std::vector<AllocationCount> allocations;
  std::vector<FlamegraphFile> flamegraphs;
  std::vector<Span> timeline;
  std::string recommendation;
  std::optional<std::string> recommended;  ///< the variant that the recommendation is about
  std::vector<std::string> warnings;
  std::vector<std::string> notes;  ///< how the results came about
  bool operator==(const Results&) const = default;
};

}  // namespace pgo_orch::report
