// Programs that are traced: their landmarks, signals and ends.

#include <doctest/doctest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <future>
#include <thread>

#include "measure/run_phases/run_phases.h"
#include "measure/timer/timer_sampler.h"
#include "measure_tracing_fixture.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::measure::test;
using namespace pgo_orch::toolchains;
namespace fs = std::filesystem;

#if defined(__x86_64__)

TEST_CASE("programs of every kind of link pass all landmarks, and stripped ones do too") {
  Workshop workshop;
  for (const std::string link : {"", "-static", "-static-pie -s", "-no-pie -s"}) {
    CAPTURE(link);
    workshop.build(hello, "cc -O1 p.c -o p " + link);
    const Trace trace = workshop.trace();
    CHECK(passed(trace) == "xeurq");
    CHECK(trace.sample.exit_code == 3);
    CHECK(workshop.printed == "hello\nlast\n");
    CHECK(trace.execs == 1);
  }
}

TEST_CASE("without debug registers the return of main is seen, too") {
  Workshop workshop;
  workshop.sampler.allow_debug_registers(false);
  workshop.build(
      "#include <pthread.h>\n#include <stdio.h>\n#include <sys/wait.h>\n#include <unistd.h>\n"
      "static void* work(void* x) { return x; }\n"
      "int main(void) { pthread_t t; for (int i = 0; i < 8; ++i) { pthread_create(&t, 0, work, 0);\n"
      "pthread_join(t, 0); } if (fork() == 0) return 0; wait(0); puts(\"end\"); return 0; }\n",
      "cc -O1 p.c -o p");
  const Trace trace = workshop.trace();
  CHECK(passed(trace) == "xeurq");
  CHECK(trace.watches.empty());
  CHECK_FALSE(trace.watched_return);
  CHECK(workshop.printed == "end\n");
}

TEST_CASE("deeper calls that return to the place of main's return don't count") {
  Workshop workshop;
  workshop.build(
      "#include <stdio.h>\nint depth; int main(void);\n"
      "__attribute__((noinline)) int call(void) { int x = main(); __asm__(\"\"); return x; }\n"
      "__attribute__((constructor)) static void begin(void) { ++depth; call(); }\n"
      "int main(void) { if (depth < 4) { ++depth; call(); } printf(\"%d\\n\", depth); return 0; }\n",
      "cc -O1 p.c -o p");
  for (const bool allowed : {true, false}) {
    workshop.sampler.allow_debug_registers(allowed);
    CHECK(passed(workshop.trace()) == "xeurq");
    CHECK(workshop.printed == "4\n4\n4\n4\n4\n");
  }
}

TEST_CASE("landmarks of another program change nothing in this one") {
  Workshop workshop;
  workshop.build(hello, "cc -O1 p.c -o p");
  Landmarks landmarks = landmarks_of(workshop.spec.executable);
  landmarks.entry += 8;
  const Trace trace = workshop.sampler.trace(workshop.spec, landmarks);
  CHECK(passed(trace) == "xq");
  CHECK(describe(trace.sample) == "exit code 3");
}

TEST_CASE("signals and stops are the program's own") {
  Workshop workshop;
  workshop.build(
      "#include <signal.h>\n#include <stdio.h>\n#include <sys/wait.h>\n#include <unistd.h>\n"
      "static volatile int got; static void take(int s) { got = s; }\n"
      "int main(void) { signal(SIGUSR1, take); raise(SIGUSR1); printf(\"%d\\n\", got);\n"
      "signal(SIGTRAP, take); raise(SIGTRAP); printf(\"%d\\n\", got); fflush(stdout);\n"
      "pid_t parent = getpid(), p = fork();\n"
      "if (p == 0) { usleep(20000); kill(parent, SIGCONT); _exit(0); }\n"
      "raise(SIGSTOP); wait(0); puts(\"continued\"); fflush(stdout); raise(SIGSEGV); return 0; }\n",
      "cc -O1 p.c -o p");
  const Trace trace = workshop.trace();
  CHECK(passed(trace) == "xeuq");
  CHECK(describe(trace.sample) == "killed by signal 11 (Segmentation fault)");
  CHECK(workshop.printed == std::to_string(SIGUSR1) + "\n" + std::to_string(SIGTRAP) + "\ncontinued\n");
  CHECK(phases_of_traces({trace}, landmarks_of(workshop.spec.executable)).notes ==
        std::vector<std::string>{"phases until its end: killed by signal 11 (Segmentation fault)"});
}

TEST_CASE("a server that is killed by its timeout has phases up to then") {
  Workshop workshop;
  workshop.build("#include <unistd.h>\nint main(void) { for (;;) pause(); }\n", "cc -O1 p.c -o p");
  workshop.spec.timeout = std::chrono::milliseconds(100);
  const Landmarks landmarks = landmarks_of(workshop.spec.executable);
  const RunPhases phases = phases_of_traces({workshop.sampler.trace(workshop.spec, landmarks)}, landmarks);
  CHECK(phases.runs == 1);
  REQUIRE(phases.phases.size() >= 3);
  CHECK(phases.phases[2].name == "compute");
  CHECK(phases.notes == std::vector<std::string>{"phases until its end: timed out"});
}

