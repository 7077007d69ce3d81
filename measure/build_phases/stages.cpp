#include "measure/build_phases/stages.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace pgo_orch::measure {

namespace {

/// A stage, and the name of its part where there is one: "typeck" of the frontend.
struct PassStage {
  Stage stage;
  std::string_view part;
};

/// The stage of a pass that rustc names with -Ztime-passes, as of rustc 1.95. Passes of other versions that
/// are missing here count as "rustc: other", or as the pass around them.
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
/// Thin LTO between the codegen units of one crate, which rustc does by default: it counts as codegen.
constexpr PassStage thin_local{Stage::codegen, "thin-local LTO"};

/// Null: unknown, or only a frame around other passes.
const PassStage* stage_of_pass(std::string_view name) {
  if (name.starts_with("incr_comp_") || name.starts_with("serialize_")) return &incremental;
  const auto* row = std::ranges::find(pass_rows, name, &Row::pass);
  return row != std::end(pass_rows) ? &row->stage : nullptr;
}

/// A pass that has a stage, within its event.
struct Labelled {
  Span span;
  const PassStage* stage;
};

/// Shortest first: of nested spans that is the innermost.
std::vector<Labelled> labelled_passes(const BuildEvent& event) {
  std::vector<Labelled> passes;
  for (const auto& pass : event.passes) {
    const Span span{std::max(pass.end - pass.time, event.start), std::min(pass.end, event.end)};
    const auto* stage = stage_of_pass(pass.name);
    if (stage == nullptr || span.start >= span.end) continue;
    passes.push_back({span, stage->stage == Stage::lto && event.lto.empty() ? &thin_local : stage});
  }
  std::ranges::stable_sort(passes, {}, [](const Labelled& pass) { return pass.span.end - pass.span.start; });
  return passes;
}

std::vector<Nanoseconds> moments_of(const Span& span, const std::vector<Labelled>& passes) {
  std::set<Nanoseconds> edges{span.start, span.end};
  for (const auto& pass : passes)
    for (const auto edge : {pass.span.start, pass.span.end})
      if (edge > span.start && edge < span.end) edges.insert(edge);
  return {edges.begin(), edges.end()};
}

PassStage stage_at(Nanoseconds moment, const std::vector<Labelled>& passes) {
  const auto covers = [&](const Labelled& p) { return p.span.start <= moment && moment < p.span.end; };
  const auto pass = std::ranges::find_if(passes, covers);
  return pass != passes.end() ? *pass->stage : PassStage{Stage::rustc_other, ""};
}

/// Appends, or extends the last stretch if it continues.
void append(std::vector<Stretch>& stretches, Stretch next) {
  if (!stretches.empty()) {
    auto& last = stretches.back();
    if (last.event == next.event && last.end == next.start && last.stage == next.stage &&
        last.part == next.part) {
      last.end = next.end;
      return;
    }
  }
  stretches.push_back(std::move(next));
}

Stage stage_without_passes(const BuildEvent& event) {
  if (event.probe) return Stage::build_scripts;
  if (event.kind == CallKind::query) return Stage::queries;
  if (event.kind == CallKind::link) return Stage::link;
  if (event.kind == CallKind::run) return Stage::other_tools;
  if (event.tool == "rustc") return Stage::compile;
  return event.links ? Stage::c_compile_link : Stage::c_compile;
}

bool encloses(const BuildEvent& outer, const BuildEvent& inner) {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/// Process ids are reused, so a child must also lie within its parent's time.
std::vector<Span> spans_of_children(const BuildEvent& event, const std::vector<BuildEvent>& events) {
  std::vector<Span> spans;
  for (const auto& other : events)
    if (other.parent_shim_pid != 0 && other.parent_shim_pid == event.shim_pid && encloses(event, other))
      spans.push_back({other.start, other.end});
  return spans;
}

void append_stretches(const BuildEvent& event, std::size_t index, const Span& span,
                      const std::vector<Labelled>& passes, std::vector<Stretch>& stretches) {
  if (event.passes.empty()) {
    const auto stage = stage_without_passes(event);
    append(stretches, {span.start, span.end, stage, stage == Stage::link ? "linker" : "", index});
    return;
  }
  const auto edges = moments_of(span, passes);
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const auto [stage, part] = stage_at(edges[i], passes);
    append(stretches, {edges[i], edges[i + 1], stage, std::string(part), index});
  }
}

/// Something begins or ends.
struct Edge {
  Nanoseconds at{};
  bool begins = false;
  std::size_t stretch = 0;
};

std::vector<Edge> edges_of(const std::vector<Stretch>& stretches, const Span& interval) {
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    const auto start = std::max(stretches[i].start, interval.start);
    const auto end = std::min(stretches[i].end, interval.end);
    if (start >= end) continue;
    edges.push_back({start, true, i});
    edges.push_back({end, false, i});
  }
  std::ranges::stable_sort(edges, {}, &Edge::at);
  return edges;
}

