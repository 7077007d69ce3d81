#include "pgo/symbol.h"

#include <doctest/doctest.h>

using namespace pgo_orch::pgo;

using Names = std::vector<std::string>;

TEST_CASE("a pattern without a star is the whole path, generic arguments and hashes aside") {
  CHECK(matches_symbol("fib::fib", "fib::fib"));
  CHECK(matches_symbol("fib::sum", "fib::sum::<u32>"));
  CHECK(matches_symbol("fib::sum", "fib::sum::<alloc::vec::Vec<u32>, fn(u8) -> u8>"));
  CHECK(matches_symbol("fib::fib", "fib::fib::h0123456789abcdef"));
  CHECK(matches_symbol("fib::fib", "fib::fib.cold.1"));
  CHECK(matches_symbol("hot", "hot.constprop.0"));
  CHECK(matches_symbol("hot.cold", "hot.cold"));
  CHECK_FALSE(matches_symbol("hot.cold", "hot"));
  CHECK(matches_symbol("main.fib", "main.fib"));
  CHECK(paths_of_symbol("main.fib.part.0") == std::vector<std::string>{"main.fib"});
  CHECK_FALSE(matches_symbol("main", "main.fib"));
  CHECK_FALSE(matches_symbol("fib", "fib::fib"));
  CHECK_FALSE(matches_symbol("fib::fib", "fib::fib::inner"));
  CHECK_FALSE(matches_symbol("fib::fib", "fib::fibs"));
}

TEST_CASE("a star stands for any text") {
  CHECK(matches_symbol("*::sum_simd", "a::b::sum_simd::<u32>"));
  CHECK(matches_symbol("fib::parse::*", "fib::parse::a::b"));
  CHECK(matches_symbol("fib::*::b*", "fib::parse::a::b::c"));
  CHECK(matches_symbol("*", "main"));
  CHECK(matches_symbol("a*b*c", "a-b-b-c"));
  CHECK_FALSE(matches_symbol("a*b*c", "a-b-b-d"));
  CHECK_FALSE(matches_symbol("*::sum_simd", "sum_simd"));
  CHECK_FALSE(matches_symbol("fib::parse::*", "fib::parse"));
  CHECK_FALSE(matches_symbol("", "main"));
}

TEST_CASE("implementations are below their type's path, and their trait's") {
  const std::string next = "<fib::parse::Parser as core::iter::Iterator>::next";
  CHECK(matches_symbol("fib::parse::*", next));
  CHECK(matches_symbol("fib::parse::Parser::next", next));
  CHECK(matches_symbol(next, next));
  CHECK_FALSE(matches_symbol("core::*", next));
  CHECK(matches_symbol("fib::P::new", "<fib::P<T>>::new"));
  CHECK(matches_symbol("fib::P::new", "<fib::P<u8>>::new::<u32>"));
  CHECK(matches_symbol("fib::Area::area", "<u32 as fib::Area>::area"));
  CHECK(matches_symbol("fib::Area::area", "<alloc::vec::Vec<u32> as fib::Area>::area"));
  CHECK(matches_symbol("fib::P::fmt", "<&mut fib::P<a::B> as core::fmt::Debug>::fmt"));
  CHECK(matches_symbol("core::fmt::Debug::fmt", "<u32 as core::fmt::Debug>::fmt"));
  CHECK(matches_symbol("fib::P::next::{closure#0}", "<fib::P as core::iter::Iterator>::next::{closure#0}"));
  CHECK(matches_symbol("fib::P::area", "fib::shapes::<impl fib::Area for fib::P>::area"));
  CHECK(matches_symbol("fib::shapes::*", "fib::shapes::<impl fib::Area for u32>::area"));
  CHECK(matches_symbol("fib::Area::area", "fib::shapes::<impl fib::Area for u32>::area"));
}

TEST_CASE("damaged names match something or nothing") {
  for (const char* name : {"", "<", "<>", "<a", "<a as b>", "a::<", "<impl ", "x<impl a for>::", ".", "::"})
    matches_symbol("*::x", name);
}

TEST_CASE("a function's paths have no generic arguments, no references, and no toolchain's trait") {
  const std::pair<const char*, Names> paths[] = {
      {"fib::parse::next", {"fib::parse::next"}},
      {"fib::many::<fib::A, core::option::Option<u8>>::{closure#0}", {"fib::many::{closure#0}"}},
      {"core::ptr::drop_in_place<fib::Node>", {"core::ptr::drop_in_place"}},
      {"<fib::parse::Parser>::next", {"fib::parse::Parser::next"}},
      {"<fib::parse::Parser<T> as core::iter::Iterator>::next", {"fib::parse::Parser::next"}},
      {"<alloc::vec::Vec<T> as fib::Visit<fib::A>>::visit", {"alloc::vec::Vec::visit", "fib::Visit::visit"}},
      {"<&mut fib::A as core::fmt::Debug>::fmt", {"fib::A::fmt"}},
      {"<[fib::A: 4] as fib::Sum>::sum", {"fib::A::sum", "fib::Sum::sum"}},
      {"<<fib::A as fib::B>::run::{closure#0} as core::ops::FnOnce<()>>::call_once",
       {"fib::A::run::{closure#0}::call_once"}},
      {"<dyn fib::Shape + core::marker::Send>::area", {"fib::Shape::area"}},
      {"<fn(u8) -> u8 as fib::Call>::call", {"fn::call", "fib::Call::call"}},
      {"std::vector<int, std::allocator<int>>::push_back", {"std::vector::push_back"}},
      {"std::operator<< <char>", {"std::operator<< "}},
      {"A::operator->", {"A::operator->"}},
      {"operator<", {"operator<"}},
      {"memcpy", {"memcpy"}},
  };
  for (const auto& [name, expected] : paths) CHECK(paths_of_symbol(name) == expected);
}

TEST_CASE("both kinds of pattern decide alike about the toolchain's traits and suffixes") {
  CHECK(matches_symbol("core::*", "<u8 as core::fmt::Display>::fmt"));
  CHECK_FALSE(matches_symbol("core::*", "<fib::A as core::fmt::Debug>::fmt"));
  CHECK(matches_symbol("<fib::P as *>::next", "<fib::P as core::iter::Iterator>::next"));
  CHECK(matches_symbol("__libc_start_main", "__libc_start_main@@GLIBC_2.34"));
  CHECK(matches_symbol("fib::sum", "fib::sum.specialized.1"));
}

TEST_CASE("names are readable in Rust, C++ and C") {
  CHECK(readable_name("_RNvNtCs4Jz2Mtfmu5I_1v3fib8sum_simd") == "v::fib::sum_simd");
  CHECK(readable_name("_ZN1v3fib3dot17h8a52c3e51416c6abE.cold") == "v::fib::dot.cold");
  CHECK(readable_name("_ZN1v3fib3dot17h8a52c3e51416c6abE.llvm.123") == "v::fib::dot");
  CHECK(readable_name("_RNvNtCs4Jz2Mtfmu5I_1v3fib8sum_simd.llvm.7.cold") == "v::fib::sum_simd.cold");
  CHECK(readable_name("_ZN3fib3sumEi") == "fib::sum");
  CHECK(readable_name("main") == "main");
  CHECK(readable_name("hot.part.0") == "hot.part.0");
}
