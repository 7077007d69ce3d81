// The program half of the toy: what a compiled one does when it runs.

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <thread>

#include "toy.h"
#include "toy_cold.h"

namespace toy {

namespace fs = std::filesystem;

// The functions of crate `fib` that a profile has to name, and that the executable has as symbols.
extern "C" [[gnu::noinline, gnu::used]] int toy_main(int x) __asm__("_ZN3fib4main17h0123456789abcdefE");
extern "C" [[gnu::noinline, gnu::used]] int toy_work(int x) __asm__("_ZN3fib4work17hfedcba9876543210E");
extern "C" int toy_main(int x) {
  return toy_work(x) + 1;
}
extern "C" int toy_work(int x) {
  return x * 3;
}

namespace {

constexpr char separator = '\x1f', source_follows = '\x1e';

/// What write_program fills; in a section of its own, so that nothing else looks like it. The first letter
/// says whether this is a program.
[[gnu::section(".toy"), gnu::used]] volatile const char embedded[16384] = "-the toy itself";

/// An instrumented program is known by this section; here it has nothing to do with the flags.
[[gnu::section("__llvm_prf_cnts"), gnu::used]] volatile char counters[8];

std::string embedded_text() {
  std::string text;
  for (std::size_t i = 1; i < sizeof embedded && embedded[i]; ++i) text += embedded[i];
  return text;
}

Program embedded_program() {
  const std::string text = embedded_text();
  const auto middle = text.find(source_follows);
  Program program{{}, text.substr(middle + 1)};
  std::istringstream flags(text.substr(0, middle));
  for (std::string flag; std::getline(flags, flag, separator);) program.flags.push_back(flag);
  return program;
}

bool measured() {
  return std::getenv("PGO_ORCH_PAD") != nullptr;
}

std::string kind_of_stdout() {
  struct stat out{}, null{};
  fstat(1, &out);
  stat("/dev/null", &null);
  if (out.st_rdev == null.st_rdev && S_ISCHR(out.st_mode)) return "null";
  return S_ISFIFO(out.st_mode) ? "pipe" : "file";
}

std::vector<std::string> given;  ///< this run's arguments

bool holds(const std::string& condition, const Program& program) {
  if (condition.starts_with("arg:")) return std::ranges::find(given, condition.substr(4)) != given.end();
  if (condition.starts_with("env:")) return std::getenv(condition.substr(4).c_str()) != nullptr;
  if (condition == "instrumented") return program.has_flag("-Cprofile-generate");
  if (condition == "optimized") return program.has_flag("-Cprofile-use");
  if (condition == "measured") return measured();
  if (condition.starts_with("stdout:")) return condition.substr(7) == kind_of_stdout();
  return program.has_flag("--cfg=" + condition);
}

/// Stays here, if the test asked for it, until killed; `measure` names how many runs go before.
void hold(const char* what) {
  std::ifstream asked(in_test_folder("hold") / what);
  long before = 0;
  if (!asked || !(asked >> before)) return;
  const fs::path counter = in_test_folder("held-back");
  std::ofstream(counter, std::ios::app) << '.';
  if (static_cast<long>(fs::file_size(counter)) <= before) return;
  std::ofstream(in_test_folder("held"), std::ios::app) << std::to_string(getpid()) + "\n";
  std::this_thread::sleep_for(std::chrono::seconds(100));
}

void log_run(const std::vector<std::string>& arguments) {
  std::string record = std::string("program\035cwd=") + fs::current_path().string();
  for (const auto& argument : arguments) record += "\035arg=" + argument;
  if (const char* profile = std::getenv("LLVM_PROFILE_FILE"))
    record += std::string("\035env=LLVM_PROFILE_FILE=") + profile;
  std::ofstream(in_test_folder("log"), std::ios::app) << record + "\036" << std::flush;
}

/// As the profile runtime does: %p the process, %m the binary, in folders too; the folder is made.
fs::path profile_file(const Program& program) {
  const char* named = std::getenv("LLVM_PROFILE_FILE");
  std::string pattern = named ? named : "default_%m_%p.profraw";
  for (const auto& flag : program.flags) {
    constexpr std::string_view generate = "-Cprofile-generate=";
    if (!named && flag.starts_with(generate)) pattern = flag.substr(generate.size()) + "/" + pattern;
  }
  std::string file;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char next = pattern[i] == '%' && i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (next == 'p')
      file += std::to_string(getpid());
    else if (next == 'm')
      file += hash(embedded_text());
    else
      file += pattern[i];
    if (next == 'p' || next == 'm') ++i;
  }
  return file;
}

void write_profile(const Program& program, const std::string& how) {
  if (how == "none") return;
  if (how == "astray") unsetenv("LLVM_PROFILE_FILE");
  const fs::path file = profile_file(program);
  std::error_code ignored;
  fs::create_directories(file.parent_path(), ignored);
  std::ofstream out(file);
  if (how == "corrupt") out << "these are no counters\n";
  if (how == "half") out << "toy profile\nmain\n_ZN3fib4main17h0123456789abcdefE\n";
  if (how == "stale")
    out << "toy profile\nmain\n_ZN3fib5stale17h0011223344556677E\n";
  else if (how.starts_with("cold"))
    out << "toy profile\nmain\n_ZN3fib4main17h0123456789abcdefE\n_ZN3fib4work17hfedcba9876543210E cold\n";
  else if (how.empty() || how == "astray" || how == "with-c")
    out << "toy profile\nmain\n_ZN3fib4main17h0123456789abcdefE\n_ZN3fib4work17hfedcba9876543210E\n";
  if (how.starts_with("count "))
    out << "toy profile\nmain\n_ZN3fib4main17h0123456789abcdefE\n_ZN3fib4work17hfedcba9876543210E\n"
        << how << "\n";
  if (how == "with-c") out << "mix\n";
  if (how == "colder")
    for (const char ten : std::string_view("123456789a"))
      for (int i = 0; i < 10; ++i) out << "_ZN3fib6cold" << ten << i << "17hfedcba9876543210E cold\n";
}

/// A child in a session of its own goes on, and then ends as the program does.
void leave(const Program& program, const std::string& milliseconds) {
  if (fork() != 0) return;
  setsid();
  close(1);
  std::ofstream(in_test_folder("held"), std::ios::app) << std::to_string(getpid()) + "\n";
  std::this_thread::sleep_for(std::chrono::milliseconds(std::stol(milliseconds)));
  if (program.has_flag("-Cprofile-generate")) write_profile(program, "");
  _exit(0);
}

fs::path beside(const std::string& name) {
  return fs::read_symlink("/proc/self/exe").parent_path() / name;
}

bool run_beside(const std::string& name) {
  const fs::path program = beside(name);
  if (!fs::exists(program)) {
    std::cerr << "there is no " << name << " beside me\n";
    return false;
  }
  std::cout.flush();
  return std::system(("'" + program.string() + "'").c_str()) == 0;
}

void fork_for(const std::string& file) {
  const pid_t child = fork();
  if (child == 0) {
    if (!file.empty()) execl(file.c_str(), file.c_str(), nullptr);
    _exit(127);
  }
  waitpid(child, nullptr, 0);
}

void become_beside(const std::string& name) {
  std::cout.flush();
  execl(beside(name).c_str(), name.c_str(), nullptr);
}

void kill_beside(const std::string& name) {
  const pid_t child = fork();
  if (child == 0) become_beside(name);
  std::this_thread::sleep_for(std::chrono::seconds(1));  // it has begun by then
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

}  // namespace

bool Program::has_flag(std::string_view prefix) const {
  for (const auto& flag : flags) {
    if (flag == prefix || (prefix.starts_with("-C") && flag.starts_with(prefix))) return true;
  }
  return false;
}

std::vector<Statement> statements(const Program& program) {
  std::vector<Statement> found;
  std::istringstream lines(program.source);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string verb, condition, rest;
    words >> verb;
    bool wanted = true;
    while (verb == "if" || verb == "unless") {
      words >> condition;
      wanted = wanted && holds(condition, program) == (verb == "if");
      words >> verb;
    }
    std::getline(words >> std::ws, rest);
    if (wanted) found.push_back({verb, rest});
  }
  return found;
}

