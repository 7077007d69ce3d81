// The keys of [[variant]], [[matrix]] and [variant-defaults].

#include "orchestrator/config/keys_rows.h"
#include "orchestrator/config/variants.h"

namespace pgo_orch::orchestrator {

using fields::into;
using profiles::Pgo;
using enum Type;

namespace {

constexpr std::string_view opt_levels = "0 1 2 3 s z";
constexpr std::string_view strips = "none debuginfo symbols true=symbols false=none";
constexpr std::string_view debugs =
    "none line-directives-only line-tables-only limited full 0=none 1=limited 2=full false=none true=full";

/// Puts the value into the setting of the key's name. An empty one that replaces the inherited must say so.
void setting(void* object, const KeyInfo& key, const Value& value) {
  auto& overlay = *static_cast<Overlay*>(object);
  profiles::for_each_setting([&](std::string_view name, profiles::Inherits how, auto member) {
    if (name != key.name) return;
    fields::assign(overlay.settings.*member, value);
    if (how == profiles::Inherits::replaced && !profiles::is_set(overlay.settings.*member))
      overlay.reset.emplace_back(key.name);
  });
}

constexpr bool is_setting(std::string_view name) {
  bool found = false;
  profiles::for_each_setting([&](std::string_view other, auto, auto) { found = found || name == other; });
  return found;
}

constexpr KeyInfo setting_rows[] = {
    {"opt-level", choice, "3", "how much rustc optimizes", setting, opt_levels},
    {"lto", choice, R"("fat")", "false is thin-local LTO, \"off\" is none", setting,
     "off thin fat true=fat false=thin-local"},
    {"codegen-units", count, "1", "parts that a crate is compiled in", setting},
    {"panic", choice, R"("abort")", "what a panic does", setting, "unwind abort"},
    {"strip", choice, "true", "what is left out of the executable", setting, strips},
    {"overflow-checks", boolean, "false", "check integer arithmetic", setting},
    {"debug-assertions", boolean, "false", "debug_assert! and cfg(debug_assertions)", setting},
    {"debug", choice, "false", "debug information", setting, debugs},
    {"incremental", boolean, "false", "incremental compilation", setting},
    {"rpath", boolean, "false", "set rpath", setting},
    holding(Section::package, {"packages", packages, "{ regex-automata = { opt-level = 3 } }",
                               "settings of single packages", setting}),
    {"profile", name, R"("dist")", "the cargo profile to start from", setting},
    {"toolchain", name_or_path, R"("nightly")", "a rustup name or a path to a rustc's bin folder", setting},
    {"target", target, R"("x86_64-unknown-linux-musl")", "a triple, or a .json file that describes one",
     setting},
    {"features", strings, R"(["simd"])", "on top of the project's", setting},
    {"default-features", boolean, "true", "cargo's default features", setting},
    {"env", string_table, R"({ CC = "clang" })", "for the build", setting},
    {"run-env", string_table, R"({ MALLOC_CONF = "x" })", "for the runs", setting},
    {"linker", choice_or_path, R"("lld")", "or a path", setting, "default lld mold bfd gold rust-lld"},
    {"linker-driver", name_or_path, R"("clang")", "the `linker =` of config.toml; default: rustc's", setting},
    {"target-cpu", name, R"("native")", "native makes the variant not portable", setting},
    {"target-features", strings, R"(["+avx2"])", "each with + or -", setting},
    {"crt-static", boolean, "true", "link the C runtime into the program", setting},
    {"relocation-model", choice, R"("static")", "position-independent or not", setting,
     "static pic pie dynamic-no-pic ropi rwpi ropi-rwpi default"},
    {"rustflags", strings, R"(["-Cforce-frame-pointers=no"])", "passed on to rustc", setting},
    {"link-args", strings, R"(["-Wl,-z,now"])", "passed on to the linker", setting},
    {"cfg", strings, R"(["fast_path"])", "as rustc's --cfg", setting},
    later({"codegen-backend", choice, R"("cranelift")", "another code generator", nullptr,
           "cranelift gcc llvm"}),
    {"source", files, R"(["fib_inlined.rs"])", "other code to compare", setting},
    {"patch", file, R"("inline.patch")", "applied to a copy of the project", setting},
    {"command", command, R"(["cc", "fib2.c", "-o", "{output}"])", "another build command", setting},
    holding(Section::pgo, {"pgo", feedback, "true", "profile-guided optimization", setting}),
    later(holding(Section::bolt, {"bolt", switch_or_table, "true", "BOLT", nullptr, "", "false"})),
};

static_assert(std::ranges::all_of(setting_rows, [](const KeyInfo& key) {
  return key.support == Support::later || is_setting(key.name);
}));

constexpr KeyInfo setting_row(std::string_view name) {
  return *std::ranges::find(setting_rows, name, &KeyInfo::name);
}

// What [[variant]] and [[matrix]], pgo and bolt have in common.
constexpr KeyInfo reset_row{"reset", strings, R"(["rustflags"])", "keys whose inherited value is dropped",
                            into<&VariantHead::reset>};
constexpr KeyInfo only_if_row =
    holding(Section::gate, {"only-if", table, R"({ of = "run", phase = "startup", above = "0.5ms" })",
                            "a condition on the baseline"});
constexpr KeyInfo train_row{"train", strings, R"(["fib35"])",
                            "default: all workloads whose role is train or both", into<&Pgo::train>};

}  // namespace

std::span<const KeyInfo> settings_keys() {
  return setting_rows;
}

std::span<const KeyInfo> variant_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("fat")", "letters, digits, . _ - and +", into<&VariantHead::name>}),
      {"inherits", name, R"("baseline")", "any earlier variant", into<&VariantHead::inherits>},
      {"baseline", boolean, "true", "the others are compared with it; default: the first",
       into<&VariantHead::baseline>, "", "false"},
      reset_row,
      only_if_row,
  };
  return keys;
}

