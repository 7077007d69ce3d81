// The HTML report without a browser: what can be read in it, and that it is only text. tests/browser opens
// it.

#include <doctest/doctest.h>

#include <fmt/format.h>

#include "report/cells.h"
#include "report/formats.h"
#include "report/html/assets.h"
#include "report/html/flames.h"
#include "report/html/markup.h"
#include "report/humanize.h"
#include "report/lookup.h"
#include "report_sample.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/text.h"

using namespace pgo_orch;
using namespace pgo_orch::report;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// What is read without scripts.
std::string static_part(const std::string& html) {
  return html.substr(html.find("<body>"),
                     html.find("<script type=\"application/json\"") - html.find("<body>"));
}

std::string data_part(const std::string& html) {
  const auto begin = html.find("id=\"data\">") + 10;
  return html.substr(begin, html.find("</script>", begin) - begin);
}

/// A cell is in the page, after a tag and before the next one.
void check_shown(const std::string& html, const std::string& figure) {
  INFO(figure);
  CHECK((figure.empty() || contains(html, ">" + escaped_html(figure))));
}

Results many(std::size_t variants, std::size_t workloads, std::size_t rounds) {
  Results results = sample_with_one_workload();
  const VariantResult variant = results.variants[1];
  const Samples samples = results.benchmarks[0].results[1];
  const Comparison comparison = results.comparisons[0];
  results.benchmarks.assign(workloads, {"w", {}, 0.2, 41});
  for (std::size_t w = 0; w < workloads; ++w) results.benchmarks[w].workload = fmt::format("workload-{}", w);
  for (std::size_t i = 0; i < variants; ++i) {
    results.variants.push_back(variant);
    results.variants.back().name = fmt::format("o3-fat-cgu{}-and-more", i);
    for (Benchmark& benchmark : results.benchmarks) {
      benchmark.results.push_back(samples);
      benchmark.results.back().variant = results.variants.back().name;
      benchmark.results.back().times.assign(rounds, Nanoseconds(25'123'456));
      results.comparisons.push_back(comparison);
      results.comparisons.back().workload = benchmark.workload;
      results.comparisons.back().variant = results.variants.back().name;
    }
  }
  return results;
}

}  // namespace

TEST_CASE("every figure of every variant can be read without scripts") {
  const Results results = sample_results();
  const std::string html = static_part(to_html(results, {}));
  const Lookup lookup(results);
  CHECK(contains(html, escaped_html(results.recommendation)));
  for (const VariantResult& variant : results.variants) {
    check_shown(html, variant.name);
    if (variant.status != Status::ok) check_shown(html, reason_cell(variant, 1).text);
    check_shown(html, build_time_cell(variant.build).text);
    if (const auto size = total_size(variant)) check_shown(html, human(*size));
    for (std::size_t i = 0; i < variant.rustflags.size(); ++i) {
      check_shown(html, variant.rustflags[i]);
      check_shown(html, variant.flag_origins[i]);
    }
    for (const Setting& setting : variant.settings) check_shown(html, setting.key + " = " + setting.value);
    for (const Benchmark& benchmark : results.benchmarks) {
      const Samples* samples = lookup.samples(benchmark.workload, variant.name);
      if (!samples) continue;
      check_shown(html, run_time_cell(samples, false).text);
      check_shown(html, memory_cell(samples, false).text);
      check_shown(html, human(*median_cpu_time(*samples)));
      for (const auto figure : {&Summary::min, &Summary::mean, &Summary::max})
        check_shown(html, human((*summarize(samples->times)).*figure));
    }
  }
  for (const Comparison& comparison : results.comparisons) {
    if (comparison.metric != Metric::runtime) continue;
    check_shown(html, verdict_cell(&comparison).text);
    check_shown(html, interval_cell(&comparison).text);
  }
}

TEST_CASE("the page tells of failures with their logs, goals, decisions, phases, units and the machine") {
  const Results results = sample_with_findings();
  const std::string html = static_part(to_html(results, {}));
  for (const GoalResult& goal : results.goals) check_shown(html, goal.name);
  for (const DecisionResult& decision : results.decisions)
    CHECK(contains(html, escaped_html(decision.conclude)));
  for (const RunPhases& run : results.phases.runtime)
    for (const Phase& phase : run.phases) check_shown(html, human(phase.time));
  for (const BuildPhases& build : results.phases.build)
    for (const CompiledUnit& unit : build.units) check_shown(html, human(unit.wall));
  CHECK(contains(html, "cannot find &#39;ld&#39;"));
  CHECK(contains(html, escaped_html(results.host.cpu)));
  CHECK(contains(html, "flamegraphs/fib35-pgo.svg</code> is not beside results.json"));
}

TEST_CASE("what was timed too few times for an interval is named above the chart that it is missing from") {
  Results results = sample_with_one_workload();
  const std::string said = "not in the chart, without an estimate: ";
  const std::string name = results.comparisons[0].variant;
  CHECK_FALSE(contains(static_part(to_html(results, {})), said + name));
  for (Comparison& comparison : results.comparisons)
    if (comparison.variant == name) comparison.effect = comparison.lo = comparison.hi = std::nullopt;
  CHECK(contains(static_part(to_html(results, {})), said + name));
}

