#pragma once
// pgo.toml, read and validated: made once, then const. All paths are absolute.

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "measure/schema.h"
#include "orchestrator/config/corpus.h"
#include "orchestrator/config/gate.h"
#include "orchestrator/config/release.h"
#include "pgo/workload.h"
#include "profiles/settings.h"
#include "toolchains/units.h"
#include "toolchains/words.h"

namespace pgo_orch::orchestrator {

using measure::BuildScenario;
using measure::GoalMetric;
using measure::PhaseOf;
using pgo::Workload;

/// What is built; its word is the key of [project] that says so.
enum class ProjectKind { source, manifest, command };
constexpr auto words_of(ProjectKind) {
  using enum ProjectKind;
  return std::to_array<Word<ProjectKind>>({{source, "source"}, {manifest, "manifest"}, {command, "command"}});
}

struct Project {
  ProjectKind kind = ProjectKind::manifest;
  std::vector<std::filesystem::path> source;  ///< one program each
  std::filesystem::path manifest;
  std::vector<std::string> command;  ///< of any kind; `{output}` is where the program must appear
  std::string name;
  std::string dependencies;  ///< TOML lines for the generated [dependencies]; source only
  std::string edition = "2021";
  std::optional<std::string> package;
  std::vector<std::string> bins;  ///< empty (and no examples): the package's only one
  std::vector<std::string> examples;
  std::vector<std::string> features;
  bool default_features = true;
  std::string profile = "release";
  std::vector<std::string> cargo_args;
  std::vector<std::string> cargo;  ///< what builds instead of `cargo`: {"cargo", "auditable"}; empty: cargo
  std::optional<std::string> target;
  bool host_flags = false;
  std::optional<std::string> toolchain;
  std::vector<std::vector<std::string>> prepare;
  bool operator==(const Project&) const = default;
};

/// The names of its executables in the order of the file, as far as pgo.toml tells: empty if cargo has
/// to be asked. A single source file makes a program with the project's name, several make one with
/// each file's stem.
std::vector<std::string> programs(const Project& project);

struct Measure {
  double precision = 0.01;                          ///< fraction
  double confidence = 0.95;                         ///< fraction, of all claims of the run together
  Nanoseconds max_time = std::chrono::seconds(60);  ///< per workload
  int warmup = 1;
  /// What claims are made of: `runtime`, which decides, and `cpu`, which tells where run time is too noisy.
  std::vector<measure::Metric> metrics{measure::Metric::runtime, measure::Metric::cpu};
  /// Who is shown to be slower in any workload, by more than this fraction and by more than `floor`, is not
  /// recommended.
  double guard = 0.01;
  std::optional<double> cpu_guard;  ///< the same of CPU time; none: any may be taken
  Nanoseconds floor = std::chrono::microseconds(100);
  bool race = true;           ///< drop clearly slower variants early
  bool control = true;        ///< A/A: a copy of the baseline in every eighth round
  bool phases = true;         ///< split the baseline's and the winner's run into phases
  bool layout_check = false;  ///< whether small differences are also there when code lies elsewhere
  bool operator==(const Measure&) const = default;
};

/// What a variant may take more than the baseline: this fraction, or `floor` if that is more.
struct Guard {
  std::optional<double> fraction;  ///< none: any may be taken
  Nanoseconds floor{};
};

/// What stays of a build: its target folder, or only the programs.
enum class Keep { all, bin };
constexpr auto words_of(Keep) {
  using enum Keep;
  return std::to_array<Word<Keep>>({{all, "all"}, {bin, "bin"}});
}

/// A change of one file, for the scenario incr-patched.
struct SourceEdit {
  std::string file;  ///< relative to the project's folder
  std::string replace;
  std::string with;
  bool operator==(const SourceEdit&) const = default;
};

struct Build {
  /// Clean builds of each variant; no value: one, or three where a goal or decision is about them and they
  /// take little time.
  std::optional<int> runs;
  std::vector<BuildScenario> scenarios{BuildScenario::full};
  std::optional<SourceEdit> patch;
  /// Split the baseline's build into phases, by one more build; no value: if a goal, decision, condition or
  /// group of pgo.toml is about them.
  std::optional<bool> phases;
  int jobs = 0;  ///< 0: cargo's default
  int parallel = 1;
  Nanoseconds timeout = std::chrono::hours(1);
  Keep keep = Keep::all;
  bool operator==(const Build&) const = default;
};

/// An edge: a time, a share of the total (fraction), or a size.
using Limit = std::variant<Nanoseconds, double, Bytes>;

/// What goals and decisions are about.
struct Figure {
  std::string name;
  GoalMetric metric = GoalMetric::runtime;
  std::string phase;                             ///< with GoalMetric::phase
  BuildScenario scenario = BuildScenario::full;  ///< with GoalMetric::build
  std::optional<std::string> workload;           ///< none: all together
  std::string variant = "best";
  bool operator==(const Figure&) const = default;
};

struct Goal : Figure {
  std::optional<Limit> below;     ///< this, or
  std::optional<double> ratio;    ///< a share of what `to` takes
  std::optional<std::string> to;  ///< a variant or a reference
  std::optional<Limit> stretch;
  std::optional<double> stretch_ratio;
  bool operator==(const Goal&) const = default;
};

/// A range of figures: open where an edge is missing.
struct Band {
  std::optional<Limit> below;
  std::optional<Limit> above;
  std::optional<double> below_ratio;
  std::optional<double> above_ratio;
  std::string conclude;

