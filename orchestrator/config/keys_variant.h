#pragma once
// The keys of [[variant]], [[matrix]] and [variant-defaults].

#include "orchestrator/config/keys_rows.h"
#include "orchestrator/config/variants.h"
#include "profiles/generated.h"

namespace pgo_orch::orchestrator {

using fields::into;
using profiles::Pgo;
using enum Type;

constexpr std::string_view opt_levels = "0 1 2 3 s z";
constexpr std::string_view strips = "none debuginfo symbols true=symbols false=none";
constexpr std::string_view debugs =
    "none line-directives-only line-tables-only limited full 0=none 1=limited 2=full false=none true=full";

/// Puts the value into the setting of the key's name. An empty one that replaces the inherited must say so.
inline void setting(void* object, const KeyInfo& key, const Value& value) {
  auto& overlay = *static_cast<Overlay*>(object);
  profiles::for_each_setting([&](std::string_view name, profiles::Inherits how, auto member) {
    if (name != key.name) return;
    fields::assign(overlay.settings.*member, key, value);
    if (how == profiles::Inherits::replaced && !profiles::is_set(overlay.settings.*member))
      overlay.reset.emplace_back(key.name);
  });
}

constexpr bool is_setting(std::string_view name) {
  bool found = false;
  profiles::for_each_setting([&](std::string_view other, auto, auto) { found = found || name == other; });
  return found;
}

inline constexpr KeyInfo settings_keys[] = {
    {"opt-level", choice, "3", "How much rustc optimizes.", setting, opt_levels},
    {"lto", choice, R"("fat")", "Link-time optimization; false is thin-local LTO, \"off\" is none.", setting,
     "off thin fat true=fat false=thin-local"},
    {"codegen-units", count, "1", "The parts that a crate is compiled in.", setting},
    {"panic", choice, R"("abort")", "What a panic does.", setting, "unwind abort"},
    {"strip", choice, "true", "What is left out of the executable.", setting, strips},
    {"overflow-checks", boolean, "false", "Check integer arithmetic.", setting},
    {"debug-assertions", boolean, "false", "debug_assert! and cfg(debug_assertions).", setting},
    {"debug", choice, "false", "How much debug information there is.", setting, debugs},
    {"incremental", boolean, "false", "Incremental compilation.", setting},
    {"rpath", boolean, "false", "cargo's `rpath`.", setting},
    holding(Section::package,
            {"packages", packages, "{ regex-automata = { opt-level = 3 } }",
             "Settings of single packages, as cargo's [profile.release.package.NAME].", setting}),
    {"profile", name, R"("dist")", "The cargo profile to start from.", setting},
    {"toolchain", name_or_path, R"("nightly")", "A rustup name, or a path to a rustc's bin folder.", setting},
    {"target", target, R"("x86_64-unknown-linux-musl")", "A triple, or a .json file that describes one.",
     setting},
    {"features", strings, R"(["simd"])", "Cargo features, on top of the project's.", setting},
    {"default-features", boolean, "true", "Whether the package's default features are on.", setting},
    {"env", string_table, R"({ CC = "clang" })", "Variables for the build.", setting},
    {"run-env", string_table, R"({ MALLOC_CONF = "x" })", "Variables for the runs.", setting},
    {"linker", choice_or_path, R"("lld")", "A linker's name, or a path.", setting,
     "default lld mold bfd gold rust-lld"},
    {"linker-driver", name_or_path, R"("clang")",
     "What `linker =` is in cargo's configuration. Default: rustc's own.", setting},
    {"target-cpu", name, R"("native")",
     "The CPU that code is made for; native makes the variant not portable.", setting},
    {"target-features", strings, R"(["+avx2"])", "CPU features, each with + or -.", setting},
    {"crt-static", boolean, "true", "Link the C runtime into the program.", setting},
    {"relocation-model", choice, R"("static")", "rustc's -C relocation-model.", setting,
     "static pic pie dynamic-no-pic ropi rwpi ropi-rwpi default"},
    {"rustflags", strings, R"(["-Cforce-frame-pointers=no"])", "Passed on to rustc.", setting},
    {"link-args", strings, R"(["-Wl,-z,now"])", "Passed on to the linker.", setting},
    {"cfg", strings, R"(["fast_path"])", "As rustc's --cfg.", setting},
    later("", {"codegen-backend", choice, R"("cranelift")", "Another backend of rustc.", nullptr,
               "cranelift gcc llvm"}),
    {"source", files, R"(["fib_inlined.rs"])", "Other source files to compare.", setting},
    {"patch", file, R"("inline.patch")", "Applied to a copy of the project.", setting},
    {"command", command, R"(["cc", "fib2.c", "-o", "{output}"])", "Another build command.", setting},
    holding(Section::pgo, {"pgo", feedback, "true",
                           "Profile-guided optimization: instrument, train, merge, build again, and prove "
                           "that the profile was used.",
                           setting}),
    later("false", holding(Section::bolt, {"bolt", switch_or_table, "true",
                                           "Optimization of the linked executable by llvm-bolt."})),
};

static_assert(std::ranges::all_of(settings_keys,
                                  [](const KeyInfo& key) { return key.only_value || is_setting(key.name); }));

/// The text behind the `=` in Cargo.toml.
inline void package_value(void* object, const KeyInfo& key, const Value& value) {
  auto& text = (*static_cast<profiles::ProfileValues*>(object))[std::string(key.name)];
  if (const auto* word = std::get_if<std::string>(&value))
    text = word->find_first_not_of("0123456789") == std::string::npos ? *word : profiles::toml_string(*word);
  else if (const auto* flag = std::get_if<bool>(&value))
    text = *flag ? "true" : "false";
  else
    text = std::to_string(std::get<int>(value));
}

/// The setting of this name, for a single package.
constexpr KeyInfo of_package(std::string_view name) {
  KeyInfo key = *std::ranges::find(settings_keys, name, &KeyInfo::name);
  key.store = package_value;
  return key;
}

// What [[variant]] and [[matrix]], pgo and bolt have in common.
constexpr KeyInfo reset_row{"reset", strings, R"(["rustflags"])", "Keys whose inherited value is dropped.",
                            into<&VariantHead::reset>};
constexpr KeyInfo only_if_row = holding<&VariantHead::condition>(
    Section::only_if, {"only-if", table, R"({ of = "run", phase = "startup", above = "0.5ms" })",
                       "A condition on the baseline: otherwise the variant is not built."});
constexpr KeyInfo train_row{"train", strings, R"(["fib35"])",
                            "The workloads that train. Default: all whose role is train or both.",
                            into<&Pgo::train>};

inline constexpr KeyInfo variant_keys[] = {
    required({"name", folder_name, R"("fat")", "Letters, digits, . _ - and +.", into<&VariantHead::name>}),
    {"inherits", name, R"("baseline")", "An earlier variant, whose settings it starts from.",
     into<&VariantHead::inherits>},
    by_default("false",
               {"baseline", boolean, "true", "The others are compared with it. Default: the first is.",
                into<&VariantHead::baseline>}),
    reset_row,
    only_if_row,
};

inline constexpr KeyInfo matrix_keys[] = {
    {"inherits", name, R"("baseline")",
     "An earlier variant, whose settings all start from; an array of them is an axis.",
     into<&VariantHead::inherits>},
    {"name", name, R"("o{opt-level}-{lto}")",
     "How its variants are called; {KEY} is the value of an axis. Default: made of the axes.",
     into<&VariantHead::name>},
    {"exclude", tables, R"([{ lto = "fat", codegen-units = 16 }])", "Combinations to leave out."},
    {"baseline", axis_values, "{ opt-level = 2 }",
     "Where there is no [[variant]]: the combination that the others are compared with."},
    reset_row,
    only_if_row,
};

inline constexpr KeyInfo pgo_keys[] = {
    train_row,
    by_default(R"("1%")",
               {"min-coverage", percentage, R"("1%")",
                "The share of functions that must have found their profile.", into<&Pgo::min_coverage>}),
    {"profile", path, R"("pgo/release.profdata")",
     "A saved profile instead of training; `pgo-orch profile save` makes it. {target} is the target "
     "triple.",
     into<&Pgo::profile>},
    {"retrain-below", percentage, R"("80%")",
     "Fail when less than this share of a saved profile's hot counts fits today's sources. "
     "Default: 10 %, for less has no effect.",
     into<&Pgo::retrain_below>},
    by_default("false",
               {"keep-raw", boolean, "false", "Keep the raw profiles after merging.", into<&Pgo::keep_raw>}),
    by_default(R"("counts")", {"balance", choice, R"("counts")",
                               "What no workload has more of than another, but for its `weight`.",
                               into<&Pgo::balance>, all_words<profiles::Balance>}),
    by_default("false",
               {"leave-one-out", boolean, "true",
                "Also build it once without each of its training workloads, and once with another "
                "`balance`, of the same training, to tell how much of the gain on each is there without "
                "training with it.",
                into<&Pgo::leave_one_out>}),
    {"stage-cfg", strings, R"(["pgo_training"])", "--cfg of the instrumented build only.",
     into<&Pgo::stage_cfg>},
    by_default(R"("auto")", {"c-profile", choice, R"("auto")",
                             "C and C++ of build scripts are in the profile if a clang of rustc's LLVM "
                             "compiles them (auto), or never (off).",
                             into<&Pgo::c_profile>, all_words<profiles::CProfile>}),
    {"hot-cutoff", percentage, R"("95%")",
     "Code is hot that makes up this share of all counts. Less makes smaller programs. Default: LLVM's 99 %.",
     into<&Pgo::hot_cutoff>},
};

inline constexpr KeyInfo package_keys[] = {
    of_package("opt-level"),       of_package("codegen-units"),    of_package("strip"),
    of_package("overflow-checks"), of_package("debug-assertions"), of_package("debug"),
    of_package("incremental")};

inline constexpr KeyInfo bolt_keys[] = {
    {"args", strings, R"(["-icf=all"])", "Arguments for llvm-bolt."},
    {"profile", file, R"("saved.fdata")", "A saved profile instead of training."},
    train_row,
};

inline constexpr KeyInfo only_if_keys[] = {
    required({"of", choice, R"("run")", "A run, or a build.", into<&Condition::of>, all_words<PhaseOf>}),
    {"workload", name, R"("fib35")", "May be left out when there is one.", into<&Condition::workload>},
    required({"phase", name, R"("startup")", "What is measured.", into<&Condition::phase>}),
    {"above", limit, R"("0.5ms")", "In time, or as a share of the total.", into<&Condition::above>},
    {"below", limit, R"("20%")", "In time, or as a share of the total.", into<&Condition::below>},
};

}  // namespace pgo_orch::orchestrator
