#include "measure/code/code.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/llvm_tools.h"
#include "toolchains/process_runner.h"
#include "toolchains/rustc.h"
#include "toolchains/search_path.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::toolchains;
namespace fs = std::filesystem;

namespace {

/// Programs compiled in different ways, and what llvm-objdump sees in them.
struct Workshop {
  TempDir folder;
  ProcessRunner runner;
  fs::path objdump, dwarfdump;

  /// False where the machine lacks a tool.
  bool ready() {
    const auto rust = find_rust(runner);
    if (!rust) return lacks(describe(rust.missing()));
    const auto tool = find_llvm_tool(runner, "llvm-objdump", rust->llvm_major, *rust);
    if (!tool) return lacks(describe(tool.missing()));
    objdump = tool->path;
    if (const auto dwarf = find_llvm_tool(runner, "llvm-dwarfdump", rust->llvm_major, *rust))
      dwarfdump = dwarf->path;
    return true;
  }

  static bool lacks(const std::string& what) {
    MESSAGE(what);
    return false;
  }

  fs::path compile(const std::string& line, const std::string& file, const std::string& text) {
    write_file_atomically(folder.path() / file, text);
    const auto program = folder.path() / "program";
    auto argv = split_shell_words(line);
    argv.insert(argv.end(), {file, "-o", program.string()});
    const Captured captured = capture(runner, {.argv = argv, .cwd = folder.path()});
    INFO(captured.err);
    REQUIRE(captured.ok());
    return program;
  }

  VariantCode read(const std::string& variant, const fs::path& program,
                   const std::vector<std::string>& patterns, const fs::path& dwarf = {}) {
    return read_code(runner,
                     {.variant = variant, .executable = program, .objdump = objdump, .dwarfdump = dwarf},
                     patterns);
  }
};

constexpr const char* rust_program = R"(
pub mod fib {
    #[INLINE] pub fn step(x: u32) -> u32 { x.wrapping_mul(3) ^ 7 }
    #[inline(never)] pub fn sum(v: &[u32]) -> u32 { v.iter().fold(0u32, |s, x| s.wrapping_add(*x)) }
    #[inline(never)] pub fn first(x: u32) -> u32 { step(x) + 1 }
    #[inline(never)] pub fn second(x: u32) -> u32 { step(x) * 5 + step(x + 1) }
}
fn main() {
    let n = std::env::args().count() as u32;
    let v: Vec<u32> = (0..n).collect();
    println!("{} {} {} {}", fib::sum(&v), fib::first(n), fib::second(n), fib::sum(&v[1..]));
}
)";

std::string rust(const std::string& inlining) {
  std::string text = rust_program;
  return text.replace(text.find("INLINE"), 6, inlining);
}

}  // namespace

TEST_CASE("a function that is inlined away is absent there and present with inline(never)") {
  Workshop shop;
  if (!shop.ready()) return;
  const std::vector<std::string> patterns{"program::fib::step", "program::fib::sum", "program::fib::setp"};
  const auto kept =
      shop.read("kept", shop.compile("rustc -O", "program.rs", rust("inline(never)")), patterns);
  const auto gone = shop.read("gone", shop.compile("rustc -O", "program.rs", rust("inline")), patterns);
  const auto rows = inspect(patterns, {kept, gone});
  REQUIRE(rows.size() == 6);
  CHECK(rows[0].state == CodeState::present);
  CHECK(rows[0].called_from == 3);
  CHECK(rows[0].size > Bytes{0});
  CHECK(rows[0].instructions > 0);
  CHECK(rows[1].state == CodeState::absent);
  CHECK(rows[2].called_from == 2);
  CHECK(rows[3].called_from == 2);
  CHECK(rows[4].state == CodeState::unknown);
}

TEST_CASE("DWARF tells what was inlined from what was removed") {
  Workshop shop;
  if (!shop.ready() || shop.dwarfdump.empty()) return;
  const std::vector<std::string> patterns{"program::fib::step"};
  const auto program = shop.compile("rustc -O -Cdebuginfo=1", "program.rs", rust("inline"));
  const auto rows = inspect(patterns, {shop.read("gone", program, patterns, shop.dwarfdump)});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].state == CodeState::inlined);
  CHECK(rows[0].inlined_copies == 3);
}

TEST_CASE("a sum uses ymm registers where the CPU may have them, xmm ones elsewhere") {
  Workshop shop;
  if (!shop.ready()) return;
  const std::vector<std::string> patterns{"*::fib::sum"};
  for (const char* mangling : {"v0", "legacy"}) {
    const std::string plain =
        std::string(mangling) == "v0" ? "rustc -O -Csymbol-mangling-version=v0" : "rustc -O";
    const auto any = shop.read("any", shop.compile(plain, "program.rs", rust("inline")), patterns);
    const auto v3 = shop.read(
        "v3", shop.compile(plain + " -Ctarget-cpu=x86-64-v3", "program.rs", rust("inline")), patterns);
    const auto rows = inspect(patterns, {any, v3});
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].vectors.find("of 128 bits") != std::string::npos);
    CHECK(rows[0].vectors.find("of 256 bits") == std::string::npos);
    CHECK(rows[1].vectors.find("of 256 bits") != std::string::npos);
  }
}

TEST_CASE("C functions go by their names, with what they call and who calls them") {
  Workshop shop;
  if (!shop.ready()) return;
  if (!find_executable("cc")) return;
  const auto program = shop.compile(
      "cc -O2 -fno-builtin", "p.c",
      "#include <stdlib.h>\n#define KEEP __attribute__((noinline,noipa))\n"
      "KEEP int leaf(int x) { return x * 7; }\n"
      "KEEP int twice(int x) { return leaf(x) + leaf(x + 1); }\n"
      "KEEP int tail(int x) { return leaf(x); }\n"
      "KEEP void* get(int n) { char* p = malloc(n); p[0] = 1; return p; }\n"
      "static inline int tiny(int x) { return x + 1; }\n"
      "int main(int c, char** v) { (void)v; return twice(tiny(c)) + tail(c) + (get(c) == 0); }\n");
  const std::vector<std::string> patterns{"leaf", "twice", "tail", "get", "tiny"};
  const auto code = shop.read("c", program, patterns);
  const auto calls_of = [&](const std::string& name) {
    return std::ranges::find(code.functions, name, &FunctionCode::name)->counts.calls;
  };
  using Calls = std::map<std::string, std::size_t>;
  CHECK(calls_of("leaf") == Calls{});
  CHECK(calls_of("twice") == Calls{{"leaf", 2}});
  CHECK(calls_of("tail") == Calls{{"leaf", 1}});
  REQUIRE(calls_of("get").size() == 1);
  CHECK(calls_of("get").begin()->first.starts_with("malloc"));

  const auto rows = inspect(patterns, {code}, {"tiny"});
  REQUIRE(rows.size() == 5);
  CHECK(rows[0].called_from == 3);
  CHECK(rows[0].calls == 0);
  CHECK(rows[1].calls == 2);
  CHECK(rows[1].called_from == 1);
  CHECK(rows[3].calls == 1);
  CHECK(rows[4].state == CodeState::absent);
}

TEST_CASE("a stripped file's code can't be told apart") {
  Workshop shop;
  if (!find_executable("cc")) return;
  const auto program = shop.compile("cc -s", "p.c", "int main(void) { return 0; }\n");
  CHECK_THROWS_WITH_AS(shop.read("s", program, {"main"}),
                       (program.string() + " has no symbols, so its functions are unknown").c_str(), Error);
}
