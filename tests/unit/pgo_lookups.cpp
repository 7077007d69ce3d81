#include "pgo/lookups.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "profiles_golden.h"

using namespace pgo_orch::pgo;

namespace {

// As llvm-profdata 22 shows them, of rustc 1.95: legacy and v0 names, local to a codegen unit and not.
const std::string shown =
    "Counters:\n"
    "  app.2d4569b3a3f496f3-cgu.0;_ZN36_$LT$app..Q$u20$as$u20$dep..Area$GT$4area17hda9b33ba596c5fd1E:\n"
    "    Hash: 0x0209aa3e3852da94\n"
    "    Counters: 2\n"
    "    Block counts: [700, 100]\n"
    "  _ZN3dep5count17ha7eb82d4d0eaaea5E:\n"
    "    Hash: 0x0ec30a358d6d0d59\n"
    "    Counters: 3\n"
    "    Block counts: [98, 1, 1]\n"
    "  _RNvCskK7mfDs1mzF_3dep3dot:\n"
    "    Hash: 0x0a4d0ad3efffffff\n"
    "    Counters: 1\n"
    "    Function count: 100\n"
    "  main:\n"
    "    Hash: 0x0a4d0ad3efffffff\n"
    "    Counters: 1\n"
    "    Block counts: [5000]\n"
    "Instrumentation level: IR  entry_first = 0\n"
    "Functions shown: 4\n";

const std::string area = "_ZN36_$LT$app..Q$u20$as$u20$dep..Area$GT$4area17hda9b33ba596c5fd1E";

std::string looked_up(const std::string& name, std::uint64_t hash, const std::string& module) {
  return fmt::format("Funcname={}, Hash={} in building {}\n", name, hash, module);
}

const std::string in_unit = "app.2d4569b3a3f496f3-cgu.0";
const std::string all = looked_up(area, 0x0209aa3e3852da94, in_unit) +
                        looked_up("_ZN3dep5count17ha7eb82d4d0eaaea5E", 0x0ec30a358d6d0d59, "x-cgu.7") +
                        looked_up("_RNvCskK7mfDs1mzF_3dep3dot", 0x0a4d0ad3efffffff, "x-cgu.8");

HotCounts counts(const std::string& log) {
  return hot_counts(profile_records(shown), log);
}

}  // namespace

TEST_CASE("the functions of a shown profile with their modules, hashes and counts") {
  const auto records = profile_records(shown);
  REQUIRE(records.size() == 4);
  CHECK(records[0].function == area);
  CHECK(records[0].module == in_unit);
  CHECK(records[0].hash == 0x0209aa3e3852da94);
  CHECK(records[0].count == 800);
  CHECK(records[1].module == "");
  CHECK(records[1].count == 100);
  CHECK(records[2].count == 100);
  for (const char* mangling : {"legacy", "v0"})
    CHECK(profile_records(pgo_orch::golden::read(fmt::format("pgo/profile.{}.txt", mangling))).size() > 60);
}

TEST_CASE("all counts match, whatever cargo says between the lines; main does not count") {
  const auto found = counts("   Compiling app v0.1.0\n" + all + "    Finished\n");
  CHECK(found.by_name == 1.0);
  CHECK(found.by_hash == 1.0);
  CHECK(found.total == 1000);
  CHECK(found.missing.empty());
  REQUIRE(found.crates.size() == 2);
  CHECK(found.crates[0] == CrateCounts{"app", 0.8, 1.0, 1.0});
  CHECK(found.crates[1] == CrateCounts{"dep", 0.2, 1.0, 1.0});
}

TEST_CASE("a function with another hash matches by name only, and one that is gone not at all") {
  const auto changed = counts(looked_up(area, 7, in_unit) +
                              looked_up("_ZN3dep5count17ha7eb82d4d0eaaea5E", 0x0ec30a358d6d0d59, "x"));
  CHECK(changed.by_name == doctest::Approx(0.9));
  CHECK(changed.by_hash == doctest::Approx(0.1));
  CHECK(changed.crates[0] == CrateCounts{"app", 0.8, 1.0, 0.0});
  CHECK(changed.crates[1] == CrateCounts{"dep", 0.2, 0.5, 0.5});
  CHECK(changed.missing == std::vector<std::string>{"<app::Q as dep::Area>::area", "dep::dot"});
  CHECK(counts("").by_name == 0);
  CHECK_FALSE(has_lookups("Compiling"));
  CHECK(has_lookups(all));
}

TEST_CASE("a local function in another codegen unit is not found by LLVM, which is told apart") {
  const auto moved = counts(looked_up(area, 0x0209aa3e3852da94, "app.2d4569b3a3f496f3-cgu.1"));
  CHECK(moved.by_name == 0);
  CHECK(moved.moved == doctest::Approx(0.8));
  // Unless rustc gets a profile that has it there, too.
  auto used = profile_records(shown);
  used[0].module = "app.2d4569b3a3f496f3-cgu.1";
  const auto found = hot_counts(profile_records(shown),
                                looked_up(area, 0x0209aa3e3852da94, "app.2d4569b3a3f496f3-cgu.1"), used);
  CHECK(found.by_hash == doctest::Approx(0.8));
  CHECK(found.moved == 0);
}

TEST_CASE("what several threads wrote into each other's lines is still found") {
  // As it was written by rustc 1.95 with 16 codegen units on two cores.
  const std::string torn = "Funcname=Funcname=" + area +
                           ", Hash=_ZN3dep5count17ha7eb82d4d0eaaea5E146835646621254984, Hash= in building " +
                           fmt::format("{}", 0x0ec30a358d6d0d59) + in_unit + "\n in building x-cgu.7\n";
  auto found = counts(torn);
  CHECK(found.by_name == doctest::Approx(0.9));
  CHECK(found.by_hash == doctest::Approx(0.1));  // area's own hash is another
  found = counts(torn + fmt::format("{} in building \n", 0x0209aa3e3852da94));
  CHECK(found.by_hash == doctest::Approx(0.9));
  CHECK(counts("     Running `rustc " + area + "`\n").by_name == 0);
}
