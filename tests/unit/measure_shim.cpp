// The shim in front of scripts that stand for tools.

#include <doctest/doctest.h>

#include <csignal>

#include "measure/build_phases/events.h"
#include "measure/helpers.h"
#include "measure_shim_fixture.h"
#include "pgo/shim_contract.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::measure::test;
using namespace pgo_orch::toolchains;
namespace fs = std::filesystem;

TEST_CASE("the shim is found beside the program, and missed with both places named") {
  CHECK(find_helper(shim_path().parent_path() / "pgo-orch", "pgo-orch-shim") == shim_path());
  CHECK_THROWS_WITH_AS(find_helper("/a/bin/pgo-orch", "pgo-orch-shim"),
                       "pgo-orch-shim is neither at /a/bin/pgo-orch-shim nor at "
                       "/a/libexec/pgo-orch/pgo-orch-shim: install pgo-orch again",
                       Error);
}

TEST_CASE("a link runs the next tool of its name, with its arguments, input, outputs and exit code") {
  Watched w;
  w.tool("cargo", "cat; echo \"$*\"; echo to stderr >&2; exit 7");
  const auto got = w.run({"cargo", "build", "a b", ""});
  CHECK(got.outcome.exit_code == 7);
  CHECK(got.out == "build a b \n");
  CHECK(got.err == "to stderr\n");
  const auto events = w.events();
  REQUIRE(events.size() == 1);
  CHECK(events[0].tool == "cargo");
  CHECK(events[0].exit_code == 7);
  CHECK(events[0].end >= events[0].start);
}

TEST_CASE("links that name the shim's folder another way, or lie in another folder, do not loop") {
  Watched w;
  w.tool("cc", "echo real");
  link_shim(w.folder.path() / "more", shim_path());
  fs::create_directory_symlink(w.links, w.folder.path() / "again");
  w.env["PATH"] = w.links.string() + ":" + (w.folder.path() / "again").string() +
                  "/:" + (w.folder.path() / "more").string() + ":" + w.tools.string();
  CHECK(w.run({"cc", "-c", "a.c"}).out == "real\n");
  CHECK(w.events().size() == 1);
}

TEST_CASE("without a tool of that name the shim says so and exits as a shell does") {
  Watched w;
  w.env["PATH"] = w.links.string();
  const auto got = w.run({"clang", "a.c"});
  CHECK(got.outcome.exit_code == 127);
  CHECK(got.err ==
        "pgo-orch-shim: no clang on the PATH except the shim itself: install it, or add its folder\n");
}

TEST_CASE("a tool that dies by a signal takes the shim with it by the same") {
  Watched w;
  w.tool("rustc", "kill -SEGV $$");
  const auto got = w.run({"rustc", "a.rs"});
  CHECK(got.outcome.end == End::signalled);
  CHECK(got.outcome.signal == SIGSEGV);
  CHECK(w.events()[0].signal == SIGSEGV);
  CHECK(w.events()[0].exit_code == -1);
}

TEST_CASE("a shim that is killed kills its tool") {
  Watched w;
  w.tool("rustc", "echo $$ > pid; kill -KILL $PPID; sleep 1; echo survived > late");
  const auto got = w.run({"rustc", "a.rs"});
  CHECK(got.outcome.signal == SIGKILL);
  CHECK(fs::exists(w.folder.path() / "pid"));
  CHECK_FALSE(fs::exists(w.folder.path() / "late"));
}

TEST_CASE("rustc gets flags when it compiles and when it prints, not for its version, not below cargo") {
  Watched w;
  w.tool("rustc", print_arguments);
  w.tool("cargo", "rustc a.rs");
  w.env["PGO_ORCH_RUSTFLAGS"] = "-Copt-level=3\x1f-Ctarget-cpu=native";
  const std::string flags = "-Copt-level=3\n-Ctarget-cpu=native\n";
  CHECK(w.run({"rustc", "a.rs"}).out == "a.rs\n" + flags);
  CHECK(w.run({"rustc", "--print", "cfg"}).out == "--print\ncfg\n" + flags);
  CHECK(w.run({"rustc", "-vV"}).out == "-vV\n");
  CHECK(w.run({"cargo", "build"}).out == "a.rs\n");
  CHECK(w.run({shim_path(), (w.tools / "rustc").string(), "a.rs"}).out == "a.rs\n");
}

