#include "lab.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <regex>
#include <sstream>

#include "toolchains/process_runner.h"
#include "toolchains/tree.h"

extern char** environ;

namespace e2e {

namespace toolchains = pgo_orch::toolchains;

namespace {

/// Folders of the test that runs: labs outlive neither it nor its verdict.
std::vector<fs::path> folders;

struct Cleaner : doctest::IReporter {
  explicit Cleaner(const doctest::ContextOptions&) {}
  void test_case_end(const doctest::CurrentTestCaseStats& ended) override {
    for (const auto& folder : folders) {
      std::error_code ignored;
      if (ended.testCaseSuccess)
        fs::remove_all(folder, ignored);
      else
        std::fprintf(stderr, "kept: %s\n", folder.c_str());
    }
    folders.clear();
  }
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_start(const doctest::TestCaseData&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};
REGISTER_LISTENER("cleaner", 1, Cleaner);

fs::path new_folder() {
  std::string name = fs::temp_directory_path() / "pgo-orch-e2e-XXXXXX";
  REQUIRE(mkdtemp(name.data()));
  return name;
}

/// Whoever runs the tests may have wishes for cargo: here they would change what is expected.
toolchains::EnvironmentChanges without_wishes() {
  toolchains::EnvironmentChanges changes;
  for (char** entry = environ; *entry; ++entry) {
    const std::string name = std::string(*entry).substr(0, std::string(*entry).find('='));
    const bool is_place = name == "CARGO_HOME" || name.starts_with("CARGO_HTTP") ||
                          name.starts_with("CARGO_NET") || name.starts_with("CARGO_REG");
    const bool is_wish = name.starts_with("CARGO_") || name == "RUSTFLAGS" || name == "RUSTC" ||
                         name == "RUSTC_WRAPPER" || name == "MAKEFLAGS" || name == "LLVM_PROFDATA";
    if (is_wish && !is_place) changes[name] = std::nullopt;
  }
  changes["GIT_CONFIG_GLOBAL"] = "/dev/null";
  return changes;
}

}  // namespace

Lab::Lab(const std::string& name) : folder_(new_folder()), root_(folder_ / name), env_(without_wishes()) {
  folders.push_back(folder_);
  fs::create_directories(root_);
}

Lab& Lab::file(const fs::path& name, const std::string& text) {
  fs::create_directories((root_ / name).parent_path());
  std::ofstream(root_ / name, std::ios::binary) << text;
  return *this;
}

Lab& Lab::script(const fs::path& name, const std::string& body) {
  file(name, "#!/bin/sh\n" + body);
  fs::permissions(root_ / name, fs::perms::owner_all);
  return *this;
}

Lab& Lab::example(const std::string& name) {
  fs::copy(fs::path(PGO_ORCH_SOURCE_DIR) / "examples" / name, root_, fs::copy_options::recursive);
  fs::remove_all(state());
  fs::remove_all(root_ / "target");
  const std::regex max_time("max-time = \"[^\"]*\"");
  return file("pgo.toml", std::regex_replace(read(root_ / "pgo.toml"), max_time, "max-time = \"200ms\""));
}

Lab& Lab::set(const std::string& variable, const std::string& value) {
  env_[variable] = value;
  return *this;
}

Ended Lab::run(const std::vector<std::string>& argv) const {
  return run_in(root_, argv);
}

Ended Lab::run_in(const fs::path& folder, const std::vector<std::string>& argv) const {
  toolchains::ProcessRunner runner;
  const auto ended = toolchains::capture(runner, {.argv = argv, .cwd = folder, .env = env_});
  const bool exited = ended.outcome.end == toolchains::End::exited;
  return {exited ? ended.outcome.exit_code : -1, ended.out, ended.err};
}

Ended Lab::git(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv{"git", "-c", "user.name=e2e", "-c", "user.email=e2e@example.org"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run(argv);
}

Lab& Lab::commit() {
  REQUIRE(git({"init", "-q", "."}).status == 0);
  REQUIRE(git({"add", "-A"}).status == 0);
  REQUIRE(git({"commit", "-q", "-m", "all"}).status == 0);
  return *this;
}

Ended Lab::orch(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), PGO_ORCH_PROGRAM);
  return run(arguments);
}

Json Lab::results(int status, const std::vector<std::string>& options) const {
  const fs::path file = folder_ / "results.json";
  fs::remove(file);
  std::vector<std::string> arguments{"run", "--json", file};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const auto ended = orch(arguments);
  CAPTURE(ended.out);
  CAPTURE(ended.err);
  CHECK(ended.status == status);
  REQUIRE(fs::exists(file));
  return Json::parse(read(file));
}

std::string Lab::digest() const {
  return toolchains::tree_digest(root_, [](const fs::path& relative) { return relative == ".pgo-orch"; });
}

std::vector<std::string> Lab::files(const fs::path& folder) const {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(root_ / folder)) {
    if (!entry.is_directory()) names.push_back(entry.path().lexically_relative(root_ / folder));
  }
  std::ranges::sort(names);
  return names;
}

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  CAPTURE(file);
  REQUIRE(stream.good());
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

