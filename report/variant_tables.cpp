#include "report/run_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "report/cells.h"
#include "report/lookup.h"

namespace pgo_orch::report {

namespace {

enum class Changes { shown, left_out };
enum class Memory { shown, left_out };

bool is_among(const std::vector<std::string>& names, const VariantResult& variant) {
  return std::ranges::find(names, variant.name) != names.end();
}

bool is_best(const std::map<std::string, std::vector<std::string>>& best, const std::string& workload,
             const VariantResult& variant) {
  const auto found = best.find(workload);
  return found != best.end() && is_among(found->second, variant);
}

/// It has a reason in place of the figures of its runs.
bool has_no_run_time(const VariantResult& variant) {
  return variant.status != Status::ok || variant.identical_to.has_value();
}

/// Builds the columns and rows of one table, a group of columns after the other.
class Builder {
 public:
  explicit Builder(const Results& results) : results_(results), lookup_(results) {
    table_.columns = {{"variant", Align::left}};
    for (const VariantResult& variant : results.variants)
      table_.rows.push_back({{variant.name, variant.status == Status::ok ? Tone::plain : Tone::quiet}});
  }

  void add_run(const Benchmark& benchmark, const std::string& group, Memory memory = Memory::shown) {
    const auto& workload = benchmark.workload;
    std::vector<Column> columns{{"run time"}, {"vs baseline", Align::left}, interval_column()};
    if (memory == Memory::shown) columns.push_back({"memory"});
    const std::size_t span = columns.size();
    add(group, std::move(columns), [&](const VariantResult& variant) -> Row {
      if (has_no_run_time(variant)) return {reason_cell(variant, span)};
      const Samples* samples = lookup_.samples(workload, variant.name);
      const auto [verdict, interval] = compared(variant, Metric::runtime, workload);
      Row row{run_time_cell(samples, is_best(results_.best.runtime, workload, variant)), verdict, interval};
      if (memory == Memory::shown)
        row.push_back(memory_cell(samples, is_best(results_.best.memory, workload, variant)));
      return row;
    });
  }

  /// The run times of all workloads, and what holds over all of them.
  void add_runs() {
    std::vector<Column> columns;
    for (const Benchmark& benchmark : results_.benchmarks) columns.push_back({benchmark.workload});
    columns.push_back({"vs baseline", Align::left});
    columns.push_back(interval_column());
    const std::size_t span = columns.size();
    add("", std::move(columns), [&](const VariantResult& variant) -> Row {
      if (has_no_run_time(variant)) return {reason_cell(variant, span)};
      Row row;
      for (const Benchmark& benchmark : results_.benchmarks)
        row.push_back(run_time_cell(lookup_.samples(benchmark.workload, variant.name),
                                    is_best(results_.best.runtime, benchmark.workload, variant)));
      const auto [verdict, interval] = compared(variant, Metric::runtime, std::nullopt);
      row.push_back(verdict);
      row.push_back(interval);
      return row;
    });
  }

  void add_all_workloads(const std::string& group) {
    add(group, {{"vs baseline", Align::left}, interval_column()}, [&](const VariantResult& variant) -> Row {
      if (has_no_run_time(variant)) return {reason_cell(variant, 2)};
      const auto [verdict, interval] = compared(variant, Metric::runtime, std::nullopt);
      return {verdict, interval};
    });
  }

  void add_build(Changes changes, const std::string& group) {
    if (!results_.builds)  // without an interval nothing is shown to be the best
      return add_metric(changes, group, "build", Metric::build,
                        [](const VariantResult& variant) { return build_time_cell(variant.build); });
    add(group, {{"build"}, {"vs baseline", Align::left}, interval_column()},
        [&](const VariantResult& variant) -> Row {
          const auto [verdict, interval] = compared(variant, Metric::build, std::nullopt);
          return {build_time_cell(variant.build, is_among(results_.best.build, variant)), verdict, interval};
        });
  }

