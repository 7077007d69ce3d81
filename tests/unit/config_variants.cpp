#include "config_fixture.h"

using namespace pgo_orch::orchestrator;
using namespace pgo_orch::orchestrator::test;

TEST_CASE("without baseline = true the first variant is the baseline") {
  const Folder folder;
  CHECK(names_of(folder.load(project + "[[variant]]\nname = \"a\"\n[[variant]]\nname = \"b\"\n")) ==
        "a *\nb\n");
  CHECK(names_of(folder.load(project +
                             "[[variant]]\nname = \"a\"\n[[variant]]\nname = \"b\"\nbaseline = true\n")) ==
        "a\nb *\n");
}

TEST_CASE("settings have one spelling each, however they are written") {
  const Folder folder;
  const Config config = folder.load(project + R"(
[[variant]]
name = "words"
opt-level = "3"
lto = "fat"
strip = "symbols"
debug = "full"
[[variant]]
name = "values"
opt-level = 3
lto = true
strip = true
debug = 2
linker = "default"
features = []
[[variant]]
name = "off"
lto = false
strip = false
debug = false
[[variant]]
name = "none"
lto = "off"
debug = 1
)");
  CHECK(settings_of(config, "words") ==
        "opt-level = \"3\"\nlto = \"fat\"\nstrip = \"symbols\"\ndebug = \"full\"\n");
  CHECK(settings_of(config, "values") == settings_of(config, "words"));
  CHECK(settings_of(config, "off") == "lto = \"thin-local\"\nstrip = \"none\"\ndebug = \"none\"\n");
  CHECK(settings_of(config, "none") == "lto = \"off\"\ndebug = \"limited\"\n");
}

TEST_CASE("inheriting appends flags, merges tables, replaces the rest, and reset starts over") {
  const Folder folder;
  const Config config = folder.load(project + R"(
[variant-defaults]
debug = false
rustflags = ["-Cdefault"]
[[variant]]
name = "base"
lto = "thin"
rustflags = ["-Ca"]
link-args = ["-Wl,a"]
target-features = ["+a"]
cfg = ["a"]
env = { A = "1", B = "1" }
run-env = { A = "1" }
packages = { regex = { opt-level = 3, debug = true } }
baseline = true
[[variant]]
name = "heir"
inherits = "base"
lto = "fat"
rustflags = ["-Cb"]
link-args = ["-Wl,b"]
target-features = ["+b"]
cfg = ["b"]
env = { B = "2", C = "2" }
run-env = { B = "2" }
packages = { regex = { opt-level = "s" }, aho = { codegen-units = 1 } }
[[variant]]
name = "reset"
inherits = "heir"
reset = ["rustflags", "env", "lto", "packages"]
rustflags = ["-Cc"]
cfg = []
)");
  CHECK(settings_of(config, "heir") == R"(lto = "fat"
debug = "none"
packages = {"aho" = {"codegen-units" = "1"}, "regex" = {"debug" = "\"full\"", "opt-level" = "\"s\""}}
env = {"A" = "1", "B" = "2", "C" = "2"}
run-env = {"B" = "2"}
target-features = ["+a", "+b"]
rustflags = ["-Cdefault", "-Ca", "-Cb"]
link-args = ["-Wl,a", "-Wl,b"]
cfg = ["b"]
)");
  CHECK(settings_of(config, "reset") == R"(debug = "none"
run-env = {"B" = "2"}
target-features = ["+a", "+b"]
rustflags = ["-Cc"]
link-args = ["-Wl,a", "-Wl,b"]
)");
  CHECK(config.variants->baseline() == 0);
  CHECK_FALSE(config.variants->at(1).baseline);
}

TEST_CASE("pgo is inherited, and false takes it back") {
  const Folder folder;
  folder.write("saved.profdata", "x");
  const Config config = folder.load(project + R"(
[[workload]]
name = "w"
[[variant]]
name = "a"
pgo = { train = ["w"], min-coverage = "20%", keep-raw = true }
[[variant]]
name = "b"
inherits = "a"
[[variant]]
name = "c"
inherits = "b"
pgo = false
[[variant]]
name = "d"
inherits = "b"
pgo = { profile = "saved.profdata" }
)");
  CHECK(config.variants->at(1).settings == config.variants->at(0).settings);
  CHECK(config.variants->at(0).settings.pgo->min_coverage == doctest::Approx(0.2));
  CHECK(settings_of(config, "c").empty());
  CHECK(config.variants->at(3).settings.pgo->profile == folder.path() / "saved.profdata");
  CHECK(config.variants->at(3).settings.pgo->train.empty());
}

