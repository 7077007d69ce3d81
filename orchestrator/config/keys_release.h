#pragma once
// The keys of [release].

#include "orchestrator/config/keys_rows.h"

namespace pgo_orch::orchestrator {

using fields::into;
using enum Type;

inline constexpr KeyInfo release_keys[] = {
    by_default(R"("best")", {"variant", name, R"("best")",
                             "The variant that is shipped: a name, or the best of the latest run.",
                             into<&Release::variant>}),
    {"targets", strings, R"(["x86_64-unknown-linux-gnu"])",
     "Target triples, each built into a folder of its own. Default: the variant's own target.",
     into<&Release::targets>},
    by_default(R"("refuse")", {"unrunnable", choice, R"("refuse")",
                               "PGO for a target whose programs do not run here: no release, a plain build, "
                               "or the variant's saved profile.",
                               into<&Release::unrunnable>, all_words<Unrunnable>}),
    by_default(
        R"("{name}-{version}-{target}")",
        {"name", name, R"("{name}-{version}-{target}")",
         "Of archives; {name}, {version}, {target} and {variant} are replaced.", into<&Release::name>}),
    {"smoke", commands, R"([["{exe}", "--version"]])", "Commands that must succeed with what is shipped.",
     into<&Release::smoke>},
    {"glibc", versions, R"("2.28")",
     "The latest version of glibc that may be needed: one, or one for each target.", into<&Release::glibc>},
    {"forbid-libs", strings, R"(["libssl.*"])", "Shared libraries that may not be needed, by glob.",
     into<&Release::forbid_libs>},
    {"max-growth", percentage, R"("5%")",
     "How much larger executables may be than those of the same build without PGO. Default: any.",
     into<&Release::max_growth>},
    by_default(R"("keep")", {"hardening", choice, R"("keep")",
                             "Whether PIE, RELRO, NX and stack protector must be as in the plain build.",
                             into<&Release::hardening>, all_words<HardeningRule>}),
    {"include", strings, R"(["README.md", "LICENSE*"])",
     "Files beside pgo.toml that are shipped along, by glob.", into<&Release::include>},
    holding<&Release::generate>(Section::release_generate,
                                {"generate", tables, R"([{ file = "fib.1", command = ["{exe}", "--man"] }])",
                                 "Files that commands print, such as man pages and completions."}),
    by_default(R"(["tar.gz"])",
               {"archive", strings, R"(["tar.gz"])", "The formats of the archives; an empty list: none.",
                into<&Release::archive>, all_words<toolchains::ArchiveFormat>}),
    by_default(R"("folder")",
               {"layout", choice, R"("folder")", "Whether an archive has a folder of its name at the top.",
                into<&Release::layout>, all_words<ArchiveLayout>}),
    by_default("false", {"split-debug", boolean, "false", "Debug symbols in files of their own.",
                         into<&Release::split_debug>}),
    by_default("false",
               {"provenance", boolean, "false", "An in-toto Statement with a SLSA v1 predicate, not signed.",
                into<&Release::provenance>}),
    by_default("false",
               {"sbom", boolean, "false", "A CycloneDX document of all dependencies, by cargo-cyclonedx.",
                into<&Release::sbom>}),
    by_default("0", {"retries", number, "0", "How often a build that failed is tried again from clean.",
                     into<&Release::retries>}),
    by_default(R"("fail")",
               {"on-training-crash", choice, R"("fail")",
                "If an instrumented program crashes: no release, or one without PGO that says so.",
                into<&Release::on_training_crash>, all_words<OnTrainingCrash>}),
};

inline constexpr KeyInfo release_generate_keys[] = {
    required({"file", name, R"("fib.1")", "Its path in the release.", into<&GeneratedInclude::file>}),
    required({"command", command, R"(["{exe}", "--man"])",
              "What prints it; {exe} is the program that is shipped.", into<&GeneratedInclude::command>}),
};

}  // namespace pgo_orch::orchestrator
