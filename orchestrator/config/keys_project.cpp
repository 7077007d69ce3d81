// The keys of [project], [[workload]], [measure] and [build].

#include "orchestrator/config/keys_rows.h"

namespace pgo_orch::orchestrator {

using fields::into;
using pgo::Expectation;
using enum Type;

std::span<const KeyInfo> project_keys() {
  static constexpr KeyInfo keys[] = {
      {"source", files, R"(["hello.rs"])",
       "one or several Rust files: a whole package is generated, a program each", into<&Project::source>},
      {"manifest", file, R"("Cargo.toml")", "an existing package or workspace; never written to",
       into<&Project::manifest>},
      {"command", command, R"(["cc", "fib.c", "-o", "{output}"])", "any build command",
       into<&Project::command>},
      only_with("source", {"name", name, R"("fib")", "of the package or program; default: the file's stem",
                           into<&Project::name>}),
      only_with("source", {"dependencies", dependencies, R"({ regex = "1" })",
                           "copied into the generated Cargo.toml", into<&Project::dependencies>}),
      only_with("source", {"edition", choice, R"("2021")", "of the generated package",
                           into<&Project::edition>, "2015 2018 2021 2024", R"("2021")"}),
      only_with("manifest", {"package", name, R"("ripgrep")", "as cargo's -p", into<&Project::package>}),
      only_with("manifest", {"bin", one_or_several, R"("rg")",
                             "the programs; default: the package's only one", into<&Project::bins>}),
      only_with("manifest", {"example", one_or_several, R"("bench1")", "examples instead of programs",
                             into<&Project::examples>}),
      only_with("manifest", {"examples", one_or_several, R"(["bench1", "bench2"])", "the same as example",
                             into<&Project::examples>}),
      only_with("manifest",
                {"features", strings, R"(["pcre2"])", "as cargo's --features", into<&Project::features>}),
      only_with("manifest", {"default-features", boolean, "true", "false: as cargo's --no-default-features",
                             into<&Project::default_features>, "", "true"}),
      {"profile", name, R"("release")", "the cargo profile that variants start from", into<&Project::profile>,
       "", R"("release")"},
      {"cargo-args", strings, R"(["--locked"])", "passed on to cargo build", into<&Project::cargo_args>},
      {"target", target, R"("x86_64-unknown-linux-gnu")",
       "default: the user's build.target, else the host; always passed as --target", into<&Project::target>},
      {"host-flags", boolean, "true", "true: no --target, so that build scripts get the flags too",
       into<&Project::host_flags>, "", "false"},
      later({"runner", command, R"(["qemu-aarch64"])", "runs programs built for another target"}),
      {"toolchain", name_or_path, R"("stable")", "a rustup name or a path to a rustc's bin folder",
       into<&Project::toolchain>},
      {"prepare", commands, R"([["ruchy", "transpile", "fib.ruchy", "-o", "fib.rs"]])",
       "run once, before anything is built", into<&Project::prepare>},
  };
  return keys;
}

std::span<const KeyInfo> workload_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("fib35")", "letters, digits, . _ - and +", into<&Workload::name>}),
      {"program", name, R"("fib")", "needed when the project has several", into<&Workload::program>},
      {"args", strings, R"(["35"])", "the program's arguments", into<&Workload::args>},
      {"command", command, R"(["./drive.sh", "{exe}"])", "instead of running {exe} with args",
       into<&Workload::command>},
      {"stdin", file, R"("in.txt")", "a file; default: none", into<&Workload::stdin_file>},
      {"stdin-text", text, R"("35\n")", "the input itself", into<&Workload::stdin_text>},
      {"env", string_table, R"({ LC_ALL = "C" })", "added to the environment", into<&Workload::env>},
      {"cwd", folder, R"(".")", "default: the file's folder", into<&Workload::cwd>},
      {"role", choice, R"("both")", "what the workload is for", into<&Workload::role>, "train measure both",
       R"("both")"},
      {"weight", count, "1", "in training and in the combined verdict", into<&Workload::weight>, "", "1"},
      {"runs", count, "1", "training repetitions", into<&Workload::runs>, "", "1"},
      {"timeout", duration, R"("10s")", "a run over it is killed, and fails", into<&Workload::timeout>, "",
       R"("1m")"},
      {"train-timeout", duration, R"("5m")", "the same for instrumented programs, which are slower",
       into<&Workload::train_timeout>, "", R"("5m")"},
      {"setup", commands, R"([["./make-data.sh"]])", "run once", into<&Workload::setup>},
      {"prepare", commands, R"([["sync"]])", "before each run, outside the timed part",
       into<&Workload::prepare>},
      {"stdout", choice, R"("pipe")", "where a timed run's output goes", into<&Workload::stdout_mode>,
       "pipe null file", R"("pipe")"},
      holding(Section::expect, {"expect", expectation, R"({ exit-code = 0, stdout = "9227465\n" })",
                                "what a run must print; default: exit code 0 and what the baseline prints",
                                into<&Workload::expect>}),
  };
  return keys;
}

