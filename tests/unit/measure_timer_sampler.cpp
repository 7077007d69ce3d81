#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <future>
#include <sstream>
#include <vector>

#include "measure/timer/timer_sampler.h"
#include "toolchains/error.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
namespace fs = std::filesystem;

namespace {

/// The build puts the helper above the folder of the test program.
fs::path timer_path() {
  return fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "pgo-orch-timer";
}

class TempFolder {
 public:
  TempFolder() {
    std::string name = fs::temp_directory_path() / "pgo-orch-measure-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~TempFolder() { fs::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  fs::path operator/(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

RunSpec shell(const std::string& script) {
  RunSpec spec;
  spec.argv = {"/bin/sh", "-c", script};
  spec.env = {{"PATH", "/usr/bin:/bin"}};
  return spec;
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Blocks until all who hold the write end of the pipe have died: a program and all that it starts.
class LifeLine {
 public:
  explicit LifeLine(const fs::path& fifo) : fifo_(fifo) { REQUIRE(mkfifo(fifo.c_str(), 0600) == 0); }

  /// Waits for the first one to open it (so it runs), then for the last one to close it.
  void wait_for_start() { fd_ = open(fifo_.c_str(), O_RDONLY | O_CLOEXEC); }
  void wait_for_end() const {
    char byte;
    while (read(fd_, &byte, 1) > 0) continue;
    close(fd_);
  }

 private:
  fs::path fifo_;
  int fd_ = -1;
};

}  // namespace

TEST_CASE("a run reports its exit code and what it took") {
  TimerSampler sampler(timer_path());
  const Sample sample = sampler.run(shell("exit 7"));
  CHECK(describe(sample) == "exit code 7");
  CHECK(sample.wall > Nanoseconds(0));
  CHECK(sample.user + sample.system > Nanoseconds(0));
  CHECK(sample.peak_rss > Bytes{100'000});
  CHECK(sample.minor_faults > 0);
}

TEST_CASE("a run that ends by a signal says which") {
  TimerSampler sampler(timer_path());
  const Sample sample = sampler.run(shell("kill -SEGV $$"));
  CHECK(sample.end == End::signalled);
  CHECK(sample.signal == SIGSEGV);
  CHECK(describe(sample) == "killed by signal 11 (Segmentation fault)");
}

TEST_CASE("a program that is not there is not started, and the next run works") {
  TimerSampler sampler(timer_path());
  RunSpec spec;
  spec.argv = {"/nowhere/program"};
  CHECK(describe(sampler.run(spec)) == "cannot execute /nowhere/program: No such file or directory");
  spec = shell("true");
  spec.cwd = "/nowhere";
  CHECK(describe(sampler.run(spec)) == "cannot enter /nowhere: No such file or directory");
  spec = shell("true");
  spec.stdin_file = "/nowhere/in";
  CHECK(describe(sampler.run(spec)) == "cannot read stdin /nowhere/in: No such file or directory");
  CHECK(describe(sampler.run(shell("true"))) == "exit code 0");
}

TEST_CASE("arguments, environment, folder and files reach the program byte for byte") {
  const TempFolder folder;
  std::ofstream(folder / "in") << "from a file";
  RunSpec spec;
  spec.executable = "/bin/sh";
  spec.argv = {"other name", "-c",
               "printf '%s|%s|%s|%s|' \"$0\" \"$1\" \"$PAD\" \"$PWD\"; cat; echo oops >&2; env | wc -l >&2",
               "a\nb\xff", " two "};
  spec.env = {{"PAD", "x=\n\xfey"}, {"PATH", "/usr/bin:/bin"}};
  spec.cwd = "/usr";
  spec.stdin_file = folder / "in";
  spec.stdout_mode = StdoutMode::file;
  spec.stdout_file = folder / "out";
  spec.stderr_file = folder / "err";
  TimerSampler sampler(timer_path());
  CHECK(describe(sampler.run(spec)) == "exit code 0");
  CHECK(text_of(folder / "out") == "a\nb\xff| two |x=\n\xfey|/usr|from a file");
  CHECK(text_of(folder / "err").starts_with("oops\n"));
}

TEST_CASE("a program starts with no open files but three, no blocked signals and a group of its own") {
  const TempFolder folder;
  RunSpec spec = shell(
      "ls /proc/self/fd | tr '\\n' ' '; grep -E 'Sig(Blk|Ign)' /proc/self/status; "
      "test $(cut -d' ' -f5 /proc/$$/stat) = $$ && echo leader");
  spec.stdout_mode = StdoutMode::file;
  spec.stdout_file = folder / "out";
  signal(SIGUSR1, SIG_IGN);
  TimerSampler sampler(timer_path());
  sampler.run(spec);
  signal(SIGUSR1, SIG_DFL);
  CHECK(text_of(folder / "out") ==
        "0 1 2 3 SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nleader\n");  // 3 is the listed folder
}

TEST_CASE("a program runs on the CPUs that it is bound to, and without random layouts if so wished") {
  const TempFolder folder;
  RunSpec spec = shell("grep Cpus_allowed_list /proc/self/status; cat /proc/self/personality");
  spec.stdout_mode = StdoutMode::file;
  spec.stdout_file = folder / "out";
  TimerSampler sampler(timer_path());
  sampler.run(spec);
  CHECK(text_of(folder / "out").ends_with("00000000\n"));
  cpu_set_t usable;
  REQUIRE(sched_getaffinity(0, sizeof usable, &usable) == 0);
  int cpu = 0;
  while (!CPU_ISSET(cpu, &usable)) ++cpu;
  spec.affinity = {cpu};
  spec.fixed_layout = true;
  sampler.run(spec);
  CHECK(text_of(folder / "out") == "Cpus_allowed_list:\t" + std::to_string(cpu) + "\n00040000\n");
}

TEST_CASE("an argument list of one megabyte works, and one that the kernel refuses is said") {
  TimerSampler sampler(timer_path());
  RunSpec spec = shell("test $# = 10 && test ${#1} = 100000");
  spec.argv.emplace_back("sh");
  spec.argv.insert(spec.argv.end(), 10, std::string(100'000, 'x'));
  CHECK(describe(sampler.run(spec)) == "exit code 0");
  spec.argv.emplace_back(1'000'000, 'x');
  CHECK(describe(sampler.run(spec)) == "cannot execute /bin/sh: Argument list too long");
  spec.argv.emplace_back(10'000'000, 'x');
  CHECK(describe(sampler.run(spec)) == "Argument list too long");
  CHECK(describe(sampler.run(shell("true"))) == "exit code 0");
}

TEST_CASE("a zero byte in an argument is an error") {
  TimerSampler sampler(timer_path());
  RunSpec spec = shell("true");
  spec.argv.emplace_back("a\0b", 3);
  CHECK_THROWS_WITH_AS(sampler.run(spec),
                       "arguments and environment variables cannot contain a zero byte: 'a'", Error);
}

TEST_CASE("output of any size is discarded, and the program's own end is not held up by who keeps the pipe") {
  TimerSampler sampler(timer_path());
  CHECK(describe(sampler.run(shell("head -c 20000000 /dev/zero"))) == "exit code 0");
  const Sample sample = sampler.run(shell("sleep 1000 & exit 3"));
  CHECK(describe(sample) == "exit code 3");
  CHECK(describe(sampler.run(shell("exec >&-; exit 4"))) == "exit code 4");
}

TEST_CASE("a timeout kills the whole process group, grandchildren included") {
  const TempFolder folder;
  LifeLine line(folder / "fifo");
  TimerSampler sampler(timer_path());
  RunSpec spec = shell("exec 9>fifo; (sleep 1000 & sleep 1000 & wait) & sleep 1000");
  spec.cwd = folder / "";
  spec.timeout = std::chrono::milliseconds(300);
  auto sample = std::async(std::launch::async, [&] { return sampler.run(spec); });
  line.wait_for_start();
  CHECK(describe(sample.get()) == "timed out");
  line.wait_for_end();
}

TEST_CASE("what a program leaves running is killed, even in a session of its own") {
  const TempFolder folder;
  LifeLine line(folder / "fifo");
  TimerSampler sampler(timer_path());
  RunSpec spec = shell("exec 9>fifo; sleep 1000 & setsid sh -c 'sleep 1000 & sleep 1000' & exit 0");
  spec.cwd = folder / "";
  auto sample = std::async(std::launch::async, [&] { return sampler.run(spec); });
  line.wait_for_start();
  CHECK(describe(sample.get()) == "exit code 0");
  line.wait_for_end();
}

TEST_CASE("a wish to stop ends the running program and refuses the next one") {
  const TempFolder folder;
  LifeLine line(folder / "fifo");
  const int stop = eventfd(0, EFD_CLOEXEC);
  TimerSampler sampler(timer_path(), stop);
  RunSpec spec = shell("exec 9>fifo; sleep 1000 & sleep 1000");
  spec.cwd = folder / "";
  auto sample = std::async(std::launch::async, [&] { return sampler.run(spec); });
  line.wait_for_start();
  eventfd_write(stop, 1);
  CHECK(describe(sample.get()) == "interrupted");
  line.wait_for_end();
  CHECK(describe(sampler.run(shell("true"))) == "interrupted");
  close(stop);
}

TEST_CASE("when the helper is told to end it kills what it runs, and another helper takes over") {
  const TempFolder folder;
  LifeLine line(folder / "fifo");
  TimerSampler sampler(timer_path());
  REQUIRE(describe(sampler.run(shell("true"))) == "exit code 0");
  const pid_t first = sampler.helper();
  SUBCASE("between runs") {
    kill(first, SIGKILL);
  }
  SUBCASE("by a signal that it handles") {
    kill(first, SIGTERM);
  }
  CHECK(describe(sampler.run(shell("true"))) == "exit code 0");
  CHECK(sampler.helper() != first);
}

TEST_CASE("when its driver is gone the helper kills what it runs") {
  const TempFolder folder;
  LifeLine line(folder / "fifo");
  RunSpec spec = shell("exec 9>fifo; sleep 1000 & sleep 1000");
  spec.cwd = folder / "";
  const pid_t driver = fork();
  if (driver == 0) {
    TimerSampler sampler(timer_path());
    sampler.run(spec);
    _exit(0);
  }
  line.wait_for_start();
  kill(driver, SIGKILL);
  line.wait_for_end();
  CHECK(waitpid(driver, nullptr, 0) == driver);
}

TEST_CASE("a helper that is missing or is something else is an error") {
  TimerSampler missing("/nowhere/pgo-orch-timer");
  CHECK_THROWS_WITH_AS(missing.run(shell("true")),
                       "cannot start the timing helper /nowhere/pgo-orch-timer: No such file or directory",
                       Error);
  TimerSampler other("/bin/true");
  CHECK_THROWS_WITH_AS(other.run(shell("true")), "the timing helper /bin/true ended without an answer, twice",
                       Error);
}

TEST_CASE("a small program's memory is its own, whatever this process and the request weigh") {
  const std::vector<char> ballast(200'000'000, 'x');
  TimerSampler sampler(timer_path());
  RunSpec large = shell("true");
  large.argv.insert(large.argv.end(), 18, std::string(100'000, 'x'));
  REQUIRE(describe(sampler.run(large)) == "exit code 0");
  RunSpec small;
  small.argv = {timer_path().string(), "--version"};  // a static program of under a megabyte
  const Sample sample = sampler.run(small);
  CHECK(describe(sample) == "exit code 0");
  CHECK(sample.peak_rss > Bytes{100'000});
  CHECK(sample.peak_rss < Bytes{3'000'000});
  CHECK(ballast.back() == 'x');
}

TEST_CASE("a program runs on the CPUs that it is given") {
  const TempFolder folder;
  RunSpec spec = shell("grep Cpus_allowed_list /proc/self/status");
  spec.stdout_mode = StdoutMode::file;
  spec.stdout_file = folder / "out";
  spec.affinity = {0};
  TimerSampler sampler(timer_path());
  CHECK(describe(sampler.run(spec)) == "exit code 0");
  CHECK(text_of(folder / "out") == "Cpus_allowed_list:\t0\n");
  spec.affinity = {2000};
  CHECK_THROWS_WITH_AS(sampler.run(spec), "CPU 2000 does not exist", Error);
}
