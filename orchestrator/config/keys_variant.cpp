// The keys of [[variant]], [[matrix]] and [variant-defaults].

#include "orchestrator/config/keys_fields.h"
#include "orchestrator/config/keys_tables.h"
#include "orchestrator/config/variants.h"

namespace pgo_orch::orchestrator {

using fields::into;
using fields::replacing;
using fields::setting;
using profiles::Pgo;
using profiles::Settings;
using enum Type;

namespace {

constexpr std::string_view opt_levels = "0 1 2 3 s z";
constexpr std::string_view strips = "none debuginfo symbols true=symbols false=none";
constexpr std::string_view debugs =
    "none line-directives-only line-tables-only limited full 0=none 1=limited 2=full false=none true=full";

void feedback_setting(void* object, const KeyInfo& key, const Value& value) {
  auto& overlay = *static_cast<Overlay*>(object);
  overlay.settings.pgo = std::get<Feedback>(value);
  if (!overlay.settings.pgo) overlay.reset.emplace_back(key.name);
}

}  // namespace

std::span<const KeyInfo> settings_keys() {
  static constexpr KeyInfo keys[] = {
      {"opt-level", choice, "3", "how much rustc optimizes", setting<&Settings::opt_level>, opt_levels},
      {"lto", choice, R"("fat")", "false is thin-local LTO, \"off\" is none", setting<&Settings::lto>,
       "off thin fat true=fat false=thin-local"},
      {"codegen-units", count, "1", "parts that a crate is compiled in", setting<&Settings::codegen_units>},
      {"panic", choice, R"("abort")", "what a panic does", setting<&Settings::panic>, "unwind abort"},
      {"strip", choice, "true", "what is left out of the executable", setting<&Settings::strip>, strips},
      {"overflow-checks", boolean, "false", "check integer arithmetic", setting<&Settings::overflow_checks>},
      {"debug-assertions", boolean, "false", "debug_assert! and cfg(debug_assertions)",
       setting<&Settings::debug_assertions>},
      {"debug", choice, "false", "debug information", setting<&Settings::debug>, debugs},
      {"incremental", boolean, "false", "incremental compilation", setting<&Settings::incremental>},
      {"rpath", boolean, "false", "set rpath", setting<&Settings::rpath>},
      holding(Section::package, {"packages", packages, "{ regex-automata = { opt-level = 3 } }",
                                 "settings of single packages", setting<&Settings::packages>}),
      {"profile", name, R"("dist")", "the cargo profile to start from", setting<&Settings::profile>},
      {"toolchain", name_or_path, R"("nightly")", "a rustup name or a path to a rustc's bin folder",
       setting<&Settings::toolchain>},
      {"target", target, R"("x86_64-unknown-linux-musl")", "a triple, or a .json file that describes one",
       setting<&Settings::target>},
      {"features", strings, R"(["simd"])", "on top of the project's", setting<&Settings::features>},
      {"default-features", boolean, "true", "cargo's default features", setting<&Settings::default_features>},
      {"env", string_table, R"({ CC = "clang" })", "for the build", setting<&Settings::env>},
      {"run-env", string_table, R"({ MALLOC_CONF = "x" })", "for the runs", replacing<&Settings::run_env>},
      {"linker", choice_or_path, R"("lld")", "or a path", setting<&Settings::linker>,
       "default lld mold bfd gold rust-lld"},
      {"linker-driver", name_or_path, R"("clang")", "the `linker =` of config.toml; default: rustc's",
       setting<&Settings::linker_driver>},
      {"target-cpu", name, R"("native")", "native makes the variant not portable",
       setting<&Settings::target_cpu>},
      {"target-features", strings, R"(["+avx2"])", "each with + or -", setting<&Settings::target_features>},
      {"crt-static", boolean, "true", "link the C runtime into the program", setting<&Settings::crt_static>},
      {"relocation-model", choice, R"("static")", "position-independent or not",
       setting<&Settings::relocation_model>, "static pic pie dynamic-no-pic ropi rwpi ropi-rwpi default"},
      {"rustflags", strings, R"(["-Cforce-frame-pointers=no"])", "passed on to rustc",
       setting<&Settings::rustflags>},
      {"link-args", strings, R"(["-Wl,-z,now"])", "passed on to the linker", setting<&Settings::link_args>},
      {"cfg", strings, R"(["fast_path"])", "as rustc's --cfg", replacing<&Settings::cfg>},
      later({"codegen-backend", choice, R"("cranelift")", "another code generator", nullptr,
             "cranelift gcc llvm"}),
      {"source", files, R"(["fib_inlined.rs"])", "other code to compare", replacing<&Settings::source>},
      {"patch", file, R"("inline.patch")", "applied to a copy of the project", setting<&Settings::patch>},
      {"command", command, R"(["cc", "fib2.c", "-o", "{output}"])", "another build command",
       replacing<&Settings::command>},
      holding(Section::pgo, {"pgo", feedback, "true", "profile-guided optimization", feedback_setting}),
      later(holding(Section::bolt, {"bolt", switch_or_table, "true", "BOLT", nullptr, "", "false"})),
  };
  return keys;
}

std::span<const KeyInfo> variant_keys() {
  static constexpr KeyInfo keys[] = {
      required({"name", name, R"("fat")", "letters, digits, . _ - and +", into<&VariantHead::name>}),
      {"inherits", name, R"("baseline")", "any earlier variant", into<&VariantHead::inherits>},
      {"baseline", boolean, "true", "the others are compared with it; default: the first",
       into<&VariantHead::baseline>, "", "false"},
      {"reset", strings, R"(["rustflags"])", "keys whose inherited value is dropped",
       into<&VariantHead::reset>},
      holding(Section::gate, {"only-if", table, R"({ of = "run", phase = "startup", above = "0.5ms" })",
                              "a gate on the baseline"}),
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
      {"reset", strings, R"(["rustflags"])", "keys whose inherited value is dropped",
       into<&VariantHead::reset>},
      holding(Section::gate, {"only-if", table, R"({ of = "run", phase = "startup", above = "0.5ms" })",
                              "a gate on the baseline"}),
  };
  return keys;
}

std::span<const KeyInfo> pgo_keys() {
  static constexpr KeyInfo keys[] = {
      {"train", strings, R"(["fib35"])", "default: all workloads whose role is train or both",
       into<&Pgo::train>},
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
      {"opt-level", choice, "3", "how much rustc optimizes", nullptr, opt_levels},
      {"codegen-units", count, "1", "parts that a crate is compiled in"},
      {"strip", choice, "true", "what is left out of the executable", nullptr, strips},
      {"overflow-checks", boolean, "false", "check integer arithmetic"},
      {"debug-assertions", boolean, "false", "debug_assert! and cfg(debug_assertions)"},
      {"debug", choice, "false", "debug information", nullptr, debugs},
      {"incremental", boolean, "false", "incremental compilation"},
  };
  return keys;
}

std::span<const KeyInfo> bolt_keys() {
  static constexpr KeyInfo keys[] = {
      {"args", strings, R"(["-icf=all"])", "for llvm-bolt"},
      {"profile", file, R"("saved.fdata")", "instead of training"},
      {"train", strings, R"(["fib35"])", "default: all workloads whose role is train or both"},
  };
  return keys;
}

std::span<const KeyInfo> gate_keys() {
  static constexpr KeyInfo keys[] = {
      required({"of", choice, R"("run")", "what the phase is of", into<&Gate::of>, "run build"}),
      {"workload", name, R"("fib35")", "may be left out when there is one", into<&Gate::workload>},
      required({"phase", name, R"("startup")", "what is measured", into<&Gate::phase>}),
      {"above", limit, R"("0.5ms")", "in time, or \"20%\" of the total", into<&Gate::above>},
      {"below", limit, R"("20%")", "in time, or \"20%\" of the total", into<&Gate::below>},
  };
  return keys;
}

}  // namespace pgo_orch::orchestrator