std::span<const KeyInfo> matrix_keys() {
  static constexpr KeyInfo keys[] = {
      {"inherits", name, R"("baseline")", "any earlier [[variant]]; an array of them is an axis",
       into<&VariantHead::inherits>},
      {"name", name, R"("o{opt-level}-{lto}")", "default: made of the axes", into<&VariantHead::name>},
      {"exclude", axis_values_list, R"([{ lto = "fat", codegen-units = 16 }])", "combinations to leave out"},
      {"baseline", axis_values, "{ opt-level = 2 }", "without [[variant]]s: the one that is the baseline"},
      reset_row,
      only_if_row,
  };
  return keys;
}

std::span<const KeyInfo> pgo_keys() {
  static constexpr KeyInfo keys[] = {
      train_row,
      {"min-coverage", percentage, R"("1%")", "functions that must have found their profile",
       into<&Pgo::min_coverage>, "", R"("1%")"},
      {"profile", file, R"("saved.profdata")", "instead of training", into<&Pgo::profile>},
      {"keep-raw", boolean, "false", "keep the raw profiles after merging", into<&Pgo::keep_raw>, "",
       "false"},
  };
  return keys;
}

std::span<const KeyInfo> package_keys() {
  static constexpr KeyInfo keys[] = {
      setting_row("opt-level"),       setting_row("codegen-units"),    setting_row("strip"),
      setting_row("overflow-checks"), setting_row("debug-assertions"), setting_row("debug"),
      setting_row("incremental")};
  return keys;
}

std::span<const KeyInfo> bolt_keys() {
  static constexpr KeyInfo keys[] = {
      {"args", strings, R"(["-icf=all"])", "for llvm-bolt"},
      {"profile", file, R"("saved.fdata")", "instead of training"},
      train_row,
  };
  return keys;
}

std::span<const KeyInfo> gate_keys() {
  static constexpr KeyInfo keys[] = {
      required(
          {"of", choice, R"("run")", "what the phase is of", into<&Gate::of>, measure::all_words<PhaseOf>}),
      {"workload", name, R"("fib35")", "may be left out when there is one", into<&Gate::workload>},
      required({"phase", name, R"("startup")", "what is measured", into<&Gate::phase>}),
      {"above", limit, R"("0.5ms")", "in time, or \"20%\" of the total", into<&Gate::above>},
      {"below", limit, R"("20%")", "in time, or \"20%\" of the total", into<&Gate::below>},
  };
  return keys;
}

}  // namespace pgo_orch::orchestrator
