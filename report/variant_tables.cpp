#include "report/variant_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/cells.h"
#include "report/humanize.h"
#include "report/text.h"

namespace pgo_orch::report {

namespace {

enum class Changes { shown, left_out };

const std::vector<std::string>& best_in(const std::map<std::string, std::vector<std::string>>& best,
                                        const std::string& workload) {
  static const std::vector<std::string> none;
  const auto found = best.find(workload);
  return found == best.end() ? none : found->second;
}

/// Builds the columns and rows of one table, a group of columns after the other.
class Builder {
 public:
  explicit Builder(const Results& results) : results_(results), lookup_(results) {
    table_.columns.push_back({"variant", Align::left});
    for (const VariantResult& variant : results.variants) table_.rows.push_back({name_cell(variant)});
  }

  void add_run(const Benchmark& benchmark, const std::string& group) {
    add_columns({{"run time", Align::right, group},
                 {"vs baseline", Align::left, group},
                 {interval_title(), Align::left, group},
                 {"memory", Align::right, group}});
    const auto& fastest = best_in(results_.best.runtime, benchmark.workload);
    const auto& smallest = best_in(results_.best.memory, benchmark.workload);
    for_each_row([&](const VariantResult& variant, Row& row) {
      if (has_no_run_time(variant)) return row.push_back(reason_cell(variant, 4));
      const Samples* samples = lookup_.samples(benchmark.workload, variant.name);
      row.push_back(run_time_cell(samples, contains(fastest, variant.name)));
      add_comparison(variant, row, lookup_.comparison(Metric::runtime, benchmark.workload, variant.name));
      row.push_back(memory_cell(samples, contains(smallest, variant.name)));
    });
  }

  void add_all_workloads(const std::string& group) {
    add_columns({{"vs baseline", Align::left, group}, {interval_title(), Align::left, group}});
    for_each_row([&](const VariantResult& variant, Row& row) {
      if (has_no_run_time(variant)) return row.push_back(reason_cell(variant, 2));
      add_comparison(variant, row, lookup_.comparison(Metric::runtime, std::nullopt, variant.name));
    });
  }

  void add_build(Changes changes, const std::string& group) {
    if (results_.builds) return add_build_rounds(group);
    add_metric(changes, group, "build", Metric::build, [&](const VariantResult& variant) {
      return build_time_cell(variant, false);  // without an interval nothing is shown to be the best
    });
  }

  void add_build_rounds(const std::string& group) {
    add_columns({{"build", Align::right, group},
                 {"vs baseline", Align::left, group},
                 {interval_title(), Align::left, group}});
    for_each_row([&](const VariantResult& variant, Row& row) {
      row.push_back(build_time_cell(variant, contains(results_.best.build, variant.name)));
      add_comparison(variant, row, lookup_.comparison(Metric::build, std::nullopt, variant.name));
    });
  }

  void add_build_memory() {
    add_columns({{"build memory"}});
    for_each_row([](const VariantResult& variant, Row& row) { row.push_back(build_memory_cell(variant)); });
  }

  void add_size(Changes changes, const std::string& group) {
    add_metric(changes, group, "size", Metric::size, [&](const VariantResult& variant) {
      return size_cell(variant, contains(results_.best.size, variant.name));
    });
  }

  Table finish() {
    for_each_row([&](const VariantResult& variant, Row& row) {
      if (has_no_figures(variant)) row = {row.front(), reason_cell(variant, table_.columns.size() - 1)};
    });
    return std::move(table_);
  }

 private:
  /// Such a variant has its reason in place of all figures.
  bool has_no_figures(const VariantResult& variant) const {
    if (variant.status == Status::wrong_output) return results_.benchmarks.empty();
    return variant.status != Status::ok || variant.built_once;
  }

  void for_each_row(const auto& add) {
    for (std::size_t i = 0; i < table_.rows.size(); ++i) add(results_.variants[i], table_.rows[i]);
  }

  void add_columns(std::vector<Column> columns) {
    for (Column& column : columns) table_.columns.push_back(std::move(column));
  }

