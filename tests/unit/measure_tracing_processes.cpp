// Traced programs with threads and children, and those that become another program.

#include "measure_tracing_fixture.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::measure::test;
using namespace pgo_orch::toolchains;

#if defined(__x86_64__)

TEST_CASE("two hundred threads run as they do untraced, and cost no stops") {
  Workshop workshop;
  workshop.build(
      "#include <pthread.h>\n#include <stdio.h>\nstatic long sum; static pthread_t t[200];\n"
      "static void* work(void* x) { __atomic_add_fetch(&sum, (long)x, 5); return 0; }\n"
      "int main(void) { for (long i = 0; i < 200; ++i) pthread_create(t + i, 0, work, (void*)i);\n"
      "for (int i = 0; i < 200; ++i) pthread_join(t[i], 0); printf(\"%ld\\n\", sum); return 0; }\n",
      "cc -O1 -pthread p.c -o p");
  const Trace trace = workshop.trace();
  CHECK(passed(trace) == "xeurq");
  CHECK(workshop.printed == "19900\n");
  CHECK(trace.stops < 20);
}

TEST_CASE("threads that begin before main are followed and let go") {
  Workshop workshop;
  workshop.build(
      "#include <pthread.h>\n#include <stdio.h>\nstatic long sum; static pthread_t t[50];\n"
      "static void* work(void* x) { __atomic_add_fetch(&sum, (long)x, 5); return 0; }\n"
      "__attribute__((constructor)) static void begin(void) {\n"
      "for (long i = 0; i < 50; ++i) pthread_create(t + i, 0, work, (void*)i); }\n"
      "int main(void) { for (int i = 0; i < 50; ++i) pthread_join(t[i], 0);\n"
      "printf(\"%ld\\n\", sum); return 0; }\n",
      "cc -O1 -pthread p.c -o p");
  CHECK(passed(workshop.trace()) == "xeurq");
  CHECK(workshop.printed == "1225\n");
}

TEST_CASE("the end of the first thread is not that of the program") {
  Workshop workshop;
  workshop.build(
      "#include <pthread.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\n"
      "static void* work(void* x) { usleep(20000); puts(\"work\"); fflush(stdout); _exit(7); return x; }\n"
      "int main(void) { pthread_t t; pthread_create(&t, 0, work, 0); pthread_exit(0); }\n",
      "cc -O1 -pthread p.c -o p");
  const Trace trace = workshop.trace();
  CHECK(passed(trace) == "xeu");
  CHECK(trace.sample.exit_code == 7);
  CHECK(workshop.printed == "work\n");
}

TEST_CASE("children that are forked before or in main don't run into breakpoints") {
  const std::string program =
      "#include <stdio.h>\n#include <sys/wait.h>\n#include <spawn.h>\n#include <unistd.h>\nextern char** "
      "environ;\n"
      "static void children(const char* name) { int status; pid_t p = fork();\n"
      "if (p == 0) { if (name[0] == 'm') _exit(5); return; }\n"
      "waitpid(p, &status, 0); printf(\"%s %d\\n\", name, status); fflush(stdout);\n"
      "p = vfork(); if (p == 0) _exit(6);\n"
      "waitpid(p, &status, 0); printf(\"vfork %d\\n\", status); fflush(stdout);\n"
      "char* argv[] = {\"true\", 0}; posix_spawn(&p, \"/bin/true\", 0, 0, argv, environ);\n"
      "waitpid(p, &status, 0); printf(\"true %d\\n\", status); fflush(stdout); }\n"
      "__attribute__((constructor)) static void begin(void) { children(\"before\"); }\n"
      "int main(void) { children(\"main\"); return 4; }\n";
  Workshop workshop;
  for (const std::string link : {"", "-static -s"}) {
    CAPTURE(link);
    workshop.build(program, "cc -O1 p.c -o p " + link);
    for (const bool allowed : {true, false}) {
      workshop.sampler.allow_debug_registers(allowed);
      const Trace trace = workshop.trace();
      CHECK(passed(trace) == "xeurq");
      CHECK(trace.sample.exit_code == 4);
      CHECK(
          workshop.printed ==
          "main 1280\nvfork 1536\ntrue 0\nbefore 1024\nvfork 1536\ntrue 0\nmain 1280\nvfork 1536\ntrue 0\n");
    }
  }
}

TEST_CASE("a child that shares its parent's memory leaves the breakpoints in it") {
  Workshop workshop;
  workshop.build(
      "#define _GNU_SOURCE\n#include <sched.h>\n#include <signal.h>\n#include <stdio.h>\n"
      "#include <sys/wait.h>\nstatic char stack[65536]; static int work(void* x) { (void)x; return 9; }\n"
      "__attribute__((constructor)) static void begin(void) { int status;\n"
      "waitpid(clone(work, stack + 65536, CLONE_VM | SIGCHLD, 0), &status, 0);\n"
      "printf(\"%d\\n\", status); }\nint main(void) { return 0; }\n",
      "cc -O1 p.c -o p");
  CHECK(passed(workshop.trace()) == "xeurq");
  CHECK(workshop.printed == "2304\n");
}

TEST_CASE("a main that does not return is said, whether it exits or becomes another program") {
  Workshop workshop;
  workshop.build("#include <stdlib.h>\nint main(void) { exit(2); }\n", "cc -O1 p.c -o p");
  const Trace exits = workshop.trace();
  CHECK(passed(exits) == "xeuq");
  CHECK(phases_of_traces({exits}, landmarks_of(workshop.spec.executable)).notes ==
        std::vector<std::string>{"main did not return: exit handlers count as compute"});

  workshop.build(
      "#include <unistd.h>\nint main(void) { execl(\"/bin/echo\", \"echo\", \"other\", (char*)0); }\n",
      "cc -O1 p.c -o p");
  const Trace other = workshop.trace();
  CHECK(passed(other) == "xeuq");
  CHECK(other.execs == 2);
  CHECK(workshop.printed == "other\n");
  CHECK(phases_of_traces({other}, landmarks_of(workshop.spec.executable)).notes ==
        std::vector<std::string>{"it executed another program, whose time counts as compute"});
}

TEST_CASE("another program takes over from threads, whichever of them executes it") {
  const std::string program =
      "#include <pthread.h>\n#include <unistd.h>\n"
      "static void* wait(void* x) { for (;;) pause(); return x; }\n"
      "static void* become(void* x) { execl(\"/bin/echo\", \"echo\", \"other\", (char*)0); return x; }\n"
      "__attribute__((constructor)) static void begin(void) { pthread_t t;\n"
      "for (int i = 0; i < 4; ++i) pthread_create(&t, 0, wait, 0); }\n"
      "int main(void) { pthread_t t; START; wait(0); }\n";
  Workshop workshop;
  workshop.build(program, "cc -O1 -pthread p.c -o p '-DSTART=(void)t; become(0)'");
  Trace trace = workshop.trace();
  CHECK(passed(trace) == "xeuq");
  CHECK(trace.execs == 2);
  CHECK(workshop.printed == "other\n");
  workshop.build(program, "cc -O1 -pthread p.c -o p '-DSTART=pthread_create(&t, 0, become, 0)'");
  trace = workshop.trace();
  CHECK(passed(trace).starts_with("xeu"));
  CHECK(workshop.printed == "other\n");
}

#endif
