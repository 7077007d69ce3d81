#pragma once
// The keys of [release].

#include "orchestrator/config/keys_rows.h"

namespace pgo_orch::orchestrator {

using fields::into;
using enum Type;

inline constexpr KeyInfo release_keys[] = {
    {"variant", name, R"("best")", into<&Release::variant>},  // or the name of one
    {"targets", strings, R"(["x86_64-unknown-linux-gnu"])",
     into<&Release::targets>},  // each in its own folder
    // PGO for a target that does not run here: build it plainly, with the saved profile, or not at all
    {"unrunnable", choice, R"("refuse")", into<&Release::unrunnable>, all_words<Unrunnable>},
    // of archives; {name}, {version}, {target} and {variant} are replaced
    {"name", name, R"("{name}-{version}-{target}")", into<&Release::name>},
    // commands that must succeed with the shipped executables
    {"smoke", commands, R"([["{exe}", "--version"]])", into<&Release::smoke>},
    {"glibc", name, R"("2.28")", into<&Release::glibc>},  // no symbol of a later version may be needed
    {"forbid-libs", strings, R"(["libssl.*"])", into<&Release::forbid_libs>},
    // over the same build without PGO; default: any
    {"max-growth", percentage, R"("5%")", into<&Release::max_growth>},
    {"hardening", choice, R"("keep")", into<&Release::hardening>, all_words<HardeningRule>},
    // files beside pgo.toml that are shipped along, by shell globs
    {"include", strings, R"(["README.md", "LICENSE*"])", into<&Release::include>},
    // files that commands print, such as man pages and completions
    holding<&Release::generate>(
        Section::release_generate,
        {"generate", tables, R"([{ file = "fib.1", command = ["{exe}", "--man"] }])"}),
    {"archive", strings, R"(["tar.gz"])", into<&Release::archive>, all_words<toolchains::ArchiveFormat>},
    {"layout", choice, R"("folder")", into<&Release::layout>, all_words<ArchiveLayout>},
    {"split-debug", boolean, "false", into<&Release::split_debug>},  // debug symbols in files of their own
    // an in-toto Statement with a SLSA v1 predicate, not signed
    {"provenance", boolean, "false", into<&Release::provenance>},
    // a CycloneDX document of all dependencies, by cargo-cyclonedx
    {"sbom", boolean, "false", into<&Release::sbom>},
    {"retries", number, "0", into<&Release::retries>},  // of the whole build
    // when an instrumented program crashes: no release, or one without PGO
    {"on-training-crash", choice, R"("fail")", into<&Release::on_training_crash>, all_words<OnTrainingCrash>},
};

inline constexpr KeyInfo release_generate_keys[] = {
    required({"file", name, R"("fib.1")", into<&GeneratedInclude::file>}),
    required({"command", command, R"(["{exe}", "--man"])", into<&GeneratedInclude::command>}),
};

}  // namespace pgo_orch::orchestrator