/// The first ones get the remainder, so that nothing is lost.
void give(Nanoseconds time, const std::vector<std::size_t>& running, std::vector<Nanoseconds>& shares) {
  const auto count = static_cast<std::int64_t>(running.size());
  for (std::int64_t i = 0; i < count; ++i)
    shares[running[static_cast<std::size_t>(i)]] +=
        Nanoseconds(time.count() / count + (i < time.count() % count));
}

}  // namespace

std::vector<Span> without(const Span& from, std::vector<Span> holes) {
  std::ranges::sort(holes, {}, &Span::start);
  std::vector<Span> left;
  auto at = from.start;
  for (const auto& hole : holes) {
    if (hole.start > at) left.push_back({at, std::min(hole.start, from.end)});
    at = std::max(at, hole.end);
    if (at >= from.end) break;
  }
  if (at < from.end) left.push_back({at, from.end});
  std::erase_if(left, [](const Span& span) { return span.start >= span.end; });
  return left;
}

std::vector<Stretch> stretches_of(const std::vector<BuildEvent>& events) {
  std::vector<Stretch> stretches;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& event = events[i];
    if (event.tool == "cargo") continue;
    const auto passes = labelled_passes(event);
    for (const auto& span : without({event.start, event.end}, spans_of_children(event, events)))
      append_stretches(event, i, span, passes, stretches);
  }
  return stretches;
}

std::vector<Stretch> build_script_stretches(const std::vector<CargoUnit>& units,
                                            const std::vector<BuildEvent>& events, Nanoseconds offset) {
  std::vector<Stretch> stretches;
  for (const auto& unit : units) {
    if (!unit.runs_build_script) continue;
    std::vector<Span> calls;
    for (const auto& event : events)
      if (event.probe && event.package == unit.name && event.version == unit.version)
        calls.push_back({event.start, event.end});
    const auto start = offset + unit.start;
    for (const auto& span : without({start, start + unit.duration}, calls))
      stretches.push_back({span.start, span.end, Stage::build_scripts, "", Stretch::no_event});
  }
  return stretches;
}

SharedTime share_of_time(const std::vector<Stretch>& stretches, const Span& interval) {
  SharedTime result;
  result.shares.resize(stretches.size());
  std::vector<std::size_t> running;
  auto at = interval.start;
  const auto go_to = [&](Nanoseconds next) {
    if (next <= at) return;
    if (!running.empty())
      give(next - at, running, result.shares);
    else if (!result.idle.empty() && result.idle.back().end == at)
      result.idle.back().end = next;
    else
      result.idle.push_back({at, next});
    at = next;
  };
  for (const auto& edge : edges_of(stretches, interval)) {
    go_to(edge.at);
    if (edge.begins)
      running.push_back(edge.stretch);
    else
      std::erase(running, edge.stretch);
  }
  go_to(interval.end);
  return result;
}

std::vector<std::string> stage_names() {
  return {"frontend",           "mir",          "codegen",       "lto",
          "incremental",        "rustc: other", "compile",       "c compile",
          "c compile and link", "link",         "build scripts", "queries",
          "other tools",        "own",          "waiting"};
}

std::string stage_name(Stage stage) {
  static const auto names = stage_names();
  return names[static_cast<std::size_t>(stage)];
}

std::vector<std::string> stage_part_names() {
  std::set<std::string> names{std::string(thin_local.part), no_part};
  for (const auto& row : pass_rows)
    if (!row.stage.part.empty()) names.emplace(row.stage.part);
  return {names.begin(), names.end()};
}

}  // namespace pgo_orch::measure
