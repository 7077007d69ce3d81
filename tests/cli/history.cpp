// `history`: what a run adds to it, and how it is shown.

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Noise of a few tenths of a percent, the same every time.
double noise(int run) {
  constexpr std::array values{0.1, -0.3, 0.2, 0.0, -0.1, 0.3, -0.2, 0.1, 0.0, -0.2, 0.2, -0.1};
  return values.at(static_cast<std::size_t>(run) % values.size());
}

json effect(const std::string& build, const json& workload, double percent) {
  return {{"build", build},          {"workload", workload},
          {"effect_pct", percent},   {"lo_pct", percent - 0.5},
          {"hi_pct", percent + 0.5}, {"verdict", percent < -0.5 ? "faster" : "unresolved"},
          {"confidence", 0.95},      {"rounds", 41}};
}

/// Of the day of November, by a machine and tools that don't change.
json line(int day, double percent) {
  char date[16];
  std::snprintf(date, sizeof date, "2026-11-%02d", day);
  const std::string start = date;
  const json settings{{"opt-level", "3"}};
  return {
      {"schema", "pgo-orch/history/1"},
      {"kind", "run"},
      {"run", start + "T08-00-00Z"},
      {"started", start + "T08:00:00Z"},
      {"tool", "0.1.0"},
      {"project", "fib"},
      {"programs", {"fib"}},
      {"machine", {{"cpu", "a CPU"}, {"cores", 2}, {"kernel", "6.1"}, {"virtualized", false}}},
      {"rustc", "1.90.0"},
      {"revision", std::to_string(1000 + day) + "abcdef0123456789"},
      {"clean", day != 2},
      {"base", {{"name", "baseline"}, {"target", "here"}, {"settings", settings}, {"code", json::object()}}},
      {"builds",
       json::array(
           {{{"name", "pgo"}, {"target", "here"}, {"settings", settings}, {"code", json::object()}}})},
      {"workloads",
       {{"small", {{"digest", "1"}, {"weight", 1}}}, {"large", {{"digest", "2"}, {"weight", 1}}}}},
      {"corpora", json::object()},
      {"effects", json::array({effect("pgo", "small", percent), effect("pgo", nullptr, percent),
                               effect("pgo", "large", -5)})}};
}

using Change = std::function<void(int day, json& line)>;

