#pragma once
// The keys of [project], [[workload]], [measure] and [build].

#include "orchestrator/config/keys_rows.h"

namespace pgo_orch::orchestrator {

using fields::into;
using pgo::Expectation;
using enum Type;

inline constexpr KeyInfo project_keys[] = {
    // one or several Rust files: a whole package is generated, a program each
    {"source", files, R"(["hello.rs"])", into<&Project::source>},
    // an existing package or workspace; never written to
    {"manifest", file, R"("Cargo.toml")", into<&Project::manifest>},
    {"command", command, R"(["cc", "fib.c", "-o", "{output}"])", into<&Project::command>},
    // of the package or program; default: the file's stem
    only_with(ProjectKind::source, {"name", name, R"("fib")", into<&Project::name>}),
    // copied into the generated Cargo.toml
    only_with(ProjectKind::source,
              {"dependencies", dependencies, R"({ regex = "1" })", into<&Project::dependencies>}),
    only_with(ProjectKind::source,
              {"edition", choice, R"("2021")", into<&Project::edition>, "2015 2018 2021 2024"}),
    only_with(ProjectKind::manifest, {"package", name, R"("ripgrep")", into<&Project::package>}),
    only_with(ProjectKind::manifest, {"bin", one_or_several, R"("rg")", into<&Project::bins>}),
    only_with(ProjectKind::manifest, {"example", one_or_several, R"("bench1")", into<&Project::examples>}),
    only_with(ProjectKind::manifest,
              {"examples", one_or_several, R"(["bench1", "bench2"])", into<&Project::examples>}),
    only_with(ProjectKind::manifest, {"features", strings, R"(["pcre2"])", into<&Project::features>}),
    only_with(ProjectKind::manifest, {"default-features", boolean, "true", into<&Project::default_features>}),
    {"profile", name, R"("release")", into<&Project::profile>},
    {"cargo-args", strings, R"(["--locked"])", into<&Project::cargo_args>},
    only_with(ProjectKind::manifest, {"cargo", command, R"(["cargo", "auditable"])",
                                      into<&Project::cargo>}),  // builds instead of cargo
    // default: the user's build.target, else the host; always passed as --target
    {"target", target, R"("x86_64-unknown-linux-gnu")", into<&Project::target>},
    // true: no --target, so that build scripts get the flags too
    {"host-flags", boolean, "true", into<&Project::host_flags>},
    later("", {"runner", command, R"(["qemu-aarch64"])"}),  // runs programs built for another target
    // a rustup name or a path to a rustc's bin folder
    {"toolchain", name_or_path, R"("stable")", into<&Project::toolchain>},
    {"prepare", commands, R"([["ruchy", "transpile", "fib.ruchy", "-o", "fib.rs"]])",
     into<&Project::prepare>},
};

inline constexpr KeyInfo workload_keys[] = {
    required({"name", name, R"("fib35")", into<&Workload::name>}),  // letters, digits, . _ - and +
    // several workloads, one for each value: {each.project} is replaced in all strings, and the name ends
    // with it
    {"each", string_lists, R"({ project = ["a", "b"] })"},
    {"program", name, R"("fib")", into<&Workload::program>},  // needed when the project has several
    {"args", strings, R"(["35"])", into<&Workload::args>},    // the program's arguments
    {"command", command, R"(["./drive.sh", "{exe}"])", into<&Workload::command>},
    // several commands that are one run; `expect.exit-code` holds for each. {exe.NAME}: another program of
    // the project
    {"steps", commands, R"([["{exe}", "lock"], ["{exe}", "sync"]])", into<&Workload::steps>},
    {"stdin", file, R"("in.txt")", into<&Workload::stdin_file>},         // a file; default: none
    {"stdin-text", text, R"("35\n")", into<&Workload::stdin_text>},      // the input itself
    {"env", string_table, R"({ LC_ALL = "C" })", into<&Workload::env>},  // added to the environment
    {"unset", strings, R"(["RUST_LOG"])", into<&Workload::unset>},       // removed from the environment
    // only HOME, PATH, TMPDIR and `env`
    {"clean-env", boolean, "false", into<&Workload::clean_env>},
    {"cwd", folder, R"(".")", into<&Workload::cwd>},  // default: the file's folder
    {"role", choice, R"("both")", into<&Workload::role>, all_words<pgo::Role>},
    {"weight", count, "1", into<&Workload::weight>},  // in training and in the combined verdict
    {"runs", count, "1", into<&Workload::runs>},      // training repetitions
    {"timeout", duration, R"("10s")", into<&Workload::timeout>},
    // the same for instrumented programs, which are slower
    {"train-timeout", duration, R"("5m")", into<&Workload::train_timeout>},
    // if processes leave no profile: fail the variant, note it, or don't check
    {"lost-profiles", choice, R"("fail")", into<&Workload::lost_profiles>, all_words<pgo::LostProfiles>},
    {"setup", commands, R"([["./make-data.sh"]])", into<&Workload::setup>},  // run once
    {"prepare", commands, R"([["sync"]])", into<&Workload::prepare>},
    {"stdout", choice, R"("pipe")", into<&Workload::stdout_mode>, all_words<pgo::StdoutMode>},
    {"guard", percentage, R"("1%")", into<&Workload::guard>},  // these three: as in [measure]
    {"cpu-guard", percentage, R"("2%")", into<&Workload::cpu_guard>},
    {"floor", duration, R"("100us")", into<&Workload::floor>},
    holding<&Workload::expect>(Section::expect,
                               {"expect", table, R"({ exit-code = 0, stdout = "9227465\n" })"}),
};

inline constexpr KeyInfo expect_keys[] = {
    {"exit-code", exit_codes, "0", into<&Expectation::exit_codes>},       // one, or several: [0, 1]
    {"stdout", text, R"("9227465\n")", into<&Expectation::stdout_text>},  // the output itself
    {"stdout-file", file, R"("expected.txt")", into<&Expectation::stdout_file>},
    // SHA-256 of the output, 64 hexadecimal digits
    {"stdout-sha256", name, R"("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")",
     into<&Expectation::stdout_sha256>},
    {"stdout-matches", name, R"("^fib")", into<&Expectation::stdout_matches>},
    {"stdout-sorted", boolean, "true", into<&Expectation::stdout_sorted>},
    {"stdout-any", boolean, "true", into<&Expectation::stdout_any>},  // not compared at all
};

/// "wall" is another word for "runtime".
inline constexpr std::string_view run_metrics = "runtime cpu wall";

inline constexpr KeyInfo measure_keys[] = {
    {"precision", percentage, R"("1%")", into<&Measure::precision>},
    {"confidence", percentage, R"("95%")", into<&Measure::confidence>},
    {"max-time", duration, R"("60s")", into<&Measure::max_time>},  // for measuring, per workload
    {"warmup", number, "1", into<&Measure::warmup>},               // untimed runs before the timed ones
    {"metrics", strings, R"(["runtime", "cpu"])", into<&Measure::metrics>,
     run_metrics},  // what claims are made of
    // who is shown to be slower by more than both, in any workload, is not recommended
    {"guard", percentage, R"("1%")", into<&Measure::guard>},
    {"cpu-guard", percentage, R"("2%")", into<&Measure::cpu_guard>},
    {"floor", duration, R"("100us")", into<&Measure::floor>},
    {"race", boolean, "true", into<&Measure::race>},  // drop clearly slower variants early
    {"control", boolean, "true", into<&Measure::control>},
    // link again in other orders to confirm differences under 3 %
    {"layout-check", boolean, "false", into<&Measure::layout_check>},
    {"phases", boolean, "true", into<&Measure::phases>},
    later("false", {"emulated", boolean, "false"}),  // allow run-time verdicts with a runner
    later("", {"pin", name, R"("auto")"}),           // bind timed runs to a CPU
};

inline constexpr KeyInfo build_keys[] = {
    {"runs", count, "1", into<&Build::runs>},  // clean builds per variant to time
    {"scenarios", strings, R"(["full"])", into<&Build::scenarios>, all_words<BuildScenario>},
    holding<&Build::patch>(Section::build_patch,
                           {"patch", table, R"({ file = "src/main.rs", replace = "35", with = "36" })"}),
    // Split the baseline's build into phases; by default only if a goal, decision, condition or group asks.
    {"phases", boolean, "true", into<&Build::phases>},
    {"jobs", number, "0", into<&Build::jobs>},  // cargo -j; 0: cargo's default
    // variants built at once; over 1, wall times are marked as shared
    {"parallel", count, "1", into<&Build::parallel>},
    {"timeout", duration, R"("1h")", into<&Build::timeout>},  // a build over it is killed, and fails
    // all: target folders stay for the next run; bin: only the programs do
    {"keep", choice, R"("all")", into<&Build::keep>, all_words<Keep>},
};

inline constexpr KeyInfo build_patch_keys[] = {
    required({"file", name, R"("src/main.rs")", into<&SourceEdit::file>}),  // in the project's folder
    required({"replace", name, R"("35")", into<&SourceEdit::replace>}),     // the text that goes
    required({"with", text, R"("36")", into<&SourceEdit::with>}),           // the text that comes
};

}  // namespace pgo_orch::orchestrator
