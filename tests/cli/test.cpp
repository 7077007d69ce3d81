#include "test.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <regex>

#include "kept_folders.h"

namespace pgo_orch::cli {

namespace fs = std::filesystem;

namespace {

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

void write_script(const fs::path& file, const std::string& text) {
  write(file, text);
  fs::permissions(file, fs::perms::owner_all);
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// The basics that scripts need, from wherever this machine has them.
void link_basics(const fs::path& bin) {
  for (const char* name : {"sleep", "git", "cat", "mkdir", "cp", "mv", "rm", "cmp", "env", "sed"}) {
    for (const char* folder : {"/usr/bin", "/bin"}) {
      std::error_code ignored;
      if (!fs::exists(fs::path(folder) / name, ignored)) continue;
      fs::create_symlink(fs::path(folder) / name, bin / name, ignored);
      break;
    }
  }
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

Test::Test(const std::string& project) {
  folder_ = tests::new_folder("cli");
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

Test& Test::script(const std::string& name, const std::string& lines) {
  write_script(project_ / name, "#!/bin/sh\n" + lines);
  return *this;
}

Test& Test::before_run(int n, const std::string& lines) {
  script("before-run", "n=0\n[ ! -e runs ] || read n < runs\necho $((n += 1)) > runs\n[ $n != " +
                           std::to_string(n) + " ] || {\n" + lines + "\n}\n");
  return file("pgo.toml", with_workload_keys(read("pgo.toml"), "prepare = [[\"./before-run\"]]"));
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
  return cli::start({program, arguments, environment(), project_, out, err, output});
}

Running Test::start(const Words& arguments) const {
  const auto output = new_output();
  return launch(PGO_ORCH, arguments, create(output / "out"), create(output / "err"), output);
}

Result Test::run(const Words& arguments) const {
  return start(arguments).wait();
}

std::string Test::built(const std::string& variant, int code) const {
  const auto result = run({"run", "--no-measure"});
  CAPTURE(result.err);
  CHECK(result.code == code);
  return reason(variant);
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
  auto found = calls_in(text_of(outside("log")));
  if (!tool.empty()) std::erase_if(found, [&](const Call& call) { return call.tool != tool; });
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

const nlohmann::json& Test::json_in(const std::string& file) const {
  return parsed_.emplace_back(nlohmann::json::parse(read(file)));
}

const nlohmann::json& Test::results() const {
  return json_in(".pgo-orch/latest/results.json");
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

bool Test::has_note(const std::string& part) const {
  return std::ranges::any_of(results().at("notes"),
                             [&](const auto& note) { return contains(normal(note), part); });
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