struct Past : Test {
  /// Of so many days: 12 % faster, and from the eleventh on 9 %.
  void days(int last, const Change& change = {}) {
    std::string lines;
    for (int day = 1; day <= last; ++day) {
      auto each = line(day, (day < 11 ? -12 : -9) + noise(day));
      if (change) change(day, each);
      lines += each.dump() + "\n";
    }
    file("history.jsonl", lines);
  }
  std::string shown(const Words& more = {}) const {
    Words words{"history", "--history", "history.jsonl"};
    words.insert(words.end(), more.begin(), more.end());
    const auto result = run(words);
    CHECK(result.err == "");
    CHECK(result.code == 0);
    return result.out;
  }
  json series(const Words& more = {}) const {
    Words words{"--json", "-"};
    words.insert(words.end(), more.begin(), more.end());
    return json::parse(shown(words));
  }
  /// Of the first series: why its second thread began.
  Words reasons(const Change& change) {
    days(6, change);
    const auto threads = series().at("programs").at(0).at("series").at(0).at("threads");
    return threads.size() < 2 ? Words{} : threads.at(1).at("because").get<Words>();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Past, "every run that times adds a line, and history shows it") {
  const std::string key = "env = { TOKEN = \"s3cret\" }";
  const std::string variant = "lto = \"fat\"\nrustflags = [\"-L/opt/lib\", \"--cfg=x\"]\n" + key;
  file("fib.rs", "print 1").file("pgo.toml", with_variant(with_workload_keys(fib, key), "fat", variant));
  tool("git", "case $1 in log) echo 0123456789abcdef 1700000000;; rev-parse) pwd;; esac");
  REQUIRE(run({"run", "-q"}).code == 0);
  const auto text = read(".pgo-orch/history.jsonl");
  CHECK(std::ranges::count(text, '\n') == 1);
  CHECK(!contains(text, "s3cret"));
  CHECK(!contains(text, path().string()));
  CHECK(!contains(text, "/opt"));
  const auto entry = json::parse(text);
  CHECK(entry.at("schema") == "pgo-orch/history/1");
  CHECK(entry.at("kind") == "run");
  CHECK(entry.at("run") == results().at("run").at("id"));
  CHECK(entry.at("started") == results().at("run").at("started"));
  CHECK(entry.at("revision") == "0123456789abcdef");
  CHECK(entry.at("clean") == true);
  CHECK(entry.at("machine").at("cpu") == results().at("host").at("cpu"));
  CHECK(entry.at("rustc") == results().at("tools").at("rustc").at("version"));
  CHECK(entry.at("base").at("name") == "baseline");
  CHECK(entry.at("base").at("target") == "x86_64-unknown-linux-gnu");
  CHECK(entry.at("base").at("code").at("fib") ==
        results().at("variants").at(0).at("artifacts").at(0).at("code_sha256"));
  const auto settings = entry.at("builds").at(0).at("settings");
  CHECK(settings.at("lto") == "\"fat\"");
  CHECK(contains(settings.at("env"), "*** (SHA-256 "));
  CHECK(contains(settings.at("flags"), "--cfg=x"));
  CHECK(contains(settings.at("rustflags"), "a path (SHA-256 "));
  const auto& effect = entry.at("effects").at(0);
  CHECK(effect.at("build") == "fat");
  CHECK(effect.at("workload") == "fib");
  CHECK(effect.at("effect_pct").is_number());
  REQUIRE(run({"run", "-q"}).code == 0);
  CHECK(run({"run", "-q", "--no-measure"}).code == 0);
  CHECK(run({"analyze", "-q"}).code == 0);
  CHECK(std::ranges::count(read(".pgo-orch/history.jsonl"), '\n') == 2);
  const auto result = run({"history"});
  CHECK(result.code == 0);
  CHECK(result.err == "");
  CHECK(contains(result.out, ": 2 runs, "));
  CHECK(contains(result.out, "\nfat, workload 'fib'\n"));
  CHECK(contains(result.out, "  012345678  "));
  CHECK(contains(result.out, "A change of level shows from 6 comparable runs on; there are 2 so far.\n"));
}

TEST_CASE_FIXTURE(Past, "a thread ends where the project's own profile changes, not where its code does") {
  const auto manifest = [](const std::string& lto) {
    return "[package]\nname = \"fib\"\n\n[[bin]]\nname = \"fib\"\npath = \"fib.rs\"\n\n"
           "[profile.release]\nlto = \"" +
           lto + "\"\n";
  };
  file("fib.rs", "print 1").file("Cargo.toml", manifest("thin")).file("Cargo.lock", "");
  file("pgo.toml", with_variant(project_with("manifest = \"Cargo.toml\"\n"), "pgo", "pgo = true"));
  REQUIRE(run({"run", "-q"}).code == 0);
  file("fib.rs", "print 2");
  REQUIRE(run({"run", "-q"}).code == 0);
  file("Cargo.toml", manifest("fat"));
  REQUIRE(run({"run", "-q"}).code == 0);
  const auto printed = json::parse(run({"history", "--json", "-"}).out);
  const auto threads = printed.at("programs").at(0).at("series").at(0).at("threads");
  REQUIRE(threads.size() == 2);
  CHECK(threads.at(0).at("runs").size() == 2);
  CHECK(threads.at(1).at("because").get<Words>() ==
        Words{"'baseline': lto = \"fat\", was \"thin\"", "'pgo': lto = \"fat\", was \"thin\""});
}

TEST_CASE_FIXTURE(Past,
                  "run --history adds to a file of the repository, and to nothing that is not a history") {
  file("fib.rs", "print 1").file("pgo.toml", with_variant(fib, "fat", "lto = \"fat\""));
  days(2);
  REQUIRE(run({"run", "-q", "--history", "history.jsonl"}).code == 0);
  CHECK(std::ranges::count(read("history.jsonl"), '\n') == 3);
  CHECK(!fs::exists(path(".pgo-orch/history.jsonl")));
  REQUIRE(run({"run", "-q", "--history", "new.jsonl"}).code == 0);
  CHECK(std::ranges::count(read("new.jsonl"), '\n') == 1);
  forget_calls();
  for (const std::string name : {"fib.rs", "pgo.toml"}) {
    const auto result = run({"run", "--history", name});
    CHECK(result.code == 2);
    CHECK(result.err ==
          "error: --history " + name + ": none of its lines is of a history, so nothing is added to it\n");
  }
  CHECK(run({"run", "--history", "-"}).err == "error: --history needs a file: lines are added to it\n");
  CHECK(run({"run", "--history", "x.jsonl", "--json", "x.jsonl"}).err ==
        "error: --json and --history both write to x.jsonl: name another file for one of them\n");
  CHECK(run({"run", "--history", "x.jsonl", "--no-measure"}).code == 2);
  CHECK(story() == Words{});
}

TEST_CASE_FIXTURE(Past, "clean leaves the history, unless it is named") {
  file("fib.rs", "print 1").file("pgo.toml", with_variant(fib, "fat", "lto = \"fat\""));
  REQUIRE(run({"run", "-q"}).code == 0);
  CHECK(contains(run({"list"}).out, "\nhistory "));
  const auto result = run({"clean"});
  CHECK(
      contains(result.out, "left, because no run can make it again (--history removes it): history.jsonl\n"));
  CHECK(run({"history"}).code == 0);
  CHECK(!fs::exists(path(".pgo-orch/runs")));
  REQUIRE(run({"run", "-q"}).code == 0);
  CHECK(std::ranges::count(read(".pgo-orch/history.jsonl"), '\n') == 2);
  CHECK(run({"clean", "--target-folders", "--history"}).code == 0);
  CHECK(!fs::exists(path(".pgo-orch/history.jsonl")));
  CHECK(fs::exists(path(".pgo-orch/runs")));
  REQUIRE(run({"run", "-q"}).code == 0);
  CHECK(run({"clean", "--history"}).code == 0);
  CHECK(!fs::exists(path(".pgo-orch")));
}

TEST_CASE_FIXTURE(Past, "a change has its size, both levels and its place, all workloads together first") {
  days(20);
  const auto text = shown();
  CHECK(text.starts_with("fib on a CPU, 2 cores: 20 runs, 2026-11-01 to 2026-11-20\n\n"));
  CHECK(contains(text,
                 "\npgo      all       ▁▂▂▁▂▁▂▂▁▂▇█▇█▇▇█▇█▇  -9.0 % [-9.5, -8.5]  2026-11-11: slower: +3."));
  CHECK(contains(text, "\npgo      large     ▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅  -5.0 % [-5.5, -4.5]  none\n"));
  CHECK(text.find("\npgo, all workloads together\n") < text.find("\npgo, workload 'small'\n"));
  CHECK(contains(text, "\n2026-11-11 08:00  1011abcde  -9.1 % [-9.6, -8.6]     slower: +3."));
  CHECK(contains(text, "], from -12.0 % to -9.0 %\n"));
  CHECK(contains(text, "\n… 4 runs\n2026-11-06 08:00  1006abcde  "));

  const auto all = series().at("programs").at(0).at("series").at(0);
  CHECK(all.at("variant") == "pgo");
  CHECK(all.at("workload").is_null());
  REQUIRE(all.at("threads").size() == 1);
  const auto thread = all.at("threads").at(0);
  CHECK(thread.at("runs").size() == 20);
  CHECK(thread.at("runs").at(1).at("clean") == false);
  REQUIRE(thread.at("changes").size() == 1);
  const auto change = thread.at("changes").at(0);
  CHECK(change.at("run") == "2026-11-11T08-00-00Z");
  CHECK(change.at("earliest") == change.at("run"));
  CHECK(change.at("latest") == change.at("run"));
  CHECK(change.at("before").at("pct").get<double>() == doctest::Approx(-12).epsilon(0.01));
  CHECK(change.at("after").at("pct").get<double>() == doctest::Approx(-9).epsilon(0.01));
  const double truth = 100 * (0.91 / 0.88 - 1);
  CHECK(change.at("change").at("lo_pct") < truth);
  CHECK(change.at("change").at("hi_pct") > truth);
}

TEST_CASE_FIXTURE(Past, "a change whose place is not clear has a first and a last run that it may be at") {
  days(24, [](int day, json& each) {
    auto& all = each["effects"][1];
    const double percent = (day < 13 ? -12 : -12.4) + noise(day);
    all.update({{"effect_pct", percent}, {"lo_pct", percent - 0.2}, {"hi_pct", percent + 0.2}});
  });
  const auto change =
      series().at("programs").at(0).at("series").at(0).at("threads").at(0).at("changes").at(0);
  CHECK(change.at("change").at("hi_pct") < 0);
  CHECK(change.at("earliest") < change.at("run"));
  CHECK(change.at("earliest") <= "2026-11-13T08-00-00Z");
  CHECK(change.at("latest") >= "2026-11-13T08-00-00Z");
  const auto text = shown();
  const auto earliest = text.find("  faster from here at the earliest\n");
  CHECK(earliest < text.find("  faster: -0."));
  CHECK(earliest != text.npos);
}

TEST_CASE_FIXTURE(Past,
                  "another rustc, baseline, variant, workload or corpus ends a thread, and it says which") {
  CHECK(reasons({}) == Words{});
  CHECK(reasons([](int day, json& each) { each["machine"]["kernel"] = std::to_string(day); }) == Words{});
  CHECK(reasons([](int day, json& each) { each["base"]["code"]["fib"] = std::to_string(day); }) == Words{});
  CHECK(reasons([](int day, json& each) {
          if (day > 3) each["rustc"] = "1.91.0";
        }) == Words{"rustc 1.91.0, was 1.90.0"});
  CHECK(reasons([](int day, json& each) {
          if (day > 3) each["base"]["name"] = "plain";
        }) == Words{"baseline plain, was baseline"});
  CHECK(reasons([](int day, json& each) {
          if (day > 3) each["base"]["settings"] = {{"opt-level", "2"}, {"lto", "true"}};
        }) == Words{"'baseline': lto = true, was not set", "'baseline': opt-level = 2, was 3"});
  CHECK(reasons([](int day, json& each) {
          if (day > 3) each["builds"][0]["target"] = "there";
        }) == Words{"'pgo' is for there, was here"});
  CHECK(reasons([](int day, json& each) {
          if (day > 3) each["workloads"]["large"]["digest"] = "9";
        }) == Words{"workload 'large' runs something else"});
  CHECK(reasons([](int day, json& each) {
          if (day > 3) each["workloads"].erase("large");
        }) == Words{"without workload 'large'"});
  CHECK(reasons([](int day, json& each) { each["corpora"]["texts"] = day > 3 ? "a" : "b"; }) ==
        Words{"corpus 'texts' has other files"});
  days(20, [](int day, json& each) {
    if (day > 10) each["rustc"] = "1.91.0";
  });
  const auto text = shown();
  CHECK(contains(text, "▂|▇"));
  CHECK(contains(text, "  not comparable with earlier runs: rustc 1.91.0, was 1.90.0\n"));
  CHECK(!contains(text, "slower:"));  // it may be rustc's doing
}

TEST_CASE_FIXTURE(Past, "each machine has threads of its own, however their runs take turns") {
  days(20, [](int day, json& each) {
    if (day % 2 == 0) each["machine"]["cpu"] = "another CPU";
  });
  const auto programs = series().at("programs");
  REQUIRE(programs.size() == 2);
  CHECK(programs.at(0).at("cpu") == "a CPU");
  CHECK(programs.at(1).at("cpu") == "another CPU");
  for (const auto& program : programs) {
    const auto threads = program.at("series").at(0).at("threads");
    REQUIRE(threads.size() == 1);
    CHECK(threads.at(0).at("runs").size() == 10);
    CHECK(threads.at(0).at("changes").size() == 1);
  }
}

TEST_CASE_FIXTURE(Past, "variants and workloads are chosen by globs") {
  days(6);
  CHECK(contains(shown(), "\n2026-11-02 08:00  1002abcde+  "));  // files differed from it
  const auto chosen = series({"--variant", "p*", "--workload", "l*"}).at("programs").at(0).at("series");
  REQUIRE(chosen.size() == 1);
  CHECK(chosen.at(0).at("workload") == "large");
  CHECK(run({"history", "--history", "history.jsonl", "--variant", "fat"}).err ==
        "error: nothing in the history has these names; the latest run has variants pgo\n");
}

TEST_CASE_FIXTURE(Past,
                  "lines that cannot be read are left out with a note, and names draw nothing on a screen") {
  days(3, [](int, json& each) { each["project"] = "f\033[31mib"; });
  const auto lines = read("history.jsonl");
  file("history.jsonl", "<<<<<<< HEAD\n" + lines + lines.substr(0, 40));
  const auto result = run({"history", "--history", "history.jsonl"});
  CHECK(result.code == 0);
  CHECK(result.err == "note: history.jsonl: 2 lines cannot be read and are left out\n");
  CHECK(!contains(result.out, "\033"));
  CHECK(contains(run({"history", "--history", "history.jsonl", "--color", "always"}).out, "\033["));
  file("history.jsonl", "nothing\n");
  CHECK(run({"history", "--history", "history.jsonl"}).err ==
        "error: history.jsonl: 1 line cannot be read, and there is nothing else\n");
}

TEST_CASE_FIXTURE(Past, "without a history it says what makes one") {
  file("fib.rs", "print 1").file("pgo.toml", fib);
  const auto none = run({"history"});
  CHECK(none.code == 2);
  CHECK(normal(none.err) ==
        "error: nothing is recorded yet in PROJECT/.pgo-orch/history.jsonl: every "
        "`pgo-orch run` that times a variant adds to it\n");
  CHECK(run({"history", "--history", "none.jsonl"}).err ==
        "error: none.jsonl was not found: `pgo-orch run --history none.jsonl` begins it\n");
  days(3);
  CHECK(run({"history", "pgo.toml", "--history", "history.jsonl"}).err ==
        "error: --history names the file itself, so a pgo.toml has no effect: leave one of the two out\n");
  CHECK(run({"history", "--history", "a", "--history", "b"}).err ==
        "error: history: --history can be given only once; see pgo-orch history --help\n");
  REQUIRE(run({"run", "-q"}).code == 0);  // of a baseline alone there is no effect
  CHECK(!fs::exists(path(".pgo-orch/history.jsonl")));
}
