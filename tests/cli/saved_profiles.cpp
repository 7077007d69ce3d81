// `pgo-orch profile`, and variants with a saved profile.

#include "test.h"

using namespace pgo_orch::cli;

namespace {

const std::string saved = "saved.profdata";

std::string with_saved(const std::string& more = "") {
  return with_variant(fib, "pgo", "pgo = { profile = \"saved.profdata\"" + more + " }");
}

/// Trained, saved, and used by the variant.
void save(Test& test, const std::string& more = "") {
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "print 1");
  CHECK(test.run({"profile", "save", saved, "--train", "-q"}).code == 0);
  test.file("pgo.toml", with_saved(more)).forget_calls();
}

}  // namespace

TEST_CASE("what was trained is saved with its provenance, without building again") {
  Test test;
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "print 1");
  auto result = test.run({"profile", "save", "pgo/a.profdata"});
  CHECK(result.code == 2);
  CHECK(test.normal(result.err) ==
        "error: 'pgo' has no up-to-date profile in PROJECT/.pgo-orch: no run has trained it yet. Run "
        "`pgo-orch run` first, or add --train\n");
  CHECK(test.built("pgo") == "ok: ");
  const auto builds = test.builds().size();
  result = test.run({"profile", "save", "pgo/a.profdata"});
  CHECK(result.code == 0);
  CHECK(result.err == "");
  CHECK(result.out.starts_with("saved pgo/a.profdata: 2 functions of 1 crate, "));
  CHECK(result.out.find("pgo = { profile = \"pgo/a.profdata\" }\n") != std::string::npos);
  CHECK(test.builds().size() == builds);
  const auto beside = nlohmann::json::parse(test.read("pgo/a.profdata.json"));
  CHECK(beside.at("variant") == "pgo");
  CHECK(beside.at("counts") == 2);
  CHECK(beside.at("crates").dump() == R"([{"crate":"fib","kind":"bin","metadata":)" +
                                          beside.at("crates").at(0).at("metadata").dump() +
                                          R"(,"package":"fib","version":"0.0.0"}])");

  test.file("fib.rs", "print 2");
  CHECK(test.run({"profile", "save", "pgo/a.profdata"}).code == 2);
  CHECK(test.run({"profile", "save", "pgo/a.profdata", "--train"}).code == 0);
  CHECK(test.builds().size() == builds + 2);
}

TEST_CASE("words in the profile of a Cargo.toml are kept with what is saved, and compared") {
  Test test;
  const std::string manifest =
      "[package]\nname = \"fib\"\nversion = \"0.0.0\"\n\n[profile.release]\npanic = ";
  test.file("Cargo.toml", manifest + "\"abort\"\n").file("src/main.rs", "print 1");
  const auto pgo_toml = [](const std::string& pgo) {
    return "[project]\nmanifest = \"Cargo.toml\"\n[[workload]]\nname = \"w\"\n[[variant]]\nname = "
           "\"baseline\"\n"
           "[[variant]]\nname = \"pgo\"\npgo = " +
           pgo + "\n";
  };
  test.file("pgo.toml", pgo_toml("true"));
  const auto result = test.run({"profile", "save", saved, "--train"});
  CHECK_MESSAGE(result.code == 0, result.err);
  CHECK(nlohmann::json::parse(test.read("saved.profdata.json")).at("settings").at("panic") == "abort");
  test.file("pgo.toml", pgo_toml("{ profile = \"saved.profdata\" }"));
  CHECK(test.built("pgo") == "ok: ");
  test.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
  CHECK(test.run({"run", "--no-measure"}).err.find("opt-level = 1") != std::string::npos);
  test.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "").env("RUSTFLAGS", "-C codegen-units=3");
  CHECK(test.run({"run", "--no-measure"}).err.find("codegen-units = 3") != std::string::npos);
  test.env("RUSTFLAGS", "");
  test.file("Cargo.toml", manifest + "\"unwind\"\n");
  CHECK(test.run({"run", "--no-measure"}).err.find("panic = \"abort\"") != std::string::npos);
}

TEST_CASE("save overwrites profiles, and nothing else") {
  Test test;
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "print 1").file("notes", "mine");
  for (const std::string name : {"pgo.toml", "x.json"})
    CHECK(test.run({"profile", "save", name, "--train"}).err ==
          "error: " + name +
              " does not look like the name of a profile: name it e.g. pgo/release.profdata\n");
  CHECK(test.run({"profile", "save", "notes", "--train"}).err ==
        "error: notes is there and is not a profile: choose another name\n");
  CHECK(test.read("notes") == "mine");
  for (int i = 0; i < 2; ++i) CHECK(test.run({"profile", "save", saved, "--train"}).code == 0);
}