TEST_CASE("names, texts and logs of a run are text, whatever they say") {
  Results results = sample_with_findings();
  const std::string hostile = "</script><img src=x onerror=alert(1)><!-- \"'&";
  results.project.name = results.recommendation = results.host.cpu = results.run.id = hostile;
  results.host.warnings = results.notes = results.warnings = {hostile};
  for (VariantResult& variant : results.variants) {
    variant.name = variant.reason = variant.target = variant.toolchain = hostile;
    variant.settings = {{hostile, hostile}};
    variant.rustflags = variant.flag_origins = variant.command = {hostile};
    if (variant.failure) variant.failure->tail = {hostile};
    for (Artifact& artifact : variant.artifacts) artifact.path = hostile;
  }
  results.baseline = *(results.recommended = hostile);
  for (Benchmark& benchmark : results.benchmarks) {
    benchmark.workload = hostile;
    for (Samples& samples : benchmark.results) samples.variant = hostile;
  }
  for (FlamegraphFile& graph : results.flamegraphs) graph.variant = graph.workload = hostile;
  const std::string html = to_html(results, {{results.flamegraphs[0].path, hostile + ";main 3 4\n"}});
  CHECK(!contains(html, "<img"));
  CHECK(!contains(html, "onerror=alert(1)><!--"));
  CHECK(data_part(html).find('<') == std::string::npos);
  CHECK(contains(static_part(html),
                 "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&lt;!-- &quot;&#39;&amp;"));
}

TEST_CASE("data for scripts ends no script and no line") {
  CHECK(for_script("</script><!--\u2028\u2029 é\n") == "\"\\u003c/script>\\u003c!--\\u2028\\u2029 é\\n\"");
  CHECK(for_script(std::string("\xff")) == "\"\ufffd\"");
  for (const Asset& file : assets())
    if (file.name.ends_with(".js")) {
      INFO(file.name);
      CHECK(file.text.find("</script") == std::string_view::npos);
      CHECK(file.text.find("<!--") == std::string_view::npos);
    }
}

TEST_CASE("only the page's own scripts may run, and nothing is loaded") {
  CHECK(hash_source("") == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
  const std::string html = to_html(sample_results(), {});
  const auto begin = html.find("content=\"default-src");
  const std::string policy = html.substr(begin, html.find('>', begin) - begin);
  CHECK(contains(policy, "default-src 'none'; script-src 'sha256-"));
  CHECK(!contains(policy, "http"));
  for (const Asset& file : assets())
    if (file.name.ends_with(".js")) CHECK(contains(policy, hash_source(file.text)));
}

TEST_CASE("a page stays under 1.5 MB, and says what it leaves out") {
  for (const auto& [variants, workloads, rounds] :
       {std::tuple{3000, 1, 8}, std::tuple{300, 12, 60}, std::tuple{40, 6, 300}}) {
    const std::string html = to_html(many(variants, workloads, rounds), {});
    INFO(variants, " ", html.size());
    CHECK(html.size() < 1'500'000);
    CHECK(contains(static_part(html), "results.json has all of them"));
  }
  const std::string thousand = to_html(many(1000, 1, 30), {});
  CHECK(thousand.size() < 1'500'000);
  CHECK(contains(thousand, ">o3-fat-cgu999-and-more"));
}

TEST_CASE("an empty run is a page, too") {
  const std::string html = to_html(Results(), {});
  CHECK(contains(html, "<h1>pgo-orch</h1>"));
  CHECK(!contains(html, "data-chart=\"intervals\""));
}

TEST_CASE("small callees are one frame, and a differential graph has both counts") {
  const Frame all =
      frames_of_folded("[p];main;a 90\n[p];main;b 4\n[p];main;c 3\n[p];main 3\nno count\n", false, 0.05);
  CHECK(all.count == 100);
  REQUIRE(all.calls.size() == 1);
  const Frame& main = all.calls[0].calls[0];
  CHECK(main.name == "main");
  CHECK(main.count == 100);
  REQUIRE(main.calls.size() == 2);
  CHECK(main.calls[0].name == "a");
  CHECK(main.calls[1].name == "2 smaller");
  CHECK(main.calls[1].count == 7);
  CHECK(count_frames(all) == 5);
  const Frame changed = frames_of_folded("[p];<a as b 1>::f 80 60\n[p];g 10 30\n", true, 0);
  CHECK(changed.count == 90);
  CHECK(changed.before == 90);
  CHECK(changed.calls[0].calls[0].name == "<a as b 1>::f");
  CHECK(changed.calls[0].calls[0].before == 80);
  const Table table = hot_functions("[p];f 80 60\n[p];g 20 40\n", true, "changes", 1);
  REQUIRE(table.rows.size() == 1);
  CHECK(table.rows[0][0].text == "f");
  CHECK(table.rows[0][3].text == "-20.0 %");
}

TEST_CASE("the libraries of the charts are those that vendor/README.md names") {
  const std::filesystem::path folder = PGO_ORCH_SOURCE_DIR "/report/html/vendor";
  int sums = 0;
  for (const std::string& line : toolchains::lines_of(toolchains::read_file(folder / "SHA256SUMS"))) {
    const std::string file = line.substr(66);
    CHECK(toolchains::sha256_of_file(folder / file) == line.substr(0, 64));
    CHECK(contains(toolchains::read_file(folder / "README.md"), "`" + file + "`"));
    ++sums;
  }
  CHECK(sums == 3);
}