  bool is_ratio() const { return below_ratio || above_ratio; }
};

struct Decision : Figure {
  std::optional<std::string> to;
  std::vector<Band> bands;
};

/// A condition on the baseline that lets a variant be built.
struct Condition {
  PhaseOf of = PhaseOf::run;
  std::optional<std::string> workload;
  std::string phase;
  std::optional<Limit> above;
  std::optional<Limit> below;
};

struct Reference {
  std::string name;
  std::vector<std::string> workloads;  ///< empty: all
  std::vector<std::string> build;      ///< a command; empty: none
  std::vector<std::string> run;
  PhaseOf of = PhaseOf::run;
  bool operator==(const Reference&) const = default;
};

/// Functions whose time is added up under one name.
struct PhaseGroup {
  std::string name;
  PhaseOf of = PhaseOf::run;
  std::vector<std::string> symbols;
  bool operator==(const PhaseGroup&) const = default;
};

struct Inspect {
  std::vector<std::string> symbols;
  bool allocations = false;
  bool operator==(const Inspect&) const = default;
};

/// What is asked beside "which variant is the best".
struct Questions {
  std::vector<Reference> references;
  std::vector<Goal> goals;
  std::vector<Decision> decisions;
  std::vector<PhaseGroup> groups;
  std::vector<Inspect> inspections;
};

/// One variant, complete: inheritance and defaults are resolved.
struct Variant {
  std::string name;  ///< as the user reads it; also a safe file name
  profiles::Settings settings;
  bool baseline = false;
  std::optional<std::string> inherits;
  std::optional<Condition> condition;      ///< its own; see conditions_of
  std::size_t line = 0;                    ///< its place in pgo.toml: of its [[variant]] or [[matrix]] header
  std::optional<pgo::LeftOut> left_out{};  ///< none: it is one of pgo.toml; see with_left_out
};

/// The listed variants, then those of the matrices: expanded one at a time, since a matrix may have 10,000.
class Variants {
 public:
  /// `make`: the variant at an index below `size`.
  Variants(std::size_t size, std::size_t baseline, std::function<Variant(std::size_t)> make)
      : size_(size), baseline_(baseline), make_(std::move(make)) {}

  std::size_t size() const { return size_; }
  std::size_t baseline() const { return baseline_; }
  /// The variant at `index` (0-based, file order, matrices behind the listed ones). Deterministic.
  Variant at(std::size_t index) const {
    if (index >= size_) throw std::out_of_range("no such variant");
    return make_(index);
  }

 private:
  std::size_t size_, baseline_;
  std::function<Variant(std::size_t)> make_;
};

/// A condition, and the variant whose it is: all that inherit from it have it, too.
struct OwnedCondition {
  std::string variant;
  Condition condition;
};

/// All conditions that must hold for the variant at `index`, its own first.
std::vector<OwnedCondition> conditions_of(const Variants& variants, std::size_t index);

struct Config {
  std::filesystem::path file;  ///< pgo.toml
  std::filesystem::path root;  ///< its folder
  std::string text;            ///< what it says
  Project project;
  std::vector<Corpus> corpora;
  std::vector<Workload> workloads;
  std::shared_ptr<const Variants> variants;
  Measure measure;
  Build build;
  GateRules gate;
  Release release;
  Questions questions;
  std::filesystem::path archive;  ///< that profiles of variants came from (--archive); empty: none
};

/// What is built apart from runs: these variants, the first as the baseline, one after the other, with all
/// that is made of them kept; no questions.
Config with_variants(Config config, std::vector<Variant> variants);

/// The guard of a workload, its own or that of [measure]; `metric`: runtime or cpu.
Guard guard_of(const Config& config, const std::string& workload, measure::Metric metric);

/// The variants of pgo.toml, and behind them those that `leave-one-out` adds: "pgo.without-fib35" is pgo,
/// trained with all of its workloads but fib35, "pgo.balance-none" with all in another balance. Each names
/// the variant that it is made of as the one that it inherits from, so it has its conditions.
std::shared_ptr<const Variants> with_left_out(const Config& config);

/// Whether the files that pgo.toml names must be there: on a machine that only trains, sources need not.
enum class NamedFiles { must_exist, may_be_missing };

/// Reads and validates pgo.toml. Throws one Error whose text has a line for each of the file's errors,
/// in file order.
Config load_config(const std::filesystem::path& file, NamedFiles files = NamedFiles::must_exist);

/// The same for a text that is (or would be) in that file.
Config parse_config(std::string_view text, const std::filesystem::path& file,
                    NamedFiles files = NamedFiles::must_exist);

}  // namespace pgo_orch::orchestrator