  void add_build_memory() {
    add("", {{"build memory"}}, [](const VariantResult& variant) -> Row {
      return {variant.build ? figure_cell(variant.build->peak_rss) : Cell()};
    });
  }

  void add_size(Changes changes, const std::string& group) {
    add_metric(changes, group, "size", Metric::size, [&](const VariantResult& variant) {
      return figure_cell(total_size(variant), is_among(results_.best.size, variant));
    });
  }

  Table finish(const std::string& title = "", const std::string& caption = "") {
    for (std::size_t i = 0; i < table_.rows.size(); ++i)
      if (const auto& variant = results_.variants[i]; has_no_figures(variant))
        table_.rows[i] = {table_.rows[i].front(), reason_cell(variant, table_.columns.size() - 1)};
    table_.title = title;
    table_.caption = caption;
    return std::move(table_);
  }

 private:
  /// Such a variant has its reason in place of all figures.
  bool has_no_figures(const VariantResult& variant) const {
    if (variant.status == Status::wrong_output) return results_.benchmarks.empty();
    return variant.status != Status::ok || variant.built_once;
  }

  /// `cells`: what a variant has in these columns.
  void add(const std::string& group, std::vector<Column> columns, const auto& cells) {
    for (Column& column : columns) {
      column.group = group;
      table_.columns.push_back(std::move(column));
    }
    for (std::size_t i = 0; i < table_.rows.size(); ++i)
      std::ranges::move(cells(results_.variants[i]), std::back_inserter(table_.rows[i]));
  }

  void add_metric(Changes changes, const std::string& group, const char* title, Metric metric,
                  const auto& cell) {
    add(group, {{title}}, [&](const VariantResult& variant) { return Row{cell(variant)}; });
    if (changes == Changes::left_out) return;
    add(group, {{"change"}}, [&](const VariantResult& variant) {
      return Row{change_cell(lookup_.comparison(metric, std::nullopt, variant.name))};
    });
  }

  /// Verdict and interval.
  std::pair<Cell, Cell> compared(const VariantResult& variant, Metric metric,
                                 const std::optional<std::string>& workload) const {
    if (variant.name == results_.baseline) return {{"baseline", Tone::quiet}, {}};
    const Comparison* comparison = metric == Metric::runtime
                                       ? lookup_.deciding(workload, variant.name)
                                       : lookup_.comparison(metric, workload, variant.name);
    return {verdict_cell(comparison), interval_cell(comparison)};
  }

  Column interval_column() const {
    return {fmt::format("{:.4g} % interval", 100 * results_.confidence), Align::left};
  }

