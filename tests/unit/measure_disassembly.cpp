#include "measure/code/disassembly.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "profiles_golden.h"
#include "profiles_mutations.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;

namespace {

VectorUse use_of(const std::string& mnemonic, const std::string& operands) {
  VectorUse use;
  count_vector_use({.mnemonic = mnemonic, .operands = operands}, use);
  return use;
}

std::string summary(const DisassembledFunction& function, Bytes size = {}) {
  const CodeCounts counts = count_code(function, size);
  std::string text =
      fmt::format("{} at {:#x}: {} instructions, vector 128:{} 256:{} 512:{} sve:{} moves:{}\n",
                  function.symbol, function.address, counts.instructions, counts.vector.bits128,
                  counts.vector.bits256, counts.vector.bits512, counts.vector.scalable, counts.vector.moves);
  for (const auto& [callee, sites] : counts.calls) text += fmt::format("  {} x {}\n", sites, callee);
  return text;
}

}  // namespace

TEST_CASE("objdump's text of both machines, as values") {
  for (const char* machine : {"x86-64", "x86-64-v3", "aarch64"}) {
    std::string text;
    for (const auto& function : parse_disassembly(golden::read(fmt::format("pgo/objdump.{}.txt", machine))))
      text += summary(function);
    golden::check(fmt::format("pgo/objdump.{}.counts.txt", machine), text);
  }
}

TEST_CASE("packed x86 instructions count by their widest register") {
  const VectorUse none, xmm{.bits128 = 1}, ymm{.bits256 = 1}, zmm{.bits512 = 1}, move{.moves = 1};
  CHECK(use_of("addps", "%xmm1, %xmm0") == xmm);
  CHECK(use_of("paddd", "(%rdi), %xmm0") == xmm);
  CHECK(use_of("vpaddd", "%xmm1, %xmm0, %xmm0") == xmm);
  CHECK(use_of("vfmadd213pd", "%ymm1, %ymm0, %ymm2") == ymm);
  CHECK(use_of("vextracti128", "$0x1, %ymm0, %xmm1") == ymm);
  CHECK(use_of("vpaddq", "%zmm1, %zmm0, %zmm0 {%k1}") == zmm);
  CHECK(use_of("vbroadcastss", "%xmm0, %ymm0") == ymm);
  CHECK(use_of("cvtdq2pd", "%xmm0, %xmm0") == xmm);
  CHECK(use_of("pmovmskb", "%xmm0, %eax") == xmm);
  CHECK(use_of("movmskps", "%xmm0, %eax") == xmm);
  CHECK(use_of("addsd", "%xmm1, %xmm0") == none);
  CHECK(use_of("vfmadd213ss", "%xmm1, %xmm0, %xmm2") == none);
  CHECK(use_of("cvtsi2sd", "%rax, %xmm0") == none);
  CHECK(use_of("cvttsd2si", "%xmm0, %rax") == none);
  CHECK(use_of("cvtsd2ss", "%xmm0, %xmm0") == none);
  CHECK(use_of("ucomisd", "%xmm1, %xmm0") == none);
  CHECK(use_of("movd", "%xmm0, %eax") == none);
  CHECK(use_of("movsd", "(%rdi), %xmm0") == none);
  CHECK(use_of("movaps", "%xmm1, %xmm0") == move);
  CHECK(use_of("vmovdqu64", "(%rdi), %zmm0") == move);
  CHECK(use_of("movhps", "(%rdi), %xmm0") == move);
  CHECK(use_of("movddup", "(%rdi), %xmm0") == xmm);
  CHECK(use_of("xorps", "%xmm0, %xmm0") == move);
  CHECK(use_of("vpxor", "%xmm0, %xmm0, %xmm0") == move);
  CHECK(use_of("vpxor", "%xmm1, %xmm0, %xmm0") == xmm);
  CHECK(use_of("pushq", "%rax") == none);
  CHECK(use_of("popcntq", "%rax, %rax") == none);
  CHECK(use_of("callq", "0x10 <_ZN2xmm%xmm0v1.4sE>") == none);
}

