// The meaning of the passes that rustc names with -Ztime-passes, as of rustc 1.95. Passes of other versions
// that are missing here count as "rustc: other", or as the pass around them.

#include <algorithm>
#include <iterator>

#include "measure/build_phases/stages.h"

namespace pgo_orch::measure {
namespace {

struct Row {
  std::string_view pass;
  PassStage stage;
};

// codegen_crate and finish_ongoing_codegen contain passes of other stages, which are shorter and so win.
constexpr Row pass_rows[] = {
    {"parse_crate", {Stage::frontend, "parse"}},
    {"crate_injection", {Stage::frontend, "expand"}},
    {"expand_crate", {Stage::frontend, "expand"}},
    {"macro_expand_crate", {Stage::frontend, "expand"}},
    {"AST_validation", {Stage::frontend, "expand"}},
    {"check_unused_macros", {Stage::frontend, "expand"}},
    {"maybe_building_test_harness", {Stage::frontend, "expand"}},
    {"maybe_create_a_macro_crate", {Stage::frontend, "expand"}},
    {"finalize_imports", {Stage::frontend, "resolve"}},
    {"finalize_macro_resolutions", {Stage::frontend, "resolve"}},
    {"compute_effective_visibilities", {Stage::frontend, "resolve"}},
    {"late_resolve_crate", {Stage::frontend, "resolve"}},
    {"resolve_check_unused", {Stage::frontend, "resolve"}},
    {"resolve_crate", {Stage::frontend, "resolve"}},
    {"resolve_main", {Stage::frontend, "resolve"}},
    {"resolve_postprocess", {Stage::frontend, "resolve"}},
    {"resolve_report_errors", {Stage::frontend, "resolve"}},
    {"drop_ast", {Stage::frontend, "expand"}},
    {"type_check_crate", {Stage::frontend, "typeck"}},
    {"coherence_checking", {Stage::frontend, "typeck"}},
    {"wf_checking", {Stage::frontend, "typeck"}},
    {"item_types_checking", {Stage::frontend, "typeck"}},
    {"item_bodies_checking", {Stage::frontend, "typeck"}},
    {"MIR_borrow_checking", {Stage::frontend, "borrowck"}},
    {"MIR_effect_checking", {Stage::frontend, "borrowck"}},
    {"misc_checking_1", {Stage::frontend, "checks"}},
    {"misc_checking_2", {Stage::frontend, "checks"}},
    {"misc_checking_3", {Stage::frontend, "checks"}},
    {"complete_gated_feature_checking", {Stage::frontend, "checks"}},
    {"lint_checking", {Stage::frontend, "lints"}},
    {"crate_lints", {Stage::frontend, "lints"}},
    {"module_lints", {Stage::frontend, "lints"}},
    {"early_lint_checks", {Stage::frontend, "lints"}},
    {"lint_reexports", {Stage::frontend, "lints"}},
    {"check_lint_expectations", {Stage::frontend, "lints"}},
    {"privacy_checking_modules", {Stage::frontend, "checks"}},
    {"generate_crate_metadata", {Stage::frontend, "metadata"}},
    {"write_dep_info", {Stage::frontend, "metadata"}},
    {"monomorphization_collector", {Stage::mir, "collect"}},
    {"monomorphization_collector_root_collections", {Stage::mir, "collect"}},
    {"monomorphization_collector_graph_walk", {Stage::mir, "collect"}},
    {"partition_and_assert_distinct_symbols", {Stage::mir, "partition"}},
    {"codegen_crate", {Stage::codegen, "to LLVM"}},
    {"codegen_to_LLVM_IR", {Stage::codegen, "to LLVM"}},
    {"write_allocator_module", {Stage::codegen, "to LLVM"}},
    {"find_cgu_reuse", {Stage::incremental, ""}},
    {"LLVM_passes", {Stage::codegen, "LLVM"}},
    {"finish_ongoing_codegen", {Stage::codegen, "LLVM"}},
    {"join_worker_thread", {Stage::codegen, "LLVM"}},
    {"LLVM_fatlto", {Stage::lto, "fat"}},
    {"LLVM_thinlto", {Stage::lto, "thin"}},
    {"generate_symbol_list_for_lto", {Stage::lto, ""}},
    {"link", {Stage::link, ""}},
    {"link_crate", {Stage::link, ""}},
    {"link_binary", {Stage::link, ""}},
    {"link_rlib", {Stage::link, "archive"}},
    {"run_linker", {Stage::link, "linker"}},
    {"link_binary_remove_temps", {Stage::link, ""}},
    {"link_binary_check_files_are_writeable", {Stage::link, ""}},
};

constexpr PassStage incremental{Stage::incremental, ""};

}  // namespace

const PassStage* stage_of_pass(std::string_view name) {
  if (name.starts_with("incr_comp_") || name.starts_with("serialize_")) return &incremental;
  const auto* row = std::ranges::find(pass_rows, name, &Row::pass);
  return row != std::end(pass_rows) ? &row->stage : nullptr;
}

std::string stage_name(Stage stage) {
  static constexpr const char* names[] = {"frontend",           "mir",          "codegen",       "lto",
                                          "incremental",        "rustc: other", "compile",       "c compile",
                                          "c compile and link", "link",         "build scripts", "queries",
                                          "other tools",        "own",          "waiting"};
  return names[static_cast<std::size_t>(stage)];
}

}  // namespace pgo_orch::measure