TEST_CASE("the command's words are checked, and a variant must be meant") {
  Test test;
  test.file("pgo.toml", fib).file("fib.rs", "print 1");
  const auto error = [&](Words words) {
    words.insert(words.begin(), "profile");
    const auto result = test.run(words);
    CHECK(result.code == 2);
    return test.normal(result.err);
  };
  const std::string see = "; see pgo-orch profile --help\n";
  CHECK(error({}) == "error: profile: say what to do: save FILE, or status" + see);
  CHECK(error({"drop"}) == "error: profile: there is no 'drop': choose save FILE or status" + see);
  CHECK(error({"save"}) == "error: profile: save needs a file: profile save pgo/release.profdata" + see);
  CHECK(error({"status", "pgo.toml", "x"}) == "error: profile: 'x' is one word too many" + see);
  CHECK(error({"save", "a", "--json"}) == "error: profile: --json only applies to status" + see);
  CHECK(error({"status", "--train"}) == "error: profile: --train only applies to save" + see);
  CHECK(error({"save", saved}) == "error: PROJECT/pgo.toml has no variant with pgo\n");
  CHECK(error({"status"}) == "error: PROJECT/pgo.toml has no variant with a saved profile\n");
  test.file("pgo.toml", with_variant(fib_and_pgo, "more", "pgo = true\nlto = \"fat\""));
  CHECK(error({"save", saved}) == "error: variants with pgo: pgo, more; name one with --variant\n");
  CHECK(error({"save", saved, "--variant", "x"}) ==
        "error: 'x' is none of the variants with pgo: pgo, more; name one with --variant\n");
}

TEST_CASE("status says what still fits, and builds the variant only") {
  Test test;
  save(test, ", retrain-below = \"60%\"");
  auto result = test.run({"profile", "status"});
  CHECK(result.code == 0);
  CHECK(test.builds().size() == 1);
  CHECK(result.out.find("100 % of its hot counts match today's sources by name, 100 % by name and hash\n") !=
        std::string::npos);
  test.file("fib.rs", "changed work\nprint 1");
  result = test.run({"profile", "status", "--json", "-q"});
  CHECK(result.code == 1);
  auto status = nlohmann::json::parse(result.out);
  CHECK(status.at("by_name") == 1.0);
  CHECK(status.at("by_hash") == 0.5);
  CHECK(status.at("retrain_below") == 0.6);
  CHECK(status.at("lost").dump() == R"(["fib::work"])");
  CHECK(status.at("saved").at("variant") == "pgo");
  CHECK(result.err ==
        "below retrain-below (60.0 %): train it again: `pgo-orch profile save saved.profdata pgo.toml "
        "--variant pgo --train`\n");
  test.file("fib.rs", "renamed main\nprint 1");
  status = nlohmann::json::parse(test.run({"profile", "status", "--json"}).out);
  CHECK(status.at("by_name") == 0.5);
}

TEST_CASE("below retrain-below a run fails, naming the command that trains it again, which mends it") {
  Test test;
  save(test, ", retrain-below = \"60%\"");
  CHECK(test.built("pgo") == "ok: ");
  CHECK(test.row("pgo").at("pgo").at("hot_counts").at("by_hash") == 1.0);
  test.file("fib.rs", "changed work\nprint 1");
  CHECK(
      test.built("pgo", 1) ==
      "failed: prove: 50.0 % of the hot counts in the profile PROJECT/saved.profdata match today's sources, "
      "less than retrain-below (60.0 %). Train it again: `pgo-orch profile save saved.profdata pgo.toml "
      "--variant pgo --train`. Lost: fib::work");
  test.file("pgo.toml", with_saved());
  CHECK(test.built("pgo") == "ok: ");
}

TEST_CASE("a profile of which next to nothing fits is refused without being asked for") {
  Test test;
  save(test);
  test.file("fib.rs", "changed work\nchanged main\nprint 1");
  const auto failed = test.built("pgo", 1);
  CHECK_MESSAGE(failed.starts_with(
                    "failed: prove: 0.00 % of the hot counts in the profile PROJECT/saved.profdata match "
                    "today's sources, less than has an effect (10.0 %). Train it again: `"),
                failed);
  CHECK(test.run({"profile", "status"}).code == 0);
}