TEST_CASE("C compilers get flags when they compile, those of the linker when they link, none when asked") {
  Watched w;
  for (const auto* name : {"cc", "c++"}) w.tool(name, print_arguments);
  w.env["PGO_ORCH_CFLAGS"] = "-O3\x1f-flto";
  w.env["PGO_ORCH_LDFLAGS"] = "-fuse-ld=lld";
  CHECK(w.run({"cc", "-c", "a.c"}).out == "-c\na.c\n-O3\n-flto\n");
  CHECK(w.run({"c++", "a.cc", "-o", "a"}).out == "a.cc\n-o\na\n-O3\n-flto\n-fuse-ld=lld\n");
  CHECK(w.run({"cc", "a.o", "-la"}).out == "a.o\n-la\n-O3\n-flto\n-fuse-ld=lld\n");
  CHECK(w.run({"cc", "-E", "--", "a.c"}).out == "-E\n-O3\n-flto\n--\na.c\n");
  for (const auto* question : {"--version", "-v", "-dumpversion", "-print-prog-name=ld", "-dumpmachine"})
    CHECK(w.run({"cc", question}).out == std::string(question) + "\n");
  const auto events = w.events();
  CHECK(events[0].kind == CallKind::compile);
  CHECK(events[0].source == "a.c");
  CHECK(events[1].kind == CallKind::compile);
  CHECK(events[1].links);
  CHECK(events[1].out == "a");
  CHECK(events[2].kind == CallKind::link);
  CHECK(events[4].kind == CallKind::query);
}

TEST_CASE("a compiler called by another, as ccache does, has its flags already") {
  Watched w;
  w.tool("cc", "exec gcc \"$@\"");
  w.tool("gcc", print_arguments);
  w.env["PGO_ORCH_CFLAGS"] = "-O3";
  CHECK(w.run({"cc", "-c", "a.c"}).out == "-c\na.c\n-O3\n");
  const auto events = w.events();
  CHECK(events[0].tool == "gcc");
  CHECK(events[0].parent_tool == "cc");
  CHECK(events[0].parent_shim_pid == events[1].shim_pid);
}

TEST_CASE("the variant's compiler stands for those without a version, and by its own name for C++") {
  Watched w;
  for (const auto* name : {"clang-99", "clang++-99"}) w.tool(name, std::string("echo ") + name);
  w.tool("rustc", "exec cc a.o");
  w.tool("cc", "echo cc");
  w.env["PGO_ORCH_SHIM_CC"] = "clang-99";
  for (const auto* name : {"cc", "gcc", "clang"}) CHECK(w.run({name, "-c", "a.c"}).out == "clang-99\n");
  for (const auto* name : {"c++", "g++", "clang++"}) CHECK(w.run({name, "-c", "a.c"}).out == "clang++-99\n");
  CHECK(w.run({"rustc", "a.rs"}).out == "cc\n");
}

TEST_CASE("rustc's own link gets nothing, and is logged as its child") {
  Watched w;
  w.tool("rustc", "cc a.o -o a");
  w.tool("cc", print_arguments);
  w.env["PGO_ORCH_CFLAGS"] = "-O3";
  w.env["PGO_ORCH_LDFLAGS"] = "-s";
  CHECK(w.run({"rustc", "a.rs"}).out == "a.o\n-o\na\n");
  const auto events = w.events();
  REQUIRE(events.size() == 2);
  CHECK(events[0].tool == "cc");
  CHECK(events[0].kind == CallKind::link);
  CHECK(events[0].parent_tool == "rustc");
  CHECK(events[0].parent_shim_pid == events[1].shim_pid);
}

TEST_CASE("a cargo on the PATH gets the flags encoded, and the shim as its wrapper") {
  Watched w;
  w.tool("cargo", "echo \"$CARGO_ENCODED_RUSTFLAGS $PGO_ORCH_SHIM_IN_CARGO\"; $RUSTC_WRAPPER rustc a.rs");
  w.tool("rustc", print_arguments);
  w.env["PGO_ORCH_CARGO_RUSTFLAGS"] = "-Copt-level=2\x1f-g";
  w.env["RUSTC_WRAPPER"] = "/nowhere/sccache";
  CHECK(w.run({"cargo", "build"}).out == "-Copt-level=2\x1f-g 1\na.rs\n");
  const auto events = w.events();
  CHECK(events[0].tool == "rustc");
  CHECK(events[0].parent_tool == "cargo");
}

TEST_CASE("a cargo that is asked for another profile gets the variant's settings for that one") {
  Watched w;
  w.tool("cargo", "echo \"$CARGO_PROFILE_THIN_ONE_LTO $CARGO_PROFILE_THIN_ONE_DEBUG\"");
  w.env["CARGO_PROFILE_RELEASE_LTO"] = "fat";
  w.env["CARGO_PROFILE_RELEASE_DEBUG"] = "1";  // the user's own
  w.env["PGO_ORCH_CARGO_PROFILE"] = "LTO\x1fPANIC";
  CHECK(w.run({"cargo", "build", "--profile", "thin-one"}).out == "fat \n");
  CHECK(w.run({"cargo", "build", "--profile=thin-one"}).out == "fat \n");
  CHECK(w.run({"cargo", "run", "--", "--profile", "thin-one"}).out == " \n");
}

