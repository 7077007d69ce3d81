// What holds and what is malformed was tried with cargo 1.95: a table per expression, and `cargo build -v`.
#include "profiles/cfg_expression.h"

#include <doctest/doctest.h>

#include <optional>

using namespace pgo_orch::profiles;

namespace {

const CfgSet linux_cfgs{"debug_assertions", "panic=\"unwind\"", "target_feature=\"sse2\"",
                        "target_os=\"linux\"", "unix"};

std::string holds(const std::string& inner) {
  const auto value = cfg_holds("cfg(" + inner + ")", linux_cfgs);
  return !value ? "malformed" : *value ? "yes" : "no";
}

}  // namespace

TEST_CASE("names and values hold if rustc has them") {
  for (const char* text :
       {"unix", " unix ", "r#unix", "debug_assertions", "target_os = \"linux\"", "panic = \"unwind\"",
        "target_os=\"linux\"", "r#target_os = \"linux\"", "target_feature = \"sse2\"", "true", "r#true"}) {
    INFO(text);
    CHECK(holds(text) == "yes");
  }
  for (const char* text : {"windows", "Unix", "unix = \"\"", "target_os = \"lin\"", "target_os", "false",
                           "r#false", "true = \"x\"", "target_os = \"\""}) {
    INFO(text);
    CHECK(holds(text) == "no");
  }
}

TEST_CASE("all, any and not combine, with a trailing comma in lists") {
  for (const char* text : {"all()", "all(unix)", "all(unix,)", "all(unix, target_os = \"linux\")",
                           "any(windows, unix)", "any(unix,)", "not(windows)", "not( any() )",
                           "all(unix, not(any(windows, all(unix, windows))))", "not(r#false)"}) {
    INFO(text);
    CHECK(holds(text) == "yes");
  }
  for (const char* text : {"any()", "all(unix, windows)", "any(windows)", "not(unix)", "not(all())"}) {
    INFO(text);
    CHECK(holds(text) == "no");
  }
}

TEST_CASE("what cargo does not understand has no value") {
  for (const char* text : {"",
                           " ",
                           "all",
                           "any",
                           "not",
                           "unix, unix",
                           "unix,",
                           "not(windows,)",
                           "not()",
                           "not(unix, unix)",
                           "all(,)",
                           "all(unix,,unix)",
                           "all(unix unix)",
                           "all(unix",
                           "all(unix))",
                           "r#all(unix)",
                           "all)(unix",
                           "9unix",
                           "not(\xc3\xbcnix)",
                           "not(a\tb)",
                           "not(\twindows)",
                           "not(\nwindows)",
                           "not(r# windows)",
                           "not(a = \"x)",
                           "a =",
                           "a = b",
                           "= \"x\"",
                           "target_os = \"lin\\\"ux\"",
                           "a-b"}) {
    INFO(text);
    CHECK(holds(text) == "malformed");
  }
}

TEST_CASE("only cfg(...) without anything around it is an expression") {
  for (const char* text : {"cfg (unix)", "cfg(unix) ", " cfg(unix)", "unix", "cfg", "cfg(", "cfg)", ")", "",
                           "x86_64-unknown-linux-gnu"}) {
    INFO(text);
    CHECK(cfg_holds(text, linux_cfgs) == std::nullopt);
  }
}

TEST_CASE("an expression nested beyond reason has no value") {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "not(";
  text += "unix" + std::string(100'000, ')');
  CHECK(holds(text) == "malformed");
}