TEST_CASE("aarch64 instructions count by whole vectors among their operands") {
  const VectorUse none, neon{.bits128 = 1}, sve{.scalable = 1}, move{.moves = 1};
  CHECK(use_of("add", "v0.4s, v0.4s, v1.4s") == neon);
  CHECK(use_of("addv", "s0, v0.4s") == neon);
  CHECK(use_of("fmla", "v0.2d, v1.2d, v2.d[0]") == neon);
  CHECK(use_of("dup", "v0.16b, w8") == neon);
  CHECK(use_of("add", "z0.s, z0.s, z1.s") == sve);
  CHECK(use_of("ld1w", "{ z0.s }, p0/z, [x0]") == move);
  CHECK(use_of("ldp", "q0, q1, [x8]") == move);
  CHECK(use_of("str", "q0, [x8]") == move);
  CHECK(use_of("ld1", "{ v0.4s }, [x0]") == move);
  CHECK(use_of("mov", "v1.16b, v0.16b") == move);
  CHECK(use_of("movi", "v0.2d, #0000000000000000") == move);
  CHECK(use_of("mov", "v0.s[1], w8") == none);
  CHECK(use_of("fmul", "s0, s1, v0.s[0]") == none);
  CHECK(use_of("fadd", "d0, d0, d1") == none);
  CHECK(use_of("add", "x0, x0, x1") == none);
  CHECK(use_of("bl", "0x10 <_ZN4v1.4sE>") == none);
}

TEST_CASE("calls, tail calls and calls through slots are told from loops") {
  const auto functions = parse_disassembly(
      "0000000000001000 <f>:\n"
      "    1000:      \tcallq\t0x2000 <g>\n"
      "    1005:      \taddr32\t\tcallq\t0x2000 <g>\n"
      "    100b:      \tjne\t0x1000 <f>\n"
      "    1010:      \tjmp\t0x1005 <f+0x5>\n"
      "    1015:      \tcallq\t0x1000 <f>\n"
      "    101a:      \tcallq\t*0x45(%rip)          # 0x5000 <x+0x10>\n"
      "    1020:      \tcallq\t*0x55(%rip)          # 0x5010 <x+0x20>\n"
      "    1026:      \tcallq\t*%rax\n"
      "    1028:      \tjmpq\t*%rcx\n"
      "    102a:      \tjmp\t0x3000 <h>\n"
      "    102f:      \tint3\n");
  REQUIRE(functions.size() == 1);
  const Slots slots = parse_slots(
      "\np:\tfile format elf64-x86-64\n\nDYNAMIC RELOCATION RECORDS\n"
      "OFFSET           TYPE                     VALUE\n"
      "0000000000005000 R_X86_64_GLOB_DAT        malloc@GLIBC_2.2.5\n"
      "0000000000005010 R_X86_64_RELATIVE        *ABS*+0x4000\n"
      "0000000000005018 R_X86_64_RELATIVE        *ABS*+0x4001\n",
      {{0x4000, "local"}});
  CHECK(slots == Slots{{0x5000, {.name = "malloc"}}, {0x5010, {.name = "local", .address = 0x4000}}});
  CHECK(call_target(functions[0].instructions[0]) == 0x2000);
  CHECK(call_target(functions[0].instructions[5]) == 0x5000);
  CHECK(call_target(functions[0].instructions[7]) == 0);
  const CodeCounts counts = count_code(functions[0], Bytes{0x2f}, slots);
  CHECK(counts.instructions == 10);
  CHECK(counts.calls == std::map<std::string, std::size_t>{
                            {"g", 2}, {"f", 1}, {"h", 1}, {"malloc", 1}, {"local", 1}, {indirect_call, 1}});
}

TEST_CASE("text that is no disassembly has no functions") {
  CHECK(parse_disassembly("").empty());
  CHECK(parse_disassembly("x:\tfile format elf64-x86-64\n\nDisassembly of section .text:\n").empty());
  CHECK(parse_disassembly("  10:\tnop\n<a>:\n0 <\n>:\n: <>:\n").empty());
}

TEST_CASE("damaged text has some functions or none") {
  const std::string whole = golden::read("pgo/objdump.x86-64.txt");
  mutations::for_each_damaged(whole.substr(0, 2000), 2000, [](const std::string& text) {
    for (const auto& function : parse_disassembly(text))
      CHECK(count_code(function, {}).instructions == function.instructions.size());
    parse_slots(text, {});
  });
}
