#include "pgo/spread.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>
#include <sstream>

using namespace pgo_orch::pgo;

namespace {

// As llvm-profdata 22 prints it, with a value profile.
std::string record(const std::string& name, int count) {
  return name + "\n# Func Hash:\n1063705162111847769\n# Num Counters:\n2\n# Counter Values:\n" +
         std::to_string(count) +
         "\n0\n# Num Value Kinds:\n1\n# ValueKind = IPVK_MemOPSize:\n1\n# NumValueSites:\n1\n1\n6:900000\n\n";
}

const std::string header = "# IR level Instrumentation Flag\n:ir\n";
const std::string crate = "app.2d4569b3a3f496f3-cgu.";

/// Names in a text, each once; a name that is there twice is an error.
std::set<std::string> names_in(const std::string& text) {
  std::set<std::string> names;
  std::istringstream lines(text);
  std::string before;
  for (std::string line; std::getline(lines, line); before = line)
    if (line.find("_ZN") != std::string::npos) CHECK(names.insert(line).second);
  return names;
}

std::string bytes(std::initializer_list<std::uint64_t> words) {
  std::string text;
  for (const auto word : words) text.append(reinterpret_cast<const char*>(&word), sizeof word);
  return text;
}

/// A profile of a version whose header has nine words.
std::string profile(std::uint64_t version, std::uint64_t value) {
  std::string text = bytes({1, version, 0, 0, 5000, 0, 5000, 0, 5000, 6, 16});
  for (int i = 0; i < 6 + 3 * 16; ++i) text += bytes({value});
  return text + fmt::format("records {}", value);
}

}  // namespace

TEST_CASE("a hot function that is local to a unit is put into all of them, and under its own name") {
  const auto text = header + record(crate + "3;_ZNhotE", 1000000) + record("_ZNglobalE", 500) +
                    record(crate + "0;_ZNcoldE", 1);
  const auto spread = spread_over_units(text);
  REQUIRE(spread);
  CHECK(spread->starts_with(text));
  const auto names = names_in(*spread);
  for (const char* unit : {"0", "3", "9", "00", "09", "15"}) CHECK(names.contains(crate + unit + ";_ZNhotE"));
  CHECK(names.contains("_ZNhotE"));
  CHECK_FALSE(names.contains(crate + "16;_ZNhotE"));
  CHECK_FALSE(names.contains(crate + "1;_ZNcoldE"));
  CHECK(names.size() == 3 + 10 + 16 - 1 + 1);
  CHECK(spread->ends_with("\n\n"));
  CHECK(spread->find(record(crate + "12;_ZNhotE", 1000000)) != std::string::npos);
}

TEST_CASE("names that are in the profile already keep their counts; of two copies the hotter one is spread") {
  const auto spread = spread_over_units(header + record(crate + "2;_ZNfE", 400000) +
                                        record(crate + "1;_ZNfE", 900000) + record("_ZNfE", 3));
  REQUIRE(spread);
  names_in(*spread);
  CHECK(spread->find(record(crate + "2;_ZNfE", 400000)) != std::string::npos);
  CHECK(spread->find(record(crate + "7;_ZNfE", 900000)) != std::string::npos);
  CHECK(spread->find("\n\n" + record("_ZNfE", 900000)) == std::string::npos);
}

TEST_CASE("a crate that had one unit may have several now") {
  const auto spread = spread_over_units(header + record(crate + "0;_ZNfE", 5));
  REQUIRE(spread);
  CHECK(names_in(*spread).contains(crate + "1;_ZNfE"));
}

TEST_CASE("without functions that are local to a unit nothing is spread") {
  CHECK_FALSE(spread_over_units(header + record("_ZNgE", 5)));
  CHECK_FALSE(spread_over_units(header + record("main.c;_ZNfE", 5)));
  CHECK_FALSE(spread_over_units(header + record(crate + "x;_ZNfE", 5)));
  CHECK_FALSE(spread_over_units(header));
  CHECK_FALSE(spread_over_units(""));
}

TEST_CASE("more units than cargo asks for are written with as many digits") {
  const auto spread = spread_over_units(header + record(crate + "120;_ZNfE", 5));
  REQUIRE(spread);
  const auto names = names_in(*spread);
  for (const char* unit : {"7", "07", "99", "007", "120"}) CHECK(names.contains(crate + unit + ";_ZNfE"));
}

TEST_CASE("the summary of the original is taken over, and nothing else") {
  const auto taken = with_summary_of(profile(13, 7), profile(13, 99));
  REQUIRE(taken);
  CHECK(*taken == profile(13, 7).substr(0, profile(13, 7).find("records")) + "records 99");
  CHECK_FALSE(with_summary_of(profile(13, 7), profile(12, 99)));
  CHECK_FALSE(with_summary_of(profile(13, 7), "short"));
  CHECK_FALSE(with_summary_of("", profile(13, 7)));
  CHECK_FALSE(with_summary_of(profile(13, 7).substr(0, 200), profile(13, 7)));
}
