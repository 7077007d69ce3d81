// Keys of `pgo`, with the real rustc.

#include "lab.h"

using namespace e2e;

TEST_CASE("code for the training only, and another share of hot code, leave the proof as it is") {
  Lab lab;
  const std::string marked = std::string(chains).replace(
      chains.find("    println!"), 0,
      "    #[cfg(pgo_training)]\n    std::fs::write(std::env::var(\"MARK\").unwrap(), \"\").unwrap();\n");
  lab.file("chains.rs", marked)
      .file("pgo.toml", project_of("source = \"chains.rs\"", R"(name = "chains"
args = ["3000"]
env = { MARK = "{tmp}/mark" }
unset = ["HOME"]
clean-env = true)") + "[[variant]]\nname = \"pgo\"\npgo = { stage-cfg = [\"pgo_training\"], hot-cutoff = "
                      "\"95%\" }\n");
  const auto results = lab.built();
  check_all_ok(results);
  check_proved(results, "pgo");
  CHECK(row(results, "pgo").at("pgo").at("basis") == "metadata and names");
  CHECK(fs::exists(lab.state() / "tmp/mark"));
  CHECK(lab.run({executable(results, "pgo").string(), "10"}).status == 0);  // without MARK
}
