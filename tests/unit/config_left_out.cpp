// The variants that pgo's `leave-one-out` adds.

#include "config_fixture.h"

using namespace pgo_orch::orchestrator;
using namespace pgo_orch::orchestrator::test;

namespace {

const std::string workloads = project +
                              "[[workload]]\nname = \"a\"\n[[workload]]\nname = \"b\"\n[[workload]]\nname = "
                              "\"t\"\nrole = \"train\"\n[[workload]]\nname = \"m\"\nrole = \"measure\"\n";

std::string variant(const std::string& name, const std::string& keys = "") {
  return "[[variant]]\nname = \"" + name + "\"\n" + keys + "\n";
}

/// As a run has them.
Config with_all(const Folder& folder, const std::string& toml) {
  Config config = folder.load(toml);
  config.variants = with_left_out(config);
  return config;
}

constexpr const char* leaving_out = "pgo = { leave-one-out = true }";

}  // namespace

TEST_CASE(
    "leave-one-out adds a variant for each workload that trains, and one for the balance, behind all "
    "others") {
  const Folder folder;
  const std::string toml =
      workloads + variant("base") + variant("pgo", leaving_out) + variant("fat", "lto = \"fat\"");
  CHECK(names_of(folder.load(toml)) == "base *\npgo\nfat\n");
  const Config config = with_all(folder, toml);
  CHECK(names_of(config) ==
        "base *\npgo\nfat\npgo.without-a\npgo.without-b\npgo.without-t\npgo.balance-none\n");
  const Variant added = config.variants->at(4);
  CHECK(added.left_out == pgo_orch::pgo::LeftOut{"pgo", "b"});
  CHECK(added.settings.pgo->train == std::vector<std::string>{"a", "t"});
  CHECK_FALSE(added.settings.pgo->leave_one_out);
  CHECK_FALSE(config.variants->at(1).left_out);
  const Variant balanced = config.variants->at(6);
  CHECK(balanced.left_out == pgo_orch::pgo::LeftOut{"pgo", ""});
  CHECK(balanced.settings.pgo->train == std::vector<std::string>{"a", "b", "t"});
  CHECK(balanced.settings.pgo->balance == pgo_orch::profiles::Balance::none);
}

TEST_CASE("of the workloads in train only, with the other settings and the conditions of the variant") {
  const Folder folder;
  const Config config = with_all(
      folder, workloads + variant("base") +
                  variant("pgo",
                          "lto = \"fat\"\nonly-if = { of = \"run\", workload = \"a\", phase = \"startup\", "
                          "above = \"1ms\" }\npgo = { train = [\"t\", \"a\"], balance = \"none\", "
                          "leave-one-out = true }"));
  CHECK(names_of(config) == "base *\npgo\npgo.without-a\npgo.without-t\npgo.balance-counts\n");
  CHECK(settings_of(config, "pgo.without-a") ==
        "lto = \"fat\"\npgo = {train = [\"t\"], min-coverage = 0.01, "
        "profile = \"\", keep-raw = false, balance = none}\n");
  const auto conditions = conditions_of(*config.variants, 2);
  REQUIRE(conditions.size() == 1);
  CHECK(conditions.front().variant == "pgo");
}

TEST_CASE("variants of a matrix are left out of, too") {
  const Folder folder;
  const Config config = with_all(folder, workloads + variant("base") +
                                             "[[matrix]]\nlto = [\"thin\", \"fat\"]\npgo = { train = [\"a\", "
                                             "\"b\"], leave-one-out = true }\n");
  CHECK(names_of(config) ==
        "base *\nlto-thin\nlto-fat\nlto-thin.without-a\nlto-thin.without-b\nlto-thin.balance-none\n"
        "lto-fat.without-a\nlto-fat.without-b\nlto-fat.balance-none\n");
}

TEST_CASE("nothing is added where leave-one-out is false") {
  const Folder folder;
  const Config config = folder.load(workloads + variant("base") + variant("pgo", "pgo = true"));
  CHECK(with_left_out(config) == config.variants);
}

TEST_CASE("what leave-one-out cannot be asked for is said") {
  const Folder folder;
  const std::string one = project + "[[workload]]\nname = \"a\"\n" + variant("base");
  CHECK(
      folder.errors(one + variant("pgo", leaving_out)) ==
      "pgo.toml:8:1: variant 'pgo': 'leave-one-out' needs at least two workloads that train, and 'a' is the "
      "only one: write another [[workload]], or leave it out");
  CHECK(folder.errors(one + variant("pgo", "pgo = { profile = \"x\", leave-one-out = true }")) ==
        "pgo.toml:10:24: 'leave-one-out' and 'profile' cannot be used together: a saved profile needs no "
        "training");
  CHECK(folder.errors(workloads + variant("pgo", leaving_out)) ==
        "pgo.toml:13:1: variant 'pgo': 'leave-one-out' is about gains over the baseline, and this is the "
        "baseline: write it in another variant");
  CHECK(folder.errors(workloads + variant("base") + variant("pgo", leaving_out) + variant("PGO.without-b")) ==
        "pgo.toml:16:1: variant 'pgo': 'leave-one-out' adds a variant 'pgo.without-b', which collides with "
        "variant 'PGO.without-b': give that another name");
  const std::string longest(126, 'x');
  CHECK(folder.errors(workloads + variant("base") + variant(longest, leaving_out)) ==
        "pgo.toml:16:1: variant '" + longest + "': 'leave-one-out' adds a variant whose name '" + longest +
            ".without-a' is longer than 128 characters: write a shorter name");
}