void write_program(const fs::path& file, const Program& program) {
  std::string text = "!";
  for (const auto& flag : program.flags) text += flag + separator;
  text += source_follows + program.source;
  text.resize(sizeof embedded);
  std::string bytes = read_file("/proc/self/exe");
  std::string own(sizeof embedded, '\0');
  for (std::size_t i = 0; i < own.size(); ++i) own[i] = embedded[i];
  bytes.replace(bytes.find(own), own.size(), text);
  const std::string theirs = "tZN3fib6cold", ours = "_ZN3fib6cold";
  if (program.source.find("profile colder") != std::string::npos)
    for (auto at = bytes.find(theirs); at != std::string::npos; at = bytes.find(theirs, at))
      bytes.replace(at, ours.size(), ours);
  fs::create_directories(file.parent_path());
  fs::remove(file);
  std::ofstream(file, std::ios::binary) << bytes;
  fs::permissions(file, fs::perms::owner_all);
}

void print_turns(const fs::path& turn) {
  const bool turned = fs::remove(turn);
  if (!turned) std::ofstream(turn) << "x";
  std::cout << (turned ? "b\na\n" : "a\nb\n");
}

int run_program(const std::vector<std::string>& arguments) {
  if (embedded[0] != '!') return -1;
  given = arguments;
  const Program program = embedded_program();
  const bool instrumented = program.has_flag("-Cprofile-generate");
  if (program.source == "probe linked") {  // pgo-orch tries a linker with it
    std::cout << "linked\n";
    return 0;
  }
  if (!measured()) log_run(arguments);
  hold(measured() ? "measure" : instrumented ? "train" : "check");
  int code = toy_main(0) - 1;
  std::string profile;
  for (const auto& [verb, rest] : statements(program)) {
    if (verb == "print") std::cout << rest << '\n';
    if (verb == "print-stdin") std::cout << std::cin.rdbuf();
    if (verb == "print-time")
      std::cout << std::chrono::steady_clock::now().time_since_epoch().count() << '\n';
    if (verb == "print-env") {
      const char* value = std::getenv(rest.c_str());
      std::cout << (value ? value : "(unset)") << '\n';
    }
    if (verb == "print-path") std::cout << arguments[0] << '\n';
    if (verb == "print-turns") print_turns(rest);
    if (verb == "print-args")
      for (std::size_t i = 1; i < arguments.size(); ++i) std::cout << arguments[i] << '\n';
    if (verb == "repeat")
      for (long i = 0; i < std::stol(rest); ++i) std::cout << rest.substr(rest.find(' ') + 1) << '\n';
    if (verb == "complain") std::cerr << rest << '\n';
    if (verb == "sleep") std::this_thread::sleep_for(std::chrono::milliseconds(std::stol(rest)));
    if (verb == "abort") std::abort();
    if (verb == "leave") leave(program, rest);
    if (verb == "slow-at-first" && !fs::exists("cache")) {
      std::this_thread::sleep_for(std::chrono::milliseconds(std::stol(rest)));
      std::ofstream("cache") << "done\n";
    }
    if (verb == "fork-away") fork_for("");
    if (verb == "fork-for") fork_for(rest);
    if (verb == "kill-beside") kill_beside(rest);
    if (verb == "exec-beside") become_beside(rest);
    if (verb == "beside" && !run_beside(rest)) return 3;
    if (verb == "exit") code = std::stoi(rest);
    if (verb == "profile") profile = rest;
  }
  std::cout.flush();
  if (instrumented) write_profile(program, profile);
  return code;
}

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325U;  // FNV-1a
  for (const unsigned char letter : text) value = (value ^ letter) * 0x100000001b3U;
  std::ostringstream hex;
  hex << std::hex << value;
  return hex.str();
}

fs::path in_test_folder(const char* name) {
  const char* folder = std::getenv("TOY_DIR");
  return fs::path(folder ? folder : "/nowhere") / name;
}

}  // namespace toy

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv, argv + argc);
  if (const int code = toy::run_program(arguments); code >= 0) return code;
  const std::string what = argc > 1 ? arguments[1] : "";
  if (what == "metadata") return toy::cargo_metadata(arguments);
  if (what == "build") return toy::cargo_build(arguments);
  if (what == "program" && argc >= 4) {
    toy::write_program(arguments[2], {{arguments.begin() + 4, arguments.end()}, arguments[3]});
    return 0;
  }
  std::cerr << "toy: metadata, build or program\n";
  return 2;
}