  const Results& results_;
  Lookup lookup_;
  Table table_;
};

std::string describe_rounds(const auto& timed) {
  std::string text = human_count(timed.rounds, "round");
  if (timed.noise_floor) text += fmt::format(", noise floor {} %", human_percent(*timed.noise_floor));
  return text;
}

std::string describe(const Benchmark& benchmark) {
  std::string text = describe_rounds(benchmark);
  if (const auto& control = benchmark.control; control && control->effect && control->lo && control->hi) {
    const double scale = std::max(std::abs(*control->lo), std::abs(*control->hi));
    const auto percent = [&](double value) { return human_signed_percent(value, scale); };
    text += fmt::format(", a copy of the baseline {} % [{}, {}]", percent(*control->effect),
                        percent(*control->lo), percent(*control->hi));
  }
  return text;
}

Table everything(const Results& results, Changes changes, Memory memory) {
  Builder builder(results);
  const bool several = results.benchmarks.size() > 1;
  for (const Benchmark& benchmark : results.benchmarks)
    builder.add_run(benchmark, several ? fmt::format("{} ({})", benchmark.workload, describe(benchmark)) : "",
                    memory);
  if (several) builder.add_all_workloads("all workloads");
  const std::string build =
      results.builds ? fmt::format("build ({})", describe_rounds(*results.builds)) : "build";
  builder.add_build(changes, several || results.builds ? build : "");
  builder.add_size(changes, several ? build : "");
  if (several || results.benchmarks.empty()) return builder.finish();
  return builder.finish(results.benchmarks.front().workload, describe(results.benchmarks.front()));
}

/// "41, 38 and 40 rounds, noise floor up to 1.4 %"
std::string describe_all(const Results& results) {
  std::vector<std::string> rounds;
  std::optional<Percent> floor;
  for (const Benchmark& benchmark : results.benchmarks) {
    rounds.push_back(fmt::format("{}", benchmark.rounds));
    if (benchmark.noise_floor) floor = std::max(floor.value_or(0), *benchmark.noise_floor);
  }
  std::string text = join_words(rounds) + " rounds";
  if (floor) text += fmt::format(", noise floor up to {} %", human_percent(*floor));
  return text;
}

/// Several workloads side by side.
Table side_by_side(const Results& results, bool with_builds) {
  Builder builder(results);
  builder.add_runs();
  if (with_builds) {
    builder.add_build(Changes::left_out, "");
    builder.add_size(Changes::left_out, "");
  }
  return builder.finish("run times", describe_all(results));
}

Table run_table(const Results& results, const Benchmark& benchmark) {
  Builder builder(results);
  builder.add_run(benchmark, "");
  return builder.finish(benchmark.workload, describe(benchmark));
}

Table all_workloads_table(const Results& results) {
  Builder builder(results);
  builder.add_all_workloads("");
  return builder.finish("all workloads");
}

Table build_table(const Results& results) {
  Builder builder(results);
  builder.add_build(Changes::shown, "");
  builder.add_build_memory();
  builder.add_size(Changes::shown, "");
  return builder.finish("builds", results.builds ? describe_rounds(*results.builds) : "");
}

}  // namespace

std::vector<Table> separate_tables(const Results& results) {
  std::vector<Table> tables;
  for (const Benchmark& benchmark : results.benchmarks) tables.push_back(run_table(results, benchmark));
  if (results.benchmarks.size() > 1) tables.push_back(all_workloads_table(results));
  tables.push_back(build_table(results));
  return tables;
}

std::vector<Table> tables_within(const Results& results, std::size_t columns) {
  for (const auto& [changes, memory] :
       {std::pair{Changes::shown, Memory::shown}, std::pair{Changes::left_out, Memory::shown},
        std::pair{Changes::left_out, Memory::left_out}}) {
    Table table = everything(results, changes, memory);
    if (width(table) <= columns) return {std::move(table)};
  }
  if (results.benchmarks.size() > 1) {
    for (const bool with_builds : {true, false}) {
      Table table = side_by_side(results, with_builds);
      if (width(table) > columns) continue;
      if (with_builds) return {std::move(table)};
      return {std::move(table), build_table(results)};
    }
  }
  return separate_tables(results);
}

std::vector<std::string> legend(const Results& results, const std::vector<Table>& tables, bool color) {
  const auto any_cell = [&](const auto& holds) {
    return std::ranges::any_of(tables, [&](const Table& table) {
      return std::ranges::any_of(table.rows, [&](const Row& row) { return std::ranges::any_of(row, holds); });
    });
  };
  std::vector<std::string> lines;
  if (any_cell([](const Cell& cell) { return cell.best; }))
    lines.push_back(
        fmt::format("{}: best in its column, or not distinguishable from the best", color ? "bold" : "*"));
  if (any_cell([](const Cell& cell) { return cell.text.starts_with("equivalent"); }))
    lines.push_back(fmt::format("equivalent: differs by less than {:.4g} %", 100 * results.precision));
  if (any_cell([](const Cell& cell) { return cell.text.ends_with("(CPU)"); }))
    lines.emplace_back("(CPU): by CPU time, where run time is too noisy to tell");
  return lines;
}

}  // namespace pgo_orch::report
