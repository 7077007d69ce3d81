#include "pgo/placement.h"

#include <doctest/doctest.h>

using namespace pgo_orch::pgo;

namespace {

const std::string lld = R"(             VMA              LMA     Size Align Out     In      Symbol
           141d0            141d0      2f4    16         fib.o:(.text.unlikely._ZN3fib4main17h98e0c456de4478ddE)
           141d0            141d0      2f4     1                 fib::main
           144e0            144e0       57    16         fib.o:(.text.hot._ZN3fib3fib17h7a8ad18fbe4daf19E)
           14540            14540       10    16         /a/libx.rlib(x.o):(.text._ZN1x1f17h0000000000000001E)
           20000            20000       10    16         x.o:(.data.hot)
)";

/// GNU ld puts long names on a line of their own, and lists what it left out at 0.
const std::string bfd = R"(
Discarded input sections

 .text.hot._ZN3fib4gone17h0000000000000002E
                0x0000000000000000       0x57 fib.o

Linker script and memory map

 .text.unlikely._ZN3fib4main17h98e0c456de4478ddE
                0x00000000000141d0      0x2f4 fib.o
 .text.hot._ZN3fib3fib17h7a8ad18fbe4daf19E
                0x00000000000144e0       0x57 fib.o
 .text.f        0x0000000000014540       0x10 x.o
)";

const std::string mold = R"(               VMA       Size Align Out     In      Symbol
             141d0        2f4    16         fib.o:(.text.unlikely._ZN3fib4main17h98e0c456de4478ddE)
             144e0         57    16         fib.o:(.text.hot._ZN3fib3fib17h7a8ad18fbe4daf19E)
)";

const std::string main_name = "_ZN3fib4main17h98e0c456de4478ddE",
                  fib_name = "_ZN3fib3fib17h7a8ad18fbe4daf19E";

/// Functions with their counts.
std::vector<ProfileRecord> profile(const std::vector<std::pair<std::string, std::string>>& functions) {
  std::string text = "Counters:\n";
  for (const auto& [name, counts] : functions)
    text += "  " + name + ":\n    Hash: 0x1\n    Counters: 1\n    Block counts: [" + counts + "]\n";
  return profile_records(text);
}

const std::vector<pgo_orch::toolchains::FunctionSymbol> symbols{
    {.name = main_name, .address = 0x141d0, .size = {0x2f4}},
    {.name = fib_name, .address = 0x144e0, .size = {0x57}}};

}  // namespace

TEST_CASE("maps of lld, GNU ld and mold name functions, their sections and addresses") {
  for (const auto& map : {lld, bfd, mold}) {
    const auto placed = parse_link_map(map);
    REQUIRE(placed.contains(main_name));
    REQUIRE(placed.contains(fib_name));
    CHECK(placed.at(main_name).heat == Heat::cold);
    CHECK(placed.at(fib_name).heat == Heat::hot);
    CHECK(placed.at(fib_name).addresses == std::set<std::uint64_t>{0x144e0});
    CHECK(!placed.contains("_ZN3fib4gone17h0000000000000002E"));
  }
  CHECK(parse_link_map(lld).at("_ZN1x1f17h0000000000000001E").heat == Heat::neither);
  CHECK(parse_link_map(bfd).contains("f"));
  CHECK(parse_link_map("").empty());
}

TEST_CASE("hot is what makes up 99 % of all counts, cold what the last millionth does") {
  const auto heat = heat_in_profile(
      profile({{"hot", "99000000, 5"}, {"warm", "900000"}, {"once", "1"}, {"file.c;never", "0, 0"}}));
  CHECK(heat.at("hot") == Heat::hot);
  CHECK(heat.at("warm") == Heat::neither);
  CHECK(heat.at("once") == Heat::cold);
  CHECK(heat.at("never") == Heat::cold);
  CHECK(heat_in_profile({}).empty());
}

TEST_CASE("code shows its profile by hot sections, or by cold ones that the source does not make") {
  const auto heat = heat_in_profile(profile({{fib_name, "1000000"}, {main_name, "0"}}));
  const auto shows = compare_placement(parse_link_map(lld), heat, symbols, nullptr);
  CHECK(shows.fits());
  CHECK(shows.shows_profile());
  CHECK(shows.hot_marked == 1);
  CHECK(shows.cold_marked == 1);

  // Without a profile only #[cold] functions have such a section.
  auto plain = parse_link_map(lld);
  plain.at(fib_name).heat = Heat::neither;
  CHECK(!compare_placement(plain, heat, symbols, nullptr).shows_profile());
  CHECK(compare_placement(plain, heat, symbols, nullptr).says_nothing());
  auto source = plain;
  CHECK(!compare_placement(plain, heat, symbols, &source).shows_profile());
  source.at(main_name).heat = Heat::neither;
  CHECK(compare_placement(plain, heat, symbols, &source).shows_profile());
}

TEST_CASE("a map of another file is recognized by its addresses") {
  const auto heat = heat_in_profile(profile({{fib_name, "1000000"}, {main_name, "0"}}));
  auto moved = symbols;
  moved.front().address += 16;
  const auto placement = compare_placement(parse_link_map(lld), heat, moved, nullptr);
  CHECK(placement.elsewhere == 1);
  CHECK(!placement.fits());
  CHECK(!placement.shows_profile());
}
