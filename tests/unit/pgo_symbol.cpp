#include "pgo/symbol.h"

#include <doctest/doctest.h>

#include <sstream>

#include "profiles_golden.h"
#include "profiles_mutations.h"

using namespace pgo_orch;
using namespace pgo_orch::pgo;

TEST_CASE("the crates of real symbols, in both manglings") {
  for (const char* mangling : {"legacy", "v0"}) {
    std::istringstream symbols(golden::read(std::string("pgo/symbols.") + mangling + ".txt"));
    std::string text;
    for (std::string symbol; std::getline(symbols, symbol);) {
      text += crate_of_symbol(base_name(symbol)) + ": " + demangled(base_name(symbol)) + "\n";
    }
    golden::check(std::string("pgo/symbols.") + mangling + ".crates.txt", text);
  }
}

TEST_CASE("an implementation is of its type's crate, or of its trait's where the type is the toolchain's") {
  CHECK(crate_of_symbol(
            "_ZN53_$LT$$RF$mut$u20$a..B$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE") == "a");
  CHECK(crate_of_symbol("_ZN39_$LT$i64$u20$as$u20$m..shapes..Area$GT$4area17h9cbb0d38ecd57105E") == "m");
  CHECK(crate_of_symbol(
            "_ZN60_$LT$dyn$u20$core..fmt..Debug$u20$as$u20$m..shapes..Area$GT$4area17hcd39851fa6e091f8E") ==
        "m");
  CHECK(crate_of_symbol("_ZN78_$LT$fn$LP$i32$RP$$u20$.$GT$$u20$m..shapes..Dot$u20$as$u20$m..shapes..Area$GT$"
                        "4area17he3faa8a8b43b661cE") == "m");
}

TEST_CASE("a generic function of the toolchain is the toolchain's, whatever its arguments") {
  CHECK(crate_of_symbol("_ZN4core3ptr35drop_in_place$LT$m..shapes..Dot$GT$17h2c576b52a6b0ce35E") == "core");
  CHECK(crate_of_symbol("_RNvXsq_NtCslNYArtu3iFV_5alloc3vecINtB5_3VecNtNtCskK7mfDs1mzF_"
                        "1m6shapes3DotENtNtCsgEmfK2I1SDS_4core3fmt5Debug"
                        "3fmtBJ_") == "alloc");
}

TEST_CASE("what is no name of Rust's has no crate") {
  for (const char* symbol :
       {"", "main", "_start", "_ZNSt6vectorIiE4sizeEv", "_R", "_ZN", "_RNv", "rust_begin_unwind"}) {
    INFO(symbol);
    CHECK(crate_of_symbol(symbol).empty());
    CHECK(demangled(symbol).empty());
  }
}

TEST_CASE("suffixes of LLVM are cut off, dots of legacy names are not") {
  const std::string legacy = "_ZN42_$LT$$RF$T$u20$as$u20$core..fmt..Debug$GT$3fmt17hf838363af9f1bd52E";
  const std::string v0 = "_RNvCskK7mfDs1mzF_1m4main";
  for (const char* suffix : {"", ".llvm.12559863782438324777", ".cold", ".cold.1", ".llvm.123.cold", ".warm",
                             ".7", ".specialized.2"}) {
    INFO(suffix);
    CHECK(base_name(legacy + suffix) == legacy);
    CHECK(base_name(v0 + suffix) == v0);
  }
  CHECK(base_name("_ZN1a17h0000000000000000E3bar17hf838363af9f1bd52E.cold") ==
        "_ZN1a17h0000000000000000E3bar17hf838363af9f1bd52E");
  CHECK(base_name("_ZNSt6vector.cold") == "_ZNSt6vector.cold");
  CHECK(base_name("memcpy.llvm.1") == "memcpy.llvm.1");
  CHECK(base_name("").empty());
}

TEST_CASE("very long symbols have their crate too") {
  std::string wide = "_RINvC4deep4very";
  for (int i = 0; i < 3000; ++i) wide += "INtC1a1WhE";
  wide += "E";
  CHECK(wide.size() > 30'000);
  CHECK(crate_of_symbol(wide) == "deep");
  std::string legacy = "_ZN4deep";
  for (int i = 0; i < 3000; ++i) legacy += "5outer";
  legacy += "17hf838363af9f1bd52E";
  CHECK(crate_of_symbol(legacy) == "deep");
  CHECK(base_name(legacy + ".llvm.1") == legacy);
}

TEST_CASE("a name nested deeper than the demangler goes has no crate, and does no harm") {
  const std::string nested = "_RINvC4deep4very" + std::string(100'000, 'R') + "hE";
  CHECK(crate_of_symbol(nested).empty());
}

TEST_CASE("damaged symbols have some crate or none") {
  for (const char* symbol :
       {"_ZN78_$LT$fn$LP$i32$RP$$u20$.$GT$$u20$m..shapes..Dot$u20$as$u20$m..shapes..Area$GT$"
        "4area17he3faa8a8b43b661cE",
        "_RNvXs5_NtCskK7mfDs1mzF_1m6shapesDNtNtCsgEmfK2I1SDS_4core3fmt5DebugEL_NtB5_4Area4area",
        "_RINvCskK7mfDs1mzF_1m7genericINtNtCsgEmfK2I1SDS_4core6option6OptionINtNtCslNYArtu3iFV_"
        "5alloc3vec3VeclEEEB2_"}) {
    mutations::for_each_damaged(symbol, 3000, [](const std::string& text) {
      crate_of_symbol(text);
      CHECK(base_name(base_name(text)) == base_name(text));
    });
  }
}
