// Each format as a whole, for a run in which everything happens.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "report/formats.h"
#include "report/results_json.h"
#include "report/text.h"
#include "report_golden.h"
#include "report_sample.h"

using namespace pgo_orch::report;

namespace {

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    widest = std::max(widest, display_width(std::string_view(text).substr(begin, end - begin)));
    begin = end + 1;
  }
  return widest;
}

}  // namespace

TEST_CASE("one workload is one table where it fits") {
  check_golden("one-workload.txt", to_terminal(sample_with_one_workload(), {.color = false, .width = 120}));
}

TEST_CASE("without room for the changes of build time and size, they are left out") {
  check_golden("one-workload-100.txt",
               to_terminal(sample_with_one_workload(), {.color = false, .width = 100}));
}

TEST_CASE("several workloads are one wide table where it fits") {
  check_golden("wide.txt", to_terminal(sample_results(), {.color = false, .width = 240}));
}

TEST_CASE("on a narrow terminal each workload has its table, and so have the builds") {
  check_golden("narrow.txt", to_terminal(sample_results(), {.color = false, .width = 80}));
}

TEST_CASE("everything is shown when asked for") {
  check_golden("verbose.txt", to_terminal(sample_results(), {.width = 120, .verbose = true}));
}

TEST_CASE("colour takes the place of the marks") {
  check_golden("color.txt", to_terminal(sample_with_one_workload(), {.color = true, .width = 120}));
}

TEST_CASE("only command lines and logs are wider than the terminal") {
  Results results = sample_results();
  for (VariantResult& variant : results.variants)
    if (variant.failure) variant.failure->tail.clear(), variant.failure->command.clear();
  CHECK(widest_line(to_terminal(results, {.width = 80, .folder = "/home/me/fib"})) <= 80);
  CHECK(widest_line(to_terminal(results, {.width = 80, .verbose = true, .folder = "/home/me/fib"})) <= 80);
}

TEST_CASE("a run without measuring is about builds and outputs") {
  Results results = sample_results();
  results.benchmarks.clear();
  std::erase_if(results.comparisons,
                [](const Comparison& comparison) { return comparison.metric == Metric::runtime; });
  results.recommendation = "Nothing was measured.";
  check_golden("builds-only.txt", to_terminal(results, {}));
  CHECK(to_csv(results).starts_with("variant,workload,"));
}

TEST_CASE("an empty run is reported") {
  CHECK(to_terminal(Results(), {}) == "0 variants, nothing timed\n\nvariant  build  change  size  change\n" +
                                          std::string("────────────────────────────────────\n") +
                                          "\ndetails:           pgo-orch report --verbose\n");
  CHECK(to_hyperfine(Results()) == "{\n  \"results\": []\n}\n");
}

TEST_CASE("Markdown has the tables, the notes and the settings") {
  check_golden("report.md", to_markdown(sample_results()));
}

TEST_CASE("a long list is cut short, saying so") {
  Results results;
  for (int i = 0; i < 30; ++i) results.notes.push_back("note " + std::to_string(i));
  const std::string text = to_terminal(results, {.verbose = true});
  CHECK(text.find("  note 19\n  and 10 more, see results.json\n") != std::string::npos);
}

TEST_CASE("fences are longer than those in a log") {
  Results results;
  results.variants.emplace_back();
  results.variants[0].status = Status::failed;
  results.variants[0].failure =
      Failure{.stage = "build", .command = "", .exit = 1, .signal = {}, .log = "", .tail = {"```"}};
  CHECK(to_markdown(results).find("\n  ````text\n  ```\n  ````\n") != std::string::npos);
}

TEST_CASE("cargo's repetition of rustc's command line is cut: the log has it") {
  Results results;
  results.variants.emplace_back();
  results.variants[0].status = Status::failed;
  results.variants[0].failure = Failure{.stage = "build",
                                        .command = std::string(900, 'c'),
                                        .exit = 1,
                                        .signal = {},
                                        .log = "",
                                        .tail = {std::string(1000, 'x')}};
  const auto text = to_markdown(results);
  CHECK(text.find("\n  " + std::string(399, 'x') + "…\n") != std::string::npos);
  CHECK(text.find(std::string(900, 'c')) != std::string::npos);  // to be run by hand
}

TEST_CASE("names and output of programs are text in Markdown, whatever they hold") {
  Results results;
  results.variants.emplace_back();
  results.variants[0].name = "[a](http://x) ![b]";
  results.variants[0].rustflags = {"--cfg=a``b|c"};
  results.notes = {"[1.2, 2.0] and [1](http://x) and [2]: http://y", "# no heading", "12) no list",
                   "\u202eno\u2066 tricks\u009b", "-5 % less"};
  const auto text = to_markdown(results);
  CHECK(text.find("\\[a\\](http://x) !\\[b\\]") != std::string::npos);
  CHECK(text.find("- [1.2, 2.0] and \\[1\\](http://x) and \\[2\\]: http://y\n") != std::string::npos);
  CHECK(text.find("``` --cfg=a``b\\|c ```") != std::string::npos);
  CHECK(text.find("- \\# no heading\n- 12\\) no list\n- \ufffdno\ufffd tricks\ufffd\n- \\-5 % less\n") !=
        std::string::npos);
}

TEST_CASE("a name is no formula in CSV, and has no control characters") {
  Results results;
  const std::vector<std::string> names{"=1+1", "+a", "-a", "@a", "a-b", "e\x1b[31mf", {'g', '\0', 'h'}};
  for (const auto& name : names) results.variants.emplace_back().name = name;
  const auto text = to_csv(results);
  for (const char* name : {"\n'=1+1,", "\n'+a,", "\n'-a,", "\n'@a,", "\na-b,", "\nef,", "\ng h,"})
    CHECK(text.find(name) != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("CSV has a line for each variant and workload, with fields quoted as in RFC 4180") {
  const std::string text = to_csv(sample_results());
  check_golden("results.csv", text);
  CHECK(std::ranges::count(text, '\r') == 1 + 10 * 2);
}

TEST_CASE("hyperfine's JSON has its fields, in its order") {
  const std::string text = to_hyperfine(sample_results());
  check_golden("hyperfine.json", text);
  const auto json = nlohmann::ordered_json::parse(text);
  std::vector<std::string> names;
  for (const auto& [name, value] : json["results"][0].items()) names.push_back(name);
  CHECK(names == std::vector<std::string>{"command", "mean", "stddev", "median", "user", "system", "min",
                                          "max", "times", "memory_usage_byte", "exit_codes", "parameters"});
}

TEST_CASE("a single run has no standard deviation, and a run that was killed no exit code") {
  Results results;
  Samples samples;
  samples.variant = "a";
  samples.times = {std::chrono::milliseconds(2)};
  samples.exit_codes = {std::nullopt};
  results.benchmarks = {{"w", {samples}, {}, 1}};
  const auto result = nlohmann::json::parse(to_hyperfine(results))["results"][0];
  CHECK(result["stddev"].is_null());
  CHECK(result["exit_codes"] == nlohmann::json::parse("[null]"));
}
