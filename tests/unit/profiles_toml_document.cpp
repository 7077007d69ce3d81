// TOML as cargo reads it.

#include "profiles/toml_document.h"

#include <doctest/doctest.h>

#include <string>

#include "toolchains/error.h"

using namespace pgo_orch;
using profiles::parse_toml;

namespace {

std::string problem_in(const std::string& text) {
  try {
    parse_toml(text, "x/Cargo.toml");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// a.a.a of so many parts.
std::string key_of(int parts) {
  std::string key = "a";
  for (int i = 1; i < parts; ++i) key += i % 2 == 0 ? ".a" : " . \"b.c\"";
  return key;
}

}  // namespace

TEST_CASE("what TOML 1.1 allows is read, since cargo does") {
  const auto document = parse_toml(R"([dependencies]
serde = {
  version = "1",  # the newest
  features = ["derive"],
}
[package]
text = "\e[0m\x41"
at = 07:32
)",
                                   "Cargo.toml");
  CHECK(document["dependencies"]["serde"]["version"].value<std::string>() == "1");
  CHECK(document["dependencies"]["serde"]["features"][0].value<std::string>() == "derive");
  CHECK(document["package"]["text"].value<std::string>() == "\x1b[0mA");
  CHECK(document["package"]["at"].is_time());
}

TEST_CASE("what is not TOML is named with its place") {
  CHECK(problem_in("[a]\nb = \n").starts_with("x/Cargo.toml:2:5: not valid TOML: error"));
}

TEST_CASE("keys of any length are read or refused, wherever they stand") {
  for (const char* form : {"[K]\nx = 1\n", "[[K]]\nx = 1\n", "K = 1\n", "t = { K = 1 }\n"}) {
    CAPTURE(form);
    const auto with = [&](int parts) {
      std::string text(form);
      return text.replace(text.find('K'), 1, key_of(parts));
    };
    CHECK(problem_in(with(200)) == "");
    for (const int parts : {300, 40'000})
      CHECK(problem_in(with(parts)).find("not valid TOML: a key with more than 256 parts") !=
            std::string::npos);
  }
}

TEST_CASE("dots in strings and comments belong to no key") {
  const std::string dots(500, '.');
  CHECK(problem_in("# " + dots + "\na = \"" + dots + "\"\nb = '" + dots + "'\nc = \"\"\"\n" + dots +
                   "\\\"\n\"\"\"\n") == "");
}
