#include "profiles/settings.h"

#include <doctest/doctest.h>

using namespace pgo_orch::profiles;

TEST_CASE("settings that mean the same to cargo have the same text") {
  Settings one, other;
  CHECK(canonical_text(one).empty());
  one.linker = "default";
  one.packages["regex"] = {};
  CHECK(canonical_text(one) == canonical_text(other));
  one.features = {"b", "a", "b"};
  other.features = {"a", "b"};
  one.cfg = {"y", "x"};
  other.cfg = {"x", "y"};
  one.patch = "/a/../b.patch";
  other.patch = "/b.patch";
  CHECK(canonical_text(one) == canonical_text(other));
}

TEST_CASE("settings that mean something else have another text") {
  Settings one, other;
  one.rustflags = {"-Ca", "-Cb"};
  other.rustflags = {"-Cb", "-Ca"};
  CHECK(canonical_text(one) != canonical_text(other));
  other.rustflags = {"-Ca\", \"-Cb"};  // one flag that looks like two
  CHECK(canonical_text(one) != canonical_text(other));
  one = other = {};
  one.lto = "thin-local";
  CHECK(canonical_text(one) != canonical_text(other));
  one = other = {};
  one.overflow_checks = false;
  CHECK(canonical_text(one) != canonical_text(other));
  one = other = {};
  one.run_env = {{"A", "1"}};
  CHECK(canonical_text(one) != canonical_text(other));
  one = other = {};
  one.pgo = Pgo{};
  CHECK(canonical_text(one) != canonical_text(other));
}

TEST_CASE("the text names each setting on a line, in the order of the keys") {
  Settings settings;
  settings.opt_level = "3";
  settings.codegen_units = 1;
  settings.crt_static = true;
  settings.env = {{"CC", "clang"}};
  settings.pgo = Pgo{{"b", "a"}, 0.05, "", false};
  CHECK(canonical_text(settings) == R"(opt-level = "3"
codegen-units = 1
env = {"CC" = "clang"}
crt-static = true
pgo = {train = ["a", "b"], min-coverage = 0.05, profile = "", keep-raw = false}
)");
}

TEST_CASE("a variant is portable unless something asks for this machine's own CPU") {
  Settings settings;
  settings.target_cpu = "x86-64-v3";
  CHECK(is_portable(settings));
  settings.target_cpu = "native";
  CHECK_FALSE(is_portable(settings));
  settings = {};
  settings.rustflags = {"-C", "target-cpu=native"};
  CHECK_FALSE(is_portable(settings));
  settings = {};
  settings.env = {{"CFLAGS", "-O2 -march=native"}};
  CHECK_FALSE(is_portable(settings));
}

TEST_CASE("merging appends flags, merges tables and replaces the rest") {
  Settings base, overlay;
  base.lto = "thin";
  base.panic = "abort";
  base.rustflags = {"-Ca"};
  base.cfg = {"a"};
  base.env = {{"A", "1"}, {"B", "1"}};
  base.run_env = {{"A", "1"}};
  base.packages = {{"regex", {{"opt-level", "3"}, {"debug", "true"}}}};
  overlay.lto = "fat";
  overlay.rustflags = {"-Cb"};
  overlay.cfg = {"b"};
  overlay.env = {{"B", "2"}};
  overlay.run_env = {{"B", "2"}};
  overlay.packages = {{"regex", {{"opt-level", "2"}}}};
  CHECK(canonical_text(merge(base, overlay)) == R"(lto = "fat"
panic = "abort"
packages = {"regex" = {"debug" = "true", "opt-level" = "2"}}
env = {"A" = "1", "B" = "2"}
run-env = {"B" = "2"}
rustflags = ["-Ca", "-Cb"]
cfg = ["b"]
)");
  CHECK(canonical_text(merge(base, {}, {"rustflags", "env", "panic", "packages", "run-env", "cfg"})) ==
        "lto = \"thin\"\n");
}
