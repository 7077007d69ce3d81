// The JSON Schema of pgo.toml in what editors use: taplo takes what pgo-orch takes, and marks what it
// refuses.

#include <map>

#include "lab.h"

using namespace e2e;

namespace {

const fs::path source = PGO_ORCH_SOURCE_DIR;

struct Editor : Lab {
  Editor() { file("pgo.schema.json", orch({"schema"}).out); }

  bool is_there() const {
    if (fs::exists(taplo_)) return true;
    MESSAGE("taplo is not installed (scripts/setup test): the schema is not tried in it");
    return false;
  }

  /// A file with a line in front that says which schema it has.
  void add(const std::string& name, const std::string& text) {
    file(name, "#:schema ./pgo.schema.json\n" + text);
    names_.push_back(name);
  }

  /// The names of the files that it marks.
  std::vector<std::string> marked() const {
    std::vector<std::string> argv{taplo_, "lint"};
    argv.insert(argv.end(), names_.begin(), names_.end());
    const auto linted = run(argv);
    std::vector<std::string> found;
    for (const auto& name : names_)
      if (contains(linted.out + linted.err, "/" + name + "\"")) found.push_back(name);
    CHECK(linted.status == (found.empty() ? 0 : 1));
    return found;
  }

  const std::vector<std::string>& names() const { return names_; }

 private:
  fs::path taplo_ = source / "build/tools/node_modules/.bin/taplo";
  std::vector<std::string> names_;
};

/// One mistake each, which a schema can tell: unknown keys, types, words, and what is missing.
const std::map<std::string, std::string> mistakes{
    {"unknown-table", "[variants]\n"},
    {"unknown-key", "[[variant]]\nname = \"x\"\nlot = \"fat\"\n"},
    {"unknown-key-inside", "[[variant]]\nname = \"x\"\npgo = { keep_raw = true }\n"},
    {"not-a-list-of-tables", "[variant]\nname = \"x\"\n"},
    {"no-name", "[[variant]]\nlto = \"fat\"\n"},
    {"choice", "[[variant]]\nname = \"x\"\nlto = \"fatt\"\n"},
    {"boolean", "[[variant]]\nname = \"x\"\nrpath = \"yes\"\n"},
    {"count", "[[variant]]\nname = \"x\"\ncodegen-units = 0\n"},
    {"strings", "[[variant]]\nname = \"x\"\nrustflags = \"-Cx\"\n"},
    {"path-or-word", "[[variant]]\nname = \"x\"\nlinker = \"ldd\"\n"},
    {"table", "[[variant]]\nname = \"x\"\nenv = [\"A=1\"]\n"},
    {"duration", "[measure]\nmax-time = \"5 minutes\"\n"},
    {"number-for-duration", "[measure]\nmax-time = 5\n"},
    {"percentage", "[measure]\nprecision = \"101%\"\n"},
    {"limit", "[[goal]]\nname = \"g\"\nmetric = \"size\"\nbelow = \"1 MB\"\n"},
    {"command", "[[workload]]\nname = \"y\"\ncommand = \"./drive.sh\"\n"},
    {"exit-code", "[[workload]]\nname = \"y\"\nexpect = { exit-code = 256 }\n"},
    {"version", "[release]\nglibc = 2.28\n"},
    {"name-of-a-folder", "[[variant]]\nname = \"a/b\"\n"},
    {"long-name", "[[variant]]\nname = \"" + std::string(129, 'x') + "\"\n"},
    {"args-and-steps", "[[workload]]\nname = \"y\"\nargs = [\"1\"]\nsteps = [[\"{exe}\"]]\n"},
    {"args-and-command", "[[workload]]\nname = \"y\"\nargs = [\"1\"]\ncommand = [\"{exe}\"]\n"},
    {"two-inputs", "[[workload]]\nname = \"y\"\nstdin = \"x.rs\"\nstdin-text = \"\"\n"},
    {"two-outputs", "[[workload]]\nname = \"y\"\nexpect = { stdout = \"\", stdout-matches = \"x\" }\n"},
    {"digest", "[[workload]]\nname = \"y\"\nexpect = { stdout-sha256 = \"abc\" }\n"},
    {"commit", "[[corpus]]\nname = \"c\"\ngit = \"https://x.org/y\"\ncommit = \"main\"\nfiles = [\"*\"]\n"},
    {"two-sources", "[[corpus]]\nname = \"c\"\ngit = \"https://x.org/y\"\ncommit = \"" +
                        std::string(40, 'a') + "\"\nfolder = \".\"\nfiles = [\"*\"]\n"},
    {"scenario", "[build]\nscenarios = [\"incremental\"]\n"},
};

/// What a schema cannot say: what depends on other keys, other tables or the disk.
const std::map<std::string, std::string> beyond{
    {"twice", "[[variant]]\nname = \"baseline\"\n"},
    {"nobody", "[[variant]]\nname = \"x\"\ninherits = \"nobody\"\n"},
    {"same-case", "[[variant]]\nname = \"Baseline\"\n"},
    {"no-such-file", "[[workload]]\nname = \"y\"\nstdin = \"missing.txt\"\n"},
    {"wrong-env", "[[variant]]\nname = \"x\"\nenv = { RUSTC_WRAPPER = \"x\" }\n"},
};

const std::string good =
    "[project]\nsource = \"x.rs\"\n[[workload]]\nname = \"w\"\n[[variant]]\nname = \"baseline\"\n";

}  // namespace

TEST_CASE_FIXTURE(Editor, "taplo accepts every example, and rejects every file with errors that are tested") {
  if (!is_there()) return;
  int examples = 0;
  for (const auto& entry : fs::recursive_directory_iterator(source / "examples")) {
    if (entry.path().extension() != ".toml" || !contains(read(entry.path()), "workload")) continue;
    add("example-" + std::to_string(++examples) + ".toml", read(entry.path()));
  }
  CHECK(examples >= 9);
  CHECK(marked() == std::vector<std::string>());

  Editor wrong;
  for (const auto& entry : fs::directory_iterator(source / "tests/golden/config"))
    if (entry.path().extension() == ".toml") wrong.add(entry.path().filename(), read(entry.path()));
  CHECK(wrong.names().size() >= 12);
  CHECK(wrong.marked() == wrong.names());
}

TEST_CASE_FIXTURE(Editor, "taplo marks each mistake that a schema can tell, and pgo-orch refuses it too") {
  if (!is_there()) return;
  file("x.rs", "fn main() {}");
  for (const auto& [name, lines] : mistakes) {
    add(name + ".toml", good + lines);
    CHECK_MESSAGE(orch({"plan", name + ".toml"}).status == 2, name);
  }
  CHECK(marked() == names());

  Editor others;
  others.file("x.rs", "fn main() {}");
  for (const auto& [name, lines] : beyond) {
    others.add(name + ".toml", good + lines);
    CHECK_MESSAGE(others.orch({"plan", name + ".toml"}).status == 2, name);
  }
  others.add("good.toml", good);
  CHECK(others.marked() == std::vector<std::string>());
}