TEST_CASE("a matrix is the product of its axes, the first turning slowest, behind the listed variants") {
  const Folder folder;
  const Config config = folder.load(project + R"(
[[workload]]
name = "w"
[[variant]]
name = "base"
panic = "abort"
rustflags = ["-Cx"]
[[matrix]]
inherits = "base"
opt-level = [2, "s"]
rustflags = [[], ["-Ca=b", "-Cc"]]
pgo = [false, true]
strip = true
[[matrix]]
lto = ["off", false, true]
name = "L{lto}"
)");
  CHECK(names_of(config) == R"(base *
opt-level-2_rustflags-none_no-pgo
opt-level-2_rustflags-none_pgo
opt-level-2_rustflags--Ca-b+-Cc_no-pgo
opt-level-2_rustflags--Ca-b+-Cc_pgo
opt-level-s_rustflags-none_no-pgo
opt-level-s_rustflags-none_pgo
opt-level-s_rustflags--Ca-b+-Cc_no-pgo
opt-level-s_rustflags--Ca-b+-Cc_pgo
Loff
Lfalse
Ltrue
)");
  CHECK(settings_of(config, "opt-level-s_rustflags--Ca-b+-Cc_no-pgo") ==
        "opt-level = \"s\"\npanic = \"abort\"\nstrip = \"symbols\"\nrustflags = [\"-Cx\", \"-Ca=b\", "
        "\"-Cc\"]\n");
  CHECK(settings_of(config, "Lfalse") == "lto = \"thin-local\"\n");
  CHECK(config.variants->at(9).line == 16);
}

TEST_CASE("several ancestors are an axis, and a flat list is a constant") {
  const Folder folder;
  const Config config = folder.load(project + R"(
[[variant]]
name = "a"
lto = "thin"
[[variant]]
name = "b"
lto = "fat"
[[matrix]]
inherits = ["a", "b"]
cfg = ["x", "y"]
crt-static = [true, false]
exclude = [{ inherits = "b", crt-static = true }]
)");
  CHECK(names_of(config) == "a *\nb\na_crt-static\na_no-crt-static\nb_no-crt-static\n");
  CHECK(settings_of(config, "b_no-crt-static") ==
        "lto = \"fat\"\ncrt-static = false\ncfg = [\"x\", \"y\"]\n");
}

TEST_CASE("without listed variants a matrix picks the baseline") {
  const Folder folder;
  const std::string matrix =
      project + "[[matrix]]\nopt-level = [2, 3]\nlto = [\"thin\", \"fat\"]\nname = \"{lto}{opt-level}\"\n";
  CHECK(names_of(folder.load(matrix)) == "thin2 *\nfat2\nthin3\nfat3\n");
  CHECK(names_of(folder.load(matrix + "baseline = { opt-level = \"3\", lto = \"thin\" }\n")) ==
        "thin2\nfat2\nthin3 *\nfat3\n");
  CHECK(folder.errors(matrix +
                      "baseline = { opt-level = 3, lto = \"thin\" }\nexclude = [{ opt-level = 3 }]\n") ==
        "pgo.toml:7:12: 'baseline' names a combination that is excluded");
}

TEST_CASE("ten thousand variants are made when asked for") {
  const Folder folder;
  std::string toml =
      project + "[[matrix]]\nname = \"{codegen-units}.{cfg}.{opt-level}.{lto}\"\ncodegen-units = [1";
  for (int i = 2; i <= 100; ++i) toml += ", " + std::to_string(i);
  toml += "]\nopt-level = [0, 1, 2, 3, \"s\"]\nlto = [\"off\", \"fat\"]\ncfg = [";
  for (int i = 0; i < 10; ++i) toml += "[\"c" + std::to_string(i) + "\"], ";
  const Config config = folder.load(toml + "]\nexclude = [{ codegen-units = 50, lto = \"fat\" }]\n");
  REQUIRE(config.variants->size() == 9950);
  CHECK(config.variants->at(0).name == "1.c0.0.off");
  CHECK(config.variants->at(9949).name == "100.c9.s.fat");
  CHECK(config.variants->at(9949).settings.codegen_units == 100);
  CHECK_THROWS_AS(config.variants->at(9950), std::out_of_range);
}