TEST_CASE("each target has its own saved profile") {
  Test test;
  save(test);
  const auto target = nlohmann::json::parse(test.read("saved.profdata.json")).at("target").get<std::string>();
  test.file("pgo.toml", with_variant(fib, "pgo", "pgo = { profile = \"for-{target}.profdata\" }"));
  CHECK(test.run({"profile", "save", "for-{target}.profdata", "--train"})
            .out.starts_with("saved for-" + target + ".profdata: 2 functions of 1 crate, "));
  CHECK(test.built("pgo") == "ok: ");
  const auto plan = nlohmann::json::parse(test.run({"plan", "--format", "json"}).out);
  CHECK(plan.dump().find("for-" + target + ".profdata") != std::string::npos);

  auto other = nlohmann::json::parse(test.read("saved.profdata.json"));
  other["target"] = "x86_64-unknown-linux-musl";
  test.file("saved.profdata.json", other.dump()).file("pgo.toml", with_saved());
  const auto refused = test.run({"run", "--no-measure"});
  CHECK(refused.code == 2);
  CHECK_MESSAGE(
      refused.err.find(
          "was trained for x86_64-unknown-linux-musl, and this variant is for " + target +
          ", where functions have other names and other code: keep a profile for each target, as in "
          "profile = \"pgo/{target}.profdata\"") != std::string::npos,
      refused.err);
}

TEST_CASE("where rustc does not say what it looks up, retrain-below cannot be judged, which is an error") {
  Test test;
  save(test, ", retrain-below = \"60%\"");
  test.file("fib.rs", "renamed main\nrenamed work\nprint 1");
  CHECK(test.built("pgo", 1) ==
        "failed: prove: rustc did not say which functions it looks up, so 'retrain-below' cannot be judged: "
        "leave it out");
}

TEST_CASE("a broken saved profile is refused before anything is built") {
  Test test;
  save(test);
  const auto refused = [&](const std::string& text) {
    const auto result = test.file(saved, text).run({"run", "--no-measure"});
    CHECK(result.code == 2);
    CHECK(test.builds().empty());
    const auto error = test.normal(result.err);
    const std::string begin = "error: PROJECT/pgo.toml: variant 'pgo': the profile PROJECT/saved.profdata ",
                      end =
                          ". Train it: `pgo-orch profile save saved.profdata pgo.toml --variant pgo "
                          "--train`; or leave 'profile' out to train in every run\n";
    REQUIRE(error.starts_with(begin));
    REQUIRE(error.ends_with(end));
    return error.substr(begin.size(), error.size() - begin.size() - end.size());
  };
  const std::string magic = "\xfflprofi\x81\n";
  CHECK(refused("") == "is empty, so it would have no effect");
  CHECK(refused("text") == "is not a profile that `llvm-profdata merge` wrote: it begins with other bytes");
  CHECK(refused(magic) == "has no functions, so it would have no effect");
  CHECK(refused(magic + "broken\n") ==
        "cannot be read by TEST/bin/llvm-profdata-97: PROJECT/saved.profdata: malformed instrumentation "
        "profile data");
  CHECK(refused(magic + "_ZN3fib4main17h0123456789abcdefE\n") ==
        "is not the one that saved.profdata.json was written for");
  std::filesystem::remove(test.path(saved));
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.err.find("saved.profdata is not there. Train it: `") != std::string::npos);
  // The variant already names it, so that is all there is to say.
  const auto trained = test.run({"profile", "save", saved, "--train"});
  CHECK(trained.code == 0);
  CHECK(trained.out.find("use it in a variant") == std::string::npos);
  CHECK(test.built("pgo") == "ok: ");
}

TEST_CASE("retrain-below is about saved profiles") {
  Test test;
  test.file("pgo.toml", with_variant(fib, "pgo", "pgo = { retrain-below = \"80%\" }"))
      .file("fib.rs", "print 1");
  CHECK(test.run({"plan"}).err.find(
            "'retrain-below' only applies with 'profile': without one every run trains") !=
        std::string::npos);
}

TEST_CASE("the plan shows who stands before rustc, and its script writes that") {
  Test test;
  save(test);
  CHECK(test.built("pgo") == "ok: ");
  const auto text = test.run({"plan", "--variant", "pgo"}).out;
  CHECK(text.find("rustc-pinned") != std::string::npos);
  const auto script = test.run({"plan", "--variant", "pgo", "--format", "sh"}).out;
  CHECK(script.find("  'fib 0.0.0 fib bin') metadata=") != std::string::npos);
  CHECK(script.find("chmod 755 \"$PGO_STATE\"/variants/pgo/rustc-pinned\n") != std::string::npos);
  CHECK(script.find("pgo-trace-func-hash") == std::string::npos);
}
