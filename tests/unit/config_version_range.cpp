#include "orchestrator/config/version_range.h"

#include <doctest/doctest.h>

#include "config_fixture.h"

namespace pgo_orch::orchestrator::test {

TEST_CASE("requirements mean what they mean to cargo") {
  struct Case {
    const char* wanted;
    std::vector<const char*> yes, no;
  };
  for (const auto& [wanted, yes, no] :
       std::vector<Case>{{">=0.3", {"0.3.0", "0.4.0", "9.0.0"}, {"0.2.9"}},
                         {"0.3", {"0.3.0", "0.3.7"}, {"0.2.9", "0.4.0"}},
                         {"^0.3.1", {"0.3.1", "0.3.9"}, {"0.3.0", "0.4.0"}},
                         {"0.0.3", {"0.0.3"}, {"0.0.4"}},
                         {"1", {"1.0.0", "1.9.9"}, {"0.9.0", "2.0.0"}},
                         {"0", {"0.0.0", "0.9.0"}, {"1.0.0"}},
                         {">0.3", {"0.4.0"}, {"0.3.0", "0.3.9"}},
                         {"<=0.3", {"0.3.9", "0.1.0"}, {"0.4.0"}},
                         {"=0.3", {"0.3.0", "0.3.5"}, {"0.4.0", "0.2.0"}},
                         {">= 0.2, < 0.5", {"0.2.0", "0.4.9"}, {"0.5.0", "0.1.9"}}}) {
    CAPTURE(wanted);
    const auto range = parse_version_range(wanted);
    REQUIRE(range);
    for (const char* version : yes) CHECK_MESSAGE(range->contains(*parse_version(version)), version);
    for (const char* version : no) CHECK_MESSAGE(!range->contains(*parse_version(version)), version);
  }
  for (const char* wrong : {"", "new", ">=", "0.3.x", "1.2.3.4", "-1", ">=0.3,", "~0.3", "1..2", "0.-1"})
    CHECK_MESSAGE(!parse_version_range(wrong), wrong);
}

TEST_CASE("a file for another version is refused with that reason alone") {
  const Folder folder;
  CHECK(folder.errors("requires = \">=99\"\n[proiect]\n") ==
        "pgo.toml:1: this file requires pgo-orch >=99, and this is " PGO_ORCH_VERSION
        ": install another version");
  CHECK(folder.errors("requires = \"new\"\n" + project + "[[variant]]\nname = \"a\"\n")
            .starts_with(
                "pgo.toml:1:12: 'requires' must be versions of pgo-orch, not \"new\": write requires"));
  CHECK(folder.errors("requires = \">=0.1\"\n" + project + "[[variant]]\nname = \"a\"\n").empty());
}

}  // namespace pgo_orch::orchestrator::test
