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
    {"opt-level", choice, "3", setting, opt_levels},  // how much rustc optimizes
    // false is thin-local LTO, "off" is none
    {"lto", choice, R"("fat")", setting, "off thin fat true=fat false=thin-local"},
    {"codegen-units", count, "1", setting},                    // parts that a crate is compiled in
    {"panic", choice, R"("abort")", setting, "unwind abort"},  // what a panic does
    {"strip", choice, "true", setting, strips},                // what is left out of the executable
    {"overflow-checks", boolean, "false", setting},            // check integer arithmetic
    {"debug-assertions", boolean, "false", setting},           // debug_assert! and cfg(debug_assertions)
    {"debug", choice, "false", setting, debugs},
    {"incremental", boolean, "false", setting},
    {"rpath", boolean, "false", setting},
    holding(Section::package, {"packages", packages, "{ regex-automata = { opt-level = 3 } }", setting}),
    {"profile", name, R"("dist")", setting},  // the cargo profile to start from
    // a rustup name or a path to a rustc's bin folder
    {"toolchain", name_or_path, R"("nightly")", setting},
    // a triple, or a .json file that describes one
    {"target", target, R"("x86_64-unknown-linux-musl")", setting},
    {"features", strings, R"(["simd"])", setting},                   // on top of the project's
    {"default-features", boolean, "true", setting},                  // cargo's default features
    {"env", string_table, R"({ CC = "clang" })", setting},           // for the build
    {"run-env", string_table, R"({ MALLOC_CONF = "x" })", setting},  // for the runs
    {"linker", choice_or_path, R"("lld")", setting, "default lld mold bfd gold rust-lld"},  // or a path
    // the `linker =` of config.toml; default: rustc's
    {"linker-driver", name_or_path, R"("clang")", setting},
    {"target-cpu", name, R"("native")", setting},           // native makes the variant not portable
    {"target-features", strings, R"(["+avx2"])", setting},  // each with + or -
    {"crt-static", boolean, "true", setting},               // link the C runtime into the program
    {"relocation-model", choice, R"("static")", setting,
     "static pic pie dynamic-no-pic ropi rwpi ropi-rwpi default"},
    {"rustflags", strings, R"(["-Cforce-frame-pointers=no"])", setting},  // passed on to rustc
    {"link-args", strings, R"(["-Wl,-z,now"])", setting},                 // passed on to the linker
    {"cfg", strings, R"(["fast_path"])", setting},                        // as rustc's --cfg
    later("", {"codegen-backend", choice, R"("cranelift")", nullptr, "cranelift gcc llvm"}),
    {"source", files, R"(["fib_inlined.rs"])", setting},  // other code to compare
    {"patch", file, R"("inline.patch")", setting},        // applied to a copy of the project
    {"command", command, R"(["cc", "fib2.c", "-o", "{output}"])", setting},  // another build command
    holding(Section::pgo, {"pgo", feedback, "true", setting}),               // profile-guided optimization
    later("false", holding(Section::bolt, {"bolt", switch_or_table, "true"})),
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
// keys whose inherited value is dropped
constexpr KeyInfo reset_row{"reset", strings, R"(["rustflags"])", into<&VariantHead::reset>};
constexpr KeyInfo only_if_row = holding<&VariantHead::gate>(
    Section::gate, {"only-if", table, R"({ of = "run", phase = "startup", above = "0.5ms" })"});
// default: all workloads whose role is train or both
constexpr KeyInfo train_row{"train", strings, R"(["fib35"])", into<&Pgo::train>};

inline constexpr KeyInfo variant_keys[] = {
    required({"name", name, R"("fat")", into<&VariantHead::name>}),     // letters, digits, . _ - and +
    {"inherits", name, R"("baseline")", into<&VariantHead::inherits>},  // any earlier variant
    // the others are compared with it; default: the first
    {"baseline", boolean, "true", into<&VariantHead::baseline>},
    reset_row,
    only_if_row,
};

inline constexpr KeyInfo matrix_keys[] = {
    // any earlier [[variant]]; an array of them is an axis
    {"inherits", name, R"("baseline")", into<&VariantHead::inherits>},
    {"name", name, R"("o{opt-level}-{lto}")", into<&VariantHead::name>},  // default: made of the axes
    // combinations to leave out
    {"exclude", tables, R"([{ lto = "fat", codegen-units = 16 }])"},
    // without [[variant]]s: the one that is the baseline
    {"baseline", axis_values, "{ opt-level = 2 }"},
    reset_row,
    only_if_row,
};

inline constexpr KeyInfo pgo_keys[] = {
    train_row,
    {"min-coverage", percentage, R"("1%")", into<&Pgo::min_coverage>},
    // instead of training; `pgo-orch profile save` makes it
    {"profile", path, R"("pgo/release.profdata")", into<&Pgo::profile>},
    {"retrain-below", percentage, R"("80%")", into<&Pgo::retrain_below>},  // of its hot counts that match
    {"keep-raw", boolean, "false", into<&Pgo::keep_raw>},  // keep the raw profiles after merging
    // what no workload has more of than another, but for its `weight`
    {"balance", choice, R"("counts")", into<&Pgo::balance>, all_words<profiles::Balance>},
    {"stage-cfg", strings, R"(["pgo_training"])",
     into<&Pgo::stage_cfg>},  // --cfg of the instrumented build only
    // C and C++ of build scripts are in the profile if a clang of rustc's LLVM compiles them, or never
    {"c-profile", choice, R"("auto")", into<&Pgo::c_profile>, all_words<profiles::CProfile>},
    // code is hot that makes up this share of all counts (LLVM: 99%); less makes smaller programs
    {"hot-cutoff", percentage, R"("95%")", into<&Pgo::hot_cutoff>},
};

inline constexpr KeyInfo package_keys[] = {
    of_package("opt-level"),       of_package("codegen-units"),    of_package("strip"),
    of_package("overflow-checks"), of_package("debug-assertions"), of_package("debug"),
    of_package("incremental")};

inline constexpr KeyInfo bolt_keys[] = {
    {"args", strings, R"(["-icf=all"])"},   // for llvm-bolt
    {"profile", file, R"("saved.fdata")"},  // instead of training
    train_row,
};

inline constexpr KeyInfo gate_keys[] = {
    required({"of", choice, R"("run")", into<&Gate::of>, all_words<PhaseOf>}),
    {"workload", name, R"("fib35")", into<&Gate::workload>},        // may be left out when there is one
    required({"phase", name, R"("startup")", into<&Gate::phase>}),  // what is measured
    {"above", limit, R"("0.5ms")", into<&Gate::above>},             // in time, or "20%" of the total
    {"below", limit, R"("20%")", into<&Gate::below>},               // in time, or "20%" of the total
};

}  // namespace pgo_orch::orchestrator
