#include "test.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <regex>
#include <sstream>
#include <thread>

namespace pgo_orch::cli {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> folders;  ///< of the test that runs

/// Removes the folders of a test that passed, and names those of one that failed.
struct KeepWhatFailed : doctest::IReporter {
  explicit KeepWhatFailed(const doctest::ContextOptions&) {}
  void test_case_end(const doctest::CurrentTestCaseStats& test) override {
    for (const auto& folder : folders) {
      std::error_code ignored;
      if (test.failure_flags == doctest::TestCaseFailureReason::None)
        fs::remove_all(folder, ignored);
      else
        std::cerr << "kept: " << folder.string() << '\n';
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
REGISTER_LISTENER("keep", 1, KeepWhatFailed);

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

void write_script(const fs::path& file, const std::string& text) {
  write(file, text);
  fs::permissions(file, fs::perms::owner_all);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

Call parse_call(const std::string& record) {
  Call call;
  for (const auto& field : split(record, '\x1d')) {
    const auto value = field.substr(std::min(field.size(), field.find('=') + 1));
    if (field.starts_with("cwd="))
      call.cwd = value;
    else if (field.starts_with("arg="))
      call.args.push_back(value);
    else if (field.starts_with("env="))
      call.env[value.substr(0, value.find('='))] = value.substr(value.find('=') + 1);
    else
      call.tool = field;
  }
  return call;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// The basics that scripts need, from wherever this machine has them.
void link_basics(const fs::path& bin) {
  for (const char* name : {"sleep", "git", "cat", "mkdir", "cp", "mv", "rm", "cmp", "env"}) {
    for (const char* folder : {"/usr/bin", "/bin"}) {
      std::error_code ignored;
      if (!fs::exists(fs::path(folder) / name, ignored)) continue;
      fs::create_symlink(fs::path(folder) / name, bin / name, ignored);
      break;
    }
  }
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

int create(const fs::path& file) {
  return ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
}

bool lives(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(stat, text)) return false;
  const char state = text[text.rfind(')') + 2];
  return state != 'Z' && state != 'X';
}

}  // namespace

bool soon(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

// ---- Call ----

bool Call::has(const std::string& argument) const {
  return std::ranges::find(args, argument) != args.end();
}

std::string Call::behind(const std::string& option) const {
  const auto found = std::ranges::find(args, option);
  return found == args.end() || found + 1 == args.end() ? "" : *(found + 1);
}

std::optional<std::string> Call::variable(const std::string& name) const {
  const auto found = env.find(name);
  return found == env.end() ? std::nullopt : std::optional(found->second);
}

std::string Call::flags() const {
  std::string text = variable("CARGO_ENCODED_RUSTFLAGS").value_or("(not set)");
  std::ranges::replace(text, '\x1f', ' ');
  return text;
}

// ---- Running ----

Running::Running(Running&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), folder_(std::move(other.folder_)) {}

Running::~Running() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Running::signal(int number) const {
  ::kill(pid_, number);
}

Result Running::wait() {
  int status = 0;
  const bool ended = soon([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; });
  if (!ended) FAIL("pgo-orch did not end");
  pid_ = -1;
  Result result;
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  result.out = text_of(folder_ / "out");
  result.err = text_of(folder_ / "err");
  return result;
}

// ---- Test ----

Test::Test(const std::string& project) {
  std::string name = fs::temp_directory_path() / "pgo-orch-cli-XXXXXX";
  if (!::mkdtemp(name.data())) FAIL("cannot make a folder for the test");
  folder_ = fs::canonical(name);
  folders.push_back(folder_);
  project_ = folder_ / project;
  const fs::path bin = folder_ / "bin";
  for (const auto& folder : {project_, bin, folder_ / "home", folder_ / "tmp"})
    fs::create_directories(folder);
  for (const auto& fake : fs::directory_iterator(FAKES)) {
    if (fake.path().extension() == "" || fake.path().extension() == ".sh")
      fs::copy_file(fake.path(), bin / fake.path().filename());
  }
  for (const char* tool : {"llvm-profdata", "llvm-strip"})
    fs::rename(bin / tool, bin / (tool + std::string("-97")));
  for (const auto& script : fs::directory_iterator(bin)) fs::permissions(script, fs::perms::owner_all);
  fs::copy_file(TOY, bin / "toy");
  link_basics(bin);
  write(folder_ / "sysroot/lib/rustlib/x86_64-unknown-linux-gnu/lib/libcore-0.rlib", "");
}

Test& Test::file(const std::string& name, const std::string& text) {
  write(project_ / name, text);
  return *this;
}

Test& Test::env(const std::string& name, const std::string& value) {
  env_[name] = value;
  return *this;
}

Test& Test::tool(const std::string& name, const std::string& script) {
  fs::remove(outside("bin/" + name));
  write_script(outside("bin/" + name), "#!/bin/sh\n" + script + "\n");
  return *this;
}

Test& Test::without(const std::string& name) {
  fs::remove(outside("bin/" + name));
  return *this;
}

Test& Test::hold(const std::string& what, const std::string& part) {
  write(outside("hold/" + what), part + "\n");
  return *this;
}

void Test::let_go() const {
  fs::remove_all(outside("hold"));
  fs::remove(outside("held"));
}

void Test::wait_until_held() const {
  if (!soon([&] { return text_of(outside("held")).ends_with("\n"); })) FAIL("nothing was held");
}

bool Test::anybody_held_lives() const {
  const auto pids = split(text_of(outside("held")), '\n');
  // A killed one goes in a moment.
  return !soon([&] {
    return std::ranges::none_of(pids,
                                [](const auto& pid) { return lives(static_cast<pid_t>(std::stol(pid))); });
  });
}

std::vector<std::string> Test::environment() const {
  std::map<std::string, std::string> variables{{"PATH", outside("bin").string()},
                                               {"HOME", outside("home").string()},
                                               {"TMPDIR", outside("tmp").string()},
                                               {"TOY_DIR", folder_.string()},
                                               {"LC_ALL", "C.UTF-8"}};
  for (const auto& [name, value] : env_) variables[name] = value;
  // The reports of sanitized builds go where the build says.
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "GCOV_PREFIX"})
    if (const char* value = std::getenv(name)) variables[name] = value;
  std::vector<std::string> texts;
  for (const auto& [name, value] : variables) texts.push_back(name + "=" + value);
  return texts;
}

fs::path Test::new_output() const {
  static int number = 0;
  const fs::path output = outside("run-" + std::to_string(++number));
  fs::create_directories(output);
  return output;
}

Running Test::launch(const std::string& program, const Words& arguments, int out, int err,
                     const fs::path& output) const {
  std::vector<std::string> argv{program};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const auto variables = environment();
  const auto argv_pointers = pointers(argv), env_pointers = pointers(variables);
  const pid_t pid = ::fork();
  if (pid == 0) {
    const int in = ::open("/dev/null", O_RDONLY);
    if (in < 0 || ::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0 ||
        ::chdir(project_.c_str()) != 0)
      ::_exit(126);
    ::execve(program.c_str(), argv_pointers.data(), env_pointers.data());
    ::_exit(127);
  }
  ::close(out);
  if (err != out) ::close(err);
  return {pid, output};
}

Running Test::start(const Words& arguments) const {
  const auto output = new_output();
  return launch(PGO_ORCH, arguments, create(output / "out"), create(output / "err"), output);
}

Result Test::run(const Words& arguments) const {
  return start(arguments).wait();
}

Result Test::run_program(const std::string& program, const Words& arguments) const {
  const auto output = new_output();
  return launch(program, arguments, create(output / "out"), create(output / "err"), output).wait();
}

Result Test::run_into(const fs::path& out, const Words& arguments) const {
  const auto output = new_output();
  return launch(PGO_ORCH, arguments, ::open(out.c_str(), O_WRONLY | O_CLOEXEC), create(output / "err"),
                output)
      .wait();
}

Result Test::run_on_terminal(const Words& arguments) const {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) FAIL("no terminal");
  const int far_end = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
  auto running = launch(PGO_ORCH, arguments, far_end, far_end, new_output());
  std::string text;
  char buffer[4096];
  // Reading fails when nobody has the other end open any more.
  for (ssize_t got; (got = ::read(terminal, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(got));
  ::close(terminal);
  auto result = running.wait();
  result.out = text;
  return result;
}

std::vector<Call> Test::calls(const std::string& tool) const {
  std::vector<Call> found;
  for (const auto& record : split(text_of(outside("log")), '\x1e')) {
    auto call = parse_call(record);
    if (tool.empty() || call.tool == tool) found.push_back(std::move(call));
  }
  return found;
}

std::vector<Call> Test::builds() const {
  auto found = calls("cargo");
  std::erase_if(found, [](const Call& call) { return call.args.front() != "build"; });
  return found;
}

Words Test::story() const {
  Words story;
  for (const auto& call : calls("")) {
    const std::string first = call.args.empty() ? "" : call.args.front();
    const bool is_tool = call.tool == "cargo" || call.tool == "llvm-profdata";
    if (call.tool == "cargo" && first == "build") {
      const fs::path target = call.behind("--target-dir");
      story.push_back("build " + target.parent_path().filename().string() + "/" +
                      target.filename().string().substr(7));
    } else if (is_tool) {
      story.push_back(first);
    } else if (call.tool == "llvm-strip") {
      story.emplace_back("strip");
    } else if (call.tool == "program") {
      const std::string variant = fs::path(first).parent_path().parent_path().filename();
      story.push_back((call.variable("LLVM_PROFILE_FILE") ? "train " : "run ") + variant);
    }
  }
  return story;
}

void Test::forget_calls() const {
  fs::remove(outside("log"));
}

const nlohmann::json& Test::results() const {
  return parsed_.emplace_back(nlohmann::json::parse(read(".pgo-orch/latest/results.json")));
}

const nlohmann::json& Test::row(const std::string& variant) const {
  for (const auto& row : results().at("variants")) {
    if (row.at("name") == variant) return row;
  }
  FAIL("there is no row " << variant);
  throw std::logic_error("not reached");
}

std::string Test::reason(const std::string& variant) const {
  const auto& found = row(variant);
  return normal(found.at("status").get<std::string>() + ": " + found.at("reason").get<std::string>());
}

fs::path Test::path(const std::string& name) const {
  return name.empty() ? project_ : project_ / name;
}

fs::path Test::outside(const std::string& name) const {
  return folder_ / name;
}

std::string Test::read(const std::string& name) const {
  return text_of(project_ / name);
}

std::string Test::normal(std::string text) const {
  replace_all(text, project_.string(), "PROJECT");
  replace_all(text, folder_.string(), "TEST");
  static const std::pair<std::regex, const char*> patterns[] = {
      {std::regex(R"(\d{4}-\d\d-\d\dT\d\d[-:]\d\d[-:]\d\dZ(-\d+)?)"), "WHEN"},
      {std::regex(R"(\b\d+(\.\d+)? (ns|us|µs|ms|s|min)\b)"), "TIME"},
      {std::regex(R"(\b\d+ min \d+ s\b)"), "TIME"},
      {std::regex(R"(\b\d+(\.\d+)? (B|KiB|MiB)\b)"), "SIZE"},
      {std::regex(R"(process \d+)"), "process N"},
      {std::regex(R"([0-9a-f]+_\d+\.profraw)"), "M_P.profraw"},
  };
  for (const auto& [pattern, word] : patterns) text = std::regex_replace(text, pattern, word);
  return text;
}

}  // namespace pgo_orch::cli