std::span<const KeyInfo> expect_keys() {
  static constexpr KeyInfo keys[] = {
      {"exit-code", number, "0", "0 to 255", into<&Expectation::exit_code>, "", "0"},
      {"stdout", text, R"("9227465\n")", "the output itself", into<&Expectation::stdout_text>},
      {"stdout-file", file, R"("expected.txt")", "a file with the output", into<&Expectation::stdout_file>},
      {"stdout-sha256", name, R"("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")",
       "SHA-256 of the output, 64 hexadecimal digits", into<&Expectation::stdout_sha256>},
      {"stdout-matches", name, R"("^fib")", "a regular expression found in the output",
       into<&Expectation::stdout_matches>},
      {"stdout-sorted", boolean, "true", "compared after sorting the lines",
       into<&Expectation::stdout_sorted>, "", "false"},
      {"stdout-any", boolean, "true", "not compared at all", into<&Expectation::stdout_any>, "", "false"},
  };
  return keys;
}

std::span<const KeyInfo> measure_keys() {
  static constexpr KeyInfo keys[] = {
      {"precision", percentage, R"("1%")", "differences below it don't matter", into<&Measure::precision>, "",
       R"("1%")"},
      {"confidence", percentage, R"("95%")", "of all claims of the run together", into<&Measure::confidence>,
       "", R"("95%")"},
      {"max-time", duration, R"("60s")", "for measuring, per workload", into<&Measure::max_time>, "",
       R"("60s")"},
      {"warmup", number, "1", "untimed runs before the timed ones", into<&Measure::warmup>, "", "1"},
      {"race", boolean, "true", "drop clearly slower variants early", into<&Measure::race>, "", "true"},
      {"control", boolean, "true", "A/A: a copy of the baseline in every round", into<&Measure::control>, "",
       "true"},
      {"layout-check", boolean, "false", "link again in other orders to confirm differences under 3 %",
       into<&Measure::layout_check>, "", "false"},
      {"phases", boolean, "true", "split the baseline's and the winner's run into phases",
       into<&Measure::phases>, "", "true"},
      later({"emulated", boolean, "false", "allow run-time verdicts with a runner", nullptr, "", "false"}),
      later({"pin", name, R"("auto")", "bind timed runs to a CPU"}),
  };
  return keys;
}

std::span<const KeyInfo> build_keys() {
  static constexpr KeyInfo keys[] = {
      {"runs", count, "1", "clean builds per variant to time", into<&Build::runs>, "", "1"},
      {"scenarios", strings, R"(["full"])", "which builds are timed", into<&Build::scenarios>,
       measure::all_words<BuildScenario>, R"(["full"])"},
      holding(Section::build_patch,
              {"patch", table, R"({ file = "src/main.rs", replace = "35", with = "36" })",
               "the change of the scenario incr-patched"}),
      {"phases", boolean, "true", "split the baseline's build into phases", into<&Build::phases>, "", "true"},
      {"jobs", number, "0", "cargo -j; 0: cargo's default", into<&Build::jobs>, "", "0"},
      {"parallel", count, "1", "variants built at once; over 1, wall times are marked as shared",
       into<&Build::parallel>, "", "1"},
      {"timeout", duration, R"("1h")", "a build over it is killed, and fails", into<&Build::timeout>, "",
       R"("1h")"},
      {"keep", choice, R"("all")", "all: target folders stay for the next run; bin: only the programs do",
       into<&Build::keep>, "all bin", R"("all")"},
  };
  return keys;
}

std::span<const KeyInfo> build_patch_keys() {
  static constexpr KeyInfo keys[] = {
      required({"file", name, R"("src/main.rs")", "in the project's folder", into<&SourceEdit::file>}),
      required({"replace", name, R"("35")", "the text that goes", into<&SourceEdit::replace>}),
      required({"with", text, R"("36")", "the text that comes", into<&SourceEdit::with>}),
  };
  return keys;
}

}  // namespace pgo_orch::orchestrator