TEST_CASE("what rustc is asked is read from its arguments, however they are written") {
  Watched w;
  w.tool("rustc", "exit 0");
  w.run({shim_path(),
         "rustc",
         "--crate-name",
         "a_b",
         "--edition=2021",
         "src/lib.rs",
         "--crate-type",
         "lib",
         "--emit=dep-info,metadata,link",
         "-C",
         "metadata=12",
         "-Cextra-filename=-34",
         "-Clto=thin",
         "--out-dir",
         "/deps",
         "--extern",
         "serde=/deps/libserde-56.rmeta",
         "--extern=noprelude:m=/deps/libm-78.so",
         "--extern",
         "proc_macro",
         "--target",
         "x86_64-unknown-linux-gnu",
         "--test"});
  w.tool("driver", "exit 0");
  w.run({shim_path(), "driver", "/usr/bin/rustc", "src/main.rs"});  // a workspace's wrapper
  CHECK(w.events().at(1).source == "src/main.rs");
  const auto event = w.events().at(0);
  CHECK(event.kind == CallKind::compile);
  CHECK(event.crate == "a_b");
  CHECK(event.crate_types == std::vector<std::string>{"lib"});
  CHECK(event.extra_filename == "-34");
  CHECK(event.lto == "thin");
  CHECK(event.externs == std::vector<std::string>{"serde-56", "m-78"});
  CHECK(event.emit == "dep-info,metadata,link");
  CHECK(event.source == "src/lib.rs");
  CHECK(event.out == "/deps");
  CHECK(event.target == "x86_64-unknown-linux-gnu");
  CHECK(event.test);
}

TEST_CASE(
    "response files are read, rustc's by line and those of C compilers by word, and handed on as they are") {
  Watched w;
  w.tool("rustc", print_arguments);
  w.tool("cc", print_arguments);
  w.env["PGO_ORCH_CFLAGS"] = "-O3";
  w.env["PGO_ORCH_RUSTFLAGS"] = "-g";
  const auto lines = w.write("lines", "--crate-name\na\nwith space.rs\n").string();
  const auto words = w.write("words", "-c 'with space.c'\n-DX=\"1 2\" @more").string();
  w.write("more", "-o out\\ put");
  CHECK(w.run({"rustc", "@" + lines}).out == "@" + lines + "\n-g\n");
  CHECK(w.run({"cc", "@" + words}).out == "@" + words + "\n-O3\n");
  const auto events = w.events();
  CHECK(events[0].crate == "a");
  CHECK(events[0].source == "with space.rs");
  CHECK(events[1].source == "with space.c");
  CHECK(events[1].out == "out put");
}

TEST_CASE(
    "arguments of a hundred kilobytes, quotes and bytes that are no text arrive, and are logged as JSON") {
  Watched w;
  w.tool("rustc", "echo ${#1}; printf %s \"$2\"");
  const std::string odd = "q\"\\\t\xff\xc3\xa4.rs";
  const auto got = w.run({"rustc", std::string(100'000, 'x'), odd});
  CHECK(got.out == "100000\n" + odd);
  CHECK(w.events()[0].source.size() == 100'000);
  w.run({"rustc", odd});
  CHECK(w.events()[1].source == "q\"\\\t\xef\xbf\xbd\xc3\xa4.rs");
}

TEST_CASE("a log that cannot be written is said once and breaks nothing") {
  Watched w;
  w.tool("rustc", "echo ok");
  w.env["PGO_ORCH_SHIM_LOG"] = "/nowhere/log";
  const auto first = w.run({"rustc", "a.rs"});
  CHECK(first.ok());
  CHECK(first.out == "ok\n");
  CHECK(first.err == "pgo-orch-shim: cannot write to /nowhere/log: No such file or directory\n");
  CHECK(w.run({"rustc", "a.rs"}).err.empty());
  w.env["PGO_ORCH_SHIM_LOG"] = std::nullopt;
  CHECK(w.run({"rustc", "a.rs"}).ok());
}

TEST_CASE("passes are taken out of what rustc says, and all else is left as it is") {
  Watched w;
  w.tool("rustc", R"(echo "$RUSTC_BOOTSTRAP $*"
printf 'warning: a\ntime: {"pass":"parse_crate","time":0.25,"rss_start":1}\ntime: odd\nti' >&2
printf 'me: {"pass":"total","time":1.5}\ntime: {no pass}\nlast' >&2)");
  w.env["PGO_ORCH_SHIM_PASSES"] = "1";
  const auto got = w.run({"rustc", "a.rs"});
  CHECK(got.out == "1 a.rs -Ztime-passes -Ztime-passes-format=json\n");
  CHECK(got.err == "warning: a\ntime: odd\ntime: {no pass}\nlast");
  const auto event = w.events().at(0);
  REQUIRE(event.passes.size() == 2);
  CHECK(event.passes[0].name == "parse_crate");
  CHECK(event.passes[0].time == std::chrono::milliseconds(250));
  CHECK(event.passes[1].name == "total");
  CHECK(w.run({"rustc", "-vV"}).out == " -vV\n");
}