Json row(const Json& results, const std::string& name) {
  for (const auto& variant : results.at("variants")) {
    if (variant.at("name") == name) return variant;
  }
  FAIL("there is no variant " << name);
  return {};
}

std::string state(const Json& results, const std::string& name) {
  const Json variant = row(results, name);
  const auto status = variant.at("status").get<std::string>();
  return status == "ok" ? status : status + ": " + variant.at("reason").get<std::string>();
}

std::string states(const Json& results) {
  std::string text;
  for (const auto& variant : results.at("variants")) {
    const auto name = variant.at("name").get<std::string>();
    text += name + ": " + state(results, name) + "\n";
  }
  return text;
}

namespace {

Json artifact(const Json& results, const std::string& variant, const std::string& program) {
  for (const auto& each : row(results, variant).at("artifacts")) {
    if (program.empty() || each.at("program") == program) return each;
  }
  FAIL("variant " << variant << " has no program " << program << ": " << state(results, variant));
  return {};
}

}  // namespace

std::string code(const Json& results, const std::string& variant, const std::string& program) {
  return artifact(results, variant, program).at("code_sha256");
}

fs::path executable(const Json& results, const std::string& variant, const std::string& program) {
  return artifact(results, variant, program).at("path").get<std::string>();
}

void check_all_ok(const Json& results) {
  std::string expected;
  for (const auto& variant : results.at("variants"))
    expected += variant.at("name").get<std::string>() + ": ok\n";
  CHECK(states(results) == expected);
}

void check_proved(const Json& results, const std::string& variant) {
  CAPTURE(variant);
  CHECK(state(results, variant) == "ok");
  const Json pgo = row(results, variant).at("pgo");
  REQUIRE(pgo.is_object());
  CAPTURE(pgo.dump(1));
  CHECK(pgo.at("coverage") > 0.0);
  CHECK(pgo.at("functions_in_profile") > 0);
  CHECK(pgo.at("functions_matched") > 0);
  CHECK(pgo.at("basis") == "metadata and names");
}

void check_fresh(const Lab& lab, const std::string& variant) {
  CAPTURE(variant);
  int stages = 0;
  for (const auto& entry : fs::directory_iterator(lab.variant(variant))) {
    if (entry.path().extension() != ".jsonl") continue;
    CAPTURE(entry.path().string());
    const std::string messages = read(entry.path());
    CHECK(contains(messages, "\"fresh\":true"));
    CHECK_FALSE(contains(messages, "\"fresh\":false"));
    fs::path log = entry.path();
    CHECK_FALSE(contains(read(log.replace_extension(".log")), "Running `"));
    ++stages;
  }
  CHECK(stages > 0);
}

const std::string chains = R"(
fn chain(mut n: u64) -> u64 {
    let mut length = 1;
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        length += 1;
    }
    length
}

#[inline(never)]
fn total(below: u64) -> u64 {
    (1..below).map(chain).sum()
}

fn main() {
    let below = std::env::args().nth(1).map_or(10, |text| text.parse().unwrap());
    println!("{}", total(below));
}
)";

const std::string chains_project = R"([project]
source = "chains.rs"
[measure]
max-time = "200ms"
[[workload]]
name = "chains"
args = ["3000"]
[[variant]]
name = "baseline"
)";

}  // namespace e2e
