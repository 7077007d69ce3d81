#include "report/text.h"

#include <doctest/doctest.h>

#include "report/humanize.h"
#include "report/table.h"

using namespace pgo_orch::report;
using pgo_orch::Bytes;
using pgo_orch::Nanoseconds;

TEST_CASE("width is what a terminal shows") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("größe") == 5);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("速い") == 4);
  CHECK(display_width("🦀") == 2);
  CHECK(display_width("\xff\xc3") == 2);
}

TEST_CASE("text is clipped at whole characters") {
  CHECK(clip("größe", 5) == "größe");
  CHECK(clip("größe", 4) == "grö…");
  CHECK(clip("速い変種", 4) == "速…");
  CHECK(clip("abc", 1) == "…");
  CHECK(clip("abc", 0) == "");
}

TEST_CASE("text is padded by what it shows") {
  CHECK(pad_right("ö", 3) == "ö  ");
  CHECK(pad_left("速", 3) == " 速");
  CHECK(pad_left("wide", 3) == "wide");
}

TEST_CASE("words are wrapped, and a long one stands alone") {
  CHECK(wrap("a bb ccc", 4) == std::vector<std::string>{"a bb", "ccc"});
  CHECK(wrap("abcdef g", 3) == std::vector<std::string>{"abcdef", "g"});
  CHECK(wrap("", 3) == std::vector<std::string>{""});
}

TEST_CASE("nothing printable can draw on the screen") {
  CHECK(printable("\033[1;31merror\033[0m: x") == "error: x");
  CHECK(printable("a\tb\r\nc\x7f") == "a b  c ");
  CHECK(printable("\033]0;title\aafter") == "after");
  CHECK(printable("\033]8;;url\033\\link") == "link");
  CHECK(printable("end\033[") == "end");
  CHECK(printable("end\033") == "end");
  CHECK(printable("bad \xff byte") == "bad \ufffd byte");
}

TEST_CASE("words are joined as in a sentence") {
  CHECK(join_words(std::vector<std::string>{"a"}) == "a");
  CHECK(join_words(std::vector<std::string>{"a", "b", "c"}) == "a, b and c");
}

TEST_CASE("times have four digits and a unit") {
  const auto shown = [](long long nanoseconds) { return human(Seconds(Nanoseconds(nanoseconds))); };
  CHECK(shown(0) == "0 ns");
  CHECK(shown(87) == "87 ns");
  CHECK(shown(902'340) == "902.3 µs");
  CHECK(shown(999'960) == "1.000 ms");
  CHECK(shown(25'312'000) == "25.31 ms");
  CHECK(shown(4'120'000'000) == "4.120 s");
  CHECK(shown(1'250'000'000'000) == "1250 s");
}

TEST_CASE("differences have one unit, and say what is not known of them") {
  using namespace std::chrono_literals;
  const auto shown = [](Nanoseconds estimate, std::optional<Seconds> lo, std::optional<Seconds> hi) {
    return human_difference(estimate, lo, hi);
  };
  CHECK(shown(-90us, -150us, -30us) == "-90 µs [-150, -30]");
  CHECK(shown(1'830us, 1'700us, 1'950us) == "+1.83 ms [+1.70, +1.95]");
  CHECK(shown(10us, -40us, 60us) == "unresolved [-40.0, +60.0] µs");
  CHECK(shown(0us, 0us, 0us) == "unresolved [+0, +0] ns");
  CHECK(shown(10us, std::nullopt, 60us) == "unknown");
}

TEST_CASE("waits have no fractions") {
  using namespace std::chrono_literals;
  CHECK(human_wait(400ms) == "0 s");
  CHECK(human_wait(59s) == "59 s");
  CHECK(human_wait(125s) == "2 m 05 s");
  CHECK(human_wait(4320s) == "1 h 12 m");
}

TEST_CASE("sizes have three digits and a binary unit") {
  CHECK(human(Bytes{512}) == "512 B");
  CHECK(human(Bytes{1024}) == "1.00 KiB");
  CHECK(human(Bytes{1024 * 1024 - 1}) == "1.00 MiB");
  CHECK(human(Bytes{4'413'000}) == "4.21 MiB");
  CHECK(human(Bytes{~0ULL}) == "16.0 EiB");
}

TEST_CASE("percentages have the decimals that their size deserves") {
  CHECK(human_percent(-0.4512) == "0.45");
  CHECK(human_percent(1.64) == "1.6");
  CHECK(human_percent(250.4) == "250");
  CHECK(human_percent(0.9, 2.2) == "0.9");
  CHECK(human_signed_percent(0.2, 0.2) == "+0.20");
}

TEST_CASE("cells that span columns are clipped to them") {
  Table table;
  table.columns = {{"a", Align::left, ""}, {"b", Align::right, ""}, {"c", Align::right, ""}};
  table.rows = {{{"x"}, {"10"}, {"2", Tone::plain, true}}, {{"y"}, {"a long reason", Tone::bad, false, 2}}};
  CHECK(to_text(table, false) == "a   b  c\n──────────\nx  10  2 *\ny  a long…\n");
  CHECK(width(table) == 10);
}