TEST_CASE("a wish to stop ends a traced run and what it started") {
  Workshop workshop;
  workshop.build("#include <unistd.h>\nint main(void) { write(3 - 2, \"x\", 1); for (;;) pause(); }\n",
                 "cc -O1 p.c -o p");
  const int stop = eventfd(0, EFD_CLOEXEC);
  TimerSampler sampler(timer_path(), stop);
  const Landmarks landmarks = landmarks_of(workshop.spec.executable);
  auto trace = std::async(std::launch::async, [&] { return sampler.trace(workshop.spec, landmarks); });
  while (!fs::exists(workshop.file("out")) || fs::file_size(workshop.file("out")) == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  eventfd_write(stop, 1);
  CHECK(describe(trace.get().sample) == "interrupted");
  CHECK(phases_of(sampler, workshop.spec, landmarks, 3).unavailable == "interrupted");
  close(stop);
}

TEST_CASE("a traced program that can't be started says why, and the next run works") {
  Workshop workshop;
  workshop.build(hello, "cc -O1 p.c -o p");
  const Landmarks landmarks = landmarks_of(workshop.spec.executable);
  RunSpec missing = workshop.spec;
  missing.executable = "/nowhere/program";
  CHECK(describe(workshop.sampler.trace(missing, landmarks).sample) ==
        "cannot execute /nowhere/program: No such file or directory");
  CHECK(phases_of(workshop.sampler, missing, landmarks, 3).unavailable ==
        "warm-up: cannot execute /nowhere/program: No such file or directory");
  missing = workshop.spec;
  missing.cwd = "/nowhere";
  CHECK(describe(workshop.sampler.trace(missing, landmarks).sample) ==
        "cannot enter /nowhere: No such file or directory");
  CHECK(passed(workshop.trace()) == "xeurq");
}

TEST_CASE("where ptrace is forbidden that is said, and runs are timed as ever") {
  Workshop workshop;
  workshop.build(
      "#include <errno.h>\n#include <linux/filter.h>\n#include <linux/seccomp.h>\n#include <stddef.h>\n"
      "#include <sys/prctl.h>\n#include <sys/syscall.h>\n#include <unistd.h>\n"
      "int main(int c, char** v) { (void)c; struct sock_filter f[] = {\n"
      "BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),\n"
      "BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),\n"
      "BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};\n"
      "struct sock_fprog p = {4, f}; prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);\n"
      "if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p)) return 1;\n"
      "execv(TIMER, v); return 2; }\n",
      "cc -O1 p.c -o p '-DTIMER=\"" + timer_path().string() + "\"'");
  TimerSampler sampler(workshop.file("p"));
  RunSpec spec;
  spec.argv = {"/bin/true"};
  CHECK(describe(sampler.run(spec)) == "exit code 0");
  const std::string why =
      "tracing programs is not allowed on this system (ptrace: Operation not permitted): start the container "
      "with --cap-add=SYS_PTRACE, or set /proc/sys/kernel/yama/ptrace_scope to 1";
  const Landmarks landmarks = landmarks_of("/bin/true");
  CHECK(sampler.trace(spec, landmarks).unavailable == why);
  CHECK(phases_of(sampler, spec, landmarks, 10).unavailable == why);
  CHECK(describe(sampler.run(spec)) == "exit code 0");
}

TEST_CASE("a Rust program's runtime is told from its main, stripped ones with their twin's help") {
  if (!find_executable("rustc")) {
    MESSAGE("no rustc here: left out");
    return;
  }
  Workshop workshop;
  for (const std::string mangling : {"", "-Csymbol-mangling-version=v0 "}) {
    CAPTURE(mangling);
    workshop.build("fn main() { println!(\"hello\"); }\n",
                   "rustc -Copt-level=1 " + mangling + "--crate-name my_crate p.rs -o p");
    CHECK(passed(workshop.trace()) == "xemurq");
    CHECK(passed(workshop.trace(landmarks_of(workshop.spec.executable, {}, "my-crate"))) == "xemurq");
    CHECK_FALSE(landmarks_of(workshop.spec.executable, {}, "other").user_main);
  }
  fs::rename(workshop.file("p"), workshop.file("twin"));
  const Captured strip =
      capture(workshop.runner, {.argv = {"strip", "twin", "-o", "p"}, .cwd = workshop.folder.path()});
  REQUIRE(strip.outcome.ok());
  CHECK(passed(workshop.trace(landmarks_of(workshop.file("p"), workshop.file("twin"), "my-crate"))) ==
        "xemurq");
  const Landmarks alone = landmarks_of(workshop.file("p"), {}, "my-crate");
  CHECK(passed(workshop.trace(alone)) == "xemrq");
  CHECK(alone.why_no_user_main == "the executable is stripped");
}

TEST_CASE("a Go program's runtime is told from its main") {
  if (!find_executable("go")) {
    MESSAGE("no go here: left out");
    return;
  }
  Workshop workshop;
  workshop.build(
      "package main\nimport \"fmt\"\nfunc main() { c := make(chan int)\n"
      "for i := 0; i < 50; i++ { go func(i int) { c <- i }(i) }\n"
      "t := 0; for i := 0; i < 50; i++ { t += <-c }; fmt.Println(t) }\n",
      "go build -o p p.go");
  const Trace trace = workshop.trace();
  CHECK(passed(trace).starts_with("xeu"));
  CHECK(workshop.printed == "1225\n");
}

#else

TEST_CASE("phases of a run need x86-64") {
  TimerSampler sampler(timer_path());
  RunSpec spec;
  spec.argv = {"/bin/true"};
  CHECK(sampler.trace(spec, {}).unavailable == "phases of a run need x86-64");
}

#endif