  void add_comparison(const VariantResult& variant, Row& row, const Comparison* comparison) {
    if (variant.name == results_.baseline) {
      row.push_back({"baseline", Tone::quiet});
      row.emplace_back();
      return;
    }
    row.push_back(verdict_cell(comparison));
    row.push_back(interval_cell(comparison));
  }

  void add_metric(Changes changes, const std::string& group, const char* title, Metric metric,
                  const auto& cell) {
    add_columns({{title, Align::right, group}});
    if (changes == Changes::shown) add_columns({{"change", Align::right, group}});
    for_each_row([&](const VariantResult& variant, Row& row) {
      row.push_back(cell(variant));
      if (changes == Changes::shown)
        row.push_back(change_cell(lookup_.comparison(metric, std::nullopt, variant.name)));
    });
  }

  std::string interval_title() const { return fmt::format("{:.4g} % interval", 100 * results_.confidence); }

  const Results& results_;
  Lookup lookup_;
  Table table_;
};

std::string describe(const BuildRounds& builds) {
  std::string text = human_count(builds.rounds, "round");
  if (builds.noise_floor) text += fmt::format(", noise floor {} %", human_percent(*builds.noise_floor));
  return text;
}

std::string describe(const Benchmark& benchmark) {
  std::string text = human_count(benchmark.rounds, "round");
  if (benchmark.noise_floor) text += fmt::format(", noise floor {} %", human_percent(*benchmark.noise_floor));
  if (const auto& control = benchmark.control; control && control->effect && control->lo && control->hi) {
    const double scale = std::max(std::abs(*control->lo), std::abs(*control->hi));
    const auto percent = [&](double value) { return human_signed_percent(value, scale); };
    text += fmt::format(", a copy of the baseline {} % [{}, {}]", percent(*control->effect),
                        percent(*control->lo), percent(*control->hi));
  }
  return text;
}

Table everything(const Results& results, Changes changes) {
  Builder builder(results);
  const bool several = results.benchmarks.size() > 1;
  for (const Benchmark& benchmark : results.benchmarks)
    builder.add_run(
        benchmark, several ? fmt::format("{} ({})", printable(benchmark.workload), describe(benchmark)) : "");
  if (several) builder.add_all_workloads("all workloads");
  const std::string build = results.builds ? fmt::format("build ({})", describe(*results.builds)) : "build";
  const bool grouped = several || results.builds;
  builder.add_build(changes, grouped ? build : "");
  builder.add_size(changes, several ? build : "");
  Table table = builder.finish();
  if (several || results.benchmarks.empty()) return table;
  table.title = printable(results.benchmarks.front().workload);
  table.caption = describe(results.benchmarks.front());
  return table;
}

Table run_table(const Results& results, const Benchmark& benchmark) {
  Builder builder(results);
  builder.add_run(benchmark, "");
  Table table = builder.finish();
  table.title = printable(benchmark.workload);
  table.caption = describe(benchmark);
  return table;
}

Table all_workloads_table(const Results& results) {
  Builder builder(results);
  builder.add_all_workloads("");
  Table table = builder.finish();
  table.title = "all workloads together";
  return table;
}

Table build_table(const Results& results) {
  Builder builder(results);
  builder.add_build(Changes::shown, "");
  builder.add_build_memory();
  builder.add_size(Changes::shown, "");
  Table table = builder.finish();
  table.title = "builds";
  if (results.builds) table.caption = describe(*results.builds);
  return table;
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
  for (const Changes changes : {Changes::shown, Changes::left_out}) {
    Table table = everything(results, changes);
    if (width(table) <= columns) return {std::move(table)};
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
        fmt::format("{}: the best of its column, and what was not shown to be worse", color ? "bold" : "*"));
  if (any_cell([](const Cell& cell) { return cell.text.starts_with("equivalent"); }))
    lines.push_back(fmt::format("equivalent: the difference is under {:.4g} %", 100 * results.precision));
  return lines;
}

}  // namespace pgo_orch::report
